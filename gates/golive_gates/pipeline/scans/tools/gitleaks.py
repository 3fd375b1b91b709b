"""gitleaks and its action.

Sources: ``gitleaks --help`` of 8.30 (``--exit-code`` is 1 by default; rules come from ``--config``,
``GITLEAKS_CONFIG``, ``GITLEAKS_CONFIG_TOML``, ``.gitleaks.toml`` of what is scanned, in this order;
``detect`` and ``protect`` are the older names of ``git`` and ``dir`` and of ``git --staged``), and
``src/index.js`` and ``src/gitleaks.js`` of gitleaks/gitleaks-action: it runs ``detect
--exit-code=2`` and fails on leaks; on ``push`` it scans the commits of the event alone and ends
with success when there are none, on ``pull_request`` those of the pull request, on ``schedule`` and
``workflow_dispatch`` the whole history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from golive_gates.pipeline.scans.model import Options, Reading, Scope
from golive_gates.pipeline.scans.words import Flags, flags_of, unknown

_WITH_VALUE = frozenset((
    "-b", "--baseline-path", "-c", "--config", "--exit-code", "-i", "--gitleaks-ignore-path",
    "-l", "--log-level", "--max-archive-depth", "--max-decode-depth", "--max-target-megabytes",
    "-f", "--report-format", "-r", "--report-path", "--report-template", "--timeout",
    "--log-opts", "--platform", "-s", "--source", "--enable-rule", "--diagnostics",
    "--diagnostics-dir", "--config-path", "--path", "--repo-path", "--report", "--depth",
))  # fmt: skip
_NOTHING = frozenset(("version", "help", "completion"))
_MODES = frozenset(("git", "dir", "directory", "file", "detect", "protect", "stdin"))


def command(words: Sequence[str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """What ``gitleaks words`` scans; nothing for ``gitleaks version`` and the like."""
    flags = flags_of(words, _WITH_VALUE)
    mode = next((w for w in flags.rest if w in _MODES), "")
    if flags.has("--help", "-h", "--version") or any(w in _NOTHING for w in flags.rest[:1]):
        return ()
    if not mode:
        # The program of another major version, or something that is only called like it.
        return () if flags.rest else (_reading(flags, env, "history", ""),)
    at = flags.rest.index(mode)
    behind = flags.rest[at + 1 :]
    source = flags.last("-s", "--source") or (behind[0] if behind else "")
    return (_reading(flags, env, _scope(mode, flags), source),)


def _scope(mode: str, flags: Flags) -> Scope:
    if mode in ("dir", "directory", "file") or (mode == "detect" and flags.has("--no-git")):
        return "tree"
    if mode == "stdin" or flags.has("--pipe"):
        return "stdin"
    # protect looks at what is not committed yet, with --staged or without.
    return "staged" if mode == "protect" or flags.has("--staged", "--pre-commit") else "history"


def _reading(flags: Flags, env: Mapping[str, str], scope: Scope, source: str) -> Reading:
    given = flags.last("--exit-code")
    stops, why = _exit(given)
    config = flags.last("-c", "--config", "--config-path") or env.get("GITLEAKS_CONFIG", "")
    return Reading(
        "secret-scan",
        "gitleaks",
        Options(
            scope,
            stops,
            why,
            "" if given is None else f"--exit-code {given}",
            config=config,
            inline=not config and "GITLEAKS_CONFIG_TOML" in env,
            baseline=flags.last("-b", "--baseline-path") or "",
            ignore_file=flags.last("-i", "--gitleaks-ignore-path") or "",
            log_opts=flags.last("--log-opts") or "",
            only_rules=flags.all("--enable-rule"),
            source=source,
        ),
    )


def _exit(given: str | None) -> tuple[bool | None, str]:
    if given is None:
        return True, ""
    if unknown(given):
        return None, "exit-code-unknown"
    return (False, "exit-code-zero") if given.strip().strip("0") == "" else (True, "")


def action(inputs: Mapping[str, str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """What gitleaks/gitleaks-action scans; version 1 takes the rules as ``config-path``."""
    config = env.get("GITLEAKS_CONFIG", "") or inputs.get("config-path", "")
    inline = not config and "GITLEAKS_CONFIG_TOML" in env
    return (
        Reading("secret-scan", "gitleaks-action", Options("range", config=config, inline=inline)),
    )
