"""Odd pipelines and configurations crash no judge of scans."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from golive_gates.pipeline.scans.allowing.config import ConfigError, read_config
from golive_gates.pipeline.scans.allowing.trying import disabled, missed, tried
from golive_gates.pipeline.scans.known import ACTIONS, PROGRAMS
from tests.gates.pipeline.scanning import APPLY, GITLEAKS, TRIVY, whole
from tests.gates.pipeline.snippets import CI, job, judged, workflow
from tests.gates.saying import codes

PLAIN = workflow({"one": job("echo")})
CHECKS = (
    "secret-scan", "image-scan", "tests", "scan-events", "deploy-needs", "scan-options",
    "full-history", "allow-lists",
)  # fmt: skip
SCALARS = st.sampled_from(
    [None, True, 0, 1.5, "", "x", "${{ x }}", "${{", "prod", GITLEAKS, TRIVY, APPLY, "a\nb", "$A"]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abx-_", max_size=5), inner)
    ),
    max_leaves=6,
)
STEPS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "run": VALUES,
            "uses": VALUES | st.sampled_from([f"{name}@v1" for name in ACTIONS]),
            "with": VALUES,
            "env": VALUES,
            "if": VALUES,
        },
    ),
    max_size=3,
)
JOBS = st.fixed_dictionaries(
    {"steps": STEPS | VALUES},
    optional={"needs": VALUES, "environment": VALUES, "if": VALUES, "strategy": VALUES},
)
WORKFLOWS = st.fixed_dictionaries(
    {"jobs": st.dictionaries(st.sampled_from(["a", "b", "deploy"]), JOBS, max_size=3) | VALUES},
    optional={
        "on": VALUES
        | st.dictionaries(st.sampled_from(["push", "workflow_run", "schedule"]), VALUES, max_size=2)
    },
)


@pytest.mark.parametrize("check", CHECKS)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data=WORKFLOWS)
def test_any_workflow_is_judged(check: str, data: dict[str, Any]) -> None:
    # JSON is YAML, and the strict reader takes its numbers and texts as they are.
    result = judged(check, {CI: PLAIN, ".github/workflows/odd.yml": json.dumps(data)})
    assert result.status.value in ("pass", "warn", "fail", "inconclusive", "not-applicable")


@settings(deadline=None)
@given(
    st.sampled_from(sorted(PROGRAMS)),
    st.lists(
        st.sampled_from(
            ["git", "image", "fs", "--exit-code", "0", "=", "--", "-", "--severity=", "$X", "x"]
        )
        | st.sampled_from(
            ["scan", "secret", "container", "test", "cves", "-c", "--config", "--fail-on", "", "-"]
        ),
        max_size=6,
    ),
)
def test_any_words_are_read(program: str, words: list[str]) -> None:
    for reading in PROGRAMS[program](words, {"TRIVY_EXIT_CODE": "x"}):
        assert reading.options.stops in (True, False, None)


@settings(deadline=None)
@given(
    st.sampled_from(sorted(ACTIONS)),
    st.dictionaries(
        st.sampled_from(
            [
                "exit-code",
                "severity",
                "format",
                "args",
                "extra_args",
                "image",
                "command",
                "fail-build",
            ]
        ),
        st.text(max_size=8),
    ),
)
def test_any_inputs_are_read(action: str, inputs: dict[str, str]) -> None:
    for reading in ACTIONS[action](inputs, {}):
        assert reading.options.stops in (True, False, None)


TABLES = st.dictionaries(
    st.sampled_from(
        ["extend", "rules", "allowlist", "allowlists", "id", "regex", "paths", "useDefault"]
    )
    | st.sampled_from(
        ["regexes", "stopwords", "disabledRules", "condition", "targetRules", "path"]
    ),
    st.recursive(
        st.booleans() | st.integers(0, 9) | st.sampled_from([".*", "(", "", "AND", "a+"]),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["paths", "regexes", "id", "regex", "useDefault"]), inner
            )
        ),
        max_leaves=5,
    ),
    max_size=4,
)


@settings(deadline=None)
@given(TABLES)
def test_any_configuration_is_read(data: dict[str, Any]) -> None:
    try:
        config = read_config("x.toml", _toml(data))
    except ConfigError:
        return
    found = [*tried(config, ["src/a.py"] * 9), *disabled(config), *missed(config, None)]
    assert all(one.code for one in found)


def _toml(value: Any) -> str:
    """*value* as one inline table a key: TOML that holds what JSON holds, without null."""

    def inline(inner: Any) -> str:
        if isinstance(inner, dict):
            return "{" + ", ".join(f"{json.dumps(k)} = {inline(v)}" for k, v in inner.items()) + "}"
        if isinstance(inner, list):
            return "[" + ", ".join(map(inline, inner)) + "]"
        return json.dumps(inner)

    return "".join(f"{json.dumps(k)} = {inline(v)}\n" for k, v in value.items())


def test_two_thousand_lines() -> None:
    jobs = {f"j{n}": job(*(f"echo {n} {m}" for m in range(10))) for n in range(170)}
    text = whole(**jobs)
    assert len(text.splitlines()) > 2000
    assert [judged(check, text).status.value for check in CHECKS[:5]] == ["pass"] * 5


def test_a_circle_of_needs_and_of_workflows() -> None:
    circle = {"a": job("pytest", extra="needs: [b]\n"), "b": job(APPLY, extra="needs: [a]\n")}
    assert codes(judged("tests", workflow(circle))) == []
    both = "{workflow_run: {workflows: [w]}}"
    files = {CI: workflow(circle, on=both), ".github/workflows/x.yml": workflow(circle, on=both)}
    assert judged("deploy-needs", files).status.value in ("pass", "fail", "inconclusive")
