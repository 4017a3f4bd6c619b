"""The keys of the configuration: what each is called, may hold, is by default, and means.

Reading, the JSON schema and the reference are made from this table, so a key is one entry here.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from mixlock_hooks.formats import config_ages, config_environments, config_values
from mixlock_hooks.model.platforms import KNOWN_PLATFORMS
from mixlock_hooks.model.settings import SOLVERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Schema = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """One key: the field of the settings it fills, what converts its value, and what people are told of it.

    ``schema`` is its JSON schema, for editors; what that cannot say, ``convert`` refuses. ``default`` and ``meaning``
    are Markdown.
    """

    field: str
    convert: Callable[[Any], object]
    schema: Schema
    default: str
    meaning: str


def _one_of(*words: str) -> Schema:
    return {"enum": list(words)}


def _table_of(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _table(**values: Schema) -> Schema:
    named = {name.replace("_", "-"): value for name, value in values.items()}
    return {"type": "object", "properties": named, "additionalProperties": False}


TEXT: Schema = {"type": "string", "minLength": 1}
TEXTS: Schema = {"type": "array", "items": TEXT}
SOME_TEXTS: Schema = {**TEXTS, "minItems": 1}
PLATFORM: Schema = _one_of(*KNOWN_PLATFORMS)
PLATFORMS: Schema = {"type": "array", "items": PLATFORM, "minItems": 1}
TARGETS: Schema = {**_table_of(_table_of({"type": "string"})), "propertyNames": PLATFORM}
ENVIRONMENTS: Schema = _table_of(
    {
        **_table(
            specs=SOME_TEXTS,
            like=TEXT,
            python=TEXT,
            platforms=PLATFORMS,
            virtual_packages=TARGETS,
            lock_at=TEXT,
        ),
        "required": ["specs"],
    }
)

KEYS: Mapping[str, Key] = MappingProxyType(
    {
        "specs": Key(
            field="specs",
            convert=config_values.texts,
            schema=TEXTS,
            default="files named `environment*`, `env*`, `conda` `.yml` or `.yaml`, and `.py` with Metaflow flows, "
            "also where only a base in another module names Metaflow, that git tracks",
            meaning="globs, also for requirements files",
        ),
        "lock-dir": Key(
            field="lock_dir",
            convert=config_values.folder,
            schema=TEXT,
            default="`locks`",
            meaning="where locks are kept",
        ),
        "platforms": Key(
            field="platforms",
            convert=config_values.platforms,
            schema=PLATFORMS,
            default="`linux-64`, `osx-arm64`",
            meaning="for specs that name none",
        ),
        "channels": Key(
            field="channels",
            convert=config_values.some_texts,
            schema=SOME_TEXTS,
            default="`conda-forge`",
            meaning="for specs that name none; order is priority",
        ),
        "pypi-indices": Key(
            field="pypi_indices",
            convert=config_values.indices,
            schema=TEXTS,
            default="none",
            meaning="after a spec's own",
        ),
        "default-index": Key(
            field="default_index",
            convert=config_values.default_index,
            schema={"anyOf": [{"type": "string", "pattern": "://"}, {"const": False}]},
            default="the machine's",
            meaning="a URL, or `false`",
        ),
        "find-links": Key(
            field="find_links",
            convert=config_values.pages,
            schema=TEXTS,
            default="none",
            meaning="flat pages of files (pip's `--find-links`), beside the index; URLs only "
            "([how](how-to/find-links.md))",
        ),
        "index-of": Key(
            field="index_of",
            convert=config_values.index_of,
            schema=_table_of(TEXT),
            default="none",
            meaning="the one index (or page) that this project comes from, and that serves nothing else",
        ),
        "channel-priority": Key(
            field="channel_priority",
            convert=config_values.priority,
            schema=_one_of("strict", "flexible", "auto"),
            default="`auto`",
            meaning="`strict`, `flexible`, or flexible only where `::` or further channels are used",
        ),
        "solver": Key(
            field="solver",
            convert=config_values.solver,
            schema=_one_of(*SOLVERS),
            default="`rattler`",
            meaning="the embedded one, or `conda`, `mamba`, `micromamba`; a path belongs in `[solvers]` of the "
            'machine\'s `config.toml` (`micromamba = "/opt/bin/micromamba"`)',
        ),
        "python": Key(
            field="python",
            convert=config_values.python,
            schema=TEXT,
            default="none",
            meaning='the python of requirements files that name none: `"3.12"` (3.12.x), `">=3.11,<3.13"`',
        ),
        "equals": Key(
            field="exact_equals",
            convert=config_values.exact_equals,
            schema=_one_of("conda", "exact"),
            default="`conda`",
            meaning="`name=1.2` means `1.2.*`; `exact` makes it `==1.2`",
        ),
        "metaflow": Key(
            field="metaflow",
            convert=config_values.profile,
            schema=_one_of("netflixext", "oss"),
            default="`netflixext`",
            meaning="whose rules flows follow; `oss` refuses mixing within a step",
        ),
        "metaflow-like": Key(
            field="metaflow_like",
            convert=config_values.flag,
            schema={"type": "boolean"},
            default="`false`",
            meaning="a package in several steps of a flow has one version: that of the flow's first environment",
        ),
        "metaflow-runtime": Key(
            field="metaflow_runtime",
            convert=config_values.runtime,
            schema=TEXTS,
            default="none",
            meaning="conda requirements that Metaflow adds at run time, for every flow",
        ),
        "metaflow-import": Key(
            field="metaflow_import",
            convert=config_values.texts,
            schema=TEXTS,
            default="none",
            meaning="globs of flows that `mixlock lock` may read by importing them with the real Metaflow, in the "
            "active environment; nothing else ever imports one",
        ),
        "build-sdists": Key(
            field="build_sdists",
            convert=config_values.builds,
            schema={"anyOf": [{"type": "boolean"}, TEXTS]},
            default="`true`",
            meaning="whose build code may run: `true` (where no version that is asked for has a wheel that fits), "
            "`false`, or a list of names, whose newest version is taken even if it must be built; `--no-build` "
            "is `false` for one run",
        ),
        "extra-build-requires": Key(
            field="extra_build_requires",
            convert=config_values.extra_requires,
            schema=_table_of(TEXTS),
            default="none",
            meaning='what the build of a project needs beyond what it declares: `["setuptools<58"]`',
        ),
        "explicit-hash": Key(
            field="explicit_hash",
            convert=config_values.explicit_hash,
            schema=_one_of("md5", "sha256"),
            default="`md5`",
            meaning="the hash of conda packages in explicit files; `sha256` (CEP 23) needs conda 24.9",
        ),
        "wheelhouse-dir": Key(
            field="wheelhouse_dir",
            convert=config_values.folder,
            schema=TEXT,
            default="`wheelhouse`",
            meaning="where `mixlock wheelhouse` lays wheels out; a folder that git ignores",
        ),
        "exclude-newer": Key(
            field="exclude_newer",
            convert=config_ages.cutoff,
            schema={"type": ["string", "integer"]},
            default="none",
            meaning="a date, or a number of days: nothing published later is considered",
        ),
        "exclude-newer-for": Key(
            field="exclude_newer_for",
            convert=config_ages.exceptions,
            schema=_table_of({"anyOf": [{"type": "string"}, {"const": False}]}),
            default="none",
            meaning="exceptions from the cutoff, stricter or wider, by package (of either side) or by the URL of a "
            'channel or index: `{ openssl = "0 days" }`; `false` for no cutoff. A package wins over its source',
        ),
        "default-branch": Key(
            field="default_branch",
            convert=config_values.text,
            schema=TEXT,
            default="the remote's",
            meaning="the branch that immutable tags are compared with; `--base REV` names a revision for one run",
        ),
        "environments": Key(
            field="environments",
            convert=config_environments.environments,
            schema=ENVIRONMENTS,
            default="none",
            meaning='an environment of several files: `specs = ["environment.yml", "dev.yml"]`, joined as conda-lock '
            'joins `-f a -f b`; with `like = "OTHER"` what both hold has the version that OTHER has; `python` is '
            "required in addition to the files; `platforms` are its own, and `virtual-packages` that override the "
            'repository\'s make a variant of the same files. `lock-at = "conda-lock.yml"` puts its `conda-lock.yml` '
            "where other tools read it. A file that stands in one is not an environment of its own, "
            "unless `specs` names its path",
        ),
        "constraints": Key(
            field="constraints",
            convert=config_values.constraints,
            schema=TEXTS,
            default="none",
            meaning='limits the versions of packages, on either side: `["urllib3>=2.5"]`; never adds a package. A '
            "pip constraints file (`-c FILE` under `pip:`) binds what PyPI's side chooses and needs",
        ),
        "file-hosts": Key(
            field="file_hosts",
            convert=config_values.hosts,
            schema=TEXTS,
            default="none",
            meaning="hosts where indices keep their files, beside their own host and what is known of public ones",
        ),
        "trusted-hosts": Key(
            field="trusted_hosts",
            convert=config_values.trusted_hosts,
            schema=TEXTS,
            default="none",
            meaning="hosts that may be read over plain http, each with a port or without",
        ),
        "virtual-packages": Key(
            field="virtual_packages",
            convert=config_values.virtual_packages,
            schema=TARGETS,
            default="each platform's own",
            meaning="replaces single entries",
        ),
        "required-mixlock": Key(
            field="required_mixlock",
            convert=config_values.specifier,
            schema=TEXT,
            default="none",
            meaning='versions of mixlock that may work here, such as `">=0.3,<0.4"`: any other stops with exit '
            "status 3 and says which it is",
        ),
        "required-uv": Key(
            field="required_uv",
            convert=config_values.specifier,
            schema=TEXT,
            default="none",
            meaning="versions of uv that may solve here, within those that mixlock itself needs (`>=0.12.16`)",
        ),
    }
)
"""Every key of the configuration, in the order of the reference."""
