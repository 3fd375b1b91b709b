"""Parts of gate `streaming` as observers would return them, for the tests of judges."""

from __future__ import annotations

from dataclasses import replace

from golive.api import EvidenceRef, Observation
from golive_gates.streaming.drill_parts import (
    CONNECTION_CLOSED,
    Command,
    Drain,
    Drill,
    DrillStream,
    Reload,
)
from golive_gates.streaming.parts import (
    ANSWERED,
    DIRECT,
    FRONT,
    Head,
    Heads,
    Held,
    HeldStream,
    Idle,
    KeptConnection,
    Limit,
    Resume,
    SilentStream,
    StreamSeen,
    Together,
    Wire,
)

REF = EvidenceRef("x.jsonl", "evidence/streaming/x.jsonl", "0" * 64, 10, "application/jsonl")
EVENTS = 60
GAP = 0.04


def observed(*parts: object) -> Observation:
    return Observation({type(p).__name__: p for p in parts})


def seen(route: str = FRONT, *, shared: int = 0, first: float = 0.3, gap: float = GAP,
         **changed: object) -> StreamSeen:  # fmt: skip
    """A healthy stream of 60 content events, *shared* of which came with another one."""
    arrivals = EVENTS - shared + (shared + 9) // 10
    whole = StreamSeen(
        route,
        200,
        first_content=first,
        last_content=first + gap * (arrivals - 1),
        ended=first + gap * arrivals,
        content_events=EVENTS,
        alone=EVENTS - shared,
        moments=tuple(first + gap * i for i in range(arrivals)),
        matches=True,
    )
    return replace(whole, **changed)  # type: ignore[arg-type]


def failed(route: str = FRONT, status: int | None = 500, failure: str = "") -> StreamSeen:
    return StreamSeen(route, status, failure or f"status-{status}", "made up")


def wire(*streams: StreamSeen, direct: bool = True, **changed: object) -> Wire:
    both = streams or tuple(seen(r) for _ in range(5) for r in (FRONT, DIRECT))
    part = Wire(5, both, direct, 0.001, evidence=(REF,))
    return replace(part, **changed)  # type: ignore[arg-type]


HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "transfer-encoding": "chunked",
}


def head(route: str = FRONT, offered: str = "identity", *, status: int | None = 200,
         version: str = "HTTP/1.1", failure: str = "", reused: bool | None = True,
         **headers: str | None) -> Head:  # fmt: skip
    """A right head; ``x_y=None`` takes the header ``x-y`` out."""
    own = {**HEADERS, **({"x-accel-buffering": "no"} if route == DIRECT else {})}
    own |= {k.replace("_", "-"): v for k, v in headers.items()}  # type: ignore[misc]
    pairs = tuple((k, v) for k, v in own.items() if v is not None)
    return Head(route, offered, status, version, pairs, failure, "made up" if failure else "",
                not failure, reused)  # fmt: skip


def heads(*plain: Head, compressing: tuple[Head, ...] = (), direct: bool = True) -> Heads:
    routes = (FRONT, DIRECT) if direct else (FRONT,)
    return Heads(
        plain or tuple(head(r) for r in routes),
        compressing or tuple(head(r, "gzip") for r in routes),
        direct,
        (REF,),
    )


def silent(
    *, silence: float = 20.0, every: float = 5.0, failure: str = "", status: int | None = 200
) -> SilentStream:
    """Content until 1 s, then *silence* with a heartbeat *every* s, then content and the end."""
    content = [0.2, 0.5, 1.0]
    beats: list[float] = []
    at = 1.0 + every
    while at < 1.0 + silence - 1e-9:
        beats.append(at)
        at += every
    end = 1.0 + silence
    late = [] if failure else [end, end + 0.1]
    moments = sorted([0.1, *content, *beats, *late])
    return SilentStream(
        status, failure, "made up" if failure else "", tuple(moments),
        tuple(content + late), len(beats), late[-1] if late else end,
    )  # fmt: skip


def kept(outcome: str = ANSWERED, waited: float = 73.0, **changed: object) -> KeptConnection:
    status = 200 if outcome == ANSWERED else None
    part = KeptConnection(73.0, waited, outcome, 200, status)
    return replace(part, **changed)  # type: ignore[arg-type]


def idle(stream: SilentStream | None = None, connection: KeptConnection | None = None) -> Idle:
    return Idle(connection or kept(), stream, (REF,))


IDS = tuple(str(i) for i in range(1, 61))


def resumed(**changed: object) -> Resume:
    part = Resume(5, "5", IDS[:5], IDS[5:], 200, 200, joined=True, second=False, evidence=(REF,))
    return replace(part, **changed)  # type: ignore[arg-type]


def many(count: int, *streams: HeldStream, spread: float = 0.6, took: float = 2.6,
         **changed: object) -> Together:  # fmt: skip
    """*streams*, filled up with healthy ones to *count*, started within *spread* s."""
    due = [spread * i / count for i in range(count)]
    filled = [replace(s, scheduled=at) for s, at in zip(streams, due, strict=False)]
    filled += [one(took=took, scheduled=at) for at in due[len(streams) :]]
    return replace(Together(count, spread, tuple(filled), 0.001, 0.001), **changed)  # type: ignore[arg-type]


def one(outcome: str = "ok", *, took: float = 2.6, **changed: object) -> HeldStream:
    stream = HeldStream(
        0.0, outcome, 200, "", 0.01, 0.3, took - 0.05, took, EVENTS, matches=outcome == "ok"
    )
    return replace(stream, **changed)  # type: ignore[arg-type]


def refused(status: int = 503, after: float = 0.02, **changed: object) -> HeldStream:
    stream = HeldStream(0.0, "status", status, "busy", after, ended=after, retry_after="1")
    return replace(stream, **changed)  # type: ignore[arg-type]


def held(*stages: Together, **changed: object) -> Held:
    part = Held(stages or (many(10), many(50)), 60, 2.0, evidence=(REF,))
    return replace(part, **changed)  # type: ignore[arg-type]


def limit(*streams: HeldStream, declared: int = 8, extra: int = 4, known: bool = True,
          afterwards: int | None = 200, **changed: object) -> Limit:  # fmt: skip
    run = many(declared + extra, *streams, **changed)
    return Limit(declared, extra, run, known, afterwards, (REF,))


WHOLE = DrillStream(status=200, begun=True, ended=6.0, content_events=EVENTS, matches=True)
CUT = DrillStream("reset", 200, "made up", begun=True, ended=1.0, content_events=7)
NEW = replace(WHOLE, begun=False, ended=9.0)
ENDED = Command(("kill", "-HUP", "1"), 0, 0.1)


def drill(*running: DrillStream, after: tuple[DrillStream, ...] = (NEW,) * 3,
          command: Command | None = ENDED, back: float | None = 1.5, ready: float | None = 0.4,
          disturbed: float | None = 0.3) -> Drill:  # fmt: skip
    """A drill whose disturbance was seen 0.3 s after the command began."""
    witness = "" if disturbed is None else CONNECTION_CLOSED
    return Drill(command, running or (WHOLE,) * 5, after, back, ready, disturbed, witness, (REF,))


def reload(*running: DrillStream, **changed: object) -> Reload:
    return Reload(drill(*running, **changed))  # type: ignore[arg-type]


def drain(*running: DrillStream, **changed: object) -> Drain:
    return Drain(drill(*running, **changed))  # type: ignore[arg-type]
