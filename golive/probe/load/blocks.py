"""Whole blocks of an event stream, cut apart without making records of them."""

from __future__ import annotations

from collections.abc import Iterator


def blocks_of(text: bytes) -> Iterator[tuple[bytes, bytes | None]]:
    """The events in *text* as type and data, and each comment as ``(b"", None)``, in order.

    *text* begins a block, ends with an empty line, and all its line ends are LF. An event
    without a type has the type ``b""``. Rules: WHATWG HTML, section 9.2.
    """
    for block in text[:-2].split(b"\n\n"):
        name = b""
        data: bytes | None = None
        more: list[bytes] | None = None
        for line in block.split(b"\n"):
            if line[:5] == b"data:":
                value = line[6:] if line[5:6] == b" " else line[5:]
            elif line[:6] == b"event:":
                name = line[7:] if line[6:7] == b" " else line[6:]
                continue
            elif line[:1] == b":":
                yield b"", None
                continue
            elif line == b"data":
                value = b""
            else:
                # id and retry are in no count, unknown fields mean nothing, and a bare
                # "event" takes a type back.
                name = b"" if line == b"event" else name
                continue
            if data is None:
                data = value
            elif more is None:
                more = [data, value]
            else:
                more.append(value)
        if data is not None:
            yield name, data if more is None else b"\n".join(more)
