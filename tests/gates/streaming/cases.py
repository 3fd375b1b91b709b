"""One passing, failing and no-evidence observation for every check of gate `streaming`."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import Observation, Reason, Unavailable
from golive_gates.streaming.parts import CLOSED, DIRECT, FRONT
from golive_gates.streaming.settings import Settings
from tests.gates.streaming import parts as p
from tests.gates.streaming.lifecycle_cases import LIFECYCLE
from tests.gates.streaming.proxy_cases import PROXIES

Case = tuple[Observation, Settings]

USUAL = Settings(idle_limit=30.0, idle_for=20.0, resume="continue", connection_limit=8)


@dataclass(frozen=True)
class Cases:
    """Observation and settings by the status that a judge has to give."""

    passing: Case
    failing: Case
    no_evidence: Case


def _cases(passing: Observation, failing: Observation, no_evidence: Observation) -> Cases:
    return Cases((passing, USUAL), (failing, USUAL), (no_evidence, USUAL))


def _missing(part: str, code: str, **params: str) -> Observation:
    return Observation({part: Unavailable(Reason(code, params))})


_BUFFERED = p.wire(
    *(s for _ in range(5) for s in (p.seen(FRONT, shared=60, first=2.6), p.seen(DIRECT)))
)
_NO_STREAM = p.wire(p.failed(), p.failed(), direct=False)
_GZIP = (p.head(FRONT, "gzip", content_encoding="gzip"), p.head(DIRECT, "gzip"))
_DEAD = p.heads(p.head(status=502), compressing=(p.head(status=502),), direct=False)
_STARVED = p.many(50, *(p.one(took=20.0) for _ in range(10)))
_MIXED = p.many(50, p.one("wrong-content"))
_BROKEN = p.many(50, *(p.one("truncated", matches=None) for _ in range(20)))
_NOTHING = p.held(stages=(), planned=60)
_OVER = tuple(p.refused() for _ in range(4))

CASES: dict[str, Cases] = {
    "streaming.effective-buffering": _cases(
        p.observed(p.wire()), p.observed(_BUFFERED), p.observed(_NO_STREAM)
    ),
    "streaming.compression": _cases(
        p.observed(p.heads()), p.observed(p.heads(compressing=_GZIP)), p.observed(_DEAD)
    ),
    "streaming.headers": _cases(
        p.observed(p.heads()),
        p.observed(p.heads(p.head(cache_control=None), p.head(DIRECT))),
        p.observed(_DEAD),
    ),
    "streaming.http-version": _cases(
        p.observed(p.heads()),
        p.observed(p.heads(p.head(version="HTTP/1.0"))),
        p.observed(_DEAD),
    ),
    "streaming.heartbeat": _cases(
        p.observed(p.idle(p.silent())),
        p.observed(p.idle(p.silent(every=100.0))),
        p.observed(p.idle()),
    ),
    "streaming.idle-stream": _cases(
        p.observed(p.idle(p.silent())),
        p.observed(p.idle(p.silent(silence=12.0, failure="reset"))),
        p.observed(p.idle()),
    ),
    "streaming.keep-alive": _cases(
        p.observed(p.idle()),
        p.observed(p.idle(connection=p.kept(CLOSED, 5.0))),
        p.observed(p.idle(connection=p.kept("", 0.0, first_status=None))),
    ),
    "streaming.resume": _cases(
        p.observed(p.resumed()),
        p.observed(p.resumed(joined=False, second_ids=p.IDS[4:])),
        _missing("Resume", "not-declared"),
    ),
    "streaming.held-streams": _cases(
        p.observed(p.held()), p.observed(p.held(p.many(10), _BROKEN)), p.observed(_NOTHING)
    ),
    "streaming.fairness": _cases(
        p.observed(p.held()), p.observed(p.held(p.many(10), _STARVED)), p.observed(_NOTHING)
    ),
    "streaming.content-intact": _cases(
        p.observed(p.held(), p.wire()),
        p.observed(p.held(p.many(10), _MIXED), p.wire()),
        p.observed(_NOTHING, p.wire()),
    ),
    "streaming.connection-limit": _cases(
        p.observed(p.limit(*_OVER)), p.observed(p.limit()), _missing("Limit", "not-declared")
    ),
    "streaming.reload": _cases(
        p.observed(p.reload()),
        p.observed(p.reload(p.CUT, p.WHOLE)),
        _missing("Reload", "drill-not-allowed", setting="reload_command"),
    ),
    "streaming.drain": _cases(
        p.observed(p.drain()),
        p.observed(p.drain(p.CUT, p.WHOLE)),
        _missing("Drain", "drill-not-allowed", setting="drain_command"),
    ),
    **{
        check: Cases(*((o, Settings()) for o in seen))
        for check, seen in (LIFECYCLE | PROXIES).items()
    },
}
