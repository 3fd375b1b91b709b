"""``pages.status-page``: the public status page answers 200 and names the service.

What: one GET of the page; its text must contain ``service.name``. Why: on a bad day users look
there first, and a page of another product or a login form tells them nothing.
Remedy: publish the page, or correct ``gates.pages.url``.
"""

from __future__ import annotations

import html

from golive.api import Check, CheckResult, CheckSpec, Finding, Observation, Reason
from golive_pages.part import StatusPage
from golive_pages.settings import Settings

SPEC = CheckSpec("pages.status-page")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """An answer other than 200, or one without the name, fails; no answer decides nothing."""
    del settings
    page = observation.require(StatusPage)
    params = {"url": page.url, "service": page.service}
    if page.status is None:
        reason = Reason("unreachable", params | {"detail": page.failure})
        return SPEC.inconclusive(reason)
    if page.status != 200:
        reason = Reason("status", {**params, "status": page.status})
        finding = Finding(page.url, reason)
        return SPEC.failed(reason, evidence=page.evidence, findings=(finding,))
    if _words(page.service) in _words(html.unescape(page.text)):
        return SPEC.passed(Reason("named", params), evidence=page.evidence)
    if page.cut:
        return SPEC.inconclusive(Reason("cut", params), evidence=page.evidence)
    return SPEC.failed(Reason("unnamed", params), evidence=page.evidence)


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()


CHECK = Check(SPEC, (StatusPage,), judge)
