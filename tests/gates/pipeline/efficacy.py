"""Pipelines that scan and then deploy, with something between the two."""

from __future__ import annotations

from golive.api import CheckResult
from tests.gates.pipeline.snippets import job, judged, workflow

DEPLOY = "kubectl apply -f k8s/"


def pipeline(
    scan: str = "gitleaks git .",
    *,
    step: str = "",
    scanning: str = "",
    deploying: str = "",
    shell: str = "",
    more: tuple[str, ...] = (),
) -> str:
    """``test`` scans and tests, ``deploy`` needs it.

    *step*, *scanning*, *deploying*: further lines of the scanning step and of the two jobs; *more*:
    further steps of ``test``.
    """
    indented = "".join(f"  {line}\n" for line in scan.splitlines())
    wanted = f"name: Scan\nid: scan\nrun: |\n{indented}{step}"
    steps = (wanted, "trivy image example:1", "pytest", *more)
    extra = f"defaults: {{run: {{shell: {shell}}}}}\n" if shell else ""
    return workflow(
        {
            "test": job(*steps, extra=_lines(scanning)),
            "deploy": job(
                DEPLOY, extra=f"environment: production\nneeds: [test]\n{_lines(deploying)}"
            ),
        },
        extra=extra,
    )


def _lines(text: str) -> str:
    return f"{text}\n" if text else ""


def neutralised(*args: str, **settings: object) -> CheckResult:
    """What ``pipeline.neutralised`` says of :func:`pipeline`."""
    return judged("neutralised", pipeline(*args, **settings))  # type: ignore[arg-type]
