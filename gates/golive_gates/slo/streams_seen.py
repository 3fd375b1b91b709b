"""When a set of streams says nothing about the service, whatever the question. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from golive.api import Reason
from golive_gates.slo.parts import CLIENT_ERRORS, HUNG, LIMITED, Streams, StreamSample
from golive_gates.slo.settings import Settings

AUTH = (401, 403)


def nothing_to_judge(part: Streams, settings: Settings) -> Reason | None:
    """Why no verdict may rest on *part*, or ``None``."""
    samples = part.samples
    sent = len(samples) + part.limited
    if part.limited > settings.limited_share * sent:
        return Reason("rate-limited", {"limited": part.limited, "sent": sent})
    if not samples:
        return Reason("no-samples", {"planned": part.planned})
    if all(s.status is None and s.failure not in HUNG for s in samples):
        return Reason("unreachable", {"detail": samples[0].failure, "n": len(samples)})
    refused = [s for s in samples if refused_by_target(s)]
    share = len(refused) / len(samples)
    if part.stopped == CLIENT_ERRORS or share > 1 - settings.completion_objective:
        status = refused[0].status if refused else 0
        code = "unauthorised" if status in AUTH else "refused-request"
        return Reason(code, {"status": status or 0, "count": len(refused), "n": len(samples)})
    return None


def why_open(part: Streams, params: Mapping[str, str | int | float]) -> Reason:
    """Why a plan stayed undecided: too few streams and what cut them short, or plain statistics."""
    if part.stopped == LIMITED:
        sent = len(part.samples) + part.limited
        return Reason("rate-limited", {**params, "limited": part.limited, "sent": sent})
    return Reason("stopped" if part.stopped else "undecided", params)


def refused_by_target(sample: StreamSample) -> bool:
    """Whether the target called the request itself wrong: golive's fault until shown otherwise."""
    return sample.status is not None and 400 <= sample.status < 500


def complete(sample: StreamSample) -> bool:
    """Whether the stream brought content and ended with its terminal event."""
    ended = not sample.failure and sample.terminal is not None
    return ended and sample.first_content is not None


def broken(sample: StreamSample) -> bool:
    """Whether a user saw the stream fail: no answer, 5xx, or an end before the terminal event."""
    return not refused_by_target(sample) and not complete(sample)
