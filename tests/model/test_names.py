"""A name that is made is right; two spellings of one name are equal."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.names import conda_name, environment_name, pypi_name
from mixlock_hooks.model.nearest import nearest


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("NumPy", "numpy", id="is lower-cased"),
        pytest.param(" numpy ", "numpy", id="is stripped"),
        pytest.param("_libgcc_mutex", "_libgcc_mutex", id="may begin with an underscore"),
        pytest.param("ruamel.yaml", "ruamel.yaml", id="keeps its dots, unlike PyPI's"),
    ],
)
def test_conda_name(text: str, name: str) -> None:
    assert conda_name(text) == name


@pytest.mark.parametrize("text", ["", "-a", "a b", "nümpy", "a/b"])
def test_what_is_no_conda_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a conda package name"):
        conda_name(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("Ruamel_YAML", "ruamel-yaml", id="is lower-cased, with dashes"),
        pytest.param("a.-_b", "a-b", id="runs of separators are one dash"),
    ],
)
def test_pypi_name(text: str, name: str) -> None:
    assert pypi_name(text) == name


@pytest.mark.parametrize("text", ["", "a b", "-a", "é"])
def test_what_is_no_pypi_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="name is invalid"):
        pypi_name(text)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        pytest.param("environment.yml", "environment", id="loses the suffix"),
        pytest.param("envs/ml/env_gpu.yaml", "envs/ml/env_gpu", id="keeps the folders"),
        pytest.param("env.ml.yml", "env.ml", id="loses the last suffix only"),
        pytest.param("v1.2/environment", "v1.2/environment", id="a folder's dot is not a suffix"),
    ],
)
def test_an_environment_is_named_by_its_spec(path: str, name: str) -> None:
    assert environment_name(path) == name


def test_nearest_knows_a_slip_of_the_pen_and_no_stranger() -> None:
    assert nearest("chanels", ["channels", "platforms"]) == "channels"
    assert nearest("zzz", ["channels", "platforms"]) == ""
