"""What a started generator tells the world: the facts file and a filled-in golive.yaml."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template

from golive_demo.alerting import Alerting
from golive_demo.answers import KNOWN_DESCRIPTION, script_for
from golive_demo.backups import Places
from golive_demo.broken import Variant, variant
from golive_demo.broken_release import RELEASE, broken_copy, mutation
from golive_demo.clients import FURTHER_CLIENTS, MAIN, STUDIO, Client, as_variable, new_token
from golive_demo.image_reports import FOLDER as IMAGE_REPORTS
from golive_demo.programs import Program
from golive_demo.ratelimit import RateLimit
from golive_demo.recovering import Recovering

PACKAGE = Path(__file__).resolve().parent
TEMPLATE = PACKAGE / "golive.yaml.in"
_CONDITIONS = ("prometheus", "front", "rules", "alertmanager", "fallback")


class TemplateError(Exception):
    """The configuration template cannot be filled in."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Addresses are URLs without a trailing slash; those of installed programs may be absent."""

    workdir: Path
    project_service: str
    generation_service: str
    provider_stub: str
    front: str | None
    prometheus: str | None
    token: str = field(repr=False)
    rate_limit: RateLimit
    programs: tuple[Program, ...]
    pids: dict[str, int]
    broken: str | None
    history: str | None
    other_tokens: dict[str, str] = field(default_factory=dict, repr=False)
    """Tokens of the further clients by their names."""
    generation_pid_file: Path | None = None
    """Where the supervisor keeps the id of the running generation-service."""
    alerting: Alerting = field(default_factory=Alerting)
    recovering: Recovering = field(default_factory=Recovering)
    studio_token: str = field(default_factory=new_token, repr=False)
    """What a project-service started on restored data takes from the tenant of that data."""

    @property
    def config(self) -> Path:
        """The configuration written for the checking tool."""
        return self.workdir / "golive.yaml"

    @property
    def release(self) -> Path:
        """The release's files, or the copy of them that has the variant's mistake in it."""
        broken = variant(self.broken).release_mutation
        return RELEASE if broken is None else self.workdir / RELEASE.name

    @property
    def token_file(self) -> Path:
        """The file that holds the token alone, readable by its owner."""
        return self.workdir / "token"

    def token_file_of(self, client: str) -> Path:
        """The same for a further client."""
        return self.workdir / f"token-{client}"

    @property
    def studio_clients_file(self) -> Path:
        """That tenant, as a service is told of its clients."""
        return self.workdir / f"clients-{STUDIO}"

    def document(self) -> dict[str, object]:
        """The facts as they are published."""
        return {
            "addresses": {
                "project-service": self.project_service,
                "generation-service": self.generation_service,
                "front": self.front,
                "prometheus": self.prometheus,
                "alertmanager": self.alerting.alertmanager,
                "provider-stub": self.provider_stub,
                "golive-provider-stub": self.recovering.stub,
                "fallback-service": self.recovering.forward,
                "fallback-service-reversed": self.recovering.reverse,
            },
            "token": self.token,
            "token_file": str(self.token_file),
            "clients": {
                MAIN: {"token": self.token, "token_file": str(self.token_file)},
                **{
                    name: {"token": token, "token_file": str(self.token_file_of(name))}
                    for name, token in self.other_tokens.items()
                },
            },
            "workdir": str(self.workdir),
            "release_dir": str(self.release),
            "broken": self.broken,
            "rate_limit": {
                "requests": self.rate_limit.requests,
                "window_s": self.rate_limit.window_s,
            },
            "components": {
                p.name: {"present": p.present, "version": p.version, "hint": p.hint}
                for p in self.programs
            },
            "pids": self.pids,
            "generation_pid_file": str(self.generation_pid_file or ""),
            "history": self.history,
            "alerting": self.alerting.note or None,
            "alert_webhook": self.alerting.webhook,
            "known_answer": {
                "description": KNOWN_DESCRIPTION,
                "text": script_for(KNOWN_DESCRIPTION),
            },
            "config": str(self.config),
        }

    def placeholders(self) -> dict[str, str]:
        """What the template may name; an absent address is empty."""
        today = datetime.now(UTC).date()
        return {
            "front": self.front or "",
            "project_service": self.project_service,
            "generation_service": self.generation_service,
            "project_api": self.front or self.project_service,
            "generation_api": self.front or self.generation_service,
            "provider_stub": self.provider_stub,
            "prometheus": self.prometheus or "",
            "alertmanager": self.alerting.alertmanager or "",
            "alert_webhook": self.alerting.webhook or "",
            "database": str(Places(self.workdir).database),
            "index": str(Places(self.workdir).index),
            "backups": str(Places(self.workdir).backups),
            "fallback_stub": self.recovering.stub or "",
            "fallback_service": self.recovering.forward or "",
            "fallback_service_reversed": self.recovering.reverse or "",
            "release_dir": str(self.release),
            "workdir": str(self.workdir),
            "image_reports": str(self.workdir / IMAGE_REPORTS),
            "today": today.isoformat(),
            "next_month": (today + timedelta(days=30)).isoformat(),
            "token_file": str(self.token_file),
            **{f"{n}_token_file": str(self.token_file_of(n)) for n in FURTHER_CLIENTS},
            "studio_token_file": str(self.token_file_of(STUDIO)),
            "studio_clients_file": str(self.studio_clients_file),
            "python": sys.executable,
            "package_parent": str(PACKAGE.parent),
            "broken_arguments": f", --broken, {self.broken}" if self.broken else "",
            "front_pid": str(self.pids.get("front", "")),
            "generation_pid_file": str(self.generation_pid_file or ""),
            "error_rate_objective": variant(self.broken).error_rate_objective,
            "rate_limit_requests": str(self.rate_limit.requests),
            "rate_limit_window": f"{self.rate_limit.window_s:g}s",
            "known_answer_description": KNOWN_DESCRIPTION,
            "known_answer_description_json": json.dumps(KNOWN_DESCRIPTION, ensure_ascii=False),
            "known_answer_json": json.dumps(script_for(KNOWN_DESCRIPTION), ensure_ascii=False),
        }


def release_of(chosen: Variant, workdir: Path) -> Path:
    """The release's files; those with the variant's mistake in them are written to *workdir*."""
    if chosen.release_mutation is None:
        return RELEASE
    return broken_copy(mutation(chosen.release_mutation), workdir)


def render_config(template: str, facts: Facts) -> str:
    """Fill a template in. Raises TemplateError for a placeholder that does not exist.

    Lines that begin with `#if-X ` or `#if-no-X `, with X one of prometheus, front, rules (loaded by
    Prometheus), alertmanager and fallback (generators for a drill of it), lose that prefix where it
    holds and vanish where it does not.
    """
    running, stub = facts.alerting, facts.recovering.stub
    present = (facts.prometheus, facts.front, running.rules, running.alertmanager, stub)
    holds = {name: part is not None for name, part in zip(_CONDITIONS, present, strict=True)}
    prefixes = {f"#if-{name} ": holds[name] for name in _CONDITIONS}
    prefixes |= {f"#if-no-{name} ": not holds[name] for name in _CONDITIONS}
    lines = []
    for line in template.splitlines():
        kept: str | None = line
        for prefix, applies in prefixes.items():
            if line.startswith(prefix):
                kept = line.removeprefix(prefix) if applies else None
        if kept is not None:
            lines.append(kept)
    try:
        return Template("\n".join(lines) + "\n").substitute(facts.placeholders())
    except KeyError as error:
        msg = f"unknown placeholder ${{{error.args[0]}}}"
        raise TemplateError(msg) from None
    except ValueError as error:
        raise TemplateError(str(error)) from None


def publish(facts: Facts, ready_file: Path | None, template: Path = TEMPLATE) -> None:
    """Write the tokens, the configuration and, last and at once, the facts.

    Raises TemplateError.
    """
    write_secret(facts.token_file, facts.token)
    for name, token in facts.other_tokens.items():
        write_secret(facts.token_file_of(name), token)
    write_secret(facts.token_file_of(STUDIO), facts.studio_token)
    studio = as_variable((Client(STUDIO, facts.studio_token),))
    write_secret(facts.studio_clients_file, studio)
    if template.exists():
        text = render_config(template.read_text(encoding="utf-8"), facts)
    else:
        # JSON strings are YAML scalars, so a mapping needs no YAML library here.
        pairs = facts.placeholders().items()
        text = "".join(f"{k}: {json.dumps(v, ensure_ascii=False)}\n" for k, v in pairs)
    facts.config.write_text(text, encoding="utf-8")
    if ready_file is not None:
        draft = ready_file.with_name(f".{ready_file.name}.{os.getpid()}")
        write_secret(draft, json.dumps(facts.document(), ensure_ascii=False, indent=2))
        draft.replace(ready_file)


def write_secret(path: Path, text: str) -> None:
    """Create a file that only its owner can read; it must not exist."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
