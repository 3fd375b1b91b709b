"""Grype, Docker Scout, Snyk and their actions.

Sources: grype's README (``--fail-on`` sets the severity from which it fails; without it findings
end with 0), ``action.yml`` of anchore/scan-action (``fail-build`` is true and ``severity-cutoff``
medium by default), Docker's reference of ``docker scout cves`` (``--exit-code``: "Return exit code
2 if vulnerabilities are detected") and the inputs of docker/scout-action of the same names, Snyk's
reference (``snyk container test`` exits 1 on vulnerabilities, ``monitor`` never fails;
``--severity-threshold``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from golive_gates.pipeline.scans.model import SEVERITIES, Options, Reading
from golive_gates.pipeline.scans.words import Flags, flags_of, unknown

_GRYPE = frozenset((
    "-f", "--fail-on", "-o", "--output", "-c", "--config", "--file", "--exclude", "--distro",
    "-s", "--scope", "--platform", "--name", "-t", "--template", "--vex", "--ignore-states",
))  # fmt: skip
_SCOUT = frozenset((
    "--only-severity", "--format", "-o", "--output", "--platform", "--only-package", "--to",
    "--only-package-type", "--type", "--ref", "--org", "--env", "--stream", "--only-stage",
    "--vex-location", "--vex-author", "--to-env", "--to-stream", "-x", "--exit-on",
))  # fmt: skip
_SNYK = frozenset(("--file", "--severity-threshold", "--org", "--fail-on", "--platform"))
_NO = ("false", "0", "no")


def _reading(
    tool: str,
    target: str,
    *,
    stops: bool | None = True,
    why: str = "",
    given: str = "",
    severities: frozenset[str] | None = None,
) -> tuple[Reading, ...]:
    options = Options("image", stops, why, given, target, severities)
    return (Reading("image-scan", tool, options),)


def at_or_above(text: str) -> frozenset[str] | None:
    """Severities from *text* up; ``None`` for all, none and what is not known."""
    name = {"NEGLIGIBLE": "LOW"}.get(text.strip().upper(), text.strip().upper())
    if name not in SEVERITIES or name == "UNKNOWN":
        return None
    return frozenset(SEVERITIES[SEVERITIES.index(name) :])


def grype(words: Sequence[str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """What ``grype words`` scans; folders and lists of materials too, which hold no secrets."""
    flags = flags_of(words, _GRYPE)
    nothing = ("db", "version", "help", "completion", "config", "explain")
    if not flags.rest or flags.rest[0] in nothing or flags.has("--help", "-h", "--version"):
        return ()
    target = flags.rest[0]
    if target.startswith(("dir:", "file:")) or target in (".", "./"):
        return ()
    cutoff = flags.last("-f", "--fail-on") or env.get("GRYPE_FAIL_ON_SEVERITY", "")
    if unknown(cutoff):
        return _reading("grype", target, stops=None, why="exit-code-unknown", given=cutoff)
    if not cutoff:
        named = flags.last("-c", "--config")
        if named:
            return _reading("grype", target, stops=None, why="exit-code-in-config", given=named)
        return _reading("grype", target, stops=False, why="fail-on-missing", given="--fail-on")
    return _reading("grype", target, severities=at_or_above(cutoff))


def scan_action(inputs: Mapping[str, str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """What anchore/scan-action scans; ``path`` and ``sbom`` are no image."""
    del env
    target = inputs.get("image", "")
    if not target and (inputs.get("path") or inputs.get("sbom")):
        return ()
    fail = inputs.get("fail-build", "").strip().lower()
    if fail in _NO:
        return _reading(
            "scan-action", target, stops=False, why="fail-build-off", given="fail-build: false"
        )
    if unknown(fail):
        return _reading("scan-action", target, stops=None, why="exit-code-unknown", given=fail)
    cutoff = inputs.get("severity-cutoff", "") or "medium"
    return _reading("scan-action", target, severities=at_or_above(cutoff))


def scout(words: Sequence[str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """What ``docker scout words`` scans: ``cves`` and ``compare``."""
    del env
    flags = flags_of(words, _SCOUT)
    if flags.rest[:1] not in (("cves",), ("compare",)) or flags.has("--help"):
        return ()
    target = flags.rest[1] if len(flags.rest) > 1 else ""
    return _scout("docker-scout", target, flags.last("--only-severity") or "", _exits(flags))


def _exits(flags: Flags) -> str:
    return "true" if flags.has("-e", "--exit-code", "-x", "--exit-on") else ""


def scout_action(inputs: Mapping[str, str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """What docker/scout-action scans."""
    del env
    commands = {c.strip() for c in inputs.get("command", "").split(",")}
    if not commands & {"cves", "compare"}:
        return ()
    said = inputs.get("exit-code", "").strip().lower()
    severities = inputs.get("only-severities", "")
    return _scout("scout-action", inputs.get("image", ""), severities, said)


def _scout(tool: str, target: str, only: str, said: str) -> tuple[Reading, ...]:
    names = frozenset(s.strip().upper() for s in only.split(",") if s.strip())
    severities = names if names and names <= set(SEVERITIES) else None
    if unknown(said):
        return _reading(tool, target, stops=None, why="exit-code-unknown", given=said)
    stops = said not in ("", *_NO)
    given = "--exit-code" if tool == "docker-scout" else "exit-code: true"
    why = "" if stops else "option-missing"
    return _reading(tool, target, stops=stops, why=why, given=given, severities=severities)


def snyk(words: Sequence[str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """``snyk container test image``; ``monitor`` uploads and never fails."""
    del env
    flags = flags_of(words, _SNYK)
    if flags.rest[:1] != ("container",) or flags.rest[1:2] not in (("test",), ("monitor",)):
        return ()
    target = flags.rest[2] if len(flags.rest) > 2 else ""
    return _snyk(target, flags.rest[1], flags.last("--severity-threshold") or "")


def snyk_action(inputs: Mapping[str, str], env: Mapping[str, str]) -> tuple[Reading, ...]:
    """What snyk/actions/docker scans."""
    del env
    flags = flags_of(inputs.get("args", "").split(), _SNYK)
    mode = inputs.get("command", "").strip() or "test"
    return _snyk(inputs.get("image", ""), mode, flags.last("--severity-threshold") or "")


def _snyk(target: str, mode: str, threshold: str) -> tuple[Reading, ...]:
    if mode == "monitor":
        return _reading("snyk", target, stops=False, why="monitor-only", given="monitor")
    return _reading("snyk", target, severities=at_or_above(threshold))
