"""One scan tells which files can hold a flow, so that all others are never parsed."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats.metaflow.flow_scan import may_hold_flows


@pytest.mark.parametrize("name", ["conda", "pypi", "pip", "sys_packages", "named_env"])
@pytest.mark.parametrize("suffix", ["", "_base"])
@pytest.mark.parametrize("spelling", ["@{}", "@mf.{}", "@ {}", "from metaflow import {} as c\n@c"])
def test_every_decorator_may_be_one(name: str, suffix: str, spelling: str) -> None:
    assert may_hold_flows(b"from metaflow import *\n" + spelling.format(name + suffix).encode())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"from metaflow import FlowSpec, step\n@step\ndef f(): ...", id="a flow without environments"),
        pytest.param(b"@conda(libraries={})\ndef f(): ...", id="no metaflow"),
        pytest.param(b"import metaflow, conda", id="no decorator"),
        pytest.param(b"import metaflow\n@x\ndef f(): anaconda_pypi = 1", id="a longer word"),
    ],
)
def test_what_can_hold_none(content: bytes) -> None:
    assert not may_hold_flows(content)
