from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.sources.kubernetes.schema_formats import FORMATS

RIGHT = {
    "dns-subdomain": ["a", "a-b.c1", "1.2", f"{'a' * 70}.b", "a" * 253],
    "dns-label": ["a", "1-2", "a" * 63],
    "dns-1035-label": ["a", "a1-2"],
    "path-segment": ["system:node", "A B", "..."],
    "cron-job-name": ["a" * 52],
    "job-name": ["a" * 63],
    "label-key": ["a", "App_1.x", "example.com/A", "a" * 63],
    "label-value": ["", "a", "A_1.x-y", "a" * 63],
    "annotation-key": ["Example.COM/Key", "a"],
    "port-name": ["http", "a-1", "a" * 15, "1a"],
    "config-key": ["a", "A_1-x.yaml", "..a"],
    "env-name": ["A", "a.b-c", "1A", "with space"],
    "host": ["a.example", "*.example.com"],
    "quantity": [
        "0",
        "1",
        "+1",
        "-1.5",
        ".5",
        "5.",
        "500m",
        "1Gi",
        "1e3",
        "1E-3",
        "1E",
        "100n",
        " 1 ",
    ],
    "byte": ["", "YQ==", "YWI=\n", "YWJj", "<masked: 3 characters>"],
    "date-time": ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.5+09:00"],
    "cidr": ["10.0.0.0/8", "10.0.0.1/8", "::/0"],
    "ip": ["10.0.0.1", "::1"],
    "cron": [
        "* * * * *",
        "*/5 0-6,12 1 jan-DEC mon,FRI",
        "0 3 ? * 0",
        "@daily",
        "@every 1h30m",
        "TZ=Asia/Seoul 0 3 * * *",
    ],
    "go-duration": ["1h30m", "2160h", "0", "1.5s"],
    "prometheus-duration": ["30s", "1h30m", "5m", "0", "1d", "100ms"],
    "gateway-duration": ["0s", "30s", "1h30m10s500ms"],
    "mount-path": ["/a/b", "a"],
    "trimmed": ["a b"],
}
WRONG = {
    "dns-subdomain": ["A", "a_b", "-a", "a.", "a..b", "a" * 254, "a\n"],
    "dns-label": ["a.b", "a-", "a" * 64],
    "dns-1035-label": ["1a", "A"],
    "path-segment": [".", "..", "a/b", "a%"],
    "cron-job-name": ["a" * 53],
    "job-name": ["a" * 64],
    "label-key": ["", "a b", "/a", "a/", "a/b/c", "EXAMPLE.com/a", "a" * 64],
    "label-value": ["a b", "-a", "a.", "a" * 64, "한글"],
    "annotation-key": ["a b", "a/b/c", ""],
    "port-name": ["HTTP", "a--b", "123", "-a", "a" * 16, ""],
    "config-key": ["", ".", "..", "a/b", "a b"],
    "env-name": ["", "A=B", "한글"],
    "host": ["*", "*.", "a.*.b", "A.example", "10.0.0.1:80"],
    "quantity": ["", "1GB", "1 Gi", "one", "1kb", "1.2.3", "1mi", "0x10", "--1"],
    "byte": ["a b", "abc", "Y===", "<masked: not base64>"],
    "date-time": ["2026-01-31", "2026-01-31 12:00:00", "12:00"],
    "cidr": ["10.0.0.0", "10.0.0.0/33", "a/8"],
    "ip": ["10.0.0.256", "host"],
    "cron": [
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "*/0 * * * *",
        "5-1 * * * *",
        "@often",
        "a b c d e",
    ],
    "go-duration": ["1d", "90 days", "", "h"],
    "prometheus-duration": ["", "1m30", "30", "30 s", "1s1m"],
    "gateway-duration": ["0", "1.5s", "1d", "123456s"],
    "mount-path": ["/a:/b"],
    "trimmed": [" a", "a\n"],
}


def test_every_format_has_both_examples() -> None:
    assert set(FORMATS) == set(RIGHT) == set(WRONG)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_formats(name: str) -> None:
    assert [text for text in RIGHT[name] if not FORMATS[name](text)] == []
    assert [text for text in WRONG[name] if FORMATS[name](text)] == []


@given(st.sampled_from(sorted(FORMATS)), st.text(max_size=40))
def test_any_text_gets_an_answer(name: str, text: str) -> None:
    assert FORMATS[name](text) in {True, False}


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_long_texts_take_no_time(name: str) -> None:
    # Would not end with a pattern that tries all ways to split such a text.
    for text in ("a" * 50_000 + "!", "a-" * 25_000, "1h" * 25_000 + "!", "1" * 50_000 + "x"):
        assert FORMATS[name](text) in {True, False}
