"""``load.security-headers``: answers protect the browser and hide the server's versions.

What: ``X-Content-Type-Options: nosniff`` and no shared caching on answers with data (RFC 9111:
``public``, ``s-maxage``), ``Strict-Transport-Security`` over https only, framing rules for HTML
only, and no version in ``Server``, ``X-Powered-By`` and their like. Data without ``no-store``
and product names without version warn. Why: each of these headers closes a way in that needs no
defect of the application. Remedy: set and hide them once, in the front, for errors too.
"""

from __future__ import annotations

from collections.abc import Callable

from golive.api import Check, CheckResult, CheckSpec, Finding, Observation, Reason, Unavailable
from golive_gates.load.pentest.leaks import has_version
from golive_gates.load.pentest.parts import Access, Browser, Reply
from golive_gates.load.pentest.verdicts import (
    count_of,
    cut_short,
    subject,
    unanswered,
    walk_facts,
)
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.security-headers")

PRODUCTS = (
    "server",
    "x-powered-by",
    "x-aspnet-version",
    "x-aspnetmvc-version",
    "x-generator",
)
HTML = "text/html"
STREAM = "text/event-stream"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """A missing protection or a version fails; without an answer with data nothing is proven."""
    del settings
    part = observation.require(Browser)
    evidence, facts = part.walk.evidence, walk_facts(part.walk)
    data = _data(observation, part)
    answers = (*part.answers, *(r for r in data if r not in part.answers))
    failures = [*_each(_versions, answers), *_each(_unprotected, data)]
    if part.secure:
        failures += _each(_insecure, data)
    failures += _each(_framing, tuple(r for r in answers if r.ok and r.media == HTML))
    measurement = count_of("headers_missing", len(failures), max(1, len(failures), len(answers)))
    findings = tuple(failures)
    if failures:
        first = failures[0]
        return SPEC.failed(
            Reason("missing", {"count": len(failures), "subject": first.subject}),
            measurement=measurement,
            evidence=evidence,
            facts=facts,
            findings=findings,
        )
    early = cut_short(SPEC, part.walk, facts)
    if early is not None:
        return early
    silent = unanswered(SPEC, part.walk, part.answers, crashes=True)
    if silent is not None:
        return silent
    if not data:
        return SPEC.inconclusive(Reason("no-data"), evidence=evidence, facts=facts)
    remarks = (*_each(_storable, data), *_each(_products, answers))
    counts = {"answers": len(answers)}
    if remarks:
        return SPEC.warned(
            Reason("remarks", {"count": len(remarks), "subject": remarks[0].subject, **counts}),
            measurement=measurement,
            evidence=evidence,
            facts=facts,
            findings=tuple(remarks),
        )
    return SPEC.passed(
        Reason("set", counts), measurement=measurement, evidence=evidence, facts=facts
    )


def _data(observation: Observation, part: Browser) -> tuple[Reply, ...]:
    """Answers that carry data of the API, event streams aside: nothing sniffs those."""
    access = observation.find(Access)
    controls: list[Reply] = []
    if not isinstance(access, Unavailable):
        controls = [r.control for r in access.routes if r.control is not None]
    own = [a for a in part.answers if a.probe == "data"]
    return tuple(r for r in (*own, *controls) if r.ok and r.media and r.media != STREAM)


def _each(rule: Callable[[Reply], list[Finding]], replies: tuple[Reply, ...]) -> list[Finding]:
    return [found for reply in replies for found in rule(reply)]


def _versions(reply: Reply) -> list[Finding]:
    told = [(name, reply.header(name) or "") for name in PRODUCTS]
    return [
        Finding(subject(reply), Reason("version", {"header": name, "value": value}))
        for name, value in told
        if value and has_version(value)
    ]


def _products(reply: Reply) -> list[Finding]:
    value = reply.header("x-powered-by") or ""
    if not value or has_version(value):
        return []
    return [Finding(subject(reply), Reason("product", {"header": "x-powered-by", "value": value}))]


def _unprotected(reply: Reply) -> list[Finding]:
    found = []
    if (reply.header("x-content-type-options") or "").strip().lower() != "nosniff":
        found.append(Finding(subject(reply), Reason("no-nosniff")))
    caching = _directives(reply)
    if "no-store" not in caching and caching & {"public", "s-maxage"}:
        value = reply.header("cache-control") or "-"
        found.append(Finding(subject(reply), Reason("shared-cache", {"value": value})))
    return found


def _storable(reply: Reply) -> list[Finding]:
    if "no-store" in _directives(reply):
        return []
    value = reply.header("cache-control") or "-"
    return [Finding(subject(reply), Reason("storable", {"value": value}))]


def _insecure(reply: Reply) -> list[Finding]:
    value = (reply.header("strict-transport-security") or "").lower().replace(" ", "")
    if "max-age=" in value and "max-age=0" not in value.split(";"):
        return []
    return [Finding(subject(reply), Reason("no-hsts", {"value": value or "-"}))]


def _framing(reply: Reply) -> list[Finding]:
    policy = (reply.header("content-security-policy") or "").lower()
    if reply.header("x-frame-options") or "frame-ancestors" in policy:
        return []
    return [Finding(subject(reply), Reason("framing"))]


def _directives(reply: Reply) -> set[str]:
    value = (reply.header("cache-control") or "").lower()
    return {part.partition("=")[0].strip() for part in value.split(",")}


CHECK = Check(SPEC, (Browser, Access), judge)
