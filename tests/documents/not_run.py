"""The blocks of commands that no test runs, each with the reason: there is no other list, and none is left out."""

from __future__ import annotations

_INDEX = "installs from a package index, or from the repository's home"
_HERE = "changes the reader's own home or environment"
_METAFLOW = "needs the real Metaflow (tests/real/test_metaflow_run.py)"
_PIP = "installs into the python of whoever runs it (tests/real/test_fresh_install.py does so in one of its own)"
_FROM_WHEELHOUSE = (
    "pip install --no-index --find-links wheelhouse --no-deps --require-hashes -r locks/environment/pip-linux-64.txt"
)

_SETUP = "python3 -m venv .venv && . .venv/bin/activate && pip install -q '.[lock]' pre-commit && mixlock demo"

NOT_RUN: dict[tuple[str, str], str] = {
    (
        "README.md",
        "python3 -m venv .venv && . .venv/bin/activate && pip install -q '.[lock]' pre-commit && mixlock demo",
    ): _INDEX,
    ("README.md", "pipx install 'mixlock[lock] @ git+https://github.com/mixlock/mixlock@v0.2.0'"): _INDEX,
    ("README.md", "python3 -m venv .venv && .venv/bin/pip install -q nox uv && .venv/bin/nox"): _INDEX,
    (
        "docs/how-to/air-gap.md",
        _FROM_WHEELHOUSE,
    ): _PIP,
    ("docs/how-to/docker.md", "mixlock wheelhouse --all environment"): "tests/test_containers.py runs it",
    (
        "docs/how-to/metaflow.md",
        "source .venv/bin/activate     # the environment in which the flow runs, with metaflow 2.13 or newer",
    ): _METAFLOW,
    (
        "docs/how-to/metaflow.md",
        "metaflow environment resolve -f start.yml --arch linux-64 --skip-metaflow-deps --alias mlp/train/start:v1",
    ): "needs the Netflix extension and a mamba",
    (
        "docs/how-to/metaflow.md",
        'mixlock lock && git add environment.yml locks && git commit -m "Lock the training environment"',
    ): _METAFLOW,
    (
        "docs/how-to/metaflow.md",
        "mixlock run environment -- python flows/train.py run --with kubernetes:image=registry.example/train:1",
    ): "needs Kubernetes",
    ("docs/how-to/nox.md", "nox -s lock"): "nox would start a mixlock that solves with the real engines",
    (
        "docs/how-to/wheelhouse.md",
        _FROM_WHEELHOUSE,
    ): _PIP,
    (
        "docs/how-to/wheelhouse.md",
        "mixlock wheelhouse --cache file:///mnt/wheels",
    ): "needs a company's share or bucket (tests/commands/test_wheelhouse.py has both)",
    ("docs/installation.md", "pipx install 'mixlock[lock] @ git+https://github.com/mixlock/mixlock@v0.2.0'"): _INDEX,
    (
        "docs/installation.md",
        "uv tool install 'mixlock[lock] @ git+https://github.com/mixlock/mixlock@v0.2.0'",
    ): _INDEX,
    ("docs/installation.md", "git clone https://github.com/mixlock/mixlock"): _INDEX,
    ("docs/installation.md", "mixlock doctor"): "tells what this machine has, and lacks",
    (
        "docs/installation.md",
        "mixlock completion bash > ~/.local/share/bash-completion/completions/mixlock",
    ): _HERE,
    ("docs/tutorial.md", "conda create --name work --file locks/environment/conda-linux-64.lock"): "needs conda",
}
"""Page and first line of a ``sh`` block, and why it is not run."""
