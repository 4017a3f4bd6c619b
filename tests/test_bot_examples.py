"""What follows bots in CI: its scripts run here, in a clone with a bare remote; `gh` and `pipx` note their calls."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.remotes import with_raised_numpy

if TYPE_CHECKING:
    from tests.conftest import Done, Repository

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / "examples/github"
ACTION: dict[str, Any] = yaml.safe_load((GITHUB / "relock/action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
RELOCK: dict[str, Any] = yaml.safe_load((GITHUB / "relock.yml").read_text(encoding="utf-8"))["jobs"]
UPGRADE: dict[str, Any] = yaml.safe_load((GITHUB / "upgrade.yml").read_text(encoding="utf-8"))["jobs"]
GITLAB: dict[str, Any] = yaml.safe_load((ROOT / "examples/gitlab/relock.yml").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs/how-to/bots.md").read_text(encoding="utf-8")
JOBS = {**RELOCK, **UPGRADE}
BRANCH = "renovate/numpy"
RUN_MIXLOCK = """\
#!{python}
import sys
sys.path.insert(0, {root!r})
from mixlock_hooks.commands import main
from tests.tables import tables
sys.exit(main(sys.argv[1:], tables()))
"""
NOTE_CALL = '#!/bin/sh\necho "$(basename "$0") $*" >> "$CALLS"\ncase "$*" in *--jq*) echo "$KNOWN";; esac\n'


def _block(language: str, word: str) -> str:
    """Return the block of the page that holds a word."""
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return next(block for block in found if word in block)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        pytest.param("github-actions", (GITHUB / "relock/action.yml").read_text, id="action"),
        pytest.param("github-workflows", (GITHUB / "relock.yml").read_text, id="relock"),
        pytest.param("github-workflows", (GITHUB / "upgrade.yml").read_text, id="upgrade"),
        pytest.param("gitlab-ci", (ROOT / "examples/gitlab/relock.yml").read_text, id="gitlab"),
        pytest.param("dependabot", lambda: _block("yaml", "package-ecosystem"), id="dependabot"),
        pytest.param("renovate", lambda: _block("json", "postUpgradeTasks"), id="renovate"),
    ],
)
def test_an_example_is_valid_by_its_services_schema(tmp_path: Path, kind: str, text: Any) -> None:
    file = tmp_path / ("example.json" if kind == "renovate" else "example.yml")
    file.write_text(text(), encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{kind}", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def _scripts() -> list[str]:
    steps = [*STEPS, *(step for job in JOBS.values() for step in job["steps"])]
    return [step["run"] for step in steps if "run" in step]


def test_a_script_holds_no_expression_that_others_may_fill() -> None:
    assert not [script for script in _scripts() if "${{" in script]


@pytest.mark.parametrize("job", JOBS)
def test_a_job_is_given_permissions_a_timeout_and_no_credentials_in_the_checkout(job: str) -> None:
    assert JOBS[job]["permissions"]
    assert JOBS[job]["timeout-minutes"] <= 60
    assert JOBS[job]["steps"][0]["with"]["persist-credentials"] is False


def test_who_locks_knows_no_token() -> None:
    solving = [step for step in STEPS if "mixlock lock" in step.get("run", "")]
    assert len(solving) == 1
    assert "token" not in json.dumps(solving).lower()
    assert "MIXLOCK_TOKEN" not in json.dumps([GITLAB["relock"], UPGRADE["upgrade"], UPGRADE["outdated"]])
    assert all("write" not in UPGRADE[job]["permissions"].values() for job in ("outdated", "upgrade"))


@pytest.fixture(name="clone")
def _clone(tmp_path: Path, locked: Repository) -> Repository:
    """Return a clone whose branch raised a version in the spec, beside its bare remote and noted programs."""
    programs = tmp_path / "programs"
    programs.mkdir()
    made = {"mixlock": RUN_MIXLOCK.format(python=sys.executable, root=str(ROOT)), "gh": NOTE_CALL, "pipx": NOTE_CALL}
    for name, text in {**made, "curl": NOTE_CALL}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    return with_raised_numpy(locked, tmp_path / "remote.git", BRANCH)


def _run(clone: Repository, script: str, **more: str) -> Done:
    """Run a script as a runner would, in the clone."""
    there = clone.root.parent
    variables = {
        "PATH": f"{there / 'programs'}:{clone.world.environment['PATH']}",
        "CALLS": str(there / "calls"),
        "RUNNER_TEMP": str(there),
        "GITHUB_STEP_SUMMARY": str(there / "summary"),
        "KNOWN": "",
        "GITHUB_OUTPUT": str(there / "output"),
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_SERVER_URL": "https://g.example",
        "GITHUB_ACTION_PATH": str(GITHUB / "relock"),
        "GITHUB_REF_NAME": "main",
    }
    return clone.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script], {**variables, **more})


def _step(word: str) -> str:
    (found,) = [step["run"] for step in STEPS if word in step["run"]]
    return str(found)


@pytest.mark.parametrize(
    ("known", "call"),
    [
        pytest.param("", "gh api --silent repos/o/r/issues/7/comments", id="a new comment"),
        pytest.param(
            "11", "gh api --silent --method PATCH repos/o/r/issues/comments/11", id="the comment that is there"
        ),
    ],
)
def test_the_action_locks_pushes_and_comments(clone: Repository, known: str, call: str) -> None:
    script = ["pipx", "mixlock lock", "mixlock publish", "comment.sh"]
    told = {"BASE": "origin/main", "BRANCH": BRANCH, "TOKEN": "t", "AUTHOR": "bot <b@ci.example>", "NUMBER": "7"}
    for word in script:
        done = _run(clone, _step(word), KNOWN=known, **told)
        assert done.status == 0, done.stdout + done.stderr
    clone.git("fetch", "-q", "origin")
    clone.git("checkout", "-q", "--force", f"origin/{BRANCH}")
    assert clone.mixlock("drift", "--since", "origin/main").status == 0
    calls = (clone.root.parent / "calls").read_text().splitlines()
    assert calls[0] == f"pipx install {GITHUB}/relock/../../..[lock]"
    assert calls[-1].startswith(call)
    assert "| `numpy` |" in (clone.root.parent / "summary").read_text()
    assert clone.git("rev-parse", "HEAD").strip() in (clone.root.parent / "output").read_text()


def test_the_action_says_nothing_where_no_lock_changed(clone: Repository) -> None:
    clone.git("checkout", "-q", "--force", "-B", BRANCH, "main")
    for word in ("mixlock lock", "comment.sh"):
        done = _run(clone, _step(word), BASE="origin/main", NUMBER="7")
        assert done.status == 0, done.stderr
    assert "--field" not in (clone.root.parent / "calls").read_text()


def test_gitlabs_jobs_lock_and_push(clone: Repository) -> None:
    remote = clone.root.parent / "project.git"
    remote.symlink_to("remote.git")
    told = {
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": clone.git("rev-parse", "main").strip(),
        "CI_COMMIT_SHA": clone.git("rev-parse", "HEAD").strip(),
        "CI_PROJECT_URL": str(remote.with_suffix("")),
        "CI_SERVER_URL": "https://g.example",
        "MIXLOCK_TOKEN": "t",
        "CI_API_V4_URL": "https://g.example/api/v4",
        "CI_PROJECT_ID": "1",
        "CI_MERGE_REQUEST_IID": "2",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": BRANCH,
    }
    done = _run(clone, "\n".join(GITLAB["relock"]["script"]), **told)
    assert done.status == 0, done.stderr
    clone.git("reset", "-q", "--hard")
    done = _run(clone, "\n".join(GITLAB["publish"]["script"]), **told)
    assert done.status == 0, done.stderr
    clone.git("fetch", "-q", "origin")
    clone.git("checkout", "-q", "--force", f"origin/{BRANCH}")
    assert clone.mixlock("drift", "--since", "origin/main").status == 0


def test_an_upgrade_has_a_branch_and_a_pull_request_of_its_own(clone: Repository) -> None:
    clone.git("checkout", "-q", "--force", "main")
    clone.write("environment.yml", clone.read("environment.yml").replace("numpy=1.26", "numpy"))
    clone.git("commit", "-qam", "Free numpy")
    (upgrade,) = [step["run"] for step in UPGRADE["upgrade"]["steps"] if "PACKAGES" in step.get("env", {})]
    done = _run(clone, upgrade, PACKAGES="numpy libblas")
    assert done.status == 0, done.stderr
    clone.git("reset", "-q", "--hard")
    (propose,) = [step["run"] for step in UPGRADE["propose"]["steps"] if "BRANCH" in step.get("env", {})]
    done = _run(clone, propose, BRANCH="mixlock/upgrade-numpy", TITLE="Upgrade numpy", GH_TOKEN="t")
    assert done.status == 0, done.stderr
    assert "refs/heads/mixlock/upgrade-numpy" in clone.git("ls-remote", "origin")
    assert "gh pr create --head mixlock/upgrade-numpy" in (clone.root.parent / "calls").read_text()


def test_packages_are_grouped_as_configured(tmp_path: Path) -> None:
    if shutil.which("jq") is None:
        pytest.skip("jq is not on PATH here; GitHub's runners have it")
    names = ["numpy", "requests", "scipy", "requests"]
    changes = [{"kind": "upgraded", "name": name} for name in names] + [{"kind": "added", "name": "new"}]
    (tmp_path / "outdated.json").write_text(json.dumps({"environments": [{"changes": changes}]}))
    (script,) = [step["run"] for step in UPGRADE["outdated"]["steps"] if step.get("id") == "groups"]
    groups = yaml.safe_load((GITHUB / "upgrade.yml").read_text())["env"]["GROUPS_OF_PACKAGES"]
    told = {
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GROUPS_OF_PACKAGES": groups,
    }
    path = "/usr/local/bin:/usr/bin:/bin"
    subprocess.run(["bash", "-eo", "pipefail", "-c", script], env={**told, "PATH": path}, check=True)
    assert json.loads((tmp_path / "output").read_text().removeprefix("groups=")) == [
        {"name": "numeric", "packages": "numpy scipy"},
        {"name": "requests", "packages": "requests"},
    ]
