"""What reaches a fingerprint, and what never does: one change at a time."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.model.names import VirtualName
from mixlock_hooks.model.platforms import LINUX_64
from mixlock_hooks.model.settings import ChannelPriority, Settings
from mixlock_hooks.rules.fingerprint import fingerprint, inputs_of
from mixlock_hooks.rules.merge import merge

if TYPE_CHECKING:
    from mixlock_hooks.model.inputs import Inputs
    from mixlock_hooks.model.names import Fingerprint

_SPEC = """\
channels: [conda-forge, pytorch]
pypi-indices: [https://a.example/s, https://b.example/s]
dependencies:
- python=3.9
- numpy=1.2
- pytorch::torchvision
- pip:
  - a[x,y]>=1,<2 ; python_version < '3.10'
  - b==1 --hash=sha256:01 --hash=sha256:02
"""


def _inputs(text: str, settings: Settings | None = None) -> Inputs:
    spec = merge(environment_yml.parse(text, "e.yml"), settings or Settings()).for_platform(LINUX_64)
    assert spec is not None
    return inputs_of(spec)


def _fingerprint(text: str, settings: Settings | None = None) -> Fingerprint:
    return fingerprint(_inputs(text, settings))


def _changed(old: str, new: str) -> str:
    assert old in _SPEC
    return _SPEC.replace(old, new)


def test_the_inputs_are_plain_and_canonical() -> None:
    inputs = _inputs(_SPEC)
    assert (inputs.python, inputs.conda) == ("3.9.*", {"numpy": "1.2.*", "pip": "", "pytorch::torchvision": ""})
    assert inputs.implied == ("pip",)
    assert inputs.pypi == (
        'a[x,y]<2,>=1; python_version < "3.10"',
        "b==1 --hash=sha256:01 --hash=sha256:02",
    )


def test_a_pip_that_is_asked_for_has_the_fingerprint_of_one_that_is_implied() -> None:
    asked = _changed("dependencies:\n", "dependencies:\n- pip\n")
    assert _inputs(asked).implied == ()
    assert _fingerprint(asked) == _fingerprint(_SPEC)


def test_a_fingerprint_is_the_sha256_of_canonical_json() -> None:
    text = (
        '{"channel_priority":"strict","channels":["conda-forge"],"conda":{"numpy":"1.2.*"},"default_index":"default",'
        '"exclude_newer":"","indices":[],"platform":"linux-64","pypi":[],"python":"3.9.*","schema":1,"virtual_packages":{"__archspec":'
        '"1 x86_64","__cuda":"11.2","__glibc":"2.27","__linux":"5.10","__unix":"0"}}'
    )
    assert _fingerprint("dependencies: [numpy=1.2, python=3.9]") == f"sha256:{sha256(text.encode()).hexdigest()}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("- numpy=1.2\n", "- numpy=1.2  # why\n", id="a comment"),
        pytest.param("- numpy=1.2\n", "\n- 'NumPy = 1.2'\n\n", id="quotes, capitals, spaces, blank lines"),
        pytest.param("- numpy=1.2\n", "- numpy 1.2.*\n- numpy\n", id="another spelling, and once more"),
        pytest.param("a[x,y]>=1,<2 ; python_version < '3.10'", 'A[Y,x]<2,>=1;python_version<"3.10"', id="PEP 508"),
        pytest.param("sha256:01 --hash=sha256:02", "sha256:02 --hash sha256:01", id="the order of hashes"),
        pytest.param("https://a.example/s", "https://me:pw@a.example/s/", id="a credential and a last slash"),
        pytest.param("[conda-forge", "[conda-forge, nodefaults", id="nodefaults"),
        pytest.param("[conda-forge", "[https://Conda.Anaconda.org/conda-forge/", id="a channel by its URL"),
        pytest.param("pytorch::", "https://conda.anaconda.org/pytorch::", id="a requirement's channel by its URL"),
        pytest.param("\n", "\r\n", id="CRLF"),
        pytest.param("channels:", "name: x\nprefix: /p\nchannels:", id="a name and a prefix"),
    ],
)
def test_what_says_the_same_has_the_same_fingerprint(old: str, new: str) -> None:
    assert _fingerprint(_changed(old, new)) == _fingerprint(_SPEC)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("[conda-forge, pytorch]", "[pytorch, conda-forge]", id="the order of channels"),
        pytest.param("s, https://b.example/s", "s", id="an index less"),
        pytest.param("a.example/s, https://b.", "b.example/s, https://a.", id="the order of indices"),
        pytest.param("numpy=1.2", "numpy==1.2", id="an exact version"),
        pytest.param("numpy=1.2", "numpy=1.2=py39_0", id="a build"),
        pytest.param("pytorch::torchvision", "torchvision", id="a requirement's channel"),
        pytest.param("python=3.9", "python=3.10", id="python"),
        pytest.param("python=3.9", "conda-forge::python=3.9", id="python's channel"),
        pytest.param("[x,y]", "[x]", id="an extra"),
        pytest.param(" ; python_version < '3.10'", "", id="a marker"),
        pytest.param(" --hash=sha256:02", "", id="a hash"),
        pytest.param("channels", "sys: {__cuda: '12'}\nchannels", id="a virtual package"),
    ],
)
def test_what_asks_for_something_else_has_another(old: str, new: str) -> None:
    assert _fingerprint(_changed(old, new)) != _fingerprint(_SPEC)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(Settings(channel_priority=ChannelPriority.STRICT), id="channel-priority"),
        pytest.param(Settings(pypi_indices=("https://c.example/s",)), id="pypi-indices"),
        pytest.param(Settings(default_index="https://c.example/s"), id="default-index"),
        pytest.param(Settings(virtual_packages={LINUX_64: {VirtualName("__cuda"): "12"}}), id="virtual-packages"),
        pytest.param(Settings(exact_equals=True), id="equals"),
    ],
)
def test_a_setting_that_decides_the_solve_changes_it(settings: Settings) -> None:
    assert _fingerprint(_SPEC, settings) != _fingerprint(_SPEC)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(
            Settings(channels=("pytorch", "conda-forge"), channel_priority=ChannelPriority.FLEXIBLE), id="channels"
        ),
        pytest.param(Settings(lock_dir="x", solver="mamba", source="mixlock.toml"), id="lock-dir, solver"),
        pytest.param(Settings(trusted_hosts=frozenset({"a.example"})), id="trusted-hosts"),
    ],
)
def test_a_setting_that_does_not_decide_it_does_not(settings: Settings) -> None:
    assert _fingerprint(_SPEC, settings) == _fingerprint(_SPEC)


def test_no_credential_is_among_the_inputs() -> None:
    text = "channels: [https://me:hunter2@a.example/ch, https://a.example/t/hunter2/ch]\n"
    text += "pypi-indices: [https://me:hunter2@a.example/s]\ndependencies: [https://me:hunter2@a.example/ch::numpy]\n"
    inputs = _inputs(text, Settings(default_index="https://me:hunter2@a.example/s"))
    assert "hunter2" not in repr(inputs)
    assert inputs.conda == {"https://a.example/ch::numpy": ""}
