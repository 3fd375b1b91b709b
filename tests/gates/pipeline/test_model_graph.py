"""Workflows taken apart into what they do."""

from __future__ import annotations

from golive_gates.pipeline.looking import actions_of, runs_of
from golive_gates.pipeline.model.failing import starts_after
from golive_gates.pipeline.model.graph import MOST_NODES
from golive_gates.pipeline.model.records import Run
from tests.gates.pipeline.snippets import CI, job, pipeline, workflow

SCAN = ".github/workflows/scan.yml"
CALLED = workflow({"secrets": job("gitleaks git ."), "sum": job("x", extra="needs: secrets\n")})
CALL = "uses: ./.github/workflows/scan.yml\n"


def runs(files: dict[str, str]) -> dict[str, Run]:
    (repository,) = pipeline(files).repositories
    return {run.workflow.path: run for run in runs_of(repository)}


def called(text: str) -> str:
    return text.replace("on: push", "on: workflow_call")


def needs(run: Run) -> dict[str, list[str]]:
    return {name: sorted(node.needs) for name, node in run.nodes.items()}


def test_needs_reach_through_jobs_and_calls() -> None:
    jobs = {
        "build": job("make"),
        "security": f"{CALL.replace('./', '$/')}needs: build\n",
        "mid": job("x", extra="needs: security\n"),
        "deploy": job("kubectl apply", extra="needs: [mid]\n"),
        "alone": job("x"),
    }
    found = runs({CI: workflow(jobs), SCAN: called(CALLED)})
    assert list(found) == [CI]
    inner = ["security / secrets", "security / sum"]
    assert needs(found[CI]) == {
        "build": [],
        "alone": [],
        "security / secrets": ["build"],
        "security / sum": ["build", "security / secrets"],
        "mid": ["build", *inner],
        "deploy": ["build", "mid", *inner],
    }
    node = found[CI].nodes["security / sum"]
    assert [j.id for j in node.callers] == ["security"]
    assert [sorted(g.needs) for g in node.guards] == [["build"], ["security / secrets"]]


def test_inputs_of_a_call_and_their_defaults() -> None:
    text = called(CALLED).replace(
        "on: workflow_call", "on: {workflow_call: {inputs: {a: {default: 1}, b: {default: x}}}}"
    )
    found = runs({CI: workflow({"s": f"{CALL}with: {{b: y}}\n"}), SCAN: text})
    assert found[CI].nodes["s / secrets"].given == {"a": "1", "b": "y"}


def test_calls_that_lead_elsewhere_or_nowhere() -> None:
    jobs = {
        "remote": "uses: other/repo/.github/workflows/x.yml@main\n",
        "gone": "uses: ./.github/workflows/gone.yml\n",
    }
    nodes = runs({CI: workflow(jobs)})[CI].nodes
    assert [u.what for n in nodes.values() for u in n.unfollowed] == [
        "other/repo/.github/workflows/x.yml@main",
        "./.github/workflows/gone.yml",
    ]


def test_workflows_that_call_each_other_end() -> None:
    text = called(workflow({"again": CALL}))
    found = runs({CI: workflow({"a": CALL}), SCAN: text})
    (node,) = found[CI].nodes.values()
    assert (node.id, len(node.unfollowed)) == ("a / again", 1)


def test_jobs_that_wait_for_each_other_or_for_none() -> None:
    jobs = {
        "a": job("x", extra="needs: b\n"),
        "b": job("x", extra="needs: [a, gone]\n"),
        "c": job("x", extra="needs: [gone, c]\n"),
    }
    assert set(runs({CI: workflow(jobs)})[CI].nodes) == {"a", "b", "c"}


def test_composite_actions_are_taken_apart() -> None:
    files = {
        CI: workflow({"a": job("{uses: ./.github/actions/outer, with: {v: '3'}, if: always()}")}),
        ".github/actions/outer/action.yml": """
            name: outer
            inputs: {v: {default: "1"}, w: {default: "2"}}
            runs:
              using: composite
              steps:
                - run: echo first
                  shell: bash
                - uses: ./.github/actions/inner
                  with: {x: "${{ inputs.v }}"}
            """,
        ".github/actions/inner/action.yaml": """
            name: inner
            runs:
              using: composite
              steps:
                - {run: "gitleaks git .", shell: bash}
                - uses: ./.github/actions/outer
                - uses: ./.github/actions/code
            """,
        ".github/actions/code/action.yml": "name: code\nruns: {using: node20, main: x.js}\n",
    }
    (repository,) = pipeline(files).repositories
    node = runs_of(repository)[0].nodes["a"]
    assert [s.run or s.uses for s in node.steps] == [
        "echo first",
        "gitleaks git .",
        "./.github/actions/outer",
        "./.github/actions/code",
    ]
    assert [u.what for u in node.unfollowed] == [s.uses for s in node.steps[2:]]
    assert [s.condition for s in node.steps[1].within] == ["always()", ""]
    assert node.steps[0].given == {"v": "3", "w": "2"}
    assert node.steps[1].given == {"x": "3"}
    assert {a.path.rpartition("/")[2] for a in actions_of(repository)} == {"outer", "inner", "code"}


def test_a_run_follows_another() -> None:
    jobs = {"a": job("x")}
    after = "{workflow_run: {workflows: [w, gone], types: [completed]}}"
    deploy = ".github/workflows/deploy.yml"
    found = runs({CI: workflow(jobs), deploy: workflow(jobs, after).replace("name: w", "name: d")})
    assert [r.workflow.path for r in found[deploy].follows] == [CI]
    assert [u.what for u in found[deploy].unfollowed] == ["gone"]
    assert found[CI].follows == ()


def test_workflows_that_follow_each_other_end() -> None:
    jobs = {"a": job("x")}
    first = workflow(jobs, "{workflow_run: {workflows: [b]}}").replace("name: w", "name: a")
    second = workflow(jobs, "{workflow_run: {workflows: [a]}}").replace("name: w", "name: b")
    found = runs({CI: first, SCAN: second})
    assert found[CI].follows[0].follows[0].follows[0].follows == ()


def test_calls_that_grow_are_cut() -> None:
    def text(number: int) -> str:
        below = f"uses: ./.github/workflows/w{number + 1}.yml\n"
        return called(workflow({f"j{n}": below for n in range(30)}))

    files = {f".github/workflows/w{n}.yml": text(n) for n in range(9)}
    files[".github/workflows/w9.yml"] = called(workflow({"end": job("x")}))
    files[CI] = workflow({"a": "uses: ./.github/workflows/w0.yml\n"})
    run = runs(files)[CI]
    assert len(run.nodes) <= MOST_NODES
    assert [u.what for u in run.unfollowed] == [f"more than {MOST_NODES:,} jobs"]


def after_scan(condition: str, extra: str = "") -> bool | None:
    jobs = {
        "scan": job("gitleaks git ."),
        "mid": job("x", extra=f"needs: scan\n{extra}"),
        "deploy": job("x", extra=f"needs: [scan, mid]\nif: {condition}\n"),
    }
    run = runs({CI: workflow(jobs)})[CI]
    return starts_after(run, "scan")["deploy"]


def test_what_still_starts_when_a_job_has_failed() -> None:
    assert after_scan("github.ref == 'x'") is False
    # A job in between that runs all the same does not bring back those after it.
    assert after_scan("'true'", "if: always()\n") is False
    assert after_scan("always()") is True
    assert after_scan("always() && github.ref == 'x'") is True
    assert after_scan("always() && needs.scan.result == 'success'") is False
    assert after_scan("always() && needs.mid.result == 'success'") is False
    assert after_scan("always() && needs.mid.result == 'success'", "if: always()\n") is True
    assert after_scan("always() && needs.scan.outputs.ok") is None
    assert after_scan("failure()") is True


def test_conditions_of_callers_hold_too() -> None:
    def deploys(caller: str, inner: str) -> bool | None:
        jobs = {"scan": job("x"), "out": f"{CALL}needs: scan\nif: {caller}\n"}
        text = called(workflow({"deploy": job("x", extra=f"if: {inner}\n")}))
        return starts_after(runs({CI: workflow(jobs), SCAN: text})[CI], "scan")["out / deploy"]

    assert deploys("'true'", "always()") is False
    assert deploys("always()", "'true'") is True
