"""An index whose pages tell when files were uploaded, beside a channel's timestamps."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING

from mixlock_hooks.shell.index.loopback import Fault

if TYPE_CHECKING:
    from tests.conftest import ServedWorld

OLD, NEW = "2024-12-01T00:00:00Z", "2025-04-01T00:00:00Z"
JSON = {"Content-Type": "application/vnd.pypi.simple.v1+json"}


def milliseconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp() * 1000)


def date_index(world: ServedWorld) -> None:
    """Serve the index as JSON with the times of uploads (PEP 700): requests 2.32.0 is new, all else old."""
    for folder in (world.folder / "index/simple").iterdir():
        if folder.is_dir():
            page = (folder / "index.html").read_bytes()
            files = [
                {
                    "filename": name.decode(),
                    "url": url.decode(),
                    "hashes": {"sha256": sha256.decode()},
                    "upload-time": NEW if b"2.32.0" in name else OLD,
                    "size": 1,
                }
                for url, sha256, name in re.findall(rb'href="([^"#]+)#sha256=(\w+)">([^<]+)<', page)
            ]
            listed = {"meta": {"api-version": "1.1"}, "name": folder.name, "files": files, "versions": []}
            world.faults[f"/index/simple/{folder.name}/"] = Fault(body=json.dumps(listed).encode(), headers=JSON)
