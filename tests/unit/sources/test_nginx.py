"""nginx.conf: directives with their lines, includes, and what is no configuration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.sources.nginx import SIZE, looks_like_nginx, read_nginx, read_nginx_text
from golive.sources.tree import FileKind, NginxConfig, NginxDirective

FRONT = Path(__file__).parents[3] / "examples/golive_demo/release/nginx/nginx.conf"


def every(directives: tuple[NginxDirective, ...]) -> Iterator[NginxDirective]:
    for directive in directives:
        yield directive
        yield from every(directive.block or ())


def read(folder: Path, **files: str) -> tuple[NginxConfig | None, list[str]]:
    """The configuration in ``main``; other names are files beside it, ``/`` as ``__``."""
    for name, text in files.items():
        file = folder / f"{name.replace('__', '/')}.conf"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    config, problems = read_nginx(folder / "main.conf", "conf/main.conf")
    assert {p.kind for p in problems} <= {FileKind.NGINX}
    return config, [f"{p.location}: {p.message}" for p in problems]


def test_every_directive_of_the_demos_front_stands_where_it_is_written() -> None:
    config, problems = read_nginx(FRONT, "nginx.conf")
    assert problems == ()
    assert config is not None
    lines = FRONT.read_text(encoding="utf-8").splitlines()
    found = list(every(config.directives))
    assert len(found) > 60
    for directive in found:
        assert directive.location.path == "nginx.conf"
        assert lines[(directive.location.line or 0) - 1].split()[0].rstrip(";") == directive.name


def test_includes_are_followed_with_their_own_lines(tmp_path: Path) -> None:
    config, problems = read(
        tmp_path,
        main="http {\n    include mime.types;\n    include sites/*.conf;\n}\n",
        sites__a="# first\nserver { listen 81; }\n",
        sites__b="server {\n  include snippets/off.conf;\n}\n",
        snippets__off="\n\nproxy_buffering off;\n",
    )
    assert problems == []
    assert config is not None
    found = [(d.name, str(d.location)) for d in every(config.directives)]
    assert found == [
        ("http", "conf/main.conf:1"),
        ("server", "conf/sites/a.conf:2"),
        ("listen", "conf/sites/a.conf:2"),
        ("server", "conf/sites/b.conf:1"),
        ("proxy_buffering", "conf/snippets/off.conf:3"),
    ]


def test_an_absolute_include_is_looked_for_in_the_release(tmp_path: Path) -> None:
    """The image has it elsewhere; nothing outside of the folder is ever read."""
    config, problems = read(tmp_path, main="http { include /etc/nginx/conf.d/*.conf; }", other="")
    assert (config is not None, problems) == (True, []), "a pattern may match nothing"
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "a.conf").write_text("server { listen 80; }", encoding="utf-8")
    config, _ = read_nginx(tmp_path / "main.conf", "main.conf")
    assert config is not None
    assert [d.name for d in every(config.directives)] == ["http", "server", "listen"]


@pytest.mark.parametrize("name", ["/etc/passwd", "../secret.conf", "link.conf"])
def test_nothing_outside_of_the_folder_is_read(name: str, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.conf").write_text("server { listen 80; }", encoding="utf-8")
    (inside / "link.conf").symlink_to(tmp_path / "secret.conf")
    config, problems = read(inside, main=f"http {{\n include {name};\n}}")
    assert config is None
    assert problems == [f"conf/main.conf:2: the included file {name} cannot be read"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http {\n  proxy_bufering off;\n}", "2: nginx knows no directive proxy_bufering"),
        ("http {\n  server {\n    listen 80\n  }\n}", '3: directive "listen" is not terminated'),
        ("http {\n  proxy_buffering maybe;\n}", '2: invalid value "maybe"'),
        ("http {\n  proxy_read_timeout;\n}", "2: invalid number of arguments"),
        ("\nproxy_buffering off;\nhttp { }", '2: "proxy_buffering" directive is not allowed'),
        ("http {", "unexpected end of file"),
        ("http { } }", "1: unexpected"),
        ("http {\n include missing.conf;\n}", "2: the included file missing.conf"),
        ("include main.conf;", "1: main.conf includes itself"),
        ("http {" * 40 + "}" * 40, "1: "),
        ("a {" * 100_000, "unexpected end of file"),
        ("#" * (SIZE + 1), "larger than"),
    ],
)
def test_what_is_broken_is_named_with_its_line(text: str, expected: str, tmp_path: Path) -> None:
    config, problems = read(tmp_path, main=text)
    assert config is None
    assert problems
    assert expected in problems[0]


def test_newer_directives_are_no_slips_of_older_ones(tmp_path: Path) -> None:
    text = "http { server { listen 443 ssl; http2 on; http3 on; keepalive_time 1h; } }"
    config, problems = read(tmp_path, main=text)
    assert problems == []
    assert config is not None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http { proxy_bufering off; }", "not-nginx"),
        ("include main.conf;", "not-nginx"),
        # The image may have it, and nginx then runs.
        ("http { include /etc/letsencrypt/options.conf; }", "not-whole"),
        ("#" * (SIZE + 1), "not-whole"),
    ],
)
def test_what_nginx_refuses_is_told_from_what_is_not_here(
    text: str, code: str, tmp_path: Path
) -> None:
    (tmp_path / "main.conf").write_text(text, encoding="utf-8")
    _, problems = read_nginx(tmp_path / "main.conf", "main.conf")
    assert {p.code for p in problems} == {code}


@pytest.mark.parametrize(
    "text",
    [
        "http { brotli on; vhost_traffic_status_zone; more_set_headers 'a: b'; }",
        "http { map $http_upgrade $connection { default upgrade; proxy_bufering close; } }",
        "http { types { text/html html; } }",
    ],
)
def test_words_of_modules_and_of_data_are_no_mistakes(text: str, tmp_path: Path) -> None:
    config, problems = read(tmp_path, main=text)
    assert (config is not None, problems) == (True, [])


@pytest.mark.parametrize(
    "text",
    [
        "upstream a { server b; }\nserver { location / { proxy_pass http://a; } }",
        "location /generate {\n  proxy_pass http://a;\n}",
        "proxy_pass http://a;\nproxy_buffering off;",
    ],
)
def test_a_part_is_read_in_the_context_that_it_belongs_to(text: str) -> None:
    config, problems = read_nginx_text(text, "k8s/front.yaml", 12, "front")
    assert problems == ()
    assert config is not None
    assert config.config_map == "front"
    assert str(config.directives[0].location) == "k8s/front.yaml:12"


def test_keys_of_a_config_map_include_one_another() -> None:
    others = {"app.conf": ("server {\n  listen 80;\n}", 40), "other.txt": ("x", 90)}
    text = "http {\n  include /etc/nginx/conf.d/*.conf;\n}"
    config, problems = read_nginx_text(text, "front.yaml", 10, "front", others)
    assert problems == ()
    assert config is not None
    assert [(d.name, d.location.line) for d in every(config.directives)] == [
        ("http", 10),
        ("server", 40),
        ("listen", 41),
    ]


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    config, problems = read_nginx(tmp_path / "none.conf", "none.conf")
    assert config is None
    assert [p.code for p in problems] == ["unreadable"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("events {}\nhttp {\n}", True),
        ("upstream a {\n", True),
        ("  location ~ \\.php$ {", True),
        ("proxy_pass http://a;", True),
        ("global:\n  scrape_interval: 15s\n", False),
        ('{"http": {}}', False),
        ("server: {a: 1}", False),
        ("", False),
    ],
)
def test_nginx_is_told_by_its_content(text: str, expected: bool) -> None:
    assert looks_like_nginx(text) is expected


@given(st.text(alphabet="ab{};#'\"\\\n $server", max_size=60))
def test_whatever_it_is_it_gives_a_configuration_or_a_problem(text: str) -> None:
    config, problems = read_nginx_text(text, "a.conf", 1, "")
    assert (config is None) == bool(problems)
