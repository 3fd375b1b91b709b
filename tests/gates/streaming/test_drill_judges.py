"""Judges of drills: what has to be seen before one says anything, and what goes before all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.api import Status
from golive_gates.streaming.drill_parts import Command, Drain, Drill, DrillStream, Reload
from tests.gates.streaming import parts as p
from tests.gates.streaming.wording import judged

PASS, WARN, FAIL, OPEN = Status.PASS, Status.WARN, Status.FAIL, Status.INCONCLUSIVE

EARLY = replace(p.WHOLE, ended=0.2)
OVER = replace(p.WHOLE, begun=False, ended=-1.0)
MANGLED = replace(p.WHOLE, matches=False)
REFUSED = DrillStream("status-502", 502, "made up")
LIMITED = DrillStream("status-429", 429, "made up")
LOCAL = DrillStream("local", None, "made up")
WRONG = Command(("false",), 1, 0.1)
STUCK = Command(("sleep", "99"), None, 30.0, problem="not finished within 30 s")
GONE = {"after": (REFUSED,), "back": None}

Outcome = tuple[Status, str]


def both(status: Status, code: str) -> tuple[Outcome, Outcome]:
    return (status, code), (status, code)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(p.drill(), ((PASS, "survived"), (PASS, "drained")), id="healthy"),
        pytest.param(p.drill(p.CUT, p.WHOLE), both(FAIL, "cut"), id="cut"),
        pytest.param(p.drill(*[p.CUT] * 5, disturbed=None), both(FAIL, "cut"), id="cut-alone"),
        pytest.param(p.drill(MANGLED), both(FAIL, "mangled"), id="mangled"),
        pytest.param(p.drill(after=(p.NEW, p.NEW, replace(p.NEW, matches=False))),
                     both(FAIL, "new-mangled"), id="new-mangled"),
        pytest.param(p.drill(after=(REFUSED, *[p.NEW] * 3)),
                     ((FAIL, "new-refused"), (PASS, "drained")), id="away-for-a-moment"),
        pytest.param(p.drill(disturbed=None), both(OPEN, "no-effect-seen"), id="nothing-happened"),
        pytest.param(p.drill(*[EARLY] * 5), both(OPEN, "none-under-way"), id="over-before-it"),
        pytest.param(p.drill(p.WHOLE, *[EARLY] * 4), both(OPEN, "few-under-way"), id="one-of-five"),
        pytest.param(p.drill(*[p.WHOLE] * 3, EARLY, EARLY),
                     ((PASS, "survived"), (PASS, "drained")), id="three-of-five"),
        pytest.param(p.drill(*[OVER] * 5, command=None, after=(), back=None, ready=None),
                     both(OPEN, "none-under-way"), id="not-run"),
        pytest.param(p.drill(p.WHOLE, OVER, OVER, command=None, after=(), back=None, ready=None),
                     both(OPEN, "few-under-way"), id="not-run-for-a-few"),
        pytest.param(p.drill(command=WRONG), both(OPEN, "command-failed"), id="command-failed"),
        pytest.param(p.drill(command=STUCK), both(OPEN, "command-failed"), id="command-stuck"),
        pytest.param(p.drill(after=(LIMITED,), back=None), both(OPEN, "rate-limited"), id="429"),
        pytest.param(p.drill(after=(LOCAL,), back=None), both(OPEN, "local-trouble"), id="local"),
    ],
)  # fmt: skip
def test_drills(made: Drill, expected: tuple[Outcome, Outcome]) -> None:
    for name, part, wanted in zip(("reload", "drain"), (Reload(made), Drain(made)), expected,
                                  strict=True):  # fmt: skip
        result = judged(name, part, p.wire())
        assert (result.status, result.reason.code) == wanted


@pytest.mark.parametrize("command", [p.ENDED, WRONG, STUCK], ids=["ended", "failed", "stuck"])
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (GONE, "not-back"),
        ({"back": 31.0}, "not-back"),
        ({"ready": None}, "not-ready"),
        ({"ready": 500.0}, "not-ready"),
    ],
    ids=["gone", "back-late", "unready", "ready-late"],
)
def test_a_target_that_is_not_back_fails_whatever_the_command_did(
    command: Command, changed: dict[str, object], code: str
) -> None:
    made = p.drill(*[p.CUT] * 5, command=command, **changed)  # type: ignore[arg-type]
    for name, part in (("reload", Reload(made)), ("drain", Drain(made))):
        result = judged(name, part, p.wire())
        assert (result.status, result.reason.code) == (FAIL, code)
        assert result.findings


def test_content_that_is_wrong_when_quiet_is_not_the_drills_doing() -> None:
    wire = p.wire(*(p.seen(matches=False) for _ in range(5)), direct=False)
    result = judged("drain", p.drain(MANGLED), wire)
    assert (result.status, result.reason.code) == (PASS, "drained")


def test_findings_tell_a_cut_from_other_content_and_name_no_status_that_was_not_seen() -> None:
    no_answer = replace(p.CUT, status=None)
    (cut,) = judged("drain", p.drain(no_answer, p.WHOLE), p.wire()).findings
    assert (cut.reason.code, cut.reason.params["status"]) == ("stream-broke", "-")
    (other,) = judged("drain", p.drain(MANGLED, p.WHOLE), p.wire()).findings
    assert other.reason.code == "stream-mangled"
