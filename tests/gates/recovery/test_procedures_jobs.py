"""Which jobs back up what, how often, and where to."""

from __future__ import annotations

import pytest

from golive.api import Status
from golive_gates.recovery.procedures.settings import ScheduleOf
from golive_gates.recovery.settings import ChromaStore, Settings, SqliteStore
from tests.gates.recovery.procedures_parts import DATABASE, cron_job, judged, part
from tests.gates.saying import codes

SHOP = SqliteStore("shop", ("b",))
STORES = Settings(sqlite=(SHOP,), chroma=(ChromaStore("scripts", ("c",), rpo=86_400.0),))
CHROMA = cron_job(
    "30 23 * * *", name="backup-chroma", args="['http://chroma:8000', /backups/chroma]"
)
BOTH = DATABASE + cron_job() + CHROMA


def schedules(text: str, settings: Settings | None = None) -> tuple[Status, list[str]]:
    found = judged("backup-schedules", part(DATABASE + text), settings)
    return found.status, codes(found)


def job(**changed: str) -> tuple[Status, list[str]]:
    found = judged("backup-jobs", part(DATABASE + cron_job(**changed)))
    return found.status, codes(found)


def test_both_stores_are_backed_up_often_enough() -> None:
    assert schedules(cron_job() + CHROMA, STORES) == (Status.PASS, [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (cron_job("0 */8 * * *"), "schedule-gap"),
        (cron_job("0 0 29 2 *"), "schedule-rare"),
        (cron_job("0 */6 * *"), "schedule-invalid"),
        (cron_job(spec="timeZone: America/New_York"), "schedule-clock-change"),
        (cron_job(spec="timeZone: Mars/Olympus"), "schedule-zone"),
        (cron_job(spec="suspend: true"), "schedule-suspended"),
    ],
)
def test_a_schedule_that_does_not_hold_the_rpo(text: str, code: str) -> None:
    assert schedules(text) == (Status.FAIL, [code])
    assert schedules(text + CHROMA, STORES) == (Status.FAIL, [code])


def test_the_most_frequent_job_of_a_store_counts() -> None:
    weekly = cron_job("0 0 * * 0", name="backup-sqlite-weekly")
    assert schedules(weekly + cron_job()) == (Status.PASS, [])


def test_a_suspended_job_beside_one_that_runs_is_only_told() -> None:
    old = cron_job(name="backup-sqlite-old", spec="suspend: true")
    assert schedules(old + cron_job()) == (Status.WARN, ["schedule-suspended"])


def test_a_store_without_a_schedule_is_not_passed() -> None:
    assert schedules(cron_job(), STORES) == (Status.INCONCLUSIVE, ["store-unscheduled"])


def test_a_job_that_tells_no_store_is_said_and_can_be_given() -> None:
    text = cron_job(name="nightly-backup", args="[/data, /backups]")
    assert schedules(text) == (Status.WARN, ["schedule-unassigned"])
    given = Settings(sqlite=(SHOP,), schedules=(ScheduleOf("nightly-*", ("shop",)),))
    assert schedules(text, given) == (Status.PASS, [])


def test_a_job_that_says_nothing_of_backups_can_be_given() -> None:
    text = cron_job("0 */12 * * *", name="nightly", script="run.py", args="[/data/x]")
    assert schedules(text) == (Status.NOT_APPLICABLE, [])
    given = Settings(sqlite=(SHOP,), schedules=(ScheduleOf("nightly", ("shop",)),))
    assert schedules(text, given) == (Status.FAIL, ["schedule-gap"])


@pytest.mark.parametrize("name", ["backup-prune", "verify-backups", "backup-exporter"])
def test_jobs_around_backups_are_no_backups(name: str) -> None:
    assert schedules(cron_job(name=name)) == (Status.NOT_APPLICABLE, [])


def test_a_store_without_a_name_in_the_settings_is_refused() -> None:
    with pytest.raises(ValueError, match="no store is called gone"):
        Settings(sqlite=(SHOP,), schedules=(ScheduleOf("x", ("gone",)),))


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        ("cron.d/backup", "0 */6 * * * root /opt/backup.sh /var/shop.db", []),
        ("cron.d/backup", "0 0 * * * root /opt/backup.sh /var/shop.db", ["schedule-gap"]),
        ("crontab", "# daily\n@daily sqlite3 /var/shop.db '.backup x'", ["schedule-gap"]),
        ("crontab", "CRON_TZ=Nowhere\n0 * * * * backup /var/shop.db", ["schedule-zone"]),
        ("crontab", "0 25 * * * backup /var/shop.db", ["schedule-invalid"]),
        ("crontab", "@reboot backup /var/shop.db", ["schedule-form"]),
        ("crontab", "0 0 * * * /usr/bin/logrotate", []),
    ],
)
def test_crontabs(path: str, text: str, wanted: list[str]) -> None:
    found = judged("backup-schedules", part(units={path: text}))
    assert codes(found) == wanted


TIMER = "[Timer]\nOnCalendar={}\nRandomizedDelaySec={}\n"
SERVICE = "[Service]\nExecStart=/usr/bin/golive backup create \\\n  /var/shop.db\n"


@pytest.mark.parametrize(
    ("calendar", "delay", "wanted"),
    [
        ("*-*-* 00/6:00:00", "0", []),
        ("*-*-* 00/6:00:00", "30min", ["schedule-gap"]),
        ("daily", "0", ["schedule-gap"]),
        ("*-*~1", "0", ["schedule-form"]),
        ("\nOnUnitActiveSec=4h", "0", []),
        ("\nOnUnitActiveSec=7h", "0", ["schedule-gap"]),
    ],
)
def test_timers(calendar: str, delay: str, wanted: list[str]) -> None:
    units = {"units/shop.timer": TIMER.format(calendar, delay), "units/shop.service": SERVICE}
    assert codes(judged("backup-schedules", part(units=units))) == wanted


def test_a_sound_job() -> None:
    assert job() == (Status.PASS, [])


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"job": "backoffLimit: 2"}, Status.FAIL, "no-active-deadline"),
        ({"spec": "", "job": "backoffLimit: 2"}, Status.FAIL, "may-overlap"),
        ({"spec": "", "job": "activeDeadlineSeconds: 30000"}, Status.FAIL, "may-overlap"),
        ({"job": "activeDeadlineSeconds: 30000"}, Status.WARN, "deadline-beyond-step"),
        (
            {"spec": "concurrencyPolicy: Replace", "job": "backoffLimit: 2"},
            Status.WARN,
            "replaced-midway",
        ),
        (
            {"spec": "concurrencyPolicy: Forbid\nstartingDeadlineSeconds: 9"},
            Status.FAIL,
            "starting-deadline-short",
        ),
        (
            {"spec": "concurrencyPolicy: Forbid\nstartingDeadlineSeconds: 30000"},
            Status.WARN,
            "starting-beyond-step",
        ),
        (
            {"spec": "concurrencyPolicy: Forbid\nfailedJobsHistoryLimit: 0"},
            Status.FAIL,
            "no-failed-history",
        ),
        (
            {"spec": "concurrencyPolicy: Forbid\nsuccessfulJobsHistoryLimit: 0"},
            Status.WARN,
            "no-successful-history",
        ),
        ({"job": "activeDeadlineSeconds: 600\nbackoffLimit: 0"}, Status.WARN, "no-retry"),
        ({"args": "[/data/shop.db, /data/backups]"}, Status.FAIL, "target-live"),
        ({"args": "[/tmp/x]"}, Status.FAIL, "target-gone"),
        ({"args": "[/data/shop.db, /backups]", "volumes": "- {name: x}"}, Status.INCONCLUSIVE,
         "target-unknown"),
        (
            {"volumes": "- {name: backups, hostPath: {path: /srv}}"},
            Status.WARN,
            "target-host",
        ),
        (
            {
                "volumes": "- {name: backups, persistentVolumeClaim: {claimName: store-chroma-0}}",
            },
            Status.FAIL,
            "target-live",
        ),
    ],
)  # fmt: skip
def test_a_job_that_is_not(changed: dict[str, str], status: Status, code: str) -> None:
    assert job(**changed) == (status, [code])


def test_without_a_deadline_of_its_own_a_short_run_cannot_overlap() -> None:
    assert job(spec="concurrencyPolicy: Allow") == (Status.PASS, [])


def test_a_target_beyond_the_cluster_needs_no_volume() -> None:
    assert job(args="[/data/shop.db, 's3://bucket/shop']", volumes="- {name: x}") == (
        Status.PASS,
        [],
    )
