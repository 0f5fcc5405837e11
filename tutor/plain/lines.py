"""Typed lines in, output out: what the sandbox and the lessons of the plain mode share."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

from tutor.plain.sentences import Sentences
from tutor.shell.terminal import Terminal

T = TypeVar("T")
TICK = 0.1
"""Real seconds between two looks at the clock while a command runs."""
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")
"""What moves the cursor, colours or clears; here lines only ever follow one another."""


def say(text: str = "") -> None:
    """Print a line of tutor's own."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def forgive_odd_text() -> None:
    """Take a sign in place of what is no text in the terminal's encoding, typed or shown, as a terminal does."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def as_text(line: str) -> str:
    """An argument of the command line as text: a sign in place of bytes that are none."""
    return line.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class Lines:
    """Reads lines and runs what they ask for; real time passes in the cluster, ctrl+c reaches the running command.

    Args:
        runner: runs the event loop.
        terminal: where commands run.
        tick: lets so many seconds pass in the cluster; None if commands bring their time along (piped input).
        now: a clock in seconds.

    Attributes:
        left: the exit status of the shell; None while it is open.
        sentences: what turns tables into sentences; None to show them as they are.
        beside: whether something goes on while a line is awaited, which needs the event loop and time to pass.
    """

    def __init__(
        self,
        runner: asyncio.Runner,
        terminal: Terminal,
        tick: Callable[[float], object] | None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._runner = runner
        self._terminal = terminal
        self._tick = tick
        self._now = now
        self._last = now()
        self.left: int | None = None
        self.sentences: Sentences | None = None
        self.beside: Callable[[], object] | None = None
        self._typing: asyncio.Future[str] | None = None
        forgive_odd_text()
        terminal.on_output = self._show
        terminal.on_exit = self._leave
        with contextlib.suppress(ImportError):  # line editing, where the platform has it
            import readline

            readline.set_completer_delims(" \t\n")
            readline.set_completer(self._complete)
            readline.parse_and_bind("tab: complete")
            readline.parse_and_bind("set enable-bracketed-paste off")  # its escape codes are read aloud

    def read(self) -> str | None:
        """The next line typed; an empty one after ctrl+c; None at the end of input."""
        try:
            if self.beside is not None and self.beside():
                return self._runner.run(self._read_beside())
            return input(self._terminal.prompt)
        except KeyboardInterrupt:
            say()
            self.run(self._terminal.interrupt())
            return ""
        except EOFError:
            say()
            return None

    async def _read_beside(self) -> str:
        """Read a line in a thread of its own, so that other programs are served meanwhile."""
        if self._typing is None:
            self._typing = asyncio.ensure_future(asyncio.to_thread(input, self._terminal.prompt))
        else:  # after ctrl+c: the thread still waits for its line
            sys.stdout.write(self._terminal.prompt)
            sys.stdout.flush()
        typing = self._typing
        while not typing.done():
            await asyncio.wait({typing}, timeout=TICK)
            self._pass_time()
        self._typing = None
        return typing.result()

    def end_of_file(self) -> None:
        """The input ended at the prompt: end the open text or shell, or leave for good."""
        before = self._terminal.prompt
        self.run(self._end_of_file())
        if self._terminal.prompt == before:
            self.left = self.left or 0

    async def _end_of_file(self) -> None:
        self._terminal.end_of_file()
        # What opened the shell that ends here may have something to do yet: `--rm` deletes its Pod.
        await self._terminal.until_prompt()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something to its end, feeding what is typed to a command that reads."""
        result = self._runner.run(self._run(work))
        self._flush()
        return result

    async def _run(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.ensure_future(work)
        with self._interruptible(), _quiet_control_keys():
            self._pass_time()
            while not task.done():
                await asyncio.wait({task}, timeout=TICK)
                self._pass_time()
                if self._terminal.reading and not task.done():
                    self._flush()
                    await self._type()
        return await task

    def _pass_time(self) -> None:
        now = self._now()
        if self._tick is not None:
            self._tick(now - self._last)
        self._last = now

    async def _type(self) -> None:
        """Read a line for the running command."""
        try:
            with self._keyboard_interrupt():
                # Time stands still here as it does at the prompt, so blocking the loop is what is wanted. Not input():
                # readline changes the terminal's mode, and a ctrl+d that was typed ahead is lost on it.
                line = sys.stdin.readline()
                if not line:
                    raise EOFError
                self._terminal.feed(line.removesuffix("\n"))
        except EOFError:
            self._terminal.end_of_file()
        except KeyboardInterrupt:
            await self._terminal.interrupt()

    @contextlib.contextmanager
    def _interruptible(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        tasks: set[asyncio.Task[None]] = set()

        def interrupt() -> None:
            task = loop.create_task(self._terminal.interrupt())
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        before = signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(interrupt))
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    @contextlib.contextmanager
    def _keyboard_interrupt(self) -> Iterator[None]:
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _complete(self, _text: str, number: int) -> str | None:
        import readline

        line = readline.get_line_buffer()[: readline.get_endidx()]
        candidates = self._terminal.complete(line, len(line)).candidates
        return candidates[number] if number < len(candidates) else None

    def _leave(self, code: int) -> None:
        self.left = code

    def _show(self, text: str) -> None:
        text = _ESCAPE.sub("", text)
        self._write(self.sentences.feed(text) if self.sentences is not None else text)

    def _flush(self) -> None:
        if self.sentences is not None:
            self._write(self.sentences.flush())

    @staticmethod
    def _write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


@contextlib.contextmanager
def _quiet_control_keys() -> Iterator[None]:
    """Keep the computer's own terminal from writing `^C` while a command runs: the simulated one writes it."""
    try:
        import termios
    except ImportError:  # the platform has another kind of terminal
        yield
        return
    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin.fileno())
    quiet = [*before]
    quiet[3] &= ~termios.ECHOCTL
    termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, before)
