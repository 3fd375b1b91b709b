"""actionlint, the linter of workflows, over the same files, where it is installed."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.programs import Ran, found, run
from golive.sources.credentials import mask_text
from golive_gates.pipeline.observers.workflow_copies import MOST, Copied, copies
from golive_gates.pipeline.programs.parts import Actionlint, Opinion, Trouble
from golive_gates.pipeline.programs.reading import NoAnswerError, actionlint_said
from golive_gates.pipeline.settings import Settings

TIMEOUT = 60.0
"""Seconds that one call may take; it usually takes 0.1."""
BESIDE = (".github/actionlint.yaml", ".github/actionlint.yml")
FOUND = 1
# Neither shellcheck nor pyflakes: which of them is installed must not decide what it says.
_WORDS = ("-format", "{{json .}}", "-shellcheck=", "-pyflakes=", "-no-color")
_WORKFLOWS = ".github/workflows/"


class ActionlintObserver:
    """Runs actionlint over the workflows; sends nothing."""

    part = Actionlint
    lane = Lane.FILES
    needs = frozenset({Need.FILES})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent."""
        del scope, settings
        return (PlannedWork("actionlint", self.lane, 0, 0.0),)

    async def observe(self, ctx: RunContext, settings: Settings) -> Actionlint | Unavailable:
        """Its findings, or that it is not installed."""
        program = found("actionlint")
        if program is None:
            return Unavailable(Reason("actionlint-missing"), kind="absent")
        with TemporaryDirectory(prefix="golive-actionlint-") as folder:
            base = Path(folder)
            said = await run(program, ("-version",), base, TIMEOUT, apart=True)
            version = (said.text.split() or [""])[0] if said.status == 0 else ""
            opinion = Opinion(version.removeprefix("v"))
            for copied in copies(ctx, settings.root, base, BESIDE):
                opinion = await _extended(opinion, program, copied, base)
        text = json.dumps(asdict(opinion), ensure_ascii=False, indent=1)
        evidence = ctx.evidence.add("actionlint.json", text, "application/json")
        return Actionlint(replace(opinion, evidence=(evidence,)))


async def _extended(opinion: Opinion, program: str, copied: Copied, home: Path) -> Opinion:
    files = [f for f in copied.files if f.startswith(_WORKFLOWS)]
    gone = tuple(
        Trouble(path, "refused", why) for path, why in copied.missing if _WORKFLOWS in path
    )
    counted = replace(
        opinion,
        files=opinion.files + len(files) + len(gone),
        troubles=(*opinion.troubles, *gone),
    )
    if not files:
        return counted
    if len(files) > MOST:
        trouble = Trouble(copied.root, "too-much", str(len(files)))
        return replace(counted, troubles=(*counted.troubles, trouble))
    # It looks for local actions and its configuration from the folder of a repository on.
    (copied.folder / ".git").mkdir()
    ran = await run(program, (*_WORDS, *files), copied.folder, TIMEOUT, apart=True, home=home)
    return _answered(counted, copied, ran)


def _answered(opinion: Opinion, copied: Copied, ran: Ran) -> Opinion:
    def with_trouble(code: str, detail: str) -> Opinion:
        trouble = Trouble(copied.root, code, detail)
        return replace(opinion, troubles=(*opinion.troubles, trouble))

    if ran.status is None:
        return with_trouble(ran.problem, ran.text if ran.problem == "not-started" else "")
    if ran.status not in (0, FOUND):
        words = " ".join(mask_text(ran.errors).replace(f"{copied.folder}/", "").split())
        return with_trouble("ended", f"{ran.status}: {words[:300]}")
    try:
        said = tuple(replace(s, path=copied.shown(s.path)) for s in actionlint_said(ran.text))
    except NoAnswerError as error:
        return with_trouble("no-answer", str(error))
    opinion = replace(opinion, said=(*opinion.said, *said))
    if bool(said) is (ran.status == 0):
        trouble = Trouble(copied.root, "contradiction", str(ran.status))
        return replace(opinion, troubles=(*opinion.troubles, trouble))
    return opinion
