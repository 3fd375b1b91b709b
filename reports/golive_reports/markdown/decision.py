"""The decision with its grounds, and what has to happen next."""

from __future__ import annotations

from golive.record import CheckRecord, Decision
from golive.verdict import Effect, Ground
from golive_reports.markdown.escape import Md, code, escape
from golive_reports.markdown.page import BLANK, Lines, check_ref, check_refs, heading, say
from golive_reports.view import EFFECT_ICONS, LABEL_ICONS, View


def section(view: View) -> Lines:
    """Decision, grounds, next steps."""
    lines = heading(2, say(view, "decision_section.heading"))
    title = say(
        view,
        "decision_section.decision",
        icon=Md(view.decision_icon),
        decision=escape(view.decision),
    )
    lines += heading(3, title)[1:]
    lines += [say(view, f"decision_section.meaning.{view.verdict.decision}"), BLANK]
    if view.verdict.grounds:
        lines += [say(view, "decision_section.grounds"), BLANK]
        for number, ground in enumerate(view.verdict.grounds, 1):
            lines += _ground(view, number, ground)
    if view.verdict.decision in (Decision.GO, Decision.CONDITIONAL):
        lines += _carried_by(view)
    lines += heading(3, say(view, "decision_section.next"))
    steps = list(dict.fromkeys(_steps(view)))
    lines += [Md(f"{number}. {step}") for number, step in enumerate(steps, 1)]
    return lines


def _ground(view: View, number: int, ground: Ground) -> Lines:
    text = say(
        view,
        "decision_section.ground",
        icon=Md(EFFECT_ICONS[ground.effect]),
        effect=say(view, f"effect.{ground.effect}"),
        text=escape(view.ground(ground)),
    )
    check = view.run.check(ground.subject)
    if check is not None:
        reason = escape(view.reason(check))
        text = say(view, "decision_section.because", ground=text, reason=reason)
    lines = [Md(f"{number}. {text}")]
    if ground.consequences:
        refs = check_refs(view, ground.consequences)
        lines.append(Md(f"   - {say(view, 'decision_section.consequences', checks=refs)}"))
    return lines


def _carried_by(view: View) -> Lines:
    """What an approval rests on: every required gate with its checks."""
    lines = [BLANK, say(view, "decision_section.carried"), BLANK]
    for gate in view.gates:
        if gate.required:
            passed = [c.id for c in gate.checks if _passed(view, c)]
            text = say(
                view,
                "decision_section.gate",
                icon=Md(LABEL_ICONS[view.label(gate)]),
                name=escape(view.gate_name(gate)),
                label=Md(view.label_word(gate)),
                passed=Md(str(len(passed))),
                total=Md(str(len(gate.checks))),
                checks=Md(", ".join(code(check_id) for check_id in passed) or "–"),
            )
            lines.append(Md(f"- {text}"))
    return lines


def _passed(view: View, check: CheckRecord) -> bool:
    return view.status(check).value == "pass"


def _steps(view: View) -> list[Md]:
    steps = [step for ground in view.verdict.grounds if (step := _step(view, ground)) is not None]
    if view.verdict.decision in (Decision.NO_GO, Decision.INCONCLUSIVE):
        steps.append(say(view, "next.again"))
    else:
        place = "canary" if view.run.config.canary else "no_canary"
        steps.append(say(view, f"next.{place}.{view.verdict.decision}"))
    return steps


def _step(view: View, ground: Ground) -> Md | None:
    check = view.run.check(ground.subject)
    if check is not None:
        remedy = check.sentences(view.lang).remedy
        place = "next.waived" if ground.code == "waived" else "next.check"
        until = check.waiver.until.isoformat() if check.waiver is not None else ""
        if not remedy and place == "next.check":
            return None
        return say(
            view, place, check=check_ref(view, check.id), remedy=escape(remedy), until=Md(until)
        )
    if ground.code.startswith("gate-"):
        gate = next((g for g in view.run.gates if g.id == ground.subject), None)
        note = view.why_unverified(gate) if gate is not None else ""
        return say(view, "next.gate", gate=code(ground.subject), note=escape(note))
    if ground.code == "check-missing":
        return say(view, "next.missing", check=code(ground.subject))
    if ground.code in ("pre-deploy-open", "checklist-open", "issue-open", "infrastructure-open"):
        return say(view, f"next.{ground.code}", text=escape(ground.subject))
    if ground.effect is Effect.CONDITION:
        return None
    return say(view, f"next.{ground.code}")
