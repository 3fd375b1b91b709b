"""The published schema: valid, closed, and of one mind with the loader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import jsonschema
import pytest

from golive.config.forms import FORMS
from golive.config.markers import Duration
from golive.config.quantities import QuantityError
from golive.config.schema import config_schema
from golive.vocabulary import STANDARD_GATES


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a made-up gate."""

    pause: Duration = 1.0
    names: tuple[str, ...] = ()
    pair: tuple[int, int] | None = None


SCHEMA = config_schema({"mine": Settings})


def test_it_is_a_valid_schema_without_any_host() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == "urn:golive:config:v1"


def test_every_object_with_fields_is_closed_and_described() -> None:
    for name, definition in SCHEMA["$defs"].items():
        assert definition["additionalProperties"] is False, name
        assert definition["description"], name
    assert SCHEMA["additionalProperties"] is False
    assert SCHEMA["required"] == ["apiVersion", "service"]


def test_gate_sections_are_held_to_their_settings() -> None:
    gates = SCHEMA["properties"]["gates"]
    assert gates["properties"]["mine"] == {"$ref": "#/$defs/Settings"}
    assert set(STANDARD_GATES) < set(gates["properties"])
    assert gates["additionalProperties"] is False
    assert config_schema()["properties"]["gates"]["additionalProperties"] is True


def accepts(document: dict[str, Any]) -> bool:
    base = {"apiVersion": "golive/v1", "service": {"name": "a", "version": "1"}}
    validator: Any = jsonschema.Draft202012Validator(SCHEMA)
    return bool(validator.is_valid({**base, **document}))


def test_a_document_by_the_published_schema() -> None:
    assert accepts({"gates": {"mine": {"pause": "2s", "pair": [1, 2]}}})
    assert not accepts({"gates": {"mine": {"pause": 2}}})
    assert not accepts({"gates": {"mine": {"pair": [1]}}})
    assert not accepts({"gates": {"other": {}}})
    assert not accepts({"unknown": 1})


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("duration", "2s"),
        ("duration", "1h30m"),
        ("duration", "2"),
        ("duration", 2),
        ("duration", "2 s"),
        ("duration-or-zero", "0s"),
        ("ratio", "99.9%"),
        ("ratio", "0.999"),
        ("ratio", 0.5),
        ("ratio", 99.9),
        ("ratio", "99.9"),
        ("objective", ">= 99%"),
        ("objective", "≥ 0.99"),
        ("objective", "99%"),
        ("secret", "env:A"),
        ("secret", "file:a b"),
        ("secret", "value"),
        ("url", "http://a:80/x"),
        ("url", "http://u:p@a"),
        ("url", "ftp://a"),
        ("url-path", "/a"),
        ("url-path", "a"),
        ("url-path", "//a"),
        ("host", "a.example"),
        ("host", "http://a"),
        ("name", "a"),
        ("name", " "),
    ],
)
def test_pattern_and_reader_agree(form: str, value: object) -> None:
    try:
        FORMS[form].read(value)
        read = True
    except QuantityError:
        read = False
    validator: Any = jsonschema.Draft202012Validator(dict(FORMS[form].schema))
    assert bool(validator.is_valid(value)) is read


def test_patterns_compile() -> None:
    for form in FORMS.values():
        pattern = form.schema.get("pattern")
        if isinstance(pattern, str):
            assert re.compile(pattern).groups == 0 or "(" in pattern
