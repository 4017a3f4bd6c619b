"""``imported.json``: what the flows of a file asked for when they were imported, and what the import opened.

The script ``shell/metaflow/import_flow.py`` answers what this holds, but for the digests of the files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mixlock_hooks.formats.metaflow.decorator_arguments import read_asks
from mixlock_hooks.formats.metaflow.metaflow_names import BASE, ENVIRONMENTS
from mixlock_hooks.model import inner_path, static
from mixlock_hooks.model.flow import Decorator, Flow, FlowFile, Step
from mixlock_hooks.model.place import Place, at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.static import Static

VERSION = 1
_MOST_FLOWS = 1_000
_MOST_STEPS = 10_000


class NotImportedFlowsError(ValueError):
    """The text is not what ``render`` makes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedFlows:
    """The flows of a file as an import found them; ``files`` are the digests of what it opened, by path.

    ``versions`` are those of Metaflow's packages that imported it.
    """

    flows: FlowFile
    files: Mapping[str, str]
    versions: Mapping[str, str]


def render(path: str, answer: Mapping[str, Any], files: Mapping[str, str]) -> bytes:
    """Render what an import answered; equal answers give equal bytes.

    Args:
        path: the flow's file.
        answer: ``flows`` and ``versions`` as the script gives them.
        files: the digests of what the import opened, by path.
    """
    document = {
        "version": VERSION,
        "path": path,
        "metaflow": dict(sorted(answer["versions"].items())),
        "files": dict(sorted(files.items())),
        "flows": answer["flows"],
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def parse(content: bytes, path: str) -> ImportedFlows:
    """Parse the record of a file's import.

    Args:
        content: the record.
        path: the flow's file, which it must be of.

    Raises:
        NotImportedFlowsError: it is none, or of another file.
    """
    try:
        document = json.loads(content)
        is_of_this = (document["version"], document["path"]) == (VERSION, path)
        files, versions = (_texts(document[name]) for name in ("files", "metaflow"))
        flows = tuple(_flow(path, each) for each in document["flows"][:_MOST_FLOWS])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotImportedFlowsError("it is not what `mixlock lock` writes") from error
    if not is_of_this:
        raise NotImportedFlowsError("it is of another file, or of another version of mixlock")
    if any(inner_path.complaint(each) for each in files):
        raise NotImportedFlowsError("it names a file outside of the repository")
    asking = tuple(flow for flow in flows if flow.asks)
    of_others = tuple(problem for flow in flows if not flow.asks for problem in flow.problems)
    found = FlowFile(path=path, flows=asking, problems=of_others, read=frozenset({*files, path}))
    return ImportedFlows(flows=found, files=files, versions=versions)


def _texts(table: Any) -> dict[str, str]:
    if not isinstance(table, dict) or not all(isinstance(each, str) for each in table.values()):
        raise TypeError
    return table


def _flow(path: str, raw: Mapping[str, Any]) -> Flow:
    place = at(path, int(raw["line"]))
    problems: list[Problem] = []
    own = tuple(_decorators(raw["decorators"], place, problems))
    steps = tuple(_step(path, each, place, problems) for each in raw["steps"][:_MOST_STEPS])
    return Flow(name=str(raw["name"]), decorators=own, steps=steps, place=place, problems=tuple(problems))


def _step(path: str, raw: Mapping[str, Any], flow: Place, problems: list[Problem]) -> Step:
    file = str(raw.get("path", path))
    place = flow if inner_path.complaint(file) else at(file, int(raw.get("line", flow.line)))
    return Step(name=str(raw["name"]), decorators=tuple(_decorators(raw["decorators"], place, problems)), place=place)


def _decorators(raw: Iterable[Mapping[str, Any]], place: Place, problems: list[Problem]) -> Iterable[Decorator]:
    for each in raw:
        name = str(each["name"])
        kind = ENVIRONMENTS[name.removesuffix(BASE)]
        arguments = {str(key): _static(value, place) for key, value in each["arguments"].items()}
        asks = read_asks(kind, name, arguments, problems)
        yield Decorator(name=name, kind=kind, place=place, arguments=asks)


def _static(value: Any, place: Place) -> Static:
    """Return a value of JSON as one that was read from source: all of it stands where its decorator does."""
    if isinstance(value, dict):
        pairs = ((static.scalar(key, place), _static(each, place)) for key, each in value.items())
        return static.mapping(pairs, place)
    if isinstance(value, list):
        return static.sequence((_static(each, place) for each in value), place)
    return static.scalar(value, place)
