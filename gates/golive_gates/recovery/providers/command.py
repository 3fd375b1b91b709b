"""``golive provider-stub``: a stand-in for model providers, until it is stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from golive_gates.recovery.providers.stub.script import Script
    from golive_gates.recovery.providers.stub.serving import Ports, ProviderStub

APP = typer.Typer(
    name="provider-stub",
    help="Stand in for OpenAI and Anthropic on this machine, with faults on demand.",
    pretty_exceptions_enable=False,
    add_completion=False,
)


@APP.command()
def provider_stub(
    port: Annotated[
        int,
        typer.Option(
            "--port",
            help="For both providers and the control API; 0 takes a free one.",
            min=0,
            max=65535,
        ),
    ] = 0,
    openai_port: Annotated[
        int, typer.Option("--openai-port", help="Only for OpenAI; it can refuse.", min=0, max=65535)
    ] = 0,
    anthropic_port: Annotated[
        int,
        typer.Option(
            "--anthropic-port", help="Only for Anthropic; it can refuse.", min=0, max=65535
        ),
    ] = 0,
    scenario: Annotated[
        Path | None,
        typer.Option(
            "--scenario",
            metavar="FILE",
            help="YAML or JSON: answers, prompts, pace, and scenarios in force from the start.",
        ),
    ] = None,
    first_token: Annotated[
        float | None,
        typer.Option("--first-token", metavar="SECONDS", help="Before the first piece.", min=0),
    ] = None,
    gap: Annotated[
        float | None,
        typer.Option("--gap", metavar="SECONDS", help="Between two pieces of a stream.", min=0),
    ] = None,
) -> int:
    """Serve both providers on loopback until SIGINT or SIGTERM, and print where.

    Scenarios are set with POST /__golive/scenario, rolled back with DELETE, and every request is
    in GET /__golive/journal. Exit codes: 0 it was stopped, 2 a port or the scenario file cannot
    be used.
    """
    import asyncio

    from golive.errors import UsageError
    from golive_gates.recovery.providers.stub.faults import BadScenario
    from golive_gates.recovery.providers.stub.script import Script, read_script
    from golive_gates.recovery.providers.stub.serving import Ports, PortTaken

    try:
        script = Script() if scenario is None else read_script(scenario)
        script = _paced(script, first_token, gap)
    except BadScenario as error:
        raise UsageError(str(error), "see docs: answers, prompts, pace, scenarios") from None
    try:
        asyncio.run(_serve(script, Ports(port, openai_port, anthropic_port)))
    except PortTaken as error:
        what = str(error.strerror or error)
        raise UsageError(what, "stop what uses it, or choose another port") from None
    return 0


def _paced(script: Script, first_token: float | None, gap: float | None) -> Script:
    from dataclasses import replace

    from golive_gates.recovery.providers.stub.faults import BadScenario

    given = {"first_token": first_token, "gap": gap}
    wanted = {name: seconds for name, seconds in given.items() if seconds is not None}
    try:
        return replace(script, pace=replace(script.pace, **wanted))
    except ValueError as error:
        raise BadScenario(str(error)) from None


async def _serve(script: Script, ports: Ports) -> None:
    import asyncio
    import signal
    import sys

    from golive.cli.stdout import put
    from golive_gates.recovery.providers.stub.serving import ProviderStub

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    # By handlers of its own: in a background job SIGINT is ignored, and raises nothing.
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with ProviderStub(script, ports) as stub:
        put(_addresses(stub))
        sys.stdout.flush()
        await stopped.wait()
        sys.stderr.write(f"stopped after {stub.journal.last} requests\n")


def _addresses(stub: ProviderStub) -> str:
    lines = [
        f"control    {stub.url}/__golive",
        *(f"{name:<10} {url}" for name, url in stub.addresses.items()),
        *(f"{name:<10} {stub.url}/{name}" for name in stub.addresses),
        "",
        f"OPENAI_BASE_URL={stub.addresses['openai']}/v1",
        f"ANTHROPIC_BASE_URL={stub.addresses['anthropic']}",
    ]
    return "\n".join(lines) + "\n"
