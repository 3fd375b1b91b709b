"""The scenarios as one file for ``promtool test rules``, and what it says of them. Pure.

promtool tests expectations; which alerts will fire is what is asked here. So every scenario
expects one sample that cannot be there, and the report of the failure lists what there is: the
time at which each alert first fired. ``ALERTS`` is the series that Prometheus keeps of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from golive_gates.observability.scenarios.actors import Actor
from golive_gates.observability.scenarios.scripts import Script

EXPECTED = "golive_scenario"
"""Label of the sample that cannot be there; its value names the scenario."""
LOOKED = 15.0
"""Seconds between two looks at ``ALERTS``: closer than any evaluation."""
_REPORT = re.compile(
    rf'^\s*exp: \{{{EXPECTED}="(?P<id>[^"]*)"\}} -1E\+00\n\s*got: (?P<got>.*)$', re.MULTILINE
)
_PAIR = re.compile(r'(?P<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?P<value>(?:[^"\\]|\\.)*)"(?:, )?')
_SAMPLE = re.compile(r"\} (?P<value>[-+0-9.eE]+|[-+]?Inf|NaN)(?:, |$)")
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)")
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


@dataclass(frozen=True, slots=True)
class Firing:
    """An alert that fired: ``after`` the fault's begin, in seconds; before it, that is below 0.

    ``labels``: all that the alert has, ``alertname`` included.
    """

    alert: str
    after: float
    labels: Mapping[str, str]


def written(
    scripts: Sequence[Script],
    actors: Sequence[Actor],
    rule_files: Sequence[str],
    step: float,
    metrics: Collection[str] | None = None,
) -> str:
    """The test file, as JSON, which is YAML too. *step*: seconds between two scrapes.

    *metrics*: those that rules name; the others are left out. ``None``: all are played.
    Rules are evaluated one second later each time, so that no evaluation but one in thirty falls
    on the end of a window: which samples count there changed in Prometheus 3.
    """
    playing = [a for a in actors if metrics is None or a.name in metrics]
    tests = [
        {
            "interval": _seconds(step),
            "input_series": [
                {"series": actor.series, "values": values}
                for actor in playing
                if (values := actor.shown(script.phases, step))
            ],
            "promql_expr_test": [_question(script)],
        }
        for script in scripts
    ]
    document = {
        "rule_files": list(rule_files),
        "evaluation_interval": _seconds(step + 1),
        "tests": tests,
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _question(script: Script) -> Mapping[str, object]:
    # What fired in the minute before the fault, or in the lead of a silence, fires without it.
    window = script.lasts + 90
    return {
        "expr": 'min_over_time(timestamp(ALERTS{alertstate="firing"})'
        f"[{_seconds(window)}:{_seconds(LOOKED)}])",
        "eval_time": _seconds(script.begins + script.lasts),
        "exp_samples": [{"labels": f'{{{EXPECTED}="{script.id}"}}', "value": -1}],
    }


def _seconds(value: float) -> str:
    return f"{round(value)}s"


def answers(text: str, files: Sequence[Sequence[Script]]) -> list[dict[str, tuple[Firing, ...]]]:
    """What fired in each scenario of each test file, in their order, from promtool's report.

    Raises ``ValueError`` when the report lacks a scenario or cannot be read: nothing is then
    known of any.
    """
    reports = list(_REPORT.finditer(text))
    asked = [script for scripts in files for script in scripts]
    if [report["id"] for report in reports] != [script.id for script in asked]:
        seen = {report["id"] for report in reports}
        lost = next((script.id for script in asked if script.id not in seen), "")
        msg = f"promtool reports {len(reports)} of {len(asked)} scenarios (not {lost!r})"
        raise ValueError(msg)
    answered = iter(reports)
    return [
        {
            script.id: tuple(_firings(report["got"], script.begins))
            for script, report in zip(scripts, answered, strict=False)
        }
        for scripts in files
    ]


def _firings(text: str, begins: float) -> Iterator[Firing]:
    if text.strip() == "nil":
        return
    at = 0
    while at < len(text):
        opening = text.find("{", at)
        if opening < 0:
            msg = f"no sample in {text[at : at + 60]!r}"
            raise ValueError(msg)
        labels: dict[str, str] = {}
        at = opening + 1
        while (pair := _PAIR.match(text, at)) is not None:
            labels[pair["name"]] = _unquoted(pair["value"])
            at = pair.end()
        sample = _SAMPLE.match(text, at)
        if sample is None:
            msg = f"no value in {text[at : at + 60]!r}"
            raise ValueError(msg)
        at = sample.end()
        labels.pop("alertstate", None)
        yield Firing(labels.get("alertname", ""), float(sample["value"]) - begins, labels)


def _unquoted(text: str) -> str:
    """A string as Go writes it, in plain."""

    def plain(match: re.Match[str]) -> str:
        body = match[1]
        if len(body) > 1:
            return chr(int(body[1:], 16))
        return _PLAIN.get(body, body)

    return _ESCAPE.sub(plain, text)
