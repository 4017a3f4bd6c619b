"""One pass over import lines tells which files can hold a flow, so that all others are never parsed."""

from __future__ import annotations

import time

import pytest

from mixlock_hooks.formats.metaflow.import_index import flow_files, may_hold_flows

_BASE = "from metaflow import FlowSpec, conda_base, step\n@conda_base(libraries={})\nclass Base(FlowSpec): ...\n"
_FLOW = "class F(Base):\n  @step\n  def start(self): ...\n"


@pytest.mark.parametrize("name", ["conda", "pypi", "pip", "sys_packages", "named_env"])
@pytest.mark.parametrize("suffix", ["", "_base"])
@pytest.mark.parametrize("spelling", ["@{}", "@mf.{}", "@ {}", "from metaflow import {} as c\n@c"])
def test_every_decorator_may_be_one(name: str, suffix: str, spelling: str) -> None:
    assert may_hold_flows(b"from metaflow import *\n" + spelling.format(name + suffix).encode())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("class F(Base):\n", id="a class with a base"),
        pytest.param("  class F ( Base ):\n", id="spaces"),
        pytest.param("x = 1\rclass F(Base): ...\r", id="carriage returns alone"),
        pytest.param("class \\\n  F \\\n  (Base):\n", id="lines that go on"),
        pytest.param("\fclass F[\n  T\n](Base):\n", id="a form feed, and parameters on lines of their own"),
        pytest.param("F = type('F', (Base,), {})\n", id="a class that a call makes"),
        pytest.param("F = conda_base(libraries={})(made)\n", id="an environment that a call puts on"),
        pytest.param("class Flüsse(Base):\n", id="a name of other letters"),
        pytest.param("class F[T](Base):\n", id="a class with type parameters"),
        pytest.param("class F \\\n  (Base):\n", id="a class over two lines"),
    ],
)
def test_every_class_with_a_base_may_be_a_flow(content: str) -> None:
    assert may_hold_flows(content.encode())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"from metaflow import step\n@step\ndef f(): ...\nclass C: ...\n", id="no class with a base"),
        pytest.param(b"def f(x): return type(x)\n", id="a type that is asked for"),
        pytest.param(b"import metaflow\n@x\ndef f(): anaconda_pypi = 1", id="a longer word"),
    ],
)
def test_what_can_hold_none(content: bytes) -> None:
    assert not may_hold_flows(content)


@pytest.mark.parametrize(
    ("path", "statement", "base"),
    [
        pytest.param("flows/f.py", "from base import Base, step", "flows/base.py", id="beside the flow"),
        pytest.param("flows/f.py", "from base import Base, step", "base.py", id="at the root"),
        pytest.param("flows/f.py", "from base import Base, step", "src/base.py", id="below src"),
        pytest.param("flows/f.py", "from lib.base import Base", "lib/base.py", id="in a package"),
        pytest.param("flows/f.py", "from lib import Base", "lib/__init__.py", id="a package"),
        pytest.param("flows/f.py", "from lib import base", "lib/base.py", id="a module of a package"),
        pytest.param("flows/f.py", "import lib.base as b", "lib/base.py", id="import as"),
        pytest.param("flows/f.py", "import os, lib.base", "lib/base.py", id="the second of two"),
        pytest.param("flows/f.py", "from .base import Base", "flows/base.py", id="relative"),
        pytest.param("flows/f.py", "from . import base", "flows/base.py", id="a relative module"),
        pytest.param("flows/f.py", "from . import Base", "flows/__init__.py", id="the own package"),
        pytest.param("a/flows/f.py", "from ..lib.base import Base", "a/lib/base.py", id="relative, one up"),
        pytest.param("a/flows/f.py", "from .. import Base", "a/__init__.py", id="the package above"),
        pytest.param(
            "flows/f.py", "from base import (\n  Base,  # the base\n  step,\n)", "flows/base.py", id="in brackets"
        ),
        pytest.param("flows/f.py", "from base import \\\n  Base", "flows/base.py", id="over two lines"),
        pytest.param("flows/f.py", "from base \\\n  import Base", "flows/base.py", id="over two lines before"),
        pytest.param("flows/f.py", "from base import *", "flows/base.py", id="a star"),
        pytest.param("flows/f.py", "if True: from base import Base", "flows/base.py", id="behind a condition"),
        pytest.param("flows/f.py", "try:\n  from base import Base\nexcept E: pass", "flows/base.py", id="in a try"),
        pytest.param("flows/f.py", "from bäse import Base", "flows/bäse.py", id="a name of other letters"),
        pytest.param("f.py", "from . import Base", "__init__.py", id="the root as a package"),
        pytest.param(
            "f.py", "import os  # :( old\nfrom base import Base", "base.py", id="below a bracket in a comment"
        ),
        pytest.param(
            "f.py", "x = 1  # import (\nfrom base import Base", "base.py", id="below an import in a comment"
        ),
        pytest.param("f.py", '"""How: import :( so."""\nfrom base import Base', "base.py", id="below one in a text"),
        pytest.param(
            "f.py", "from lib import (  # bases (shared)\n  x,\n  base,\n)", "lib/base.py", id="a bracket in brackets"
        ),
        pytest.param(
            "f.py", "import base  # once: from lib import base", "base.py", id="another import in a comment"
        ),
        pytest.param("f.py", "import base; from lib import x", "base.py", id="another import behind it"),
        pytest.param("f.py", "x = '#'; from base import Base", "base.py", id="a # in a text"),
        pytest.param(
            "f.py", "sys.path.append('x')\nfrom lib.base import Base", "x/lib/base.py", id="where the path leads"
        ),
    ],
)
def test_a_file_that_imports_a_base_can_hold_a_flow(path: str, statement: str, base: str) -> None:
    files = {path: f"{statement}\n{_FLOW}".encode(), base: _BASE.encode(), "other.py": _FLOW.encode()}
    assert flow_files(files, files.get) == {path, base}


def test_a_base_is_followed_through_modules_that_are_no_flows() -> None:
    files = {
        "flows/f.py": f"from lib import Base\n{_FLOW}",
        "lib/__init__.py": "from .middle import Base\n",
        "lib/middle.py": "from .base import *\n",
        "lib/base.py": _BASE,
        "setup.py": "import os\nclass C(os.PathLike): ...\n",
    }
    found = flow_files(files, {path: text.encode() for path, text in files.items()}.get)
    assert found == {"flows/f.py", "lib/base.py"}


def test_modules_that_import_each_other_come_to_an_end() -> None:
    files = {"a.py": b"import b\nimport metaflow\nclass A(x): ...\n", "b.py": b"import a\nclass B(x): ...\n"}
    assert flow_files(files, files.get) == {"a.py", "b.py"}


def test_a_flow_whose_base_is_out_of_sight_is_one_by_its_steps() -> None:
    files = {"f.py": b"from company import Base\nclass F(Base):\n  def start(self): self.next(self.end)\n"}
    assert flow_files(files, files.get) == {"f.py"}


def test_imports_in_comments_take_no_time() -> None:
    files = {"f.py": b"import metaflow\n" + b"# import (\nimport (\n" * 50_000}
    begin = time.process_time()
    assert flow_files(files, files.get) == set()
    assert time.process_time() - begin < 1


def test_2000_files_take_no_time() -> None:
    module = "import os\nfrom typing import Any\nfrom .m{0} import thing\nclass C(Base):\n" + "  x = 1\n" * 200
    files = {f"p{n % 50}/m{n}.py": module.format(n - 50).encode() for n in range(2000)}
    files |= {"lib/base.py": _BASE.encode(), "flows/f.py": f"from lib.base import Base\n{_FLOW}".encode()}
    begin = time.process_time()
    assert flow_files(files, files.get) == {"lib/base.py", "flows/f.py"}
    assert time.process_time() - begin < 1
