"""SLOs from OpenSLO v1 files (https://github.com/OpenSLO/OpenSLO).

Read: SLO with inline or referenced SLI (ratio, raw and threshold metrics on Prometheus),
rolling windows, Occurrences and Timeslices. What golive does not evaluate (composites,
RatioTimeslices, calendar windows, other metric sources) is an error that says so. Alerting
kinds and Service are read past: they state no objective.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from golive.config.errors import ConfigError, Problem
from golive.config.model import Budgeting, Indicator, Objective, Slo
from golive.config.openslo_fields import Fields, Refused
from golive.config.openslo_indicator import read_indicator
from golive.config.quantities import QuantityError, parse_duration
from golive.config.suggestion import hint_for
from golive.model import Comparator, Location
from golive.sources.yaml import Document

API_VERSION = "openslo/v1"
ID_ANNOTATION = "golive/slo"
_PASSED_OVER = (
    "Service",
    "AlertPolicy",
    "AlertCondition",
    "AlertNotificationTarget",
)
_READ = ("SLO", "SLI", "DataSource")
_SPEC_KEYS = (
    "description",
    "service",
    "indicator",
    "indicatorRef",
    "timeWindow",
    "budgetingMethod",
    "objectives",
    "alertPolicies",
)
_OBJECTIVE_KEYS = (
    "displayName",
    "op",
    "value",
    "target",
    "targetPercent",
    "timeSliceTarget",
    "timeSliceWindow",
)
_COMPOSITE_KEYS = ("indicator", "indicatorRef", "compositeWeight")
_OPERATORS = {
    "lte": Comparator.LE,
    "lt": Comparator.LT,
    "gte": Comparator.GE,
    "gt": Comparator.GT,
}
_WINDOW = re.compile(r"\d+(?:m|h|d|w)")


def read_openslo(documents: Iterable[Document]) -> tuple[tuple[Slo, Location], ...]:
    """SLOs of *documents*, which may refer to one another, with the place of each.

    The id is the annotation ``golive/slo``, else ``metadata.name``; of several objectives each
    gets its displayName or number appended. The objective is ``>= target`` on good events.
    Raises ``ConfigError`` with every problem.
    """
    objects: dict[tuple[str, str], Fields] = {}
    problems: list[Problem] = []
    for document in documents:
        if document.data is None:
            continue
        try:
            _collect(Fields.top(document), objects)
        except Refused as refused:
            problems.append(refused.problem)
    found: list[tuple[Slo, Location]] = []
    for (kind, _), fields in objects.items():
        if kind == "SLO":
            try:
                found.extend(_read_slo(fields, objects))
            except Refused as refused:
                problems.append(refused.problem)
    if problems:
        raise ConfigError(problems)
    return tuple(found)


def _collect(fields: Fields, objects: dict[tuple[str, str], Fields]) -> None:
    version = fields.text("apiVersion")
    if version != API_VERSION:
        message = f"apiVersion {version!r:.60} is not supported"
        raise fields.refuse(message, f"only {API_VERSION} is", "apiVersion")
    kind = fields.text("kind")
    if kind in _PASSED_OVER:
        return
    if kind not in _READ:
        hint = hint_for(kind, (*_READ, *_PASSED_OVER))
        msg = f"kind {kind!r:.60} is not known"
        raise fields.refuse(msg, hint, "kind")
    fields.only(("apiVersion", "kind", "metadata", "spec"))
    metadata = fields.part("metadata")
    name = metadata.text("name")
    earlier = objects.get((kind, name))
    if earlier is not None:
        message = f"{kind} {name!r:.60} is already in {earlier.place()}"
        raise metadata.refuse(message, "rename one of the two", "name")
    objects[kind, name] = fields


def _read_slo(fields: Fields, objects: dict[tuple[str, str], Fields]) -> list[tuple[Slo, Location]]:
    metadata, spec = fields.part("metadata"), fields.part("spec")
    spec.only(_SPEC_KEYS)
    slo_id = metadata.text("name")
    if metadata.has("annotations"):
        annotations = metadata.part("annotations")
        if annotations.has(ID_ANNOTATION):
            slo_id = annotations.text(ID_ANNOTATION)
    indicator, sli = _indicator(spec, objects)
    base = Slo(
        id=slo_id,
        sli=sli,
        window=_window(spec),
        indicator=indicator,
        budgeting=_budgeting(spec),
        source=str(fields.place()),
    )
    objectives = spec.parts("objectives")
    found: list[tuple[Slo, Location]] = []
    for number, objective in enumerate(objectives, start=1):
        slo = _with_objective(base, objective)
        if len(objectives) > 1:
            shown = objective.text("displayName") if objective.has("displayName") else ""
            slug = re.sub(r"[^a-z0-9]+", "-", shown.lower()).strip("-")
            slo = replace(slo, id=f"{slo_id}-{slug or number}", source=str(objective.place()))
        found.append((slo, objective.place() if len(objectives) > 1 else fields.place()))
    return found


def _indicator(spec: Fields, objects: dict[tuple[str, str], Fields]) -> tuple[Indicator, str]:
    sources = {name: f for (kind, name), f in objects.items() if kind == "DataSource"}
    if spec.has("indicator") == spec.has("indicatorRef"):
        raise spec.refuse("an SLO has one of indicator and indicatorRef")
    if spec.has("indicator"):
        sli = spec.part("indicator")
        sli.only(("metadata", "spec"))
    else:
        name = spec.text("indicatorRef")
        if ("SLI", name) not in objects:
            known = [other for kind, other in objects if kind == "SLI"]
            message = f"SLI {name!r:.60} is in none of the slo_files"
            raise spec.refuse(message, hint_for(name, known), "indicatorRef")
        sli = objects["SLI", name]
    body = sli.part("spec")
    label = body.text("description") if body.has("description") else ""
    if not label and sli.has("metadata"):
        metadata = sli.part("metadata")
        label = metadata.text("displayName" if metadata.has("displayName") else "name")
    return read_indicator(body, sources), label


def _window(spec: Fields) -> float:
    windows = spec.parts("timeWindow")
    if len(windows) > 1:
        raise spec.refuse("more than one timeWindow", "keep one", "timeWindow")
    window = windows[0]
    window.only(("duration", "isRolling", "calendar"))
    if window.has("calendar") or not window.flag("isRolling", default=False):
        message = "a calendar-aligned timeWindow is not supported"
        raise window.refuse(message, "write duration: 30d, isRolling: true")
    return _duration(window, "duration")


def _duration(fields: Fields, key: str) -> float:
    text = fields.text(key)
    if not _WINDOW.fullmatch(text):
        message = f"{key} {text!r:.40} is not supported"
        hint = "write minutes, hours, days or weeks: 5m, 12h, 30d, 4w"
        raise fields.refuse(message, hint, key)
    try:
        return parse_duration(text)
    except QuantityError as error:
        msg = f"{key}: {error.message}"
        raise fields.refuse(msg, error.hint, key) from error


def _budgeting(spec: Fields) -> Budgeting:
    method = spec.text("budgetingMethod")
    known = [member.value for member in Budgeting]
    if method not in known:
        message = f"budgetingMethod {method!r:.40} is not supported"
        raise spec.refuse(message, f"use {' or '.join(known)}", "budgetingMethod")
    return Budgeting(method)


def _with_objective(slo: Slo, fields: Fields) -> Slo:
    for key in _COMPOSITE_KEYS:
        if fields.has(key):
            message = "composite SLOs are not supported"
            raise fields.refuse(message, "write one SLO for each indicator", key)
    fields.only(_OBJECTIVE_KEYS)
    slo = replace(slo, objective=Objective(Comparator.GE, _target(fields)))
    if slo.indicator is not None and slo.indicator.kind == "value":
        operator = fields.text("op")
        if operator not in _OPERATORS:
            message = f"op {operator!r:.40} is not known"
            raise fields.refuse(message, "one of lte, lt, gte, gt", "op")
        indicator = replace(slo.indicator, op=_OPERATORS[operator])
        slo = replace(slo, indicator=indicator, threshold=fields.number("value"))
    else:
        for key in ("op", "value"):
            if fields.has(key):
                msg = f"{key} belongs to a thresholdMetric"
                raise fields.refuse(msg, "remove it", key)
    return _with_slices(slo, fields)


def _with_slices(slo: Slo, fields: Fields) -> Slo:
    if slo.budgeting is Budgeting.TIMESLICES:
        window = _duration(fields, "timeSliceWindow")
        target = fields.number("timeSliceTarget") if fields.has("timeSliceTarget") else None
        by_value = slo.indicator is not None and slo.indicator.kind == "value"
        if target is not None and by_value:
            # A slice of values is good or bad by op and value; a share of it says nothing more.
            msg = "timeSliceTarget has no meaning for a thresholdMetric"
            raise fields.refuse(msg, "remove it", "timeSliceTarget")
        if target is None and not by_value:
            raise fields.refuse("Timeslices of a ratio need a timeSliceTarget", "between 0 and 1")
        if target is not None and not 0 < target <= 1:
            raise fields.refuse("timeSliceTarget lies between 0 and 1", None, "timeSliceTarget")
        return replace(slo, slice_window=window, slice_target=target)
    for key in ("timeSliceTarget", "timeSliceWindow"):
        if fields.has(key):
            hint = "remove it, or write budgetingMethod: Timeslices"
            msg = f"{key} belongs to Timeslices"
            raise fields.refuse(msg, hint, key)
    return slo


def _target(fields: Fields) -> float:
    if fields.has("target") == fields.has("targetPercent"):
        raise fields.refuse("an objective has one of target and targetPercent", "target: 0.99")
    if fields.has("targetPercent"):
        percent = fields.number("targetPercent")
        if not 0 < percent <= 100:
            message = "targetPercent lies between 0 and 100"
            raise fields.refuse(message, "write 99.9", "targetPercent")
        # Rounded, so that 99.9 is 0.999 and not its binary neighbour.
        return float(f"{percent / 100:.12g}")
    target = fields.number("target")
    if not 0 < target <= 1:
        raise fields.refuse(
            "target lies between 0 and 1", "write 0.999, or targetPercent", "target"
        )
    return target
