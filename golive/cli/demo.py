"""``golive demo``: start the reference generator, check it, stop it."""

from __future__ import annotations

from typing import Annotated

import typer

from golive.cli.options import (
    DEFAULT_MAX_REQUESTS,
    DEFAULT_OUT_DIR,
    DEFAULT_TIMEOUT,
    GateOption,
    Lang,
    LangOption,
    MaxRequestsOption,
    OutDirOption,
    OutputOption,
    SetOption,
    StrictOption,
    TimeoutOption,
    gate_ids,
)


def demo(
    serve: Annotated[
        bool, typer.Option("--serve", help="Keep the generator up and print its addresses.")
    ] = False,
    broken: Annotated[
        str | None,
        typer.Option("--broken", metavar="NAME", help="Break exactly one thing ('list' lists)."),
    ] = None,
    rate_limit: Annotated[
        str,
        typer.Option("--rate-limit", metavar="N/WINDOW", help="The generator's limit per client."),
    ] = "200/60s",
    gate: GateOption = None,
    output: OutputOption = None,
    lang: LangOption = Lang.KO,
    strict: StrictOption = False,
    timeout: TimeoutOption = DEFAULT_TIMEOUT,
    max_requests: MaxRequestsOption = DEFAULT_MAX_REQUESTS,
    out_dir: OutDirOption = DEFAULT_OUT_DIR,
    overrides: SetOption = None,
) -> int:
    """Check the reference generator, healthy or with one thing broken."""
    from golive.cli.check import check_target
    from golive.cli.demo_process import list_broken, running_demo, serve_demo
    from golive.cli.outputs import parse_outputs
    from golive.cli.session import seconds

    if broken == "list":
        return list_broken()
    if serve:
        return serve_demo(broken=broken, rate_limit=rate_limit)
    selected = gate_ids(gate)
    parse_outputs(output)  # Wrong options are told before anything starts.
    seconds(timeout, "--timeout")
    with running_demo(broken=broken, rate_limit=rate_limit) as facts:
        return check_target(
            config=facts.config,
            selected=selected,
            output=output,
            lang=lang.value,
            strict=strict,
            timeout=timeout,
            max_requests=max_requests,
            out_dir=out_dir,
            overrides=tuple(overrides or ()),
        )
