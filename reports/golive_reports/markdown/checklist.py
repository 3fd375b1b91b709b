"""The go-live checklist in its three groups. Only what is done is ticked."""

from __future__ import annotations

from golive.config.model import Claim
from golive.verdict import ClaimState
from golive_reports.markdown.escape import Md
from golive_reports.markdown.page import Lines, bullet, claim_line, heading, say
from golive_reports.view import View


def section(view: View) -> Lines:
    """Done, conditional or open, and what people do just before the release."""
    checklist = view.run.config.checklist
    done = [c for c in checklist.items if view.claim(c) is ClaimState.DONE]
    rest = [c for c in checklist.items if view.claim(c) is not ClaimState.DONE]
    lines = heading(2, say(view, "checklist.heading"))[:-1]
    for group, claims in (("done", done), ("rest", rest), ("before", checklist.pre_deploy)):
        lines += heading(3, say(view, f"checklist.{group}"))
        lines += [_item(view, claim) for claim in claims] or [bullet(say(view, "checklist.empty"))]
    return lines


def _item(view: View, claim: Claim) -> Md:
    ticked = view.claim(claim) is ClaimState.DONE
    return bullet(Md(f"[{'x' if ticked else ' '}] {claim_line(view, claim)}"))
