"""Whatever a plugin does, the caller goes on: with the result, or with why there is none."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator

import pytest

from golive import isolation
from golive.isolation import Call, Cancelled, Escaped, TimedOut, call_pure

LONG = 60.0
SHORT = 0.05


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """What a hanging call waits for; set when the test is over, so that its thread ends."""
    monkeypatch.setattr(isolation, "GRACE", 0.2)
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does stop is waited for, however busy the machine is."""
    monkeypatch.setattr(isolation, "GRACE", LONG)


class TestResults:
    def test_a_value_comes_back(self) -> None:
        async def work() -> int:
            await asyncio.sleep(0)
            return 42

        assert Call(work, "work").wait(LONG) == 42

    def test_a_pure_value_comes_back(self) -> None:
        assert call_pure(lambda: 42, "work", LONG) == 42

    def test_an_exception_comes_back_as_it_is(self) -> None:
        async def work() -> None:
            raise KeyError("slo")

        with pytest.raises(KeyError, match="slo"):
            Call(work, "work").wait(LONG)

    @pytest.mark.parametrize(
        "error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit(), asyncio.CancelledError()]
    )
    def test_what_would_end_a_process_ends_only_the_call(self, error: BaseException) -> None:
        async def work() -> None:
            raise error

        def pure() -> None:
            raise error

        for start in (lambda: Call(work, "w").wait(LONG), lambda: call_pure(pure, "w", LONG)):
            with pytest.raises(Escaped, match=type(error).__name__):
                start()

    def test_an_exit_in_a_thread_ends_only_the_call(self) -> None:
        async def work() -> None:
            await asyncio.to_thread(sys.exit, 3)

        with pytest.raises(Escaped, match="SystemExit"):
            Call(work, "work").wait(LONG)

    def test_a_function_that_is_no_coroutine_is_an_error(self) -> None:
        with pytest.raises(TypeError, match="a coroutine was expected, not int"):
            Call(lambda: 42, "work").wait(LONG)  # type: ignore[arg-type, return-value]

    def test_a_forgotten_task_is_cancelled_and_keeps_nobody_waiting(self) -> None:
        ended = threading.Event()

        async def forgotten() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        tasks = []

        async def work() -> str:
            tasks.append(asyncio.create_task(forgotten()))
            await asyncio.sleep(0)
            return "done"

        assert Call(work, "work").wait(LONG) == "done"
        assert ended.is_set()


class TestTimeOuts:
    def test_a_slow_coroutine_is_cancelled(self) -> None:
        cleaned = threading.Event()

        async def work() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                cleaned.set()

        with pytest.raises(TimedOut) as caught:
            Call(work, "work").wait(SHORT)
        assert not caught.value.hung
        assert cleaned.is_set()

    def test_one_that_swallows_its_cancellation_is_hung(self, release: threading.Event) -> None:
        async def work() -> None:
            while not release.is_set():
                try:
                    await asyncio.sleep(0.01)
                except asyncio.CancelledError:
                    continue

        with pytest.raises(TimedOut) as caught:
            Call(work, "work").wait(SHORT)
        assert caught.value.hung

    def test_what_it_returns_after_its_cancellation_is_dropped(self) -> None:
        async def work() -> str:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                return "half of it"
            return "all of it"

        with pytest.raises(TimedOut) as caught:
            Call(work, "work").wait(SHORT)
        assert not caught.value.hung

    def test_one_that_blocks_its_loop_is_hung(self, release: threading.Event) -> None:
        async def work() -> None:
            release.wait()

        with pytest.raises(TimedOut) as caught:
            Call(work, "work").wait(SHORT)
        assert caught.value.hung

    def test_one_that_blocks_before_its_coroutine_is_hung(self, release: threading.Event) -> None:
        def work() -> object:
            release.wait()
            return None

        with pytest.raises(TimedOut) as caught:
            Call(work, "work").wait(SHORT)  # type: ignore[arg-type]
        assert caught.value.hung

    def test_one_that_blocks_a_thread_is_hung(self, release: threading.Event) -> None:
        async def work() -> None:
            await asyncio.to_thread(release.wait)

        with pytest.raises(TimedOut) as caught:
            Call(work, "work").wait(SHORT)
        assert caught.value.hung

    def test_a_pure_function_that_hangs_is_hung(self, release: threading.Event) -> None:
        with pytest.raises(TimedOut) as caught:
            call_pure(release.wait, "work", SHORT)
        assert caught.value.hung

    def test_an_answer_counts_although_a_thread_was_left_behind(
        self, release: threading.Event
    ) -> None:
        futures = []

        async def work() -> str:
            futures.append(asyncio.get_running_loop().run_in_executor(None, release.wait))
            await asyncio.sleep(0)
            return "answer"

        assert Call(work, "work").wait(LONG) == "answer"


class TestCancelling:
    def test_from_another_thread_ends_the_wait_at_once(self) -> None:
        begun = threading.Event()

        async def work() -> None:
            begun.set()
            await asyncio.Event().wait()

        call = Call(work, "work")
        canceller = threading.Thread(target=lambda: (begun.wait(), call.cancel()))
        canceller.start()
        with pytest.raises(Cancelled) as caught:
            call.wait(LONG)
        canceller.join()
        assert not caught.value.hung

    def test_ends_the_wait_for_one_that_does_not_listen(self, release: threading.Event) -> None:
        begun = threading.Event()

        async def work() -> None:
            begun.set()
            release.wait()

        call = Call(work, "work")
        assert begun.wait(LONG)
        call.cancel()
        with pytest.raises(Cancelled) as caught:
            call.wait(LONG)
        assert caught.value.hung

    def test_before_it_began_keeps_it_from_beginning(self) -> None:
        loop_is_free, begun = threading.Event(), threading.Event()

        async def work() -> None:
            begun.set()

        class Late(Call[None]):
            def _run(self) -> None:
                loop_is_free.wait()
                super()._run()

        call = Late(work, "work")
        call.cancel()
        loop_is_free.set()
        with pytest.raises(Cancelled):
            call.wait(LONG)
        assert not begun.is_set()

    def test_drops_what_is_returned_afterwards(self) -> None:
        begun = threading.Event()

        async def work() -> str:
            begun.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                return "half of it"
            return "all of it"

        call = Call(work, "work")
        assert begun.wait(LONG)
        call.cancel()
        with pytest.raises(Cancelled):
            call.wait(LONG)

    def test_after_the_end_changes_nothing(self) -> None:
        async def work() -> int:
            return 42

        call = Call(work, "work")
        assert call.wait(LONG) == 42
        call.cancel()
        call.cancel()
        assert call.wait(LONG) == 42

    def test_from_many_threads_while_it_ends_never_raises(self) -> None:
        """The loop may close between the question whether it is open and the cancelling."""
        raised: list[BaseException] = []

        async def work() -> int:
            return 42

        def cancel(call: Call[int]) -> None:
            try:
                call.cancel()
            except BaseException as error:  # noqa: BLE001 - this is what is looked for
                raised.append(error)

        for _ in range(50):
            call = Call(work, "work")
            threads = [threading.Thread(target=cancel, args=(call,)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert raised == []
