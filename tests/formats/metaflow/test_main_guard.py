"""What a main guard does beside starting a flow: an import of the flow does not see it."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats.metaflow.main_guard import more_than_a_start

_FLOW = "from metaflow import *\nLIBS = {'a': '1'}\nclass F(FlowSpec): ...\n"
_MAIN = "if __name__ == '__main__':\n  "


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("x = 1\n", id="no guard"),
        pytest.param(f"{_MAIN}F()\n", id="a start"),
        pytest.param(f"{_MAIN}import sys; sys.path.append('x'); sys.exit(F())\n", id="a start with its status"),
        pytest.param(f"import os\n{_MAIN}os.environ['A'] = '1'; F()\n", id="the environment"),
        pytest.param(f"import logging\n{_MAIN}logging.info(LIBS); print(LIBS); F()\n", id="what only looks"),
        pytest.param(f"def main(): F()\n{_MAIN}main()\n", id="a function that starts it"),
        pytest.param(f"import typer\ndef main(): F()\n{_MAIN}typer.run(main)\n", id="a function handed over"),
        pytest.param(f"V = '1'\n{_MAIN}parser = p(); parser.add(default=V); F()\n", id="a text"),
        pytest.param(f"{_MAIN}globals()['F']()\n", id="a flow by its name"),
        pytest.param("if __name__ ==\n", id="no Python"),
    ],
)
def test_what_starts_a_flow_is_no_more_than_that(source: str) -> None:
    assert more_than_a_start(_FLOW + source) is None


@pytest.mark.parametrize(
    ("source", "deed"),
    [
        pytest.param(f"{_MAIN}F = conda_base()(F)\n  F()\n", (5, "binds `F` again"), id="a decorator put on"),
        pytest.param(f"{_MAIN}LIBS['b'] = '2'\n  F()\n", (5, "changes `LIBS`"), id="a constant changed"),
        pytest.param(f"{_MAIN}F.x = 1\n  F()\n", (5, "changes `F`"), id="the flow changed"),
        pytest.param(f"{_MAIN}class G(F): ...\n  G()\n", (5, "makes the class `G`"), id="a flow made"),
        pytest.param(f"{_MAIN}add(LIBS)\n  F()\n", (5, "hands `LIBS` over"), id="a constant handed over"),
        pytest.param(f"def main():\n  F.x = 1\n{_MAIN}main()\n", (5, "changes `F`"), id="in a function"),
        pytest.param(
            "if __name__ != '__main__': pass\nelse: LIBS.clear()\n", (5, "changes `LIBS`"), id="in the other branch"
        ),
        pytest.param(f"{_MAIN}exec(x)\n", (5, "may change any name"), id="exec"),
    ],
)
def test_what_may_change_a_flow_is_told(source: str, deed: tuple[int, str]) -> None:
    assert more_than_a_start(_FLOW + source) == deed
