"""Runs scripts in an interpreter so that each ends: by itself, by ctrl+c, or by a limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tutor.shell.command import INTERRUPTED
from tutor.shell.engine import Engine, Finish, Sink
from tutor.shell.waits import Waits

BUSY_LIMIT = 0.75
"""Seconds of processor time the interpreter may burn with no command of ours at work before it is stopped."""
UNATTENDED_LIMIT = 5.0
"""Seconds of processor time a run may take in all when nobody is there to press ctrl+c."""
STALL_LIMIT = 10.0
"""Real seconds it may do nothing at all with no command of ours at work: it waits for what will never come."""
LOOK_EVERY = 0.1
"""Real seconds between two looks at what it has burned."""
CANCEL_GRACE = 0.05
"""Real seconds commands have to end by themselves after ctrl+c."""
WEDGED_AFTER = 1.0
"""Real seconds after which an interpreter that does not heed a cancel is given up and replaced."""
TOO_LONG = "stopped: this computed for almost a second without a pause, which is as long as it may here"
ENDLESS = "stopped: this ran for five seconds with no end in sight, and nobody is there to press ctrl+c"
STALLED = "stopped: this waited for something that nothing here will ever do"


def _burned() -> float:
    """Seconds of processor time spent on this process's other threads, which are the interpreters'.

    Unlike the time on the wall, it does not grow while other programs keep the processor busy.
    """
    return time.process_time() - time.thread_time()


class Runner:
    """One interpreter and the watch over it.

    An interpreter is never cancelled as a task, which would leave it running and deadlock the next run: it is told to
    stop, and awaited.

    Args:
        new_engine: makes an interpreter; called again when one has to be given up.
        waits: those of the commands it runs.
        attended: whether somebody is there to press ctrl+c, or its commands have opened another prompt.
    """

    def __init__(self, new_engine: Callable[[], Engine], waits: Waits, attended: Callable[[], bool]) -> None:
        self._new_engine, self._attended = new_engine, attended
        self.engine = new_engine()
        self._waits = waits
        self.interrupted = False
        self.stop_reason = ""
        self.replaced = False
        self._at_work = 0
        self._burned = self._awake = self._began = 0.0
        self._last_resort: asyncio.TimerHandle | None = None

    @property
    def stopping(self) -> bool:
        """Whether the run is to end now."""
        return self.interrupted or bool(self.stop_reason)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While a command of ours runs, the interpreter itself computes nothing."""
        self._at_work += 1
        try:
            yield
        finally:
            self._at_work -= 1
            self._note_progress()
            if self.stopping:
                self.engine.cancel()

    async def run(self, script: str, out: Sink, err: Sink) -> Finish:
        """Run a script; how it ended. `interrupted`, `stop_reason` and `replaced` say more.

        Raises:
            asyncio.CancelledError: whoever waits has been stopped, and the script with it.
        """
        loop = asyncio.get_running_loop()
        self.interrupted, self.stop_reason, self.replaced = False, "", False
        self._at_work, self._began = 0, time.process_time()
        self._note_progress()
        self._waits.open()
        engine, stopped_at = self.engine, None
        run = loop.create_task(engine.run(script, out, err))
        try:
            while not run.done():
                await asyncio.wait({run}, timeout=LOOK_EVERY)
                now = loop.time()
                if run.done():
                    break
                if self.stopping:
                    stopped_at = stopped_at or now
                    if now - stopped_at > WEDGED_AFTER:
                        self.replace()
                        return Finish(INTERRUPTED)
                else:
                    self._check_limits(now)
        except asyncio.CancelledError:
            engine.cancel()
            raise
        finally:
            if self._last_resort is not None:
                self._last_resort.cancel()
        return run.result()

    def _note_progress(self) -> None:
        self._burned, self._awake = _burned(), asyncio.get_running_loop().time()

    def _check_limits(self, now: float) -> None:
        if self._attended():
            self._began = time.process_time()
        if time.process_time() - self._began > UNATTENDED_LIMIT:
            self.stop(ENDLESS)
        elif self._at_work:
            return
        elif _burned() - self._burned > BUSY_LIMIT:
            self.stop(TOO_LONG)
        elif now - self._awake > STALL_LIMIT:
            self.stop(STALLED)

    def replace(self) -> None:
        """Give the interpreter up and go on with a new one."""
        self.engine, self.replaced = self._new_engine(), True

    def stop(self, reason: str) -> None:
        """End the run because it broke a limit."""
        if not self.stop_reason:
            self.stop_reason = reason
            self._stop_commands()

    def interrupt(self) -> None:
        """End the run as ctrl+c does."""
        if self.engine.running:
            self.interrupted = True
            self._stop_commands()

    def _stop_commands(self) -> None:
        """Let commands that wait say their last word, then stop the interpreter."""
        self._waits.close()
        if self._at_work:
            self._last_resort = asyncio.get_running_loop().call_later(CANCEL_GRACE, self.engine.cancel)
        else:
            self.engine.cancel()
