"""Requests, limits and the read-only root."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.sources.kubernetes.quantities import quantity
from tests.gates.manifests.snippets import judged
from tests.gates.saying import codes, places

POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: app}
spec:
  # spec
  containers:
    - name: c
      image: web:1
      resources: RESOURCES
"""
SOUND = "{requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 64Mi}}"
LIMITS = """
apiVersion: v1
kind: LimitRange
metadata: {name: defaults, namespace: app}
spec:
  limits:
    - type: Container
      default: {memory: 1Gi}
      defaultRequest: {cpu: 100m, memory: 64Mi}
"""


def pod(resources: str) -> str:
    return POD.replace("RESOURCES", resources)


def missing(*texts: str) -> list[str]:
    return [str(f.reason.params["missing"]) for f in judged("resources", *texts).findings]


def test_requests_and_a_memory_limit_are_enough() -> None:
    result = judged("resources", pod(SOUND))
    assert (result.status, codes(result)) == ("pass", [])


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ("{}", ["requests.cpu, requests.memory, limits.memory"]),
        ("null", ["requests.cpu, requests.memory, limits.memory"]),
        ("{requests: {cpu: 1, memory: 1Gi}}", ["limits.memory"]),
        ("{limits: {memory: 1Gi}}", ["requests.cpu"]),
        ("{limits: {cpu: 1, memory: 1Gi}}", []),
        ("{requests: {memory: 1Gi}, limits: {memory: 1Gi}}", ["requests.cpu"]),
    ],
)
def test_what_is_missing_is_named_and_a_limit_stands_in_for_a_request(
    resources: str, expected: list[str]
) -> None:
    assert missing(pod(resources)) == expected


def test_a_limit_range_and_the_pod_give_what_the_container_leaves() -> None:
    assert missing(pod("{}"), LIMITS) == []
    assert missing(pod("{}"), LIMITS.replace("namespace: app", "namespace: other")) != []
    assert missing(pod("{}"), LIMITS.replace("type: Container", "type: Pod")) != []
    assert missing(pod("{}").replace("# spec", f"resources: {SOUND}")) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "status", "place"),
    [
        ("memory: 64Mi}, limits", "memory: 65Mi}, limits", "over-limit", "fail", "requests.memory"),
        ("64Mi}}", "512m}}", "too-little", "fail", "limits.memory"),
        ("cpu: 100m", "cpu: 500", "too-much", "warn", "requests.cpu"),
        (
            "{memory: 64Mi}",
            "{memory: 64Mi, cpu: 0.05}",
            "over-limit",
            "fail",
            "requests.cpu",
        ),
    ],
)
def test_amounts_that_cannot_be_meant(
    old: str, new: str, code: str, status: str, place: str
) -> None:
    result = judged("resources", pod(SOUND.replace(old, new)))
    assert (codes(result), result.status) == ([code], status)
    assert places(result) == [f"spec.containers[0].resources.{place}"]


def test_init_containers_count_and_ephemeral_ones_cannot_have_resources() -> None:
    more = "{}: [{{name: i, image: 'web:1'}}]"
    init = pod(SOUND).replace("# spec", more.format("initContainers"))
    assert [f.container for f in judged("resources", init).findings] == ["i"]
    assert [f.container for f in judged("read-only-root", init).findings] == ["i", "c"]
    debug = pod(SOUND).replace("# spec", more.format("ephemeralContainers"))
    assert judged("resources", debug).status == "pass"


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ("{readOnlyRootFilesystem: true}", []),
        ("{readOnlyRootFilesystem: false}", ["writable"]),
        ("{}", ["unset"]),
    ],
)
def test_the_root_has_to_be_read_only(context: str, expected: list[str]) -> None:
    text = pod(SOUND) + f"      securityContext: {context}\n"
    result = judged("read-only-root", text)
    assert codes(result) == expected
    assert places(result) == [
        "spec.containers[0].securityContext.readOnlyRootFilesystem" for _ in expected
    ]


def test_windows_has_no_read_only_root() -> None:
    text = pod(SOUND).replace("# spec", "os: {name: windows}")
    assert judged("read-only-root", text).status == "not-applicable"


@pytest.mark.parametrize("check", ["resources", "read-only-root"])
def test_no_pod_and_unread_files_are_no_pass(check: str) -> None:
    text = pod(SOUND) + "      securityContext: {readOnlyRootFilesystem: true}\n"
    assert judged(check, text).status == "pass"
    assert judged(check, text, problems=1).status == "inconclusive"
    assert judged(check, LIMITS).status == "not-applicable"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        (2, 2),
        (0.5, Fraction(1, 2)),
        ("100m", Fraction(1, 10)),
        ("1Ki", 1024),
        ("1.5Gi", 3 * 2**29),
        ("1k", 1000),
        ("12e6", 12_000_000),
        ("1E", 10**18),
        ("1E3", 1000),
        ("1e-3", Fraction(1, 1000)),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("-1", -1),
        ("5u", Fraction(5, 10**6)),
        ("", None),
        ("1KB", None),
        ("1 Gi", None),
        ("Mi", None),
        ("1e999", None),
        ("9" * 50, None),
        (True, None),
        (None, None),
        ([], None),
    ],
)
def test_quantities(text: object, number: Fraction | None) -> None:
    assert quantity(text) == number


@given(st.text(alphabet="0123456789.+-eEkKMGTPimnu ", max_size=12))
def test_a_quantity_is_a_number_or_none(text: str) -> None:
    found = quantity(text)
    assert found is None or text.strip("+-.0123456789eEkKMGTPimnu") == ""
