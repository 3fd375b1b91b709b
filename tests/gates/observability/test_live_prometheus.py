"""The checks of the running Prometheus, against Debian's with the demo's rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from golive.api import Observation, Prometheus, ServiceEndpoint
from golive_gates.observability.settings import Settings
from tests.gates.observability import live_run as run
from tests.gates.observability import programs
from tests.gates.observability.live_exposed import exposed
from tests.gates.observability.snippets import alert, rules
from tests.gates.saying import codes

FAILING = alert("up + on() up > 0", name="Failing")


@pytest.fixture(scope="module")
def rule_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rules of the demo, evaluated each second."""
    text = run.RULES.read_text(encoding="utf-8").replace("interval: 30s", "interval: 1s")
    file = tmp_path_factory.mktemp("rules") / "rules.yml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def url(rule_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prometheus with both services, a third that is down, and a rule that fails."""
    folder = tmp_path_factory.mktemp("prometheus")
    extra = folder / "extra.yml"
    extra.write_text(rules(FAILING, interval="1s"), encoding="utf-8")
    with (
        programs.exporter(exposed("project-service")) as one,
        programs.exporter(exposed("generation-service")) as two,
        programs.prometheus(
            folder,
            {
                "project-service": [one.address],
                "generation-service": [two.address],
                "dead": [f"127.0.0.1:{programs.free_port()}"],
            },
            [rule_file, extra],
        ) as address,
    ):

        def evaluated() -> bool:
            groups = programs.got(f"{address}/api/v1/rules")["data"]["groups"]
            found = {r["name"]: r["health"] for g in groups for r in g["rules"]}
            return found.pop("Failing") == "err" and set(found.values()) == {"ok"}

        programs.until(evaluated, "every rule was evaluated")
        yield address


def looked(url: str, *paths: Path, interval: float = 1.0, **more: object) -> Observation:
    files = run.files(*paths) if paths else run.NO_FILES
    return run.seen(Prometheus(url, scrape_interval=interval), files, **more)


def written(folder: Path, *alerts: str) -> Path:
    file = folder / "written.yml"
    file.write_text(rules(*alerts, interval="1s"), encoding="utf-8")
    return file


def test_a_healthy_release(url: str, rule_file: Path) -> None:
    results = run.every(looked(url, rule_file))
    assert {n: r.status.value for n, r in results.items()} == dict.fromkeys(run.LIVE, "pass")
    loaded = results["live-rules"].measurement
    assert loaded is not None
    assert loaded.n == 23
    selected = results["live-metrics"].measurement
    assert selected is not None
    assert selected.n is not None
    assert selected.n > 10


def test_without_files_the_targets_are_judged_alone(url: str) -> None:
    assert run.statuses(looked(url)) == {
        "live-targets": "pass",
        "live-rules": "not-applicable",
        "live-metrics": "not-applicable",
        "live-freshness": "pass",
    }


def test_a_target_that_is_down_is_the_one_cause(url: str, tmp_path: Path) -> None:
    """Its metrics are missing for no other reason, so that nothing else fails."""
    file = written(tmp_path, alert('requests_total{job="dead"} > 1'))
    seen = looked(url, file, services=(ServiceEndpoint("dead", "http://127.0.0.1:1"),))
    targets, metrics = run.judged("live-targets", seen), run.judged("live-metrics", seen)
    assert codes(targets) == ["target-down"]
    assert "refused" in str(targets.findings[0].reason.params["detail"])
    assert metrics.status.value == "inconclusive"
    assert metrics.blocked_by == "observability.live-targets"


def test_a_service_that_nothing_scrapes(url: str) -> None:
    gone = ServiceEndpoint("gone", "http://127.0.0.1:1")
    among = run.judged("live-targets", looked(url, services=(*run.SERVICES, gone)))
    assert (among.status.value, codes(among)) == ("fail", ["target-missing"])
    # Alone it may be scraped under a name that nobody told.
    alone = run.judged("live-targets", looked(url, services=(gone,)))
    assert (alone.status.value, codes(alone)) == ("inconclusive", ["target-unknown"])
    labels = Settings(target_labels={"gone": {"job": "project-service"}})
    assert run.judged(
        "live-targets", looked(url, settings=labels, services=(gone,))
    ).status.value == ("pass")


def test_a_service_is_found_by_its_address(url: str) -> None:
    targets = programs.got(f"{url}/api/v1/targets")["data"]["activeTargets"]
    address = next(t["scrapeUrl"] for t in targets if t["scrapePool"] == "project-service")
    service = ServiceEndpoint(
        "api", "http://front.invalid", direct_url=address.removesuffix("/metrics")
    )
    assert run.judged("live-targets", looked(url, services=(service,))).status.value == "pass"


def test_a_target_that_is_scraped_too_rarely(url: str) -> None:
    result = run.judged("live-targets", looked(url, interval=0.5))
    assert (result.status.value, set(codes(result))) == ("fail", {"scraped-rarely"})


def test_rules_that_are_not_loaded_as_they_are_written(url: str, tmp_path: Path) -> None:
    original = run.RULES.read_text(encoding="utf-8")
    changed = original.replace(") > 30", ") > 31").replace("for: 2m", "for: 3m", 1)
    changed = changed.replace("alert: TargetDown", "alert: TargetGone")
    (tmp_path / "rules.yml").write_text(changed, encoding="utf-8")
    result = run.judged("live-rules", looked(url, tmp_path / "rules.yml"))
    found = {f.subject: f.reason for f in result.findings}
    assert {s: r.code for s, r in found.items()} == {
        "AvailabilityBudgetBurnFast": "rule-differs",
        "AuthFailureBurst": "rule-differs",
        "TargetGone": "rule-not-loaded",
    }
    assert found["AvailabilityBudgetBurnFast"].params["detail"] == "for: 180s → 120s"
    assert "31" in str(found["AuthFailureBurst"].params["detail"])
    assert all(f.location is not None and f.location.line for f in result.findings)


def test_another_spelling_is_the_same_rule(url: str, tmp_path: Path) -> None:
    original = run.RULES.read_text(encoding="utf-8")
    respelt = original.replace("[5m]", "[ 300s ]").replace('code=~"5.."', "code =~ '5..',")
    assert respelt.count("'5..'") > 3
    (tmp_path / "rules.yml").write_text(respelt, encoding="utf-8")
    assert run.judged("live-rules", looked(url, tmp_path / "rules.yml")).status.value == "pass"


def test_a_rule_that_fails_when_it_is_evaluated(url: str, tmp_path: Path) -> None:
    result = run.judged("live-rules", looked(url, written(tmp_path, FAILING)))
    assert (result.status.value, codes(result)) == ("fail", ["rule-failing"])
    assert "duplicate" in str(result.findings[0].reason.params["detail"])


@pytest.mark.parametrize(
    ("expr", "status", "found"),
    [
        ("no_such_metric > 1", "fail", ["metric-missing"]),
        ("no_such_errors_total > 1", "warn", ["metric-unseen"]),
        ("rate(auth_failures_total[5m]) > 1", "pass", []),
        ('rate(http_requests_total{code=~"5.."}[5m]) > 1', "pass", []),
        ('rate(http_requests_total{code=~"5.*",path="/api/v1/projects"}[5m]) > 1', "pass", []),
        ('rate(http_requests_total{code=~"5xx"}[5m]) > 1', "fail", ["no-such-status"]),
        ('rate(http_requests_total{status="500"}[5m]) > 1', "fail", ["label-missing"]),
        ('rate(http_requests_total{job="nobody"}[5m]) > 1', "fail", ["nothing-called-so"]),
        ('{job="project-service",code="200"} > 1', "pass", []),
        ('{job="nobody"} > 1', "warn", ["metric-unseen"]),
        ('ALERTS{alertstate="firing"} > 1', "not-applicable", []),
        ('http_requests_total{code="200",path!~"/[a-z]+\\\\.html"} > 1', "pass", []),
    ],
)
def test_selectors_that_return_nothing(
    url: str, tmp_path: Path, expr: str, status: str, found: list[str]
) -> None:
    result = run.judged("live-metrics", looked(url, written(tmp_path, alert(expr))))
    assert (result.status.value, codes(result)) == (status, found)


def test_a_selector_that_prometheus_refuses_keeps_no_other_from_being_asked(
    url: str, tmp_path: Path
) -> None:
    refused = alert('http_requests_total{code=~"(?<a>x)"} > 1', name="Refused")
    file = written(tmp_path, alert("no_such_metric > 1"), refused)
    result = run.judged("live-metrics", looked(url, file))
    assert codes(result) == ["metric-missing", "selector-unasked"]


@pytest.mark.parametrize(("ahead", "code"), [(60.0, "clock-ahead"), (-60.0, "clock-behind")])
def test_clocks_that_differ(url: str, rule_file: Path, ahead: float, code: str) -> None:
    seen = looked(url, rule_file, ahead=ahead)
    result = run.judged("live-freshness", seen)
    assert (result.status.value, codes(result)) == ("warn", [code])
    # The ages of scrapes and samples are by Prometheus' own clock.
    assert run.judged("live-targets", seen).status.value == "pass"


def test_with_no_time_left_nothing_passes(url: str, rule_file: Path) -> None:
    seen = looked(url, rule_file, seconds=0.0)
    assert run.judged("live-metrics", seen).reason.code == "prom-deadline"
    assert run.statuses(seen)["live-freshness"] == "inconclusive"
