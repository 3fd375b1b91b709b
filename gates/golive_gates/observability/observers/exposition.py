"""What the services expose to Prometheus: one request each, or the declared files."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterator
from errno import ENOENT
from glob import glob, has_magic
from pathlib import Path
from urllib.parse import urlsplit

from golive.api import (
    EvidenceRef,
    Lane,
    Need,
    PlannedWork,
    Reason,
    RunContext,
    Scope,
    ServiceEndpoint,
    Unavailable,
)
from golive.pacing import join
from golive.probe.exchange import Exchange
from golive.target_client import target_probe
from golive_gates.observability.metrics.exposed import (
    Exposed,
    Exposure,
    Trouble,
    inventory_of,
    source_of,
)
from golive_gates.observability.metrics.exposition import MAX_BYTES, Refused, parse
from golive_gates.observability.metrics.inventory import Source
from golive_gates.observability.metrics.targets import TargetLabels, target_labels
from golive_gates.observability.parts import Alerting
from golive_gates.observability.settings import Settings

NAME = "exposition"
TIMEOUT = 10.0
"""Seconds of one request: Prometheus' own default."""
MOST_FILES = 50
MAX_EXCERPT = 4096
"""Bytes kept of what is no exposition."""
HOPS = 2
"""Redirects on the same origin: an application mounted at /metrics sends to /metrics/."""
ACCEPT = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
"""What Prometheus 2 asks for: the formats write the bounds of buckets differently."""
_NOT_CHARGED = frozenset({"metrics-too-large", "metrics-protobuf"})


class ExpositionObserver:
    """Reads `/metrics` as Prometheus would; a service's credentials are not sent there."""

    part = Exposed
    lane = Lane.QUIET
    needs: frozenset[Need] = frozenset()

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """One request a service that declares its metrics, redirects included."""
        del settings
        return tuple(
            PlannedWork(NAME, self.lane, 1 + HOPS, 0.1, f"GET {url}") for _, url in _live(scope)
        )

    async def observe(self, ctx: RunContext, settings: Settings) -> Exposed | Unavailable:
        """Every page with its families, or why it has none."""
        files = await asyncio.to_thread(_files, ctx.scope.base, settings.exposition)
        live = list(_live(ctx.scope))
        if not live and not files:
            return Unavailable(Reason("no-exposition"), kind="absent")
        reader = _Reader(ctx, settings)
        async with target_probe(ctx) as probe:
            for done, (service, url) in enumerate(live, 1):
                answer = await probe.call(
                    "GET", url, headers={"Accept": ACCEPT}, timeout=TIMEOUT, follow=HOPS
                )
                reader.answered(service.name, url, answer)
                ctx.report(NAME, done, len(live))
        for path in files:
            await asyncio.to_thread(reader.file, path, ctx.scope.base)
        target = ctx.config.target
        asked = {s.name for s, _ in live} | {e.source.service for e in reader.exposures}
        unasked = tuple(s.name for s in (target.services if target else ()) if s.name not in asked)
        return Exposed(tuple(reader.exposures), unasked, tuple(reader.evidence))


def _live(scope: Scope) -> Iterator[tuple[ServiceEndpoint, str]]:
    target = scope.config.target
    for service in target.services if target else ():
        if service.metrics is not None:
            yield service, join(service.direct_url or service.url, service.metrics)


def _files(base: Path, patterns: tuple[str, ...]) -> list[Path]:
    """Files of *patterns* in their order; a pattern that names none stands for itself."""
    found: list[Path] = []
    for pattern in patterns:
        whole = str(base / pattern)
        matched = sorted(glob(whole, recursive=True)) if has_magic(whole) else []  # noqa: PTH207 - Path.glob takes no absolute one
        found.extend(Path(m) for m in matched or [whole])
    return list(dict.fromkeys(found))[:MOST_FILES]


class _Reader:
    """Turns answers and files into exposures, each with its evidence."""

    def __init__(self, ctx: RunContext, settings: Settings) -> None:
        self.exposures: list[Exposure] = []
        self.evidence: list[EvidenceRef] = []
        self._ctx = ctx
        self._declared = settings.target_labels
        alerting = ctx.observed.find(Alerting)
        self._objects = () if isinstance(alerting, Unavailable) else alerting.objects

    def answered(self, service: str, url: str, answer: Exchange) -> None:
        """Take the answer of *service*."""
        labels = self._labels(service, _address(url))
        source = source_of(service, url, labels, live=True)
        trouble, charged = _trouble_of(answer)
        body = b"" if trouble is not None else _plain(answer)
        if body is None:
            trouble, charged = Trouble("metrics-encoded", detail=_encoding(answer)), False
        if trouble is not None or body is None:
            self._keep(service, answer.body[:MAX_EXCERPT])
            self.exposures.append(Exposure(source, trouble=trouble, charged=charged))
            return
        self._page(source, labels, body, answer.header("content-type") or "")

    def file(self, path: Path, base: Path) -> None:
        """Read the declared file *path*."""
        shown = str(path.relative_to(base)) if path.is_relative_to(base) else str(path)
        service = self._service_of(path.stem)
        labels = self._labels(service, f"{service}:0")
        source = source_of(service, shown, labels, live=False)
        try:
            if not path.is_file():
                raise FileNotFoundError(ENOENT, "no such file")
            with path.open("rb") as file:
                body = file.read(MAX_BYTES + 1)
        except OSError as error:
            trouble = Trouble("metrics-unreadable", detail=error.strerror or type(error).__name__)
            self.exposures.append(Exposure(source, trouble=trouble))
            return
        self._page(source, labels, body, "")

    def _page(self, source: Source, labels: TargetLabels, body: bytes, content_type: str) -> None:
        page = parse(body, content_type)
        if isinstance(page, Refused):
            self._keep(source.service, body[:MAX_EXCERPT])
            charged = page.code not in _NOT_CHARGED
            trouble = Trouble(page.code, "", page.detail, page.line)
            self.exposures.append(Exposure(source, trouble=trouble, charged=charged))
            return
        self._keep(source.service, body)
        remarks = tuple(Trouble(r.code, r.subject, "", r.line) for r in page.remarks)
        inventory = inventory_of(page, source, labels)
        self.exposures.append(Exposure(source, inventory, remarks=remarks))

    def _labels(self, service: str, address: str) -> TargetLabels:
        declared = self._declared.get(service, {})
        return target_labels(service, address, self._objects, declared)

    def _service_of(self, stem: str) -> str:
        """The service that a file called *stem* stands for: the one whose name it starts with."""
        target = self._ctx.config.target
        names = [s.name for s in (target.services if target else ()) if stem.startswith(s.name)]
        return max(names, key=len, default=stem)

    def _keep(self, service: str, body: bytes) -> None:
        name = f"metrics-{service}.txt"
        self.evidence.append(self._ctx.evidence.add(name, body, "text/plain"))


def _trouble_of(answer: Exchange) -> tuple[Trouble | None, bool]:
    """Why *answer* holds no page, and whether the service is charged with it."""
    if answer.truncated:
        return Trouble("metrics-too-large", detail=f"more than {len(answer.body)} bytes"), False
    if answer.failure is not None:
        return Trouble("metrics-unreachable", detail=answer.failure.detail), False
    if answer.ok:
        return None, False
    status = str(answer.status)
    if answer.status in (401, 403):
        return Trouble("metrics-unauthorised", detail=status), False
    code = "metrics-missing" if answer.status in (404, 410) else "metrics-status"
    return Trouble(code, detail=status), True


def _encoding(answer: Exchange) -> str:
    return (answer.header("content-encoding") or "identity").strip().lower()


def _plain(answer: Exchange) -> bytes | None:
    """The body without gzip, which some servers send unasked; ``None`` for other encodings."""
    encoding = _encoding(answer)
    if encoding == "identity":
        return answer.body
    if encoding not in ("gzip", "x-gzip"):
        return None
    try:
        return zlib.decompressobj(wbits=31).decompress(answer.body, MAX_BYTES + 1)
    except zlib.error:
        return None


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
