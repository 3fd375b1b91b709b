"""What counts as drift, and what does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.api import Status
from golive.codec import encode
from golive.sources.kubernetes.objects import json_path
from golive_gates.manifests.live.comparing import MISSING, differences
from golive_gates.manifests.live.parts import Live
from golive_gates.manifests.live.shapes import projected
from tests.gates.manifests import live_world as world
from tests.gates.manifests.api_double import Cluster
from tests.gates.manifests.live_run import judged, observed
from tests.gates.saying import codes, places

Change = Callable[[Cluster], None]


def container(cluster: Cluster) -> Any:
    pod = cluster.objects[world.DEPLOYMENTS][0]["spec"]["template"]["spec"]
    return next(c for c in pod["containers"] if c["name"] == "web")


def spec(cluster: Cluster, path: str) -> Any:
    return cluster.objects[path][0]["spec"]


POD = "spec.template.spec"
CONTAINER = f"{POD}.containers[0]"

DRIFTED: tuple[tuple[str, str, Change], ...] = (
    ("differs", f"{CONTAINER}.image", lambda c: container(c).update(image="registry.example/w:9")),
    ("differs", f"{CONTAINER}.resources.requests.cpu",
     lambda c: container(c)["resources"]["requests"].update(cpu="2")),
    ("gone", f"{CONTAINER}.resources", lambda c: container(c).pop("resources")),
    ("gone", f"{CONTAINER}.volumeMounts[0]", lambda c: container(c).update(volumeMounts=[])),
    ("private", f"{CONTAINER}.env[0].value", lambda c: container(c)["env"][1].update(value="3")),
    ("private", f"{CONTAINER}.env[1]", lambda c: container(c)["env"].pop(0)),
    ("gone", f"{POD}.volumes[0]",
     lambda c: spec(c, world.DEPLOYMENTS)["template"]["spec"]["volumes"].pop()),
    ("differs", f"{POD}.hostNetwork",
     lambda c: spec(c, world.DEPLOYMENTS)["template"]["spec"].update(hostNetwork=True)),
    ("gone", "metadata.labels.app",
     lambda c: c.objects[world.DEPLOYMENTS][0]["metadata"]["labels"].pop("app")),
    ("private", "data.MODE", lambda c: c.objects[world.CONFIG_MAPS][0].update(data={"MODE": ""})),
    ("differs", "spec.ports[0].targetPort",
     lambda c: spec(c, world.SERVICES)["ports"][0].update(targetPort=9090)),
    ("differs", "spec.maxReplicas", lambda c: spec(c, world.SCALERS).update(maxReplicas=60)),
    ("differs", "spec.metrics", lambda c: spec(c, world.SCALERS).update(
        metrics=spec(c, world.SCALERS)["metrics"] * 2)),
    ("differs", "spec.minAvailable", lambda c: spec(c, world.BUDGETS).update(minAvailable="50%")),
    ("differs", "spec.rules[0].host",
     lambda c: spec(c, world.INGRESSES)["rules"][0].update(host="www.example.com")),
    ("differs", "spec.endpoints[0].interval",
     lambda c: spec(c, world.MONITORS)["endpoints"][0].update(interval="60s")),
    ("missing", "", lambda c: c.objects[world.CONFIG_MAPS].clear()),
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "where", "change"), DRIFTED, ids=[f"{c}-{w}" for c, w, _ in DRIFTED]
)
def test_what_a_file_states_is_held_against_the_cluster(
    tmp_path: Path, code: str, where: str, change: Change
) -> None:
    cluster = world.healthy()
    change(cluster)
    result = judged("live-drift", observed(cluster, tmp_path))
    assert result.status is Status.FAIL
    found = result.findings[0]
    if code == "private":
        assert set(found.reason.params) == set(), "a value that may be secret is not shown"
    assert (codes(result), places(result)) == ([code], [where])
    assert found.location is not None
    assert found.location.path == "a.yaml"


ALIKE: tuple[tuple[str, Any, Any], ...] = (
    ("a null", {"spec": {"a": None}}, {"spec": {"a": 1}}),
    ("nothing", {"spec": {"a": {}, "b": [], "c": False, "d": 0, "e": ""}}, {"spec": {}}),
    ("nothing inside", {"spec": {"a": {"b": {}, "c": None}}}, {}),
    ("a port in quotes", {"port": "8080"}, {"port": 8080}),
    ("a quantity", {"limits": {"cpu": "0.5"}}, {"limits": {"cpu": "500m"}}),
    ("a bare quantity", {"limits": {"cpu": 1}}, {"limits": {"cpu": "1"}}),
    ("a fraction", {"limits": {"memory": "1.5Gi"}}, {"limits": {"memory": "1536Mi"}}),
    ("an exponent", {"hard": {"pods": "1e2"}}, {"hard": {"pods": "100"}}),
    ("status", {"status": {"a": 1}}, {"status": {"a": 2}}),
    ("names", {"metadata": {"name": "a", "namespace": "b"}}, {"metadata": {}}),
    ("a protocol", {"ports": [{"port": 53}, {"port": 53, "protocol": "UDP"}]},
     {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]}),
    ("a mere order", {"egress": [{"a": 1}, {"b": 2}]}, {"egress": [{"b": 2}, {"a": 1}]}),
    ("an integer as float", {"spec": {"a": 1.0}}, {"spec": {"a": 1}}),
)  # fmt: skip


@pytest.mark.parametrize(("_name", "stated", "live"), ALIKE, ids=[n for n, _, _ in ALIKE])
def test_the_same_in_other_words_is_no_drift(_name: str, stated: Any, live: Any) -> None:
    assert list(differences(stated, live)) == []


DIFFERENT: tuple[tuple[Any, Any, str], ...] = (
    ({"args": ["a", "b"]}, {"args": ["b", "a"]}, "args[0]"),
    ({"a": False}, {"a": 0}, "a"),
    ({"a": True}, {}, "a"),
    ({"automountServiceAccountToken": False}, {}, "automountServiceAccountToken"),
    ({"allowPrivilegeEscalation": False}, {}, "allowPrivilegeEscalation"),
    ({"env": [{"name": "A", "value": "1000m"}]}, {"env": [{"name": "A", "value": "1"}]},
     "env[0].value"),
    ({"data": {"A": "1"}}, {"data": {"A": 1}}, "data.A"),
    ({"limits": {"cpu": "half"}}, {"limits": {"cpu": "500m"}}, "limits.cpu"),
    ({"a": {"b": 1}}, {"a": [1]}, "a"),
    ({"a": [1]}, {"a": {"b": 1}}, "a"),
    ({"egress": [{"a": 1}, {"a": 1}]}, {"egress": [{"a": 1}, {"a": 2}]}, "egress[1].a"),
)  # fmt: skip


@pytest.mark.parametrize(("stated", "live", "where"), DIFFERENT)
def test_what_means_something_else_is_drift(stated: Any, live: Any, where: str) -> None:
    assert [json_path(d.path) for d in differences(stated, live)][:1] == [where]


def test_replicas_are_the_autoscalers(tmp_path: Path) -> None:
    cluster = world.healthy()
    assert judged("live-drift", observed(cluster, tmp_path)).status is Status.PASS
    cluster = world.healthy()
    cluster.objects[world.SCALERS].clear()
    without = world.RELEASE.replace("kind: HorizontalPodAutoscaler", "kind: Ignored", 1)
    cluster.kinds["/apis/autoscaling/v2"] = [{"kind": "Other", "name": "others"}]
    result = judged("live-drift", observed(cluster, tmp_path, without))
    assert "spec.replicas" in places(result)


def test_a_secret_in_the_environment_is_recorded_nowhere(tmp_path: Path) -> None:
    cluster = world.healthy()
    secret = {"name": "API_PASSWORD", "value": "canary-Xk29vTq8"}
    container(cluster)["env"].append(secret)
    stated = "{name: API_PASSWORD, value: canary-Xk29vTq8}"
    files = world.RELEASE.replace('{name: A, value: "1"}', stated)
    seen = observed(cluster, tmp_path, files)
    assert "canary-Xk29" not in json.dumps(encode(seen.find(Live)))
    assert judged("live-drift", seen).status is Status.PASS
    secret["value"] = "rotated-to-something-longer-93"
    seen = observed(cluster, tmp_path, files)
    assert codes(judged("live-drift", seen)) == ["private"]


def test_only_what_the_files_state_is_recorded_of_each_container() -> None:
    stated = {"containers": [
        {"name": "a", "env": [{"name": "X", "value": "1"}]},
        {"name": "b", "env": [{"name": "X", "value": "2"}], "image": "b"},
    ]}  # fmt: skip
    extra = {"name": "Y", "value": "canary"}
    live = {"containers": [
        {"name": "c", "env": [extra]},
        {"name": "b", "env": [extra, {"name": "X", "value": "2"}], "image": "b"},
        {"name": "a", "env": [{"name": "X", "value": "1"}, extra], "image": "canary"},
    ]}  # fmt: skip
    kept = projected(stated, live)
    assert "canary" not in json.dumps(kept)
    assert list(differences(stated, kept)) == []


def test_many_differences_of_one_object_are_counted(tmp_path: Path) -> None:
    many = "".join(f"\n  k{i}: v" for i in range(50))
    files = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: web}}\ndata:{many}\n"
    result = judged("live-drift", observed(world.healthy(), tmp_path, files))
    assert len(result.findings) == 21
    assert result.findings[-1].reason.params == {"more": 30}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "a", "1", "500m", "1Gi"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "env", "ports", "value", "limits", "port", "a", "containers"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
OBJECT = st.dictionaries(st.sampled_from(["spec", "data", "metadata", "a"]), JSON, max_size=3)


@given(OBJECT)
def test_an_object_never_drifts_from_itself(data: Any) -> None:
    assert list(differences(data, data)) == []


@given(OBJECT, OBJECT)
def test_what_is_recorded_decides_as_the_whole_does(stated: Any, live: Any) -> None:
    whole = [(d.path, d.stated, d.live is MISSING) for d in differences(stated, live)]
    kept = [
        (d.path, d.stated, d.live is MISSING) for d in differences(stated, projected(stated, live))
    ]
    assert kept == whole
