"""What containers wrote."""

from tutor.engine.logs import KEPT, Logs

RUN = ("uid", "c", 0)


def test_a_run_that_writes_for_ever_is_kept_in_part() -> None:
    logs = Logs()
    for number in range(3 * KEPT):
        logs.write(RUN, float(number), str(number))
    kept = [line.text for line in logs.read(RUN)]
    assert KEPT <= len(kept) <= 2 * KEPT
    assert kept == [str(number) for number in range(3 * KEPT - len(kept), 3 * KEPT)]


def test_a_forgotten_run_begins_anew() -> None:
    logs = Logs()
    logs.write(RUN, 0.0, "old")
    state = logs.snapshot()
    logs.forget("uid", "c", 0)
    assert logs.read(RUN) == []
    logs.restore(state)
    assert [line.text for line in logs.read(RUN)] == ["old"]
