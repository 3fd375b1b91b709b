"""Code of a pull request in a run that has the rights of the repository.

Runs that ``pull_request_target``, ``workflow_run`` and ``issue_comment`` start have the
repository's secrets and its token, and check out the default branch unless told otherwise.
Sources: GitHub Security Lab, "Keeping your GitHub Actions and workflows secure", part 1;
zizmor, dangerous-triggers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from golive_gates.pipeline.model.records import Job, Step, Workflow

PRIVILEGED = ("pull_request_target", "workflow_run", "issue_comment")
FORKS = ("pull_request", "pull_request_target")
"""Events that anybody with a fork can cause."""
_HEAD: Mapping[str, re.Pattern[str]] = {
    "pull_request_target": re.compile(
        r"github\.head_ref|event\.pull_request\.head\.(?:sha|ref|label|repo)"
        r"|event\.pull_request\.merge_commit_sha|refs/pull/\$\{\{|event\.pull_request\.number.*/head"
    ),
    "workflow_run": re.compile(
        r"event\.workflow_run\.(?:head_(?:sha|branch|commit|repository)|pull_requests)"
    ),
    "issue_comment": re.compile(
        r"refs/pull/\$\{\{|(?:event\.issue\.number|event\.pull_request).*/(?:head|merge)"
    ),
}
_FETCHED = re.compile(
    r"\bgh\s+pr\s+checkout\b|\bgit\s+(?:fetch|pull|checkout)\b[^\n]*\b(?:refs/)?pull/"
)
_OWN_REPOSITORY = re.compile(
    r"head(?:_)?(?:\.)?repo(?:sitory)?\.(?:full_name\s*==\s*(?:github\.repository\b|'[^']+')"
    r"|fork\s*(?:==\s*false|!=\s*true))"
    r"|!\s*github\.event\.pull_request\.head\.repo\.fork"
    r"|github\.repository\s*==\s*github\.event\.\w+\.head[._]repo(?:sitory)?\.full_name"
)
_OF_A_PUSH = re.compile(
    r"event\.workflow_run\.event\s*(?:==\s*'(?:push|schedule|release|workflow_dispatch)'"
    r"|!=\s*'pull_request')"
)
_BY_A_MEMBER = re.compile(r"author_association|getCollaboratorPermission|event\.label\.name")
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


def head_checkouts(step: Step, event: str) -> bool:
    """Whether *step*, in a run that *event* starts, fetches what a pull request brings."""
    if step.uses.partition("@")[0].lower() == "actions/checkout":
        asked = f"{step.inputs.get('ref', '')}\n{step.inputs.get('repository', '')}"
        return bool(_HEAD[event].search(asked))
    if not step.run:
        return False
    values = {name: value for name, value in step.env.items() if _HEAD[event].search(value)}
    if _FETCHED.search(step.run):
        return True
    return any(
        "git " in line
        and re.search(r"\bgit\s+(?:checkout|fetch|pull|reset|merge|switch)\b", line)
        and (
            any(_HEAD[event].search(e) for e in _EXPRESSION.findall(line))
            or any(re.search(rf"\$\{{?{re.escape(name)}\b", line) for name in values)
        )
        for line in step.run.splitlines()
    )


def guarded(condition: str, event: str) -> bool:
    """Whether *condition* keeps out what comes from forks."""
    if _OWN_REPOSITORY.search(condition):
        return True
    return event == "workflow_run" and bool(_OF_A_PUSH.search(condition))


def vouched(condition: str) -> bool:
    """Whether *condition* asks for a member's word: better, though what is run may change after."""
    return bool(_BY_A_MEMBER.search(condition))


def from_forks(workflow: Workflow, event: str, all_workflows: tuple[Workflow, ...]) -> bool:
    """Whether a fork can cause *event* of *workflow*.

    ``workflow_run`` only when one of the workflows that it follows runs on pull requests, or is
    not among *all_workflows*.
    """
    if event != "workflow_run":
        return True
    names = [
        name
        for trigger in workflow.triggers
        if trigger.event == event
        for name in trigger.filters.get("workflows", ())
    ]
    for name in names:
        named = [w for w in all_workflows if name in (w.name, w.path)]
        if not named or any(e in FORKS for w in named for e in w.events):
            return True
    return not names


def conditions(job: Job, step: Step) -> str:
    """Everything that has to hold for *step*, as one text."""
    outer = (s.condition for s in step.within)
    return "\n".join((job.condition, *outer, step.condition))


def self_hosted(job: Job) -> bool:
    """Whether *job* runs on a machine of the repository's owner."""
    return any(label.lower() == "self-hosted" for label in job.runs_on)


def privileged_events(workflow: Workflow) -> Iterator[str]:
    """Events of *workflow* that give a run the repository's rights on a stranger's action."""
    for event in workflow.events:
        if event in PRIVILEGED:
            yield event
