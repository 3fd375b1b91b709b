"""Waiting until a service is ready, and asking it. Pure, but for the requests themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import quote

from golive.probe.exchange import Exchange
from golive.probe.http import HttpProbe
from golive.sanitize import clean
from golive_gates.recovery.service.records import Answer
from golive_gates.recovery.service.settings import VALUE

FIRST, LONGEST, GROWTH = 0.02, 1.0, 0.1
SHOWN = 80


def looks(within: float) -> tuple[float, ...]:
    """Seconds between looks at readiness, the last of them at *within*.

    A tenth of what has passed: a start of any length is timed to a tenth of itself.
    """
    found: list[float] = []
    passed = 0.0
    while passed < within:
        pause = min(max(FIRST, passed * GROWTH), LONGEST, within - passed)
        # What is left after rounding is no further look.
        passed = within if within - passed - pause < FIRST else passed + pause
        found.append(pause)
    return tuple(found)


async def ask(
    probe: HttpProbe, root: str, path: str, value: str, headers: Mapping[str, str], within: float
) -> Answer:
    """Ask for *value*. Trouble is in the answer."""
    url = root + path.replace(VALUE, quote(value, safe=""))
    got = await probe.call("GET", url, headers=headers, timeout=within)
    return Answer(
        clean(value, SHOWN),
        got.status,
        got.ok and contains(got.text(), value),
        clean(str(got.failure), 200) if got.failure else "",
        got.elapsed,
    )


def contains(body: str, value: str) -> bool:
    """Whether *value* stands in *body* by itself, as it is or as JSON writes it.

    ``15`` is not in ``{"total": 150}``: ASCII letters, digits and ``_`` around it make it another.
    """
    forms = {value, *(json.dumps(value, ensure_ascii=plain)[1:-1] for plain in (True, False))}
    within = "|".join(map(re.escape, forms))
    return re.search(rf"(?<![0-9A-Za-z_])(?:{within})(?![0-9A-Za-z_])", body) is not None


def said_of(look: Exchange) -> str:
    """What one look at readiness gave, in words."""
    return clean(str(look.failure), 200) if look.failure else f"HTTP {look.status}"
