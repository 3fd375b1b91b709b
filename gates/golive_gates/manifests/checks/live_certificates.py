"""``manifests.live-certificates``: the certificates that the release serves with stay valid.

What: the TLS Secret of each Ingress is there, its certificate is valid now, for the hosts that it
serves, and for ``live.certificate_left`` more; a Certificate of cert-manager is Ready. Only
``tls.crt`` is read. Why: an expired certificate stops every client at once. Remedy: renew the
certificate, or see why its issuer does not (kubectl describe certificate).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from golive.api import Check, CheckResult, CheckSpec, Fact, Finding, Observation
from golive_gates.manifests.live.judging import concluded_live, found, release_of
from golive_gates.manifests.live.parts import Certificate, Live, TlsUse
from golive_gates.manifests.live.release import Release
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.live-certificates")
DAY = 86_400.0


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every certificate is there, right and lasting."""
    release = release_of(SPEC, observation)
    if isinstance(release, CheckResult):
        return release
    live = release.live
    issued = {c.secret: c for c in live.certificates if c.source == "cert-manager"}
    stored = {c.name: c for c in live.certificates if c.source == "secret"}
    used = {u.secret for u in live.tls}
    own = [c for c in issued.values() if c.secret in used or release.states("Certificate", c.name)]
    findings = [
        *(f for c in own for f in _issuing(live, c)),
        *(f for u in live.tls if u.secret in stored for f in _use(live, u, stored[u.secret])),
    ]
    ending = {c.secret: c for c in own if c.not_after} | {
        c.name: c for c in stored.values() if c.not_after
    }
    for certificate in ending.values():
        findings += _ending(live, certificate, settings.live.certificate_left)
    days = [(c.not_after - live.at).total_seconds() / DAY for c in ending.values() if c.not_after]
    facts = (Fact("days_left", round(min(days), 1) if days else None),)
    return _result(release, len(used | {c.secret for c in own}), findings, facts, set(ending))


def _result(
    release: Release,
    subjects: int,
    findings: list[Finding],
    facts: tuple[Fact, ...],
    known: set[str],
) -> CheckResult:
    live = release.live
    # cert-manager tells the end of what it issued; its Secret need not be readable then.
    excused = {f"secrets/{name}" for name in known}
    calls = tuple(c for c in live.calls if not (c.outcome == "forbidden" and c.resource in excused))
    return concluded_live(SPEC, replace(live, calls=calls), subjects, findings, facts)


def _issuing(live: Live, certificate: Certificate) -> Iterator[Finding]:
    if certificate.ready is not True:
        message = certificate.message or "-"
        yield found(live, "Certificate", certificate.name, "not-issued", message=message)


def _use(live: Live, use: TlsUse, certificate: Certificate) -> Iterator[Finding]:
    if certificate.problem:
        yield found(live, use.kind, use.name, certificate.problem, secret=use.secret)
        return
    for host in use.hosts:
        if not any(covers(name, host) for name in certificate.names):
            names = ", ".join(certificate.names[:5]) or "-"
            yield found(
                *(live, use.kind, use.name, "other-host"),
                secret=use.secret,
                host=host,
                names=names,
            )


def _ending(live: Live, certificate: Certificate, left: float) -> Iterator[Finding]:
    end, begin = certificate.not_after, certificate.not_before
    if end is None:
        return
    kind = "Certificate" if certificate.source == "cert-manager" else "Secret"
    day = end.date().isoformat()
    if end <= live.at:
        yield found(live, kind, certificate.name, "expired", day=day)
    elif end < live.at + timedelta(seconds=left):
        days = (end - live.at).total_seconds() / DAY
        yield found(live, kind, certificate.name, "ending", day=day, days=days, limit=left / DAY)
    if begin is not None and begin > live.at:
        yield found(live, kind, certificate.name, "not-yet", day=begin.date().isoformat())


def covers(name: str, host: str) -> bool:
    """Whether a certificate for *name* is one for *host* (RFC 9525 6.3: one left-most label)."""
    name, host = name.lower().rstrip("."), host.lower().rstrip(".")
    if name == host:
        return True
    return name.startswith("*.") and host.partition(".")[2] == name[2:] and host[0] != "*"


CHECK = Check(SPEC, (Live, Manifests), judge)
