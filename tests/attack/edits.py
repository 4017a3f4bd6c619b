"""Edits of a lock that change what is installed, made by somebody who has mixlock's source.

To add one, add a row: of ``PACKAGE_EDITS`` (applied to packages of both managers, on every platform), of
``LOCK_EDITS``, of ``RECORD_EDITS`` (of what the lock says it was solved from), or of ``TEXT_EDITS``. ``SEALS`` are
the ways in which an attacker makes the digests true again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml, stamp_json
from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.lock_paths import LOCKFILE, STAMP
from mixlock_hooks.model.locked import LockedPackage, Lockfile, Manager
from mixlock_hooks.model.names import EnvironmentName, Subdir
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.pipeline.lock import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mixlock_hooks.model.inputs import Inputs

    Files = Mapping[str, bytes]

FOLDER = "locks/environment"
LOCK = f"{FOLDER}/conda-lock.yml"
NAME = EnvironmentName("environment")
PLATFORMS = (Subdir("linux-64"), Subdir("osx-arm64"))


@dataclass(frozen=True, kw_only=True)
class Edit:
    """An edit: what it does, as an id, and a repository's files after it."""

    what: str
    files: Files


def _moved(package: LockedPackage, old: str, new: str) -> LockedPackage:
    assert old in package.url
    return replace(package, url=package.url.replace(old, new, 1))


def _host(package: LockedPackage) -> str:
    return package.url.split("/")[2]


def _version(package: LockedPackage, version: str) -> LockedPackage:
    return replace(_moved(package, f"-{package.version}", f"-{version}"), version=version)


PACKAGE_EDITS: Mapping[str, Callable[[LockedPackage], LockedPackage]] = {
    "another host": lambda p: _moved(p, _host(p), "evil.example"),
    "a host below the declared one's name": lambda p: _moved(p, _host(p), f"{_host(p)}.evil.example"),
    "a host above the declared one's": lambda p: _moved(p, _host(p), f"evil-{_host(p)}"),
    "the declared host as a user": lambda p: _moved(p, _host(p), f"{_host(p)}@evil.example"),
    "the declared host as a password": lambda p: _moved(p, _host(p), f"u:{_host(p)}@evil.example"),
    "a user before the declared host": lambda p: _moved(p, _host(p), f"evil@{_host(p)}"),
    "a port of its own": lambda p: _moved(p, _host(p), f"{_host(p)}:8443"),
    "plain http": lambda p: _moved(p, "https://", "http://"),
    "a scheme nobody knows": lambda p: _moved(p, "https://", "evil://"),
    "a file of the machine": lambda p: _moved(p, f"https://{_host(p)}", "file:///tmp"),
    "no scheme": lambda p: _moved(p, "https://", "//"),
    "a backslash in the host": lambda p: _moved(p, _host(p), f"evil.example\\@{_host(p)}"),
    "a backslash in the path": lambda p: _moved(p, f"/{p.file}", f"/..\\..\\evil\\x\\{p.file}"),
    "dots in the path": lambda p: _moved(p, _host(p) + "/", _host(p) + "/../evil/../"),
    "encoded dots in the path": lambda p: _moved(p, f"/{p.file}", f"/x%2f..%2F{p.file}"),
    "a tab in the path": lambda p: _moved(p, f"/{p.file}", f"/\t{p.file}"),
    "another name's file": lambda p: _moved(p, f"/{p.file}", f"/evil-{p.file}"),
    "a file without a suffix": lambda p: replace(p, url=p.url.rsplit(".", 1)[0]),
    "an archive of another kind": lambda p: replace(p, url=p.url.rsplit(".", 1)[0] + ".exe"),
    "another version's file": lambda p: _moved(p, f"-{p.version}", f"-{p.version}.99"),
    "a query": lambda p: replace(p, url=f"{p.url}?version=99"),
    "a fragment that names an egg": lambda p: replace(p, url=f"{p.url}#egg=evil"),
    "no URL": lambda p: replace(p, url=""),
    "no hash": lambda p: replace(p, md5="", sha256=""),
    "one hash less": lambda p: replace(p, md5="") if p.manager is Manager.CONDA else replace(p, sha256=""),
    "no strong hash": lambda p: replace(p, sha256=""),
    "a hash that is short": lambda p: replace(p, md5=p.md5[:8], sha256=p.sha256[:8]),
    "a hash in capitals": lambda p: replace(p, md5=p.md5.upper(), sha256=p.sha256.upper() + " "),
    "a hash of nothing": lambda p: replace(p, md5="x" * 32, sha256="x" * 64),
    "another category": lambda p: replace(p, category="dev"),
    "optional": lambda p: replace(p, optional=True),
    "a platform the lock does not name": lambda p: replace(p, platform=Subdir("win-64")),
    "the other manager": lambda p: replace(p, manager=Manager.PIP if p.manager is Manager.CONDA else Manager.CONDA),
    "a name with a space": lambda p: replace(p, name=f"{p.name} "),
    "a virtual package": lambda p: replace(p, name=f"__{p.name}"),
    "an evil name": lambda p: replace(_moved(p, f"/{p.file}", f"/evil-{p.file}"), name=f"evil-{p.name}"),
    "a version that nobody asked for": lambda p: _version(p, "0.0.1"),
    "needs what is not there": lambda p: replace(p, dependencies={**p.dependencies, "evil": ">=1"}),
    "needs a version that is not there": lambda p: replace(
        p, dependencies={**p.dependencies, "python": ">=4"} if p.manager is Manager.CONDA else {"idna": ">=99"}
    ),
    "a constraint that nobody can read": lambda p: replace(
        p, dependencies=dict.fromkeys(p.dependencies or ("pip",), "??")
    ),
}
_NO_EDIT = {
    ("conda", "a version that nobody asked for"): ("libblas", "pip", "tzdata"),
    ("pip", "a version that nobody asked for"): ("idna",),
}
"""What is an answer all the same: a version that nobody restricts, which only its channel or index can judge."""


def _with(lockfile: Lockfile, *packages: LockedPackage) -> Lockfile:
    return replace(lockfile, packages=(*lockfile.packages, *packages))


def _evil(lockfile: Lockfile, manager: Manager, **changes: object) -> LockedPackage:
    """Return a package that nobody asks for, made from one that is locked."""
    like = next(each for each in lockfile.packages if each.manager is manager)
    made = replace(_moved(like, f"/{like.file}", f"/evil-{like.file}"), name=f"evil-{like.name}")
    return replace(made, **changes)  # type: ignore[arg-type]


def _without(lockfile: Lockfile, name: str) -> Lockfile:
    return replace(lockfile, packages=tuple(each for each in lockfile.packages if each.name != name))


def _twice(lockfile: Lockfile, entry: str, /, **changes: object) -> Lockfile:
    found = next(each for each in lockfile.packages if each.name == entry)
    return _with(lockfile, replace(found, **changes))  # type: ignore[arg-type]


LOCK_EDITS: Mapping[str, Callable[[Lockfile], Lockfile]] = {
    "a package of conda that nobody asks for": lambda lock: _with(lock, _evil(lock, Manager.CONDA)),
    "a package of PyPI that nobody asks for": lambda lock: _with(lock, _evil(lock, Manager.PIP)),
    "a hidden package": lambda lock: _with(lock, _evil(lock, Manager.CONDA, name="__evil")),
    "an optional package": lambda lock: _with(lock, _evil(lock, Manager.PIP, optional=True, category="dev")),
    "a package for another platform": lambda lock: _with(lock, _evil(lock, Manager.PIP, platform=Subdir("win-64"))),
    "a package of conda gone": lambda lock: _without(lock, "libblas"),
    "a package of PyPI gone": lambda lock: _without(lock, "idna"),
    "a request gone": lambda lock: _without(lock, "numpy"),
    "pip gone": lambda lock: _without(lock, "pip"),
    "python gone": lambda lock: _without(lock, "python"),
    "no package left": lambda lock: replace(lock, packages=()),
    "an entry twice": lambda lock: _twice(lock, "idna"),
    "an entry twice with another hash": lambda lock: _twice(lock, "idna", sha256="0" * 64),
    "an entry twice with another URL": lambda lock: _twice(lock, "numpy", url="https://evil.example/numpy.conda"),
    "an entry twice in other letters": lambda lock: _twice(lock, "idna", name="IDNA"),
    "an entry from both managers": lambda lock: _twice(
        lock,
        "numpy",
        manager=Manager.PIP,
        url="https://index.example/files/numpy-1.26.4-py3-none-any.whl",
        sha256="a" * 64,
    ),
    "another channel": lambda lock: replace(lock, channels=("https://evil.example/c", *lock.channels)),
    "no channel": lambda lock: replace(lock, channels=()),
    "one platform less": lambda lock: replace(lock, platforms=lock.platforms[:1]),
    "one platform more": lambda lock: replace(lock, platforms=(*lock.platforms, Subdir("win-64"))),
    "another platform twice": lambda lock: replace(lock, platforms=(*lock.platforms, lock.platforms[0])),
    "another content hash": lambda lock: replace(lock, content_hash=dict.fromkeys(lock.content_hash, "0" * 64)),
    "a content hash more": lambda lock: replace(lock, content_hash={**lock.content_hash, "win-64": "0" * 64}),
}


def _asked(inputs: Inputs, key: str, *implied: str) -> Inputs:
    """Return inputs with a package of conda more that nobody asked for."""
    return replace(inputs, conda={**inputs.conda, key: ""}, implied=(*inputs.implied, *implied))


_EVIL = "https://evil.example/x"
RECORD_EDITS: Mapping[str, Callable[[Inputs], Inputs]] = {
    "another platform": lambda was: replace(was, platform=next(each for each in PLATFORMS if each != was.platform)),
    "a channel more": lambda was: replace(was, channels=(*was.channels, _EVIL)),
    "a channel twice": lambda was: replace(was, channels=(*was.channels, *was.channels)),
    "another channel": lambda was: replace(was, channels=(_EVIL,)),
    "an index more": lambda was: replace(was, indices=(*was.indices, _EVIL)),
    "another default index": lambda was: replace(was, default_index=_EVIL),
    "an index of one project": lambda was: replace(was, index_of={"idna": _EVIL}),
    "a page of files": lambda was: replace(was, find_links=(_EVIL,)),
    "another channel priority": lambda was: replace(was, channel_priority="flexible"),
    "no virtual package": lambda was: replace(was, virtual_packages={}),
    "pre-releases": lambda was: replace(was, prereleases=True),
    "a package of another channel": lambda was: _asked(was, f"{_EVIL}::numpy"),
    "a package of another channel that is implied": lambda was: _asked(was, f"{_EVIL}::libblas", f"{_EVIL}::libblas"),
    "pip of another channel, implied": lambda was: _asked(was, f"{_EVIL}::pip", f"{_EVIL}::pip"),
    "what is left out": lambda was: replace(was, left_out=("MIX101 evil",)),
    "a constraint": lambda was: replace(was, constraints=("evil<1",)),
    "a constraint of pip": lambda was: replace(was, pip_constraints=("evil<1",)),
    "a schema nobody knows": lambda was: replace(was, schema=99),
}


def _replaced(pattern: str, new: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        after = re.sub(pattern, lambda _found: new, text, count=1, flags=re.MULTILINE)
        assert after != text, pattern
        return after

    return edit


_FIRST_URL = r"^  url: https://[^/]+/"
_YML = "conda-lock.yml"
TEXT_EDITS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "a key that YAML reads last": (
        _YML,
        _replaced(_FIRST_URL, "  url: https://evil.example/x\n  url: https://conda.example/"),
    ),
    "an unknown key of a package": (_YML, _replaced(_FIRST_URL, "  build: evil\n  url: https://conda.example/")),
    "an unknown key of the metadata": (_YML, _replaced("^  sources:$", "  time_metadata: {}\n  sources:")),
    "another source": (_YML, _replaced(r"^  - \.\./\.\./environment\.yml$", "  - ../../other.yml")),
    "a source more": (
        _YML,
        _replaced(r"^  - \.\./\.\./environment\.yml$", "  - ../../environment.yml\n  - ../../o.yml"),
    ),
    "variables of a channel": (_YML, _replaced(r"used_env_vars: \[\]", "used_env_vars: [AWS_SECRET_ACCESS_KEY]")),
    "an anchor": (_YML, _replaced("^package:$", "package: &evil")),
    "a tag": (_YML, _replaced("^package:$", "package: !!seq")),
    "a second document": (_YML, lambda text: text + "---\nversion: 1\n"),
    "a comment": (_YML, lambda text: text + "# mine\n"),
    "another header": (_YML, lambda text: "# nothing to see\n" + text),
    "another quoting": (_YML, _replaced("^  category: main$", "  category: 'main'")),
    "a fact nobody knows": (
        _YML,
        _replaced("^  custom_metadata:$", "  custom_metadata:\n    mixlock.trusted: 'true'"),
    ),
    "hosts as a fact": (_YML, _replaced(_FIRST_URL, "  url: https://evil.example/")),
    **{
        f"{what} in {file.split('-')[0]}": (file, edit)
        for file in ("conda-linux-64.lock", "pip-linux-64.txt", "conda-osx-arm64.lock", "pip-osx-arm64.txt")
        for what, edit in {
            "a line more": lambda text: text + "https://evil.example/evil-1.0-0.conda#" + "0" * 32 + "\n",
            "a line less": lambda text: "".join(text.splitlines(keepends=True)[:-1]),
            "an option": lambda text: text + "--extra-index-url https://evil.example/simple\n",
            "a comment that is a line": lambda text: text.replace("\n", "\r# \n", 1),
            "a digit of a hash": _replaced(r"(?<=[0-9a-f]{8})[0-9a-f](?=\s|$)", "x"),
            "a continuation": lambda text: text + "\\\n",
        }.items()
    },
}


def _render(lockfile: Lockfile, source: str = "environment.yml") -> Files:
    files = record.render(NAME, source, Settings(), lockfile)
    return {f"{FOLDER}/{name}": content for name, content in files.items()}


def _as_it_is(inputs: Inputs) -> Inputs:
    return inputs


def _resealed(lockfile: Lockfile, original: Lockfile, edit: Callable[[Inputs], Inputs] = _as_it_is) -> Files:
    """Return what mixlock would have written had it solved this: facts, digests, all files."""
    recorded = {platform: record.recorded_inputs(original, platform) for platform in original.platforms}
    inputs = {platform: edit(found) for platform, found in recorded.items() if found}
    made = record.with_record(lockfile, inputs, original.making)
    evil = " ".join({each.url.split("/")[2] for each in made.packages if each.url.count("/") > 2})
    return _render(replace(made, facts={**made.facts, **{f"mixlock.{each}.hosts": evil for each in PLATFORMS}}))


def _in_older_form(lockfile: Lockfile, original: Lockfile) -> Files:
    """Return a lock that says it was made before there were stamps."""
    files = _resealed(lockfile, original)
    text = files[LOCK].replace(b"mixlock.schema: '2'", b"mixlock.schema: '1'")
    return {name: content for name, content in {**files, LOCK: text}.items() if not name.endswith(STAMP)}


SEALS: Mapping[str, Callable[[Lockfile, Lockfile], Files]] = {
    "sealed": _resealed,
    "the lockfile and its stamp alone": lambda lock, original: {
        name: content for name, content in _resealed(lock, original).items() if name.endswith((LOCKFILE, STAMP))
    },
    "in the form of an older mixlock": _in_older_form,
    "as another tool's": lambda lock, _original: _render(replace(lock, facts={})),
}


def _sealed_text(files: Files, name: str, text: str) -> Files:
    """Return a set with one file replaced, and every digest in the stamp true again."""
    changed = {**files, f"{FOLDER}/{name}": text.encode()}
    stamp = stamp_json.parse(files[f"{FOLDER}/{STAMP}"])
    digests = {file: digest(changed[f"{FOLDER}/{file}"]) for file in stamp.digests}
    return {**changed, f"{FOLDER}/{STAMP}": stamp_json.render(replace(stamp, digests=digests))}


def edits(files: Files) -> Iterator[Edit]:
    """Yield every edit of a repository with one lock, sealed in every way."""
    original = conda_lock_yml.parse(files[LOCK])
    for what, changed in _lockfiles(original):
        for how, seal in SEALS.items():
            try:
                made = seal(changed, original)
            except (ValueError, LookupError, AssertionError):
                continue  # nothing can render it, the attacker neither
            yield Edit(what=f"{what}, {how}", files={**files, **made})
        alone = conda_lock_yml.render(replace(changed, facts={}), "../../environment.yml")
        others = {path: content for path, content in files.items() if not path.startswith(FOLDER)}
        yield Edit(what=f"{what}, as another tool's and alone", files={**others, LOCK: alone})
    for what, change in RECORD_EDITS.items():
        yield Edit(what=f"the record: {what}", files={**files, **_resealed(original, original, change)})
    for what, (name, edit) in TEXT_EDITS.items():
        text = edit(files[f"{FOLDER}/{name}"].decode())
        yield Edit(what=f"{name}: {what}", files={**files, f"{FOLDER}/{name}": text.encode()})
        yield Edit(what=f"{name}: {what}, sealed", files=_sealed_text(files, name, text))


def _lockfiles(original: Lockfile) -> Iterator[tuple[str, Lockfile]]:
    for what, edit in PACKAGE_EDITS.items():
        for at, package in enumerate(original.packages):
            if package.name in _NO_EDIT.get((package.manager.value, what), ()):
                continue
            packages = list(original.packages)
            packages[at] = edit(package)
            yield (
                f"{package.manager.value} {package.name} on {package.platform}: {what}",
                replace(original, packages=tuple(packages)),
            )
    for what, change in LOCK_EDITS.items():
        yield what, change(original)
