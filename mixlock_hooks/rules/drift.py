"""Compare recorded inputs with those of today: which requirement, channel, index or setting differs, and where."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.drift import DriftReason
from mixlock_hooks.model.inputs import IMPLIABLE
from mixlock_hooks.model.settings import MACHINE_INDEX, NO_INDEX
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.fingerprint import bare_channel, bare_source, conda_key, inputs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mixlock_hooks.model.environment import EnvironmentSpec, PlatformSpec
    from mixlock_hooks.model.inputs import Inputs
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.way_out import WayOut


def compare(
    environment: EnvironmentSpec,
    spec: PlatformSpec,
    recorded: Inputs,
    way_out: WayOut,
    setting: Callable[[str], Place],
) -> Iterator[DriftReason]:
    """Yield every difference between what a platform was solved from and what is asked now.

    Who edits a lock writes its record too. So there is a reason whenever the two are not equal, also where nothing
    that a spec says differs.

    Args:
        environment: the environment.
        spec: what it asks for on the platform.
        recorded: what the lock was solved from.
        way_out: what repairs it.
        setting: tells the place of a key of the configuration; the environment's where the key is not there.
    """
    current = inputs_of(spec)

    def reason(code: Code, place: Place, claim: str) -> DriftReason:
        return DriftReason(code=code, place=place, claim=claim, platforms=(spec.platform,), way_out=way_out)

    told = [reason(*each) for each in _told(environment, spec, (recorded, current), setting)]
    yield from told
    if not told and recorded != current:
        names = ", ".join(f"`{name}`" for name in _differing(recorded, current))
        yield reason(
            Code.SETTING, environment.place, f"what the lock records of the solve is not what is asked: {names}"
        )


def _differing(recorded: Inputs, current: Inputs) -> list[str]:
    before, now = recorded.deciding(), current.deciding()
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


def _told(
    environment: EnvironmentSpec, spec: PlatformSpec, inputs: tuple[Inputs, Inputs], setting: Callable[[str], Place]
) -> Iterator[tuple[Code, Place, str]]:
    recorded, current = inputs
    places = _places(spec) | policy.left_out(environment.document, environment.mode, spec.platform)
    claims = (_requirement_claims, _left_out_claims, _constraint_claims)
    for key, claim in (found for each in claims for found in each(recorded, current)):
        yield Code.REQUIREMENT, places.get(key, environment.place), claim
    for place, claim in _source_claims(environment, recorded, current, setting):
        yield Code.SOURCE, place, claim
    if recorded.default_index != current.default_index:
        was, is_now = _shown_index(recorded.default_index), _shown_index(current.default_index)
        named = next((entry.place for entry in environment.document.index_options.default), setting("default-index"))
        yield Code.SOURCE, named, f"the default index is {is_now} now, was {was}"
    for claim in _bound_claims(recorded.index_of, current.index_of):
        yield Code.SOURCE, setting("index-of"), claim
    virtual = {entry.value[0]: entry.place for entry in environment.document.virtual_packages}
    virtual |= {entry.value: entry.place for entry in environment.document.prereleases}  # type: ignore[misc]
    for key, name, claim in _setting_claims(recorded, current):
        yield Code.SETTING, virtual.get(name) or setting(key), claim  # type: ignore[call-overload]


def _source_claims(
    environment: EnvironmentSpec, recorded: Inputs, current: Inputs, setting: Callable[[str], Place]
) -> Iterator[tuple[Place, str]]:
    """Yield what differs in channels, indices and pages, each at its place; one that is gone where others stand."""
    document = environment.document
    channels = {bare_channel(entry.value): entry.place for entry in document.channels}
    named_indices = (*document.indices, *document.index_options.extra)
    indices = {bare_source(entry.value): entry.place for entry in named_indices}
    pages = {bare_source(entry.value): entry.place for entry in document.find_links}
    for kind, key, named, before, now in (
        ("channel", "channels", channels, recorded.channels, current.channels),
        ("index", "pypi-indices", indices, recorded.indices, current.indices),
        ("page", "find-links", pages, recorded.find_links, current.find_links),
    ):
        for name, claim in _order_claims(kind, before, now):
            otherwise = environment.place if named and name not in now else setting(key)
            yield named.get(name, otherwise), claim


def _left_out_claims(recorded: Inputs, current: Inputs) -> Iterator[tuple[str, str]]:
    for text in sorted({*recorded.left_out, *current.left_out}):
        code, _space, entry = text.partition(" ")
        if text not in recorded.left_out:
            yield text, f"`{entry}` is left out now, by an allowance for {code}, and was not"
        elif text not in current.left_out:
            yield text, f"`{entry}` was left out, by an allowance for {code}, and is not now"


def _constraint_claims(recorded: Inputs, current: Inputs) -> Iterator[tuple[str, str]]:
    before = {*recorded.constraints, *recorded.pip_constraints}
    now = {*current.constraints, *current.pip_constraints}
    for text in sorted(before ^ now):
        (name,) = by_project([text])
        yield f"constraint {name}", f"constraint `{text}` was {'added' if text in now else 'removed'}"


def _places(spec: PlatformSpec) -> dict[str, Place]:
    conda = {f"conda {conda_key(requirement)}": requirement.place for requirement in spec.conda}
    bounds = {f"constraint {each.name}": each.place for each in (*spec.constraints, *spec.pip_constraints)}
    return conda | bounds | {f"pypi {requirement.name}": requirement.place for requirement in spec.pypi}


def _requirement_claims(recorded: Inputs, current: Inputs) -> Iterator[tuple[str, str]]:
    before, now = _conda(recorded), _conda(current)
    for name in sorted(before.keys() | now.keys()):
        if _is_from_before(name, recorded, current):
            yield (
                f"conda {name}",
                f"conda requirement `{name}`, which PyPI requirements imply, was not asked for then",
            )
        elif before.get(name) != now.get(name) and not _is_implied(name, recorded, current):
            yield f"conda {name}", _change(name, before.get(name), now.get(name), "conda")
    pip_before, pip_now = _joined(recorded.pypi), _joined(current.pypi)
    for name in sorted(pip_before.keys() | pip_now.keys()):
        if pip_before.get(name) != pip_now.get(name):
            yield f"pypi {name}", _change(name, pip_before.get(name), pip_now.get(name), "PyPI")


def _conda(inputs: Inputs) -> Mapping[str, str]:
    named = any(key.endswith("::python") for key in inputs.conda)
    return inputs.conda if named or inputs.python is None else {**inputs.conda, "python": inputs.python}


def by_project(texts: Sequence[str]) -> dict[str, list[str]]:
    """Group canonical requirements by project, without its name; two with different markers stay together."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        end = next((i for i, letter in enumerate(text) if not (letter.isalnum() or letter in "-_.")), len(text))
        grouped[text[:end]].append(text[end:])
    return dict(grouped)


def _joined(texts: Sequence[str]) -> dict[str, str]:
    return {name: " and ".join(found) for name, found in by_project(texts).items()}


def _change(name: str, before: str | None, now: str | None, manager: str) -> str:
    if before is None:
        return f"{manager} requirement `{name}{_spaced(now)}` was added"
    if now is None:
        return f"{manager} requirement `{name}{_spaced(before)}` was removed"
    return f"{manager} requirement `{name}` is `{now or 'any'}` now, was `{before or 'any'}`"


def _is_from_before(name: str, recorded: Inputs, current: Inputs) -> bool:
    """Return whether a lock was made for requirements of PyPI before they implied a conda package."""
    return name in current.implied and name not in recorded.conda and bool(recorded.pypi)


def _is_implied(name: str, recorded: Inputs, current: Inputs) -> bool:
    """Return whether a requirement comes or goes with the requirements that imply it, which are told themselves."""
    if name not in IMPLIABLE:
        return False
    if name not in recorded.conda:
        return name in current.implied
    return name not in current.conda and name in recorded.implied


def _spaced(constraint: str | None) -> str:
    return f" {constraint}" if constraint else ""


def _order_claims(kind: str, before: Sequence[str], now: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in now:
        if name not in before:
            yield name, f"{kind} `{name}` was added"
    for name in before:
        if name not in now:
            yield name, f"{kind} `{name}` was removed"
    if set(before) == set(now) and list(before) != list(now):
        yield now[0], f"the order of {kind}s is `{', '.join(now)}` now, was `{', '.join(before)}`"


def _bound_claims(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) != now.get(name):
            was, is_now = (f"`{each[name]}`" if name in each else "any index" for each in (before, now))
            yield f"`{name}` comes from {is_now} now (`index-of`), was from {was}"


def _shown_index(index: str) -> str:
    return {MACHINE_INDEX: "the machine's own", NO_INDEX: "off"}.get(index, f"`{index}`")


def _setting_claims(recorded: Inputs, current: Inputs) -> Iterator[tuple[str, str, str]]:
    """Yield the key of each setting that differs, the virtual package that it is about, and what differs."""
    before, now = recorded.virtual_packages, current.virtual_packages
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) != now.get(name):
            was, is_now = before.get(name, "absent"), now.get(name, "absent")
            yield "virtual-packages", name, f"virtual package `{name}` is `{is_now}` now, was `{was}`"
    if recorded.prereleases != current.prereleases:
        yield "", "--pre", f"pre-releases are {'admitted' if current.prereleases else 'not admitted'} now (`--pre`)"
    if recorded.channel_priority != current.channel_priority:
        yield (
            "channel-priority",
            "",
            f"channel priority is `{current.channel_priority}` now, was `{recorded.channel_priority}`",
        )


def joined(reasons: Iterable[DriftReason]) -> tuple[DriftReason, ...]:
    """Join reasons that differ only in their platforms, in order of place."""
    platforms: dict[tuple[Code, Place, str, WayOut], list[Subdir]] = defaultdict(list)
    for reason in reasons:
        platforms[reason.code, reason.place, reason.claim, reason.way_out] += reason.platforms
    merged = [
        DriftReason(code=code, place=place, claim=claim, way_out=way_out, platforms=tuple(dict.fromkeys(found)))
        for (code, place, claim, way_out), found in platforms.items()
    ]
    return tuple(sorted(merged, key=lambda reason: (reason.place, reason.code.value, reason.claim)))
