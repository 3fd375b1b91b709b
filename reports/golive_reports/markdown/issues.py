"""Issues named in the configuration, and every check that did not pass, as an open issue."""

from __future__ import annotations

from golive.record import CheckRecord
from golive.verdict import ClaimState
from golive_reports.markdown.escape import Md, code, escape
from golive_reports.markdown.page import Lines, bullet, claim_line, heading, say
from golive_reports.view import View


def section(view: View) -> Lines:
    """Resolved issues, then open ones with their remedies, consequences under their cause."""
    claims = view.run.config.issues
    resolved = [c for c in claims if view.claim(c) is ClaimState.DONE]
    pending = [c for c in claims if view.claim(c) is not ClaimState.DONE]
    caused = view.consequences()
    children = {child for ids in caused.values() for child in ids}
    checks = [c for c in view.open_checks() if c.id not in children]
    count = len(pending) + len(checks)
    if count:
        title = say(view, "issues.heading_open", count=Md(str(count)))
    else:
        title = say(view, "issues.heading_resolved" if resolved else "issues.heading_none")
    lines = heading(2, title)
    if resolved:
        lines += heading(3, say(view, "issues.resolved"))[1:]
        lines += [bullet(claim_line(view, claim)) for claim in resolved]
    if count:
        lines += heading(3, say(view, "issues.open"))[0 if resolved else 1 :]
        lines += [bullet(claim_line(view, claim)) for claim in pending]
        for check in checks:
            lines += _issue(view, check, 0)
            for child in caused.get(check.id, ()):
                found = view.run.check(child)
                if found is not None:
                    lines += _issue(view, found, 1)
    if not resolved and not count:
        lines.append(say(view, "issues.none"))
    return lines


def _issue(view: View, check: CheckRecord, depth: int) -> Lines:
    words = check.sentences(view.lang)
    lines = [
        bullet(
            say(
                view,
                "issues.consequence" if depth else "issues.check",
                icon=Md(view.icon(check)),
                title=escape(words.title),
                id=code(check.id),
                status=Md(view.status_word(check)),
                reason=escape(view.reason(check)),
            ),
            depth,
        )
    ]
    # A consequence has no remedy of its own: it goes away with its cause.
    if words.remedy and not depth:
        lines.append(bullet(say(view, "issues.remedy", text=escape(words.remedy)), depth + 1))
    return lines
