"""The rules of a stream, prepared once for the many events they are applied to."""

from __future__ import annotations

import json
from collections.abc import Callable

from golive.probe.load.sketch import Sketch
from golive.probe.trace import StreamRules

CONTENT, ERROR, HEARTBEAT, TERMINAL = 1, 2, 4, 8


class StreamSpec:
    """What to do with an event, by its type.

    *kinds* maps an event type, as bytes and as text (``None``: unnamed), to what the rules say
    about it. *whole*: the data of a content event is content as it stands.
    *fast*: whether events may be cut apart without a parser, *max_direct* the largest of them.
    *spilled* takes the gaps that do not fit into a stream's own record.
    """

    __slots__ = (
        "content_path",
        "ends_at_eof",
        "error_path",
        "fast",
        "keep_gaps",
        "kinds",
        "max_bytes",
        "max_direct",
        "rules",
        "spilled",
        "stall_after",
        "terminal_data",
        "whole",
    )

    def __init__(self, rules: StreamRules, *, stall_after: float, keep_gaps: int) -> None:
        self.rules = rules
        self.max_bytes = rules.max_bytes
        self.stall_after = stall_after
        self.keep_gaps = keep_gaps
        self.spilled = Sketch()
        self.ends_at_eof = not rules.terminal_event
        self.terminal_data = rules.terminal_data
        self.content_path = _path(rules.content_field)
        self.error_path = _path(rules.error_field)
        self.kinds: dict[bytes | str | None, int] = {}
        for types, flag in (
            (rules.content_events, CONTENT),
            (rules.error_events, ERROR),
            (rules.heartbeat_events, HEARTBEAT),
            ((rules.terminal_event,) if rules.terminal_event else (), TERMINAL),
        ):
            for name in types:
                for key in (name, name.encode("utf-8", "surrogatepass")):
                    self.kinds[key] = self.kinds.get(key, 0) | flag
        # A stream that names no type, or an empty one, means "message".
        self.kinds[b""] = self.kinds[None] = self.kinds.get(b"message", 0)
        self.whole = self.content_path is None and self.error_path is None
        # Types are compared as bytes on the fast path, where invalid bytes are not yet U+FFFD.
        self.fast = not any("\ufffd" in name for name in self.kinds if isinstance(name, str))
        self.max_direct = rules.max_event_bytes if self.fast else -1

    def content_of(self, raw: bytes | str) -> tuple[object, object]:
        """What the rules find in the data of a content event: the content, and the error.

        ``ValueError`` if it should have been JSON and is not.
        """
        data = raw if isinstance(raw, str) else str(raw, "utf-8", "replace")
        value = decode(data)
        if self.error_path is not None:
            error = walk(value, self.error_path)
            if error is not None:
                return None, error
        return data if self.content_path is None else walk(value, self.content_path), None


def _path(field: str | None) -> tuple[str, ...] | None:
    return None if field is None else tuple(field.split("."))


def _reject(name: str) -> object:
    message = f"{name} is not JSON"
    raise ValueError(message)


# One decoder for all: json.loads makes a new one for every call with parse_constant.
_decoder = json.JSONDecoder(parse_constant=_reject)
_scan: Callable[[str, int], tuple[object, int]] = vars(_decoder)["scan_once"]


def decode(data: str) -> object:
    """*data* as JSON, as ``golive.probe.exchange.parse_json`` does. ``ValueError`` if not."""
    try:
        value: object
        try:
            value, end = _scan(data, 0)
        except StopIteration:
            end = -1
        # White space around it, or an error that is worth its words.
        return value if end == len(data) else _decoder.decode(data)
    except RecursionError:
        raise ValueError("JSON nested too deeply") from None


def walk(value: object, path: tuple[str, ...]) -> object:
    """The value at *path*; ``None`` if there is no such place."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
