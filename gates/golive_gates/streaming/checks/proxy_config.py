"""``streaming.proxy-config``: every nginx configuration can be read, whole.

What: each nginx.conf, with its includes, and each one in a ConfigMap has known directives with
the right arguments in the right place. Why: nginx refuses to start with a broken one, and what
cannot be read cannot be judged. Remedy: mend what the findings name; try it with ``nginx -t``.
"""

from __future__ import annotations

from golive.api import CheckResult, Finding, Observation, Reason, Status
from golive.inspecting import Inspection, concluded
from golive.sources.tree import FileKind, SourceProblem
from golive_gates.streaming.configured.looking import file_based, file_check
from golive_gates.streaming.configured.parts import Configured
from golive_gates.streaming.settings import Settings

SPEC = file_check("proxy-config", required=True)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Whatever of nginx's configurations could not be read is a finding."""
    del settings
    part = observation.require(Configured)
    problems = [p for p in part.problems if p.kind is FileKind.NGINX]
    findings = tuple(_finding(p) for p in problems)
    others = len(part.problems) - len(problems)
    return concluded(
        SPEC, Inspection(len(part.nginx), findings, others, "manifests.parse", part.evidence)
    )


def _finding(problem: SourceProblem) -> Finding:
    code = "hinted" if problem.hint else "broken"
    return Finding(
        problem.location.path,
        Reason(code, {"detail": problem.message, "hint": problem.hint}),
        problem.location,
        None if problem.code == "not-nginx" else Status.INCONCLUSIVE,
    )


CHECK = file_based(SPEC, judge)
