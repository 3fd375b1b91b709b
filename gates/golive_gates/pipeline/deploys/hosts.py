"""Releases to a host or a bucket: ssh, rsync, a remote Docker, ``git push heroku``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from golive_gates.pipeline.scans.words import flags_of

_SSH = frozenset(("-i", "-p", "-o", "-l", "-F", "-J", "-L", "-R", "-D", "-E", "-c", "-m", "-b"))
_DOCKER = frozenset(("--context", "-c", "-H", "--host", "-f", "--file", "--profile"))
_REMOTE = re.compile(r"(?!rsync://|[A-Za-z]:\\)[^/:\s]+:(?!//).*")
_DRY = re.compile(r"-[A-Za-z]*n[A-Za-z]*")
_REMOTES = re.compile(r"heroku|dokku|prod(?:uction)?|live")
_OTHERS = re.compile(
    r"git@.*|(?:\w+@)?(?:github\.com|gitlab\.com|bitbucket\.org|localhost|127\.0\.0\.1)"
)
"""Hosts that nothing is released to: forges, and the runner itself."""


def reaches_host(name: str, words: Sequence[str]) -> bool:
    """Whether the program *name* with *words* changes something on another host."""
    if name == "ssh":
        rest = flags_of(words, _SSH).rest
        return bool(rest) and not _OTHERS.fullmatch(rest[0])
    if name in ("rsync", "scp"):
        dry = name == "rsync" and any(w == "--dry-run" or _DRY.fullmatch(w) for w in words)
        return len(words) > 1 and bool(_REMOTE.fullmatch(words[-1])) and not dry
    if name == "aws":
        synced = tuple(words[:2]) == ("s3", "sync") and "--delete" in words
        return synced and "--dryrun" not in words
    if name == "git":
        rest = flags_of(words, ()).rest
        return rest[:1] == ("push",) and len(rest) > 1 and bool(_REMOTES.fullmatch(rest[1]))
    if name == "docker":
        flags = flags_of(words, _DOCKER)
        if flags.rest[:2] == ("stack", "deploy"):
            return True
        away = flags.has("--context", "-H", "--host")
        return away and flags.rest[:2] == ("compose", "up")
    return False
