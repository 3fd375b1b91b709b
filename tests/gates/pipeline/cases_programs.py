"""Passing, failing and no-evidence observations for what programs say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from golive.api import Observation, Reason, Unavailable
from golive_gates.pipeline.planting.garden import PLACES
from golive_gates.pipeline.planting.keys import KINDS
from golive_gates.pipeline.planting.parts import CommandRun, Drill, Planted, PlantedKey
from golive_gates.pipeline.programs.leaks import Leak
from golive_gates.pipeline.programs.own import OwnScan, OwnSecrets, Scanned
from golive_gates.pipeline.programs.parts import Actionlint, Opinion, Said, Trouble
from golive_gates.pipeline.settings import Settings
from tests.gates.pipeline.snippets import CI, job, pipeline, workflow
from tests.gates.saying import evidence

Case = tuple[Observation, Settings]


@dataclass(frozen=True)
class Cases:
    """Observation and settings by the status that a judge has to give."""

    passing: Case
    failing: Case
    no_evidence: Case


CHECKOUT = "{uses: actions/checkout@v4, with: {fetch-depth: 0}}"
SCANNED = workflow(
    {
        "scan": job(CHECKOUT, "gitleaks git ."),
        "deploy": job("kubectl apply -f k8s/", extra="needs: [scan]\nenvironment: production\n"),
    },
    "{push: {branches: [main]}}",
)


def _seen(**parts: object) -> Case:
    return Observation({"Pipeline": pipeline(SCANNED), **parts}), Settings()


ACTIONLINT = Actionlint(Opinion("1.7.12", 1, (), (), (evidence("actionlint.json"),)))
WRONG = Said("expression", CI, 4, 2, "property is not defined")
LEAK = Leak("a.py", 1, "github-pat")
TREE = Scanned("tree", "default"), Scanned("tree", "project")
OWN = OwnSecrets(
    "8.30.1",
    (OwnScan("", "whole", (*TREE, Scanned("history", "default"), Scanned("history", "project"))),),
    (evidence("own-secrets.json"),),
)
LEAKED = replace(
    OWN, scans=(OwnScan("", "no-git", tuple(replace(r, leaks=(LEAK,)) for r in TREE)),)
)
TOO_SLOW = replace(
    OWN, scans=(OwnScan("", "no-git", tuple(replace(r, problem="too-slow") for r in TREE)),)
)
KEYS = tuple(
    PlantedKey(kind, when, path, line + number)
    for when, line in (("history", 11), ("tree", 31))
    for path in PLACES
    for number, kind in enumerate(KINDS)
)
EVERY = tuple(range(len(KEYS)))
RUN = CommandRun("ci.yml: scan / gitleaks git .", CI, 10, ("gitleaks", "git", "."), 0, 1, EVERY)
DRILL = Drill("", KEYS, EVERY, (RUN,))
GREEN = replace(DRILL, commands=(replace(RUN, status=0, found=()),))
MISSING = Unavailable(Reason("gitleaks-missing"), kind="absent")


def planted(drill: Drill) -> Planted:
    """What the drill's observer would have seen."""
    return Planted("8.30.1", (drill,), (evidence("planted-secret.json"),))


@dataclass(frozen=True)
class Optional(Cases):
    """A check that says no more than whether something was looked at."""

    @property
    def fails(self) -> frozenset[str]:
        """It never fails: what was found is another check's."""
        return frozenset({"inconclusive"})


CASES: dict[str, Cases] = {
    "pipeline.actionlint": Cases(
        _seen(Actionlint=ACTIONLINT),
        _seen(Actionlint=Actionlint(replace(ACTIONLINT.opinion, said=(WRONG,)))),
        _seen(Actionlint=Actionlint(Opinion("1.7.12", 1, (), (Trouble(CI, "no-answer"),)))),
    ),
    "pipeline.own-secrets": Cases(
        _seen(OwnSecrets=OWN), _seen(OwnSecrets=LEAKED), _seen(OwnSecrets=TOO_SLOW)
    ),
    "pipeline.own-history": Optional(
        _seen(OwnSecrets=OWN), _seen(OwnSecrets=LEAKED), _seen(OwnSecrets=MISSING)
    ),
    "pipeline.planted-secret": Cases(
        _seen(Planted=planted(DRILL)), _seen(Planted=planted(GREEN)), _seen(Planted=MISSING)
    ),
}
