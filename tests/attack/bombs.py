"""Files of up to one megabyte that want to take all time, all memory or all patience of who reads them.

Each has a name, the file it stands in, and its content; what is beside it is an ordinary locked repository. A reader
adds a row to try one more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEGABYTE = 1_000_000

_HEAD = "dependencies:\n- python=3.12\n- pip:\n"
_FLOW = "from metaflow import FlowSpec, step, conda\n\n"
_STEP = "class A(FlowSpec):\n    @conda(libraries={})\n    @step\n    def start(self):\n        self.next(self.end)\n"
_END = "    @step\n    def end(self):\n        pass\n"


def _filled(unit: str, head: str = "", tail: str = "") -> str:
    """Repeat a unit until a file has about a megabyte."""
    return head + unit * ((MEGABYTE - len(head) - len(tail)) // len(unit)) + tail


def _numbered(form: str, head: str = "", *, count: int = 20_000) -> str:
    text = head + "".join(form.format(number) for number in range(count))
    return text[:MEGABYTE].rpartition("\n")[0] + "\n"


def _laughs(levels: int = 30) -> str:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{level}: &a{level} [*a{level - 1}, *a{level - 1}]" for level in range(1, levels)]
    return "\n".join([*lines, f"dependencies: *a{levels - 1}", ""])


def _flow(libraries: str, before: str = "") -> str:
    return _FLOW + before + _STEP.format(libraries) + _END


def _doubled(levels: int = 60) -> str:
    lines = ["a0 = ['x'] * 10"] + [f"a{level} = [a{level - 1}, a{level - 1}]" for level in range(1, levels)]
    return "\n".join(lines) + "\n\n"


def _doubled_text(levels: int = 60) -> str:
    lines = ["a0 = 'x' * 10"] + [f"a{level} = a{level - 1} + a{level - 1}" for level in range(1, levels)]
    return "\n".join(lines) + "\n\n"


SPECS: dict[str, Callable[[], str]] = {
    "lists that nest": lambda: "[" * MEGABYTE,
    "mappings that nest": lambda: "{a: " * (MEGABYTE // 4),
    "blocks that nest": lambda: "".join(f"{' ' * level}- \n" for level in range(1_300)),
    "keys that nest": lambda: "? " * (MEGABYTE // 2),
    "a billion laughs": _laughs,
    "aliases in a row": lambda: _filled("- *a\n", "x: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\ndependencies:\n"),
    "merge keys": lambda: (
        "a0: &a0 {k: v}\n"
        + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], k{n}: v}}\n" for n in range(1, 40))
        + "dependencies: [python]\n"
    ),
    "many merge keys": lambda: "a: &a {k: v}\nb: {" + "<<: *a, " * 20_000 + "}\ndependencies: [python]\n",
    "one long line": lambda: _filled("x", "dependencies:\n- "),
    "one long text": lambda: _filled("x ", "dependencies:\n- '", "'\n"),
    "many documents": lambda: _filled("---\n"),
    "many entries": lambda: _numbered("- package{}\n", "dependencies:\n", count=49_000),
    "many pip entries": lambda: _numbered("  - package{}\n", _HEAD, count=49_000),
    "the same entry again and again": lambda: _numbered("- numpy\n", "dependencies:\n", count=49_000),
    "the same pip entry again and again": lambda: _numbered("  - numpy\n", _HEAD, count=49_000),
    "entries that contradict": lambda: _numbered("- numpy={}\n", "dependencies:\n", count=24_000),
    "pip entries that contradict": lambda: _numbered("  - numpy=={}\n", _HEAD, count=24_000),
    "both managers for all": lambda: (
        _numbered("- p{}\n", "dependencies:\n", count=20_000) + _numbered("  - p{}\n", "- pip:\n", count=20_000)
    ),
    "many selectors": lambda: _numbered("- p{}  # [linux]\n", "dependencies:\n", count=24_000),
    "a selector that nests": lambda: "dependencies:\n- p  # [" + "not " * 100_000 + "linux]\n",
    "a selector in parentheses": lambda: "dependencies:\n- p  # [" + "(" * 100_000 + "linux" + ")" * 100_000 + "]\n",
    "a long sel": lambda: "dependencies:\n- sel(" + "linux and " * 50_000 + "linux): p\n",
    "many channels": lambda: _numbered("- c{}\n", "channels:\n", count=40_000) + "dependencies: [python]\n",
    "many platforms": lambda: _numbered("- linux-{}\n", "platforms:\n", count=40_000) + "dependencies: [python]\n",
    "many unknown keys": lambda: _numbered("key{}: 1\n", count=24_000) + "dependencies: [python]\n",
    "many allowances": lambda: _numbered("# mixlock: allow MIX101 r{}\n", "dependencies: [python]\n", count=25_000),
    "a match spec with many bars": lambda: "dependencies:\n- numpy " + "1|" * 200_000 + "1\n",
    "a match spec with many commas": lambda: "dependencies:\n- numpy " + ">=1," * 200_000 + "<2\n",
    "a match spec that nests": lambda: "dependencies:\n- numpy " + "(" * 50_000 + "1" + ")" * 50_000 + "\n",
    "a match spec with brackets": lambda: "dependencies:\n- numpy" + "[version=1]" * 50_000 + "\n",
    "a match spec with spaces": lambda: "dependencies:\n- numpy" + " " * 500_000 + "=" + " " * 400_000 + "1\n",
    "a match spec with keys": lambda: "dependencies:\n- numpy[" + "build=x," * 60_000 + "]\n",
    "a match spec with quotes": lambda: "dependencies:\n- \"numpy[version='" + "1 " * 200_000 + '"\n',
    "a glob of many stars": lambda: "dependencies:\n- numpy=1.*" + "*" * 200_000 + "\n",
    "a build of many stars": lambda: "dependencies:\n- numpy=1=" + "*a" * 50_000 + "*b\n",
    "operators in a row": lambda: "dependencies:\n- numpy" + "=" * 300_000 + "1\n",
    "operators apart": lambda: "dependencies:\n- numpy " + "< " * 200_000 + "1\n",
    "colons in a row": lambda: "dependencies:\n- a" + "::a" * 100_000 + "\n",
    "a version of many parts": lambda: "dependencies:\n- numpy=" + "1." * 200_000 + "1\n",
    "a version of many digits": lambda: "dependencies:\n- numpy=" + "1" * 400_000 + "\n",
    "a pip version of many digits": lambda: _HEAD + "  - numpy==" + "1" * 400_000 + "\n",
    "a pip version of many parts": lambda: _HEAD + "  - numpy==" + "1." * 200_000 + "1\n",
    "a marker that nests": lambda: _HEAD + '  - "p; ' + "(" * 100_000 + "os_name=='x'" + ")" * 100_000 + '"\n',
    "a marker that goes on": lambda: _HEAD + '  - "p; ' + "os_name=='x' or " * 40_000 + "os_name=='x'\"\n",
    "many extras": lambda: _HEAD + "  - p[" + "a," * 300_000 + "a]\n",
    "many hashes": lambda: _HEAD + "  - p==1" + " --hash=sha256:00" * 40_000 + "\n",
    "a pip option again and again": lambda: _numbered("  - --extra-index-url https://i.example/{}\n", _HEAD),
    "an option with many words": lambda: _HEAD + "  - --find-links " + "x " * 300_000 + "\n",
    "a URL with many slashes": lambda: _HEAD + "  - p @ https://" + "/" * 500_000 + "\n",
    "a URL with many users": lambda: _HEAD + "  - p @ https://" + "a:b@" * 100_000 + "h/p.whl\n",
    "a URL with many parameters": lambda: _HEAD + "  - p @ https://h/p.whl?" + "token=a&" * 100_000 + "\n",
    "a URL with many variables": lambda: _HEAD + "  - --index-url https://" + "${A}" * 100_000 + "@h/simple\n",
    "a git URL": lambda: _HEAD + "  - git+https://h/" + "a.git" * 100_000 + "\n",
    "brackets in a pip entry": lambda: _HEAD + "  - p" + "[" * 300_000 + "\n",
    "an at sign again and again": lambda: _HEAD + "  - p" + " @" * 300_000 + "\n",
    "a virtual package of many digits": lambda: "sys: {__glibc: '" + "9" * 300_000 + "'}\ndependencies: [python]\n",
    "carriage returns": lambda: _filled("\r", "dependencies:\n- python\n"),
    "blank lines": lambda: _filled("\n", "dependencies:\n- python\n"),
    "comments": lambda: _filled("# [linux]\n", "dependencies:\n- python\n"),
    "a comment that goes on": lambda: _filled("# [", "dependencies:\n- python  "),
    "NULs": lambda: "\0" * MEGABYTE,
    "tabs": lambda: "\t" * MEGABYTE,
    "an integer": lambda: "dependencies: " + "9" * 900_000 + "\n",
    "a sexagesimal": lambda: "name: 1" + ":59" * 200_000 + "\ndependencies: [python]\n",
    "a float": lambda: "name: 1e" + "9" * 300_000 + "\ndependencies: [python]\n",
}
"""What an ``environment.yml`` may hold."""

REQUIREMENTS: dict[str, Callable[[], str]] = {
    "many requirements": lambda: _numbered("p{}\n", count=80_000),
    "the same requirement": lambda: _numbered("p\n", count=80_000),
    "continued lines": lambda: _filled("\\\n", "numpy"),
    "a comment in every line": lambda: _filled("p # x\n"),
    "includes of itself": lambda: _filled("-r requirements.txt\n"),
    "conda packages": lambda: _numbered("--conda-pkg p{}\n", count=40_000),
    "an unfinished option": lambda: _filled("--conda-pkg ", "numpy\n"),
    "spaces": lambda: "numpy" + " " * 900_000 + "==1\n",
}
"""What a ``requirements.txt`` may hold."""

FLOWS: dict[str, Callable[[], str]] = {
    "parentheses": lambda: _FLOW + _STEP.format("{}") + _END + "x = " + "(" * 5_000 + ")" * 5_000 + "\n",
    "operators in a chain": lambda: _flow("{'p': x}", "x = " + "1 + " * 50_000 + "1\n\n"),
    "minus signs": lambda: _flow("{'p': x}", "x = " + "-" * 20_000 + "1\n\n"),
    "attributes": lambda: _flow("{'p': x}", "x = a" + ".a" * 100_000 + "\n\n"),
    "a value that doubles": lambda: _flow("{'p': str(a59)}", _doubled()),
    "a text that doubles": lambda: _flow("{'p': a59}", _doubled_text()),
    "a product": lambda: _flow("{'p': 'x' * 10**10}"),
    "a product of products": lambda: _flow("{'p': x}", "x = ['x' * 1000] * 1000 * 1000\n\n"),
    "a power": lambda: _flow("{'p': str(10**10**7)}"),
    "a shift": lambda: _flow("{'p': str(1 << 10**9)}"),
    "a range": lambda: _flow("{str(n): '1' for n in range(10**9)}"),
    "ranges in ranges": lambda: _flow("{str(n): '1' for a in range(10**5) for n in range(10**5)}"),
    "a format": lambda: _flow("{'p': '%1000000000d' % 1}"),
    "a width": lambda: _flow("{'p': f'{1:1000000000}'}"),
    "a width by format": lambda: _flow("{'p': '{:1000000000}'.format(1)}"),
    "a width by ljust": lambda: _flow("{'p': 'x'.ljust(10**9)}"),
    "a replacement": lambda: _flow(
        "{'p': x}", "x = ('a' * 1000).replace('a', 'b' * 1000).replace('b', 'c' * 1000)\n\n"
    ),
    "a join": lambda: _flow("{'p': ('a' * 1000).join(['b'] * 10**7)}"),
    "a function of itself": lambda: _flow("f()", "def f():\n    return f()\n\n"),
    "two functions of each other": lambda: _flow(
        "f()", "def f():\n    return g()\n\ndef g():\n    return {**f(), **f()}\n\n"
    ),
    "a class of itself": lambda: _FLOW + "class A(A, FlowSpec):\n    pass\n",
    "many classes": lambda: _FLOW + _numbered("class A{}(FlowSpec): pass\n", count=4_900),
    "many steps": lambda: (
        _FLOW
        + "class A(FlowSpec):\n"
        + _numbered("    @step\n    def s{}(self): self.next(self.end)\n", count=4_900)
        + _END
    ),
    "many steps with environments": lambda: (
        _FLOW
        + "class A(FlowSpec):\n"
        + _numbered(
            "    @conda(libraries={{'p': '{0}'}})\n    @step\n    def s{0}(self): self.next(self.end)\n", count=2_400
        )
        + _END
    ),
    "many decorators": lambda: (
        _FLOW + "class A(FlowSpec):\n" + "    @conda(libraries={})\n" * 9_000 + "    @step\n" + _END
    ),
    "many libraries": lambda: _flow("{" + ", ".join(f"'p{n}': '1'" for n in range(12_000)) + "}"),
    "a lambda in a lambda": lambda: _flow("x", "x = " + "lambda: " * 20_000 + "1\n\n"),
    "an f-string": lambda: _flow("{'p': x}", "x = f'" + "{1}" * 16_000 + "'\n\n"),
    "a longer f-string": lambda: _flow("{'p': x}", "x = f'" + "{1}" * 80_000 + "'\n\n"),
    "f-strings in lines": lambda: _flow("{'p': x}", "x = (\n" + ("f'" + "{1}" * 100 + "'\n") * 800 + ")\n\n"),
    "many imports": lambda: _FLOW + _numbered("import m{}\n", count=18_000) + _STEP.format("{}") + _END,
    "imports in parentheses": lambda: _FLOW + "from a import (" * 50_000,
    "continued imports": lambda: _FLOW + "import a" + ",\\\n b" * 40_000 + "\n" + _STEP.format("{}") + _END,
    "an import that goes on": lambda: _FLOW + "import " * 35_000,
    "dots in a row": lambda: _FLOW + "from " + "." * 250_000 + " import x\n" + _STEP.format("{}") + _END,
    "assignments": lambda: _flow("x", _numbered("x = {{'p': '{}'}}\n", count=12_000)),
    "ifs": lambda: _flow("x", "x = {}\n" + "".join(f"{' ' * n}if y:\n" for n in range(90)) + " " * 90 + "x = 1\n\n"),
    "spaces before a class": lambda: _FLOW + " " * 250_000 + "class A(FlowSpec): pass\n",
    "a class name that goes on": lambda: _FLOW + "class " + "A" * 250_000 + "\n",
    "brackets behind a class": lambda: _FLOW + "class A" + "[" * 250_000 + "\n",
    "class again and again": lambda: _FLOW + "class " * 40_000,
    "carriage returns": lambda: _FLOW + "\r" * 900_000,
    "a file that is too large": lambda: _FLOW + "class A(FlowSpec): pass\n" * 35_000,
    "null bytes": lambda: _FLOW + "\0" * 900_000,
}
"""What a flow may hold."""

CONFIGURATIONS: dict[str, Callable[[], str]] = {
    "lists that nest": lambda: "specs = " + "[" * 500_000,
    "tables that nest": lambda: "a = " + "{a = " * 150_000,
    "dotted keys": lambda: "a" + ".a" * 300_000 + " = 1\n",
    "headers": lambda: "[a" + ".a" * 300_000 + "]\n",
    "many keys": lambda: _numbered("key{} = 1\n", count=60_000),
    "many wrong values": lambda: _numbered("key{} = 1\n", "platforms = 1\n", count=20_000),
    "a glob of stars": lambda: "specs = ['" + "*a" * 12 + "*.yml']\n",
    "a glob of double stars": lambda: "specs = ['" + "**/" * 40 + "x.yml']\n",
    "a long glob of stars": lambda: "specs = ['" + "*a" * 100_000 + "*.yml']\n",
    "many globs": lambda: "specs = [" + ", ".join(f"'{'*a' * 10}{n}.yml'" for n in range(20_000)) + "]\n",
    "many platforms": lambda: "platforms = [" + "'linux-64', " * 60_000 + "]\n",
    "a number": lambda: "exclude-newer = " + "9" * 900_000 + "\n",
    "spaces before a key": lambda: " " * 900_000 + "nonsense = 1\n",
    "brackets in a line": lambda: "x = '''\n" + "[" * 500_000 + "\n'''\nnonsense = 1\n",
    "a version specifier": lambda: "required-mixlock = '" + ">=0," * 200_000 + ">=0'\n",
}
"""What a ``mixlock.toml`` may hold."""

LOCKS: dict[str, Callable[[], str]] = {
    "lists that nest": lambda: "[" * MEGABYTE,
    "mappings that nest": lambda: "version: 1\nmetadata: " + "{a: " * 200_000,
    "a billion laughs": lambda: _laughs().replace("dependencies:", "package:"),
    "packages without end": lambda: _numbered(
        "- {{name: p{}, version: '1', manager: conda, platform: linux-64, dependencies: {{}}, url: u, hash: {{}}}}\n",
        "version: 1\npackage:\n",
        count=9_000,
    ),
    "one package again and again": lambda: _numbered(
        "- {{name: p, version: '1', manager: conda, platform: linux-64, dependencies: {{p: ''}}, url: u, hash: {{}}}}\n",
        "version: 1\npackage:\n",
        count=9_000,
    ),
    "needs in a ring": lambda: (
        "version: 1\npackage:\n"
        + "".join(
            f"- {{name: p{n}, version: '1', manager: conda, platform: linux-64, "
            f"dependencies: {{p{(n + 1) % 6000}: '>=1'}}, url: u, hash: {{}}}}\n"
            for n in range(6_000)
        )
    ),
    "conflict markers": lambda: _filled("<<<<<<< a\n=======\n"),
    "conflict markers that never end": lambda: _filled("<<<<<<< a\nx\n"),
    "an integer": lambda: "version: " + "9" * 900_000 + "\n",
    "keys that nest": lambda: "? " * (MEGABYTE // 2),
    "one line": lambda: _filled("x", "version: 1\nmetadata: "),
}
"""What a ``conda-lock.yml`` may hold."""

ALIASES: dict[str, Callable[[], str]] = {
    "lists that nest": lambda: "x = " + "[" * 500_000,
    "many aliases": lambda: _numbered("[a{}]\nenvironment = 'environment'\nlock = 'sha256:0'\n", count=14_000),
    "dotted keys": lambda: "a" + ".a" * 300_000 + " = 1\n",
}
"""What an ``aliases.toml`` may hold."""

MANIFESTS: dict[str, Callable[[], str]] = {
    "many requirements": lambda: "[project]\ndependencies = [" + _numbered('"p{}",') + "]\n",
    "many extras": lambda: "[project.optional-dependencies]\n" + _numbered('e{0} = ["p{0}"]\n'),
    "groups within groups": lambda: (
        "[dependency-groups]\n" + _numbered('g{0} = [{{include-group = "g0"}}, "p{0}"]\n', count=3_000)
    ),
    "nested lists": lambda: "[project]\ndependencies = " + "[" * 400 + "]" * 400 + "\n",
    "comments": lambda: _filled("# x\n", '[project]\ndependencies = ["a"]\n'),
    "escaped quotes": lambda: '[project]\ndependencies = ["' + '\\"' * 200_000 + '"]\n',
}
"""What a ``pyproject.toml`` that is a spec may hold."""

WHEELHOUSES: dict[str, Callable[[], str]] = {
    "lists that nest": lambda: "[" * 500_000,
    "mappings that nest": lambda: '{"a":' * 150_000,
    "an integer": lambda: "9" * 900_000,
    "many wheels": lambda: '{"wheels": [' + "{}," * 200_000 + "{}]}",
}
"""What a ``wheelhouse.json`` may hold."""

STAMPS: dict[str, Callable[[], str]] = {
    **WHEELHOUSES,
    "conflicts that begin": lambda: _filled("<<<<<<< a\n"),
    "conflicts with a base that never ends": lambda: _filled("<<<<<<< a\n||||||| b\n"),
    "conflicts": lambda: _filled("<<<<<<< a\n{\n=======\n}\n>>>>>>> b\n"),
}
"""What a ``stamp.json`` may hold."""

EXPLICIT: dict[str, Callable[[], str]] = {
    "a header without end": lambda: _filled("# mixlock.x: y\n"),
    "a long header": lambda: _filled("x", "# mixlock."),
    "spaces": lambda: " " * MEGABYTE,
}
"""What a rendered file may hold."""

LOCK_FOLDER = "locks/environment"


def all_bombs() -> Iterator[tuple[str, str, Callable[[], str]]]:
    """Yield each bomb: its name, the path it stands at, and what makes its content."""
    for path, table in (
        ("environment.yml", SPECS),
        ("requirements.txt", REQUIREMENTS),
        ("pyproject.toml", MANIFESTS),
        ("flow.py", FLOWS),
        ("mixlock.toml", CONFIGURATIONS),
        (f"{LOCK_FOLDER}/conda-lock.yml", LOCKS),
        (f"{LOCK_FOLDER}/conda-linux-64.lock", EXPLICIT),
        (f"{LOCK_FOLDER}/pip-linux-64.txt", EXPLICIT),
        (f"{LOCK_FOLDER}/wheelhouse.json", WHEELHOUSES),
        (f"{LOCK_FOLDER}/stamp.json", STAMPS),
        ("locks/aliases.toml", ALIASES),
    ):
        for name, make in table.items():
            yield name, path, make
