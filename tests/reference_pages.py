"""Pages of ``docs/reference/``, each written whole from what the program itself holds."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from mixlock_hooks.commands.parsing import COMMANDS, command_parser
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.explanations import EXPLANATIONS
from mixlock_hooks.report.explanation import example

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "reference"
_WRITTEN = "<!-- Written by `nox -s reference`. Change the program instead. -->"
_LANGUAGES = {"yml": "yaml", "yaml": "yaml", "toml": "toml", "py": "python", "txt": "text", "json": "json"}


def commands() -> str:
    """Render every command with its options and examples."""
    parsers = {name: command_parser(name) for name in COMMANDS}
    common = _everywhere(parsers)
    overview = [f"| [`mixlock {name}`](#mixlock-{name}) | {summary} |" for name, summary in COMMANDS.items()]
    lines = [
        *("# Commands", "", _WRITTEN, "", "Options stand before or after the command.", ""),
        *("| command | does |", "|---|---|", *overview, ""),
        *("## Options of every command", "", *_options(common.values()), ""),
        *(line for name, parser in parsers.items() for line in _command(name, parser, common)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _everywhere(parsers: Mapping[str, argparse.ArgumentParser]) -> dict[str, argparse.Action]:
    """Return the options that all commands have, by their longest spelling."""
    found = [
        {action.option_strings[-1]: action for action in _of(parser) if action.option_strings}
        for parser in parsers.values()
    ]
    return {name: action for name, action in found[0].items() if all(name in other for other in found)}


def _of(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in parser._actions if action.help != argparse.SUPPRESS]


def _command(name: str, parser: argparse.ArgumentParser, common: Mapping[str, object]) -> Iterator[str]:
    text, _, examples = str(parser.description).partition("Examples:\n")
    own = [action for action in _of(parser) if not {*action.option_strings} & {*common}]
    words = " ".join(_positional(action) for action in own if not action.option_strings)
    yield from (
        f"## mixlock {name}",
        "",
        f"`{' '.join(filter(None, ('mixlock', name, words)))}`",
        "",
        text.strip(),
        "",
    )
    if own:
        yield from (*_options(own), "")
    yield from ("```sh", *(line.strip() for line in examples.splitlines() if line.strip()), "```", "")


def _positional(action: argparse.Action) -> str:
    name = str(action.metavar or action.dest)
    return {"*": f"[{name}…]", "?": f"[{name}]", "A...": f"{name}…"}.get(str(action.nargs), name)


def _options(actions: Any) -> Iterator[str]:
    yield from ("| option | meaning |", "|---|---|")
    for action in actions:
        yield f"| {_spelled(action)} | {_cell(str(action.help) % vars(action))} |"


def _spelled(action: argparse.Action) -> str:
    if not action.option_strings:
        return f"`{_positional(action)}`"
    value = "" if action.nargs == 0 else f" {action.metavar or _choices(action)}"
    return ", ".join(_cell(f"`{option}{value}`") for option in action.option_strings)


def _choices(action: argparse.Action) -> str:
    return "|".join(map(str, action.choices)) if action.choices else action.dest.upper()


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def codes() -> str:
    """Render every code with its reason, its way out and its example."""
    lines = ["# Codes", "", _WRITTEN, "", "`mixlock explain CODE` prints the same. A code is never reused.", ""]
    for code in Code:
        found = EXPLANATIONS[code]
        lines += [
            f"## {code}",
            "",
            f"**{code.claim[0].upper()}{code.claim[1:]}.** {found.why}",
            "",
            found.way_out,
            "",
        ]
        if found.before:
            named = _LANGUAGES.get(found.path.rpartition(".")[2], "text")
            fence = f"```{'text' if chr(9) in found.before else named}"  # a tab is what is wrong with the example
            lines += [f"{example(found, '`')}:", "", fence, *found.before.rstrip().splitlines(), "```", ""]
            lines += ["becomes", "", fence, *found.after.rstrip().splitlines(), "```", ""]
        if found.session:
            lines += ["For example:", "", "```text", *found.session.rstrip().splitlines(), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def hooks() -> str:
    """Render the hooks of the manifest."""
    manifest = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    lines = [
        "# Hooks",
        "",
        _WRITTEN,
        "",
        "The ids are for ever.",
        "",
        "| id | does | runs | on | needs |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| `{hook['id']}` | {hook['description']} | `{hook['entry']}` | {_fires(hook)} | {_needs(hook)} |"
        for hook in manifest
    ]
    return "\n".join(lines) + "\n"


def _fires(hook: Mapping[str, Any]) -> str:
    on = "every commit" if hook.get("always_run") else f"files that match `{_cell(hook['files'])}`"
    return f"the stage `{', '.join(hook['stages'])}` only" if "stages" in hook else on


def _needs(hook: Mapping[str, Any]) -> str:
    return ", ".join(f"`{needed}`" for needed in hook.get("additional_dependencies", ())) or "nothing more"


PAGES: Mapping[str, Callable[[], str]] = {"commands.md": commands, "codes.md": codes, "hooks.md": hooks}


def write() -> None:
    """Write every page anew."""
    FOLDER.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
