"""What uv refuses on the real index is told, or conda gives way, without the full index (cases B7, B8, A3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.locked import Manager
from tests.real.conftest import new_repository

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.real.conftest import RealRepository

pytestmark = pytest.mark.real

HEAD = "channels: [conda-forge]\nplatforms: [linux-64]\ndependencies:\n"
MLFLOW = f"{HEAD}  - python=3.12\n  - pip\n  - pip:\n" + "".join(
    f"    - {name}\n"
    for name in ("mlflow==2.15.1", "cloudpickle", "numpy==1.26.4", "psutil", "scikit-learn", "scipy")
)
_NAMES = """
accelerate aiohttp albumentations boto3 click datasets diffusers einops fastapi fsspec gradio httpx huggingface-hub
imageio jinja2 jsonschema kornia lightning loguru matplotlib mlflow moviepy networkx numba omegaconf openai
opencv-python orjson pandas peft pillow plotly polars protobuf psutil pyarrow pydantic pytest pyyaml ray regex
requests rich ruff safetensors scikit-image scikit-learn scipy seaborn sentencepiece sqlalchemy sympy tabulate
tenacity tensorboard timm tokenizers torch torchmetrics torchvision tqdm transformers typer uvicorn wandb
websockets xarray xgboost zarr
"""
MANY = tuple(_NAMES.split())
IMPOSSIBLE = f"{HEAD}  - python=3.11\n  - pip:\n" + "".join(f"    - {name}\n" for name in (*MANY, "av==14.3.0"))
BLOCKED = f"{HEAD}  - python=3.12\n  - packaging=25\n  - pip:\n    - mlflow==2.15.1\n"
TORCH = f"{HEAD}  - python=3.12\n  - pip:\n    - torch==2.15.0\n"


def locked(repository: RealRepository, spec: str) -> subprocess.CompletedProcess[str]:
    """Lock a spec, without a look at the full index: what takes minutes otherwise takes seconds."""
    repository.write("environment.yml", spec.encode())
    done = repository.mixlock("lock", "-v")
    assert "full index" not in done.stderr
    return done


@pytest.fixture(name="repository")
def _repository(tmp_path: Path, real_machine: dict[str, str]) -> RealRepository:
    return new_repository(tmp_path / "repository", real_machine)


def test_conda_takes_the_packaging_that_mlflow_accepts(repository: RealRepository) -> None:
    done = locked(repository, MLFLOW)
    assert done.returncode == 0, done.stderr
    found = {package.name: package for package in repository.lockfile("environment").packages}
    assert found["packaging"].manager is Manager.CONDA
    assert int(found["packaging"].version.partition(".")[0]) < 25


def test_a_pin_that_mlflow_does_not_accept_is_named_with_its_line(repository: RealRepository) -> None:
    done = locked(repository, BLOCKED)
    expected = r"environment.yml:7:7: MIX303 conda holds packaging 25.0 (`packaging=25`, line 5), but mlflow"
    assert (done.returncode, expected in done.stderr) == (3, True), done.stderr


def test_one_impossible_requirement_among_seventy_is_told(repository: RealRepository) -> None:
    assert len(MANY) >= 69
    done = locked(repository, IMPOSSIBLE)
    line = IMPOSSIBLE.splitlines().index("    - av==14.3.0") + 1
    expected = f"environment.yml:{line}:7: MIX302 no version of `av` fits `==14.3.0`"
    assert (done.returncode, expected in done.stderr) == (3, True), done.stderr


def test_a_release_for_a_newer_glibc_is_told(repository: RealRepository) -> None:
    done = locked(repository, TORCH)
    assert done.returncode == 3
    assert "environment.yml:6:7: MIX305 no file of `torch` 2.15.0 fits linux-64" in done.stderr
