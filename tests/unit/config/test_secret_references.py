"""Secrets that settings refer to are found wherever their type has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from golive.config.markers import Name, SecretRef
from golive.config.secret_references import secret_references


@dataclass(frozen=True)
class Inner:
    token: SecretRef
    name: Name = "env:NOT_ONE"


@dataclass(frozen=True)
class Outer:
    plain: str = "env:PLAIN"
    direct: SecretRef | None = None
    inner: Inner | None = None
    several: tuple[Inner, ...] = ()
    by_name: Mapping[str, Inner] = field(default_factory=dict)
    refs: Mapping[str, SecretRef] = field(default_factory=dict)


def test_nothing_is_found_where_nothing_is_given() -> None:
    assert list(secret_references(Outer, Outer())) == []


def test_every_place_is_looked_at() -> None:
    given = Outer(
        direct="env:A",
        inner=Inner("env:B"),
        several=(Inner("file:c"), Inner("env:D")),
        by_name={"x": Inner("env:E")},
        refs={"y": "env:F"},
    )
    found = list(secret_references(Outer, given))
    assert found == ["env:A", "env:B", "file:c", "env:D", "env:E", "env:F"]
