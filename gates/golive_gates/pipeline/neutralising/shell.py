"""What the script around a scan makes of its failure."""

from __future__ import annotations

from collections.abc import Iterator

from golive_gates.pipeline.neutralising.model import Cause
from golive_gates.pipeline.neutralising.outcomes import reads_report
from golive_gates.pipeline.neutralising.places import line_of_command
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.scans.model import Scan


def shell_causes(scan: Scan, repository: Repository) -> Iterator[Cause]:
    """Causes in the script of *scan*; none for an action."""
    command = scan.command
    if command is None:
        return
    location = line_of_command(scan.step, command, repository)
    path = scan.step.place.below("run").json_path
    for code in command.lost:
        if code != "not-run" and reads_report(scan, repository):
            yield Cause("outcome-read", location, path, certain=False, params={"tool": scan.tool})
            return
        yield Cause(f"shell-{code}", location, path, params={"tool": scan.tool})
    for why in command.unsure:
        params = {"tool": scan.tool, "why": why}
        yield Cause("shell-unsure", location, path, certain=False, params=params)
