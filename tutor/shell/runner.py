"""Runs scripts in an interpreter so that each ends: by itself, by ctrl+c, or by a limit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tutor.shell.command import INTERRUPTED
from tutor.shell.engine import Engine, Finish, Sink
from tutor.shell.waits import Waits

BUSY_LIMIT = 1.0
"""Real seconds the interpreter may compute with no command of ours at work before it is stopped."""
CANCEL_GRACE = 0.05
"""Real seconds commands have to end by themselves after ctrl+c."""
WEDGED_AFTER = 1.0
"""Real seconds after which an interpreter that does not heed a cancel is given up and replaced."""
TOO_LONG = "stopped: this computed for a second without a pause, which is as long as it may here"


class Runner:
    """One interpreter and the watch over it.

    An interpreter is never cancelled as a task, which would leave it running and deadlock the next run: it is told to
    stop, and awaited.

    Args:
        new_engine: makes an interpreter; called again when one has to be given up.
    """

    def __init__(self, new_engine: Callable[[], Engine]) -> None:
        self._new_engine = new_engine
        self.engine = new_engine()
        self.waits = Waits()
        self.interrupted = False
        self.stop_reason = ""
        self.replaced = False
        self._at_work = 0
        self._computing_since = 0.0
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
            self._computing_since = asyncio.get_running_loop().time()
            if self.stopping:
                self.engine.cancel()

    async def run(self, script: str, out: Sink, err: Sink) -> Finish:
        """Run a script; how it ended. `interrupted`, `stop_reason` and `replaced` say more.

        Raises:
            asyncio.CancelledError: whoever waits has been stopped, and the script with it.
        """
        loop = asyncio.get_running_loop()
        self.interrupted, self.stop_reason, self.replaced = False, "", False
        self._computing_since, self._at_work = loop.time(), 0
        self.waits.open()
        engine, stopped_at = self.engine, None
        run = loop.create_task(engine.run(script, out, err))
        try:
            while not run.done():
                await asyncio.wait({run}, timeout=BUSY_LIMIT / 4)
                now = loop.time()
                if run.done():
                    break
                if self.stopping:
                    stopped_at = stopped_at or now
                    if now - stopped_at > WEDGED_AFTER:
                        self.replace()
                        return Finish(INTERRUPTED)
                elif not self._at_work and now - self._computing_since > BUSY_LIMIT:
                    self.stop(TOO_LONG)
        except asyncio.CancelledError:
            engine.cancel()
            raise
        finally:
            if self._last_resort is not None:
                self._last_resort.cancel()
        return run.result()

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
        self.waits.close()
        if self._at_work:
            self._last_resort = asyncio.get_running_loop().call_later(CANCEL_GRACE, self.engine.cancel)
        else:
            self.engine.cancel()
