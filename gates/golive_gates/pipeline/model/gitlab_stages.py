"""What a GitLab job waits for: what it names, else all of the stages before its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from golive_gates.pipeline.model.github import listed, mapping, text
from golive_gates.pipeline.model.gitlab_files import Configuration, Layer
from golive_gates.pipeline.model.records import Missing

_USUAL = ("build", "test", "deploy")
_STAGE = "test"


def stages_of(config: Configuration) -> tuple[str, ...]:
    """The stages in their order, ``.pre`` and ``.post`` included."""
    found = config.top("stages") or config.top("types")
    named = _USUAL if found is None else tuple(t for t, _ in config.texts(*found))
    return (".pre", *(s for s in named if s not in (".pre", ".post")), ".post")


def needs_of(
    config: Configuration, layers: Mapping[str, list[Layer]], stages: tuple[str, ...]
) -> Mapping[str, tuple[str, ...]]:
    """For each job the names of those that it waits for."""
    order = {stage: number for number, stage in enumerate(stages)}
    staged: dict[str, int] = {}
    for name, found in layers.items():
        stage = text(_near(found, "stage")) or _STAGE
        if stage not in order:
            place = found[-1][1]
            config.missing.append(Missing(place.below("stage"), "no-stage", stage))
        staged[name] = order.get(stage, len(stages))
    earlier = {
        number: tuple(n for n, s in staged.items() if s < number) for number in set(staged.values())
    }
    return {
        name: earlier[staged[name]]
        if _near(found, "needs") is None
        else _named(_near(found, "needs"), layers)
        for name, found in layers.items()
    }


def _near(layers: list[Layer], key: str) -> Any:  # noqa: ANN401 - YAML
    return next((data[key] for data, _ in reversed(layers) if key in data), None)


def _named(needs: object, jobs: Mapping[str, object]) -> tuple[str, ...]:
    found: list[str] = []
    for need in needs if isinstance(needs, list | tuple) else listed(needs):
        name = text(need) or text(mapping(need).get("job"))
        elsewhere = mapping(need).get("project") or mapping(need).get("pipeline")
        optional = mapping(need).get("optional") is True and name not in jobs
        if name and not elsewhere and not optional:
            found.append(name)
    return tuple(dict.fromkeys(found))
