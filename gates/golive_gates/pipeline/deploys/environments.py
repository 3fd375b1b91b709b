"""The names that ``environment`` of a job may have, where an expression chooses among them."""

from __future__ import annotations

import re

from golive_gates.pipeline.model.expressions import Unknown, as_text, filled, value_of
from golive_gates.pipeline.model.github import listed, mapping
from golive_gates.pipeline.model.matrix import Unknown as OpenMatrix
from golive_gates.pipeline.model.matrix import expanded
from golive_gates.pipeline.model.records import Node, Run
from golive_gates.pipeline.parts import Repository

_CHOSEN = re.compile(r"(?:&&|\|\|)\s*\(*\s*'([^']*)'(?!\s*[=!]=)")
_INPUT = re.compile(r"(?:github\.event\.)?inputs\.([\w-]+)")


def environments_of(run: Run, node: Node, repository: Repository) -> tuple[str, ...]:
    """Each name once; of an expression that nothing here tells, its own text."""
    text = filled(node.job.environment, node.given).strip()
    if "${{" not in text:
        return (text,) if text else ()
    found: list[str] = []
    combinations = expanded(node.job, repository)
    for one in ({},) if isinstance(combinations, OpenMatrix) else combinations:
        matrix = {"matrix": {name: v.value for name, v in one.items()}} if one else {}
        value = value_of(text, matrix)
        if not isinstance(value, Unknown):
            found.append(as_text(value).strip())
    if not found:
        found = [*_CHOSEN.findall(text), *_offered(run, text)]
    return tuple(dict.fromkeys(f for f in found if f)) or (text,)


def _offered(run: Run, text: str) -> list[str]:
    """What ``workflow_dispatch`` offers for the inputs that *text* reads."""
    on = mapping(run.workflow.place.source.data.get("on"))
    inputs = mapping(mapping(on.get("workflow_dispatch")).get("inputs"))
    asked = (mapping(inputs.get(name)) for name in _INPUT.findall(text))
    return [
        name for one in asked for name in (*listed(one.get("options")), *listed(one.get("default")))
    ]
