"""nginx.conf to directives that know their place, its includes followed.

``read_nginx(path, display)`` reads a file, ``read_nginx_text(text, path, first_line,
config_map)`` the text of a ConfigMap's key; neither raises on bad input. ``looks_like_nginx``
tells such text from other files by its content.

A name that nginx does not know is a problem when it is nearly one that it knows; any other may
belong to a module that golive has never heard of. Context and number of arguments of known
directives are held against ngxparse's tables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from fnmatch import fnmatch
from functools import cache
from glob import glob, has_magic
from pathlib import Path
from typing import Any

from golive.model import Location
from golive.sources.nginx_plain import statements
from golive.sources.tree import FileKind, NginxConfig, NginxDirective, SourceProblem
from golive.sources.yaml import read_source

CODE, PARTLY = "not-nginx", "not-whole"
"""Codes of problems: nginx refuses it; and golive does not see all of it, while nginx may."""
SIZE = 1024 * 1024
"""Bytes of one configuration, includes included: ngxparse reads about 2 MB a second."""
DEPTH = 10
"""Files that include one another in a row; nginx itself has no such limit."""
NESTING = 32
"""Blocks in blocks."""
HARMLESS = frozenset(
    {"mime.types", "fastcgi_params", "fastcgi.conf", "uwsgi_params", "scgi_params", "proxy_params"}
)
"""Files of nginx's packages that are not part of a release."""
NEARLY = 0.88
_NEWER = frozenset(
    {
        *("http2", "http3", "http3_max_concurrent_streams"),
        *("keepalive_time", "keepalive_min_timeout", "num_map_hash_max_size"),
        *(f"{kind}_ssl_certificate_cache" for kind in ("proxy", "grpc", "uwsgi")),
        *("geoip2_proxy", "geoip2_proxy_recursive", "subs_filter", "subs_filter_types"),
        *("lua_ssl_trusted_certificate", "lua_ssl_certificate", "lua_ssl_certificate_key"),
    }
)
"""What nginx up to 1.29 and usual modules know and ngxparse does not, near to other names."""
_FREE = frozenset({"map", "types", "charset_map", "geo", "split_clients"})
"""Blocks whose entries are data, not directives."""
_TELLING = re.compile(
    r"^\s*(?:(?:http|server|events)\s*\{|upstream\s+\S+\s*\{|location\s+[^{;]+\{|proxy_pass\s+\S+;)",
    re.MULTILINE,
)

Read = tuple[NginxConfig | None, tuple[SourceProblem, ...]]


def looks_like_nginx(text: str) -> bool:
    """Whether *text* holds a block or directive that only nginx has."""
    return _TELLING.search(text) is not None


def read_nginx(path: Path, display: str) -> Read:
    """The configuration in the file *path*, shown as *display*; ``None`` when it is not whole."""
    content = read_source(path, SIZE)
    if isinstance(content, str):
        problem = SourceProblem(Location(display), FileKind.NGINX, "unreadable", content)
        return None, (problem,)
    reader = _Reader(_Folder(path, display))
    found = reader.read(content.decode("utf-8", "replace"), display, 1, (), (str(path.resolve()),))
    if reader.problems:
        return None, tuple(reader.problems)
    return NginxConfig(display, found), ()


def read_nginx_text(
    text: str,
    path: str,
    first_line: int,
    config_map: str,
    others: Mapping[str, tuple[str, int]] | None = None,
) -> Read:
    """The configuration in *text*, which begins at *first_line* of the file *path*.

    *config_map*: name of the ConfigMap that holds it. *others*: the further keys of that
    ConfigMap, which includes may name, each with its text and its first line.
    """
    reader = _Reader(_Keys(path, others or {}))
    found = reader.read(text, path, first_line, (), (config_map,))
    if reader.problems:
        return None, tuple(reader.problems)
    return NginxConfig(path, found, config_map), ()


_Included = tuple[str, str, str, int]
"""Identity, path as shown, text and its first line."""


class _Folder:
    """Includes of a file, of which nothing outside its own folder is read.

    nginx resolves them against the folder of the main file. An absolute one
    (``/etc/nginx/conf.d/*.conf``) is where the image has it: here its end is looked for.
    """

    def __init__(self, path: Path, display: str) -> None:
        self._base = path.parent.resolve()
        self._shown = display[: -len(path.name)] if display.endswith(path.name) else ""

    def find(self, pattern: str) -> list[_Included] | None:
        """Each included file; ``None`` when one is missing."""
        parts = pattern.strip("/").split("/")
        # A bare `*.conf` would match whatever lies beside the main file.
        shortest = max(1, len(parts) - has_magic(parts[-1]))
        ends = range(shortest) if pattern.startswith("/") else (0,)
        for start in ends:
            found = self._matching("/".join(parts[start:]))
            if found:
                return found
        # A pattern may match nothing, as nginx has it.
        return [] if has_magic(pattern) else None

    def _matching(self, pattern: str) -> list[_Included]:
        full = str(self._base / pattern)
        names = sorted(glob(full)) if has_magic(pattern) else [full]  # noqa: PTH207 - as nginx does
        found = []
        for name in names:
            file = Path(name).resolve()
            content = read_source(file, SIZE) if file.is_relative_to(self._base) else ""
            if isinstance(content, bytes):
                shown = self._shown + str(Path(name).relative_to(self._base))
                found.append((str(file), shown, content.decode("utf-8", "replace"), 1))
        return found


class _Keys:
    """Includes among the keys of one ConfigMap, which a volume lays out as files."""

    def __init__(self, path: str, keys: Mapping[str, tuple[str, int]]) -> None:
        self._path = path
        self._keys = keys

    def find(self, pattern: str) -> list[_Included] | None:
        """As :meth:`_Folder.find`, by the last part of the name."""
        name = pattern.rpartition("/")[2]
        named = [k for k in sorted(self._keys) if fnmatch(k, name)]
        if not named:
            # Mounted from elsewhere, or from the image: a pattern may match nothing.
            return [] if has_magic(pattern) else None
        return [(key, self._path, *self._keys[key]) for key in named]


class _Reader:
    def __init__(self, includes: _Folder | _Keys) -> None:
        self.problems: list[SourceProblem] = []
        self._includes = includes
        self._left = SIZE

    def read(
        self,
        text: str,
        shown: str,
        first_line: int,
        context: tuple[str, ...],
        open_: tuple[str, ...],
    ) -> tuple[NginxDirective, ...]:
        """Directives of *text*; *open_*: the files that are being read, outermost first."""
        self._left -= len(text)
        if self._left < 0:
            self._problem(shown, first_line, f"larger than {SIZE:,} bytes", code=PARTLY)
            return ()
        around = context or _outer_context(text)
        # Wrapped on its first line, so that contexts are known and lines stay what they are.
        opening = "".join(f"{_block_head(name)}{{" for name in around)
        whole = f"{opening}{text.removeprefix(chr(0xFEFF))}\n{'}' * len(around)}"
        parsed = statements(whole)
        if parsed is None:
            # ngxparse takes 0.1 s to import, and only a release with nginx.conf needs it.
            import crossplane

            payload = crossplane.parse_string(whole, filename="nginx.conf", single=True)
            for error in payload["errors"]:
                line = first_line + (error["line"] or 1) - 1
                self._problem(shown, line, _sentence(str(error["error"])))
            if payload["errors"]:
                return ()
            parsed = payload["config"][0]["parsed"]
        for _ in around:
            parsed = parsed[0].get("block", []) if parsed else []
        return self._directives(parsed, shown, first_line, around, open_)

    def _directives(
        self,
        parsed: list[dict[str, Any]],
        shown: str,
        first_line: int,
        context: tuple[str, ...],
        open_: tuple[str, ...],
    ) -> tuple[NginxDirective, ...]:
        found: list[NginxDirective] = []
        free = bool(context) and context[-1] in _FREE
        for statement in parsed:
            name, line = str(statement["directive"]), first_line + int(statement["line"]) - 1
            args = tuple(str(a) for a in statement["args"])
            if name == "include" and args:
                found += self._included(args[0], shown, line, context, open_)
                continue
            if not free and (meant := _nearly(name)):
                hint = f"did you mean {meant}?"
                self._problem(shown, line, f"nginx knows no directive {name}", hint)
                continue
            block = statement.get("block")
            if block is not None and len(context) >= NESTING:
                message = f"blocks are nested deeper than {NESTING} levels"
                self._problem(shown, line, message, code=PARTLY)
                continue
            inner = None
            if block is not None:
                inner = self._directives(block, shown, first_line, (*context, name), open_)
            found.append(NginxDirective(name, args, Location(shown, line), inner))
        return tuple(found)

    def _included(
        self, pattern: str, shown: str, line: int, context: tuple[str, ...], open_: tuple[str, ...]
    ) -> list[NginxDirective]:
        if len(open_) > DEPTH:
            message = f"more than {DEPTH} files include one another"
            self._problem(shown, line, message, code=PARTLY)
            return []
        files = self._includes.find(pattern)
        if files is None:
            if pattern.rpartition("/")[2] not in HARMLESS:
                hint = "add the file to the release, so that its settings can be judged"
                message = f"the included file {pattern} cannot be read"
                self._problem(shown, line, message, hint, PARTLY)
            return []
        found: list[NginxDirective] = []
        for identity, name, text, first_line in files:
            if identity in open_:
                self._problem(shown, line, f"{pattern} includes itself")
            else:
                found += self.read(text, name, first_line, context, (*open_, identity))
        return found

    def _problem(
        self, shown: str, line: int, message: str, hint: str = "", code: str = CODE
    ) -> None:
        place = Location(shown, line)
        self.problems.append(SourceProblem(place, FileKind.NGINX, code, message, hint))


def _outer_context(text: str) -> tuple[str, ...]:
    """Where a part of a configuration belongs: files of ``conf.d`` hold servers or locations."""
    if re.search(r"^\s*(?:http|events|stream|mail)\s*\{", text, re.MULTILINE):
        return ()
    if re.search(r"^\s*(?:server\s*\{|upstream\s+\S+\s*\{)", text, re.MULTILINE):
        return ("http",)
    if re.search(r"^\s*location\s+[^{;]+\{", text, re.MULTILINE):
        return ("http", "server")
    return ("http", "server", "location") if "proxy_pass" in text else ()


_ARGUMENTS = {
    "location": "location /",
    "upstream": "upstream u",
    "if": "if ($a)",
    "limit_except": "limit_except GET",
    "map": "map $a $b",
    "geo": "geo $a",
    "split_clients": "split_clients $a $b",
}


def _block_head(name: str) -> str:
    return _ARGUMENTS.get(name, name)


def _sentence(error: str) -> str:
    """The message of ngxparse without the name of the file and the line, which stand beside it."""
    return re.sub(r"\s+in \S*nginx\.conf(?::\d+)?$", "", error).strip() or "not nginx.conf"


@cache
def _known() -> frozenset[str]:
    from crossplane.analyzer import DIRECTIVES

    return frozenset(DIRECTIVES)


@cache
def _nearly(name: str) -> str:
    """The directive that *name* nearly is; empty when it is one, or like none."""
    if name in _known() or name in _NEWER:
        return ""
    return next(iter(get_close_matches(name, sorted(_known()), 1, NEARLY)), "")
