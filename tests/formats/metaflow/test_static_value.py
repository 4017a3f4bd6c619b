"""Expressions that are read without running the flow, and those that are refused, at their exact place."""

from __future__ import annotations

import time

import pytest

from tests.formats.metaflow.reading import argument, asked, flow_of, problems, read, told


def _libraries(expression: str, *, before: str = "") -> list[str]:
    file = argument(expression, before=before)
    assert problems(file) == []
    return asked(file.flows[0].steps[0].decorators[0].arguments)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        pytest.param("{}", [], id="an empty mapping"),
        pytest.param("{'a': '1', 'b': '2'}", ["a ==1", "b ==2"], id="a literal"),
        pytest.param("{'a': '1' '.2'}", ["a ==1.2"], id="neighbouring texts"),
        pytest.param("dict()", [], id="dict()"),
        pytest.param("dict(a='1', b='2')", ["a ==1", "b ==2"], id="dict(a=…)"),
        pytest.param("dict({'a': '1'}, b='2')", ["a ==1", "b ==2"], id="dict({…}, b=…)"),
        pytest.param("dict([('a', '1'), ['b', '2']])", ["a ==1", "b ==2"], id="dict([…])"),
        pytest.param("dict(**{'a': '1'}, b='2')", ["a ==1", "b ==2"], id="dict(**{…})"),
        pytest.param("{**{'a': '1', 'b': '1'}, 'b': '2'}", ["a ==1", "b ==2"], id="{**A}, the later wins"),
        pytest.param("{'b': '2', **{'b': '1'}}", ["b ==1"], id="{**A} behind"),
        pytest.param("{'a': '1'} | {'b': '2'} | {'b': '3'}", ["a ==1", "b ==3"], id="A | B"),
        pytest.param("{'a' + 'b': '1' + '.' + '2'}", ["ab ==1.2"], id="texts joined"),
        pytest.param("{'a': '%s.%d' % ('1', 2)}", ["a ==1.2"], id="% of a tuple"),
        pytest.param("{'a': '%s.0' % '1'}", ["a ==1.0"], id="% of a text"),
        pytest.param("{'a': '%(x)s' % {'x': '1'}}", ["a ==1"], id="% of a mapping"),
        pytest.param("{'a': '{}.{x}'.format('1', x=2)}", ["a ==1.2"], id="format"),
        pytest.param("{'a': '{0:>3}'.format('1').strip}", None, id="a method without a call"),
        pytest.param("{'a': f'1.{2}'}", ["a ==1.2"], id="an f-string"),
        pytest.param("{'a': f'{1:02d}.{\"x\"!s}'}", ["a ==01.x"], id="an f-string with a format"),
        pytest.param("{'a': '1' if True else '2'}", ["a ==1"], id="if a constant holds"),
        pytest.param("{'a': '1' if set(['x', 'y']) == {'y', 'x'} else '2'}", ["a ==1"], id="sets have no order"),
        pytest.param("{'a': '1' if {'x'} <= {'x', 'y'} else '2'}", ["a ==1"], id="a set is part of another"),
        pytest.param("{'a': '1' if ('x',) == ['x'] else '2'}", ["a ==2"], id="a tuple is no list"),
        pytest.param("{'a': '1' if ('x',) == tuple(['x']) else '2'}", ["a ==1"], id="a tuple is a tuple"),
        pytest.param("{'a': '1' if 'x' in {'x': 1}.keys() else '2'}", ["a ==1"], id="in keys"),
        pytest.param("{'a': f'{len({1, 1, 2})}'}", ["a ==2"], id="a set holds each once"),
        pytest.param("{'a': f'{len({n for n in [1, 1]})}'}", ["a ==1"], id="a comprehension of a set too"),
        pytest.param("{'a': '1' if 'x' == 'y' else '2'}", ["a ==2"], id="if equal"),
        pytest.param("{'a': '1' if not ('x' != 'y') else '2'}", ["a ==2"], id="if not unequal"),
        pytest.param("{'a': '1' if 1 < 2 <= 2 > 1 >= 1 else '2'}", ["a ==1"], id="if less and more"),
        pytest.param("{'a': '1' if 'x' in ['x'] and 'y' not in 'x' else '2'}", ["a ==1"], id="if in"),
        pytest.param("{'a': '1' if None is None or f() else '2'}", ["a ==1"], id="if one of two holds"),
        pytest.param("{'a': '1' if '' is not None else f()}", ["a ==1"], id="what is not chosen is not read"),
        pytest.param("({'a': '1'})", ["a ==1"], id="brackets"),
    ],
)
def test_what_is_read(expression: str, expected: list[str] | None) -> None:
    if expected is None:
        assert told(problems(argument(expression))) == ["4:27 MIX007"]
    else:
        assert _libraries(expression) == [f"conda {text}" for text in expected]


@pytest.mark.parametrize(
    ("before", "expression", "expected"),
    [
        pytest.param("A = {'a': '1'}\n", "A", ["a ==1"], id="a name"),
        pytest.param("A: dict[str, str] = {'a': '1'}\n", "A", ["a ==1"], id="with a type"),
        pytest.param("A: dict\nA = {'a': '1'}\n", "A", ["a ==1"], id="a type before"),
        pytest.param("V = '1'\nA = {'a': V}\nB = A\n", "B | {'b': V}", ["a ==1", "b ==1"], id="names of names"),
        pytest.param("A = B = {'a': '1'}\n", "B", ["a ==1"], id="two names at once"),
        pytest.param("class C:\n  A = {'a': '1'}\n", "C.A", ["a ==1"], id="a name of a class"),
        pytest.param("V = '1'\nclass C:\n  A = {'a': V}\n", "C.A", ["a ==1"], id="a name of a class, of the module"),
        pytest.param("A = {'a': '1'}\ndef f():\n  A = {}\n  A.update(b=1)\n", "A", ["a ==1"], id="local names alike"),
        pytest.param("A = {'a': '1'}\ndef f(A):\n  A['b'] = 1\n", "A", ["a ==1"], id="an argument alike"),
        pytest.param("A = {'a': '1'}\nx = [A for A in ()]\n", "A", ["a ==1"], id="a comprehension's name alike"),
        pytest.param("A = {'a': '1'}\ndef f():\n  for k, v in A.items(): print(k)\n", "A", ["a ==1"], id="only read"),
    ],
)
def test_names(before: str, expression: str, expected: list[str]) -> None:
    assert _libraries(expression, before=before) == [f"conda {text}" for text in expected]


def test_a_name_of_the_flows_own_class_goes_before_the_modules() -> None:
    source = flow_of("@conda(libraries=A)", before="A = {'a': '1'}\n", body="  A = {'a': '2'}\n")
    assert asked(read(source).flows[0].steps[0].decorators[0].arguments) == ["conda a ==2"]


def test_lists_are_joined_and_spread() -> None:
    (flow,) = read(flow_of("@conda(channels=['a'] + [*('b', 'c')])")).flows
    assert asked(flow.steps[0].decorators[0].arguments) == ["channel a", "channel b", "channel c"]


def test_arguments_are_spread() -> None:
    (flow,) = read(flow_of("@conda(**{'python': '3.9', **A})", before="A = dict(disabled=not False)\n")).flows
    assert asked(flow.steps[0].decorators[0].arguments) == ["disabled True", "conda python 3.9.*"]


@pytest.mark.parametrize(
    ("expression", "column", "claim"),
    [
        pytest.param("f()", 19, "`f()` is computed when the flow runs", id="a call"),
        pytest.param("{'a': f()}", 25, "`f()` is computed", id="a call inside"),
        pytest.param(
            "{'é': f( 1 )}", 25, "`f( 1 )` is computed", id="as it is written, behind a letter of two bytes"
        ),
        pytest.param("{f(): '1'}", 20, "`f()` is computed", id="a key"),
        pytest.param("{**f()}", 22, "`f()` is computed", id="spread"),
        pytest.param("{'a': x}", 25, "`x` is not bound to a constant in this file", id="an unknown name"),
        pytest.param("os.environ", 19, "`os.environ` is not bound", id="an attribute of nothing"),
        pytest.param("f().x", 19, "`f().x` is known only when", id="an attribute of a call"),
        pytest.param("{'a': A['b']}", 25, "`A['b']` is computed", id="an item"),
        pytest.param("{k: '1' for k in f()}", 36, "`f()` is computed", id="a comprehension over what is computed"),
        pytest.param("lambda: {}", 19, "is not bound to a constant", id="a lambda"),
        pytest.param("{'a': '1' * 2}", 25, "`'1' * 2` is computed", id="a product"),
        pytest.param("{'a': ~1}", 25, "`~1` is computed", id="an inverse"),
        pytest.param("{'a': -'1'}", 25, "is computed", id="minus a text"),
        pytest.param("{'a': 1 + '1'}", 25, "adds what is neither", id="a number plus a text"),
        pytest.param("{'a': [] + {}}", 25, "adds what is neither", id="a list plus a mapping"),
        pytest.param("{} | []", 24, "`[]` is not a mapping", id="a mapping or a list"),
        pytest.param("{**'a'}", 22, "`'a'` is not a mapping", id="a text spread"),
        pytest.param("{[]: ''}", 20, "is not a key", id="a list as key"),
        pytest.param("dict(['abc'])", 24, "neither a mapping nor a list of pairs", id="dict of texts"),
        pytest.param("dict('a')", 24, "neither a mapping nor a list of pairs", id="dict of a text"),
        pytest.param("{'a': '%d' % 'x'}", 25, "fails: %d format", id="% that fails"),
        pytest.param("{'a': '%s' % ['1']}", 32, "is not a plain value", id="% of a list"),
        pytest.param("{'a': '%99999999d' % 1}", 25, "a width that is computed or huge", id="% of a huge width"),
        pytest.param("{'a': '%*d' % (9, 1)}", 25, "a width that is computed or huge", id="% of a computed width"),
        pytest.param("{'a': '{}'.format()}", 25, "fails: Replacement index", id="format that fails"),
        pytest.param("{'a': '{:99999999}'.format(1)}", 25, "huge", id="format of a huge width"),
        pytest.param("{'a': '{:{w}}'.format(1, w=9)}", 25, "computed", id="format of a computed width"),
        pytest.param("{'a': '{0.real}'.format(1)}", 25, "looks into a value", id="format into a value"),
        pytest.param("{'a': f'{x}'}", 28, "`x` is not bound", id="an f-string of an unknown name"),
        pytest.param("{'a': f'{1:99999999}'}", 28, "huge", id="an f-string of a huge width"),
        pytest.param("{'a': '1' if x else '2'}", 32, "`x` is not bound", id="if an unknown name"),
        pytest.param(
            "{'a': '1' if sys.version > '3' else '2'}", 32, "`sys.version` is not bound", id="if of the host"
        ),
        pytest.param("{'a': '1' if 1 < '2' else '2'}", 32, "fails: '<' not supported", id="if what does not compare"),
        pytest.param("{'a': '\\ud800'}", 25, "is not text that a file can hold", id="half a character"),
        pytest.param("{'a': 0x" + "f" * 5000 + "}", 25, "is too large a number", id="a huge number"),
        pytest.param("dict.fromkeys('ab', '1')", 19, "is computed", id="keys from a text"),
        pytest.param("{'a': '1' if {}.keys() == [] else '2'}", 32, "compares what is neither", id="if of a view"),
        pytest.param("{'a': '1' if zip() else '2'}", 32, "is an iterator", id="if an iterator"),
        pytest.param("{'a': 'x'.split('')[0]}", 25, "fails: empty separator", id="a split that fails"),
        pytest.param("{n: (lambda: n)() for n in ['a']}", 24, "takes names of a loop", id="a lambda in a loop"),
        pytest.param("await_me(\n    1\n  )", 19, "`await_me( 1 )` is computed", id="on several lines"),
    ],
)
def test_what_is_refused(expression: str, column: int, claim: str) -> None:
    (problem,) = problems(argument(expression))
    assert told([problem]) == [f"4:{column + 2} MIX007"]
    assert claim in problem.claim
    assert problem.claim.endswith("; it cannot be read without running the flow")


@pytest.mark.parametrize(
    ("before", "claim"),
    [
        pytest.param("A = {}\nA = {'a': '1'}\n", "`A` is bound 2 times", id="bound again"),
        pytest.param("if x: A = {}\n", "`A` is not bound", id="bound in a branch"),
        pytest.param("A = {}\nfor A in (): pass\n", "`A` is bound 2 times", id="bound by a loop"),
        pytest.param("A = {}\nwith x as A: pass\n", "`A` is bound 2 times", id="bound by with"),
        pytest.param("A = {}\ntry: pass\nexcept E as A: pass\n", "`A` is bound 2 times", id="bound by except"),
        pytest.param("A = {}\nmatch x:\n  case [A, *_]: pass\n", "`A` is bound 2 times", id="bound by match"),
        pytest.param(
            "A = {}\nmatch x:\n  case {'k': 1, **A}: pass\n", "`A` is bound 2 times", id="bound by match's rest"
        ),
        pytest.param("A = {}\nfrom x import A\n", "`A` is bound 2 times", id="imported too"),
        pytest.param("A = {}\ndef A(): ...\n", "`A` is bound 2 times", id="a function too"),
        pytest.param("A = {}\ndel A\n", "`A` is bound 2 times", id="deleted"),
        pytest.param("A = {}\nA |= {}\n", "`A` is bound 2 times", id="joined in place"),
        pytest.param("A, B = {}, {}\n", "`A` is not bound", id="bound by unpacking"),
        pytest.param("A = {}\nA['a'] = '1'\n", "`A` is changed after it was bound", id="an item set"),
        pytest.param("A = {}\nA['a']['b'] = '1'\n", "`A` is changed", id="an item of an item set"),
        pytest.param("A = {}\ndel A['a']\n", "`A` is changed", id="an item deleted"),
        pytest.param("A = {}\nA.update(a='1')\n", "`A` is changed", id="updated"),
        pytest.param("A = {}\nif x:\n  A.pop('a')\n", "`A` is changed", id="popped in a branch"),
        pytest.param("A = {}\ndef f():\n  A['a'] = '1'\n", "`A` is changed", id="an item set in a function"),
        pytest.param("A = {}\ndef f():\n  global A\n  A = {}\n", "`A` is changed", id="global"),
        pytest.param("A = {}\nf = lambda: A.clear()\n", "`A` is changed", id="cleared in a lambda"),
        pytest.param("A = {}\n@f(A := {})\ndef g(): ...\n", "`A` is bound 2 times", id="bound in a decorator"),
        pytest.param("A = {}\ndef g(x=(A := {})): ...\n", "`A` is bound 2 times", id="bound in a default"),
        pytest.param("A = {}\n[A := x for x in y]\n", "`A` is bound 2 times", id="bound in a comprehension"),
        pytest.param("A = zip('a', '1')\n", "`A` leads to", id="an iterator of a text"),
        pytest.param("A = zip(['a'], ['1'])\n", "is an iterator, which ends", id="an iterator"),
        pytest.param("A = A\n", "leads to `A` in line 2, which depends on itself", id="itself"),
        pytest.param("A = B\nB = A\n", "which depends on itself", id="a circle"),
        pytest.param(
            "A = {'a': V}\nV = 2 ** 3\n",
            "`A` leads to `2 ** 3` in line 3, which is computed",
            id="through names",
        ),
    ],
)
def test_names_that_are_refused_are_told_where_they_are_used(before: str, claim: str) -> None:
    (problem,) = problems(argument("A", before=before))
    assert told([problem]) == [f"{before.count(chr(10)) + 4}:21 MIX007"]
    assert claim in problem.claim


@pytest.mark.parametrize(
    ("before", "expression", "claim"),
    [
        pytest.param("class C:\n  A = {}\n  A = {'a': '1'}\n", "C.A", "`C.A` is bound 2 times", id="bound again"),
        pytest.param("class C:\n  A = {}\nC.A['a'] = '1'\n", "C.A", "`C.A` is changed", id="an item set"),
        pytest.param("class C:\n  A = {}\nC.A = {}\n", "C.A", "`C.A` is changed after", id="an attribute set"),
        pytest.param("class C:\n  def A(self): ...\n", "C.A", "`C.A` is not bound to a constant", id="a method"),
        pytest.param("class C:\n  A = {}\n", "C.B", "`C.B` is not bound to a constant", id="no such name"),
    ],
)
def test_names_of_classes_that_are_refused(before: str, expression: str, claim: str) -> None:
    (problem,) = problems(argument(expression, before=before))
    assert claim in problem.claim


@pytest.mark.parametrize(
    ("decorator", "claim"),
    [
        pytest.param("@conda({'a': '1'})", "`{'a': '1'}` has no name in this decorator", id="positional"),
        pytest.param("@conda(*x)", "`*x` has no name in this decorator", id="starred"),
        pytest.param("@conda(**make('c'))", "`make('c')` is computed", id="spread from a call"),
        pytest.param("@conda(channels=[*x])", "`x` is not bound", id="spread into a list"),
        pytest.param("@conda(python=config.python)", "`config.python` is not bound", id="a configuration"),
    ],
)
def test_arguments_that_are_refused(decorator: str, claim: str) -> None:
    (problem,) = problems(read(flow_of(decorator)))
    assert problem.code == "MIX007"
    assert claim in problem.claim


def test_a_long_expression_is_told_short() -> None:
    (problem,) = problems(argument(f"f({'x' * 200})"))
    assert len(problem.claim) < 150


@pytest.mark.parametrize(
    ("before", "expression"),
    [
        pytest.param("", "{'a': " + " + ".join(["'1'"] * 300) + "}", id="a long sum"),
        pytest.param(
            "A0 = ['x']\n" + "".join(f"A{n + 1} = A{n} + A{n}\n" for n in range(60)), "A60", id="doubled lists"
        ),
        pytest.param(
            "A0 = 'x'\n" + "".join(f"A{n + 1} = A{n} + A{n}\n" for n in range(60)), "A60", id="doubled texts"
        ),
        pytest.param("", "(" * 90 + "{}" + ")" * 90, id="many brackets"),
        pytest.param("", "[" * 90 + "]" * 90, id="a deep list"),
    ],
)
def test_no_expression_takes_long(before: str, expression: str) -> None:
    begin = time.perf_counter()
    argument(expression, before=before)
    assert time.perf_counter() - begin < 2
