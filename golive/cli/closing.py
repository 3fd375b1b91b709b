"""The end of a run: record, report and summary reach the user."""

from __future__ import annotations

from collections.abc import Sequence

from golive.cli.outputs import Output, renderer_named, write, write_file
from golive.cli.session import Folder
from golive.cli.terminal import print_summary, tell
from golive.errors import GoliveError
from golive.record import Run, from_data, to_data
from golive.record_schema import validate_record
from golive.rendering import RenderOptions
from golive.texts import core_catalogue
from golive.verdict import complaints


def close_run(run: Run, folder: Folder, outputs: Sequence[Output], lang: str) -> None:
    """Validate the record, write it and the report, print the summary."""
    data = to_data(run)
    problems = validate_record(data)
    if problems:
        msg = f"the run record does not fit its own schema: {problems[0]}"
        raise RecordDefect(msg, "report this as a bug of golive")
    run = from_data(data)
    options = RenderOptions(
        lang=lang,
        complaints=complaints(run, unaltered=True),
        record_file=folder.record.name,
    )
    write_file(folder.record, renderer_named("json").render(run, options))
    written = [folder.record]
    if not outputs:
        write_file(folder.report, renderer_named("markdown").render(run, options))
        written.append(folder.report)
    write(run, outputs, options)
    written += [o.path for o in outputs if o.path is not None]
    to_stdout = not any(o.path is None for o in outputs)
    print_summary(run, options, to_stdout=to_stdout)
    texts = core_catalogue(lang)
    for path in written:
        tell(texts.core_text("summary", "written", path=str(path)), to_stdout=to_stdout)


class RecordDefect(GoliveError):
    """golive made a record that its own schema refuses."""

    exit_code = 4
