"""The flows of ../shared/data/flows, each as a small repository: the flow in its place, with what it imports."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tests.real.shared_channels import SHARED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FLOWS = SHARED / "data" / "flows"


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """One flow; ``kind`` says whether its decorators are ``static``, ``dynamic``, ``both`` or ``none``."""

    name: str
    kind: str
    path: str
    support: Path
    folder: Path = FLOWS

    @property
    def file(self) -> Path:
        """Return where it lies."""
        return self.folder / self.name

    def read(self, path: str) -> str | None:
        """Return the text of a file of its repository; None where there is no such file."""
        file = self.file if path == self.path else self.support / path
        return file.read_text(encoding="utf-8") if file.is_file() else None

    def paths(self) -> list[str]:
        """Return the files of its repository."""
        return [file.relative_to(self.support).as_posix() for file in self.support.rglob("*") if file.is_file()]

    def copy_to(self, root: Path) -> Path:
        """Write the repository below a folder, and return the flow's place."""
        for file in (found for found in self.support.rglob("*") if found.is_file()):
            target = root / file.relative_to(self.support)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
        own = root / self.path
        own.parent.mkdir(parents=True, exist_ok=True)
        own.write_bytes(self.file.read_bytes())
        return own


def specimens() -> Iterator[Specimen]:
    """Yield every flow of the index."""
    with (FLOWS / "index.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            path = PurePosixPath(row["path"].partition("#")[0]).with_suffix(".py")
            support = f"{row['repo'].replace('/', '__')}@{row['commit'][:8]}"
            yield Specimen(name=row["file"], kind=row["kind"], path=str(path), support=FLOWS / "_support" / support)


def written(folder: Path, flows: Mapping[str, Mapping[str, str]]) -> list[Specimen]:
    """Write small repositories below a folder, each with its flow in ``flows/f.py``, and return them."""
    made = []
    for number, (name, files) in enumerate(flows.items()):
        support = folder / str(number)
        for path, text in files.items():
            target = support / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        made.append(Specimen(name=name, kind="static", path="flows/f.py", support=support, folder=support))
        (support / name.replace("/", " ")).write_text(files["flows/f.py"])
    return made
