"""Fallbacks that fail when they are needed, and backups that do not bring the data back.

The drill asks faster and tries fewer faults than a real run; its thresholds are the same.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.variants import (
    Variant,
    checks_of,
    demand_its_cause_and_nothing_else,
    run_demo,
)

_ALONE = ("--gate", "recovery", "--rate-limit", "6000/60s", "--set", "profile.gates=[recovery]")
_WITHIN = (
    *("--set", "gates.recovery.providers.breaker_requests=2"),
    *("--set", "gates.recovery.providers.both_down=[status-503]"),
    *("--set", "gates.recovery.providers.answer_within=15s"),
    *("--set", "gates.recovery.providers.recovery_within=8s"),
)
_FAULTS = "gates.recovery.providers.faults="
FALLBACK = (*_ALONE, *_WITHIN, "--set", f"{_FAULTS}[status-429, status-503, truncate@3]")
BACKUPS = (*_ALONE, *_WITHIN, "--set", f"{_FAULTS}[status-503]")

FOUND = "inspected-wrong"
PREFIX = "recovery.provider-"


def provider(*names: str) -> frozenset[str]:
    return frozenset(PREFIX + name for name in names)


def after(*names: str) -> frozenset[str]:
    return frozenset(f"recovery.{name}" for name in names)


FALLBACKS = (
    Variant(
        *("no-fallback", 1, f"{PREFIX}fallback", "not-fallen-back"),
        provider("whole", "first-content", "spend"),
    ),
    Variant("fallback-splices", 1, f"{PREFIX}whole", "not-whole"),
    Variant("sdk-retries-eat-budget", 1, f"{PREFIX}first-content", "late"),
    Variant("truncation-is-an-end", 1, f"{PREFIX}whole", "not-whole"),
    Variant("user-errors-fall-back", 1, f"{PREFIX}user-errors", "tried-elsewhere"),
    Variant("silent-outage", 1, f"{PREFIX}outage", "not-told"),
    Variant(
        *("sticks-to-secondary", 1, f"{PREFIX}return", "not-used-again"),
        provider("fallback", "whole", "first-content", "outage", "user-errors"),
    ),
    Variant(
        *("wrong-provider-first", 1, f"{PREFIX}order", "swapped"),
        provider("healthy", "fallback", "whole", "first-content")
        | provider("return", "outage", "user-errors", "spend"),
    ),
)
UNSEARCHED = after(
    *("chroma-queries", "chroma-content", "chroma-consistency", "rpo", "rto", "drill-sound")
)
UNRESTORED = after(
    *("sqlite-schema", "sqlite-content", "chroma-consistency", "rpo", "rto", "drill-sound"),
    "restored-service",
)
UNOPENED = UNSEARCHED | after("chroma-vectors")
LOST = (
    Variant("backup-gap", 1, "recovery.backup-gaps", FOUND),
    Variant(
        *("backup-without-wal", 1, "recovery.sqlite-content", FOUND),
        after("rpo", "drill-sound"),
    ),
    Variant(*("backup-truncated", 1, "recovery.sqlite-restores", FOUND), UNRESTORED),
    Variant(*("backup-torn", 1, "recovery.sqlite-restores", FOUND), UNRESTORED),
    Variant(*("backup-empty", 1, "recovery.sqlite-restores", FOUND), UNRESTORED),
    Variant(
        *("backup-flipped-byte", 1, "recovery.sqlite-content", FOUND), after("rpo", "drill-sound")
    ),
    Variant(
        *("backup-from-the-future", 1, "recovery.backup-clock", FOUND),
        after("chroma-consistency"),
    ),
    Variant(
        *("backup-before-migration", 1, "recovery.sqlite-schema", FOUND),
        after("sqlite-content", "rpo", "drill-sound"),
    ),
    Variant("backup-stale", 1, "recovery.rpo", FOUND),
    Variant("backup-short-history", 1, "recovery.retention", FOUND),
    Variant(*("backup-without-vectors", 1, "recovery.chroma-vectors", FOUND), UNSEARCHED),
    Variant(*("backup-halved-vectors", 1, "recovery.chroma-vectors", FOUND), UNSEARCHED),
    Variant(*("backup-without-index-metadata", 1, "recovery.chroma-vectors", FOUND), UNSEARCHED),
    Variant(*("backup-truncated-snapshot", 1, "recovery.chroma-restores", FOUND), UNOPENED),
    Variant(
        *("backup-hollow-vectors", 1, "recovery.chroma-queries", FOUND),
        UNSEARCHED - after("chroma-queries"),
    ),
    Variant("backup-stale-snapshot", 1, "recovery.rpo", FOUND),
)


@pytest.mark.parametrize("variant", FALLBACKS, ids=lambda v: v.name)
def test_fallback_names_its_cause_and_nothing_else(variant: Variant, tmp_path: Path) -> None:
    demand_its_cause_and_nothing_else(variant, tmp_path, FALLBACK, ("recovery",))


@pytest.mark.parametrize("variant", LOST, ids=lambda v: v.name)
def test_backup_names_its_cause_and_nothing_else(variant: Variant, tmp_path: Path) -> None:
    demand_its_cause_and_nothing_else(variant, tmp_path, BACKUPS, ("recovery",))


def test_characters_in_two_packets(tmp_path: Path) -> None:
    variant = Variant("decodes-packet-by-packet", 1, f"{PREFIX}healthy", "not-as-told")
    options = (*_ALONE, *_WITHIN, "--set", f"{_FAULTS}[status-503, split-utf8]")
    demand_its_cause_and_nothing_else(variant, tmp_path, options, ("recovery",))


def test_an_interrupted_backup_is_a_warning_and_nothing_else(tmp_path: Path) -> None:
    cause = "recovery.backups-found"
    done, record = run_demo(tmp_path, "--broken", "backup-interrupted", "--lang", "en", *BACKUPS)
    checks = checks_of(record, "recovery")
    said = {i: c["status"] for i, c in checks.items() if c["status"] != "pass"}
    assert {i: s for i, s in said.items() if s != "not-applicable"} == {cause: "warn"}
    assert [f["code"] for f in checks[cause]["findings"]] == ["backup-interrupted"]
    assert (record["decision"], done.returncode) == ("CONDITIONAL", 0)


def test_an_empty_snapshot_fails_alone_and_its_size_is_a_warning(tmp_path: Path) -> None:
    cause, small = "recovery.chroma-restores", "recovery.backup-anomalies"
    done, record = run_demo(tmp_path, "--broken", "backup-empty-snapshot", "--lang", "en", *BACKUPS)
    checks = checks_of(record, "recovery")
    said = {i: c["status"] for i, c in checks.items() if c["status"] != "pass"}
    opened = {i: s for i, s in said.items() if s != "not-applicable"}
    assert opened == {cause: "fail", small: "warn", **dict.fromkeys(UNOPENED, "inconclusive")}
    assert {checks[i]["blocked_by"] for i in UNOPENED} == {cause}
    assert [f["code"] for f in checks[cause]["findings"]] == ["chroma-empty"]
    assert [f["code"] for f in checks[small]["findings"]] == ["size-dropped"]
    assert (record["decision"], done.returncode) == ("NO_GO", 1)


def test_double_spend_is_a_condition_and_nothing_else(tmp_path: Path) -> None:
    cause = f"{PREFIX}spend"
    done, record = run_demo(tmp_path, "--broken", "asks-both-providers", "--lang", "en", *BACKUPS)
    settled = ("pass", "not-applicable")
    open_checks = {
        i: (c["status"], c["reason_code"])
        for i, c in checks_of(record, "recovery").items()
        if c["status"] not in settled
    }
    assert open_checks.keys() == {cause}, open_checks
    assert open_checks[cause] == ("fail", "asked-both")
    assert (record["decision"], done.returncode) == ("CONDITIONAL", 0)
    assert cause in done.stdout
