"""The pages do what they print, and name no option, key or hook that does not exist."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from mixlock_hooks.commands.argument_parser import options_of
from mixlock_hooks.commands.parsing import COMMANDS, command_parser, parse
from mixlock_hooks.formats import environment_yml, machine_config, project_config, toml_text
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.index.loopback import serve
from mixlock_hooks.synthetic.conda_packages import write_channel
from mixlock_hooks.synthetic.indices import write_index
from tests.conftest import table_world
from tests.documents.not_run import NOT_RUN
from tests.documents.packages import CONDA_FORGE, INDEX_OF_ALL, INDEX_ROOT, PYTHON, conda_packages, engines
from tests.documents.pages import PAGES, RUN, Block, blocks, read, spans
from tests.documents.reader import Reader, matches, typed

if TYPE_CHECKING:
    from collections.abc import Iterator

_LANGUAGES = {"console", "sh", "yaml", "toml", "json", "python", "text", "dockerfile"}
"""Languages of blocks: another name of a shell's would be one that no test sees. Dockerfiles have their own test."""
_OPERATORS = {"|", "||", "&&", ";", "(", "then", "else", "do", "!"}
_NEEDS_PACKAGES = re.compile(r"^\$ .*(mixlock (install|run|wheelhouse)|nox -)", re.MULTILINE)


@pytest.fixture(name="reader")
def _reader(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Reader]:
    environment = table_world(tmp_path).environment
    consoles = "".join(block.text for block in blocks(request.node.callspec.params["page"], "console"))
    if not _NEEDS_PACKAGES.search(consoles):
        yield Reader(folder=tmp_path, environment=environment, engines=engines())
        return
    if host_platform() != "linux-64":
        pytest.skip("what a page installs, it installs on linux-64")
    write_channel(tmp_path / "served" / "conda-forge", conda_packages(installable=True))
    write_index(tmp_path / "served" / "index", INDEX_OF_ALL)
    with serve(tmp_path / "served") as base:
        mirrors = f'"{CONDA_FORGE}" = ["{base}/conda-forge"]\n"{INDEX_ROOT}/simple" = ["{base}/index/simple"]\n'
        Path(environment["MIXLOCK_CONFIG_FILE"]).write_text(f"[mirrors]\n{mirrors}", encoding="utf-8")
        installing = {**environment, "DOCUMENTS_INSTALL": "1"}
        yield Reader(folder=tmp_path, environment=installing, engines=engines(installable=True))


def _for_this_python(block: Block) -> Block:
    return Block(page=block.page, line=block.line, language=block.language, text=block.text.replace("3.12", PYTHON))


@pytest.mark.parametrize("page", [page for page in RUN if blocks(page, "console")])
def test_a_page_does_what_it_prints(page: str, reader: Reader) -> None:
    for block in blocks(page):
        reader.does(_for_this_python(block))
    assert reader.ran > 0


def test_every_block_of_commands_is_run_or_listed_with_a_reason() -> None:
    found = [block for page in PAGES for block in blocks(page, "sh")]
    shells = {(block.page, block.first): block for block in found}
    assert len(shells) == len(found)
    assert [str(block) for key, block in shells.items() if key not in NOT_RUN] == []
    assert [key for key in NOT_RUN if key not in shells] == []
    assert all(NOT_RUN.values())


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_block_that_the_tests_would_not_see(page: str) -> None:
    fences = [line for line in read(page).splitlines() if line.lstrip().startswith("```")]
    fenced = [block for block in blocks(page) if block.language != "beforehand"]
    assert len(fences) == 2 * len(fenced)
    assert [str(block) for block in fenced if block.language not in _LANGUAGES] == []
    if page not in RUN:
        assert [str(block) for block in blocks(page, "console")] == []


def test_every_how_to_page_is_in_the_index() -> None:
    listed = re.findall(r"\]\(([\w-]+\.md)\)", read("docs/how-to/index.md"))
    pages = [page.rpartition("/")[2] for page in PAGES if "/how-to/" in page and not page.endswith("/index.md")]
    assert sorted(listed) == sorted(pages)


@pytest.mark.parametrize("page", PAGES)
def test_every_block_parses(page: str) -> None:
    for block in blocks(page, "yaml", "toml", "json", "python"):
        _parse(block)


def _parse(block: Block) -> None:
    match block.language:
        case "yaml":
            content = yaml.safe_load(block.text)
            if "dependencies" in content and block.file and "requirements" not in block.file:
                assert environment_yml.parse(block.text, block.file).problems == (), str(block)
        case "json":
            json.loads(block.text)
        case "python":
            compile(block.text, str(block), "exec")
        case _:
            _check_toml(block)


def _check_toml(block: Block) -> None:
    """Have a configuration read by the real reader: no key may be unknown, no value wrong."""
    if "config.toml" in block.first:
        machine_config.parse_mirrors(block.text)
        machine_config.parse_credential_hosts(block.text)
        machine_config.parse_solvers(block.text)
        return
    toml_text.loads(block.text)
    name = "mixlock.toml" if block.file == "mixlock.toml" else "pyproject.toml"
    _settings, problems = project_config.parse(block.text, name)
    assert not problems, f"{block}: {problems}"


@pytest.mark.parametrize("page", [page for page in PAGES if any("repos:" in each.text for each in blocks(page))])
def test_a_configuration_of_pre_commit_is_valid(page: str, tmp_path: Path) -> None:
    for block in blocks(page, "yaml"):
        if "repos:" in block.text.splitlines():
            file = tmp_path / ".pre-commit-config.yaml"
            file.write_text(block.text, encoding="utf-8")
            command = [sys.executable, "-m", "pre_commit", "validate-config", str(file)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{block}\n{done.stdout}"


@pytest.mark.parametrize("page", [page for page in PAGES if any("runs-on:" in each.text for each in blocks(page))])
def test_a_workflow_is_valid(page: str, tmp_path: Path) -> None:
    for block in blocks(page, "yaml"):
        if "runs-on:" in block.text:
            file = tmp_path / "workflow.yml"
            file.write_text(block.text, encoding="utf-8")
            schema = ("--builtin-schema", "vendor.github-workflows")
            command = [sys.executable, "-m", "check_jsonschema", *schema, str(file)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{block}\n{done.stdout}"


@pytest.mark.parametrize("page", PAGES)
def test_a_command_that_is_shown_is_one_that_mixlock_takes(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    scripts = [block.text for block in blocks(page, "sh")]
    scripts += ["\n".join(each.line for each in typed(block.text)) for block in blocks(page, "console")]
    wrong = [words for script in scripts for words in _commands(script) if not _parses(words)]
    assert wrong == [], capsys.readouterr().err


def _parses(words: list[str]) -> bool:
    try:
        parse(words)
    except SystemExit as ended:
        return ended.code == 0
    return True


def _commands(script: str) -> Iterator[list[str]]:
    """Yield the words of each command of mixlock's, without the program and what is redirected."""
    for line in script.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = list(lexer)
        for place, word in enumerate(words):
            before = words[place - 1] if place else ""
            if word == "mixlock" and (not before or before in _OPERATORS or "=" in before):
                rest = words[place + 1 :]
                ends = [at for at, each in enumerate(rest) if each in _OPERATORS or set(each) <= set("<>)")]
                yield rest[: ends[0]] if ends else rest


@pytest.mark.parametrize("page", PAGES)
def test_an_option_that_prose_names_exists(page: str) -> None:
    wrong = [span for span in spans(page) if not _is_known(span)]
    assert wrong == []


def _is_known(span: str) -> bool:
    """Return whether a command in prose has a command's name and options; placeholders may stand for values."""
    words = re.sub(r"[\[\]…]", " ", span).split()[1:]
    own = words[: words.index("--")] if "--" in words else words
    given = [word.partition("=")[0] for word in own if word.startswith("-")]
    names = [name for name in own[:1] if name in COMMANDS]
    if not names:
        return set(given) <= {"--help", "--version", "-q"} and (not own or own[0] in {*given, "COMMAND"})
    return set(given) <= {*options_of(command_parser(names[0])), "--help", "-h"}


@pytest.mark.parametrize(
    ("printed", "shown", "expected"),
    [
        pytest.param("done\n", "done\n", True, id="the same"),
        pytest.param("done\n", "done\nmore\n", False, id="more than is printed"),
        pytest.param("done\nmore\n", "done\n", False, id="less than is printed"),
        pytest.param("wrote 6 files: …\n", "wrote 6 files: 9 added\n", True, id="the rest of a line"),
        pytest.param("a\n…\nd\n", "a\nb\nc\nd\n", True, id="any lines"),
        pytest.param("", "", True, id="nothing"),
        pytest.param("a: 1\n  x\nb: 2\n", "b: 2\na: 1\n  x\n", True, id="environments in another order"),
        pytest.param("a: 1\n  x\nb: 2\n", "a: 1\nb: 2\n  x\n", False, id="lines below another environment"),
        pytest.param("", "something\n", False, id="nothing is printed on the page"),
    ],
)
def test_what_is_printed_is_compared(printed: str, shown: str, expected: bool) -> None:  # noqa: FBT001 - a table's
    assert matches(printed, shown, in_any_order=True) is expected


@pytest.mark.parametrize("span", ["mixlock lock --upgrad", "mixlock locks", "mixlock --all"])
def test_a_command_that_does_not_exist_is_found(span: str) -> None:
    assert not _is_known(span)
