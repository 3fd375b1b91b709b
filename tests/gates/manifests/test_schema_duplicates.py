from __future__ import annotations

from dataclasses import replace

from golive.api import CheckResult, Observation
from golive_gates.manifests.settings import Settings
from tests.gates.manifests.snippets import CHECKS, judged, manifests
from tests.gates.saying import codes, said


def config(name: str, namespace: str = "", version: str = "v1") -> str:
    place = f", namespace: {namespace}" if namespace else ""
    return f"{{apiVersion: {version}, kind: ConfigMap, metadata: {{name: {name}{place}}}}}\n"


TWICE = f"{config('a')}---\n{config('a')}"


def moved(text: str, *paths: str, generated: tuple[bool, ...] = ()) -> CheckResult:
    """The result over *text*, its objects moved to *paths*."""
    part = manifests(text)
    flags = generated or (False,) * len(paths)
    objects = tuple(
        replace(o, path=p, generated=g) for o, p, g in zip(part.objects, paths, flags, strict=True)
    )
    observation = Observation({"Manifests": replace(part, objects=objects)})
    result = CHECKS["duplicate-objects"].evaluate(observation, Settings())
    said(result)
    return result


def test_two_documents_or_files_with_one_name_fail() -> None:
    for result in (
        judged("duplicate-objects", TWICE),
        judged("duplicate-objects", config("a"), config("b"), config("a")),
    ):
        assert (result.status, codes(result)) == ("fail", ["twice"])
    other = judged("duplicate-objects", config("a"), config("a")).findings[0].reason.params["other"]
    assert str(other).startswith("a.yaml")


def test_other_names_namespaces_and_groups_are_others() -> None:
    pair = (config("a", "x"), config("a", "y"), config("b"), config("a", version="example.com/v1"))
    assert judged("duplicate-objects", *pair).status == "pass"


def test_what_another_folder_holds_may_be_for_another_cluster() -> None:
    result = moved(TWICE, "dev/a.yaml", "prod/a.yaml")
    assert (result.status, codes(result)) == ("warn", ["twice-elsewhere"])
    three = moved(f"{TWICE}---\n{config('a')}", "dev/a.yaml", "prod/a.yaml", "prod/b.yaml")
    assert (three.status, sorted(codes(three))) == ("fail", ["twice", "twice-elsewhere"])


def test_rendered_objects_are_compared_within_their_source() -> None:
    assert moved(TWICE, "base/a.yaml", "overlay", generated=(False, True)).status == "pass"
    assert moved(TWICE, "overlay/dev", "overlay/prod", generated=(True, True)).status == "pass"
    assert moved(TWICE, "chart", "chart", generated=(True, True)).status == "fail"


def test_without_evidence_nothing_passes() -> None:
    assert judged("duplicate-objects", config("a"), problems=1).status == "inconclusive"
    nameless = "{apiVersion: v1, kind: ConfigMap, metadata: {generateName: a-}}"
    assert judged("duplicate-objects", f"{nameless}\n---\n{nameless}").status == "not-applicable"
