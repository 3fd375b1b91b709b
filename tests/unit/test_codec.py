"""Encode and decode are inverse, and refuse what cannot travel."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.codec import CodecError, decode, encode
from golive.config.model import (
    Authorisation,
    Budgeting,
    Config,
    Indicator,
    Objective,
    Permission,
    Release,
    Service,
    Slo,
)
from golive.model import (
    CheckResult,
    CheckSpec,
    Comparator,
    EvidenceLevel,
    EvidenceRef,
    Fact,
    Finding,
    Location,
    Measurement,
    Reason,
    Severity,
    Status,
)


@dataclass(frozen=True, slots=True)
class Everything:
    """One field for each kind of annotation the codec knows."""

    literal: Literal["a", 1, "b"]
    scalar: str | int | float | bool
    number: float | int | str | None
    pair: tuple[int, str]
    counts: Mapping[int, tuple[float, ...]]
    by_severity: Mapping[Severity, bool]
    names: frozenset[str]
    day: date
    moment: datetime | None = None
    inner: Everything | None = None


text = st.text(max_size=10).filter(lambda s: s not in ("+Inf", "-Inf"))
numbers = st.floats(allow_nan=False)
moments = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=9))]),
)
reasons = st.builds(
    Reason, text, st.dictionaries(text, st.one_of(text, st.integers(), numbers, st.booleans()))
)
measurements = st.builds(
    Measurement,
    name=text,
    value=numbers,
    unit=text,
    comparator=st.sampled_from(Comparator),
    threshold=st.floats(allow_nan=False, allow_infinity=False),
    n=st.none() | st.integers(100),
    failures=st.none() | st.integers(0, 100),
    bound=st.none() | numbers,
    opposite=st.none() | numbers,
)
refs = st.builds(EvidenceRef, text, text, text, st.integers(0), text)
results = st.builds(
    CheckResult,
    spec=st.builds(
        CheckSpec, st.sampled_from(["a.b", "slo.sse-1"]), st.sampled_from(Severity), st.booleans()
    ),
    status=st.sampled_from([Status.INCONCLUSIVE, Status.ERROR, Status.NOT_APPLICABLE]),
    reason=reasons,
    level=st.sampled_from(EvidenceLevel),
    measurement=st.none() | measurements,
    evidence=st.lists(refs, max_size=2).map(tuple),
    facts=st.lists(
        st.builds(Fact, text, st.one_of(numbers, st.integers(), text, st.none()), text), max_size=3
    ).map(tuple),
    findings=st.lists(
        st.builds(Finding, text, reasons, st.none() | st.builds(Location, text, st.integers(1))),
        max_size=2,
    ).map(tuple),
    blocked_by=st.none() | text,
)
everything = st.builds(
    Everything,
    literal=st.sampled_from(["a", 1, "b"]),
    scalar=st.one_of(text, st.integers(), numbers, st.booleans()),
    number=st.one_of(text, st.integers(), numbers, st.none()),
    pair=st.tuples(st.integers(), text),
    counts=st.dictionaries(st.integers(), st.lists(numbers, max_size=3).map(tuple), max_size=3),
    by_severity=st.dictionaries(st.sampled_from(Severity), st.booleans()),
    names=st.frozensets(text, max_size=4),
    day=st.dates(),
    moment=st.none() | moments,
)
slos = st.builds(
    Slo,
    id=text,
    objective=st.none() | st.builds(Objective, st.sampled_from(Comparator), st.floats(0, 1)),
    window=st.none() | st.floats(0, 1e9),
    indicator=st.none() | st.builds(Indicator, st.sampled_from(["ratio", "raw", "value"])),
    budgeting=st.sampled_from(Budgeting),
)
configs = st.builds(
    Config,
    api_version=st.just("golive/v1"),
    service=st.builds(Service, text, text),
    release=st.builds(Release, planned=st.none() | moments),
    slos=st.lists(slos, max_size=3).map(tuple),
    files=st.dictionaries(text, st.lists(text, max_size=2).map(tuple), max_size=2),
    gates=st.dictionaries(text, st.dictionaries(text, st.integers() | text), max_size=2),
    authorisations=st.lists(
        st.builds(
            Authorisation,
            st.just(("h",)),
            st.lists(st.sampled_from(Permission)).map(tuple),
            text,
            st.dates(),
        ),
        max_size=2,
    ).map(tuple),
)


def through_json(value: object) -> object:
    return json.loads(json.dumps(encode(value), allow_nan=False))


@given(everything)
def test_every_kind_of_annotation_comes_back(value: Everything) -> None:
    outer = dataclasses.replace(value, inner=value)
    back = decode(Everything, through_json(outer))
    assert back == outer
    assert type(back.scalar) is type(outer.scalar)
    assert type(back.number) is type(outer.number)
    assert type(back.literal) is type(outer.literal)


@given(results)
def test_results_come_back(value: CheckResult) -> None:
    assert decode(CheckResult, through_json(value)) == value


@given(configs)
def test_configurations_come_back(value: Config) -> None:
    assert decode(Config, through_json(value)) == value


def test_the_same_value_always_gives_the_same_bytes() -> None:
    assert encode(frozenset(["c", "a", "b"])) == ["a", "b", "c"]
    moment = datetime(2030, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    assert encode(moment) == "2030-01-01T00:00:00Z"
    assert encode({"x": math.inf, "y": -math.inf}) == {"x": "+Inf", "y": "-Inf"}


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        [math.nan],
        {"a": {"b": math.nan}},
        object(),
        b"bytes",
        {(1, 2): 3},
        {None: 1},
        {True: 1},
        datetime(2030, 1, 1),  # noqa: DTZ001 - the missing zone is the point
    ],
)
def test_what_cannot_travel_is_refused(value: object) -> None:
    with pytest.raises(CodecError):
        encode(value)


@pytest.mark.parametrize(
    ("kind", "data", "message"),
    [
        (Service, {"name": "a"}, "version: required key is missing"),
        (Service, {"name": "a", "version": "1", "x": 1}, "x: unknown key"),
        (Service, {"name": 1, "version": "1"}, "name: expected str, found 1"),
        (Service, [], "(top): expected a mapping, found list"),
        (Reason, {"code": "a", "params": {"x": [1]}}, "params.x: expected"),
        (Objective, {"comparator": "=", "ratio": 1}, "comparator: '=' is none of >=, >, <=, <"),
        (Objective, {"comparator": ">=", "ratio": "NaN"}, "ratio: expected a number"),
        (Objective, {"comparator": ">=", "ratio": math.nan}, "ratio: expected a number"),
        (Objective, {"comparator": ">=", "ratio": True}, "ratio: expected a number"),
        (Release, {"planned": "2030-01-01T00:00:00"}, "has no time zone"),
        (Release, {"planned": "soon"}, "planned: 'soon' is no RFC 3339 time"),
        (Release, {"notes": "abc"}, "notes: expected a list, found str"),
        (Release, {"notes": ["a", 1]}, "notes[1]: expected str, found 1"),
        (Config, {"api_version": "golive/v2"}, "api_version: 'golive/v2' is none of golive/v1"),
        (Location, {"path": "a", "line": 1.0}, "line: expected int, found 1.0"),
        (Measurement, {"name": "a", "value": "x"}, "value: expected a number"),
    ],
)
def test_errors_name_the_place(kind: type[Any], data: object, message: str) -> None:
    with pytest.raises(CodecError) as caught:
        decode(kind, data)
    assert message in str(caught.value)


def test_a_refusal_of_the_type_itself_is_an_error_with_its_place() -> None:
    data = encode(CheckResult(CheckSpec("a.b"), Status.ERROR, Reason("x"), EvidenceLevel.NONE))
    with pytest.raises(CodecError, match="a pass without measurement or evidence"):
        decode(CheckResult, {**data, "status": "pass"})


def test_a_whole_number_in_a_float_field_has_the_bytes_that_it_reads_back_to() -> None:
    made = Measurement("violations", 0, "", Comparator.LE, 0, n=2, failures=0)
    data = json.dumps(encode(made))
    assert data == json.dumps(encode(decode(Measurement, json.loads(data))))
    assert json.loads(data)["n"] == 2
    assert ".0" not in json.dumps(encode(Fact("count", 3)))
