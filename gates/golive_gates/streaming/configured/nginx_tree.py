"""The blocks of an nginx.conf: what is inherited, and which location takes a path. Pure.

nginx.org: ngx_http_core_module (`location`), and "directives are inherited from the previous
level if and only if there are none of them on the current level", arrays included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from golive.sources.tree import NginxConfig, NginxDirective
from golive_gates.streaming.configured.wanted import EXACT, REGEX, STARTS, Pattern

PASSES = {
    "proxy_pass": "proxy",
    "fastcgi_pass": "fastcgi",
    "uwsgi_pass": "uwsgi",
    "scgi_pass": "scgi",
    "grpc_pass": "grpc",
}
"""Directives that hand a request on, and the prefix of the settings that go with each."""

Block = dict[str, list[NginxDirective]]


@dataclass(frozen=True, slots=True)
class Scope:
    """A block and those around it, the innermost last. ``whole``: the outermost ones are known."""

    blocks: tuple[Block, ...] = ()
    whole: bool = True

    def nearest(self, name: str) -> Sequence[NginxDirective]:
        """All directives *name* of the innermost block that has one."""
        for block in reversed(self.blocks):
            if name in block:
                return block[name]
        return ()

    def last(self, name: str) -> NginxDirective | None:
        """The directive *name* that is in force."""
        found = self.nearest(name)
        return found[-1] if found else None

    def inside(self, directives: Sequence[NginxDirective]) -> Scope:
        """The scope of a block within this one."""
        return Scope((*self.blocks, by_name(directives)), self.whole)

    @property
    def own(self) -> Block:
        """The innermost block."""
        return self.blocks[-1]


@dataclass(slots=True)
class Place:
    """A location: its pattern, its scope, and the locations in it, by kind and in order.

    ``final``: its expressions are not looked at (``^~``). ``named``: ``@name``, else empty.
    """

    directive: NginxDirective
    scope: Scope
    pattern: Pattern | None
    final: bool = False
    named: str = ""
    inner: list[Place] = field(default_factory=list)

    @property
    def title(self) -> str:
        """As it stands in the file: ``location = /generate``."""
        return " ".join((self.directive.name, *self.directive.args))


@dataclass(frozen=True, slots=True)
class Server:
    """One virtual server. ``answers``: it answers by itself, so no location is reached."""

    directive: NginxDirective | None
    scope: Scope
    places: tuple[Place, ...]

    @property
    def host(self) -> str:
        """Its first real name."""
        names = [a for d in self.scope.own.get("server_name", ()) for a in d.args]
        return next((n for n in names if n not in ("_", "")), "")

    @property
    def answers(self) -> bool:
        """Whether it returns something before any location is looked at."""
        return "return" in self.scope.own

    def place_of(self, path: str) -> Place | None:
        """The location that takes *path*; ``None`` when none does."""
        found, _ = _find(self.places, path)
        return found

    def passing(self, place: Place) -> Iterator[tuple[Scope, NginxDirective, str]]:
        """Where requests that *place* takes are handed on to: scope, directive and prefix."""
        seen = {id(place)}
        while True:
            found = list(_passes(place.scope))
            yield from found
            if found:
                return
            target = _named_target(place)
            following = [p for p in self.every() if p.named and p.named == target]
            if not following or id(following[0]) in seen:
                return
            place = following[0]
            seen.add(id(place))

    def every(self) -> Iterator[Place]:
        """All locations, nested ones after the one that they are in."""
        stack = list(reversed(self.places))
        while stack:
            place = stack.pop()
            yield place
            stack.extend(reversed(place.inner))


def by_name(directives: Sequence[NginxDirective]) -> Block:
    """Directives of one block by their names, in order."""
    found: Block = {}
    for directive in directives:
        found.setdefault(directive.name, []).append(directive)
    return found


def servers_of(config: NginxConfig) -> Iterator[Server]:
    """The virtual servers of *config*; of a part of one, with its outer blocks unknown."""
    top = by_name(config.directives)
    if "http" in top:
        for http in top["http"]:
            scope = Scope((top,)).inside(http.block or ())
            yield from (_server(s, scope) for s in scope.own.get("server", ()))
    elif "server" in top:
        scope = Scope(({}, top), whole=False)
        yield from (_server(s, scope) for s in top["server"])
    elif "location" in top:
        yield _bare_server(config)


def _bare_server(config: NginxConfig) -> Server:
    scope = Scope(({}, {}), whole=False).inside(config.directives)
    return Server(None, scope, tuple(_places(scope)))


def _server(directive: NginxDirective, http: Scope) -> Server:
    scope = http.inside(directive.block or ())
    return Server(directive, scope, tuple(_places(scope)))


def _places(scope: Scope) -> Iterator[Place]:
    for directive in scope.own.get("location", ()):
        inner = scope.inside(directive.block or ())
        place = _place(directive, inner)
        place.inner = list(_places(inner))
        yield place


def _place(directive: NginxDirective, scope: Scope) -> Place:
    args = directive.args
    modifier, path = ("", args[0] if args else "") if len(args) < 2 else (args[0], args[1])
    if not modifier:
        # `location =/x` is one word to the parser, and the same to nginx.
        for sign in ("^~", "~*", "=", "~"):
            if path.startswith(sign):
                modifier, path = sign, path[len(sign) :]
                break
    if path.startswith("@"):
        return Place(directive, scope, None, named=path)
    kind = {"=": EXACT, "~": REGEX, "~*": REGEX}.get(modifier, STARTS)
    return Place(directive, scope, Pattern(path, kind, modifier == "~*"), final=modifier == "^~")


def _find(places: Sequence[Place], path: str) -> tuple[Place | None, bool]:
    """The location for *path* among *places*, and whether the search ends with it."""
    static: Place | None = None
    for place in places:
        pattern = place.pattern
        if pattern is None or pattern.kind == REGEX or not pattern.matches(path):
            continue
        if pattern.kind == EXACT:
            return place, True
        if static is None or static.pattern is None or len(pattern.path) > len(static.pattern.path):
            static = place
    found = static
    if static is not None:
        deeper, ends = _find(static.inner, path)
        found = deeper or static
        if ends:
            return found, True
    if static is None or not static.final:
        for place in places:
            pattern = place.pattern
            if pattern is not None and pattern.kind == REGEX and pattern.matches(path):
                return _find(place.inner, path)[0] or place, True
    return found, False


def _passes(scope: Scope) -> Iterator[tuple[Scope, NginxDirective, str]]:
    if "return" in scope.own:
        return
    for name, prefix in PASSES.items():
        for directive in scope.own.get(name, ()):
            yield scope, directive, prefix
    for name in ("if", "limit_except"):
        for block in scope.own.get(name, ()):
            yield from _passes(scope.inside(block.block or ()))


def _named_target(place: Place) -> str:
    tries = place.scope.last("try_files")
    last = tries.args[-1] if tries is not None and tries.args else ""
    return last if last.startswith("@") else ""
