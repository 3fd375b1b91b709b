"""``load_config``: what is accepted, and every problem of a wrong file at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from golive.codec import decode
from golive.config.effective import effective
from golive.config.errors import ConfigError
from golive.config.loader import LoadedConfig, load_config
from golive.config.markers import Duration, DurationOrZero, Ratio
from golive.config.model import Config, Objective, Permission
from golive.config.overrides import (
    Override,
    apply_overrides,
    override_from_flag,
    overrides_from_environment,
)
from golive.model import Comparator


@dataclass(frozen=True, slots=True)
class SloSettings:
    """Settings of the made-up slo gate."""

    timeout: Duration = 5.0
    warm_up: DurationOrZero = 0.0
    confidence: Ratio = 0.95
    probes: int | None = None


@dataclass(frozen=True, slots=True)
class LoadSettings:
    """Settings of the made-up load gate: one has no default."""

    rate: int
    steps: tuple[Duration, ...] = ()

    def __post_init__(self) -> None:
        if self.rate > 1000:
            msg = "a rate above 1000 is not asked for"
            raise ValueError(msg)


HEAD = "apiVersion: golive/v1\nservice: {name: Script Generator, version: '1.0'}\n"
FULL = (Path(__file__).parent / "full.yaml").read_text(encoding="utf-8")


def write(folder: Path, text: str) -> Path:
    file = folder / "golive.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def messages(
    folder: Path,
    text: str,
    gates: dict[str, type] | None = None,
    checks: set[str] | None = None,
) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(write(folder, text), gates, known_checks=checks)
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def loaded(folder: Path, text: str, gates: dict[str, type] | None = None) -> LoadedConfig:
    return load_config(write(folder, text), gates)


def test_a_full_file_becomes_typed(tmp_path: Path) -> None:
    found = loaded(tmp_path, FULL, {"slo": SloSettings})
    config = found.config
    assert config.service.version == "3.10"
    assert config.release.planned == datetime(2030, 1, 31, 0, 0, tzinfo=UTC)
    assert config.target is not None
    assert config.target.service("generation").direct_url is None
    assert config.target.rate_limit is not None
    assert config.target.rate_limit.window == 60.0
    assert config.target.generate_api is not None
    assert config.target.generate_api.timeout == 90.0
    assert config.target.project_api is not None
    assert config.target.project_api.body == {"name": "p-{unique}", "n": 3}
    first_event = config.slo("sse-first-event")
    assert first_event is not None
    assert first_event.objective == Objective(Comparator.GE, 0.95)
    assert first_event.threshold == 2.0
    assert first_event.source == f"{tmp_path}/golive.yaml:18:5"
    assert config.canary[0].traffic == 0.1
    assert config.authorisations[0].allows == (Permission.LOAD, Permission.RATE_LIMIT)
    assert config.waivers[0].until == date(2030, 2, 1)
    assert found.settings == {"slo": SloSettings(timeout=2.0, confidence=0.99)}
    assert found.base == tmp_path


def test_a_gate_without_section_has_its_defaults(tmp_path: Path) -> None:
    assert loaded(tmp_path, HEAD, {"slo": SloSettings}).settings == {"slo": SloSettings()}


def test_a_suspicious_objective_is_left_to_a_check(tmp_path: Path) -> None:
    text = HEAD + 'slos: [{id: e, objective: "< 95%"}, {id: r, objective: ">= 100%"}, {id: n}]\n'
    assert [slo.id for slo in loaded(tmp_path, text).config.slos] == ["e", "r", "n"]


def test_every_problem_of_a_wrong_file_at_once() -> None:
    folder = Path(__file__).parent / "wrong"
    with pytest.raises(ConfigError) as caught:
        load_config(folder / "golive.yaml", {"slo": SloSettings})
    shown = str(caught.value).replace(f"{folder}/", "")
    assert shown + "\n" == (folder / "messages.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "golive.yaml:1:1: the file is empty (begin with: apiVersion: golive/v1; "),
        ("# nothing\n", "golive.yaml:1:1: the file is empty"),
        ("- a\n", "golive.yaml:1:1: the file has to be a mapping"),
        ("a: [\n", "golive.yaml:2:1: not valid YAML"),
        ("a: 1\n---\nb: 2\n", "golive.yaml:3:1: more than one document"),
        ("apiVersion: golive/v1\n", "golive.yaml:1:1: the file: required key 'service' is missing"),
        ("[" * 100_000, "golive.yaml:1:65: nested deeper than 64 levels"),
        (HEAD + "service: {}\n", "golive.yaml:3:1: key 'service' is already set in line 2"),
        (
            HEAD + "target: {services: []}\n",
            "golive.yaml:3:20: target.services: needs at least 1 entry",
        ),
        (
            HEAD + "slos: {id: a}\n",
            "golive.yaml:3:7: slos: expected a list, found a mapping (write a list: [a, b],",
        ),
        (
            HEAD + "target:\n  services: [{name: a, url: 'http://a'}]\n  rateLimit: {}\n",
            "golive.yaml:5:3: unknown key 'rateLimit' in target (did you mean 'rate_limit'?)",
        ),
        (
            HEAD + "contacts: [{role: a, name: b, reach: 0101234}]\n",
            "golive.yaml:3:38: 0101234 is 33436 (octal) to some YAML readers and 101234 to others",
        ),
        (
            HEAD + "release: {planned: 2030-01-31}\n",
            "golive.yaml:3:20: release.planned: 2030-01-31 has no time zone",
        ),
        (
            HEAD + "channels: [{kind: slack, address: 'https://hooks.slack.com/services/T/B/x'}]\n",
            "golive.yaml:3:35: channels[0].address: this address is a credential",
        ),
        (
            HEAD + "slos: [{id: a, indicator: {kind: ratio, good: x, bad: y, total: z}}]\n",
            "golive.yaml:3:27: slos[0].indicator: kind ratio needs total and one of good and bad",
        ),
        (
            HEAD + "slos: [{id: a, indicator: {kind: raw, total: z, query: q}}]\n",
            "golive.yaml:3:39: slos[0].indicator: total has no meaning for kind raw",
        ),
        (
            HEAD + "slos: [{id: a, budgeting: Timeslices}]\n",
            "golive.yaml:3:8: slos[0]: Timeslices need a slice_window",
        ),
        (
            HEAD + "issues: [{text: a, attested: {by: k, on: 2030-02-01, until: 2030-01-01}}]\n",
            "golive.yaml:3:61: issues[0].attested: until 2030-01-01 lies before on 2030-02-01",
        ),
        (
            HEAD + "prometheus: {url: 'http://p', tls: {ca: gone.pem}}\n",
            "golive.yaml:3:41: prometheus.tls.ca: no such file: gone.pem",
        ),
        (
            HEAD + "slo_files: [gone/*.yaml]\n",
            "golive.yaml:3:13: slo_files[0]: no file matches 'gone/*.yaml'",
        ),
        (
            HEAD + "waivers:\n"
            "  - {check: a.b, reason: r, by: k, until: 2030-01-01}\n"
            "  - {check: a.b, reason: r, by: k, until: 2030-01-01}\n",
            "golive.yaml:5:13: waivers[1].check: waiver for check 'a.b' is already at",
        ),
    ],
)
def test_one_problem_and_its_words(tmp_path: Path, text: str, expected: str) -> None:
    (message,) = messages(tmp_path, text)
    assert message.startswith(expected)


def test_nothing_to_read_says_what_to_do_next(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "none.yaml", "no such file"), (tmp_path, "a folder")):
        with pytest.raises(ConfigError) as caught:
            load_config(path)
        assert reason in str(caught.value)
        assert "golive demo" in str(caught.value)


def test_secret_values_are_in_no_message(tmp_path: Path) -> None:
    text = (
        HEAD
        + "target:\n  services: [{name: a, url: 'http://u:canary-1@h'}]\n"
        + "  auth: {token: canary-2, header: [canary-3]}\n"
        + "prometheus: {url: 'http://p?token=canary-4', auth: {token: [canary-5]}}\n"
    )
    found = "\n".join(messages(tmp_path, text))
    assert found.count("\n") == 4
    assert "canary" not in found


def test_check_ids_are_verified_against_known_ones(tmp_path: Path) -> None:
    text = HEAD + (
        "issues:\n  - {text: a, checks: [slo.readines, load.capacity, slo.readiness, mine.x]}\n"
    )
    near, far = messages(tmp_path, text, checks={"slo.readiness", "slo.error-rate"})
    assert near.startswith("golive.yaml:4:24: issues[0].checks[0]: there is no check")
    assert near.endswith("'slo.readines' (did you mean 'slo.readiness'?)")
    assert far.startswith("golive.yaml:4:68: issues[0].checks[3]: there is no check")
    assert far.endswith("'mine.x' (known: slo.error-rate, slo.readiness)")


def test_standard_gates_need_not_be_installed(tmp_path: Path) -> None:
    text = HEAD + "gates: {load: {anything: 1}}\nprofile: {gates: [slo, load, recovery]}\n"
    config = loaded(tmp_path, text, {"slo": SloSettings}).config
    assert config.profile.gates == ("slo", "load", "recovery")
    assert config.gates["load"] == {"anything": 1}


def test_gates_are_not_checked_when_none_are_known(tmp_path: Path) -> None:
    text = HEAD + "gates: {mine: {a: 1}}\nprofile: {gates: [mine]}\n"
    assert loaded(tmp_path, text).config.profile.gates == ("mine",)


def test_settings_without_default_are_required(tmp_path: Path) -> None:
    gates: dict[str, type] = {"load": LoadSettings}
    assert messages(tmp_path, HEAD, gates) == [
        "golive.yaml:1:1: gates.load.rate: required key is missing"
    ]
    assert messages(tmp_path, HEAD + "gates: {load: {}}\n", gates) == [
        "golive.yaml:3:15: gates.load: required key 'rate' is missing"
    ]


def test_a_rule_between_settings_keeps_its_place(tmp_path: Path) -> None:
    text = HEAD + "gates:\n  load: {rate: 2000, steps: [1s, 2m]}\n"
    assert messages(tmp_path, text, {"load": LoadSettings}) == [
        "golive.yaml:4:9: gates.load: a rate above 1000 is not asked for"
    ]
    fine = loaded(tmp_path, text.replace("2000", "20"), {"load": LoadSettings})
    assert fine.settings["load"] == LoadSettings(20, (1.0, 120.0))


def test_overrides_win_in_order_and_keep_text_as_text(tmp_path: Path) -> None:
    overrides = [
        *overrides_from_environment(
            {
                "GOLIVE_SET__service__version": "3.10",
                "GOLIVE_SET__prometheus__timeout": "7s",
                "OTHER": "x",
            }
        ),
        override_from_flag("prometheus.timeout=9s"),
        override_from_flag("target.services.0.url=http://127.0.0.1:1/?a=b"),
        override_from_flag("target.tls.verify=false"),
        override_from_flag("gates.slo.probes=30"),
        override_from_flag("profile.gates=[slo]"),
    ]
    found = load_config(write(tmp_path, FULL), {"slo": SloSettings}, overrides=overrides)
    config = found.config
    assert config.service.version == "3.10"
    assert config.prometheus is not None
    assert config.prometheus.timeout == 9.0
    assert config.target is not None
    assert config.target.services[0].url == "http://127.0.0.1:1/?a=b"
    assert config.target.tls.verify is False
    assert config.profile.gates == ("slo",)
    assert found.settings["slo"] == SloSettings(timeout=2.0, confidence=0.99, probes=30)


def test_wrong_overrides_are_errors_with_their_origin(tmp_path: Path) -> None:
    overrides = [
        override_from_flag("prometheus.timout=9s"),
        override_from_flag("prometheus.timeout=9"),
        override_from_flag("target.services.7.url=http://a"),
        override_from_flag("target.services.first.url=http://a"),
        override_from_flag("service.name.x=1"),
        override_from_flag("gates.slow.probes=1"),
        Override(("gates", "slo", "probes"), "[", "GOLIVE_SET__gates__slo__probes"),
    ]
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, FULL), {"slo": SloSettings}, overrides=overrides)
    text = str(caught.value)
    assert "--set prometheus.timout: there is no key 'timout' (did you mean 'timeout'?)" in text
    assert "--set target.services.7.url: the list has 2 entries, 7 is not the next" in text
    assert "--set target.services.first.url: 'first' is no number of a list entry" in text
    assert "--set service.name.x: there is nothing below it" in text
    assert "--set gates.slow.probes: there is no gate 'slow' (did you mean 'slo'?)" in text
    assert "GOLIVE_SET__gates__slo__probes: not valid YAML" in text


def test_a_bad_override_value_is_placed_at_the_override(tmp_path: Path) -> None:
    overrides = [override_from_flag("prometheus.timeout=9")]
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, FULL), overrides=overrides)
    assert str(caught.value) == (
        "--set prometheus.timeout: prometheus.timeout: 9 has no unit"
        " (write 9s for seconds; units: ms, s, m, h, d, w)"
    )


@pytest.mark.parametrize("argument", ["a.b", "=x", "a..b=1", ""])
def test_an_override_needs_key_and_value(argument: str) -> None:
    with pytest.raises(ConfigError, match="expected KEY=VALUE"):
        override_from_flag(argument)


def test_an_override_leaves_the_data_and_its_aliases_alone() -> None:
    shared = {"verify": True}
    data: dict[str, object] = {"target": {"tls": shared}, "prometheus": {"tls": shared}}
    changed, _ = apply_overrides(data, [override_from_flag("target.tls.verify=false")])
    assert changed == {
        "target": {"tls": {"verify": False}},
        "prometheus": {"tls": {"verify": True}},
    }
    assert shared == {"verify": True}


def test_effective_reads_back_and_masks_credentials(tmp_path: Path) -> None:
    text = FULL.replace(
        "n: 3}", "n: 3, api_key: planted-1, max_tokens: 5, u: 'http://a:planted-2@b'}"
    )
    config = loaded(tmp_path, text).config
    shown = effective(config)
    assert decode(Config, shown).slos == config.slos
    assert shown["target"]["auth"]["token"] == "env:API_TOKEN"
    assert shown["target"]["project_api"]["body"] == {
        "name": "p-{unique}",
        "n": 3,
        "api_key": "***",
        "max_tokens": 5,
        "u": "http://***@b",
    }
    assert "planted" not in str(shown)
