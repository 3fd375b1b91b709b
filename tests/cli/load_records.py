"""Hand-made results of load runs, and a server that answers as told and then is gone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from golive.cli.load_digest import Background, document
from golive.cli.load_plan import Aim, PaceOptions, limits_of, plan_of
from golive.cli.load_summary import LoadDocument
from golive.cli.probe_request import Prepared, RequestOptions, prepare
from golive.probe.load import Instrument, LoadPlan, LoadResult, RequestOutcome, RequestRecord

FIT = Instrument(
    kernel_stamps=True,
    floor_p50=1e-4,
    floor_p99=2e-4,
    error_p50=1e-5,
    error_p99=2e-5,
    loop_lag_p99=1e-4,
    loop_lag_max=1e-3,
    slip_p50=1e-4,
    slip_p99=2e-4,
    slip_max=1e-3,
    calibration_problem="",
)
AIM = Aim(0.95, 2.0)
OK, LOCAL, STATUS = RequestOutcome.OK, RequestOutcome.LOCAL, RequestOutcome.STATUS


def prepared(*, stream: bool = False) -> Prepared:
    return prepare(RequestOptions("http://127.0.0.1:9/x?api_key=canary-1234"), stream=stream)


def planned(judged: int, warmup: int = 0, *, stream: bool = False) -> LoadPlan:
    pace = PaceOptions(count=judged + warmup, warmup="0s", rate=100.0)
    return replace(plan_of(prepared(stream=stream), pace), warmup=warmup)


def records(
    *outcomes: tuple[RequestOutcome, int], ended: float = 0.5, spread: bool = False
) -> list[RequestRecord]:
    """One after the other, 10 ms apart; with *spread* the kinds are mixed evenly."""
    kinds = [outcome for outcome, count in outcomes for _ in range(count)]
    if spread:
        step = next(k for k in range(len(kinds) // 3, len(kinds)) if _coprime(k, len(kinds)))
        kinds = [kinds[i * step % len(kinds)] for i in range(len(kinds))]
    return [
        RequestRecord(i, 0, i / 100, kind, started=0.0, sent=0.0, ended=ended, status=200)
        for i, kind in enumerate(kinds)
    ]


def result(found: Sequence[RequestRecord], count: int, **more: object) -> LoadResult:
    made = LoadResult(tuple(found), count, 1.7e9, 1.0, FIT)
    return replace(made, **more)  # type: ignore[arg-type]


def documented(
    found: LoadResult,
    aim: Aim | None = AIM,
    *,
    warmup: int = 0,
    stream: bool = False,
    **more: object,
) -> LoadDocument:
    plan = planned(found.planned - warmup, warmup, stream=stream)
    limits = limits_of(aim, None, None, streams=stream)
    shown = Background(plan, aim, "http://x/", (), "127.0.0.1", "loopback", str, limits=limits)
    return document(found, replace(shown, **more))  # type: ignore[arg-type]


@contextmanager
def scripted(statuses: Sequence[int]) -> Iterator[str]:
    """Answers each connection with the next status, and is gone after the last of them."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        thread = threading.Thread(target=_answer, args=(listener, statuses))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def _answer(listener: socket.socket, statuses: Sequence[int]) -> None:
    with suppress(OSError), listener:
        for status in statuses:
            connection, _ = listener.accept()
            with suppress(OSError), connection:
                connection.recv(65536)
                head = f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
                connection.sendall(head.encode())


def _coprime(one: int, other: int) -> bool:
    while other:
        one, other = other, one % other
    return one == 1
