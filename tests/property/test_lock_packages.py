"""Laws of the packages of a lock: written and read without PyYAML, they are what PyYAML writes and reads."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from mixlock_hooks.formats import lock_packages
from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import Subdir

_ODD = [
    "",
    "1.0",
    "1",
    "1e5",
    "1_000",
    "0x1f",
    "1:30",
    "y",
    "no",
    "null",
    "~",
    "=",
    "<<",
    "==1.0",
    "---",
    "...",
    "- a",
]
_ODD += [
    "a: b",
    "a:",
    "a #b",
    "a#b",
    " a",
    "a ",
    "a  b",
    "'",
    "a'b",
    "it''s",
    "*",
    "!a",
    "&a",
    "%a",
    "@a",
    "`a",
    "{}",
    "[a]",
]
_ODD += [
    "2026-11-26",
    "3.12.* *_cp312",
    ">=1,<2.0a0",
    "?",
    "? a",
    "-",
    ":",
    ",a",
    "a,",
    "\t",
    "\n",
    "\x85",
    "\u00e9",
    "\u202e",
    "x" * 200,
]
_TEXTS = st.sampled_from(_ODD) | st.text(max_size=6) | st.text(st.sampled_from("a1.:-'# ,=<*~_"), max_size=8)
_PACKAGES = st.lists(
    st.builds(
        LockedPackage,
        name=_TEXTS,
        version=_TEXTS,
        manager=st.sampled_from(Manager),
        platform=_TEXTS.map(Subdir),
        dependencies=st.dictionaries(_TEXTS, _TEXTS, max_size=3),
        url=_TEXTS,
        md5=_TEXTS,
        sha256=_TEXTS,
        category=_TEXTS,
        optional=st.booleans(),
    ),
    min_size=1,
    max_size=3,
)


def raw(package: LockedPackage) -> dict[str, Any]:
    """Return a package as the format has it."""
    fields = asdict(package)
    hashes = {name: value for name in ("md5", "sha256") if (value := fields.pop(name))}
    tail = {"url": fields["url"], "hash": hashes, "category": fields["category"], "optional": fields["optional"]}
    head = {name: fields[name] for name in ("name", "version", "manager", "platform")}
    dependencies = dict(sorted(fields["dependencies"].items()))
    return {**head, "manager": package.manager.value, "dependencies": dependencies, **tail}


def dumped(packages: list[LockedPackage]) -> str:
    document = {"package": [raw(package) for package in packages]}
    return str(yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=4096))


@given(_PACKAGES)
def test_what_is_written_is_what_yaml_writes(packages: list[LockedPackage]) -> None:
    assert lock_packages.render(packages) in (None, dumped(packages))


@given(_PACKAGES)
def test_what_is_read_is_what_was_written(packages: list[LockedPackage]) -> None:
    text = dumped(packages).removeprefix(lock_packages.HEADING)
    assert lock_packages.parse(text) in (None, tuple(packages))


_ORDINARY = LockedPackage(
    name="numpy",
    version="1.0",
    manager=Manager.CONDA,
    platform=Subdir("linux-64"),
    dependencies={"libgcc": ">=14", "python_abi": "3.12.* *_cp312", "y": "", "libmamba": "==2.9.0"},
    url="https://c.example/conda-forge/linux-64/numpy-1!1.0+a~b-py312_0.conda",
    md5="0" * 32,
    sha256="1e" * 32,
)


@given(st.data())
def test_an_edit_is_read_as_yaml_reads_it(data: st.DataObject) -> None:
    text = dumped([_ORDINARY, _ORDINARY]).removeprefix(lock_packages.HEADING)
    at = data.draw(st.integers(0, len(text)))
    until = data.draw(st.integers(at, min(at + 8, len(text))))
    edited = (
        text[:at]
        + data.draw(st.sampled_from(["", "'", " ", ": ", "\n", "#", " #", "~", "1", "    a: b\n"]))
        + text[until:]
    )
    found = lock_packages.parse(edited)
    if found is not None:
        loaded = yaml.safe_load(lock_packages.HEADING + edited)["package"]
        assert [raw(package) for package in found] == loaded


def test_an_ordinary_package_takes_no_yaml() -> None:
    text = lock_packages.render([_ORDINARY])
    assert text == dumped([_ORDINARY])
    assert lock_packages.parse(text.removeprefix(lock_packages.HEADING)) == (_ORDINARY,)
