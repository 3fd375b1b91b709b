"""How a field is written in YAML, as ``Annotated`` markers that schema and loader both read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal


@dataclass(frozen=True, slots=True)
class Quantity:
    """Marks a float that is written with a unit in YAML. ``kind`` selects the reader."""

    kind: Literal["duration", "duration-or-zero", "ratio"]


@dataclass(frozen=True, slots=True)
class Form:
    """Marks a string that has to have a certain form. ``kind`` selects the reader."""

    kind: Literal["name", "secret", "url", "url-path", "host"]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Lower bound: of a number, or of the length of a list."""

    minimum: int


@dataclass(frozen=True, slots=True)
class Described:
    """A sentence for the published JSON Schema."""

    text: str


Duration = Annotated[float, Quantity("duration")]
"""Seconds, more than 0; written ``500ms``, ``2s``, ``60m``, ``6h``, ``30d``, ``1w``."""

DurationOrZero = Annotated[float, Quantity("duration-or-zero")]
"""Seconds; ``0s`` is allowed."""

Ratio = Annotated[float, Quantity("ratio")]
"""0..1; written ``99.9%`` or ``0.999``."""

Count = Annotated[int, AtLeast(1)]
"""A whole number from 1."""

Name = Annotated[str, Form("name")]
"""Text that says something: not empty, no line break."""

SecretRef = Annotated[
    str, Form("secret"), Described("env:NAME or file:PATH; the value itself is refused")
]

Url = Annotated[str, Form("url"), Described("http or https, without credentials")]

UrlPath = Annotated[str, Form("url-path"), Described("path on the service, from its first /")]

Host = Annotated[str, Form("host"), Described("host name or address, without scheme or port")]
