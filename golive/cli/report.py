"""``golive report``: render a run record again. The decision is recomputed, never believed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from golive.cli.options import Lang, LangOption, OutputOption, StrictOption


def report(
    record: Annotated[Path, typer.Argument(help="A run record (slo_validation_results_*.json).")],
    output: OutputOption = None,
    lang: LangOption = Lang.KO,
    strict: StrictOption = False,
) -> int:
    """Render RECORD again, and exit with the code its checks deserve."""
    import sys

    from golive.cli.exits import INCONCLUSIVE, OK, exit_code
    from golive.cli.outputs import parse_outputs, write
    from golive.cli.records import altered_evidence, read_record
    from golive.cli.terminal import print_summary
    from golive.rendering import RenderOptions
    from golive.texts import core_catalogue
    from golive.verdict import complaints, decide

    outputs = parse_outputs(output)
    run, unaltered = read_record(record)
    codes = complaints(run, unaltered=unaltered)
    if altered_evidence(run, record.parent):
        codes = (*codes, "evidence-altered")
    decision = decide(run).decision
    texts = core_catalogue(lang.value)
    for complaint in codes if outputs else ():  # The summary says them itself.
        params = {"recorded": run.decision.value, "computed": decision.value}
        sys.stderr.write(f"golive: {texts.core_text('complaints', complaint, **params)}\n")
    trusted = not {"record-altered", "evidence-altered"} & set(codes)
    options = RenderOptions(
        lang=lang.value,
        complaints=codes,
        record_file=record.name,
    )
    if outputs:
        write(run, outputs, options)
    else:
        print_summary(run, options, to_stdout=True)
    code = exit_code(decision, strict=strict, interrupted=run.interrupted)
    # What was changed after golive wrote it approves nothing, whatever it says now.
    return INCONCLUSIVE if code == OK and not trusted else code
