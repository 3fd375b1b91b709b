"""Expressions, folded as far as they can be."""

from __future__ import annotations

import pytest

from golive_gates.pipeline.model.expressions import (
    UNKNOWN,
    filled,
    has_status_function,
    is_true,
    mentions,
    runs_after_failure,
    truth,
    value_of,
)

PUSH = {"github": {"event_name": "push", "ref": "refs/heads/main"}}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("", True),
        ("true", True),
        ("false", False),
        ("${{ false }}", False),
        ("  ${{ false }}", True),
        ("${{ false }}\n", True),
        ("${{ github.ref == 'x' }} && false", True),
        ("${{ github.ref }}${{ github.sha }}", None),
        ("github.ref == 'x'", None),
        ("secrets.x && false", False),
        ("false && secrets.x", False),
        ("secrets.x || true", True),
        ("secrets.x || secrets.y", None),
        ("!true", False),
        ("!!true", True),
        ("''", False),
        ("0", False),
        ("0x0", False),
        ("-1", True),
        ("null", False),
        ("1 == '1'", True),
        ("'A' == 'a'", True),
        ("1 < 2 && 'a' < 'B'", True),
        ("'it''s' == 'it''s'", True),
        ("contains('abc', 'B')", True),
        ("contains(fromJSON('[\"a\", \"b\"]'), 'b')", True),
        ("fromJSON('[1, 2]')[0] == 1", True),
        ("startsWith('refs/tags/v1', 'refs/tags') && !endsWith('x', 'y')", True),
        ("format('{0}-{1}', 'a', 1) == 'a-1' && format('{{}}') == '{}'", True),
        ("join(fromJSON('[\"a\",\"b\"]'), '+') == 'a+b'", True),
        ("hashFiles('x') == 'y'", None),
        ("github.event_name == 'push'", None),
        ("(((", None),
        ("'open", None),
        ("a b", None),
        ("format('{9}', 'x') == ''", None),
        ("fromJSON('{')", None),
        ("!" * 60 + "true", True),
        ("(" * 60 + "true" + ")" * 60, None),
    ],
)
def test_what_a_condition_comes_to(condition: str, expected: bool | None) -> None:
    assert truth(condition) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("github.event_name == 'push'", True),
        ("github.event_name == 'PUSH'", True),
        ("github['event_name'] != 'push'", False),
        ("github.event_name == 'schedule' && secrets.x", False),
        ("contains(github.ref, 'main')", True),
        ("github.actor == 'x'", None),
    ],
)
def test_what_is_known_of_the_run(condition: str, expected: bool | None) -> None:
    assert truth(condition, PUSH) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("", False),
        ("true", False),
        ("github.ref == 'x'", False),
        ("success()", False),
        ("always()", True),
        ("Always()", True),
        ("!cancelled()", True),
        ("failure()", True),
        ("!failure()", False),
        ("success() || failure()", True),
        ("${{ always() }}", True),
        ("${{ always() }} && false", True),
        ("'always()' == github.ref", False),
        ("always() && github.ref == 'x'", None),
        ("always() && needs.scan.result == 'success'", False),
        ("always() && !contains(needs.*.result, 'failure')", False),
        ("always() && contains(needs.*.result, 'failure')", True),
        ("always() && needs.scan.outputs.ok == 'true'", None),
    ],
)
def test_what_a_failed_job_does_to_a_condition(condition: str, expected: bool | None) -> None:
    assert runs_after_failure(condition, {"needs": {"scan": {"result": "failure"}}}) is expected


def test_only_status_functions_replace_the_usual_condition() -> None:
    assert has_status_function("a && cancelled()")
    assert not has_status_function("contains(x, 'always()')")


def test_what_a_condition_reads() -> None:
    assert mentions("always() && needs.x.result == 'success'", "needs") is True
    assert mentions("github.ref == 'needs'", "needs") is False
    assert mentions("(((", "needs") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (False, False),
        (None, False),
        ("${{ true }}", True),
        ("${{ matrix.experimental }}", None),
        ("${{ github.ref == 'x' || true }}", True),
        ("true", True),
        ([], None),
    ],
)
def test_whether_a_step_may_fail(value: object, expected: bool | None) -> None:
    assert is_true(value) is expected


def test_values_and_inputs() -> None:
    assert value_of("${{ 1 }}") == 1.0
    assert value_of("v${{ 1 }}.${{ 2.5 }}") == "v1.2.5"
    assert value_of("${{ github.sha }}") is UNKNOWN
    assert value_of("plain") == "plain"
    assert filled("a ${{ inputs.x }} ${{inputs.y}}", {"x": "1"}) == "a 1 ${{inputs.y}}"
