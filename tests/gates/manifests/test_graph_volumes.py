"""Volumes, who writes them, and databases that live in files."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.manifests.objects import (
    Object,
    check,
    claim,
    cron_job,
    hpa,
    obj,
    verdict,
    workload,
)

NAME = "volumes"
ONE = {"replicas": 1, "strategy": {"type": "Recreate"}}
NO_SURGE = {"strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}}


def on_claim(name: str = "data", **fields: Any) -> Object:
    """Parts of a pod that mounts the claim *name* at /data."""
    mounts = [{"name": "d", "mountPath": "/data"}]
    volumes = [{"name": "d", "persistentVolumeClaim": {"claimName": name}}]
    return {"volumes": volumes, "container": {"volumeMounts": mounts, **fields}}


SQLITE = {"env": [{"name": "DB", "value": "sqlite:////data/app.db"}]}


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([workload(pod=on_claim(), spec=ONE), claim()], ("pass", [])),
        ([workload(pod=on_claim(), spec=NO_SURGE), claim()], ("pass", [])),
        ([workload(pod=on_claim()), claim()], ("fail", ["surge"])),
        ([workload(pod=on_claim(), spec={"strategy": {"type": "RollingUpdate"}}), claim()],
         ("fail", ["surge"])),
        ([workload(pod=on_claim(), spec={**ONE, "replicas": 2}), claim()],
         ("fail", ["several-writers"])),
        ([workload(pod=on_claim(), spec={"strategy": {"type": "Recreate"}}), hpa(), claim()],
         ("fail", ["several-writers"])),
        ([workload(pod=on_claim(), spec={"replicas": 3}), claim("data", "ReadWriteMany")],
         ("pass", [])),
        ([workload(pod=on_claim(), spec=ONE)], ("fail", ["no-claim"])),
        ([workload(pod=on_claim(), spec={"replicas": 3})], ("fail", ["no-claim"])),
        ([workload(container={"volumeMounts": [{"name": "x", "mountPath": "/x"}]})],
         ("fail", ["no-volume"])),
        ([workload()], ("not-applicable", [])),
    ],
)  # fmt: skip
def test_claims_and_their_writers(objects: list[Object], expected: tuple[str, list[str]]) -> None:
    assert verdict(NAME, *objects) == expected


def test_an_unread_file_may_hold_the_claim() -> None:
    found = verdict(NAME, workload(pod=on_claim(), spec=ONE), problems=1)
    assert found == ("inconclusive", ["no-claim (inconclusive)"])


def stateful(replicas: int = 1, **container: Any) -> Object:
    mounts = [{"name": "data", "mountPath": "/data"}]
    template = {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}
    return workload(
        "StatefulSet",
        "db",
        container={"volumeMounts": mounts, **container},
        spec={"replicas": replicas, "volumeClaimTemplates": [template]},
    )


def test_claims_of_a_stateful_set_are_one_for_each_pod() -> None:
    assert verdict(NAME, stateful(3)) == ("pass", [])
    job = cron_job(volumes=[{"name": "d", "persistentVolumeClaim": {"claimName": "data-db-0"}}])
    assert verdict(NAME, stateful(), job) == ("pass", [])
    job = cron_job(volumes=[{"name": "d", "persistentVolumeClaim": {"claimName": "data-x-0"}}])
    assert verdict(NAME, stateful(), job) == ("fail", ["no-claim"])


def test_a_database_over_several_replicas_is_split() -> None:
    assert verdict(NAME, stateful(1, **SQLITE)) == ("pass", [])
    assert verdict(NAME, stateful(2, **SQLITE)) == ("fail", ["database-split"])
    chroma = {"image": "ghcr.io/chroma-core/chroma:1.5.9", "args": ["run", "--path=/data"]}
    assert verdict(NAME, stateful(2, **chroma)) == ("fail", ["database-split"])
    assert verdict(NAME, stateful(2, image="chromadb/chroma@sha256:0")) == (
        "fail",
        ["database-split"],
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"env": [{"name": "DB", "value": "/data/app.sqlite3"}]}, "database-lost"),
        ({"args": ["--db=/data/app.db"]}, "database-lost"),
        ({"envFrom": [{"configMapRef": {"name": "settings"}}]}, "database-lost"),
        (
            {"env": [{"name": "DB", "valueFrom": {
                "configMapKeyRef": {"name": "settings", "key": "PATH"}}}]},
            "database-lost",
        ),
        ({"env": [{"name": "DB", "value": "/srv/app.db"}]}, "database-unmounted"),
        ({"env": [{"name": "DB", "value": "/run/cache.db"}]}, ""),
        ({"env": [{"name": "DB", "value": "postgres://db/app"}]}, ""),
        ({"env": [{"name": "URL", "value": "https://x/data.dbx"}]}, ""),
    ],
)  # fmt: skip
def test_where_a_database_lies(fields: Object, code: str) -> None:
    mounts = [{"name": "d", "mountPath": "/data"}]
    pod = {
        "volumes": [{"name": "d", "emptyDir": {}}],
        "container": {"volumeMounts": mounts, **fields},
    }
    settings = obj("ConfigMap", "settings", data={"PATH": "/data/app.db"})
    result = check(NAME, workload(pod=pod), settings)
    assert [f.reason.code for f in result.findings] == ([code] if code else [])
    assert result.status == ("warn" if code else "not-applicable")


def test_a_database_on_a_network_share() -> None:
    share = claim("data", "ReadWriteMany")
    one = workload(pod=on_claim(**SQLITE), spec=ONE)
    assert verdict(NAME, one, share) == ("warn", ["database-on-share (warn)"])
    two = workload(pod=on_claim(**SQLITE), spec={"replicas": 2})
    assert verdict(NAME, two, share) == ("fail", ["database-shared"])
    surging = workload(pod=on_claim(**SQLITE))
    assert verdict(NAME, surging, share)[1] == ["surge-shared", "database-on-share (warn)"]


def beside(app: str, key: str = "kubernetes.io/hostname") -> Object:
    term = {"topologyKey": key, "labelSelector": {"matchLabels": {"app": app}}}
    return {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


VOLUMES = {"volumes": on_claim()["volumes"]}


@pytest.mark.parametrize(
    ("job", "modes", "codes"),
    [
        (cron_job(**VOLUMES), ["ReadWriteOnce"], ["other-node"]),
        (cron_job(**VOLUMES, affinity=beside("web")), ["ReadWriteOnce"], []),
        (cron_job(**VOLUMES, affinity=beside("api")), ["ReadWriteOnce"], ["other-node"]),
        (
            cron_job(**VOLUMES, affinity=beside("web", "topology.kubernetes.io/zone")),
            ["ReadWriteOnce"],
            ["other-node"],
        ),
        (cron_job(**VOLUMES, affinity=beside("web")), ["ReadWriteOncePod"], ["exclusive"]),
        (cron_job(**VOLUMES), ["ReadWriteMany"], []),
    ],
)
def test_jobs_beside_the_volume_of_a_service(
    job: Object, modes: list[str], codes: list[str]
) -> None:
    web = workload(pod=on_claim(), spec=ONE)
    assert verdict(NAME, web, job, claim("data", *modes))[1] == codes


def test_local_volumes_and_pinned_pods_stay_on_their_node() -> None:
    web = workload(pod=on_claim(), spec=ONE)
    local = claim("data", storageClassName="local-path")
    assert verdict(NAME, web, cron_job(**VOLUMES), local) == ("pass", [])
    pin = {"nodeSelector": {"kubernetes.io/hostname": "n1"}}
    pinned = workload(pod={**on_claim(), **pin}, spec=ONE)
    assert verdict(NAME, pinned, cron_job(**VOLUMES, **pin), claim()) == ("pass", [])
    assert verdict(NAME, cron_job(**VOLUMES), cron_job("b", **VOLUMES), claim()) == ("pass", [])


def test_a_job_that_a_person_starts_may_wait_until_the_service_is_down() -> None:
    web = workload(pod=on_claim(), spec=ONE)
    template = cron_job(**VOLUMES)["spec"]["jobTemplate"]["spec"]
    restore = obj("Job", "restore", "batch/v1", spec=template)
    assert verdict(NAME, web, restore, claim()) == ("pass", [])
