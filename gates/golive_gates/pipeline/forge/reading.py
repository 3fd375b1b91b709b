"""GitHub's answers to what the checks judge. Pure; odd data raises ``ValueError``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from golive.sanitize import clean
from golive_gates.pipeline.forge.parts import Classic, Environment, RequiredCheck, Rules


def classic(data: object) -> Classic:
    """``GET .../branches/{branch}/protection``."""
    found = mapping(data)
    reviews = found.get("required_pull_request_reviews")
    status = found.get("required_status_checks")
    given = mapping(status)
    checks = tuple(_classic_checks(given))
    return Classic(
        reviews=_count(reviews) if isinstance(reviews, Mapping) else 0,
        owners=mapping(reviews).get("require_code_owner_reviews") is True,
        checks=checks,
        force_pushes=_on(found.get("allow_force_pushes")),
        admins=_on(found.get("enforce_admins")),
    )


def _classic_checks(given: Mapping[str, object]) -> Iterator[RequiredCheck]:
    listed = given.get("checks")
    if isinstance(listed, list) and listed:
        for item in listed:
            if isinstance(item, Mapping) and isinstance(item.get("context"), str):
                yield RequiredCheck(clean(item["context"], 200), _app(item.get("app_id")))
        return
    for context in sequence(given.get("contexts")):
        if isinstance(context, str):
            yield RequiredCheck(clean(context, 200))


def rules(listed: Sequence[object]) -> tuple[Rules, tuple[int, ...]]:
    """``GET .../rules/branches/{branch}``, and ids of the rulesets that they come from."""
    reviews, owners, no_force = 0, False, False
    checks: list[RequiredCheck] = []
    ids: list[int] = []
    for item in listed:
        rule = mapping(item)
        kind, given = rule.get("type"), mapping(rule.get("parameters"))
        ruleset = rule.get("ruleset_id")
        if isinstance(ruleset, int) and not isinstance(ruleset, bool) and ruleset not in ids:
            ids.append(ruleset)
        if kind == "pull_request":
            reviews = max(reviews, _count(given))
            owners = owners or given.get("require_code_owner_review") is True
        elif kind == "required_status_checks":
            for check in sequence(given.get("required_status_checks")):
                context = mapping(check).get("context")
                if isinstance(context, str):
                    app = _app(mapping(check).get("integration_id"))
                    checks.append(RequiredCheck(clean(context, 200), app))
        elif kind == "non_fast_forward":
            no_force = True
    return Rules(len(listed), reviews, owners, tuple(checks), no_force), tuple(ids)


def environments(listed: Sequence[object]) -> tuple[Environment, ...]:
    """``environments`` of ``GET .../environments``."""
    return tuple(_environment(mapping(item)) for item in listed)


def _environment(given: Mapping[str, object]) -> Environment:
    name = given.get("name")
    if not isinstance(name, str) or not name:
        msg = "an environment without a name"
        raise ValueError(msg)
    protections = [mapping(r) for r in sequence(given.get("protection_rules"))]
    waits = [r.get("wait_timer") for r in protections if r.get("type") == "wait_timer"]
    return Environment(
        clean(name, 200),
        sum(
            len(sequence(r.get("reviewers")))
            for r in protections
            if r.get("type") == "required_reviewers"
        ),
        max((w for w in waits if isinstance(w, int)), default=0),
        given.get("can_admins_bypass") is True,
    )


def bypassed(data: object) -> str:
    """Name of the ruleset *data*, where somebody may always pass it by; else empty."""
    given = mapping(data)
    actors = [mapping(a) for a in sequence(given.get("bypass_actors"))]
    if not any(a.get("bypass_mode", "always") != "pull_request" for a in actors):
        return ""
    name = given.get("name")
    return clean(name, 100) if isinstance(name, str) and name else "-"


def mapping(value: object) -> Mapping[str, object]:
    """*value*, empty for ``None``. Raises ``ValueError`` for anything else than a mapping."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        msg = f"{type(value).__name__} in the place of an object"
        raise ValueError(msg)  # noqa: TRY004 - the answer is at fault, not the caller
    return value


def sequence(value: object) -> Sequence[object]:
    """*value*, empty for ``None``. Raises ``ValueError`` for anything else than a list."""
    if value is None:
        return ()
    if not isinstance(value, list):
        msg = f"{type(value).__name__} in the place of a list"
        raise ValueError(msg)  # noqa: TRY004
    return value


def _on(value: object) -> bool:
    return mapping(value).get("enabled") is True


def _count(given: Mapping[str, object]) -> int:
    number = given.get("required_approving_review_count", 0)
    if isinstance(number, bool) or not isinstance(number, int):
        msg = "a number of reviews that is none"
        raise ValueError(msg)  # noqa: TRY004
    return number


def _app(value: object) -> int | None:
    """-1 and nothing stand for any app."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
