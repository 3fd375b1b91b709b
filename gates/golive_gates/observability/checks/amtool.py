"""``observability.amtool``: Alertmanager's own tool agrees.

What: has amtool check each alertmanager.yml and route the labels of every alert, and compares its
answers with golive's. Why: it is built from Alertmanager's own code, so where the two differ one
of them is wrong about where a page goes. It knows neither inhibition nor mute times, and takes a
receiver without integrations for a good one. Remedy: mend what amtool refuses; where only the
receivers differ, believe amtool and report it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Observation,
    Severity,
    Status,
    Unavailable,
)
from golive_gates.observability.looking import finding
from golive_gates.observability.parts import Alerting
from golive_gates.observability.routing.found import configs_of
from golive_gates.observability.routing.judging import concluded_on
from golive_gates.observability.routing.model import AlertmanagerConfig
from golive_gates.observability.routing.refused import refused
from golive_gates.observability.routing.second_opinion import Amtool, Checked, Routed, shown
from golive_gates.observability.routing.tree import UndecidedError, deliveries
from golive_gates.observability.settings import Settings

SPEC = CheckSpec(
    "observability.amtool", Severity.MEDIUM, required=False, needs=EvidenceLevel.STATIC
)
_NEWER = "not found in type"
"""In amtool's words for a field that its version does not know."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each configuration is taken, and each alert goes where golive says."""
    del settings
    part = observation.require(Alerting)
    found_tool = observation.find(Amtool)
    if isinstance(found_tool, Unavailable) and found_tool.kind == "absent":
        # A second opinion that no package of golive brings: without it no question stays open.
        return SPEC.not_applicable(found_tool.reason)
    seen = observation.require(Amtool)
    configs = {c.name: c for c in configs_of(part).read}
    found = [*_of_files(seen, configs), *_of_routes(seen, configs)]
    if seen.left_out:
        place = next(iter(configs.values())).place
        found.append(
            finding(place, "amtool", "too-many", status=Status.INCONCLUSIVE, count=seen.left_out)
        )
    facts = (Fact("amtool_version", seen.version),) if seen.version else ()
    subjects = len(seen.checked) + len(seen.routed)
    result = concluded_on(SPEC, observation, subjects, found, facts, seen.evidence)
    causes = [cause for config in configs.values() if (cause := refused(config))]
    if result.status is Status.INCONCLUSIVE and result.blocked_by is None and causes:
        return replace(result, blocked_by=causes[0])
    return result


def _of_files(seen: Amtool, configs: Mapping[str, AlertmanagerConfig]) -> Iterator[Finding]:
    for checked in seen.checked:
        config = configs.get(checked.config)
        told = None if config is None else _opinion(checked, config)
        if config is not None and told is not None:
            code, status = told
            yield finding(
                config.place, config.name, code, status=status, detail=checked.answer.said
            )


def _opinion(checked: Checked, config: AlertmanagerConfig) -> tuple[str, Status | None] | None:
    answer = checked.answer
    if answer.status is None:
        return answer.problem or "too-slow", Status.INCONCLUSIVE
    if answer.status == 0:
        return ("accepts", Status.WARN) if refused(config) else None
    if refused(config):
        # Another check says why; this one only cannot go on.
        return "refuses-too", Status.INCONCLUSIVE
    return ("newer", Status.INCONCLUSIVE) if _NEWER in answer.said else ("refuses", None)


def _of_routes(seen: Amtool, configs: Mapping[str, AlertmanagerConfig]) -> Iterator[Finding]:
    for routed in seen.routed:
        config = configs.get(routed.config)
        if config is None:
            continue
        labels = ", ".join(f'{name}="{value}"' for name, value in routed.labels)
        if routed.answer.status != 0:
            yield finding(
                config.place,
                config.name,
                "no-answer",
                status=Status.INCONCLUSIVE,
                labels=labels,
                detail=routed.answer.said,
            )
            continue
        ours = _receivers(config, routed)
        if ours is not None and ours != routed.answer.said:
            yield finding(
                config.root.place,
                config.name,
                "differs",
                labels=labels,
                ours=ours,
                theirs=routed.answer.said,
            )


def _receivers(config: AlertmanagerConfig, routed: Routed) -> str | None:
    try:
        return shown(",".join(d.receiver for d in deliveries(config, dict(routed.labels))))
    except UndecidedError:
        return None  # The check on routes leaves it open too.


CHECK = Check(SPEC, (Alerting, Amtool), judge)
