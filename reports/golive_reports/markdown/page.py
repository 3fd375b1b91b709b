"""What the sections share: sentences that take nothing but escaped text, and references."""

from __future__ import annotations

from collections.abc import Iterable

from golive.config.model import Claim
from golive_reports.markdown.escape import Md, code, escape, join
from golive_reports.view import CLAIM_ICONS, View

Lines = list[Md]
BLANK = Md("")


def say(view: View, place: str, /, **params: Md) -> Md:
    """A sentence of the catalogue with escaped parameters."""
    return Md(view.words.say(place, **params))


def heading(level: int, text: Md) -> Lines:
    """A heading with its blank lines."""
    return [BLANK, Md(f"{'#' * level} {text}"), BLANK]


def bullet(text: Md, depth: int = 0) -> Md:
    """A list item."""
    return Md(f"{'  ' * depth}- {text}")


def check_ref(view: View, check_id: str) -> Md:
    """A check's id with what this run says of it."""
    check = view.run.check(check_id)
    if check is None:
        return say(view, "check.absent", id=code(check_id))
    return say(
        view,
        "check.ref",
        icon=Md(view.icon(check)),
        id=code(check_id),
        status=Md(view.status_word(check)),
    )


def check_refs(view: View, ids: Iterable[str]) -> Md:
    """Several references."""
    return join(", ", (check_ref(view, check_id) for check_id in ids))


def basis(view: View, claim: Claim) -> Md:
    """What a sentence of the configuration rests on: its checks, a person, or nothing."""
    if claim.checks:
        return say(view, "claim_basis.checks", checks=check_refs(view, claim.checks))
    said = claim.attested
    if said is None:
        return say(view, "claim_basis.none")
    expired = view.today > said.until
    text = say(
        view,
        "claim_basis.expired" if expired else "claim_basis.attested",
        by=escape(said.by),
        on=Md(said.on.isoformat()),
        until=Md(said.until.isoformat()),
    )
    if said.statement:
        text = say(view, "claim_basis.statement", basis=text, statement=escape(said.statement))
    return text


def claim_line(view: View, claim: Claim) -> Md:
    """A claim with its state and its basis."""
    return say(
        view,
        "claim_basis.line",
        icon=Md(CLAIM_ICONS[view.claim(claim)]),
        text=escape(claim.text),
        state=Md(view.claim_word(claim)),
        basis=basis(view, claim),
    )
