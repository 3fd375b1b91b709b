"""The registry of deliberate defects: each variant breaks exactly one thing.

A variant is data. The services, the front and the history read the one field that concerns them
and keep their healthy behaviour for every other.
"""

from __future__ import annotations

from dataclasses import dataclass

from golive_demo.broken_recovery import DEFECTS, SOUND, Defect
from golive_demo.broken_release import MUTATIONS


@dataclass(frozen=True, slots=True)
class Variant:
    """What one variant sets; the defaults are the healthy generator. Times are in seconds."""

    name: str | None = None
    description: str = "healthy"
    needs_nginx: bool = False
    content_delay_s: float = 0.0
    """Silence between the status event and the request to the provider."""
    first_byte_delay_s: float = 0.0
    """Silence before the response of the generation endpoint starts at all."""
    fail_readiness_every: int = 0
    """Every n-th readiness answer of generation-service is 503; 0 for never."""
    fail_project_creation: bool = False
    fail_list_every: int = 0
    """Every n-th listing of projects is 500; 0 for never."""
    description_field: str = "description"
    """Name of the request field that holds the description."""
    stop_after_pieces: int = 0
    """End the stream cleanly after so many content events, without `done`; 0 for never."""
    serve_other_script: bool = False
    front_buffers: bool = False
    front_gzips: bool = False
    """The front compresses the event stream for clients that accept it."""
    enforces_rate_limit: bool = True
    trusts_forwarded: bool = False
    """Whoever writes another X-Forwarded-For is another client to the rate limit."""
    over_limit_status: int = 429
    leaks_errors: bool = False
    """Bad bodies are answered with the traceback."""
    requires_token: bool = True
    exhausted_above: int = 0
    """API requests within 12 s above which a service fails 30 % of them; 0 for never."""
    starves_above: int = 0
    """Running streams above which every second one is fed slowly; 0 for never."""
    history_error_ratio: float = 0.0002
    """Share of 5xx among the API requests of the simulated 30 days."""
    history_recent_error_ratio: float = 0.0
    """Share of 5xx added in the last hours of the simulated 30 days."""
    error_rate_objective: str = "< 1%"
    """What the generated golive.yaml promises of the error rate."""
    image_reports_age_days: float = 0.0
    """How old the simulated reports about the images are."""
    vulnerable_image: bool = False
    """One of these reports lists a critical weakness."""
    buckets_end_s: float = 0.0
    """Upper end of the histogram of first contents; 0 for beyond its objective."""
    prometheus: bool = True
    recovery: Defect = SOUND
    """What is wrong with the fallback between providers, or with the backups."""
    release_mutation: str | None = None
    """Name of the mistake in the files of the release; see `golive_demo.broken_release`."""


HEALTHY = Variant()

_ALL = (
    Variant(
        "preamble-only",
        "the status event comes at once, the first content only after 3 s",
        content_delay_s=3.0,
    ),
    Variant(
        "slow-first-event",
        "the stream stays silent for 3 s, then status and content follow",
        first_byte_delay_s=3.0,
    ),
    Variant(
        "flaky-readiness",
        "every 33rd readiness answer of generation-service is 503 (3 %)",
        fail_readiness_every=33,
    ),
    Variant(
        "project-500",
        "POST /api/v1/projects always answers 500",
        fail_project_creation=True,
    ),
    Variant(
        "contract-drift",
        "the request field `description` of /api/v1/generate is renamed to `prompt`",
        description_field="prompt",
    ),
    Variant(
        "truncated-stream",
        "the stream ends cleanly half-way, without the `done` event",
        stop_after_pieces=45,
    ),
    Variant(
        "buffered-proxy",
        "the nginx front buffers the event stream and delivers it in one piece",
        needs_nginx=True,
        front_buffers=True,
    ),
    Variant(
        "wrong-content",
        "the stream completes, with the script of another description",
        serve_other_script=True,
    ),
    Variant(
        "burnt-budget",
        "the simulated 30 days hold 0.5 % 5xx answers, so the error budget is spent",
        history_error_ratio=0.005,
    ),
    Variant(
        "fast-burn",
        "the last 6 hours of the simulated 30 days hold 3 % 5xx answers: the budget burns fast",
        history_recent_error_ratio=0.03,
    ),
    Variant(
        "flaky-api",
        "every 20th GET /api/v1/projects answers 500 (5 %)",
        fail_list_every=20,
    ),
    Variant(
        "lax-slo",
        "golive.yaml states the error-rate objective as < 95%, a success ratio gone astray",
        error_rate_objective="< 95%",
    ),
    Variant(
        "no-rate-limit",
        "the rate limit refuses nobody, while its headers still claim it",
        enforces_rate_limit=False,
    ),
    Variant(
        "spoofable-rate-limit",
        "the rate limit counts by the X-Forwarded-For that the client itself sends",
        trusts_forwarded=True,
    ),
    Variant(
        "limit-503",
        "the rate limit answers 503 instead of 429",
        over_limit_status=503,
    ),
    Variant(
        "leaky-errors",
        "a bad request body is answered with a Python traceback",
        leaks_errors=True,
    ),
    Variant(
        "no-auth",
        "the API answers without a token and with any",
        requires_token=False,
    ),
    Variant(
        "gzip-stream",
        "the nginx front compresses the event stream for clients that accept it",
        needs_nginx=True,
        front_gzips=True,
    ),
    Variant(
        "dies-under-load",
        "a service that got more than 210 API requests within 12 s fails 30 % of them with 503",
        exhausted_above=210,
    ),
    Variant(
        "starves-streams",
        "above 5 running streams, every second one gets its events eight times slower",
        starves_above=5,
    ),
    Variant(
        "alert-cannot-fire-buckets",
        "the histogram of first contents ends at 1 s, the alert on it waits for 2 s",
        buckets_end_s=1.0,
    ),
    Variant(
        "stale-image-reports",
        "the reports about the images were made 30 days ago",
        image_reports_age_days=30.0,
    ),
    Variant(
        "vulnerable-image",
        "the report about one of the images lists a critical weakness that a newer version mends",
        vulnerable_image=True,
    ),
    *(
        Variant(name, description, release_mutation=mutation)
        for name, description, mutation in (
            (
                "alert-cannot-fire-label",
                'the alert on the error rate selects status=~"5..", where the services say code',
                "alert-cannot-fire-label",
            ),
            (
                "alert-cannot-fire-window",
                "the alert rules compute rates over 20 s of what is scraped every 30 s",
                "alert-cannot-fire-window",
            ),
            (
                "alert-noisy",
                "the alert on the error rate asks for no traffic: one failure at night pages",
                "alert-noisy",
            ),
            (
                "slo-alert-mismatch",
                "the alert on the error rate begins at 5 %, its SLO ends at 1 %",
                "slo-alert-mismatch",
            ),
            (
                "route-to-nowhere",
                "Alertmanager routes HighErrorRate to a receiver that delivers nothing",
                "observability.routes",
            ),
            (
                "receiver-empty",
                "the receiver of critical alerts has no integration",
                "observability.receivers",
            ),
            (
                "monitor-wrong-port",
                "a ServiceMonitor names a port that its Service does not have",
                "observability.monitor-targets",
            ),
            (
                "gitleaks-raised-entropy",
                "the secret scan asks for more entropy than any key has, so none is found",
                "gitleaks-raised-entropy",
            ),
            (
                "gitleaks-one-path",
                "a rule of the secret scan looks at files ending in .cfg only",
                "gitleaks-one-path",
            ),
            (
                "secret-gate-cannot-fail",
                "the failure of the secret scan is dropped, so the deployment goes on",
                "pipeline.neutralised",
            ),
            (
                "deploy-skips-security",
                "the deploy job does not wait for the security scans",
                "pipeline.deploy-needs",
            ),
            (
                "gitleaks-allows-all",
                "an allow-list of the secret scan takes every path",
                "pipeline.allow-lists",
            ),
        )
    ),
    *(Variant(name, description, recovery=defect) for name, description, defect in DEFECTS),
    Variant(
        "no-prometheus",
        "Prometheus is not started, so there is no history to judge",
        prometheus=False,
    ),
)

VARIANTS: dict[str, Variant] = {variant.name: variant for variant in _ALL if variant.name}

RELEASE_VARIANTS: dict[str, Variant] = {
    name: Variant(
        name,
        f"the release's files: a mistake in {', '.join(mutation.files)}",
        release_mutation=name,
    )
    for name, mutation in MUTATIONS.items()
}


class UnknownVariantError(ValueError):
    """The name is not in the registry; the message lists the names that are."""


def variant(name: str | None) -> Variant:
    """Look a variant up; None is the healthy generator. Raises UnknownVariantError."""
    if name is None:
        return HEALTHY
    try:
        return VARIANTS[name] if name in VARIANTS else RELEASE_VARIANTS[name]
    except KeyError:
        known = ", ".join(VARIANTS)
        msg = f"unknown variant {name!r}; known: {known}, and checks of the release's files"
        raise UnknownVariantError(msg) from None
