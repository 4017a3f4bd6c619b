"""The fast loader gives what PyYAML's gives, value for value and failure for failure."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mixlock_hooks.formats import plain_yaml

DOCUMENTS = [
    "",
    "# nothing\n",
    "a: 1\nb: [x, 'y', \"z\", 1.5, true, ~, 2026-01-02]\nc: {d: e}\n",
    "- a\n- - b\n  - {}\n- []\n",
    "version: 1.26\nhash: 1e5\nsha: 0123\nother: '0123'\nnone:\n",
    "a: &x 1\nb: *x\n",
    "base: &b {k: 1}\nc:\n  <<: *b\n  d: 2\n",
    "a: !!str 1\n",
    "text: |\n  two\n  lines\nfolded: >\n  a\n  b\n",
    "a: 1\na: 2\n",
    "é: ü\n",
    "=: 1\n",
    "- yes\n- 0x1F\n- 1_000\n- 12:30:45\n- .inf\n",
]
BROKEN = [
    "a: [",
    "- =",
    "? [x, y]\n: z\n",
    "a: b: c",
    "\t- a",
    "a: *nowhere",
    "--- 1\n--- 2\n",
    "a: 2026-13-45",
    "- !unknown x",
    "{a: 1}: 2",
]


@pytest.mark.parametrize("text", DOCUMENTS)
def test_a_document(text: str) -> None:
    assert plain_yaml.load(text.encode()) == yaml.safe_load(text)


@pytest.mark.parametrize("text", BROKEN)
def test_what_pyyaml_refuses_is_refused(text: str) -> None:
    with pytest.raises((yaml.YAMLError, ValueError, TypeError)):
        yaml.safe_load(text)
    with pytest.raises((yaml.YAMLError, ValueError, TypeError)):
        plain_yaml.load(text.encode())


_SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.dates()
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
)


@given(_VALUES)
def test_whatever_pyyaml_writes_is_read_alike(value: object) -> None:
    text = yaml.safe_dump(value, allow_unicode=True)
    assert plain_yaml.load(text.encode()) == yaml.safe_load(text)
