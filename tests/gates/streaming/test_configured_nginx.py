"""Plain nginx.conf: what is inherited, what applies by default, and which location is taken."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from golive.sources.nginx import read_nginx_text
from golive_gates.streaming.configured.nginx import routes
from golive_gates.streaming.configured.nginx_tree import servers_of
from golive_gates.streaming.configured.parts import DEFAULT, DIRECTIVE, Effective, Route
from golive_gates.streaming.configured.wanted import Wanted
from tests.gates.streaming import run as r

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"

LAYERS = """\
{main}
events {{ }}
http {{
    {http}
    upstream service {{ server 127.0.0.1:8000; {upstream} }}
    server {{
        listen 127.0.0.1:1;
        {server}
        location /generate {{
            {location}
            proxy_pass http://service;
        }}
    }}
}}
"""


def layers(
    main: str = "", http: str = "", server: str = "", location: str = "", upstream: str = ""
) -> str:
    return LAYERS.format(main=main, http=http, server=server, location=location, upstream=upstream)


def routes_in(text: str, *paths: str) -> list[Route]:
    config, problems = read_nginx_text(text, "nginx.conf", 1, "")
    assert problems == ()
    assert config is not None
    return list(routes(config, Wanted(paths)))


def streaming(text: str, *paths: str) -> Route:
    (found,) = [route for route in routes_in(text, *paths) if route.streaming]
    return found


def of(name: str, text: str) -> Effective:
    return streaming(text).settings[name]


OFF = "proxy_buffering off;"
ON = "proxy_buffering on;"
IGNORE = "proxy_ignore_headers X-Accel-Buffering;"
TYPES = "gzip_types application/json text/event-stream;"
AGAIN = "proxy_next_upstream error non_idempotent;"

ZONE = "limit_req_zone $uri zone=a:1m rate=60r/m;"
CONN = "limit_conn_zone $uri zone=b:1m; limit_conn_status 429;"

PLACED = ("connection-header", "limit-status")  # Told where something else makes it matter.
TABLE = [
    # setting, layers, value, origin, unknown
    ("buffering", {}, True, DEFAULT, True),
    ("buffering", {"location": OFF}, False, DIRECTIVE, False),
    ("buffering", {"http": OFF}, False, DIRECTIVE, False),
    ("buffering", {"http": OFF, "server": ON}, True, DIRECTIVE, True),
    ("buffering", {"http": ON, "location": OFF}, False, DIRECTIVE, False),
    ("buffering", {"location": IGNORE}, True, DEFAULT, False),
    ("buffering", {"http": IGNORE, "location": ON}, True, DIRECTIVE, False),
    # Headers that are ignored are a list: stating one anew replaces it.
    (
        "buffering",
        {"http": IGNORE, "location": "proxy_ignore_headers Expires;"},
        True,
        DEFAULT,
        True,
    ),
    ("request-buffering", {}, True, DEFAULT, False),
    ("request-buffering", {"server": "proxy_request_buffering off;"}, False, DIRECTIVE, False),
    ("read-timeout", {}, 60.0, DEFAULT, False),
    ("read-timeout", {"http": "proxy_read_timeout 1h;"}, 3600.0, DIRECTIVE, False),
    ("read-timeout", {"location": "proxy_read_timeout 3600;"}, 3600.0, DIRECTIVE, False),
    (
        "read-timeout",
        {"http": "proxy_read_timeout 1h;", "location": "proxy_read_timeout 90s;"},
        90.0,
        DIRECTIVE,
        False,
    ),
    ("read-timeout", {"location": "proxy_read_timeout 1h30m;"}, 5400.0, DIRECTIVE, False),
    ("send-timeout", {}, 60.0, DEFAULT, False),
    ("send-timeout", {"server": "proxy_send_timeout 500ms;"}, 0.5, DIRECTIVE, False),
    ("http-version", {}, "1.0", DEFAULT, True),
    ("http-version", {"server": "proxy_http_version 1.1;"}, "1.1", DIRECTIVE, False),
    ("compression", {}, False, DEFAULT, False),
    ("compression", {"http": "gzip on;"}, False, DIRECTIVE, False),
    ("compression", {"http": f"gzip on; {TYPES}"}, True, DIRECTIVE, False),
    (
        "compression",
        {"http": f"gzip on; {TYPES}", "location": "gzip off;"},
        False,
        DIRECTIVE,
        False,
    ),
    (
        "compression",
        {"http": f"gzip on; {TYPES}", "location": "gzip_types text/css;"},
        False,
        DIRECTIVE,
        False,
    ),
    ("compression", {"http": "gzip on; gzip_types *;"}, True, DIRECTIVE, False),
    ("retries", {}, False, DEFAULT, False),
    ("retries", {"http": AGAIN}, True, DIRECTIVE, False),
    ("retries", {"http": AGAIN, "location": "proxy_next_upstream off;"}, False, DIRECTIVE, False),
    ("retries", {"http": f"{AGAIN} proxy_next_upstream_tries 1;"}, False, DIRECTIVE, False),
    ("body-limit", {}, 1048576.0, DEFAULT, False),
    ("body-limit", {"http": "client_max_body_size 0;"}, None, DIRECTIVE, False),
    ("body-limit", {"http": "client_max_body_size 2m;"}, 2097152.0, DIRECTIVE, False),
    ("client-keepalive-timeout", {}, 75.0, DEFAULT, False),
    ("client-keepalive-timeout", {"http": "keepalive_timeout 20s 15s;"}, 20.0, DIRECTIVE, False),
    ("worker-shutdown-timeout", {}, None, DEFAULT, False),
    ("worker-shutdown-timeout", {"main": "worker_shutdown_timeout 5m;"}, 300.0, DIRECTIVE, False),
    ("upstream-keepalive-timeout", {"upstream": "keepalive 8;"}, 60.0, DEFAULT, False),
    (
        "upstream-keepalive-timeout",
        {"upstream": "keepalive 8; keepalive_timeout 30s;"},
        30.0,
        DIRECTIVE,
        False,
    ),
    ("connection-header", {"upstream": "keepalive 8;"}, "close", DEFAULT, True),
    (
        "connection-header",
        {"upstream": "keepalive 8;", "server": 'proxy_set_header Connection "";'},
        "",
        DIRECTIVE,
        False,
    ),
    # Headers are a list: one in the location drops those of the server.
    (
        "connection-header",
        {
            "upstream": "keepalive 8;",
            "server": 'proxy_set_header Connection "";',
            "location": "proxy_set_header Host $host;",
        },
        "close",
        DEFAULT,
        True,
    ),
    ("limit-status", {"http": ZONE, "server": "limit_req zone=a;"}, 503.0, DEFAULT, False),
    ("limit-requests", {"http": ZONE, "server": "limit_req zone=a;"}, 1.0, DIRECTIVE, False),
    ("limit-status", {"http": CONN, "location": "limit_conn b 20;"}, 429.0, DIRECTIVE, False),
    ("limit-connections", {"http": CONN, "location": "limit_conn b 20;"}, 20.0, DIRECTIVE, False),
]


@pytest.mark.parametrize(("name", "given", "value", "origin", "unknown"), TABLE)
def test_what_applies(
    name: str,
    given: dict[str, str],
    value: str | float | bool | None,
    origin: str,
    unknown: bool,
) -> None:
    found = of(name, layers(**given))
    assert (found.value, found.origin, found.unknown) == (value, origin, unknown)
    assert (found.location is None) == (origin == DEFAULT) or name in PLACED


def test_nginx_itself_accepts_every_configuration_of_the_table(tmp_path: Path) -> None:
    for number, (_, given, *_) in enumerate(TABLE):
        text = layers(
            **{**given, "main": f"pid {tmp_path}/pid; error_log stderr; {given.get('main', '')}"}
        )
        file = tmp_path / f"{number}.conf"
        file.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [NGINX, "-t", "-p", str(tmp_path), "-c", str(file)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "syntax is ok" in done.stderr, (text, done.stderr)


LOCATIONS = {
    "= /exact": "exact",
    "/exact": "exact-prefix",
    "/api": "api",
    "/api/v1": "api-v1",
    "^~ /static": "static",
    "~ ^/api/v[0-9]+/chat$": "chat",
    "~* \\.JPG$": "image",
    "~ /late": "late",
    "/outer": "outer",
}
NESTED = """
    location /nest {
        location /nest/inner { return 200 nest-inner; }
        location ~ /deep$ { return 200 nest-deep; }
        location = /nest/same { return 200 nest-same; }
        return 200 nest;
    }
    location ^~ /still { location ~ /x$ { return 200 still-x; } return 200 still; }
"""
PATHS = [
    *("/exact", "/exact/", "/exactly", "/api", "/api/v1", "/api/v1/chat", "/api/v2/chat"),
    *("/api/v1/chat/x", "/static/a.jpg", "/a.jpg", "/a.JpG", "/late", "/api/late", "/outer/late"),
    *("/nest", "/nest/inner", "/nest/inner/late", "/nest/inner/deep", "/nest/deep", "/nest/late"),
    *("/nest/same", "/nest/same/deep", "/still/late", "/still/x", "/still"),
]


@pytest.mark.anyio
async def test_the_location_is_the_one_that_nginx_takes(tmp_path: Path) -> None:
    flat = "\n".join(f"location {k} {{ return 200 {v}; }}" for k, v in LOCATIONS.items())
    text = f"http {{ server {{ {flat} {NESTED} }} }}"
    config, problems = read_nginx_text(text, "nginx.conf", 1, "")
    assert problems == ()
    assert config is not None
    (server,) = servers_of(config)
    ours = {}
    for path in PATHS:
        place = server.place_of(path)
        ours[path] = place.scope.own["return"][0].args[1] if place else ""
    inside = f"}} {flat} {NESTED} location /unused {{"
    async with (
        r.nginx(tmp_path, "http://127.0.0.1:9", inside) as (url, _),
        httpx.AsyncClient(base_url=url) as client,
    ):
        theirs = {path: (await client.get(path)).text for path in PATHS}
    assert ours == theirs
    assert len(set(ours.values())) > 12, "the paths tell the locations apart"


def test_a_stream_path_finds_its_location() -> None:
    text = """
    http {
        server {
            server_name a.example;
            location / { proxy_pass http://web:80; }
            location /api/ { proxy_pass http://api:8000; }
            location ~ ^/api/v[0-9]/run$ { proxy_pass http://runner:9000/x; }
        }
    }"""
    found = streaming(text, "/api/v1/run")
    assert (found.host, found.backend, found.backend_port) == ("a.example", "runner", "9000")
    assert found.name == "location ~ ^/api/v[0-9]/run$"
    assert streaming(text, "/api/other").backend == "api"
    assert [x for x in routes_in(text) if x.streaming] == [], "no path is called as a stream is"


def test_a_named_location_and_a_condition_hand_requests_on() -> None:
    text = """
    server {
        location /stream { try_files $uri @app; }
        location @app { proxy_pass http://app:1; proxy_buffering off; }
        location /events { if ($arg_a) { proxy_pass http://b:2; } proxy_pass http://c:3; }
        location /generate { return 404; }
    }"""
    found = [x for x in routes_in(text) if x.streaming]
    assert [(x.path, x.backend) for x in found] == [
        ("/stream", "app"),
        ("/events", "c"),
        ("/events", "b"),
    ]
    assert found[0].settings["buffering"].value is False


def test_what_an_absent_outer_block_decides_is_unknown() -> None:
    found = streaming("location /generate { proxy_pass http://a; proxy_buffering off; }")
    assert found.settings["buffering"].unknown is False
    assert found.settings["read-timeout"].unknown is True


def test_a_server_that_answers_by_itself_hands_nothing_on() -> None:
    text = "server { return 301 https://$host; location /generate { proxy_pass http://a; } }"
    assert routes_in(text) == []


def test_other_protocols_have_settings_of_the_same_kind() -> None:
    text = """server {
        location /generate { uwsgi_pass app:3031; uwsgi_buffering off; uwsgi_read_timeout 10m; }
    }"""
    found = streaming(text)
    assert found.settings["buffering"].value is False
    assert found.settings["read-timeout"].value == 600.0
    assert "http-version" not in found.settings
