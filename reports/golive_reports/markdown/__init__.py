"""The go-live status report as Markdown: the sections of the form, every figure computed."""

from __future__ import annotations

from itertools import chain

from golive.record import Run
from golive.rendering import Renderer, RenderOptions
from golive_reports.markdown import (
    checklist,
    conclusion,
    decision,
    gates,
    header,
    issues,
    metrics,
    references,
    rollout,
)
from golive_reports.view import View

SECTIONS = (
    header.section,
    gates.section,
    issues.section,
    metrics.section,
    rollout.section,
    checklist.section,
    decision.section,
    references.contacts,
    references.documents,
    conclusion.section,
)


def render(run: Run, options: RenderOptions) -> str:
    """The report. Raises ``CatalogueError`` for a language without sentences."""
    view = View(run, options)
    lines = chain.from_iterable(section(view) for section in SECTIONS)
    return "\n".join(lines).strip("\n") + "\n"


RENDERER = Renderer("markdown", ".md", "text/markdown", render)
