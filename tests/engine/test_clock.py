"""The order of due work, background work, snapshots."""

from __future__ import annotations

from tutor.engine.clock import Clock, Key


def clock_with_log() -> tuple[Clock, list[tuple[float, Key]]]:
    clock, log = Clock(), list[tuple[float, Key]]()
    clock.register("note", lambda key: log.append((clock.now, key)))
    return clock, log


def test_due_work_runs_in_order_of_time_then_of_asking() -> None:
    clock, log = clock_with_log()
    clock.after(2, "note", "late")
    clock.after(1, "note", "a")
    clock.after(1, "note", "b")
    clock.advance(3)
    assert log == [(1, ("a",)), (1, ("b",)), (2, ("late",))]
    assert clock.now == 3


def test_work_in_the_future_waits() -> None:
    clock, log = clock_with_log()
    clock.after(2, "note", "late")
    clock.advance(1)
    assert log == []
    assert clock.next_due == 2
    assert clock.busy


def test_the_same_key_asked_for_twice_at_once_runs_once() -> None:
    clock, log = clock_with_log()
    clock.soon("note", "a")
    clock.soon("note", "a")
    clock.run_due()
    clock.soon("note", "a")
    clock.run_due()
    assert log == [(0, ("a",)), (0, ("a",))]


def test_settle_does_not_wait_for_background_work() -> None:
    clock, log = clock_with_log()
    clock.after(1, "note", "first")
    clock.after(50, "note", "probe", background=True)
    assert clock.settle(100)
    assert clock.now == 1
    assert log == [(1, ("first",))]


def test_settle_gives_up_at_its_limit() -> None:
    clock, _ = clock_with_log()
    clock.after(50, "note", "late")
    assert not clock.settle(10)


def test_restore_brings_back_the_queue() -> None:
    clock, log = clock_with_log()
    clock.after(2, "note", "late")
    clock.soon("note", "now")
    state = clock.snapshot()
    clock.advance(5)
    clock.restore(state)
    log.clear()
    clock.soon("note", "now")
    clock.advance(5)
    assert log == [(0, ("now",)), (2, ("late",))]


def test_timestamps_and_seconds_are_inverse() -> None:
    clock = Clock()
    clock.advance(3661)
    assert clock.timestamp().endswith("T10:01:01Z")
    assert clock.seconds(clock.timestamp()) == 3661
