"""``pipeline.lock-files``."""

from __future__ import annotations

import pytest

from golive_gates.pipeline.supply.requirements import locked
from tests.gates.pipeline.snippets import job, judged, pipeline, workflow
from tests.gates.saying import codes

CI = ".github/workflows/ci.yml"
HASH = "--hash=sha256:" + "a" * 64
LOCK = f"a==1 \\\n    {HASH} \\\n    {HASH}\n# via b\nb==2 {HASH}\n"
LOOSE = "a==1\nb>=2\n"
FILES = {
    "requirements.lock": LOCK,
    "requirements.txt": LOOSE,
    "requirements-mixed.txt": LOCK + LOOSE,
    "requirements-more.txt": f"--index-url https://x\n-r requirements.lock\nc==3 {HASH}\n",
    "web/package-lock.json": "{}",
    "uv.lock": "",
}


def in_job(*commands: str, extra: str = "", **files: str) -> dict[str, str]:
    return {CI: workflow({"a": job(*commands, extra=extra)}), **FILES, **files}


def in_image(text: str, **files: str) -> dict[str, str]:
    return {CI: workflow({"a": job("x")}), **FILES, "Dockerfile": f"FROM a\n{text}\n", **files}


@pytest.mark.parametrize(
    "command",
    [
        "pip install --require-hashes -r requirements.lock",
        "python -m pip install -r requirements.lock",
        "python3.11 -m pip install --no-cache-dir -rrequirements.lock",
        "sudo pip3 install --requirement=requirements-more.txt",
        "uv pip install -r requirements.lock",
        "pip install --no-deps .",
        "pip install --no-deps -e .",
        "pip install .",  # what it needs is there from the lock
        "pip install --no-index --find-links wheels a",
        "pip install dist/golive-1.whl",
        "uv sync --locked",
        "{run: npm ci, working-directory: web}",
        "cd web && npm ci",
        "(cd docs && ls) && cd web && npm ci",
    ],
)
def test_what_is_locked(command: str) -> None:
    result = judged("lock-files", in_job("pip install -r requirements.lock", command))
    assert result.status.value == "pass", result.findings


@pytest.mark.parametrize(
    ("command", "status", "code"),
    [
        ("pip install -r requirements.txt", "warn", "no-hashes"),
        ("pip install --require-hashes -r requirements.txt", "fail", "some-without-hash"),
        ("pip install -r requirements-mixed.txt", "fail", "some-without-hash"),
        ("pip install -r gone.txt", "fail", "lock-missing"),
        ("pip install pytest", "warn", "by-name"),
        ("pip install pytest==8.3", "warn", "by-version"),
        ("pip install 'pytest>=8'", "warn", "by-name"),
        ("pip install --upgrade pip", "warn", "by-name"),
        ("pip install .", "warn", "own-dependencies"),
        ("pip install -e '.[test]'", "warn", "own-dependencies"),
        ("pip install git+https://host/a@main", "warn", "by-name"),
        ("pip install -r $FILE", "inconclusive", "not-followed"),
        ("uv sync", "warn", "not-frozen"),
        ("uvx ruff check", "warn", "by-name"),
        ("pipx install tox", "warn", "by-name"),
        ("poetry install", "fail", "lock-missing"),
        ("npm ci", "fail", "lock-missing"),
        ("cd web && npm install", "warn", "not-frozen"),
        ("npm install -g typescript", "warn", "by-name"),
        ("if true; then pip install a; fi", "warn", "by-name"),
    ],
)
def test_what_is_not_in_a_job(command: str, status: str, code: str) -> None:
    result = judged("lock-files", in_job(command))
    assert (result.status.value, codes(result)) == (status, [code])


@pytest.mark.parametrize(
    "command",
    [
        "echo pip install a",
        "pip --version",
        "pip check",
        "npm run build",
        "pip install --dry-run a",
        '{run: "cat > x.sh <<E\\npip install a\\nE"}',
    ],
)
def test_what_installs_nothing(command: str) -> None:
    assert judged("lock-files", in_job(command)).status.value == "not-applicable"


def test_a_file_that_the_job_makes() -> None:
    files = in_job("uv export -o made.txt", "pip install --require-hashes -r made.txt")
    assert judged("lock-files", files).status.value == "pass"
    open_one = in_job("uv export > made.txt", "pip install -r made.txt")
    assert judged("lock-files", open_one).status.value == "inconclusive"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("COPY requirements.lock .\nRUN pip install --require-hashes -r requirements.lock", "pass"),
        ("COPY . /app\nRUN pip install -r /app/requirements.lock", "pass"),
        (
            "RUN --mount=type=bind,source=requirements.lock,target=/t/r \\\n pip install -r /t/r",
            "pass",
        ),
        ("COPY requirements.lock /r.txt\nRUN pip install -r /r.txt", "pass"),
        ("COPY requirements.txt /r.lock\nRUN pip install -r /r.lock", "fail"),
        ("COPY requirements.txt .\nRUN pip install -r requirements.txt", "fail"),
        ("RUN pip install fastapi", "fail"),
        ('RUN ["pip", "install", "fastapi"]', "fail"),
        ("RUN <<E\npip install fastapi\nE", "fail"),
        ("RUN pip install --upgrade pip", "warn"),
        ("ENV PIP_NO_INDEX=1\nRUN pip install fastapi", "not-applicable"),
        ("COPY package-lock.json .\nRUN npm ci", "pass"),
        ("RUN npm install", "fail"),
        ("COPY missing.txt .\nRUN pip install -r missing.txt", "fail"),
        ("COPY --from=b /out/made.txt .\nRUN pip install -r made.txt", "inconclusive"),
    ],
)
def test_images(text: str, status: str) -> None:
    result = judged("lock-files", in_image(text))
    assert result.status.value == status, result.findings


def test_a_stage_goes_on_from_another() -> None:
    text = "AS base\nRUN pip install -r requirements.lock\nFROM base\nRUN pip install ."
    files = {**in_image(""), "Dockerfile": f"FROM a {text}\n"}
    assert judged("lock-files", files).status.value == "pass"


@pytest.mark.parametrize(
    ("text", "lines", "bare"),
    [
        (LOCK, 2, ()),
        (LOOSE, 2, ("a==1", "b>=2")),
        ("", 0, ()),
        ("# a\n\n", 0, ()),
        (f"a==1 ; python_version > '3' {HASH}", 1, ()),
        ("-e .\n", 1, ("-e",)),
        ("a @ https://x/a.whl#sha256=1\n", 1, ("a",)),
    ],
)
def test_requirement_files(text: str, lines: int, bare: tuple[str, ...]) -> None:
    files = {CI: workflow({"a": job("x")}), "requirements.lock": text}
    (repository,) = pipeline(files).repositories
    lock = locked(repository, "requirements.lock")
    assert (lock.lines, lock.bare) == (lines, bare)


def test_a_file_that_includes_itself_and_one_that_is_not_there() -> None:
    text = "-r requirements.txt\n-r gone.txt\n"
    files = {CI: workflow({"a": job("x")}), "requirements.txt": text}
    (repository,) = pipeline(files).repositories
    assert locked(repository, "requirements.txt").missing == ("gone.txt",)
