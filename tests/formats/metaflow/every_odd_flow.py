"""Every flow in an odd form, of all the tables."""

from __future__ import annotations

from tests.formats.metaflow import (
    flows_after_the_docs,
    flows_from_afar,
    flows_of_changes,
    flows_of_constants,
    flows_of_rare_syntax,
    flows_without_steps,
    odd_flows,
)

_TABLES = (
    *(odd_flows, flows_after_the_docs, flows_from_afar, flows_of_constants, flows_of_rare_syntax),
    *(flows_of_changes, flows_without_steps),
)
READ = {name: text for table in _TABLES for name, text in table.READ.items()}
REFUSED = {name: text for table in _TABLES for name, text in table.REFUSED.items()}
