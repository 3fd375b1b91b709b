"""The restore document: which commands it has, and what they name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.api import Status
from golive_gates.recovery.procedures.commands import told_in
from golive_gates.recovery.settings import Settings, SqliteStore
from tests.gates.recovery.procedures_parts import DATABASE, cron_job, judged, part
from tests.gates.saying import codes

NAMES = ("backup/restore.py", "backup/restore-job.yaml", "ops/up.sh", "tools/heal/__main__.py")
SOUND = """
# Restore

```bash
kubectl -n shop scale deployment/shop --replicas=0
kubectl create -f backup/restore-job.yaml   # by hand
sudo python3 -u backup/restore.py sqlite "$BACKUPS" /tmp/x && ./ops/up.sh
```
"""


def document(text: str, *names: str) -> tuple[Status, list[str], list[int | None]]:
    """Status, codes and lines of a document in a release of ``NAMES`` and *names*."""
    found = judged(
        "restore-document",
        part(DATABASE + cron_job(), document=text, names=(*NAMES, *names)),
    )
    lines = [f.location.line if f.location else None for f in found.findings]
    return found.status, codes(found), lines


def block(*lines: str, language: str = "bash") -> str:
    return "\n".join((f"```{language}", *lines, "```"))


def test_a_sound_document() -> None:
    assert document(SOUND) == (Status.PASS, [], [])


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("python backup/rescue.py", "file-missing"),
        ("python3 -W error backup/rescue.py", "file-missing"),
        ("cd x && bash ops/down.sh", "file-missing"),
        ("if ./ops/down.sh; then echo; fi", "file-missing"),
        ("kubectl apply --filename=backup/job.yaml", "file-missing"),
        ("kubectl apply -k overlays/restore", "file-missing"),
        ("python -m tools.cure", "module-missing"),
        ("kubectl scale deployment shops --replicas=0", "object-missing"),
        ("kubectl rollout restart sts/chrome", "object-missing"),
        ("kubectl create job now --from=cronjob/backup-sqlit", "object-missing"),
        ("kubectl wait job/restore-1 --for=condition=complete", "object-missing"),
        ("kubectl logs -l app=shops", "selector-empty"),
        ("echo 'unfinished", "not-shell"),
    ],
)
def test_what_a_command_names_is_not_there(line: str, code: str) -> None:
    assert document(block("true", line)) == (Status.FAIL, [code], [3])


@pytest.mark.parametrize(
    "line",
    [
        "python backup/restore.py <store> {target}",
        "python $HOME/restore.py",
        "python <script>",
        "python /app/backup/rescue.py",
        "python -m tools.heal",
        "python -m pip install x",
        "python -c 'import x'",
        "curl https://example.com/none.sh | bash -s",
        "kubectl apply -f https://example.com/x.yaml",
        "kubectl apply -f - < x.yaml",
        "kubectl logs -f deployment/shop",
        "kubectl exec deploy/shop -- python backup/none.py",
        "kubectl get pods -l app=shop",
        "kubectl create job now --from=cronjob/backup-sqlite && kubectl wait job/now --for=x",
        "kubectl delete pod <name>",
        "kubectl apply -f k8s/",
        "sqlite3 restored.db 'PRAGMA integrity_check'",
        "python ../backup/restore.py > restore.log 2>&1",
    ],
)
def test_what_is_there_or_left_to_the_reader(line: str) -> None:
    assert document(block(line), "k8s/all.yaml") == (Status.PASS, [], [])


@pytest.mark.parametrize(
    "text",
    ["", "# Restore\nCall Kim.", block("a: 1", language="yaml"), block("output", language="")],
)
def test_a_document_without_a_command(text: str) -> None:
    assert document(text)[:2] == (Status.FAIL, ["no-commands"])


def test_a_session_is_read_by_its_prompts() -> None:
    text = block("$ python backup/rescue.py", "no such thing: x'y", language="console")
    assert document(text) == (Status.FAIL, ["file-missing"], [2])


def test_continued_lines_are_one_command() -> None:
    (told,) = told_in(block("kubectl wait \\", "  job/x"))
    assert told.words == ("kubectl", "wait", "job/x")


def test_what_stands_in_backticks_is_only_warned_of() -> None:
    text = block("true") + "\nSee `backup/rescue.py` and CronJob `backup-chroma`.\n"
    found = document(text)
    assert found == (Status.WARN, ["file-missing", "object-missing"], [4, 4])


def test_without_a_document() -> None:
    seen = part(DATABASE + cron_job())
    some = judged("restore-document", seen)
    assert (some.status, codes(some)) == (Status.WARN, ["no-document"])
    nothing = judged("restore-document", part(DATABASE))
    assert nothing.status is Status.NOT_APPLICABLE
    stores = Settings(sqlite=(SqliteStore("shop", ("b",)),))
    owed = judged("restore-document", part(DATABASE), stores)
    assert (owed.status, codes(owed)) == (Status.FAIL, ["no-document"])
    # Some manifests alone: it may lie elsewhere.
    alone = replace(seen, root=None)
    assert judged("restore-document", alone).status is Status.NOT_APPLICABLE
    assert judged("restore-document", alone, stores).status is Status.INCONCLUSIVE


@given(st.text(st.sampled_from("`~$#ab \n\\'\"|&;<>(){}-=/kubectl."), max_size=120))
def test_any_text_is_read(text: str) -> None:
    document(f"```sh\n{text}\n```")
    document(text)


def test_what_a_command_is_fed_with_is_no_command() -> None:
    lines = ("cat > note <<'END'", "it's \"no command", "./ops/down.sh", "END", "./ops/up.sh")
    assert document(block(*lines)) == (Status.PASS, [], [])
    assert [t.line for t in told_in(block(*lines))] == [2, 6]


def test_a_quotation_may_go_over_lines() -> None:
    lines = ("python3 -c 'import os", "print(os.getcwd())'", "./ops/down.sh")
    assert document(block(*lines)) == (Status.FAIL, ["file-missing"], [4])
    assert document(block("echo 'never closed", "./ops/up.sh"))[1:] == (["not-shell"], [2])


def test_no_secret_of_the_document_is_repeated() -> None:
    found = judged(
        "restore-document",
        part(
            DATABASE + cron_job(), document=block("PGPASSWORD=hunter2secret psql 'x"), names=NAMES
        ),
    )
    (only,) = found.findings
    assert only.reason.code == "not-shell"
    assert "hunter2secret" not in str(only.reason.params)
