"""``golive check``: run the gates and say what they prove."""

from __future__ import annotations

from pathlib import Path

from golive.cli.options import (
    DEFAULT_CONFIG,
    DEFAULT_MAX_REQUESTS,
    DEFAULT_OUT_DIR,
    DEFAULT_TIMEOUT,
    ConfigOption,
    GateOption,
    Lang,
    LangOption,
    MaxRequestsOption,
    OutDirOption,
    OutputOption,
    ResumeOption,
    SetOption,
    StrictOption,
    TimeoutOption,
    gate_ids,
)


def check(
    config: ConfigOption = DEFAULT_CONFIG,
    gate: GateOption = None,
    output: OutputOption = None,
    lang: LangOption = Lang.KO,
    strict: StrictOption = False,
    timeout: TimeoutOption = DEFAULT_TIMEOUT,
    max_requests: MaxRequestsOption = DEFAULT_MAX_REQUESTS,
    out_dir: OutDirOption = DEFAULT_OUT_DIR,
    overrides: SetOption = None,
    resume: ResumeOption = None,
) -> int:
    """Run the gates against the target; write the run record and the report."""
    return check_target(
        config=config,
        selected=gate_ids(gate),
        output=output,
        lang=lang.value,
        strict=strict,
        timeout=timeout,
        max_requests=max_requests,
        out_dir=out_dir,
        overrides=tuple(overrides or ()),
        resume=resume,
    )


def check_target(
    *,
    config: Path,
    selected: tuple[str, ...] | None,
    output: list[str] | None,
    lang: str,
    strict: bool,
    timeout: str,
    max_requests: int,
    out_dir: Path,
    overrides: tuple[str, ...] = (),
    resume: Path | None = None,
) -> int:
    """The work of ``check``, shared with ``demo``. Returns the exit code."""
    from golive.cli.closing import close_run
    from golive.cli.exits import exit_code
    from golive.cli.outputs import parse_outputs
    from golive.cli.progress import step_labels, watching
    from golive.cli.session import Limits, new_folder, open_session, set_up
    from golive.context import Scope, SystemClock
    from golive.interrupts import interrupting
    from golive.planning import plan_gates
    from golive.runner import Runner

    outputs = parse_outputs(output)
    session = open_session(config, selected, overrides)
    folder = new_folder(out_dir, SystemClock().now())
    limits = Limits(timeout, max_requests, resume)
    scope = Scope(session.loaded.config, session.loaded.base)
    plans = plan_gates(session.choice.run, scope, session.loaded.settings)
    with watching(plans, step_labels(session.choice.run, lang)) as progress:
        setup = set_up(session, folder, limits, progress)
        with setup.journal:
            runner = Runner(setup)
            with interrupting(runner.interrupt):
                run = runner.run()
    close_run(run, folder, outputs, lang)
    return exit_code(run.decision, strict=strict, interrupted=run.interrupted)
