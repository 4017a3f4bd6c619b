"""Every form of a match spec that people write, and the one reading it has."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats.match_spec import NotAMatchSpecError, parse
from mixlock_hooks.model.place import at


@pytest.mark.parametrize(
    ("text", "key", "constraint"),
    [
        pytest.param("numpy", "numpy", "*", id="a name"),
        pytest.param("NumPy", "numpy", "*", id="a name in capitals"),
        pytest.param("_libgcc_mutex=0.1", "_libgcc_mutex", "0.1.*", id="a name with underscores"),
        pytest.param("numpy=1.2", "numpy", "1.2.*", id="name=1.2"),
        pytest.param("numpy==1.2.3", "numpy", "==1.2.3", id="name==1.2.3"),
        pytest.param("numpy>=1,<2", "numpy", "<2,>=1", id="name>=1,<2"),
        pytest.param("numpy >= 1, < 2", "numpy", "<2,>=1", id="spaces around operators and commas"),
        pytest.param("numpy =1.2", "numpy", "1.2.*", id="name =1.2"),
        pytest.param("numpy = 1.2", "numpy", "1.2.*", id="name = 1.2"),
        pytest.param("numpy 1.2.*", "numpy", "1.2.*", id="name 1.2.*"),
        pytest.param("numpy 1.2", "numpy", "==1.2", id="a bare version is exact"),
        pytest.param("numpy *", "numpy", "*", id="any version"),
        pytest.param("numpy=1.2=py38_0", "numpy", "==1.2 py38_0", id="name=1.2=build is exact"),
        pytest.param("numpy 1.2 py38_0", "numpy", "==1.2 py38_0", id="version and build by spaces"),
        pytest.param("numpy=1.2.*=py38_0", "numpy", "1.2.* py38_0", id="a prefix with a build stays one"),
        pytest.param("torch=1.2=*cuda*", "torch", "==1.2 *cuda*", id="name=1.2=*cuda*"),
        pytest.param("torch ~=2.3.1 *cuda12*", "torch", "~=2.3.1 *cuda12*", id="a range and a build glob"),
        pytest.param("blas=*=openblas", "blas", "* openblas", id="any version of a build"),
        pytest.param("numpy=1.2=*", "numpy", "==1.2", id="any build, named, is still exact"),
        pytest.param("numpy=1.2=^py.*$", "numpy", "==1.2 ^py.*$", id="a build by regular expression"),
        pytest.param("numpy=1.2|>3", "numpy", "1.2.*|>3", id="alternatives"),
        pytest.param("pytorch::torch=1", "pytorch::torch", "1.*", id="channel::name"),
        pytest.param("cf/linux-64::numpy", "cf/linux-64::numpy", "*", id="channel/subdir::name"),
        pytest.param("https://c.example/ch::numpy", "https://c.example/ch::numpy", "*", id="a channel's URL"),
        pytest.param("numpy[version='>=1',build=py_0]", "numpy", ">=1 py_0", id="name[version='>=1',build=…]"),
        pytest.param("numpy[version='>=1,<2']", "numpy", "<2,>=1", id="a comma inside quotes"),
        pytest.param('numpy[version="1.2", build="py*"]', "numpy", "==1.2 py*", id="double quotes, a space"),
        pytest.param("numpy>=1[version='<2']", "numpy", "<2,>=1", id="a constraint before the brackets too"),
        pytest.param("numpy[channel=cf]", "cf::numpy", "*", id="a channel in brackets"),
        pytest.param("numpy = >=1.0", "numpy", ">=1.0", id="the extension's `= >=1.0`"),
        pytest.param("numpy=>=1.0", "numpy", ">=1.0", id="the same without spaces"),
        pytest.param("numpy (>=1,<2)|3.*", "numpy", "<2,>=1|3.*", id="groups"),
        pytest.param("numpy (1|2),!=1.5", "numpy", "!=1.5,==1|!=1.5,==2", id="a group that is multiplied out"),
        pytest.param("numpy (1|2) py_0", "numpy", "==1|==2 py_0", id="a group and a build"),
        pytest.param("numpy >=1 # why", "numpy", ">=1", id="a comment"),
        pytest.param("numpy=1.7[build=py3*_2]", "numpy", "1.7.* py3*_2", id="a build in brackets leaves a prefix"),
        pytest.param("numpy[]", "numpy", "*", id="empty brackets"),
        pytest.param("dask[complete]", "dask", "*", id="an extra, which conda ignores"),
        pytest.param("dask[dataframe, array]>=1", "dask", ">=1", id="two extras before a version"),
        pytest.param("python[build_number=1]", "python", "*[build_number='1']", id="a build number"),
        pytest.param("a 1.2.* b_0[subdir=noarch]", "a", "1.2.* b_0[subdir='noarch']", id="a folder"),
        pytest.param("numpy ==1.1.1_", "numpy", "==1.1.1_", id="a version that only the solver knows"),
        pytest.param("numpy 1.2 ^py(3|4)_.*$", "numpy", "==1.2 ^py(3|4)_.*$", id="a build with groups"),
        pytest.param("numpy = ==1.0", "numpy", "==1.0", id="the extension's `= ==1.0`"),
    ],
)
def test_a_match_spec_is_read(text: str, key: str, constraint: str) -> None:
    requirement = parse(text, at("e.yml"))
    assert (requirement.key, requirement.constraint) == (key, constraint)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        pytest.param("numpy = 1.2", "=1.2", id="without spaces"),
        pytest.param("numpy >=1, <2", ">=1,<2", id="in the user's order"),
        pytest.param("numpy=*", "", id="any version is nothing"),
    ],
)
def test_the_users_own_operators_are_kept(text: str, asked: str) -> None:
    assert parse(text, at("e.yml")).asked == asked


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        pytest.param("", "does not begin with a package name", id="nothing"),
        pytest.param("=1.2", "does not begin with a package name", id="no name"),
        pytest.param("numpy=", "unable to parse version spec", id="an operator without a version"),
        pytest.param("numpy>=1,", "unable to parse version spec", id="a comma at the end"),
        pytest.param("numpy~1.2", "unable to parse version spec", id="an operator nobody knows"),
        pytest.param("numpy>=1 <2", "is not a version constraint", id="two clauses without a comma"),
        pytest.param("numpy[md5=abc]", "not a value that `md5` can have", id="no digest"),
        pytest.param("numpy[build_number=x]", "not a value that `build_number` can have", id="no number"),
        pytest.param(
            "numpy[license=MIT]", "a lock does not record what [license=…]", id="what a lock does not record"
        ),
        pytest.param("numpy[fn=numpy-1-0.conda]", "a lock does not record what [fn=…]", id="what no solver looks at"),
        pytest.param("numpy[extras=[a]]", "a lock cannot say `extras` yet", id="CEP 44"),
        pytest.param("numpy[flags=[a]]", "a lock cannot say `flags` yet", id="CEP 45"),
        pytest.param("numpy[when='python>3']", "a lock cannot say `when` yet", id="CEP 43"),
        pytest.param("numpy[version=1,version=2]", "[version=…] appears twice", id="a field twice"),
        pytest.param("numpy[version=1.2 build=x]", "is not a list of key=value pairs", id="fields without a comma"),
        pytest.param("numpy[version='']", "is not a list of key=value pairs", id="a field without a value"),
        pytest.param("numpy[version<2]", "is not a list of key=value pairs", id="a field without an equals sign"),
        pytest.param("numpy[build", "invalid package name", id="brackets that are not closed"),
        pytest.param("test* 1.2", "may mean many packages", id="a glob for a name"),
        pytest.param("numpy*", "may mean many packages", id="a glob behind a name"),
        pytest.param("ch::*", "may mean many packages", id="a star for a name"),
        pytest.param("^py.*$", "may mean many packages", id="a regular expression for a name"),
        pytest.param("numpy ==1.2.3.", "malformed version", id="a dot behind a version"),
        pytest.param("python=banana", "'banana' is not a version of python", id="a python that nobody made"),
        pytest.param("conda-forge::Python[version='>3,<x']", "'x' is not a version of python", id="no python either"),
        pytest.param("numpy=14.0.1.", "is not a version", id="a dot behind a prefix"),
        pytest.param("numpy 1..2", "malformed version", id="two dots"),
        pytest.param("numpy ==1.2.*.3", "regex", id="a star within a version"),
        pytest.param("numpy !=*", "incompatible", id="not any"),
        pytest.param("numpy =>1.2", "is not a version constraint", id="an operator turned round"),
        pytest.param("numpy===1.2", "unable to parse version spec", id="three equals signs"),
        pytest.param("numpy (>=1", "unable to parse version spec", id="a parenthesis that is not closed"),
    ],
)
def test_what_no_lock_can_hold_is_refused(text: str, claim: str) -> None:
    with pytest.raises(NotAMatchSpecError) as raised:
        parse(text, at("e.yml"))
    assert claim in str(raised.value)
