"""Alertmanager configurations in a few lines, and what a check makes of them."""

from __future__ import annotations

from textwrap import dedent, indent

from golive.api import CheckResult
from golive.sources.tree import FileKind, PlainDocument
from golive.sources.yaml import load
from golive_gates.observability.routing.model import AlertmanagerConfig
from golive_gates.observability.routing.reading import read_config
from golive_gates.observability.rules.model import Place
from tests.gates.observability.snippets import alert, judged, rules

SLACK = "slack_configs: [{api_url_file: /run/secrets/slack, channel: '#alerts'}]"


def configuration(*routes: str, top: str = "", default: str = "team", receivers: str = "") -> str:
    """An alertmanager.yml: *routes* below a root to *default*, people behind ``team`` and ``page``.

    ``top``: further lines at the top. ``receivers``: further receivers.
    """
    listed = "".join(f"    - {indent(dedent(r).strip(), ' ' * 6).lstrip()}\n" for r in routes)
    return (
        f"{dedent(top).strip()}\nroute:\n  receiver: {default}\n"
        + (f"  routes:\n{listed}" if routes else "")
        + f"receivers:\n  - name: team\n    {SLACK}\n  - name: page\n"
        + "    pagerduty_configs: [{routing_key_file: /run/secrets/pagerduty}]\n"
        + '  - name: "null"\n'
        + indent(dedent(receivers).strip(), "  ")
        + "\n"
    ).lstrip()


def config(text: str) -> AlertmanagerConfig:
    """The configuration that *text* is."""
    data = load(dedent(text), "a.yml").data
    assert isinstance(data, dict)
    return read_config(data, Place(PlainDocument(FileKind.ALERTMANAGER, data, "a.yml"), ()), "a")


def severe(word: str, *, name: str = "A", expr: str = "sum(up) == 0", labels: str = "") -> str:
    """An alert of severity *word* whose expression keeps no label."""
    return alert(expr, name=name).replace(
        "labels: {severity: critical}", f"labels: {{severity: {word}{labels}}}"
    )


def delivered(
    check: str, text: str, *alerts: str, problems: int = 0, others: tuple[str, ...] = ()
) -> CheckResult:
    """The result of *check* over a configuration, *alerts* (one critical by default) and others."""
    return judged(
        check, text, rules(*(alerts or (severe("critical"),))), *others, problems=problems
    )
