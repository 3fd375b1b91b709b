"""From the samples and types of a page to families."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from golive_gates.observability.metrics.inventory import Family, Kind, Series

Key = tuple[str, tuple[tuple[str, str], ...]]

_OWN: Mapping[str, tuple[str, ...]] = {
    "counter": ("", "_total"),
    "gauge": ("",),
    "histogram": ("_bucket", "_count", "_sum"),
    "summary": ("", "_count", "_sum"),
    "info": ("", "_info"),
    "stateset": ("",),
    "gaugehistogram": ("_bucket", "_gcount", "_gsum"),
    "unknown": ("",),
    "untyped": ("",),
}


def assembled(
    types: Mapping[str, tuple[Kind, str]],
    helps: Mapping[str, str],
    samples: Mapping[Key, Series],
    *,
    total: bool,
) -> tuple[dict[str, Family], list[tuple[str, str, int]]]:
    """Families by name, and remarks as ``(code, subject, line)``.

    What no TYPE covers is a family of its own, ``untyped``; ``_created`` a gauge. ``total``: a
    counter's TYPE leaves ``_total`` out, as in OpenMetrics.
    """
    owner = {
        f"{name}{suffix}": name
        for name, (_, word) in types.items()
        for suffix in _OWN.get(word, ("",))
    }
    grouped: dict[str, list[Series]] = {name: [] for name in types}
    for one in samples.values():
        grouped.setdefault(owner.get(one.name, one.name), []).append(one)
    families: dict[str, Family] = {}
    remarks: list[tuple[str, str, int]] = []
    for name, series in grouped.items():
        kind, word = types.get(name, (_untyped(name, types), ""))
        stored = _stored(name, word, series, total=total)
        families[stored] = Family(stored, kind, tuple(series), helps.get(name, ""))
        remarks.extend(_remarks(name, word, series))
    return families, remarks


def _untyped(name: str, types: Mapping[str, object]) -> Kind:
    return "gauge" if name.removesuffix("_created") in types else "untyped"


def _stored(name: str, word: str, series: list[Series], *, total: bool) -> str:
    """A counter goes by the name of its series."""
    if word not in ("counter", "info"):
        return name
    if not series and word == "counter" and total:
        return f"{name.removesuffix('_total')}_total"
    return next((s.name for s in series), name)


def _remarks(name: str, word: str, series: list[Series]) -> Iterable[tuple[str, str, int]]:
    if word == "counter" and any(s.value is not None and s.value < 0 for s in series):
        yield "kind", name, 0
    if word == "histogram":
        buckets: dict[tuple[tuple[str, str], ...], set[str]] = {}
        plain = False
        for one in series:
            plain = plain or one.name != f"{name}_bucket"
            if one.name == f"{name}_bucket":
                rest = tuple(sorted((k, v) for k, v in one.labels.items() if k != "le"))
                buckets.setdefault(rest, set()).add(one.labels.get("le", ""))
        if any("+Inf" not in found for found in buckets.values()) or (plain and not buckets):
            yield "no-infinity", name, 0
