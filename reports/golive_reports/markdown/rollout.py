"""The canary plan, with roll-back conditions taken from the SLOs themselves."""

from __future__ import annotations

from golive.config.model import CanaryStage, Slo
from golive.record import Decision
from golive.stats import required_n
from golive_reports.figures import RATIO
from golive_reports.markdown.escape import fenced
from golive_reports.markdown.page import BLANK, Lines, heading, say
from golive_reports.view import View


def section(view: View) -> Lines:
    """One tree per stage, as configured."""
    lines = heading(2, say(view, "rollout.heading"))
    lines += heading(3, say(view, "rollout.canary"))[1:]
    stages = view.run.config.canary
    if not stages:
        lines.append(say(view, "rollout.none"))
        return lines
    if view.verdict.decision in (Decision.NO_GO, Decision.INCONCLUSIVE):
        lines += [say(view, "rollout.not_yet"), BLANK]
    lines += [say(view, "rollout.source"), BLANK]
    tree: list[str] = []
    for number, stage in enumerate(stages, 1):
        tree += _stage(view, number, stage)
        if number < len(stages):
            tree.append("")
    lines += fenced(tree)
    return lines


def _stage(view: View, number: int, stage: CanaryStage) -> list[str]:
    words = view.words
    head = words.say(
        "rollout.stage",
        number=str(number),
        name=stage.name,
        traffic=view.figures.exact(stage.traffic, RATIO),
        duration=stage.duration,
    )
    leaves = []
    if stage.max_streams is not None:
        leaves.append(words.say("rollout.streams", count=f"{stage.max_streams:,}"))
    leaves += [words.say("rollout.watch", text=text) for text in stage.watch]
    if stage.rollback_on:
        conditions = words.say("rollout.or").join(_condition(view, s) for s in stage.rollback_on)
        leaves.append(words.say("rollout.rollback", conditions=conditions))
        leaves += [_proof(view, slo_id) for slo_id in stage.rollback_on]
    else:
        leaves.append(words.say("rollout.no_rollback"))
    place = "last" if number == len(view.run.config.canary) else "approval"
    leaves.append(words.say(f"rollout.{place}.{stage.approval}"))
    return [head, *(f"{'├─' if leaf is not leaves[-1] else '└─'} {leaf}" for leaf in leaves)]


def slo_name(view: View, slo_id: str) -> str:
    """``에러율(error-rate)``: the name a reader knows, and the id that traces it."""
    slo = view.run.config.slo(slo_id)
    name = view.words.find(f"slo.{slo_id}") or (slo.sli if slo is not None else None)
    return f"{name} [{slo_id}]" if name else f"[{slo_id}]"


def _condition(view: View, slo_id: str) -> str:
    slo = view.run.config.slo(slo_id)
    violated = view.figures.violation(slo) if slo is not None else None
    if violated is None:
        return view.words.say("rollout.undefined", slo=slo_name(view, slo_id))
    return f"{slo_name(view, slo_id)} {violated}"


def _proof(view: View, slo_id: str) -> str:
    """How many requests without one failure prove the SLO: fewer cannot end a stage well."""
    slo = view.run.config.slo(slo_id)
    needed = clean_requests(slo) if slo is not None else None
    if needed is None:
        return view.words.say("rollout.unprovable", slo=slo_name(view, slo_id))
    return view.words.say("rollout.proof", slo=slo_name(view, slo_id), count=f"{needed:,}")


def clean_requests(slo: Slo) -> int | None:
    """Requests that prove *slo* at 95 % when none fails; ``None``: no sample can."""
    if slo.objective is None:
        return None
    ratio = slo.objective.ratio
    success = ratio if slo.objective.comparator.wants_high else 1 - ratio
    try:
        return required_n(success)
    except ValueError:
        return None
