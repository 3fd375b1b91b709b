"""Small repositories with scans and deployments."""

from __future__ import annotations

from collections.abc import Mapping

from golive_gates.pipeline.deploys.found import deploys_of
from golive_gates.pipeline.deploys.model import Deploy
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.scans.found import scans_of
from golive_gates.pipeline.scans.model import Scan
from tests.gates.pipeline.snippets import CI, job, pipeline, workflow

CHECKOUT = "uses: actions/checkout@v6\nwith: {fetch-depth: 0}"
GITLEAKS = "gitleaks git ."
TRIVY = "trivy image --exit-code 1 ghcr.io/x/app:1"
PYTEST = "pytest"
APPLY = "kubectl apply -f k8s/"
DEPLOY = ".github/workflows/deploy.yml"
SCANS = {
    "secrets": job(CHECKOUT, GITLEAKS),
    "image": job(TRIVY),
    "test": job(PYTEST),
}
"""Jobs with one scan of each kind."""


def deploying(*needs: str, extra: str = "", steps: tuple[str, ...] = (APPLY,)) -> str:
    """A job that deploys and needs *needs*."""
    wanted = f"needs: [{', '.join(needs)}]\n" if needs else ""
    return job(*steps, extra=f"environment: production\n{wanted}{extra}")


def whole(on: str = "{push: {tags: ['v*']}}", **jobs: str) -> str:
    """A workflow that scans and deploys; *jobs* replace or add some, an empty one takes one out."""
    own = {**SCANS, "deploy": deploying(*SCANS), **jobs}
    return workflow({name: text for name, text in own.items() if text}, on=on)


def repository(files: Mapping[str, str] | str) -> Repository:
    """What is read of *files*."""
    (found,) = pipeline(files).repositories
    return found


def scans(*steps: str, files: Mapping[str, str] | None = None) -> list[Scan]:
    """The scans of a job with *steps*."""
    return list(scans_of(repository({CI: workflow({"one": job(*steps)}), **(files or {})})))


def deploys(files: Mapping[str, str] | str, *named: str) -> list[Deploy]:
    """The deployments of *files*."""
    return list(deploys_of(repository(files), named))
