"""``golive load``: put a load on a service and say what the answers prove."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from golive.cli.load_options import (
    ArrivalOption,
    AuthorisedByOption,
    ConfigOption,
    CountOption,
    DurationOption,
    KeepAliveOption,
    MaxGapOption,
    MaxInFlightOption,
    MaxTimeOption,
    ObjectiveOption,
    RateOption,
    SchedulerOption,
    SeedOption,
    SseOption,
    StallAfterOption,
    StartRateOption,
    ThresholdOption,
    UsersOption,
    WarmupOption,
    WorkersOption,
)
from golive.cli.probe_options import (
    DEFAULT_TIMEOUT,
    CaOption,
    DataOption,
    EndEventOption,
    EventOption,
    ExpectOption,
    FieldOption,
    HeaderOption,
    InsecureOption,
    MethodOption,
    PresetOption,
    Shape,
    ShapeOption,
    TimeoutOption,
    TokenOption,
    UrlArgument,
)

if TYPE_CHECKING:
    from golive.cli.load_summary import LoadDocument


def load(
    url: UrlArgument,
    method: MethodOption = None,
    header: HeaderOption = None,
    data: DataOption = None,
    token: TokenOption = None,
    sse: SseOption = None,
    event: EventOption = None,
    field: FieldOption = None,
    end_event: EndEventOption = None,
    preset: PresetOption = None,
    expect_text: ExpectOption = None,
    rate: RateOption = None,
    arrival: ArrivalOption = None,
    start_rate: StartRateOption = None,
    users: UsersOption = None,
    seed: SeedOption = 0,
    duration: DurationOption = None,
    count: CountOption = None,
    warmup: WarmupOption = None,
    max_in_flight: MaxInFlightOption = 10_000,
    keep_alive: KeepAliveOption = True,
    threshold: ThresholdOption = None,
    objective: ObjectiveOption = None,
    max_gap: MaxGapOption = None,
    max_time: MaxTimeOption = None,
    stall_after: StallAfterOption = "5s",
    timeout: TimeoutOption = DEFAULT_TIMEOUT,
    insecure: InsecureOption = False,
    ca: CaOption = None,
    config: ConfigOption = None,
    authorised_by: AuthorisedByOption = None,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    output: ShapeOption = Shape.TEXT,
) -> int:
    """Put a load on URL and say what its answers prove.

    Nothing is sent unless the host is this machine or --config authorises it. Exit codes:
    0 the claim is proven, or none was made and every request succeeded; 1 it is refuted, or
    none was made and a request failed; 2 usage, or not authorised; 3 undecided, void or
    nothing was judged; 130 interrupted.
    """
    from golive.cli.load_digest import Background, document
    from golive.cli.load_live import watching_load
    from golive.cli.load_permit import allow
    from golive.cli.load_plan import PaceOptions, aim_of, limits_of, plan_of
    from golive.cli.load_report import report
    from golive.cli.load_run import run, warn_of_plain_text
    from golive.cli.probe_request import RequestOptions, dump, prepare, reads_streams
    from golive.cli.probe_screen import show
    from golive.cli.stdout import put
    from golive.codec import encode
    from golive.probe.load import Arrival

    options = RequestOptions(
        url=url,
        method=method,
        headers=tuple(header or ()),
        data=data,
        token=token,
        events=tuple(event or ()),
        field=field,
        end_event=end_event,
        preset=preset,
        expect=expect_text,
        timeout=timeout,
        insecure=insecure,
        ca=ca,
    )
    pace = PaceOptions(
        rate=rate,
        start_rate=start_rate,
        arrival=None if arrival is None else Arrival(arrival.value),
        users=users,
        seed=seed,
        duration=duration,
        count=count,
        warmup=warmup,
        stall_after=stall_after,
        max_in_flight=max_in_flight,
        keep_alive=keep_alive,
    )
    aim = aim_of(threshold, objective)
    prepared = prepare(options, stream=reads_streams(options, sse))
    plan = plan_of(prepared, pace)  # Wrong options are told before anything else happens.
    limits = limits_of(aim, max_gap, max_time, streams=prepared.request.rules is not None)
    allowed = allow(url, config, authorised_by)
    plan = replace(plan, requests=(prepared.at(allowed.address).request,))
    if scheduler is not None and prepared.holds_credentials:
        warn_of_plain_text(scheduler)
    with watching_load(plan) as watch:
        ran = run(plan, workers=workers, scheduler=scheduler, watch=watch)
    doc = document(
        ran.result,
        Background(
            plan=plan,
            aim=aim,
            limits=limits,
            workers=workers,
            shown_url=prepared.shown_url,
            shown_headers=prepared.shown_headers,
            address=allowed.address,
            allowed_by=allowed.by,
            excerpt=prepared.excerpt,
            interrupted=ran.interrupted,
        ),
    )
    if output is Shape.TEXT:
        show(report(doc), to_stdout=True)
    else:
        put(dump(encode(doc)))
    return _exit_code(doc)


def _exit_code(doc: LoadDocument) -> int:
    from golive.cli import exits

    if doc.interrupted:
        return exits.INTERRUPTED
    judged = sum(found.count for found in doc.outcomes)
    if not judged:
        return exits.INCONCLUSIVE
    if doc.statement is not None:
        codes = {"proven": exits.OK, "refuted": exits.NO_GO, "undecided": exits.INCONCLUSIVE}
        return codes[doc.statement.outcome.value]
    if doc.aborted or doc.lost_workers or judged < doc.sent.judged:
        return exits.INCONCLUSIVE
    fine = sum(found.count for found in doc.outcomes if found.outcome == "ok")
    return exits.OK if fine == judged else exits.NO_GO
