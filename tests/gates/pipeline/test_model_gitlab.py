"""GitLab pipelines told in GitHub's words."""

from __future__ import annotations

import pytest

from golive_gates.pipeline.looking import runs_of
from golive_gates.pipeline.model.expressions import is_true, truth
from golive_gates.pipeline.model.failing import starts_after
from golive_gates.pipeline.model.matrix import expanded
from golive_gates.pipeline.model.records import Job, Run
from tests.gates.pipeline.snippets import pipeline


def run(text: str, more: dict[str, str] | None = None) -> Run:
    (repository,) = pipeline({".gitlab-ci.yml": text, **(more or {})}).repositories
    (found,) = runs_of(repository)
    return found


def one(text: str) -> Job:
    """The job ``a`` with these lines."""
    lines = "".join(f"  {line}\n" for line in text.split("\n"))
    return run(f"a:\n  script: [x]\n{lines}").nodes["a"].job


def test_stages_are_needed_by_those_after_them() -> None:
    found = run(
        """
        build: {stage: build, script: x}
        scan: {stage: test, script: x}
        fast: {stage: test, script: x, needs: []}
        late: {stage: .post, script: x}
        deploy: {stage: deploy, script: x}
        only: {stage: deploy, script: x, needs: [scan, {job: gone, optional: true}]}
        """
    )
    assert {name: sorted(node.needs) for name, node in found.nodes.items()} == {
        "build": [],
        "scan": ["build"],
        "fast": [],
        "deploy": ["build", "fast", "scan"],
        "only": ["build", "scan"],
        "late": ["build", "deploy", "fast", "only", "scan"],
    }


def test_templates_defaults_references_and_includes() -> None:
    found = run(
        """
        include: [{local: /ci/scan.yml}, {template: SAST.gitlab-ci.yml}]
        default: {image: "python:3.11", before_script: [pip install tox]}
        variables: {A: "1"}
        .setup:
          script:
            - one
            - |
              two
              three
        .deep: {extends: .top, variables: {B: "2"}}
        .top: {tags: [x], variables: {B: "3", C: "4"}, image: alpine}
        a:
          extends: .deep
          script:
            - !reference [.setup, script]
            - [four]
          after_script: [five]
        """,
        {"ci/scan.yml": "scan: {stage: test, script: gitleaks git ., inherit: {default: false}}\n"},
    )
    job = found.nodes["a"].job
    assert job.steps[0].run == "pip install tox\none\ntwo\nthree\nfour"
    assert job.steps[0].shell == "gitlab"
    assert job.steps[0].lines == (3, 7, 9, 10, 17)
    assert (job.steps[1].run, job.steps[1].continue_on_error) == ("five", True)
    assert dict(job.env) == {"A": "1", "B": "2", "C": "4"}
    assert [name for _, name in job.images] == ["alpine"]
    assert job.runs_on == ("x",)
    scan = found.nodes["scan"].job
    assert scan.steps[0].run == "gitleaks git ."
    assert scan.steps[0].place.at().path.endswith("ci/scan.yml")
    assert [u.what for u in found.unfollowed] == ["template: SAST.gitlab-ci.yml"]


def test_failures_that_are_forgiven() -> None:
    assert is_true(one("allow_failure: true").continue_on_error) is True
    assert is_true(one("allow_failure: yes").continue_on_error) is True
    assert is_true(one("allow_failure: {exit_codes: [1]}").continue_on_error) is None
    assert is_true(one("when: manual").continue_on_error) is True
    assert is_true(one("when: manual\nallow_failure: false").continue_on_error) is False
    assert is_true(one("rules: [{when: manual}]").continue_on_error) is False
    assert is_true(one("rules: [{allow_failure: true}]").continue_on_error) is True


EVENTS = ("push", "pull_request", "schedule")


@pytest.mark.parametrize(
    ("lines", "runs"),
    [
        ("when: on_success", (True, True, True)),
        ("when: never", (False, False, False)),
        ("only: [schedules]", (False, False, True)),
        ("only: [merge_requests, schedules]", (False, True, True)),
        ("except: [schedules]", (True, True, False)),
        ("only: {refs: [schedules], changes: [x]}", (False, False, None)),
        ("only: [/^v/]", (None, None, None)),
        ("rules: [{if: '$CI_PIPELINE_SOURCE == \"schedule\"'}]", (False, False, True)),
        (
            "rules: [{if: '$CI_PIPELINE_SOURCE == \"push\"', when: never}, {when: always}]",
            (False, True, True),
        ),
        ("rules: [{if: $CI_MERGE_REQUEST_IID}]", (False, True, False)),
        ("rules: [{if: '$OTHER =~ /x/'}]", (None, None, None)),
        ("rules: [{if: '($A'}]", (None, None, None)),
        ("rules: [{exists: [x]}]", (None, None, None)),
        ("rules: []", (False, False, False)),
        ("when: manual", (None, None, None)),
    ],
)
def test_when_a_job_runs(lines: str, runs: tuple[bool | None, ...]) -> None:
    condition = one(lines).condition
    found = tuple(truth(condition, {"github": {"event_name": event}}) for event in EVENTS)
    assert found == runs, condition


def test_branches_and_tags() -> None:
    condition = one("rules: [{if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH'}]").condition
    for kind, expected in (("branch", True), ("tag", False)):
        context = {
            "event_name": "push",
            "ref_type": kind,
            "ref_name": "main",
            "event": {"repository": {"default_branch": "main"}},
        }
        assert truth(condition, {"github": context}) is expected


def test_what_still_runs_after_a_failure() -> None:
    found = run(
        """
        scan: {stage: test, script: x}
        deploy: {stage: deploy, script: x}
        always: {stage: deploy, script: x, when: always}
        ruled: {stage: deploy, script: x, rules: [{if: $CI_COMMIT_TAG, when: always}, {}]}
        """
    )
    assert starts_after(found, "scan") == {"deploy": False, "always": True, "ruled": True}


def test_events() -> None:
    text = "a: {script: x}\n"
    assert "pull_request" not in run(text).workflow.events
    assert "pull_request" in run("a: {script: x, only: [merge_requests]}\n").workflow.events
    rules = "workflow: {rules: [{if: '$CI_PIPELINE_SOURCE == \"schedule\"'}]}\n"
    assert run(rules + text).workflow.events == ("schedule",)


def test_a_matrix() -> None:
    text = 'a: {script: x, parallel: {matrix: [{PY: ["3.9", 3.10], DB: pg}, {PY: ["3.12"]}]}}\n'
    (repository,) = pipeline({".gitlab-ci.yml": text}).repositories
    found = expanded(runs_of(repository)[0].nodes["a"].job, repository)
    assert isinstance(found, tuple)
    assert [{n: (v.text, v.plain) for n, v in c.items()} for c in found] == [
        {"PY": ("3.9", False), "DB": ("pg", True)},
        {"PY": ("3.10", True), "DB": ("pg", True)},
        {"PY": ("3.12", False)},
    ]


def test_circles_end() -> None:
    found = run(
        """
        include: {local: /ci/a.yml}
        .a: {extends: .b, script: [!reference [.b, script]]}
        .b: {extends: .a, script: [!reference [.a, script]]}
        job: {extends: .a}
        """,
        {"ci/a.yml": "include: {local: .gitlab-ci.yml}\nother: {script: x}\n"},
    )
    assert set(found.nodes) == {"job", "other"}


def test_references_that_grow_are_bounded() -> None:
    lists = "".join(
        f".s{n}: {{script: [{', '.join([f'!reference [.s{n + 1}, script]'] * 20)}]}}\n"
        for n in range(9)
    )
    found = run(lists + ".s9: {script: [x]}\njob: {script: [!reference [.s0, script]]}\n")
    assert "job" in found.nodes


def test_a_child_pipeline_is_not_followed() -> None:
    node = run("a: {trigger: {include: ci/child.yml}}\n").nodes["a"]
    assert [u.what for u in node.unfollowed] == ["ci/child.yml"]


def test_the_head_of_a_file_with_inputs_is_no_pipeline() -> None:
    assert set(run("spec: {inputs: {a: {}}}\n---\na: {script: x}\n").nodes) == {"a"}
