"""A summary for the terminal: plain text, or Rich text in the same words with colour.

Both are made from the same lines of spans. No string from a record is ever read as markup, and
control characters are removed before it is printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from golive.model import Measurement, Status
from golive.record import CheckRecord, Decision, GateRecord, Run
from golive.rendering import Renderer, RenderOptions
from golive.sanitize import clean
from golive.verdict import GateLabel
from golive_reports.lines import MIN_WIDTH, Line, cells, coloured, visible, wrap
from golive_reports.view import EFFECT_ICONS, LABEL_ICONS, View

if TYPE_CHECKING:
    from rich.console import RenderableType

DECISION_STYLES = {
    Decision.GO: "bold green",
    Decision.CONDITIONAL: "bold yellow",
    Decision.NO_GO: "bold red",
    Decision.INCONCLUSIVE: "bold magenta",
}
LABEL_STYLES = {
    GateLabel.DONE: "green",
    GateLabel.DESIGNED: "cyan",
    GateLabel.CONDITIONAL: "yellow",
    GateLabel.UNVERIFIED: "dim",
    GateLabel.FAILED: "red",
}
STATUS_STYLES = {
    Status.PASS: "green",
    Status.WARN: "yellow",
    Status.FAIL: "red",
    Status.INCONCLUSIVE: "magenta",
    Status.ERROR: "red",
    Status.NOT_APPLICABLE: "dim",
}


def render(run: Run, options: RenderOptions) -> str:
    """The summary without colour, wrapped at ``options.width`` cells."""
    width = max(MIN_WIDTH, options.width)
    out: list[str] = []
    for line in visible(_lines(View(run, options))):
        out += wrap("".join(text for text, _ in line.spans), width, line.indent)
    return "\n".join(out) + "\n"


def render_rich(run: Run, options: RenderOptions) -> RenderableType:
    """The same summary for a Rich console, in colour and wrapped at the console's width."""
    return coloured(visible(_lines(View(run, options))))


def _lines(view: View) -> Iterator[Line]:
    say = view.words.say
    yield Line(((say("terminal.title", name=clean(view.name)), "bold"),))
    text = say("terminal.decision", decision=view.decision)
    yield Line(((f"{view.decision_icon} {text}", DECISION_STYLES[view.verdict.decision]),))
    for complaint in view.complaints():
        yield Line(((f"⚠ {complaint}", "bold red"),), 2)
    if view.run.interrupted:
        yield Line(((f"⚠ {say('execution.interrupted')}", "bold yellow"),), 2)
    yield _heading("")
    yield _heading(say("terminal.gates"))
    for gate in view.gates:
        yield from _gate(view, gate)
    yield from _problems(view)
    if view.verdict.grounds:
        yield _heading("")
        yield _heading(say("terminal.grounds"))
    for ground in view.verdict.grounds:
        sentence = clean(view.ground(ground).replace("`", ""))
        effect = say(f"effect.{ground.effect}")
        yield Line(((f"  {EFFECT_ICONS[ground.effect]} {effect} - {sentence}", ""),), 5)
    yield _heading("")
    yield Line(
        (
            (
                say(
                    "terminal.record",
                    run=clean(view.run.run_id),
                    requests=f"{view.run.requests:,}",
                    digest=clean(view.digest)[:12],
                ),
                "dim",
            ),
        ),
        2,
    )


def _heading(text: str) -> Line:
    return Line(((text, "bold"),))


def _gate(view: View, gate: GateRecord) -> Iterator[Line]:
    label = view.label(gate)
    names = [clean(view.gate_name(g)) for g in view.gates]
    name = _column(clean(view.gate_name(gate)), names)
    word = _column(view.label_word(gate), [view.label_word(g) for g in view.gates])
    passed = sum(view.status(c) is Status.PASS for c in gate.checks)
    rest = clean(view.why_unverified(gate))
    if not rest:
        rest = view.words.say("terminal.counts", total=str(len(gate.checks)), passed=str(passed))
    yield Line(
        (
            (f"  {LABEL_ICONS[label]} {name}", ""),
            (word, LABEL_STYLES[label]),
            (rest, "dim"),
        ),
        5,
    )
    yield from (_passed(view, check) for check in gate.checks if view.status(check) is Status.PASS)
    missing = view.missing(gate)
    if missing:
        ids = ", ".join(clean(check_id) for check_id in missing)
        yield Line(((f"     {view.words.say('terminal.missing', checks=ids)}", "magenta"),), 7)


def _passed(view: View, check: CheckRecord) -> Line:
    """What was proven, with its sentence: a count of passes alone would convince nobody."""
    name, reason = clean(check.id), clean(view.reason(check), 300)
    return Line(((f"     {view.icon(check)} {name:<21} ", "green"), (reason, "")), 8)


def _column(text: str, column: list[str]) -> str:
    """*text* padded to the widest of its *column*, within reason, and a gap."""
    widest = min(50, max(map(cells, column)))
    return text + " " * (max(0, widest - cells(text)) + 2)


def _problems(view: View) -> Iterator[Line]:
    caused = view.consequences()
    children = {child for ids in caused.values() for child in ids}
    roots = [check for check in view.open_checks() if check.id not in children]
    if roots:
        yield _heading("")
        yield _heading(view.words.say("terminal.problems"))
    for check in roots:
        yield from _problem(view, check, caused.get(check.id, ()))


def _problem(view: View, check: CheckRecord, consequences: tuple[str, ...]) -> Iterator[Line]:
    say = view.words.say
    sentences = check.sentences(view.lang)
    text = say(
        "terminal.problem",
        icon=view.icon(check),
        id=clean(check.id),
        status=view.status_word(check),
        reason=clean(view.reason(check), 800),
    )
    yield Line(((f"  {text}", STATUS_STYLES[view.status(check)]),), 5)
    m = check.measurement
    if m is not None:
        figures = view.figures
        text = say(
            "terminal.measured",
            target=figures.target(m),
            value=figures.value(m),
            bound=_bound(view, m),
            sample=figures.sample(m),
        )
        yield Line(((f"     {text}", ""),), 7)
        if m.n_needed and view.status(check) is Status.INCONCLUSIVE:
            yield Line(((f"     {say('terminal.needed', needed=f'{m.n_needed:,}')}", ""),), 7)
    if sentences.remedy:
        text = say("terminal.remedy", text=clean(sentences.remedy, 800))
        yield Line(((f"     {text}", "bold"),), 7)
    if consequences:
        text = say("terminal.consequences", checks=", ".join(map(clean, consequences)))
        yield Line(((f"     {text}", "dim"),), 7)


def _bound(view: View, m: Measurement) -> str:
    value, confidence = view.figures.bound(m, confidence=False), view.figures.confidence(m)
    if m.bound is None or not confidence:
        return view.words.say("terminal.plain_bound", value=value)
    return view.words.say("terminal.bound", confidence=confidence, value=value)


RENDERER = Renderer("terminal", ".txt", "text/plain", render, render_rich)
