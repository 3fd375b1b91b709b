"""The contract cases of the checks about the forge: all is well, one thing wrong, and unseen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from golive.api import EvidenceRef, Observation
from golive_gates.pipeline.forge.parts import (
    Classic,
    Environment,
    Forge,
    Live,
    RequiredCheck,
)
from golive_gates.pipeline.forge.settings import GitHub
from golive_gates.pipeline.settings import Settings
from tests.gates.pipeline.snippets import job, pipeline, workflow

Case = tuple[Observation, Settings]
EVIDENCE = EvidenceRef("forge.json", "forge.json", "0" * 64, 1, "application/json")
FILES = pipeline(
    workflow({"deploy": job("kubectl apply -f k8s/", extra="environment: production\n")})
)
GITHUB = Settings(github=GitHub("example/shop", "env:T"))
LIVE = Live(
    *("https://api.github.com", "example/shop", "main"),
    classic=Classic(1, checks=(RequiredCheck("test"),)),
    environments=(Environment("production", 1),),
    asked=5,
)
FORGE = Forge(date(2026, 11, 23), LIVE, evidence=(EVIDENCE,))


@dataclass(frozen=True)
class Cases:
    """Observation and settings by the status that a judge has to give."""

    passing: Case
    failing: Case
    no_evidence: Case


def _seen(forge: Forge, settings: Settings = GITHUB) -> Case:
    return Observation({"Pipeline": FILES, "Forge": forge}), settings


NOBODY = _seen(replace(FORGE, live=None), Settings())
CASES: dict[str, Cases] = {
    "pipeline.branch-protection": Cases(
        _seen(FORGE), _seen(replace(FORGE, live=replace(LIVE, classic=None))), NOBODY
    ),
    "pipeline.environment-reviewers": Cases(
        _seen(FORGE), _seen(replace(FORGE, live=replace(LIVE, environments=()))), NOBODY
    ),
}
