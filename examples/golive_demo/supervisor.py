"""Starts every component, waits until each is really ready, and stops what it started."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from golive_demo import front, monitoring
from golive_demo.broken import HEALTHY, Variant
from golive_demo.broken_release import RELEASE
from golive_demo.clients import as_variable, further_clients, new_token
from golive_demo.facts import PACKAGE, Facts
from golive_demo.processes import Child, StartError, free_port, listening_socket
from golive_demo.programs import find
from golive_demo.ratelimit import DEFAULT_RATE_LIMIT, RateLimit
from golive_demo.secret_names import CLIENTS_VARIABLE, PROVIDER_KEY_VARIABLE, TOKEN_VARIABLE

_READY_TIMEOUT_S = 60.0
_PORT_ATTEMPTS = 5
_MAX_RESTARTS = 3
# uvicorn drains at SIGTERM and then dies of it, or ends in order where it could not.
_DRAINED = (0, -signal.SIGTERM)
_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")


class MissingProgramError(Exception):
    """A variant needs a program that is not installed; the message has the install line."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to start; `heartbeat_s` is the gap between SSE comments."""

    workdir: Path
    variant: Variant = HEALTHY
    rate_limit: RateLimit = DEFAULT_RATE_LIMIT
    front: bool = True
    prometheus: bool = True
    heartbeat_s: float = 1.0


@dataclass(frozen=True, slots=True)
class _Service:
    child: Child
    port: int
    start_again: Callable[[], Child]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Stack:
    """The running generator. Call `start`, then `stop` whatever happened."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._token = new_token()
        self._others = further_clients()
        self._env = _environment()
        self._generation: _Service | None = None
        self._restarts = 0
        self.children: list[Child] = []

    def start(self) -> Facts:
        """Start everything. Raises StartError or MissingProgramError."""
        options, variant = self._options, self._options.variant
        nginx, prometheus, promtool = (find(n) for n in ("nginx", "prometheus", "promtool"))
        if variant.needs_nginx and not (options.front and nginx.present):
            msg = f"variant {variant.name} needs the nginx front: {nginx.hint}"
            raise MissingProgramError(msg)
        stub = self._python("provider-stub", "provider_stub", [], {})
        project, generation = self._services(stub)
        self._generation = generation
        self._note_pid(generation.child)
        history = prometheus_url = None
        if options.prometheus and variant.prometheus and prometheus.path is not None:
            # First of all, while the services load: its past and its first scrape take longest.
            if promtool.path is not None:
                ratios = (variant.history_error_ratio, variant.history_recent_error_ratio)
                folder = options.workdir / "prometheus"
                history = monitoring.backfill(promtool.path, folder, ratios, self._env)
            prometheus_url = self._prometheus(prometheus.path, project, generation)
        for service, path in ((stub, "/healthz"), (project, "/readyz"), (generation, "/readyz")):
            service.child.wait_ready(service.url + path, _READY_TIMEOUT_S)
        front_url = None
        if options.front and nginx.path is not None:
            front_url = self._front(nginx.path, project, generation)
        if prometheus_url is not None:
            self._wait_scraped(prometheus_url)
        return Facts(
            workdir=options.workdir,
            project_service=project.url,
            generation_service=generation.url,
            provider_stub=stub.url,
            front=front_url,
            prometheus=prometheus_url,
            token=self._token,
            rate_limit=options.rate_limit,
            programs=(nginx, prometheus, promtool),
            pids={child.name: child.pid for child in self.children},
            broken=variant.name,
            history=history,
            other_tokens={client.name: client.token for client in self._others},
            generation_pid_file=self._pid_file,
        )

    def tend(self) -> None:
        """Raise StartError if a component has ended by itself.

        generation-service may be told to end (SIGTERM), as a rolling update does: it is started
        again, three times at most, on the socket that has been listening all along.
        """
        for place, child in enumerate(self.children):
            if self._drained(child) and self._generation is not None:
                self._restarts += 1
                started = self._generation.start_again()
                self.children[place] = started
                self._note_pid(started)
                sys.stderr.write(
                    f"golive_demo: {child.name} was told to end and has been started again"
                    f" ({self._restarts} of {_MAX_RESTARTS})\n"
                )
            else:
                child.require_running()

    def stop(self) -> None:
        """Stop the components: the front first, so that its streams let the services go."""
        for child in reversed(self.children):
            child.ask_to_end()
        while self.children:
            self.children.pop().stop()

    def _drained(self, child: Child) -> bool:
        may = child.name == "generation-service" and self._restarts < _MAX_RESTARTS
        return may and child.exit_code() in _DRAINED

    @property
    def _pid_file(self) -> Path:
        return self._options.workdir / "generation-service.pid"

    def _note_pid(self, child: Child) -> None:
        draft = self._pid_file.with_suffix(".draft")
        draft.write_text(f"{child.pid}\n", encoding="ascii")
        draft.replace(self._pid_file)

    def _services(self, stub: _Service) -> tuple[_Service, _Service]:
        workdir, variant = self._options.workdir, self._options.variant
        shared = ["--rate-limit", str(self._options.rate_limit)]
        if variant.name is not None:
            shared += ["--broken", variant.name]
        token = {TOKEN_VARIABLE: self._token, CLIENTS_VARIABLE: as_variable(self._others)}
        database = ["--database", str(workdir / "projects.sqlite3")]
        project = self._python("project-service", "project_service", shared + database, token)
        generating = [
            *shared,
            *("--provider-url", stub.url),
            *("--index", str(workdir / "scripts")),
            *("--heartbeat", f"{self._options.heartbeat_s:g}"),
        ]
        keys = {**token, PROVIDER_KEY_VARIABLE: "local-stub-key"}
        return project, self._python("generation-service", "generation_service", generating, keys)

    def _python(
        self, name: str, module: str, arguments: list[str], env: Mapping[str, str]
    ) -> _Service:
        # It stays open here: what connects while the process is away waits for the next one.
        listener = listening_socket()
        descriptor = listener.fileno()
        program = [sys.executable, "-m", f"golive_demo.{module}", "--fd", str(descriptor)]
        command = [*program, *arguments]

        def start_again() -> Child:
            return self._launch(name, command, env, listener.fileno(), again=True)

        child = self._child(name, command, env, descriptor)
        return _Service(child, _port_of(listener), start_again)

    def _front(self, program: str, project: _Service, generation: _Service) -> str:
        def start(port: int) -> list[str]:
            plan = front.FrontPlan(
                folder=self._options.workdir / "front",
                port=port,
                project_port=project.port,
                generation_port=generation.port,
                buffers=self._options.variant.front_buffers,
                gzips=self._options.variant.front_gzips,
            )
            return front.command(program, plan)

        return self._on_free_port("front", start, "/project/healthz")

    def _prometheus(self, program: str, project: _Service, generation: _Service) -> str:
        rules = RELEASE / "prometheus" / "rules.yml"

        def start(port: int) -> list[str]:
            plan = monitoring.MonitoringPlan(
                folder=self._options.workdir / "prometheus",
                port=port,
                targets={
                    "project-service": f"127.0.0.1:{project.port}",
                    "generation-service": f"127.0.0.1:{generation.port}",
                },
                rules=rules if rules.exists() else None,
            )
            return monitoring.command(program, plan)

        return self._on_free_port("prometheus", start, "/-/ready")

    def _wait_scraped(self, url: str) -> None:
        """Wait for a good scrape of each target; being ready says nothing about scraping."""
        child = next(c for c in self.children if c.name == "prometheus")
        targets = f"{url}/api/v1/targets?state=active"
        child.wait_ready(targets, _READY_TIMEOUT_S, monitoring.all_targets_up)

    def _on_free_port(self, name: str, start: Callable[[int], list[str]], path: str) -> str:
        """Start a program that opens its own port; another one is tried when it was taken."""
        for attempt in range(1, _PORT_ATTEMPTS + 1):
            url = f"http://127.0.0.1:{(port := free_port())}"
            child = self._child(name, start(port), {})
            try:
                child.wait_ready(url + path, _READY_TIMEOUT_S)
            except StartError:
                if attempt == _PORT_ATTEMPTS or "ddress already in use" not in child.log_tail():
                    raise
                self.children.remove(child)
                child.stop()
            else:
                return url
        raise AssertionError("the last attempt returns or raises")

    def _child(self, name: str, command: list[str], env: Mapping[str, str], *fds: int) -> Child:
        child = self._launch(name, command, env, *fds)
        self.children.append(child)
        return child

    def _launch(
        self, name: str, command: list[str], env: Mapping[str, str], *fds: int, again: bool = False
    ) -> Child:
        logs = self._options.workdir / "logs"
        logs.mkdir(exist_ok=True)
        log, whole = logs / f"{name}.log", {**self._env, **env}
        return Child(name, command, log=log, env=whole, pass_fds=fds, again=again)


def _port_of(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


def _environment() -> dict[str, str]:
    """A small known environment: no proxy, no foreign SDK settings, no secrets of the caller."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(PACKAGE.parent),
        "PYTHONUNBUFFERED": "1",
        "ANONYMIZED_TELEMETRY": "False",
        # The `_created` twins would double the series, and nothing here reads them.
        "PROMETHEUS_DISABLE_CREATED_SERIES": "True",
    }
