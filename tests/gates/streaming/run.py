"""Run observers of gate `streaming` against services of the tests."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from golive.api import Config, GenerateApi, Observation, RunContext, ServiceEndpoint, Target
from golive.codec import decode, encode
from golive.config.model import CanaryStage, RateLimit
from golive.config.model import Service as Product
from golive.gate import Observer
from golive_gates.streaming.settings import Settings
from tests.gates.slo import doubles as d
from tests.gates.slo.parts import SLOS
from tests.gates.streaming.service import KNOWN

P = TypeVar("P")
NGINX = "/usr/sbin/nginx"

API = GenerateApi(
    "api", "/api/generate", {"projectId": "{unique}"}, content_field="delta",
    known_answer=KNOWN, timeout=20.0,
)  # fmt: skip
SILENT = {"projectId": "{unique}", "silent": True}


def config(
    url: str,
    direct: str | None = None,
    *,
    api: GenerateApi = API,
    limit: RateLimit | None = None,
    canary: tuple[CanaryStage, ...] = (),
) -> Config:
    endpoint = ServiceEndpoint("api", url, direct_url=direct)
    return Config(
        "golive/v1",
        Product("demo", "1"),
        target=Target((endpoint,), rate_limit=limit, generate_api=api),
        slos=SLOS,
        canary=canary,
    )


async def self_signed(folder: Path) -> Path:
    """Key and certificate for 127.0.0.1 in one file."""
    path = folder / "127.0.0.1.pem"
    process = await asyncio.create_subprocess_exec(
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
        *("-nodes", "-keyout", str(path), "-out", str(folder / "certificate.pem"), "-days", "2"),
        *("-subj", "/CN=self-signed", "-addext", "subjectAltName=IP:127.0.0.1"),
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert await process.wait() == 0
    with path.open("ab") as both:
        both.write((folder / "certificate.pem").read_bytes())
    return path


def context(settled: Config, observed: Observation | None = None, **changed: object) -> RunContext:
    ctx = replace(d.context(settled, observed=observed), gate="streaming")
    return replace(ctx, **changed)  # type: ignore[arg-type]


async def seen(observer: Observer[Any, P], ctx: RunContext, settings: Settings) -> P:
    """The observer's part: within its plan, listed, and as its record will say."""
    part = await observer.observe(ctx, settings)
    assert isinstance(part, observer.part), part
    assert decode(observer.part, json.loads(json.dumps(encode(part), allow_nan=False))) == part
    planned = observer.plan(ctx.scope, settings)
    assert 0 < ctx.budget.sent <= sum(w.requests for w in planned)
    assert sum(r.count for r in ctx.sent.requests) == ctx.budget.sent
    return part


CONF = """
{user}
{main}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    {http}
    server {{
        listen 127.0.0.1:{port}{tls};
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        location / {{ proxy_pass {upstream}; {location} }}
    }}
}}
"""


@asynccontextmanager
async def nginx(
    folder: Path,
    upstream: str,
    location: str = "",
    http: str = "",
    main: str = "",
    certificate: Path | None = None,
) -> AsyncIterator[tuple[str, int]]:
    """A real nginx before *upstream*: its URL and the pid of its master."""
    port = await _free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    text = CONF.format(
        user=user,
        main=main,
        folder=folder,
        port=port,
        upstream=upstream,
        location=location,
        http=http,
        tls=" ssl" if certificate else "",
    )
    if certificate is not None:
        text = text.replace(
            "access_log off;",
            f"""access_log off;
            ssl_certificate {certificate}; ssl_certificate_key {certificate};""",
        )
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await _listening(process, port, folder)
        scheme = "https" if certificate else "http"
        yield f"{scheme}://127.0.0.1:{port}", process.pid
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for what another process does, which nothing here could announce."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def written(path: Path) -> bool:
    """Whether another process has written to *path*."""
    return path.exists() and bool(path.read_text(encoding="utf-8"))


def has_ended(pid: int) -> bool:
    """Whether the process *pid* is gone; a zombie is."""
    stat = Path(f"/proc/{pid}/stat")
    return (
        not stat.exists() or stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    )


async def ended(path: Path) -> None:
    """Wait for the end of the process whose id stands in *path*."""
    pid = int(path.read_text(encoding="utf-8"))  # noqa: ASYNC240 - a few bytes
    await until(lambda: has_ended(pid))


async def _free_port() -> int:
    server = await asyncio.start_server(lambda _, w: w.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return int(port)


async def _listening(process: asyncio.subprocess.Process, port: int, folder: Path) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                log = folder / "error.log"
                said = log.read_text(encoding="utf-8") if log.exists() else ""
                assert process.returncode is None, f"nginx ended: {said}"
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
