"""Starts every component, waits until each is really ready, and stops what it started."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from golive_demo import alerting, front, monitoring, recovering
from golive_demo.alerting import Alerting, RefusedError
from golive_demo.backups import Places, make_history
from golive_demo.broken import HEALTHY, Variant
from golive_demo.clients import as_variable, further_clients, new_token
from golive_demo.facts import PACKAGE, Facts, release_of
from golive_demo.image_reports import FOLDER, write_reports
from golive_demo.launching import READY_TIMEOUT_S, Launcher, Service, port_of
from golive_demo.processes import Child, StartError, listening_socket
from golive_demo.programs import PROGRAMS, find
from golive_demo.ratelimit import DEFAULT_RATE_LIMIT, RateLimit
from golive_demo.secret_names import CLIENTS_VARIABLE, PROVIDER_KEY_VARIABLE, TOKEN_VARIABLE

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


class Stack:
    """The running generator. Call `start`, then `stop` whatever happened."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._token = new_token()
        self._others = further_clients()
        self._env = _environment()
        self._launcher = Launcher(options.workdir, self._env)
        self._generation: Service | None = None
        self._restarts = 0

    @property
    def children(self) -> list[Child]:
        """The running components."""
        return self._launcher.children

    def start(self) -> Facts:
        """Start everything. Raises StartError or MissingProgramError."""
        # Held until all components have their ports: whoever runs the drill listens there.
        with listening_socket() as webhook:
            return self._start(f"127.0.0.1:{port_of(webhook)}")

    def _start(self, webhook: str) -> Facts:
        options, variant = self._options, self._options.variant
        programs = {name: find(name) for name in PROGRAMS}
        nginx, prometheus, promtool = (programs[n] for n in ("nginx", "prometheus", "promtool"))
        if variant.needs_nginx and not (options.front and nginx.present):
            msg = f"variant {variant.name} needs the nginx front: {nginx.hint}"
            raise MissingProgramError(msg)
        release = release_of(variant, options.workdir)
        write_reports(
            release,
            options.workdir / FOLDER,
            datetime.now(UTC),
            age_days=variant.image_reports_age_days,
            vulnerable=variant.vulnerable_image,
        )
        stub = self._launcher.service("provider-stub", "provider_stub", [], {})
        fallible = recovering.start_stub(self._launcher)
        make_history(Places(options.workdir), variant.recovery, self._env)
        project, generation = self._services(stub)
        self._generation = generation
        self._note_pid(generation.child)
        history = prometheus_url = None
        running = Alerting()
        if options.prometheus and variant.prometheus and prometheus.path is not None:
            # First of all, while the services load: its past and its first scrape take longest.
            if promtool.path is not None:
                ratios = (variant.history_error_ratio, variant.history_recent_error_ratio)
                folder = options.workdir / "prometheus"
                history = monitoring.backfill(promtool.path, folder, ratios, self._env)
            alertmanager = programs["prometheus-alertmanager"].path
            running = self._alerting(release, promtool.path, alertmanager, webhook)
            prometheus_url = self._prometheus(prometheus.path, running, project, generation)
        drilled = recovering.start_generators(self._launcher, fallible, *self._generating())
        for service, path in ((stub, "/healthz"), (project, "/readyz"), (generation, "/readyz")):
            service.child.wait_ready(service.url + path, READY_TIMEOUT_S)
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
            programs=tuple(programs.values()),
            pids={child.name: child.pid for child in self.children},
            broken=variant.name,
            history=history,
            alerting=running,
            recovering=drilled,
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
        """Stop the components."""
        self._launcher.stop()

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

    def _services(self, stub: Service) -> tuple[Service, Service]:
        shared, token = self._shared()
        places = Places(self._options.workdir)
        database = ["--database", str(places.database)]
        start = self._launcher.service
        project = start("project-service", "project_service", shared + database, token)
        generating, keys = self._generating()
        generating += [
            *("--openai-url", f"{stub.url}/openai/v1"),
            *("--anthropic-url", f"{stub.url}/anthropic"),
            *("--index", str(places.index)),
        ]
        return project, start("generation-service", "generation_service", generating, keys)

    def _shared(self) -> tuple[list[str], dict[str, str]]:
        """Arguments and secrets of every service."""
        arguments = ["--rate-limit", str(self._options.rate_limit)]
        if self._options.variant.name is not None:
            arguments += ["--broken", self._options.variant.name]
        return arguments, {
            TOKEN_VARIABLE: self._token,
            CLIENTS_VARIABLE: as_variable(self._others),
        }

    def _generating(self) -> tuple[list[str], dict[str, str]]:
        """Arguments and secrets of every generation-service."""
        shared, token = self._shared()
        arguments = [*shared, "--heartbeat", f"{self._options.heartbeat_s:g}"]
        return arguments, {**token, PROVIDER_KEY_VARIABLE: "local-stub-key"}

    def _front(self, program: str, project: Service, generation: Service) -> str:
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

        return self._launcher.on_free_port("front", start, "/project/healthz")

    def _alerting(
        self, release: Path, promtool: str | None, alertmanager: str | None, webhook: str
    ) -> Alerting:
        """The rules to load, and an Alertmanager with the routes, where the release has both."""
        folder = self._options.workdir / "alerting"
        notes, rules, url = [], None, None
        try:
            rules = alerting.quick_rules(release, folder, promtool, self._env)
            notes.append(alerting.RULES_NOTE)
        except RefusedError as error:
            notes.append(f"{error}; no rule is loaded")
        if alertmanager is not None:
            try:
                text = (release / alerting.ALERTMANAGER).read_text(encoding="utf-8")
                config = alerting.local_routing(text, webhook)
                url = self._launcher.on_free_port(
                    "alertmanager",
                    lambda port: alerting.alertmanager_command(alertmanager, folder, port, config),
                    "/-/ready",
                )
                notes.append(alerting.ROUTING_NOTE)
            except (RefusedError, StartError) as error:
                notes.append(f"{error}; Alertmanager does not run")
        return Alerting(rules, url, webhook if url else None, "; ".join(notes))

    def _prometheus(
        self, program: str, running: Alerting, project: Service, generation: Service
    ) -> str:
        def start(port: int) -> list[str]:
            plan = monitoring.MonitoringPlan(
                folder=self._options.workdir / "prometheus",
                port=port,
                targets={
                    "project-service": f"127.0.0.1:{project.port}",
                    "generation-service": f"127.0.0.1:{generation.port}",
                },
                rules=running.rules,
                alertmanager=running.alertmanager,
            )
            return monitoring.command(program, plan)

        return self._launcher.on_free_port("prometheus", start, "/-/ready")

    def _wait_scraped(self, url: str) -> None:
        """Wait for a good scrape of each target and a first look at each rule.

        Being ready says nothing about either.
        """
        child = self._launcher.named("prometheus")
        targets = f"{url}/api/v1/targets?state=active"
        child.wait_ready(targets, READY_TIMEOUT_S, monitoring.all_targets_up)
        child.wait_ready(f"{url}/api/v1/rules", READY_TIMEOUT_S, alerting.all_rules_evaluated)


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
