"""The specs that are locked for real, and the platforms each has an answer for."""

from __future__ import annotations

from dataclasses import dataclass

from tests.real.shared_channels import ENVS


@dataclass(frozen=True, kw_only=True)
class Case:
    """One spec: ``file`` of ../shared/data/envs, or ``text``; ``blocked`` is why osx-arm64 has no answer."""

    name: str
    file: str = ""
    text: str = ""
    blocked: str = ""

    @property
    def path(self) -> str:
        """Return the path in the repository."""
        return f"{self.name}.yml"

    @property
    def platforms(self) -> tuple[str, ...]:
        """Return the platforms the spec has an answer for."""
        return ("linux-64",) if self.blocked else ("linux-64", "osx-arm64")

    def spec(self, *platforms: str) -> bytes:
        """Return the spec as it lies there, with its platforms added (conda-lock's key)."""
        text = (ENVS / self.file).read_bytes() if self.file else self.text.encode()
        return text + f"\nplatforms: [{', '.join(platforms or self.platforms)}]\n".encode()


CASES = (
    Case(
        name="hcg-hi-analysis",
        file="AMIGA-IAA__hcg_global_hi_analysis__hcg_hi_analysis.yml",
        blocked="no package fits `astropy=4.0`",
    ),
    Case(name="zonda-request", file="C2SM__zonda-request__environment.yml"),
    Case(name="molsnapper", file="EssiePearl__MolSnapper__env.yml"),
    Case(
        name="quantum-prize",
        file="Fkaneko__ibm-quantum-open-science-prize-2021__conda_env.yaml",
        blocked="no package fits `matplotlib=3.5.1`",
    ),
    Case(
        name="egu22pygmt",
        file="GenericMappingTools__egu22pygmt__environment.yml",
        blocked="`gmt` is there for linux-64, and not for osx-arm64",
    ),
    Case(name="nflx-dev", file="Netflix__metaflow-nflx-extensions__dev-env.yml"),
    Case(name="nflx-example", file="Netflix__metaflow-nflx-extensions__examples__04_from_yml_file__environment.yml"),
)
"""The rows of ../shared/data/envs/solvable.tsv that are locked."""

NOT_LOCKED = {
    "AllenInstitute__skeleton_keys__environment.yml": "old sdists, each of which says only when it is built what it "
    "needs; uv, which would build one after the other as it solves, may not build outside of the sandbox",
}
"""The rows that conda-lock locks and mixlock refuses (exit 3), and why."""

EXAMPLE = Case(
    name="user-example",
    text="""\
channels:
- conda-forge
- defaults
dependencies:
- python=3.9
# Scientific computing from Conda (optimized builds)
- numpy=1.23.1
- scipy=1.9.0
- pandas=1.4.1
# CUDA from Conda
- cudatoolkit=11.7
# Deep learning from PyPI
- pip:
  - torch==1.12.0
  - torchvision==0.13.0
  - transformers==4.20.0
  - wandb==0.13.0
""",
    blocked="`cudatoolkit` is there for linux-64, and not for osx-arm64",
)
"""The complete example of the user's document, with what cannot be had here replaced by its nearest neighbour.

The channel metadata hold no numpy 1.23.0 (1.23.1), no pandas 1.4.0 (1.4.1) and no cudatoolkit 11.6 (11.7) for
python 3.9. The index of ``+cu116`` wheels is not reachable here: torch and torchvision are the same versions from the
default index, whose linux wheels are for CUDA 10.2. The rest is as the user wrote it.
"""
