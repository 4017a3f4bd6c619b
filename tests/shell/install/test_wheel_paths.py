"""No wheel writes over conda's packages or mixlock's own files, out of the prefix, or in another project's name."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell.install import prefix_contents
from mixlock_hooks.shell.install.wheel_paths import refuse_intruders
from mixlock_hooks.synthetic.archives import render_zip

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = "lib/python3.12/site-packages"
OF_CONDA = {
    "bin/python": b"python",
    f"{LIBRARY}/shared.py": b"shared",
    f"{LIBRARY}/LICENSE": b"conda's",
    f"{LIBRARY}/conda_project-1.0.dist-info/METADATA": b"",
}


@pytest.fixture(name="prefix")
def _prefix(tmp_path: Path) -> Path:
    paths = [
        {"_path": path, "path_type": "hardlink", "sha256": hashlib.sha256(content).hexdigest()}
        for path, content in OF_CONDA.items()
    ]
    record = {"name": "python", "version": "3.12.1", "url": "https://conda.example/x", "paths_data": {"paths": paths}}
    prefix = tmp_path / "prefix"
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "conda-meta/python-3.12.1-0.json").write_text(json.dumps(record))
    (prefix / LIBRARY).mkdir(parents=True)
    (prefix / LIBRARY / "out").symlink_to("../../../..")
    return prefix


def _judge(prefix: Path, members: dict[str, bytes]) -> None:
    wheels = prefix.parent / "wheels"
    wheels.mkdir()
    about = {"evil.py": b"", "evil_thing-1.0.dist-info/METADATA": b"", "evil_thing-1.0.dist-info/RECORD": b""}
    (wheels / "evil_thing-1.0-py3-none-any.whl").write_bytes(render_zip({**about, **members}))
    refuse_intruders(prefix, wheels)


@pytest.mark.parametrize(
    ("path", "content", "told"),
    [
        pytest.param("x.data/data/conda-meta/evil.json", b"{", "not a wheel's to write", id="a record that is none"),
        pytest.param("x.data/data/Conda-Meta/history", b"", "not a wheel's to write", id="conda's history"),
        pytest.param("x.data/data/.mixlock-stamp", b"", "not a wheel's to write", id="the stamp"),
        pytest.param("x.data/data/activate.sh", b"", "not a wheel's to write", id="activation"),
        pytest.param("x.data/data/bin/python", b"evil", "over bin/python", id="a program of conda's"),
        pytest.param("x.data/scripts/python", b"evil", "over bin/python", id="as a script"),
        pytest.param("shared.py", b"evil", "over .*shared.py", id="a module of conda's"),
        pytest.param("x.data/purelib/shared.py", b"evil", "over .*shared.py", id="as a pure module"),
        pytest.param(
            "evil_thing-1.0.dist-info/entry_points.txt",
            b"[console_scripts]\npython=evil:run\n",
            "over",
            id="as entry",
        ),
        pytest.param(
            "evil_thing-1.0.dist-info/entry_points.txt", b"[gui_scripts]\n../../x=evil:run\n", "leads out", id="entry"
        ),
        pytest.param("evil_thing-1.0.dist-info/entry_points.txt", b"nonsense", "cannot be read", id="no entries"),
        pytest.param("evil_thing-1.0.dist-info/entry_points.txt", b"\xff", "cannot be read", id="no text"),
        pytest.param("other-1.0.dist-info/RECORD", b"\xff", "of another project or version", id="a second record"),
        pytest.param(f"x.data/data/{LIBRARY}/other-1.0.dist-info/RECORD", b"", "another project", id="as data"),
        pytest.param("conda_project-1.0.dist-info/METADATA", b"", "another project", id="of conda's project"),
        pytest.param("../../../../x", b"", "leads out of the prefix", id="a parent"),
        pytest.param("x.data/data/../x", b"", "leads out of the prefix", id="a parent of the prefix"),
        pytest.param("/x", b"", "leads out of the prefix", id="absolute"),
        pytest.param("out/x.py", b"", "leads out of the prefix", id="below a link"),
    ],
)
def test_a_wheel_that_writes_what_is_not_its_own_is_named(prefix: Path, path: str, content: bytes, told: str) -> None:
    with pytest.raises(CannotDoError, match=rf"evil_thing-1\.0-py3-none-any\.whl: .*{told}.*--upgrade-package evil_"):
        _judge(prefix, {path: content})


@pytest.mark.parametrize(
    ("path", "content"),
    [
        pytest.param("shared.py", b"shared", id="the same file"),
        pytest.param("LICENSE", b"its own", id="a text that nobody looks for"),
        pytest.param("x.data/data/share/evil/data.json", b"", id="data"),
        pytest.param("Evil.Thing-1.0.dist-info/LICENSE", b"", id="its name in another spelling"),
        pytest.param("x.data/headers/evil.h", b"", id="a header"),
    ],
)
def test_other_wheels_are_not_refused(prefix: Path, path: str, content: bytes) -> None:
    _judge(prefix, {path: content})


def test_what_is_no_wheel_is_named(prefix: Path) -> None:
    (prefix / "x-1-py3-none-any.whl").write_bytes(b"PK")
    with pytest.raises(CannotDoError, match=r"x-1-py3-none-any\.whl: it cannot be read"):
        refuse_intruders(prefix, prefix)


@pytest.mark.parametrize("text", ["{", "[]", '{"name": "x"}', '{"name": "x", "version": "1", "url": "u"}', "\xff"])
def test_a_record_of_conda_that_is_none_is_named(prefix: Path, text: str) -> None:
    (prefix / "conda-meta/evil.json").write_text(text, encoding="latin-1")
    with pytest.raises(CannotDoError, match=r"evil\.json: is no record of conda's"):
        list(prefix_contents.records(prefix))


def test_a_record_of_a_wheel_that_is_none_is_named(prefix: Path) -> None:
    about = prefix / LIBRARY / "evil-1.0.dist-info"
    about.mkdir()
    (about / "RECORD").write_bytes(b"\xff")
    with pytest.raises(CannotDoError, match=r"RECORD: is no list of files"):
        prefix_contents.refuse_damage(prefix, {})
