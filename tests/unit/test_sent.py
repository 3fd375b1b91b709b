"""The list of requests in the record: complete in number, short in text, without secrets."""

from __future__ import annotations

from golive.sent import MOST_LINES, SentLog, SentRequests


def test_requests_of_one_kind_are_one_line_and_own_objects_lose_their_names() -> None:
    log = SentLog()
    log.note("GET", "http://api:80/v1/projects/golive-run-s1?token=hush")
    log.note("GET", "http://api:80/v1/projects/golive-run-s2", 2)
    log.note("DELETE", "http://user:hush@api:80/v1/projects/golive-run-s2")
    assert log.requests == (
        SentRequests("DELETE", "http://api:80/v1/projects/golive-*", 1),
        SentRequests("GET", "http://api:80/v1/projects/golive-*", 3),
    )


def test_the_list_is_bounded_and_still_counts_everything() -> None:
    log = SentLog()
    for index in range(MOST_LINES + 50):
        log.note("GET", f"http://api/{index}")
    assert sum(r.count for r in log.requests) == MOST_LINES + 50
    assert len(log.requests) == MOST_LINES + 1


def test_nothing_sent_is_not_listed() -> None:
    log = SentLog()
    log.note("GET", "http://api/", 0)
    assert log.requests == ()
