"""Plans and results as JSON-able values, to cross from one process to another.

Not a published format: both sides run the same version. Infinite figures travel as ``None``.
"""

from __future__ import annotations

import base64
import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import TypeVar

from golive.probe.load.plan import Arrival, LoadPlan, Request, Schedule
from golive.probe.load.record import RequestOutcome, RequestRecord
from golive.probe.load.result import Calibration, Instrument, LoadProgress, LoadResult
from golive.probe.load.sketch import Sketch
from golive.probe.trace import StreamRules

Wire = dict[str, object]
T = TypeVar("T", Instrument, Calibration)

_RECORD_FIELDS = tuple(f.name for f in dataclasses.fields(RequestRecord))
_OUTCOME = _RECORD_FIELDS.index("outcome")
_GAPS = _RECORD_FIELDS.index("gaps")


def plan_to_wire(plan: LoadPlan) -> Wire:
    """*plan* as JSON-able values."""
    wire = _shallow(plan)
    wire["schedule"] = _shallow(plan.schedule)
    wire["requests"] = [_request_to_wire(one) for one in plan.requests]
    return wire


def plan_from_wire(wire: object) -> LoadPlan:
    """What ``plan_to_wire`` made. ``ValueError`` if it is no valid plan."""
    values = _mapping(wire, "plan")
    schedule = _mapping(values.get("schedule"), "schedule")
    try:
        schedule["arrival"] = Arrival(schedule["arrival"])  # type: ignore[arg-type]
        values["schedule"] = Schedule(**schedule)  # type: ignore[arg-type]
        values["requests"] = tuple(_request(one) for one in _items(values["requests"]))
        values["source_addresses"] = tuple(_items(values["source_addresses"]))
        return LoadPlan(**values)  # type: ignore[arg-type]
    except (KeyError, TypeError) as error:
        message = f"no load plan: {error}"
        raise ValueError(message) from None


def records_to_wire(records: Iterable[RequestRecord]) -> list[list[object]]:
    """Each record as the values of its fields, in their order."""
    return [[getattr(record, name) for name in _RECORD_FIELDS] for record in records]


def records_from_wire(wire: object) -> list[RequestRecord]:
    """What ``records_to_wire`` made. ``ValueError`` if it is something else."""
    records = []
    for one in _items(wire):
        values = list(_items(one))
        if len(values) != len(_RECORD_FIELDS):
            message = f"a record has {len(_RECORD_FIELDS)} fields, got {len(values)}"
            raise ValueError(message)
        values[_OUTCOME] = RequestOutcome(values[_OUTCOME])  # type: ignore[arg-type]
        values[_GAPS] = tuple(_items(values[_GAPS]))
        records.append(RequestRecord(*values))  # type: ignore[arg-type]
    return records


def result_to_wire(result: LoadResult, *, records: bool = True) -> Wire:
    """*result* as JSON-able values; without its records if they travel apart."""
    wire = _shallow(result)
    wire["records"] = records_to_wire(result.records) if records else []
    wire["instrument"] = finite(result.instrument)
    wire["gap_sketch"] = result.gap_sketch.to_wire()
    return wire


def result_from_wire(wire: object) -> LoadResult:
    """What ``result_to_wire`` made. ``ValueError`` if it is something else."""
    values = _mapping(wire, "result")
    try:
        values["records"] = tuple(records_from_wire(values["records"]))
        values["lost"] = tuple(_items(values["lost"]))
        values["instrument"] = _infinite(Instrument, values["instrument"])
        values["gap_sketch"] = Sketch.from_wire(values["gap_sketch"])
        return LoadResult(**values)  # type: ignore[arg-type]
    except (KeyError, TypeError) as error:
        message = f"no load result: {error}"
        raise ValueError(message) from None


def progress_to_wire(progress: LoadProgress) -> Wire:
    """*progress* as JSON-able values; an infinite percentile as the text "inf"."""
    return {k: "inf" if v == math.inf else v for k, v in _shallow(progress).items()}


def progress_from_wire(wire: object) -> LoadProgress:
    """What ``progress_to_wire`` made. ``ValueError`` if it is something else."""
    values = {k: math.inf if v == "inf" else v for k, v in _mapping(wire, "progress").items()}
    try:
        return LoadProgress(**values)  # type: ignore[arg-type]
    except TypeError as error:
        message = f"no progress: {error}"
        raise ValueError(message) from None


def calibration_from_wire(wire: object) -> Calibration:
    """What ``finite`` made of a calibration. ``ValueError`` if it is something else."""
    return _infinite(Calibration, wire)


def finite(record: Instrument | Calibration) -> Wire:
    """The fields of *record*, +inf as ``None``."""
    return {k: None if v == math.inf else v for k, v in _shallow(record).items()}


def _infinite(kind: type[T], wire: object) -> T:
    values = {k: math.inf if v is None else v for k, v in _mapping(wire, kind.__name__).items()}
    for name in {"lags", "slips"} & values.keys():
        values[name] = tuple(tuple(_items(one)) for one in _items(values[name]))
    try:
        return kind(**values)  # type: ignore[arg-type]
    except TypeError as error:
        message = f"no {kind.__name__}: {error}"
        raise ValueError(message) from None


def _request_to_wire(request: Request) -> Wire:
    wire = _shallow(request)
    wire["rules"] = None if request.rules is None else _shallow(request.rules)
    wire["body"] = None if request.body is None else base64.b64encode(request.body).decode("ascii")
    return wire


def _request(wire: object) -> Request:
    values = _mapping(wire, "request")
    values["headers"] = tuple((str(k), str(v)) for k, v in map(_items, _items(values["headers"])))
    if values["body"] is not None:
        values["body"] = base64.b64decode(str(values["body"]), validate=True)
    if values["rules"] is not None:
        rules = _mapping(values["rules"], "rules")
        for name in ("content_events", "error_events", "heartbeat_events"):
            rules[name] = tuple(_items(rules[name]))
        values["rules"] = StreamRules(**rules)  # type: ignore[arg-type]
    return Request(**values)  # type: ignore[arg-type]


def _shallow(record: object) -> Wire:
    fields = dataclasses.fields(record)  # type: ignore[arg-type]
    return {f.name: getattr(record, f.name) for f in fields}


def _mapping(wire: object, what: str) -> Wire:
    if not isinstance(wire, dict):
        message = f"no {what}: {type(wire).__name__}"
        raise ValueError(message)  # noqa: TRY004 - data from elsewhere, not a wrong call
    return dict(wire)


def _items(wire: object) -> Sequence[object]:
    if not isinstance(wire, (list, tuple)):
        message = f"no list: {type(wire).__name__}"
        raise ValueError(message)  # noqa: TRY004 - data from elsewhere, not a wrong call
    return wire
