"""The nginx front: a configuration of its own, with nothing outside its folder."""

from __future__ import annotations

import grp
import json
import os
import pwd
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

# proxy_buffering off hands every event on as it comes; gzip would hold it back again.
_STREAMING = """\
            proxy_buffering off;
            proxy_cache off;
            gzip off;
"""
# The defect: buffers that swallow the whole stream, and a deaf ear for X-Accel-Buffering.
# HTTP/1.0 belongs to it: nginx passes chunks of an HTTP/1.1 upstream on even when it buffers.
_BUFFERING = """\
            proxy_http_version 1.0;
            proxy_buffering on;
            proxy_ignore_headers X-Accel-Buffering;
            proxy_buffer_size 64k;
            proxy_buffers 8 64k;
            proxy_busy_buffers_size 128k;
"""
# The defect: whoever accepts gzip gets the stream through a compressor.
_COMPRESSING = """\
            proxy_buffering off;
            proxy_cache off;
            gzip on;
            gzip_types text/event-stream;
            gzip_min_length 0;
            gzip_proxied any;
"""
_TEMPLATE = """\
daemon off;
worker_processes 1;
# At least the longest stream (silence of 120 s), so that a reload does not cut one.
worker_shutdown_timeout 130s;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
{user}
events {{
    worker_connections 4096;
}}

http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server_tokens off;
    default_type application/problem+json;

    # The services say themselves how long an answer may be kept; the front's own are not kept.
    map $upstream_http_cache_control $own_cache_control {{
        "" no-store;
        default "";
    }}

    upstream project {{
        server 127.0.0.1:{project_port};
        keepalive 32;
        keepalive_timeout 60s;
    }}
    upstream generation {{
        server 127.0.0.1:{generation_port};
        keepalive 32;
        keepalive_timeout 60s;
    }}

    server {{
        listen 127.0.0.1:{port};
        keepalive_timeout 75s;
        client_header_timeout 10s;
        client_body_timeout 10s;
        # The services bound the time that a whole body may take, so they have to see it come.
        proxy_request_buffering off;
        lingering_time 5s;
        lingering_timeout 2s;
        client_max_body_size 64k;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Request-ID $request_id;
        add_header X-Content-Type-Options nosniff always;
        add_header Content-Security-Policy "default-src 'none'; frame-ancestors 'none'" always;
        add_header Referrer-Policy no-referrer always;
        add_header Cache-Control $own_cache_control always;

        location = /api/v1/generate {{
            proxy_pass http://generation;
            proxy_read_timeout 3600s;
            proxy_send_timeout 3600s;
{streaming}        }}
        location /api/v1/scripts {{
            proxy_pass http://generation;
        }}
        location /api/ {{
            proxy_pass http://project;
        }}
{health}
        location / {{
            return 404;
        }}

{errors}
    }}
}}
"""
# Exact locations: a prefix would publish /metrics and a second way to the API.
_HEALTH = """\
        location = /{upstream}/{name} {{
            proxy_pass http://{upstream}/{name};
        }}"""
# nginx's own pages would be HTML that names nginx. Not named locations: a request that cannot be
# parsed has no URI, and nginx does not redirect such a one to a name. 494
# to 497 are its own inventions.
_ERRORS = {
    400: (400, 494, 495, 496, 497),
    403: (403,),
    404: (404,),
    405: (405,),
    408: (408,),
    411: (411,),
    413: (413,),
    414: (414,),
    415: (415,),
    416: (416,),
    421: (421,),
    429: (429,),
    431: (431,),
    500: (500,),
    501: (501,),
    502: (502,),
    503: (503,),
    504: (504,),
    505: (505,),
}
_ERROR = """\
        error_page {codes} /_error/{status};
        location = /_error/{status} {{
            internal;
            return {status} '{body}';
        }}"""


@dataclass(frozen=True, slots=True)
class FrontPlan:
    """Ports of the front and of what stands behind it; `folder` holds all its files."""

    folder: Path
    port: int
    project_port: int
    generation_port: int
    buffers: bool = False
    gzips: bool = False


def configuration(plan: FrontPlan) -> str:
    """The text of nginx.conf."""
    health = [
        _HEALTH.format(upstream=upstream, name=name)
        for upstream in ("project", "generation")
        for name in ("healthz", "readyz", "openapi.json")
    ]
    streaming = _BUFFERING if plan.buffers else _STREAMING
    return _TEMPLATE.format(
        folder=plan.folder,
        user=_user_line(),
        port=plan.port,
        project_port=plan.project_port,
        generation_port=plan.generation_port,
        streaming=_COMPRESSING if plan.gzips else streaming,
        health="\n".join(health),
        errors="\n".join(_error(status, codes) for status, codes in _ERRORS.items()),
    )


def command(nginx: str, plan: FrontPlan) -> list[str]:
    """Write the configuration and return the command line."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    path = plan.folder / "nginx.conf"
    path.write_text(configuration(plan), encoding="utf-8")
    return [nginx, "-e", "stderr", "-p", str(plan.folder), "-c", str(path)]


def _error(status: int, codes: tuple[int, ...]) -> str:
    title = HTTPStatus(status).phrase.replace("'", "")
    body = {"type": "about:blank", "title": title, "status": status, "detail": title.lower()}
    return _ERROR.format(
        codes=" ".join(str(code) for code in codes), status=status, body=json.dumps(body)
    )


def _user_line() -> str:
    """Only root may choose the workers' user, and without a choice they could not enter."""
    if os.geteuid() != 0:
        return ""
    user = pwd.getpwuid(os.geteuid()).pw_name
    return f"user {user} {grp.getgrgid(os.getegid()).gr_name};"
