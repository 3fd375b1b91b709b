"""What a container's server does with idle connections, at its end, and how much it takes. Pure.

Options are read from command and arguments, then from the server's own environment variables,
then its defaults apply. Defaults, read in the sources of the releases named:

============  ==========  ===============  ==========================================
server        keep-alive  graceful end     streams at once
============  ==========  ===============  ==========================================
uvicorn       5 s         without limit    without limit (``--limit-concurrency``)
gunicorn      2 s         30 s             by worker class; ``sync``: one a worker
hypercorn     5 s         3 s              without limit
============  ==========  ===============  ==========================================

uvicorn 0.54 (``config.py``, variables ``UVICORN_*``), gunicorn 27.0 (``config.py``,
``GUNICORN_CMD_ARGS``, ``WEB_CONCURRENCY``), hypercorn 0.18 (``config.py``). uvicorn's worker
class for gunicorn takes gunicorn's keep-alive.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive.sources.kubernetes.pods import Container, Pod
from golive_gates.streaming.configured.commands import program, words_of
from golive_gates.streaming.configured.environment import Variable

UVICORN, GUNICORN, HYPERCORN, NGINX = "uvicorn", "gunicorn", "hypercorn", "nginx"
DEFAULT = "default"
_OF_UVICORN = ("--timeout-keep-alive", "--timeout-graceful-shutdown", "--limit-concurrency")
"""Options that only uvicorn has: the image's entry point is it, and gets arguments alone."""
_NGINX_IMAGES = ("nginx", "nginx-unprivileged")


@dataclass(frozen=True, slots=True)
class Option:
    """A number that is in force. ``value``: ``inf`` without limit, ``None`` if not to be told.

    ``written``: the option or variable, or ``default``. ``owner`` and ``path``: where it stands,
    or where it could.
    """

    value: float | None
    written: str
    owner: KubernetesObject
    path: KeyPath


@dataclass(frozen=True, slots=True)
class Runtime:
    """A container's server. ``streams``: open at once in one such container.

    ``below_shell``: a shell started it in the middle of a script and gets the signals itself.
    """

    name: str
    keep_alive: Option
    graceful: Option
    streams: Option
    below_shell: bool = False
    reuses: bool = True


def runtime_of(pod: Pod, container: Container, variables: Mapping[str, Variable]) -> Runtime | None:
    """The server that *container* starts; ``None`` where files do not tell which."""
    start = words_of(container, variables)
    for place, word in enumerate(start.words):
        name = program(word)
        own = start.words[place + 1 :]
        below = start.chained and start.words[max(place - 1, 0)] != "exec"
        if name == "fastapi" and own[:1] == ("run",):
            # It starts uvicorn, and hands it neither time limits nor its variables.
            return _uvicorn(_Options(pod.owner, start.path, (), {}), below)
        if name in _READERS:
            return _READERS[name](_Options(pod.owner, start.path, own, variables), below)
    if container.data.get("command"):
        return None
    return _of_the_image(_Options(pod.owner, start.path, start.words, variables), container)


def _of_the_image(options: _Options, container: Container) -> Runtime | None:
    """A server that the image starts shows in what only it reads."""
    if "GUNICORN_CMD_ARGS" in options.variables:
        return _gunicorn(options, below=False)
    spoken = any(word.partition("=")[0] in _OF_UVICORN for word in options.words)
    if spoken or any(name.startswith("UVICORN_") for name in options.variables):
        return _uvicorn(options, below=False)
    image = container.get("image", default="")
    name = program(image).partition("@")[0].partition(":")[0] if isinstance(image, str) else ""
    return _nginx(options, below=False) if name in _NGINX_IMAGES else None


@dataclass(frozen=True, slots=True)
class _Options:
    owner: KubernetesObject
    path: KeyPath
    words: Sequence[str]
    variables: Mapping[str, Variable]

    def word(self, *names: str) -> str | None:
        """The last value of an option, as ``--name value``, ``--name=value`` or ``-n value``."""
        found = None
        for place, word in enumerate(self.words):
            name, equals, value = word.partition("=")
            if name in names:
                found = value if equals else "".join(self.words[place + 1 : place + 2])
        return found

    def number(self, default: float | None, *names: str, variable: str = "") -> Option:
        """The option's number, else the variable's, else *default*."""
        text = self.word(*names)
        if text is not None:
            return Option(_number(text), names[0], self.owner, self.path)
        if variable in self.variables:
            found = self.variables[variable]
            value = None if found.value is None else _number(found.value)
            return Option(value, variable, found.owner, found.path)
        return Option(default, DEFAULT, self.owner, self.path)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _times(each: Option, count: Option) -> Option:
    """*each* for as many workers."""
    known = each.value is not None and count.value is not None
    value = (each.value or 0) * max(count.value or 0, 1) if known else None
    return Option(value, each.written, each.owner, each.path)


def _uvicorn(options: _Options, below: bool) -> Runtime:
    def of(default: float, name: str) -> Option:
        variable = "UVICORN_" + name.removeprefix("--").replace("-", "_").upper()
        return options.number(default, name, variable=variable)

    workers = options.number(1, "--workers", variable="WEB_CONCURRENCY")
    return Runtime(
        UVICORN,
        of(5, "--timeout-keep-alive"),
        of(math.inf, "--timeout-graceful-shutdown"),
        _times(of(math.inf, "--limit-concurrency"), workers),
        below,
    )


def _gunicorn(options: _Options, below: bool) -> Runtime:
    held = options.variables.get("GUNICORN_CMD_ARGS")
    known = True
    if held is not None:
        known = held.value is not None
        words = (*_shell_words(held.value or ""), *options.words)
        options = _Options(options.owner, options.path, words, options.variables)
    if options.word("-c", "--config") is not None:
        known = False  # What is not among the options may stand in that file.

    def of(default: float, *names: str, variable: str = "") -> Option:
        return options.number(default if known else None, *names, variable=variable)

    kind = options.word("-k", "--worker-class") or ("sync" if known else "")
    workers = of(1, "--workers", "-w", variable="WEB_CONCURRENCY")
    threads = of(1, "--threads")
    if threads.value != 1 and kind == "sync":
        kind = "gthread"  # gunicorn does so by itself.
    return Runtime(
        GUNICORN,
        of(2, "--keep-alive"),
        of(30, "--graceful-timeout"),
        _times(_each_worker(kind, threads, of), workers),
        below,
        reuses=kind != "sync",
    )


class _Numbers(Protocol):
    def __call__(self, default: float, *names: str, variable: str = "") -> Option: ...


def _each_worker(kind: str, threads: Option, of: _Numbers) -> Option:
    """Streams that one worker of that class holds at once."""
    if kind in ("sync", "gthread"):
        return threads
    if kind in ("gevent", "eventlet", "asgi"):
        return of(1000, "--worker-connections")
    value = None if not kind else math.inf
    return Option(value, "--worker-class", threads.owner, threads.path)


def _hypercorn(options: _Options, below: bool) -> Runtime:
    known = options.word("-c", "--config") is None
    return Runtime(
        HYPERCORN,
        options.number(5 if known else None, "--keep-alive"),
        options.number(3 if known else None, "--graceful-timeout"),
        Option(math.inf, DEFAULT, options.owner, options.path),
        below,
    )


def _nginx(options: _Options, below: bool) -> Runtime:
    """What nginx does stands in its configuration, not in its command."""
    unknown = Option(None, DEFAULT, options.owner, options.path)
    return Runtime(NGINX, unknown, unknown, unknown, below)


def _shell_words(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return ()


_READERS: Mapping[str, Callable[[_Options, bool], Runtime]] = {
    UVICORN: _uvicorn,
    GUNICORN: _gunicorn,
    HYPERCORN: _hypercorn,
    NGINX: _nginx,
}
