"""``pipeline.branch-protection``: nothing reaches the release branch past review and checks.

What: the branch's classic protection and all rulesets together ask for an approval and for green
checks and refuse force pushes; every required check is one that a job provides. Live through
GitHub's API, else as a named person says. Why: a security gate that a push to the branch goes
around stops nobody. Remedy: protect the branch, or have somebody attest that it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Observation,
    Reason,
    Status,
    Unavailable,
)
from golive.model import Scalar
from golive_gates.pipeline.forge.check_names import ACTIONS_APP, check_names
from golive_gates.pipeline.forge.judging import decided, gap_finding, vouched_or_open
from golive_gates.pipeline.forge.parts import Forge, Live
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.branch-protection", needs=EvidenceLevel.ATTESTED)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """What the branch asks of a change, all its rules together."""
    forge = observation.require(Forge)
    live, github = forge.live, settings.github
    if live is None or github is None:
        return vouched_or_open(SPEC, forge)
    if (gap := live.gaps.get("repository")) is not None:
        return decided(SPEC, forge, live, 1, [gap_finding(live, gap)])
    pipeline = observation.find(Pipeline)
    known = () if isinstance(pipeline, Unavailable) else pipeline.repositories
    findings = tuple(_findings(live, github.reviews, known))
    facts = (
        Fact("gh_reviews", _reviews(live)),
        Fact("gh_required_checks", len(_contexts(live))),
        Fact("gh_owner_reviews", str(_owners(live)).lower()),
    )
    return decided(SPEC, forge, live, 1, findings, facts)


def _findings(live: Live, reviews: int, repositories: tuple[Repository, ...]) -> Iterator[Finding]:
    hidden = [live.gaps[name] for name in ("classic", "rules") if name in live.gaps]
    if live.classic is None and not live.rules.count and not hidden:
        yield _finding(live, "unprotected")
        return
    missing = tuple(_missing(live, reviews))
    if hidden and missing:
        # What was not shown may well ask for it.
        yield gap_finding(live, hidden[0])
    else:
        yield from missing
    yield from _ways_around(live, reviews)
    yield from _stale(live, repositories)


def _missing(live: Live, reviews: int) -> Iterator[Finding]:
    """What neither the protection nor a ruleset asks for."""
    if _reviews(live) < reviews:
        yield _finding(live, "too-few-reviews", have=_reviews(live), want=reviews)
    if not _contexts(live):
        yield _finding(live, "no-required-checks")
    if not live.rules.no_force_pushes and (live.classic is None or live.classic.force_pushes):
        yield _finding(live, "force-pushes")


def _ways_around(live: Live, reviews: int) -> Iterator[Finding]:
    """Who may go past what is asked for. Contested: a way for an emergency is often meant."""
    rules = live.rules
    by_rules = rules.reviews >= reviews and bool(rules.checks) and rules.no_force_pushes
    if live.classic is not None and not live.classic.admins and not by_rules:
        yield _finding(live, "admins-exempt", Status.WARN)
    for name in rules.bypass:
        yield _finding(live, "ruleset-bypass", Status.WARN, name=name)


def _stale(live: Live, repositories: tuple[Repository, ...]) -> Iterator[Finding]:
    """Required checks of GitHub Actions that no job of the files is called."""
    names = [name for r in repositories for name in check_names(r)]
    if not names:
        return
    of_actions = dict.fromkeys(
        c.context
        for c in (*(live.classic.checks if live.classic else ()), *live.rules.checks)
        if c.app == ACTIONS_APP
    )
    for context in of_actions:
        if not any(name.fullmatch(context) for name in names):
            yield _finding(live, "check-without-job", Status.WARN, name=context)


def _finding(live: Live, code: str, status: Status | None = None, **params: Scalar) -> Finding:
    return Finding(live.subject, Reason(code, params), status=status)


def _reviews(live: Live) -> int:
    return max(live.classic.reviews if live.classic else 0, live.rules.reviews)


def _owners(live: Live) -> bool:
    return live.rules.owners or (live.classic is not None and live.classic.owners)


def _contexts(live: Live) -> frozenset[str]:
    classic = live.classic.checks if live.classic else ()
    return frozenset(c.context for c in (*classic, *live.rules.checks))


CHECK = Check(SPEC, (Pipeline, Forge), judge)
