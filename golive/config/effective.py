"""The configuration as the run record keeps it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from golive.codec import encode
from golive.config.model import Config
from golive.config.quantities import is_sensitive

MASK = "***"
_USERINFO = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)[^/@\s]+@")
_PARAMETER = re.compile(r"([?&;]([^=&;#\s]+)=)([^&;#\s]+)")
_REFERENCE = re.compile(r"(?:env|file):\S+")


def effective(config: Config) -> dict[str, Any]:
    """*config* as JSON-able data that ``codec.decode(Config, ...)`` takes back.

    Secrets are references already. What a URL or a request body may hold beside them is masked:
    user information, query parameters and entries whose name says credential.
    """
    masked = _masked(encode(config))
    return dict(masked) if isinstance(masked, Mapping) else {}


def _masked(value: object, key: str = "") -> object:
    if isinstance(value, Mapping):
        return {str(name): _masked(item, str(name)) for name, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, key) for item in value]
    if not isinstance(value, str):
        return value
    if is_sensitive(key) and value and not _REFERENCE.fullmatch(value):
        return MASK
    text = _USERINFO.sub(rf"\1{MASK}@", value)
    return _PARAMETER.sub(lambda m: m[1] + MASK if is_sensitive(m[2]) else m[0], text)
