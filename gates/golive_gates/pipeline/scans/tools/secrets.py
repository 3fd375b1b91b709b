"""TruffleHog, detect-secrets, ggshield and other scanners for secrets.

Sources: trufflehog's README (``--fail``: "Exit with code 183 if results are found", 0 without) and
its ``action.yml`` (always passes ``--fail``); detect-secrets' README (``scan`` writes a baseline
and exits 0, ``detect-secrets-hook`` fails on new secrets); ggshield's reference of ``secret scan``
(fails on incidents unless ``--exit-zero`` or ``GITGUARDIAN_EXIT_ZERO``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from golive_gates.pipeline.scans.model import Options, Reading, Scope
from golive_gates.pipeline.scans.words import Flags, flags_of

_TRUFFLEHOG = frozenset((
    "--config", "-j", "--concurrency", "-i", "--include-paths", "-x", "--exclude-paths",
    "--exclude-globs", "--since-commit", "--branch", "--max-depth", "--results",
    "--include-detectors", "--exclude-detectors", "--filter-entropy", "--log-level", "--org",
    "--repo", "--token", "--image", "--archive-max-size", "--archive-timeout", "--directory",
))  # fmt: skip
_HOOK = frozenset((
    "--baseline", "--exclude-files", "--exclude-lines", "--exclude-secrets", "-p", "--plugin",
    "--disable-plugin", "-f", "--filter", "--disable-filter", "-c", "--cores",
))  # fmt: skip
_GGSHIELD = frozenset((
    "-o", "--output", "-b", "--banlist-detector", "--exclude", "--ignore-default-excludes",
    "--format", "--instance", "-c", "--config-path", "--log-file",
))  # fmt: skip


def trufflehog(words: Sequence[str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """What ``trufflehog words`` scans."""
    del env
    flags = flags_of(words, _TRUFFLEHOG)
    if flags.has("--help", "--version") or not flags.rest:
        return ()
    mode = flags.rest[0]
    scopes: dict[str, Scope] = {
        "git": "history",
        "github": "history",
        "gitlab": "history",
        "filesystem": "tree",
        "stdin": "stdin",
    }
    scope = scopes.get(mode)
    if scope is None:
        return ()
    stops = flags.has("--fail")
    return (_trufflehog(flags, scope, "trufflehog", stops=stops),)


def _trufflehog(flags: Flags, scope: Scope, tool: str, *, stops: bool) -> Reading:
    results = {r.lower() for r in flags.all("--results")}
    log = " ".join(
        f"{name} {value}"
        for name in ("--since-commit", "--max-depth")
        if (value := flags.last(name))
    )
    return Reading(
        "secret-scan",
        tool,
        Options(
            scope,
            stops,
            "" if stops else "fail-missing",
            "--fail",
            log_opts=log,
            skips=flags.all("-x", "--exclude-paths", "--exclude-globs"),
            verified_only=flags.has("--only-verified") or results == {"verified"},
        ),
    )


def trufflehog_action(inputs: Mapping[str, str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """What trufflesecurity/trufflehog scans: by the event, as its ``base`` and ``head`` say."""
    del env
    flags = flags_of(inputs.get("extra_args", "").split(), _TRUFFLEHOG)
    return (_trufflehog(flags, "range", "trufflehog", stops=True),)


def detect_secrets(words: Sequence[str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """``detect-secrets scan`` finds and never fails."""
    del env
    flags = flags_of(words, _HOOK)
    if flags.rest[:1] != ("scan",) or flags.has("--help", "-h", "--list-all-plugins"):
        return ()
    options = Options(
        "tree",
        stops=False,
        why="scan-writes-only",
        baseline=flags.last("--baseline") or "",
        skips=flags.all("--exclude-files"),
    )
    return (Reading("secret-scan", "detect-secrets", options),)


def detect_secrets_hook(words: Sequence[str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """``detect-secrets-hook`` fails on what its baseline does not know."""
    del env
    flags = flags_of(words, _HOOK)
    if flags.has("--help", "-h"):
        return ()
    options = Options(
        "tree", baseline=flags.last("--baseline") or "", skips=flags.all("--exclude-files")
    )
    return (Reading("secret-scan", "detect-secrets", options),)


def ggshield(words: Sequence[str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """``ggshield secret scan ...`` and the older ``ggshield scan ...``."""
    flags = flags_of(words, _GGSHIELD)
    rest = flags.rest[1:] if flags.rest[:1] == ("secret",) else flags.rest
    if rest[:1] != ("scan",) or flags.has("--help", "-h"):
        return ()
    return (_ggshield(flags, env, rest[1] if len(rest) > 1 else ""),)


def _ggshield(flags: Flags, env: Mapping[str, str], mode: str) -> Reading:
    scopes: dict[str, Scope] = {
        "repo": "history",
        "ci": "range",
        "commit-range": "range",
        "pre-commit": "staged",
        "docker": "image",
    }
    zero = flags.has("--exit-zero") or env.get("GITGUARDIAN_EXIT_ZERO", "").lower() in _YES
    given = "--exit-zero" if flags.has("--exit-zero") else "GITGUARDIAN_EXIT_ZERO"
    options = Options(
        scopes.get(mode, "tree"),
        not zero,
        "soft-fail" if zero else "",
        given if zero else "",
        skips=flags.all("--exclude"),
    )
    return Reading("secret-scan", "ggshield", options)


_YES = ("1", "true", "yes")


def ggshield_action(inputs: Mapping[str, str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """GitGuardian/ggshield-action: ``ggshield secret scan ci`` with ``args``."""
    return (_ggshield(flags_of(inputs.get("args", "").split(), _GGSHIELD), env, "ci"),)
