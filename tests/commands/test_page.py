"""``mixlock show --html``: one page with all of a lock, that asks for nothing else and obeys no stranger."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from mixlock_hooks.model.lock_page import LockPage, ShownFile, ShownNeed, ShownPackage
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import EnvironmentName, Subdir
from mixlock_hooks.report.page import render
from mixlock_hooks.shell.page_assets import page_assets

if TYPE_CHECKING:
    from tests.conftest import Repository

_OUTSIDE = re.compile(r"""\b(?:src|href|action)\s*=|@import|url\((?!["']?data:)""")


@pytest.fixture(name="page")
def _page(locked: Repository) -> str:
    done = locked.mixlock("show", "environment", "--html", "page.html")
    assert (done.status, done.stdout, done.stderr) == (0, "", "wrote page.html\n")
    return locked.read("page.html")


def _without_scripts(page: str) -> str:
    return re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def _packages(page: str) -> list[dict[str, Any]]:
    found = re.search(r'<script type="application/json" id="packages">(.*?)</script>', page, re.DOTALL)
    assert found
    packages: list[dict[str, Any]] = json.loads(found[1])
    return packages


def test_every_package_of_the_lock_is_there_with_or_without_a_script(locked: Repository, page: str) -> None:
    shown = json.loads(locked.mixlock("show", "environment", "--format", "json").stdout)
    locked_packages = {
        (package["manager"], package["name"], package["version"])
        for packages in shown["platforms"].values()
        for package in packages
    }
    in_data = {
        (each["manager"], each["name"], found["version"]) for each in _packages(page) for found in each["versions"]
    }
    assert in_data == locked_packages
    rows = _without_scripts(page)
    assert all(f">{name}</button>" in rows and version in rows for _manager, name, version in locked_packages)


def test_needs_lead_to_packages_and_requests_are_told(page: str) -> None:
    packages = {each["id"]: each for each in _packages(page)}
    asked = {each["name"] for each in packages.values() if each["asked"]}
    assert {"python", "numpy"} <= asked
    assert not asked >= {each["name"] for each in packages.values()}
    assert "conda:python" in {need["id"] for need in packages["conda:numpy"]["needs"]}
    assert {need["id"] for each in packages.values() for need in each["needs"]} - {""} <= packages.keys()


def test_the_page_asks_for_nothing_else_and_runs_its_own_scripts_alone(page: str) -> None:
    assert not _OUTSIDE.search(_without_scripts(page))
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert policy[1].startswith("default-src 'none';")
    assert policy[1].endswith(f"script-src {allowed}")


def test_what_a_stranger_wrote_is_text(page: str) -> None:
    bad = '</script><img src=x onerror="alert(1)">&amp;\x1b[31m'
    file = ShownFile(url=bad, hash=f"sha256:{bad}", platforms=(Subdir(bad),))
    package = ShownPackage(
        id=bad,
        name=bad,
        manager=Manager.PIP,
        versions=((bad, (file,)),),
        needs=(ShownNeed(name=bad, constraint=bad, id=""),),
        is_asked=None,
    )
    hostile = LockPage(
        name=EnvironmentName(bad),
        source=bad,
        channels=(bad,),
        platforms=(Subdir("linux-64"), Subdir(bad)),
        packages=(package,),
        change=None,
        since=bad,
    )
    rendered = render(hostile, page_assets())
    assert "<img" not in rendered
    assert "\x1b" not in rendered
    assert rendered.count("</script>") == page.count("</script>")
    assert _packages(rendered)[0]["name"] == bad


def test_the_last_change_is_told_or_why_nothing_tells(locked: Repository) -> None:
    def since() -> str:
        assert locked.mixlock("show", "environment", "--html", "page.html").status == 0
        return _without_scripts(locked.read("page.html"))

    assert "Nothing of this lock is committed yet." in since()
    locked.git("add", "environment.yml", "mixlock.toml", "locks")
    locked.git("commit", "-qm", "the <first> lock")
    assert "(" in since()
    assert "the &lt;first&gt; lock), and has not changed since." in since()
    path = "locks/environment/conda-lock.yml"
    locked.write(path, locked.read(path).replace("1.26.4", "1.26.3"))
    assert "Not committed yet; compared with HEAD:" in since()
    locked.git("commit", "-qam", "lower numpy")
    told = since()
    assert "lower numpy):" in told
    assert "numpy 1.26.4 -&gt; 1.26.3" in told


def test_a_page_has_no_other_format(locked: Repository) -> None:
    done = locked.mixlock("show", "environment", "--html", "page.html", "--format", "json")
    assert (done.status, "leave out --format" in done.stderr) == (2, True)
    assert not (locked.root / "page.html").exists()
