"""Whom to call, where alerts go, related documents and the files of this run."""

from __future__ import annotations

from golive.config.model import Contact
from golive.model import EvidenceRef
from golive_reports.markdown.escape import Md, code, escape, join, link, table
from golive_reports.markdown.page import BLANK, Lines, bullet, heading, say
from golive_reports.view import View

MOST_SENT = 60
"""Kinds of requests printed; the record holds the others."""


def contacts(view: View) -> Lines:
    """People and channels. What is missing is "unassigned"; nothing is made up."""
    config = view.run.config
    unassigned = say(view, "contacts.unassigned")
    lines = heading(2, say(view, "contacts.heading"))
    lines += [say(view, "contacts.people"), BLANK]
    lines += [
        bullet(
            say(
                view,
                "contacts.person",
                role=escape(person.role) or unassigned,
                name=join(", ", _reached(person, unassigned)),
            )
        )
        for person in config.contacts
    ] or [bullet(say(view, "contacts.no_people"))]
    lines += [BLANK, say(view, "contacts.channels"), BLANK]
    lines += [
        bullet(
            say(
                view,
                "contacts.channel",
                kind=escape(channel.kind) or unassigned,
                address=code(channel.address) if channel.address.strip() else unassigned,
                severities=join(", ", (escape(s) for s in channel.severities)) or unassigned,
            )
        )
        for channel in config.channels
    ] or [bullet(say(view, "contacts.no_channels"))]
    lines += [BLANK, say(view, "contacts.source")]
    return lines


def _reached(person: Contact, unassigned: Md) -> Lines:
    """Name and number; one "unassigned" is enough where both are missing."""
    name = escape(person.name) or unassigned
    reach = code(person.reach) if person.reach.strip() else unassigned
    return [name] if name == reach else [name, reach]


def documents(view: View) -> Lines:
    """Documents by group, then the record and the evidence."""
    lines = [BLANK, Md("---"), *heading(2, say(view, "documents.heading"))]
    groups: dict[str, list[Md]] = {}
    for document in view.run.config.documents:
        # The path is relative to the configuration, not to this report: a link would dangle.
        item = join(": ", (escape(document.title), code(document.path)))
        groups.setdefault(document.group, []).append(item)
    number = 0
    for number, (group, items) in enumerate(groups.items(), 1):
        title = escape(group) if group else say(view, "documents.ungrouped")
        lines.append(Md(f"{number}. **{title}**"))
        lines += [Md(f"   - {item}") for item in items]
    if not groups:
        lines += [say(view, "documents.none"), BLANK]
    lines.append(Md(f"{number + 1}. **{say(view, 'documents.results')}**"))
    lines += [Md(f"   - {text}") for text in _results(view)]
    lines += [BLANK, say(view, "documents.source")]
    lines += _sent(view)
    lines += _evidence(view)
    return lines


def _results(view: View) -> Lines:
    run = view.run
    seconds = (run.finished - run.started).total_seconds()
    record = (
        link(view.options.record_file, view.options.record_file)
        if view.options.record_file
        else say(view, "documents.no_record")
    )
    lines = [
        say(view, "documents.record", file=record, digest=code(view.digest)),
        say(
            view,
            "documents.run",
            run=code(run.run_id),
            started=escape(view.moment(run.started)),
            seconds=escape(view.figures.quantity(seconds, "s")),
            requests=Md(f"{run.requests:,}"),
        ),
    ]
    if run.config_path:
        lines.append(
            say(
                view,
                "documents.config",
                file=code(run.config_path),
                sha256=code(run.config_sha256 or "–"),
            )
        )
    return lines


def _sent(view: View) -> Lines:
    """What was done to the target, for whoever answers for it. The record has every line."""
    kinds = [(gate.id, kind) for gate in view.run.gates for kind in gate.sent]
    lines = heading(3, say(view, "documents.sent"))
    if not kinds:
        lines.append(say(view, "documents.none_sent"))
        return lines
    head = tuple(say(view, f"documents.column.{n}") for n in ("gate", "request", "count"))
    lines += table(
        head,
        (
            (code(gate), code(f"{kind.method} {kind.url}"), Md(f"{kind.count:,}"))
            for gate, kind in kinds[:MOST_SENT]
        ),
    )
    more = len(kinds) - MOST_SENT
    if more > 0:
        lines += [BLANK, say(view, "documents.more_sent", more=Md(f"{more:,}"))]
    return lines


def _evidence(view: View) -> Lines:
    used: dict[EvidenceRef, list[str]] = {}
    for check in view.run.checks():
        for ref in check.evidence:
            used.setdefault(ref, []).append(check.id)
    lines = heading(3, say(view, "documents.evidence"))
    if not used:
        lines.append(say(view, "documents.no_evidence"))
        return lines
    head = tuple(say(view, f"documents.column.{n}") for n in ("file", "size", "sha256", "checks"))
    folder = view.options.evidence_dir.rstrip("/")
    lines += table(
        head,
        (
            (
                code(f"{folder}/{ref.path}" if folder else ref.path),
                say(view, "documents.bytes", count=Md(f"{ref.size:,}")),
                code(ref.sha256),
                join(", ", (code(check_id) for check_id in ids)),
            )
            for ref, ids in used.items()
        ),
    )
    return lines
