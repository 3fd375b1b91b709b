"""What is read of the repository around the pipelines, and what is not."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from golive.codec import encode
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.planting.keys import made_up
from tests.gates.pipeline.looking_on import looked, written
from tests.gates.pipeline.snippets import CI, job, workflow


def test_keys_in_its_files_are_not_in_the_part(tmp_path: Path) -> None:
    key = made_up("github", secrets.choice)
    block = f"-----BEGIN PRIVATE KEY-----\n{'A' * 64}\n-----END PRIVATE KEY-----\n"
    files = {
        CI: workflow({"test": job(f"TOKEN={key} pytest")}),
        "scripts/push.sh": f"git push https://bot:{key}@example.com/a.git\n{block}exit 0\n",
    }
    part = looked(written(tmp_path, files)).require(Pipeline)
    text = json.dumps(encode(part))
    assert key not in text
    assert "A" * 64 not in text
    pushed = part.repositories[0].text("scripts/push.sh") or ""
    assert pushed.splitlines()[4:] == ["exit 0"]


def test_a_link_out_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    root = written(tmp_path / "r", {CI: workflow({"test": job("pytest")}), "ci/real.sh": "true\n"})
    (tmp_path / "outside.sh").write_text("exit 0\n", encoding="utf-8")
    (root / "ci/out.sh").symlink_to(tmp_path / "outside.sh")
    (root / "ci/in.sh").symlink_to("real.sh")
    (repository,) = looked(root).require(Pipeline).repositories
    assert (repository.unread or {})["ci/out.sh"] == "a link out of the repository"
    assert repository.text("ci/in.sh") == "true\n"
