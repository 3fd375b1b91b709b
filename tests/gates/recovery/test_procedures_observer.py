"""What is found of procedures in a folder, and what people attest."""

from __future__ import annotations

import asyncio
import json
from contextlib import chdir
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.api import EvidenceLevel, Observation, Status, Unavailable
from golive.codec import decode, encode
from golive.config.release import Attestation
from golive.linting import look
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.reading import read_release
from golive_gates.recovery.checks import encryption
from golive_gates.recovery.files import GATE
from golive_gates.recovery.observers.procedures import ProceduresObserver
from golive_gates.recovery.observers.promises import PromisesObserver
from golive_gates.recovery.procedures.parts import Procedures, Promises
from golive_gates.recovery.procedures.settings import Attested
from golive_gates.recovery.settings import Settings
from tests.gates.recovery.procedures_parts import DATABASE, cron_job, judged, part
from tests.gates.recovery.stores import NOW, context
from tests.gates.saying import said

SETTINGS = Settings()


def release(folder: Path, **files: str) -> Path:
    """A release: manifests in ``k8s``, a README, and *files* (``__`` for ``/``)."""
    written = {"k8s/all.yaml": DATABASE + cron_job(), "README.md": "#", **files}
    for name, text in written.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def observed(folder: Path, settings: Settings = SETTINGS) -> Procedures:
    with chdir(folder):
        tree = read_release({"manifests": ("k8s/*.yaml",)}, folder)
        ctx = replace(context(folder), sources=lambda: tree)
        found = asyncio.run(ProceduresObserver().observe(ctx, settings))
    assert isinstance(found, Procedures), found
    assert decode(Procedures, json.loads(json.dumps(encode(found)))) == found
    return found


def test_texts_of_the_release_are_found(tmp_path: Path) -> None:
    job = "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: restore-}\n"
    seen = observed(
        release(
            tmp_path,
            **{
                "deploy/cron.d/shop": "0 * * * * root backup x.db\n",
                "units/shop.timer": "[Timer]\nOnCalendar=daily\n",
                "docs/runbook-restore.md": "```sh\nkubectl create -f ops/job.yaml\n```\n",
                "docs/backup.md": "",
                "ops/job.yaml": job,
            },
        )
    )
    assert [t.path for t in seen.units] == ["deploy/cron.d/shop", "units/shop.timer"]
    assert seen.document is not None
    assert seen.document.path == "docs/runbook-restore.md"
    assert seen.root == ""
    assert "ops/job.yaml" in seen.names
    assert [o.get("metadata", "generateName") for o in seen.named] == ["restore-"]


def test_a_named_document_that_is_not_there_fails(tmp_path: Path) -> None:
    seen = observed(release(tmp_path), Settings(restore_document="docs/gone.md"))
    assert judged("restore-document", seen).findings[0].reason.code == "document-missing"


def test_unit_files_are_looked_for_where_they_are_said_to_be(tmp_path: Path) -> None:
    release(tmp_path, **{"host/etc-crontab.txt": "x"})
    asked = Settings(unit_files=("host/*.txt", "gone/*"))
    seen = observed(tmp_path, asked)
    assert [t.path for t in seen.units] == ["host/etc-crontab.txt"]
    assert list(seen.unread) == ["gone/*"]
    found = judged("backup-schedules", seen)
    assert found.status is Status.INCONCLUSIVE
    assert [(f.subject, f.reason.code) for f in found.findings] == [("gone/*", "text-unread")]
    assert judged("backup-jobs", seen).status is Status.PASS


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\0", b"0 * * * *", b"[Timer]\nOnCalendar", b"\\\n" * 99]
)
def test_odd_texts_are_read(tmp_path: Path, content: bytes) -> None:
    release(tmp_path)
    for name in ("crontab", "x.timer", "restore.md"):
        (tmp_path / name).write_bytes(content)
    seen = observed(tmp_path)
    for name in ("backup-schedules", "backup-jobs", "restore-document"):
        judged(name, seen)


def test_nothing_to_look_at_is_not_applicable(tmp_path: Path) -> None:
    tree = read_release({}, tmp_path)
    found = look({"recovery": GATE}, tree, {"recovery": SETTINGS})
    assert {r.status for r in found} == {Status.NOT_APPLICABLE}


ODD: Any = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 9), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.sampled_from(("name", "command", "x")), inner, max_size=2),
    ),
    max_leaves=6,
)
PLACES = (
    ("schedule",),
    ("timeZone",),
    ("suspend",),
    ("concurrencyPolicy",),
    ("startingDeadlineSeconds",),
    ("jobTemplate",),
    ("jobTemplate", "spec"),
    ("jobTemplate", "spec", "template", "spec"),
    ("jobTemplate", "spec", "template", "spec", "volumes"),
    ("jobTemplate", "spec", "template", "spec", "containers"),
)


@given(st.sampled_from(PLACES), ODD)
def test_odd_manifests_never_crash(place: tuple[str, ...], value: object) -> None:
    seen = part(DATABASE + cron_job())
    *others, last = seen.objects
    data: Any = json.loads(json.dumps(last.data))
    inner = data["spec"]
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    odd: KubernetesObject = replace(last, data=data, lines=())
    changed = replace(seen, objects=(*others, odd))
    for name in ("backup-schedules", "backup-jobs", "restore-document"):
        assert judged(name, changed).status is not Status.ERROR


TODAY = NOW.date()
SAID = Attestation("홍길동", TODAY, TODAY + timedelta(90), "age 키는 금고에 있음")


def promised(said_: Attestation | None, at: datetime = NOW) -> Observation:
    settings = Settings(attested=Attested(encryption=said_, off_site=SAID))
    found = asyncio.run(PromisesObserver().observe(context(Path(), at), settings))
    assert isinstance(found, Promises)
    return Observation({"Promises": found, "Procedures": part(DATABASE + cron_job())})


@pytest.mark.parametrize(
    ("said_", "days", "status", "code"),
    [
        (SAID, 0, Status.PASS, "backups-encrypted"),
        (SAID, 90, Status.PASS, "backups-encrypted"),
        (SAID, 91, Status.FAIL, "promise-expired"),
        (SAID, -1, Status.INCONCLUSIVE, "promise-later"),
        (None, 0, Status.INCONCLUSIVE, "promise-missing"),
    ],
)
def test_what_is_attested_holds_until_its_day(
    said_: Attestation | None, days: int, status: Status, code: str
) -> None:
    seen = promised(said_, datetime.combine(TODAY, NOW.time(), UTC) + timedelta(days))
    found = said(encryption.CHECK.evaluate(seen, SETTINGS))
    assert (found.status, found.reason.code) == (status, code)
    wanted = EvidenceLevel.ATTESTED
    assert (found.level is wanted) == (status in (Status.PASS, Status.FAIL))


def test_what_the_files_show_is_only_a_fact() -> None:
    shown = part(DATABASE + cron_job(args="[/data/shop.db, --encrypt, /backups]"))
    seen = promised(None).with_part("Procedures", shown)
    found = said(encryption.CHECK.evaluate(seen, SETTINGS))
    assert found.status is Status.INCONCLUSIVE
    assert "encrypt" in str(found.facts[0].value)


def test_nothing_attested_and_no_store() -> None:
    found = asyncio.run(PromisesObserver().observe(context(Path()), SETTINGS))
    assert isinstance(found, Unavailable)
