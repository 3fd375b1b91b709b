from __future__ import annotations

import pytest

from golive.sources.kubernetes import schema_apis as apis
from golive.sources.kubernetes.schema import minor, schemas, shipped_versions

FACTS = apis._facts(apis._REMOVED)


def test_the_table_agrees_with_the_shipped_definitions() -> None:
    first, last = shipped_versions()[0], shipped_versions()[-1]
    assert len(FACTS) > 50
    for (api_version, kind), fact in FACTS.items():
        served = apis.served_in(api_version, kind)
        if minor(fact.version) <= minor(first):
            assert served == (), (api_version, kind)
        else:
            assert minor(served[-1]) == minor(fact.version) - 1, (api_version, kind)
        if fact.replacement:
            assert schemas(last).serves(*fact.replacement.split()), fact


@pytest.mark.parametrize("version", shipped_versions())
def test_a_kind_has_a_file_of_its_own_exactly_where_it_is_served(version: str) -> None:
    every = set().union(*(schemas(v).kinds() for v in (shipped_versions()[0], version)))
    kinds = schemas(version).kinds()
    for api_version, kind in every:
        assert (version in apis.served_in(api_version, kind)) == ((api_version, kind) in kinds)
        assert apis.is_builtin(api_version.rpartition("/")[0])


@pytest.mark.parametrize(
    ("api_version", "kind", "expected"),
    [
        ("extensions/v1beta1", "Ingress", ("1.22", "networking.k8s.io/v1 Ingress")),
        ("policy/v1beta1", "PodSecurityPolicy", ("1.25", "")),
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler", ("1.26", "autoscaling/v2")),
        ("networking.k8s.io/v1beta1", "ServiceCIDR", ("1.37", "networking.k8s.io/v1 ServiceCIDR")),
        ("apps/v1", "Deployment", None),
        ("example.com/v1", "Thing", None),
    ],
)
def test_removed(api_version: str, kind: str, expected: tuple[str, str] | None) -> None:
    found = apis.removed(api_version, kind)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert found.version == expected[0]
        assert found.replacement.startswith(expected[1])
        assert bool(found.replacement) == bool(expected[1])


def test_deprecated_by_the_version_that_says_so() -> None:
    assert apis.deprecated("v1", "Endpoints", "1.32") is None
    endpoints = apis.deprecated("v1", "Endpoints", "1.33")
    assert endpoints is not None
    assert endpoints.replacement == "discovery.k8s.io/v1 EndpointSlice"
    claims = apis.deprecated("resource.k8s.io/v1beta1", "ResourceClaim", "1.34")
    assert claims is not None
    assert claims.replacement == "resource.k8s.io/v1 ResourceClaim"
    assert apis.deprecated("resource.k8s.io/v1beta1", "ResourceClaim", "1.33") is None
    assert apis.deprecated("apps/v1", "Deployment", "1.37") is None


def test_what_has_to_be_switched_on() -> None:
    assert apis.off_by_default("resource.k8s.io/v1beta1", "ResourceClaim")
    assert apis.off_by_default("internal.apiserver.k8s.io/v1alpha1", "StorageVersion")
    assert not apis.off_by_default("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema")
    assert not apis.off_by_default("autoscaling/v2", "HorizontalPodAutoscaler")


def test_groups_of_custom_kinds_have_a_dot() -> None:
    assert apis.is_builtin("")
    assert apis.is_builtin("app")
    assert apis.is_builtin("networking.k8s.io")
    assert not apis.is_builtin("gateway.networking.k8s.io")
    assert not apis.is_builtin("monitoring.coreos.com")
