"""How fast golive may send without meeting the target's own rate limit. Pure."""

from __future__ import annotations

from golive.config.model import RateLimit


def allowed_rate(
    wanted: float, limit: RateLimit | None, path: str, share: float, series: int = 1
) -> float:
    """Requests a second for *path*: *wanted*, but at most *share* of the declared limit.

    Evenly spaced sends at this rate stay below the limit in any window of its length, whether
    the target counts a fixed window, a sliding one or tokens. *series*: how many such senders
    run side by side and so divide the limit.
    """
    if limit is None or not any(path.startswith(prefix) for prefix in limit.paths):
        return wanted
    return min(wanted, share * limit.requests / limit.window / series)


def join(base: str, path: str) -> str:
    """URL of *path* below a service's base URL."""
    return f"{base.rstrip('/')}/{path.lstrip('/')}"
