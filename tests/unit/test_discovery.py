"""What an installed package registers is loaded, or kept with the reason why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

from golive import discovery
from golive.discovery import (
    GATE_GROUP,
    LINT_GATE_GROUP,
    discover_gates,
    discover_renderers,
    load_renderer,
)
from golive.gate import Check, Gate, Lane, Need
from golive.model import STANDARD_GATES, CheckSpec, Reason
from golive.rendering import Renderer


class Point:
    """Stands for ``importlib.metadata.EntryPoint``; ``found`` is loaded or raised."""

    def __init__(
        self, name: str, found: object, value: str = "package:GATE", package: str = "package"
    ) -> None:
        self.name, self.value, self._found = name, value, found
        self.dist = SimpleNamespace(name=package)

    def load(self) -> object:
        if isinstance(self._found, BaseException):
            raise self._found
        return self._found


Install = Callable[..., None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    def installed(*points: Point) -> None:
        monkeypatch.setattr(discovery, "entry_points", lambda **_: list(points))

    return installed


@dataclass(frozen=True, slots=True)
class Settings:
    pass


@dataclass(frozen=True, slots=True)
class Seen:
    pass


@dataclass(frozen=True, slots=True)
class Watcher:
    part: object = Seen
    lane: object = Lane.FILES
    needs: object = frozenset({Need.FILES})


def check(check_id: str, *reads: type) -> Check[Settings]:
    spec = CheckSpec(check_id)
    return Check(spec, reads, lambda *_: spec.inconclusive(Reason("x")))


def gate(gate_id: str, *ids: str) -> Gate[Settings]:
    checks = tuple(check(i, Seen) for i in ids or (f"{gate_id}.one",))
    return Gate(gate_id, "package", Settings, (Watcher(),), checks)  # type: ignore[arg-type]


def broken() -> Mapping[str, str]:
    gates = discover_gates()
    assert gates.loaded.keys() == {"good"}
    return gates.broken


def test_gates_come_in_report_order_and_strangers_after(install: Install) -> None:
    install(*(Point(n, gate(n)) for n in ("zebra", "load", "apples", "slo", "recovery")))
    gates = discover_gates()
    assert list(gates.loaded) == ["slo", "recovery", "load", "apples", "zebra"]
    assert gates.settings_types["slo"] is Settings
    assert gates.check_ids[0] == "slo.one"


def test_none_installed_is_no_gates_and_no_fault(install: Install) -> None:
    install()
    gates = discover_gates()
    assert (gates.loaded, gates.broken) == ({}, {})


@pytest.mark.parametrize(
    "error",
    [
        ImportError("no module named kubernetes"),
        SyntaxError("bad"),
        RuntimeError("\x1b[31mred"),
        SystemExit(1),
        AttributeError("GATE"),
    ],
)
def test_a_package_that_cannot_be_imported_takes_nobody_down(
    install: Install, error: BaseException
) -> None:
    install(Point("bad", error), Point("good", gate("good")))
    reason = broken()["bad"]
    assert reason.startswith(type(error).__name__)
    assert reason.isprintable()


def with_observers(*observers: Watcher) -> Gate[Settings]:
    return replace(gate("bad"), observers=observers)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (object(), "not a golive.api.Gate"),
        (Gate, "not a golive.api.Gate"),
        (gate("other"), "calls itself 'other'"),
        (replace(gate("bad"), checks=()), "no check"),
        (gate("bad", "bad.one", "bad.one"), "share one id"),
        (gate("bad", "slo.one"), "slo.one"),
        (gate("bad", "badly.one"), "badly.one"),
        (gate("bad", "bad."), "check ids must be"),
        (gate("bad", "bad"), "check ids must be"),
        (gate("bad", "bad.a b"), "check ids must be"),
        (gate("bad", "bad.../../x"), "check ids must be"),
        (with_observers(Watcher(part="Seen")), "is no observer"),
        (with_observers(Watcher(lane="files")), "is no observer"),
        (with_observers(Watcher(needs=frozenset({"files"}))), "is no observer"),
        (with_observers(object()), "AttributeError"),  # type: ignore[arg-type]
        (with_observers(Watcher(), Watcher()), "part of one name"),
        (with_observers(), "reads Seen, which no observer delivers"),
    ],
)
def test_an_unsound_gate_is_broken_and_says_why(install: Install, found: object, why: str) -> None:
    install(Point("bad", found), Point("good", gate("good")))
    assert why in broken()["bad"]


@pytest.mark.parametrize("name", ["../x", "a b", "a.b", ""])
def test_a_name_that_is_no_plain_word_is_broken(install: Install, name: str) -> None:
    install(Point(name, gate(name)), Point("good", gate("good")))
    assert "letters, digits" in broken()[name]


@pytest.mark.parametrize("copies", [2, 3, 4])
def test_of_two_packages_with_one_name_neither_wins(install: Install, copies: int) -> None:
    twins = [Point("twin", gate("twin"), f"package{i}:GATE") for i in range(copies)]
    install(Point("good", gate("good")), *twins)
    assert "two installed packages" in broken()["twin"]


def test_a_broken_one_and_a_sound_one_of_the_same_name_are_both_out(install: Install) -> None:
    install(
        Point("twin", ImportError("x"), "a:GATE"),
        Point("twin", gate("twin"), "b:GATE"),
        Point("good", gate("good")),
    )
    assert "two installed packages" in broken()["twin"]


def test_the_gates_of_this_installation_are_sound() -> None:
    gates = discover_gates()
    assert gates.broken == {}
    assert "slo" in gates.loaded


def test_the_standard_gates_are_seven_and_distinct() -> None:
    assert len(set(STANDARD_GATES)) == 7


RENDERER = Renderer("text", ".txt", "text/plain", lambda *_: "")


def test_renderers_are_found_by_name_and_loaded_when_used(install: Install) -> None:
    install(Point("text", RENDERER), Point("bad", ImportError("x")))
    found = discover_renderers()
    assert set(found) == {"text", "bad"}
    assert load_renderer(found["text"]) is RENDERER
    with pytest.raises(ImportError):
        load_renderer(found["bad"])


def test_what_is_no_renderer_is_refused() -> None:
    point = EntryPoint("text", "golive.model:Status", "golive.reports")
    with pytest.raises(TypeError, match="not a golive renderer"):
        load_renderer(point)


def test_lint_loads_every_gate_of_a_package_that_does_not_name_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    points = {
        GATE_GROUP: [
            Point("dear", ImportError("loaded in vain"), package="a"),
            Point("files", gate("files"), package="a"),
            Point("extra", gate("extra"), package="b"),
        ],
        LINT_GATE_GROUP: [Point("files", gate("files"), package="a")],
    }
    monkeypatch.setattr(discovery, "entry_points", lambda group: points[group])
    found = discover_gates(LINT_GATE_GROUP)
    assert (list(found.loaded), dict(found.broken)) == (["extra", "files"], {})
