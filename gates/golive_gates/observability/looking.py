"""How judges of this gate look at what was read and come to a result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from golive.api import CheckResult, CheckSpec, Fact, Finding, Observation, Reason, Status
from golive.inspecting import Inspection, Same, concluded
from golive.model import Scalar
from golive.sources.kubernetes.objects import KubernetesObject, json_path
from golive.sources.tree import FileKind
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.model import Place, Rule, RuleSet
from golive_gates.observability.rules.output_labels import (
    ANYTHING,
    Outputs,
    Recorded,
    outputs,
    recorded_outputs,
)
from golive_gates.observability.rules.reading import read_rules

READ_CHECK = "observability.parse"
EXPRESSIONS_CHECK = "observability.expressions"
MANIFESTS_CHECK = "manifests.parse"
OWN_KINDS = frozenset({FileKind.RULES, FileKind.ALERTMANAGER})
"""Files whose problems this gate reports; those of all others another one does."""


@lru_cache(maxsize=2)
def _rules(known: Same[Alerting]) -> RuleSet:
    return read_rules(known.part.documents, known.part.objects)


def rules_of(part: Alerting) -> RuleSet:
    """The rules of *part*; read once for all checks of a run."""
    return _rules(Same(part))


@lru_cache(maxsize=2)
def _recorded(known: Same[Alerting]) -> Recorded:
    return recorded_outputs(_rules(known).rules)


def recorded_of(part: Alerting) -> Recorded:
    """Labels of what the recording rules of *part* make, by name; found once for all checks."""
    return _recorded(Same(part))


@lru_cache(maxsize=16_384)
def _outputs(known: Same[Alerting], expr: str) -> Outputs:
    tree = promql.parse(expr)
    return ANYTHING if isinstance(tree, promql.Refused) else outputs(tree, _recorded(known))


def outputs_of(part: Alerting, rule: Rule) -> Outputs:
    """Labels of the series that the expression of *rule* returns; the rule adds its own."""
    return _outputs(Same(part), rule.expr)


def shown(text: str, most: int = 120) -> str:
    """*text* on one line, cut after *most* characters: a parameter of a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}\u2026"


def finding(
    place: Place,
    subject: str,
    code: str,
    /,
    *,
    below: tuple[str | int, ...] = (),
    status: Status | None = None,
    key: bool = False,
    **params: Scalar,
) -> Finding:
    """A finding about *subject* at *below* of *place*; *params* fill the sentence *code*."""
    owner = place.source
    path = (*place.path, *below)
    return Finding(
        subject,
        Reason(code, params),
        owner.at(path, key=key),
        status,
        owner.ref if isinstance(owner, KubernetesObject) else None,
        "",
        json_path(path),
    )


def distinct(findings: Iterable[Finding]) -> list[Finding]:
    """*findings* without those that say the same of the same place again."""
    kept: dict[tuple[object, ...], Finding] = {}
    for found in findings:
        params = tuple(sorted((k, str(v)) for k, v in found.reason.params.items()))
        kept.setdefault((found.subject, found.location, found.reason.code, params), found)
    return list(kept.values())


def read_check_of(part: Alerting) -> str:
    """The check that says what of *part* could not be read: this gate's, or the manifests'."""
    own = any(p.kind in OWN_KINDS for p in part.problems)
    return READ_CHECK if own or not part.problems else MANIFESTS_CHECK


def refused_in(part: Alerting) -> int:
    """How many rules of *part* have an expression that is not read."""
    return sum(isinstance(promql.parse(r.expr), promql.Refused) for r in rules_of(part).rules)


def unread_check_of(part: Alerting, refused: int = 0) -> tuple[int, str]:
    """How much of *part* a check could not look at, and the check that says what.

    ``refused``: rules whose expression is not read, where the check looks at expressions.
    """
    if part.problems or not refused:
        return len(part.problems), read_check_of(part)
    return refused, EXPRESSIONS_CHECK


def judged(
    spec: CheckSpec,
    observation: Observation,
    subjects: int,
    findings: Iterable[Finding],
    facts: Sequence[Fact] = (),
    *,
    refused: int = 0,
) -> CheckResult:
    """The result of *spec* over the files: what could not be read keeps it from passing.

    ``refused``: rules that it left out because their expression is not read.
    """
    part = observation.require(Alerting)
    unread, check = unread_check_of(part, refused)
    return concluded(
        spec,
        Inspection(subjects, tuple(findings), unread, check, part.evidence, tuple(facts)),
    )
