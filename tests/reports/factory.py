"""Runs for tests of the reports: small, realistic, and with nothing left to chance."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime

from golive.config.model import (
    Attestation,
    CanaryStage,
    Channel,
    Checklist,
    Claim,
    Config,
    Contact,
    Document,
    Objective,
    Release,
    Service,
    Slo,
    Waiver,
)
from golive.model import (
    Comparator,
    EvidenceLevel,
    EvidenceRef,
    Location,
    Measurement,
    Severity,
    Status,
)
from golive.record import (
    CheckRecord,
    Decision,
    Execution,
    FactRecord,
    FindingRecord,
    GateRecord,
    GateStatus,
    Run,
    Sentences,
    ServiceFact,
    Tool,
)
from golive.sent import SentRequests
from golive.stats import lower_bound, n_still_needed, upper_bound
from golive.verdict import decide, gate_status

STARTED = datetime(2025, 8, 27, 8, 22, 11, tzinfo=UTC)
FINISHED = datetime(2025, 8, 27, 8, 25, 3, tzinfo=UTC)
TODAY = STARTED.date()
LATER = date(2025, 9, 30)
EARLIER = date(2025, 8, 1)

TITLES = {
    "slo": ("SLO definition and measurement", "SLO 정의 및 측정"),
    "streaming": ("SSE scaling hardening", "SSE 스케일링 하드닝"),
    "manifests": ("Kubernetes manifests", "Kubernetes 매니페스트 적용"),
    "observability": ("Observability and alerts", "관찰가능성 알림 설정"),
    "pipeline": ("CI/CD security", "CI/CD 보안 강화"),
    "recovery": ("Data and reliability", "데이터 및 신뢰성 검증"),
    "load": ("Load and penetration tests", "부하/침투 테스트"),
}


def evidence(name: str) -> EvidenceRef:
    content = name.encode()
    return EvidenceRef(
        name, f"slo/{name}", hashlib.sha256(content).hexdigest(), len(content), "application/json"
    )


def success_ratio(
    n: int, failures: int, objective: float = 0.99, comparator: Comparator = Comparator.GE
) -> Measurement:
    return Measurement(
        "success-ratio",
        (n - failures) / n,
        "ratio",
        comparator,
        objective,
        n,
        failures,
        0.95,
        lower_bound(n, failures),
        upper_bound(n, failures),
        n_still_needed(n, failures, objective),
    )


def error_ratio(n: int, failures: int, objective: float = 0.01) -> Measurement:
    return Measurement(
        "error-ratio",
        failures / n,
        "ratio",
        Comparator.LT,
        objective,
        n,
        failures,
        0.95,
        1 - lower_bound(n, failures),
        1 - upper_bound(n, failures),
        n_still_needed(n, failures, 1 - objective),
    )


def latency(value: float, bound: float, opposite: float, n: int, failures: int) -> Measurement:
    return Measurement(
        "first-content-p95",
        value,
        "s",
        Comparator.LE,
        2.0,
        n,
        failures,
        0.95,
        bound,
        opposite,
        n_still_needed(n, failures, 0.95),
    )


def check(
    check_id: str,
    status: Status = Status.PASS,
    *,
    korean: tuple[str, str, str] = ("제목", "이유입니다.", "조치하세요."),
    english: tuple[str, str, str] = ("Title", "A reason.", "Do this."),
    measurement: Measurement | None = None,
    level: EvidenceLevel | None = None,
    required: bool = True,
    refs: tuple[EvidenceRef, ...] | None = None,
    facts: tuple[FactRecord, ...] = (),
    findings: tuple[FindingRecord, ...] = (),
    waiver: Waiver | None = None,
    blocked_by: str | None = None,
) -> CheckRecord:
    decided = status in (Status.PASS, Status.WARN, Status.FAIL)
    if level is None:
        level = EvidenceLevel.MEASURED if decided else EvidenceLevel.NONE
    if refs is None:
        refs = (evidence(f"{check_id.partition('.')[2]}.json"),) if decided else ()
    title, reason, remedy = english
    return CheckRecord(
        id=check_id,
        status=status,
        severity=Severity.HIGH,
        required=required,
        needs=EvidenceLevel.MEASURED,
        evidence_level=level,
        title=title,
        reason_code="test",
        reason=reason,
        remedy=remedy,
        localized={"ko": Sentences(*korean)},
        measurement=measurement,
        facts=facts,
        findings=findings,
        evidence=refs,
        waiver=waiver,
        blocked_by=blocked_by,
    )


def gate(
    gate_id: str, *checks: CheckRecord, number: int | None = None, required: bool = True
) -> GateRecord:
    english, korean = TITLES.get(gate_id, (gate_id, gate_id))
    if number is None and gate_id in TITLES:
        number = list(TITLES).index(gate_id) + 1
    return GateRecord(
        id=gate_id,
        number=number,
        title=english,
        status=gate_status(c.status for c in checks),
        execution=Execution.COMPLETED,
        required=required,
        localized={"ko": korean},
        started=STARTED,
        seconds=120.5,
        requests=1200,
        sent=(
            SentRequests("GET", "https://api.example.com/readyz", 900),
            SentRequests("POST", "https://api.example.com/v1/projects/golive-*", 300),
        ),
        expected=tuple(c.id for c in checks if c.required),
        checks=checks,
    )


def absent(gate_id: str, execution: Execution = Execution.NOT_IN_PROFILE) -> GateRecord:
    return replace(
        gate(gate_id),
        status=GateStatus.NOT_RUN,
        execution=execution,
        required=execution is not Execution.NOT_IN_PROFILE,
        note="Not part of this release's profile; nothing was judged.",
        localized_note={"ko": "이번 릴리스 프로파일에 포함되지 않아 아무것도 판정하지 않았습니다."},
        started=None,
        seconds=None,
        requests=0,
        sent=(),
    )


READINESS = check(
    "slo.readiness",
    korean=(
        "Readiness 프로브 안정성",
        "준비 상태 프로브 473건 가운데 1건이 실패했고, 성공률이 99% 이상임이 증명되었습니다.",
        "실패한 응답과 의존성을 확인하세요.",
    ),
    english=(
        "Readiness probes",
        "1 of 473 readiness probes failed; a success ratio of at least 99% is proven.",
        "Look at the failed answers and at the dependencies.",
    ),
    measurement=success_ratio(473, 1),
)
ERROR_RATE = check(
    "slo.error-rate",
    korean=("에러율", "요청 628건에서 5xx 응답이 없었습니다.", "5xx 응답의 원인을 찾으세요."),
    english=("Error rate", "628 requests, no 5xx answer.", "Find the cause of the 5xx answers."),
    measurement=error_ratio(628, 0),
)
FIRST_EVENT = check(
    "slo.sse-first-event",
    korean=(
        "SSE 첫 콘텐츠 지연시간",
        "첫 콘텐츠까지의 p95가 0.412초로, 2초 이내임이 증명되었습니다.",
        "첫 토큰까지의 지연을 줄이세요.",
    ),
    english=(
        "SSE first content latency",
        "The p95 to first content is 0.412 s; at most 2 s is proven.",
        "Reduce the delay to the first token.",
    ),
    measurement=latency(0.412, 0.518, 0.39, 93, 0),
    facts=(
        FactRecord(
            "headers-p95", 0.0029, "s", {"ko": "응답 헤더 p95", "en": "response headers p95"}
        ),
        FactRecord("comment-first", 93, "", {"ko": "주석이 먼저 온 스트림", "en": "comment first"}),
        FactRecord("resumed", None, "", {"ko": "재연결", "en": "reconnects"}),
    ),
)
PROJECT_API = check(
    "slo.project-api",
    korean=("프로젝트 생성 API", "생성, 조회, 삭제가 모두 성공했습니다.", "API 응답을 확인하세요."),
    english=("Project API", "Create, read back and delete all succeeded.", "Look at the answers."),
    measurement=success_ratio(93, 0, 0.95),
)

CONFIG = Config(
    api_version="golive/v1",
    service=Service("AI Script Generator", "3.0", environment="staging"),
    release=Release(phase="Phase 3: 최종 배포 및 운영 검증", commit="9f2c1ab"),
    slos=(
        Slo("readiness", objective=Objective(Comparator.GE, 0.99)),
        Slo("error-rate", objective=Objective(Comparator.LT, 0.01)),
        Slo("sse-first-event", objective=Objective(Comparator.GE, 0.95), threshold=2.0),
        Slo("availability", objective=Objective(Comparator.GT, 0.999)),
    ),
    issues=(Claim("SSE API 스키마 정렬", checks=("slo.project-api",)),),
    infrastructure=(
        Claim(
            "Kubernetes 클러스터",
            attested=Attestation("김운영", date(2025, 8, 20), LATER, "노드 3대 확인"),
        ),
        Claim("서비스 준비 상태", checks=("slo.readiness",)),
    ),
    checklist=Checklist(
        items=(
            Claim("모든 서비스 헬스체크 정상 작동", checks=("slo.readiness", "slo.error-rate")),
            Claim("SSE 지연시간 SLO 검증", checks=("slo.sse-first-event",)),
        ),
        pre_deploy=(
            Claim("API 키 및 시크릿 프로덕션 환경 설정"),
            Claim("DNS 및 도메인 설정 확인", attested=Attestation("박배포", TODAY, LATER)),
        ),
    ),
    canary=(
        CanaryStage(
            "카나리",
            0.1,
            "1-2시간",
            10,
            ("실시간 메트릭",),
            ("error-rate", "sse-first-event"),
        ),
        CanaryStage("카나리", 0.5, "4-6시간", 50, ("부하 증가",), ("error-rate",), "automatic"),
        CanaryStage("전체 배포", 1.0, "24시간 집중 관찰"),
    ),
    contacts=(
        Contact("기술 리드", "이기술", "+82-2-555-0100"),
        Contact("보안 담당자", "", ""),
    ),
    channels=(
        Channel("Slack", "#ai-script-generator-alerts", ("critical", "warning")),
        Channel("Email", "ops-team@company.com"),
    ),
    documents=(
        Document("OBSERVABILITY.md", "./OBSERVABILITY.md", "기술 문서"),
        Document("백업/복구 절차", "docs/backup recovery.md", "운영 절차"),
    ),
)

SETTLED = replace(
    CONFIG,
    checklist=Checklist(
        items=CONFIG.checklist.items,
        pre_deploy=(CONFIG.checklist.pre_deploy[1],),
    ),
)


def run(*gates: GateRecord, config: Config = SETTLED, decision: Decision | None = None) -> Run:
    """A run that holds *gates*; its decision is the computed one unless given."""
    made = Run(
        run_id="20250827-082211-5f3a",
        started=STARTED,
        finished=FINISHED,
        tool=Tool("golive", "0.1.0", "3.11.9", "Linux"),
        decision=Decision.GO,
        gates=gates,
        config=config,
        config_path="golive.yaml",
        config_sha256=hashlib.sha256(b"golive.yaml").hexdigest(),
        services=(
            ServiceFact("generation-service", "http://127.0.0.1:8001", True, "HTTP 200", "uvicorn"),
        ),
        requests=1287,
    )
    return replace(made, decision=decision or decide(made).decision)


OUTSIDE = tuple(absent(gate_id) for gate_id in list(TITLES)[1:])


def go() -> Run:
    return run(gate("slo", READINESS, ERROR_RATE, FIRST_EVENT, PROJECT_API), *OUTSIDE)


def conditional() -> Run:
    """Open pre-deploy item, a waiver in force, a warning."""
    availability = check(
        "slo.availability",
        Status.INCONCLUSIVE,
        korean=(
            "서비스 가용성",
            "Prometheus 이력이 30일 가운데 2일뿐이라 99.9%를 판정할 수 없습니다.",
            "이력이 쌓일 때까지 기다리거나 `prometheus.url`을 확인하세요.",
        ),
        english=(
            "Availability",
            "Prometheus has 2 of 30 days of history; 99.9% cannot be decided.",
            "Wait for more history, or check `prometheus.url`.",
        ),
        measurement=success_ratio(2880, 2, 0.999, Comparator.GT),
        level=EvidenceLevel.MEASURED,
        waiver=Waiver("slo.availability", "신규 서비스라 이력이 짧음", "최책임", LATER),
    )
    contract = check(
        "slo.contract",
        Status.WARN,
        korean=(
            "요청 계약",
            "요청 본문은 OpenAPI 문서와 맞지만, 문서에 없는 선택 필드가 하나 있습니다.",
            "`description` 필드를 OpenAPI 문서에 추가하세요.",
        ),
        english=(
            "Contract",
            "The request body fits the OpenAPI document, but for one undocumented field.",
            "Add the field `description` to the OpenAPI document.",
        ),
        findings=(
            FindingRecord(
                "description",
                "undocumented",
                "not in the document",
                {"ko": "문서에 없음"},
                Location("openapi.json", 41, 7),
            ),
        ),
    )
    return run(
        gate("slo", READINESS, ERROR_RATE, availability, PROJECT_API, FIRST_EVENT, contract),
        *OUTSIDE,
        config=CONFIG,
    )


def no_go() -> Run:
    """A slow first event, two consequences of it, an expired waiver and a missing check."""
    slow = replace(
        FIRST_EVENT,
        status=Status.FAIL,
        reason="The p95 to first content is 3.02 s; more than 2 s is proven.",
        localized={
            "ko": Sentences(
                "SSE 첫 콘텐츠 지연시간",
                "첫 콘텐츠까지의 p95가 3.02초로, 목표 2초를 넘는 것이 확인되었습니다.",
                "첫 토큰까지의 지연을 줄이세요. 상태 이벤트는 첫 콘텐츠로 세지 않습니다.",
            )
        },
        measurement=latency(3.02, 3.41, 2.98, 93, 93),
    )
    blocked = [
        check(
            f"slo.{name}",
            Status.INCONCLUSIVE,
            korean=(korean, f"{korean} 검사는 첫 콘텐츠를 받은 스트림이 있어야 판정합니다.", ""),
            english=(name, "Needs streams that delivered content.", ""),
            blocked_by="slo.sse-first-event",
        )
        for name, korean in (("sse-complete", "스트림 완결"), ("error-budget", "오류 예산"))
    ]
    availability = check(
        "slo.availability",
        Status.FAIL,
        korean=("서비스 가용성", "가용성 99.9% 초과 목표에 못 미칩니다.", "장애를 분석하세요."),
        english=("Availability", "Availability misses its objective.", "Analyse the outage."),
        measurement=success_ratio(43200, 130, 0.999, Comparator.GT),
        waiver=Waiver("slo.availability", "장애 후속 조치 중", "최책임", EARLIER),
    )
    found = gate("slo", READINESS, ERROR_RATE, availability, slow, *blocked)
    found = replace(found, expected=(*found.expected, "slo.contract"))
    return run(found, *OUTSIDE, config=CONFIG)


def inconclusive() -> Run:
    """Nothing reachable: one check errored, one gate ran out of time."""
    broken = check(
        "slo.readiness",
        Status.ERROR,
        korean=("Readiness 프로브 안정성", "연결이 거부되었습니다.", "서비스를 시작하세요."),
    )
    return run(gate("slo", broken), absent("streaming", Execution.TIMED_OUT), *OUTSIDE[1:])


def designed() -> Run:
    """A gate whose only evidence is files."""
    static = check(
        "streaming.effective-buffering",
        Status.INCONCLUSIVE,
        korean=("프록시 버퍼링", "설정 파일에서 버퍼링이 꺼져 있습니다.", "실제로 측정하세요."),
        level=EvidenceLevel.STATIC,
        refs=(evidence("nginx.conf"),),
    )
    return run(gate("slo", READINESS), gate("streaming", static), *OUTSIDE[1:])


def overclaiming() -> Run:
    """A record edited by hand: GO, and a pass on nothing."""
    faked = replace(
        no_go().gates[0].checks[3], status=Status.PASS, evidence_level=EvidenceLevel.MEASURED
    )
    naked = replace(READINESS, evidence=(), measurement=None)
    return run(gate("slo", naked, faked), *OUTSIDE, decision=Decision.GO)


HOSTILE = (
    "| a | b |\n# 완료\n<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:1) "
    "![i](http://evil.example/i.png) @everyone a@b.example `` ``` `| \\| ~~~ **굵게** __u__ "
    "\x1b[31mred\x1b[0m \u202eexe.txt \u200b http://evil.example/?a=b&c=d www.evil.example "
    "- [x] :tada: &lt; &#64; $x$ #1 1. <!-- --> <http://evil.example> [^1] [a]: http://e.example"
)


def hostile(text: str = HOSTILE) -> Run:
    """Every string that a stranger could influence holds *text*."""
    sentences = (text, text, text)
    where = Location(text, 1, 1)
    poisoned = check(
        "slo.readiness",
        Status.FAIL,
        korean=sentences,
        english=sentences,
        measurement=replace(success_ratio(30, 20), unit=text[:300]),
        findings=(FindingRecord(text, text, text, {"ko": text}, where),),
        facts=(FactRecord(text, text, text, {"ko": text}), FactRecord(text, 1.5, text)),
        refs=(EvidenceRef(text, text, "0" * 64, 1, text),),
        waiver=Waiver(text, text, text, EARLIER),
        blocked_by=text,
    )
    claim = Claim(text, attested=Attestation(text, TODAY, LATER, text))
    config = Config(
        api_version="golive/v1",
        service=Service(text, text, environment=text),
        release=Release(phase=text, commit=text),
        slos=(Slo("x", sli=text, objective=Objective(Comparator.GE, 0.99)),),
        issues=(claim, Claim(text, checks=(text, "slo.readiness"))),
        infrastructure=(claim,),
        checklist=Checklist((claim, Claim(text)), (claim, Claim(text))),
        canary=(CanaryStage(text, 0.1, text, 1, (text,), (text, "x")),),
        contacts=(Contact(text, text, text),),
        channels=(Channel(text, text, (text, text)),),
        documents=(Document(text, text, text), Document(text, "docs/a b.md", text)),
    )
    poisoned_gate = replace(
        gate("slo", poisoned), title=text, localized={"ko": text}, expected=(text,)
    )
    timed_out = replace(
        absent(text, Execution.TIMED_OUT), number=None, localized_note={"ko": text}, note=text
    )
    made = run(poisoned_gate, timed_out, config=config)
    return replace(
        made,
        run_id=text,
        tool=Tool(text, text, text, text),
        config_path=text,
        config_sha256=text,
        warnings=(text,),
        services=(ServiceFact(text, text, False, text, text),),
    )
