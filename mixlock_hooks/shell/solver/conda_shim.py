"""``mixlock-conda``: answers what conda-lock 4 asks of a conda executable, without conda.

conda-lock asks for ``--version``, ``create --prefix P --dry-run --json [--override-channels --channel …] SPECS``,
and for ``--update`` also ``list --json -p P`` and ``install|update``; ``info --json`` and ``config --json`` name
package folders. The platform comes in ``CONDA_SUBDIR``, the priority in ``CONDA_CHANNEL_PRIORITY``, virtual
packages as one more ``file://`` channel. What mixlock adds stands in ``MIXLOCK_CONDA_BRIEF``, a JSON file:
``channels`` and ``specs``, whose URLs may carry credentials that no command line should show, ``preferred`` URLs,
``virtual-packages``, ``constraints``, ``cutoff``, ``keeps-newer``, ``locked`` URLs, ``other-platforms`` of the
environment, and ``answer``, an earlier answer to give again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from mixlock_hooks.shell.solver import conda_answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mixlock_hooks.model.names import Subdir

BRIEF = "MIXLOCK_CONDA_BRIEF"
_VERSION = "conda 25.1.0"


def main(argv: Sequence[str] | None = None) -> int:
    """Answer one call on stdout, as conda would."""
    args = _parser().parse_args(argv)
    if args.version:
        sys.stdout.write(f"{_VERSION}\n")
        return 0
    if args.command is None:
        sys.stderr.write("mixlock-conda answers conda-lock; people use `mixlock lock`\n")
        return 2
    try:
        answer = args.answer(args)
    except Exception as error:  # noqa: BLE001 - conda-lock reads every failure from JSON, whatever it was
        answer = conda_answer.refused(error)
    sys.stdout.write(json.dumps(answer) + "\n")
    return 1 if isinstance(answer, dict) and not answer.get("success", True) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mixlock-conda", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--version", "-V", action="store_true")
    commands = parser.add_subparsers(dest="command")
    for name, answer in (("create", _create), ("install", _install), ("update", _install)):
        command = commands.add_parser(name)
        command.add_argument("specs", nargs="*")
        command.add_argument("-c", "--channel", action="append", default=[], dest="channels")
        command.set_defaults(answer=answer)
        _add_shared(command)
        for flag in ("--dry-run", "--override-channels", "--yes", "--quiet"):
            command.add_argument(flag, action="store_true")
    for name, reply in (("list", _list), ("info", _folders), ("config", _folders)):
        command = commands.add_parser(name)
        command.add_argument("words", nargs="*")
        command.add_argument("--no-pip", action="store_true")
        command.set_defaults(answer=reply)
        _add_shared(command)
    return parser


def _add_shared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-p", "--prefix", default="")
    parser.add_argument("--json", action="store_true")


def _create(args: argparse.Namespace) -> dict[str, Any]:
    brief = _brief()
    if "answer" in brief:
        answer: dict[str, Any] = brief["answer"]
        return answer
    return _solved(args, tuple(brief.get("specs", args.specs)), brief)


def _install(args: argparse.Namespace) -> dict[str, Any]:
    """Solve with everything installed kept, but for what is named to be updated."""
    records = _installed(args.prefix)
    named = {_name_of(spec) for spec in args.specs}
    kept = tuple(record["url"] for record in records if record["name"] not in named)
    others = tuple(record["name"] for record in records if record["name"] not in named)
    return _solved(args, (*args.specs, *others), {"preferred": kept})


def _name_of(spec: str) -> str:
    bare = spec.rpartition("::")[2]
    return bare[: next((i for i, letter in enumerate(bare) if letter in " =<>!~["), len(bare))]


def _solved(args: argparse.Namespace, specs: tuple[str, ...], brief: Mapping[str, Any]) -> dict[str, Any]:
    from mixlock_hooks.shell.solver import conda_solver  # noqa: PLC0415 - the other answers need no solver

    asked = {
        **brief,
        "specs": specs,
        "channels": brief.get("channels", args.channels) or ["conda-forge"],
        "platform": _platform(),
        "priority": os.environ.get("CONDA_CHANNEL_PRIORITY") or "strict",
    }
    return {**conda_solver.solved(asked), "prefix": args.prefix}


def _platform() -> Subdir:
    from mixlock_hooks.model.names import Subdir  # noqa: PLC0415 - most answers name no platform
    from mixlock_hooks.model.platforms import KNOWN_PLATFORMS  # noqa: PLC0415 - as above

    platform = os.environ.get("CONDA_SUBDIR", "linux-64")
    if platform not in KNOWN_PLATFORMS:
        raise ValueError(f"CONDA_SUBDIR={platform} is not one of {', '.join(KNOWN_PLATFORMS)}")
    return Subdir(platform)


def _list(args: argparse.Namespace) -> Any:
    return [
        {**record, "dist_name": record["fn"].removesuffix(".conda").removesuffix(".tar.bz2")}
        for record in _installed(args.prefix)
    ]


def _installed(prefix: str) -> list[dict[str, Any]]:
    files = sorted(Path(prefix, "conda-meta").glob("*.json"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def _folders(_args: argparse.Namespace) -> dict[str, Any]:
    folders = [os.environ.get("CONDA_PKGS_DIRS", "")]
    return {"pkgs_dirs": folders, "package cache": folders, "conda_version": _VERSION.split()[1]}


def _brief() -> dict[str, Any]:
    file = os.environ.get(BRIEF)
    brief: dict[str, Any] = json.loads(Path(file).read_text(encoding="utf-8")) if file else {}
    return brief


def run() -> NoReturn:
    """Run as the console script; leave without the interpreter's shutdown, in which py-rattler may crash."""
    try:
        status = main()
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 2
    except KeyboardInterrupt:
        status = 130
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    run()
