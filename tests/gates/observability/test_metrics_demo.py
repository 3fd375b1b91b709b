"""The demo's rules, held against what the demo's services really expose."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from golive.api import Status
from golive.sources.reading import read_tree
from golive.sources.tree import FileKind
from golive_demo.broken_release import RELEASE
from golive_gates.observability.metrics.exposed import Exposed
from golive_gates.observability.parts import Alerting
from tests.gates.observability.exposing import demo_pages, exposed, judged_metrics
from tests.gates.observability.snippets import EVIDENCE
from tests.gates.saying import codes

PROMETHEUS = ("rules.yml", "prometheusrule.yaml", "servicemonitor.yaml")


@cache
def release() -> Alerting:
    files = [RELEASE / "prometheus" / name for name in PROMETHEUS]
    return read(*files, *sorted((RELEASE / "k8s").glob("*.yaml")), base=RELEASE)


def read(*files: Path, base: Path) -> Alerting:
    tree = read_tree(list(files), base)
    assert not tree.problems, tree.problems
    documents = tuple(d for d in tree.documents if d.kind is FileKind.RULES)
    return Alerting(tree.files, documents, tree.objects, (), (EVIDENCE,))


@cache
def demo() -> Exposed:
    return exposed(demo_pages(), files=release())


@pytest.mark.parametrize("check", ["metrics-exist", "label-matchers", "bucket-ceiling"])
def test_every_rule_of_the_release_can_fire(check: str) -> None:
    result = judged_metrics(check, release(), demo())
    assert (result.status, result.findings) == (Status.PASS, ())
    assert result.measurement is not None
    assert (result.measurement.n or 0) >= 4


def test_the_monitors_tell_how_the_services_are_scraped() -> None:
    labels = {s.service: s.target_labels for s in demo().inventory.sources}
    assert labels["generation-service"]["job"] == "generation-service"
    assert labels["project-service"]["namespace"] == "ai-script-generator"
    # honorLabels: the label that the services expose stays as it is.
    assert demo().inventory.label_values("http_requests_total", "service") == (
        "generation-service",
        "project-service",
    )


@pytest.mark.parametrize(
    ("check", "old", "new", "code"),
    [
        ("metrics-exist", "auth_failures_total", "auth_failure_total", "renamed"),
        ("label-matchers", 'code=~"5.."', 'status=~"5.."', "no-such-label-near"),
        ("label-matchers", 'code=~"5.."', 'code=~"5xx"', "no-such-status"),
        ("label-matchers", 'outcome!~"ok|cancelled"', 'outcome="error"', "no-such-value-near"),
        ("label-matchers", 'provider="openai"', 'provider="OpenAI"', "other-spelling"),
        ("bucket-ceiling", ") > 2\n", ") > 60\n", "ceiling"),
    ],
)
def test_one_mistake_is_found_by_its_check_alone(
    tmp_path: Path, check: str, old: str, new: str, code: str
) -> None:
    text = (RELEASE / "prometheus" / "rules.yml").read_text(encoding="utf-8")
    assert old in text
    broken = tmp_path / "rules.yml"
    broken.write_text(text.replace(old, new), encoding="utf-8")
    files = read(broken, base=tmp_path)
    result = judged_metrics(check, files, demo())
    assert result.status is Status.FAIL
    assert set(codes(result)) == {code}
    for other in {"metrics-exist", "label-matchers", "bucket-ceiling"} - {check}:
        assert judged_metrics(other, files, demo()).status is not Status.FAIL


def test_short_buckets_put_the_alert_out_of_reach() -> None:
    pages = {
        service: b"\n".join(
            line
            for line in text.split(b"\n")
            if not any(f'le="{b}"'.encode() in line for b in ("2.0", "3.0", "5.0", "10.0", "30.0"))
        )
        for service, text in demo_pages().items()
    }
    result = judged_metrics("bucket-ceiling", release(), exposed(pages, files=release()))
    assert (result.status, set(codes(result))) == (Status.FAIL, {"ceiling"})
    assert {f.subject for f in result.findings} == {"SseFirstContentSlow", "ApiLatencyHigh"}
