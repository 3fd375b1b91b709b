"""``golive alerts drill``: one synthetic alert through the real Alertmanager, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from golive.cli.probe_options import CaOption, InsecureOption, Shape, ShapeOption, TokenOption

if TYPE_CHECKING:
    from golive.api import CheckResult
    from golive_gates.observability.commands.drill_order import Prepared
    from golive_gates.observability.live.drill_parts import Drill

FAILED, UNDECIDED = 1, 3
PACKAGE = "golive_gates.observability"

_STEPS = {
    "status": "asking Alertmanager",
    "post": "posting the alert",
    "listed": "looking where it is routed",
    "arrival": "waiting for it at the webhook",
    "ended": "ended the alert",
    "resolved": "waiting for the message of its end",
}


def drill(  # noqa: PLR0913, PLR0917 - a command's options are arguments
    url: Annotated[
        str | None,
        typer.Argument(metavar="[URL]", help="Alertmanager. Default: that of --config."),
    ] = None,
    webhook: Annotated[
        str | None,
        typer.Option(
            "--webhook",
            metavar="HOST:PORT",
            help="Loopback address to listen at; a webhook of the receiver has to point to it.",
        ),
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(
            "--label",
            metavar="NAME=VALUE",
            help="Label of the synthetic alert. Repeatable. Default: those of a critical alert "
            "of the files of --config.",
        ),
    ] = None,
    within: Annotated[
        str | None,
        typer.Option("--within", metavar="DURATION", help="By when it has to arrive. Default: 90s"),
    ] = None,
    resolved_within: Annotated[
        str | None,
        typer.Option(
            "--resolved-within",
            metavar="DURATION",
            help="How long to wait for the message of its end. Default: 30s",
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "-c",
            "--config",
            envvar="GOLIVE_CONFIG",
            help="golive.yaml with the Alertmanager, and with the authorisation (`alerts`) that "
            "any host but this machine needs.",
        ),
    ] = None,
    authorised_by: Annotated[
        str | None,
        typer.Option(
            "--authorised-by", metavar="NAME", help="Only an authorisation by this person counts."
        ),
    ] = None,
    token: TokenOption = None,
    ca: CaOption = None,
    insecure: InsecureOption = False,
    output: ShapeOption = Shape.TEXT,
) -> int:
    """Post a synthetic alert, see it arrive, and end it again. It may page people.

    Exit codes: 0 it arrived, 1 it did not, 2 usage or no authorisation, 3 undecided,
    130 interrupted (the alert is ended first).
    """
    import asyncio

    from golive_gates.observability.commands.drill_order import Options, prepare

    options = Options(
        url=url,
        config=config,
        webhook=webhook,
        labels=tuple(label or ()),
        within=within,
        resolved_within=resolved_within,
        token=token,
        authorised_by=authorised_by,
        ca=ca,
        insecure=insecure,
    )
    prepared = prepare(options)
    seen = asyncio.run(_carry_out(prepared))
    result = _judged(seen)
    _show(seen, result, prepared, output)
    return {"pass": 0, "warn": 0, "fail": FAILED}.get(result.status.value, UNDECIDED)


async def _carry_out(prepared: Prepared) -> Drill:
    import sys
    from dataclasses import replace

    from golive.api import VERSION, EvidenceRef
    from golive.probe.http import HttpProbe
    from golive_gates.observability.live.alertmanager import Alertmanager
    from golive_gates.observability.live.drilling import carry_out

    order = prepared.order
    async with HttpProbe(
        version=VERSION,
        run_id=order.drill,
        verify=prepared.verify,
        ca_file=prepared.ca,
        addresses={prepared.grant.host.lower(): prepared.grant.address},
    ) as probe:
        manager = Alertmanager(probe, order.url, prepared.headers, lambda: None)
        seen, _ = await carry_out(
            order,
            manager,
            lambda step: print(_STEPS[step], file=sys.stderr),  # noqa: T201
        )
    # What is printed is all that is kept of it.
    shown = EvidenceRef("stdout", "-", "", 0, "text/plain")
    return replace(seen, evidence=(shown,))


def _judged(seen: Drill) -> CheckResult:
    from golive.api import Observation
    from golive_gates.observability.checks.delivery_drill import CHECK
    from golive_gates.observability.settings import Settings

    return CHECK.evaluate(Observation({"Drill": seen}), Settings())


def _show(seen: Drill, result: CheckResult, prepared: Prepared, output: Shape) -> None:
    import json

    from golive.cli.stdout import put
    from golive.codec import encode
    from golive.texts import catalogue

    texts = catalogue(PACKAGE, "en")
    sentence = texts.reason(result.reason, result.spec.id)
    remedy = texts.remedy(result.spec.id, result.reason)
    if output is Shape.JSON:
        drill_data = {k: v for k, v in encode(seen).items() if k != "evidence"}
        document = {
            "status": result.status.value,
            "code": result.reason.code,
            "sentence": sentence,
            "drill": drill_data,
        }
        put(prepared.redact(json.dumps(document, ensure_ascii=False, indent=2)) + "\n")
        return
    labels = ", ".join(f"{k}={v}" for k, v in sorted(seen.labels.items()))
    lines = [
        f"alert      {labels}",
        f"receivers  {', '.join(seen.receivers) or '-'}",
        *([f"arrived    {seen.arrived.after:.3f} s"] if seen.arrived is not None else []),
        *([f"resolved   {seen.resolved.after:.3f} s"] if seen.resolved is not None else []),
        f"ended      {'yes' if seen.ended else 'no'}",
        f"{result.status.value}: {sentence}",
        *([] if result.status.value == "pass" else [remedy]),
    ]
    put(prepared.redact("\n".join(lines)) + "\n")
