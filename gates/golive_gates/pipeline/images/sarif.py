"""SARIF of Trivy and Grype: what it holds of an image, which is less than their JSON.

Sources: Trivy's sarif.go (the run's ``properties`` name the image and its ``repoDigests``, a
rule's ``tags`` end in the severity, messages have ``Fixed Version: ``), Grype's SARIF presenter
(no digest; ``security-severity`` alone), SARIF 2.1.0 (``invocations``, ``suppressions``). Neither
says when it was made unless somebody adds an invocation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from golive_gates.pipeline.images.parts import SEVERITIES, Kind, Report, Weakness
from golive_gates.pipeline.images.values import digests, mapping, mappings, moment, text, texts

_FIXED = re.compile(r"^Fixed Version: ?(\S.*)$", re.MULTILINE)
_PACKAGE = re.compile(r"^Package: ?(\S.*)$", re.MULTILINE)
_SCORES = ((9.0, "CRITICAL"), (7.0, "HIGH"), (4.0, "MEDIUM"), (0.1, "LOW"))


def reports(data: Mapping[str, Any], path: str) -> tuple[Report, ...]:
    """One for each run of a scanner that is known."""
    return tuple(_reports(data, path))


def _reports(data: Mapping[str, Any], path: str) -> Iterator[Report]:
    for run in mappings(data.get("runs")):
        driver = mapping(mapping(run.get("tool")).get("driver"))
        tool = text(driver.get("name")).lower()
        if tool not in ("trivy", "grype") or not isinstance(run.get("results"), list):
            continue
        about = mapping(run.get("properties"))
        rules = {text(r.get("id")): r for r in mappings(driver.get("rules"))}
        results = mappings(run.get("results"))
        ends = [moment(i.get("endTimeUtc")) for i in mappings(run.get("invocations"))]
        weaknesses = [(_weakness(r, rules), bool(_suppressed(r))) for r in results]
        name = text(about.get("imageName"))
        yield Report(
            path,
            tool,
            text(driver.get("version")),
            name,
            bool(name or about.get("repoDigests")),
            digests(about.get("repoDigests"), name if "@" in name else None),
            max((e for e in ends if e is not None), default=None),
            # Nothing but its findings shows that anything was looked at.
            bool(results),
            tuple(w for w, ignored in weaknesses if not ignored),
            tuple(w for w, ignored in weaknesses if ignored),
        )


def _weakness(result: Mapping[str, Any], rules: Mapping[str, Mapping[str, Any]]) -> Weakness:
    rule_id = text(result.get("ruleId"))
    about = mapping(mapping(rules.get(rule_id)).get("properties"))
    tags = [t.upper() for t in texts(about.get("tags"))]
    kind: Kind = "vulnerability"
    if "SECRET" in tags:
        kind = "secret"
    elif "MISCONFIGURATION" in tags:
        kind = "misconfiguration"
    said = mapping(result.get("message")).get("text")
    # The message about a secret holds the line that it stands in.
    message = said[:4000] if isinstance(said, str) and kind == "vulnerability" else ""
    fixed, package = _FIXED.search(message), _PACKAGE.search(message)
    return Weakness(
        rule_id or "?",
        _severity(tags, about.get("security-severity")),
        text(package[1]) if package else "",
        text(fixed[1]) if fixed else "",
        kind,
    )


def _severity(tags: list[str], score: object) -> str:
    named = next((t for t in tags if t in SEVERITIES), None)
    if named is not None:
        return named
    try:
        number = float(score) if isinstance(score, str | int | float) else -1.0
    except (ValueError, OverflowError):
        return "UNKNOWN"
    return next((name for least, name in _SCORES if number >= least), "UNKNOWN")


def _suppressed(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [s for s in mappings(result.get("suppressions")) if s.get("status") != "rejected"]
