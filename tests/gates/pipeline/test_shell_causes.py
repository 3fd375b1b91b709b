"""Why the failure of a command does not fail its step, by code; and what is not told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive_gates.pipeline.shell.invocation import Invocation, invocation_of
from tests.gates.pipeline.scripts import command, said, script

CAUSES = {
    "scan || true": "or-true",
    "scan || :": "or-true",
    "scan || echo 'found something'": "or-true",
    "set +e\nscan\necho done": "errexit-off",
    "scan && echo clean\necho done": "and-list",
    "scan | tee scan.log": "pipe",
    "scan 2>&1 | tee scan.log | tail -3": "pipe",
    "scan &\necho started": "background",
    "if scan; then echo clean; fi": "condition",
    "if ! scan; then echo '::warning::found'; fi": "condition",
    "while ! scan; do break; done": "condition",
    "! scan": "negated",
    'echo "$(scan)"': "substitution",
    "export found=$(scan)": "substitution",
    "trap 'exit 0' EXIT\nscan": "trap-exit",
    "exit 0\nscan": "not-run",
    "find . -name '*.txt' -exec scan {} \\;": "find-exec",
}


@pytest.mark.parametrize(("run", "code"), CAUSES.items())
def test_each_cause_has_its_code(run: str, code: str) -> None:
    assert command(run).lost == (code,)


def test_an_exit_of_zero_behind_a_shell_without_errexit() -> None:
    assert command("scan; exit 0", "bash {0}").lost == ("errexit-off",)


@pytest.mark.parametrize(
    "run",
    [
        "set +e\nscan\n[ -s report.json ] && exit 1\nexit 0",
        "scan > out.txt || true\ngrep -q secret out.txt",
        'scan || [ "$STRICT" != true ]',
        "scan || exit $MAYBE",
    ],
)
def test_what_the_script_looks_at_later_leaves_it_open(run: str) -> None:
    assert command(run).unsure == ("depends",)


def test_a_loop_that_never_ends_does_not_go_on() -> None:
    assert command("until scan; do sleep 1; done\necho ok").unsure == ("loop",)


def test_a_scan_that_the_script_may_leave_out_is_guarded() -> None:
    assert command('if [ -n "$TOKEN" ]; then scan; fi').guarded
    assert not command("mkdir -p out && scan").guarded


@pytest.mark.parametrize("shell", ["python", "pwsh", "cmd", "${{ matrix.shell }}", "zsh -e {0}"])
def test_other_shells_are_unknown_by_name(shell: str) -> None:
    found = script("scan", shell)
    assert not found.commands
    assert [u.code for u in found.unknown] == ["shell"]
    assert found.unknown[0].what in shell


def test_shells_as_a_step_states_them() -> None:
    assert invocation_of("bash -euo pipefail {0}") == Invocation(pipefail=True)
    assert invocation_of("/usr/bin/bash -l {0}") == Invocation(errexit=False)
    assert invocation_of("sh -ex {0}") == Invocation(posix=True)
    assert invocation_of("gitlab") == Invocation(pipefail=True)


def test_expressions_stay_in_their_words() -> None:
    run = 'scan --level "${{ inputs.level }}" \\\n  ${{ matrix.extra }} --dir=$PWD\nok'
    found = script(run).commands
    assert found[0].words == (
        "scan",
        "--level",
        "${{ inputs.level }}",
        "${{ matrix.extra }}",
        "--dir=$PWD",
    )
    assert [c.line for c in found] == [0, 2]


def test_an_expression_over_two_lines_shifts_no_line() -> None:
    assert command("echo ${{ a &&\n b }}\nscan").line == 2


def test_an_expression_is_no_known_value() -> None:
    assert said('if [ "${{ inputs.soft }}" = x ]; then scan || true; else ok; fi') == "lost"
    assert said('scan || [ "${{ inputs.soft }}" = true ]') == "unsure"


def test_what_cannot_be_parsed_is_said_and_proves_nothing() -> None:
    found = script("! { scan; ok; }\nok")
    assert [u.code for u in found.unknown][:1] == ["not-parsed"]
    assert script("if true; then scan").commands[0].unsure == ("not-parsed",)
    assert [u.code for u in script("x" * 300_000).unknown] == ["not-parsed"]


@given(st.text(alphabet="scan ok|&;(){}[]$\"'`<>!\n#\\if then fi do done=-1", max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    for one in script(text).commands:
        assert isinstance(one.fate.lost, tuple)
        assert one.program().name is not None


def test_nesting_and_size_are_bounded() -> None:
    assert script("(" * 2_000 + "scan" + ")" * 2_000).unknown
    deep = "if [ $a ]; then b=1; fi\n" * 30 + "scan || true"
    assert said(deep) in ("lost", "unsure")
    many = script("scan || true\n" * 1_500).commands
    assert {c.fate.lost or c.unsure for c in many[:600:2]} == {("or-true",), ("complex",)}
    branches = "".join(f"if [ $a{n} ]; then v{n}=1; fi\n" for n in range(20))
    assert command(f"{branches}scan").unsure == ("complex",)
