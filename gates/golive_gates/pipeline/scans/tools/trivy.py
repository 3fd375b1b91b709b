"""Trivy and its action.

Sources: Trivy's reference of the command line (``--exit-code`` is 0 by default; ``--severity`` is
all five; every option has a variable ``TRIVY_...``), ``action.yaml`` and ``entrypoint.sh`` of
aquasecurity/trivy-action (``scan-type`` is ``image`` by default; ``exit-code`` has no default;
with ``format: sarif`` it drops ``severity`` unless ``limit-severities-for-sarif`` is true).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from golive_gates.pipeline.scans.model import SEVERITIES, Kind, Options, Reading, Scope
from golive_gates.pipeline.scans.words import flags_of, unknown

_WITH_VALUE = frozenset((
    "--exit-code", "-s", "--severity", "-f", "--format", "-o", "--output", "--ignorefile",
    "--scanners", "--security-checks", "--vuln-type", "--pkg-types", "--skip-dirs",
    "--skip-files", "-c", "--config", "--cache-dir", "--timeout", "-t", "--template",
    "--ignore-policy", "--input", "--secret-config", "--db-repository", "--username",
    "--java-db-repository", "--password", "--platform", "--server", "--token", "--branch",
    "--commit", "--tag", "--vex", "--image-src", "--compliance", "--ignore-status",
    "--docker-host", "--file-patterns", "--exit-on-eol", "--checks-bundle-repository",
    "--cache-backend", "--cache-ttl", "--parallel", "--report", "--registry-token",
    "--image-config-scanners", "--config-check", "--config-data", "--tf-vars", "--values",
))  # fmt: skip
_MODES = ("image", "fs", "filesystem", "repo", "repository", "rootfs", "config", "sbom", "vm")
_VARIABLES = {
    "--exit-code": "TRIVY_EXIT_CODE",
    "--severity": "TRIVY_SEVERITY",
    "--format": "TRIVY_FORMAT",
    "--scanners": "TRIVY_SCANNERS",
    "--skip-dirs": "TRIVY_SKIP_DIRS",
    "--skip-files": "TRIVY_SKIP_FILES",
    "--config": "TRIVY_CONFIG",
    "--ignorefile": "TRIVY_IGNOREFILE",
}
_SHORT = {"-s": "--severity", "-f": "--format", "-c": "--config", "-i": "--input"}
_INPUTS = {
    "exit-code": "--exit-code",
    "severity": "--severity",
    "format": "--format",
    "scanners": "--scanners",
    "security-checks": "--scanners",
    "skip-dirs": "--skip-dirs",
    "skip-files": "--skip-files",
    "trivy-config": "--config",
    "trivyignores": "--ignorefile",
    "input": "--input",
}


def command(words: Sequence[str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """What ``trivy words`` scans; nothing for databases, versions and configuration scans."""
    flags = flags_of(words, _WITH_VALUE)
    mode = next((w for w in flags.rest if w in _MODES), "")
    once = flags.has("--download-db-only", "--download-java-db-only", "--help", "-h", "--version")
    if not mode or once:
        return ()
    asked = {name: env[v] for name, v in _VARIABLES.items() if env.get(v)}
    for name in flags.given:
        asked[_SHORT.get(name, name)] = ",".join(flags.given[name])
    if "--security-checks" in asked:
        asked.setdefault("--scanners", asked["--security-checks"])
    behind = flags.rest[flags.rest.index(mode) + 1 :]
    target = asked.get("--input") or (behind[-1] if behind else "")
    return _readings(mode, asked, target, "trivy", "")


def action(inputs: Mapping[str, str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """What aquasecurity/trivy-action scans. Inputs go before variables."""
    mode = inputs.get("scan-type", "").strip() or "image"
    asked = {name: env[v] for name, v in _VARIABLES.items() if env.get(v)}
    asked.update({flag: inputs[name] for name, flag in _INPUTS.items() if inputs.get(name)})
    target = inputs.get("image-ref") or inputs.get("input") or ""
    if mode != "image":
        target = inputs.get("scan-ref") or "."
    limited = inputs.get("limit-severities-for-sarif", "").strip().lower()
    drops = asked.get("--format", "").strip() == "sarif" and limited != "true"
    return _readings(mode, asked, target, "trivy-action", "" if not drops else "sarif")


def _readings(
    mode: str, asked: Mapping[str, str], target: str, tool: str, drops: str
) -> tuple[Reading, ...]:
    named = {s.strip().lower() for s in asked.get("--scanners", "").split(",") if s.strip()}
    stops, why, given = _exit(asked)
    wanted = _severities(asked.get("--severity", ""))
    skips = tuple(
        part.strip()
        for name in ("--skip-dirs", "--skip-files")
        for part in asked.get(name, "").split(",")
        if part.strip()
    )

    def reading(kind: Kind, scope: Scope) -> Reading:
        options = Options(
            scope,
            stops,
            why,
            given,
            target,
            None if drops else wanted,
            wanted if drops else None,
            asked.get("--config", ""),
            ignore_file=asked.get("--ignorefile", ""),
            skips=skips,
        )
        return Reading(kind, tool, options)

    # "vuln,secret" is what runs where nothing is said.
    secrets = "secret" in named or not named
    if mode == "image" and (not named or "vuln" in named):
        return (reading("image-scan", "image"),)
    if mode in ("fs", "filesystem", "rootfs", "repo", "repository") and secrets:
        # Also of a repository Trivy checks out one commit and looks at its files.
        return (reading("secret-scan", "tree"),)
    return ()


def _exit(asked: Mapping[str, str]) -> tuple[bool | None, str, str]:
    given = asked.get("--exit-code", "").strip()
    sarif = asked.get("--format", "").strip() == "sarif"
    if unknown(given):
        return None, "exit-code-unknown", given
    if given.strip("0"):
        return True, "", given
    if not given and asked.get("--config"):
        return None, "exit-code-in-config", asked["--config"]
    if sarif:
        return False, "sarif-only", given or "-"
    return (False, "exit-code-zero", given) if given else (False, "exit-code-missing", "")


def _severities(text: str) -> frozenset[str] | None:
    found = frozenset(s.strip().upper() for s in text.split(",") if s.strip())
    return None if not found or unknown(text) or not found <= set(SEVERITIES) else found
