"""Title, facts of the run, and what a reader must know before believing the rest."""

from __future__ import annotations

from golive_reports.markdown.escape import Md, code, escape, join
from golive_reports.markdown.page import BLANK, Lines, bullet, heading, say
from golive_reports.view import View


def section(view: View) -> Lines:
    """The head of the report."""
    run = view.run
    lines = [Md(f"# {say(view, 'header.title', name=escape(view.name))}"), BLANK]
    facts = []
    if run.config.release.phase:
        facts.append(("phase", escape(run.config.release.phase)))
    facts.append(("written", escape(view.moment(run.finished))))
    facts.append(("state", Md(f"{view.decision_icon} **{escape(view.decision)}**")))
    if run.config.service.environment:
        facts.append(("environment", escape(run.config.service.environment)))
    if run.config.release.commit:
        facts.append(("commit", code(run.config.release.commit)))
    facts.append(("run", code(run.run_id)))
    altered = "record-altered" in view.options.complaints
    facts.append(("digest_altered" if altered else "digest", code(view.digest)))
    facts.append(("tool", escape(f"{run.tool.name} {run.tool.version}")))
    # Two spaces at the end of a line: a line break inside the quote, as in the form.
    lines += [
        Md(f"> {say(view, f'header.{name}', value=value)}{'  ' * (i < len(facts) - 1)}")
        for i, (name, value) in enumerate(facts)
    ]
    lines += [BLANK, say(view, "header.reading")]
    if run.config.release.notes:
        lines += [BLANK, *(bullet(escape(note)) for note in run.config.release.notes)]
    lines += _banner(view)
    return lines


def _banner(view: View) -> Lines:
    said = view.complaints()
    lines: Lines = []
    if said:
        lines += heading(2, say(view, "header.complaints"))
        lines += [bullet(Md(f"⚠️ **{escape(text)}**")) for text in said]
    if view.run.interrupted:
        lines += [BLANK, say(view, "header.interrupted")]
    if view.run.warnings:
        lines += [BLANK, say(view, "header.warnings")]
        lines += [BLANK, *(bullet(escape(text)) for text in view.run.warnings)]
    return lines


def targets(view: View) -> Lines:
    """The services of the target as they were seen when the run began."""
    lines: Lines = []
    for service in view.run.services:
        extra = [service.server, service.detail]
        known = join(", ", (escape(text) for text in extra if text))
        lines.append(
            bullet(
                say(
                    view,
                    "infrastructure.reachable" if service.reachable else "infrastructure.silent",
                    name=escape(service.name),
                    url=code(service.url),
                    detail=Md(f" ({known})") if known else Md(""),
                )
            )
        )
    return lines
