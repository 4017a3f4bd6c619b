"""Values of the configuration: what TOML gives, converted to what the settings hold, one function a kind."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from mixlock_hooks.formats import match_spec, pip_requirement
from mixlock_hooks.formats.virtual_packages import parse_pair
from mixlock_hooks.model import inner_path
from mixlock_hooks.model.build_permission import EVERYBODY, NOBODY, BuildPermission
from mixlock_hooks.model.names import Subdir, pypi_name
from mixlock_hooks.model.place import at
from mixlock_hooks.model.platforms import KNOWN_PLATFORMS, can_have
from mixlock_hooks.model.settings import (
    NO_INDEX,
    SOLVERS,
    ChannelPriority,
    ExplicitHash,
    MetaflowProfile,
)
from mixlock_hooks.model.urls import HOST, is_on_the_web

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.names import PypiName, VirtualName
    from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement

_MOST_TEXTS = 1_000
_LONGEST_TEXT = 4_096


class WrongTypeError(ValueError):
    """A value is not what its key must be; the text says what that is."""


class WrongValueError(WrongTypeError):
    """A value is wrong in a way that has a sentence of its own."""


def text(value: object) -> str:
    """Convert a text."""
    if isinstance(value, str) and value.strip() and len(value) <= _LONGEST_TEXT:
        return value.strip()
    raise WrongTypeError(f"text of at most {_LONGEST_TEXT} characters")


def flag(value: object) -> bool:
    """Convert true or false."""
    if isinstance(value, bool):
        return value
    raise WrongTypeError("true or false")


def texts(value: object) -> tuple[str, ...]:
    """Convert a list of texts."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        if len(value) > _MOST_TEXTS:
            raise WrongTypeError(f"a list of at most {_MOST_TEXTS} texts, not {len(value)}")
        if any(len(item) > _LONGEST_TEXT for item in value):
            raise WrongTypeError(f"a list of texts of at most {_LONGEST_TEXT} characters")
        if not all(item.strip() for item in value):
            raise WrongValueError("one of its texts is empty")
        return tuple(value)
    raise WrongTypeError("a list of texts")


def some_texts(value: object) -> tuple[str, ...]:
    """Convert a list of at least one text: for the default, the key is left out."""
    found = texts(value)
    if not found:
        raise WrongValueError("the list is empty; without the key, its default holds")
    return found


def _platform(value: str) -> Subdir:
    if value in KNOWN_PLATFORMS:
        return Subdir(value)
    raise WrongTypeError(f"made of known platforms ({', '.join(KNOWN_PLATFORMS)}), not `{value}`")


def hosts(value: object) -> frozenset[str]:
    """Convert a list of hosts."""
    return frozenset(_host(host, "a host", "files.example.com") for host in texts(value))


def trusted_hosts(value: object) -> frozenset[str]:
    """Convert a list of hosts, each with a port or without, as pip's ``--trusted-host`` has them."""
    found = []
    for written in texts(value):
        host, colon, port = written.rpartition(":")
        is_with_port = bool(colon) and port.isascii() and port.isdecimal()
        name = _host(host if is_with_port else written, "a host, or a host and a port", "index.example.com:8080")
        found.append(f"{name}:{port}" if is_with_port else name)
    return frozenset(found)


def _host(written: str, what: str, example: str) -> str:
    host = written.strip().lower()
    if not re.fullmatch(HOST, host):
        raise WrongValueError(f"`{written}` is not {what}, such as `{example}`")
    return host.strip("[]")


def platforms(value: object) -> tuple[Subdir, ...]:
    """Convert a list of platforms."""
    return tuple(dict.fromkeys(_platform(item) for item in some_texts(value)))


def default_index(value: object) -> str:
    """Convert a default index: a URL, or false for none."""
    if value is False:
        return NO_INDEX
    if isinstance(value, str) and is_on_the_web(value):
        return value
    raise WrongTypeError("the URL of a simple API on the web, or false; a folder is on one machine only")


def indices(value: object) -> tuple[str, ...]:
    """Convert a list of indices; a folder is nobody else's."""
    return _addresses(value, 'simple APIs, such as "https://…/simple"')


def pages(value: object) -> tuple[str, ...]:
    """Convert a list of flat pages; a folder is nobody else's."""
    return _addresses(value, 'pages, such as "https://…/links.html"')


def _addresses(value: object, of: str) -> tuple[str, ...]:
    found = texts(value)
    if all(is_on_the_web(url) for url in found):
        return found
    raise WrongTypeError(f"a list of URLs of {of}; a folder is on one machine only")


def index_of(value: object) -> tuple[tuple[PypiName, str], ...]:
    """Convert a table of projects and the one index that serves each."""
    if not isinstance(value, dict) or not all(isinstance(url, str) and is_on_the_web(url) for url in value.values()):
        raise WrongTypeError('a table of PyPI names and URLs of indices, such as torch = "https://…/whl/cu126"')
    try:
        return tuple(sorted((pypi_name(name), url.strip()) for name, url in value.items()))
    except ValueError as error:
        raise WrongTypeError(f"a table of PyPI names and URLs of indices: {error}") from error


def priority(value: object) -> ChannelPriority:
    """Convert a channel priority."""
    if isinstance(value, str) and value in {"strict", "flexible", "auto"}:
        return ChannelPriority(value)
    raise WrongTypeError("strict, flexible or auto")


def explicit_hash(value: object) -> ExplicitHash:
    """Convert the kind of hash in explicit files."""
    if isinstance(value, str) and value in set(ExplicitHash):
        return ExplicitHash(value)
    raise WrongTypeError("md5 or sha256")


def solver(value: object) -> str:
    """Convert a solver's name; a path would let a repository name a program of its own to run."""
    if isinstance(value, str) and value in SOLVERS:
        return value
    raise WrongTypeError(f"one of {', '.join(SOLVERS)}; a path belongs in [solvers] of the machine's config.toml")


def exact_equals(value: object) -> bool:
    """Convert what ``=`` means; true where it is exact."""
    if isinstance(value, str) and value in {"conda", "exact"}:
        return value == "exact"
    raise WrongTypeError("conda or exact")


def folder(value: object) -> str:
    """Convert a folder inside the repository; not the repository itself, and nothing of git's."""
    written = text(value)
    parts = [part for part in written.split("/") if part not in {"", "."}]
    if "\\" in written or written.startswith("~") or not parts or inner_path.complaint(written):
        raise WrongTypeError(f"a folder in the repository, not `{written}`")
    return "/".join(parts)


def builds(value: object) -> BuildPermission:
    """Convert whose build code may run."""
    if isinstance(value, bool):
        return EVERYBODY if value else NOBODY
    try:
        return BuildPermission(names=frozenset(map(pypi_name, texts(value))))
    except ValueError as error:
        raise WrongTypeError("true, false or a list of PyPI names") from error


def extra_requires(value: object) -> tuple[tuple[PypiName, tuple[str, ...]], ...]:
    """Convert what builds need beside what they say."""
    if not isinstance(value, dict):
        raise WrongTypeError('a table of PyPI names, such as docopt = ["setuptools<58"]')
    try:
        return tuple((pypi_name(name), tuple(map(_pypi_requirement, texts(value[name])))) for name in sorted(value))
    except ValueError as error:
        words = str(error).splitlines()[0]
        raise WrongTypeError(f"a table of PyPI names and their requirements: {words}") from error


def specifier(value: object) -> str:
    """Convert a version specifier (PEP 440)."""
    try:
        return str(SpecifierSet(text(value)))
    except InvalidSpecifier as error:
        raise WrongTypeError(f'a version specifier such as ">=0.3,<0.4", not `{value}`') from error


def _pypi_requirement(text: str) -> str:
    try:
        return str(Requirement(text))
    except InvalidRequirement as error:
        raise ValueError(f"{text!r}: {str(error).splitlines()[0]}") from error


def constraints(value: object) -> tuple[PypiRequirement, ...]:
    """Convert what packages must be if they are there: names and specifiers (PEP 508), nothing else."""
    found = []
    for text in texts(value):
        try:
            requirement = pip_requirement.parse(text, at(""))
        except pip_requirement.NotARequirementError as error:
            raise WrongTypeError(f"made of names and version specifiers: {error}") from error
        if requirement.extras or requirement.marker or requirement.hashes or not requirement.specifier:
            raise WrongTypeError(f'made of a name and a version specifier each, such as "urllib3>=2.5", not `{text}`')
        found.append(requirement)
    return tuple(found)


def profile(value: object) -> MetaflowProfile:
    """Convert which Metaflow is followed."""
    if isinstance(value, str) and value in {"netflixext", "oss"}:
        return MetaflowProfile(value)
    raise WrongTypeError("netflixext or oss")


def python(value: object) -> CondaRequirement:
    """Convert a python version: ``3.12`` is 3.12.x, as in Metaflow's decorators and conda's ``python=3.12``."""
    if isinstance(value, int | float):
        raise WrongTypeError(f'a version in quotes, such as "3.12"; unquoted it is the number {value!r}')
    written = text(value)
    try:
        return match_spec.parse(f"python {'=' if written[0].isalnum() else ''}{written}", at(""))
    except match_spec.NotAMatchSpecError as error:
        raise WrongTypeError(f"a version of python: {error}") from error


def runtime(value: object) -> tuple[CondaRequirement, ...]:
    """Convert match specs."""
    try:
        return tuple(match_spec.parse(text, at("")) for text in texts(value))
    except match_spec.NotAMatchSpecError as error:
        raise WrongTypeError(f"made of conda match specs: {error}") from error


def virtual_packages(value: object) -> Mapping[Subdir, Mapping[VirtualName, str]]:
    """Convert tables of virtual packages by platform."""
    if not isinstance(value, dict):
        raise WrongTypeError("a table of platforms")
    return MappingProxyType(
        {_platform(name): _virtual_table(_platform(name), table) for name, table in value.items()}
    )


def _virtual_table(platform: Subdir, table: object) -> Mapping[VirtualName, str]:
    if not isinstance(table, dict) or not all(isinstance(version, str) for version in table.values()):
        raise WrongTypeError('a table of names and versions in quotes, such as __glibc = "2.27"')
    parsed = [parse_pair(f"{name}={version}") for name, version in table.items()]
    for name, _version, claim in parsed:
        if claim:
            raise WrongValueError(claim)
        if not can_have(platform, name):
            raise WrongValueError(f"{platform} cannot have `{name}`")
    return MappingProxyType({name: version for name, version, _claim in parsed})
