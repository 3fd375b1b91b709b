"""``golive alerts generate``: burn-rate rules for the SLOs of a configuration."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from golive_gates.observability.commands.opening import NOTHING, ConfigOption

if TYPE_CHECKING:
    from golive_gates.observability.burn.rules import Written
    from golive_gates.observability.commands.opening import Opened


class Form(StrEnum):
    """What is written: a file for ``rule_files``, or an object for the operator."""

    RULES = "rules"
    PROMETHEUSRULE = "prometheusrule"


def generate(
    config: ConfigOption = Path("golive.yaml"),
    form: Annotated[Form, typer.Option("--form", help="rules or prometheusrule.")] = Form.RULES,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Default: stdout.")
    ] = None,
    runbook: Annotated[
        str,
        typer.Option(
            "--runbook", metavar="URL", help="Of every alert; {slo} and {alert} are filled in."
        ),
    ] = "",
    label: Annotated[
        list[str] | None,
        typer.Option(
            "--label", metavar="NAME=VALUE", help="Label of every alert, to route by. Repeatable."
        ),
    ] = None,
    least_failures: Annotated[
        int,
        typer.Option(
            "--least-failures",
            min=0,
            help="Failures in the long window without which no alert fires; 0 for none.",
        ),
    ] = 3,
) -> int:
    """Write multi-window burn-rate rules: 2 % of the budget in 1 h, 5 % in 6 h, 10 % in 3 d.

    What cannot be written is said for each SLO, on stderr and at the head of the file. Exit
    codes: 0 written, 2 usage or configuration, 3 nothing could be written.
    """
    from golive.cli.outputs import write_file
    from golive.cli.stdout import put
    from golive_gates.observability.burn.rules import Wishes, rules_for
    from golive_gates.observability.burn.writing import as_yaml
    from golive_gates.observability.commands.opening import opened, said_of

    here = opened(config)
    wishes = Wishes(runbook, _labels(label or []), here.severities, least_failures)
    written = [rules_for(sli, wishes) for sli in here.slis]
    remarks = [*said_of(here.without), *(line for w in written for line in _left_out(w))]
    for line in remarks:
        print(line, file=sys.stderr)  # noqa: T201
    written = [w for w in written if w.groups]
    if not written:
        print("no SLO for which rules can be written", file=sys.stderr)  # noqa: T201
        return NOTHING
    text = as_yaml(
        written,
        "rules" if form is Form.RULES else "prometheusrule",
        remarks,
        namespace=_namespace(here),
        labels=here.settings.monitor_labels,
    )
    if output is None:
        put(text)
    else:
        write_file(output, text)
    return 0


def _namespace(here: Opened) -> str:
    return here.config.cluster.namespace if here.config.cluster is not None else ""


def _labels(given: list[str]) -> dict[str, str]:
    from golive.errors import UsageError

    found = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name.replace("_", "a").isalnum() or name[0].isdigit():
            msg = f"--label {text} is no label"
            raise UsageError(msg, "write --label service=generation-service")
        if name in ("severity", "slo", "alertname"):
            msg = f"--label {text}: golive sets {name} itself"
            raise UsageError(msg, "choose another name; severities are in gates.observability")
        found[name] = value
    return found


def _left_out(written: Written) -> list[str]:
    """A line for each tier that an SLO cannot have, and why."""
    from golive_gates.observability.rules.durations import written as duration

    sentences = {
        "beyond": "would fire above {at:g} of all requests, which is more than there are",
        "lasting": "would fire at {at:g} times what the budget allows, when the budget lasts",
        "longer": "looks over a longer time than the SLO's own window",
    }
    return [
        f"{written.sli.slo}: no alert for {out.tier.share * 100:g} % of the budget in "
        f"{duration(out.tier.long_s)}: it {sentences[out.why].format(at=out.at)}"
        for out in written.left_out
    ]
