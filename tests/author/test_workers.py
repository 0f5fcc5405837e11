"""Processes that work together end together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = """\
import os, sys, time
from tutor.author.workers import done_apart

def work(seconds):
    print(os.getpid(), flush=True)
    time.sleep(seconds)

if __name__ == "__main__":
    try:
        for _ in done_apart(work, [(0,), (60,), (60,)], 2):
            pass
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="the platform has no groups of processes")
@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_what_ends_the_program_ends_its_workers_at_once(tmp_path: Path, sent: signal.Signals, status: int) -> None:
    """A terminal sends ctrl+c to all of them, whoever ends a program to that alone."""
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    program = subprocess.Popen(
        [sys.executable, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert program.stdout is not None
    workers = {int(program.stdout.readline()) for _ in range(3)}
    began = time.monotonic()
    (os.killpg if sent == signal.SIGINT else os.kill)(program.pid, sent)
    _, said = program.communicate(timeout=30)
    assert (program.returncode, said) == (status, "")
    assert time.monotonic() - began < 10, "nobody waits for work that is not wanted any more"
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)
