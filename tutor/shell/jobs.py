"""Jobs: lines ended with `&` run in a copy of the shell, while the prompt comes back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.shell.background import BackgroundPacing
from tutor.shell.engine import Call
from tutor.shell.streams import PipeOutput, TextInput
from tutor.shell.world import Streams

if TYPE_CHECKING:
    from tutor.shell.session import ShellSession

FIRST_PID = 4711
TERMINATED = 143
"""Exit code of a job ended by `kill`: 128 + SIGTERM."""


@dataclass
class Job:
    """One job.

    Args:
        number: its number, from 1.
        pid: its process id.
        text: its command line.
        session: the copy of the shell it runs in.
        task: its run.
        killed: whether `kill` ended it.
    """

    number: int
    pid: int
    text: str
    session: ShellSession
    task: asyncio.Task[int]
    killed: bool = False

    @property
    def state(self) -> str:
        """What `jobs` says of it."""
        if not self.task.done():
            return "Running"
        if self.killed:
            return "Terminated"
        code = self.session.status
        return "Done" if code == 0 else f"Exit {code}"


class Jobs:
    """The jobs of one shell.

    Args:
        session: the shell.
        copy: makes a shell that knows what this one knows, on streams and a pacing of its own.
    """

    def __init__(self, session: ShellSession, copy: Callable[[Streams, BackgroundPacing], ShellSession]) -> None:
        self._session, self._copy = session, copy
        self._jobs: list[Job] = []
        self._next_pid = FIRST_PID
        self.last_pid = 0

    def start(self, text: str) -> Job:
        """Run a command line in the background."""
        session, background = self._session, self._session.world.background
        pacing = background.enter()
        streams = Streams(TextInput(), session.streams.out, session.streams.err, session.streams.tty)
        copy = self._copy(streams, pacing)
        task = asyncio.get_running_loop().create_task(copy.run(text))
        task.add_done_callback(lambda _: background.leave(pacing))
        number = max((job.number for job in self._jobs), default=0) + 1
        job = Job(number, self._next_pid, text.strip(), copy, task)
        self.last_pid = self._next_pid
        self._next_pid += 1
        self._jobs.append(job)
        return job

    def notices(self) -> str:
        """Lines on the jobs that have ended since the last prompt; they are forgotten."""
        ended = [job for job in self._jobs if job.task.done()]
        text = "".join(self._line(job) for job in ended)
        self._jobs = [job for job in self._jobs if job not in ended]
        return text

    def _line(self, job: Job) -> str:
        marks = {each.number: mark for each, mark in zip(reversed(self._jobs), "+-", strict=False)}
        running = "" if job.task.done() else " &"
        return f"[{job.number}]{marks.get(job.number, ' ')}  {job.state:<22}  {job.text}{running}\n"

    def kill_all(self) -> None:
        """End every job."""
        for job in self._jobs:
            job.killed = True
            job.session.interrupt()
        self._jobs = []

    def _find(self, word: str) -> Job | None:
        """The job meant by `%1`, `%+`, `%`, `%text` or a process id."""
        if word in {"%", "%%", "%+"}:
            return self._jobs[-1] if self._jobs else None
        for job in self._jobs:
            if word in {f"%{job.number}", str(job.pid)} or (word.startswith("%") and job.text.startswith(word[1:])):
                return job
        return None

    # Builtins

    async def list(self, call: Call) -> int:
        """`jobs`."""
        pids = "-p" in call.argv
        await PipeOutput(call.stdout, False).write(
            "".join(f"{job.pid}\n" if pids else self._line(job) for job in self._jobs)
        )
        self._jobs = [job for job in self._jobs if not job.task.done()]
        return 0

    async def wait(self, call: Call) -> int:
        """`wait`, for all jobs or those named; the last one's exit code."""
        words = [word for word in call.argv[1:] if not word.startswith("-")]
        code = 0
        for job in [found for word in words if (found := self._find(word))] if words else list(self._jobs):
            code = await self._until_ended(job)
        return code if words else 0

    async def _until_ended(self, job: Job) -> int:
        await self._session.pacing.until(job.task.done)
        return job.session.status

    async def foreground(self, call: Call) -> int:
        """`fg`: wait for a job; ctrl+c reaches it."""
        word = call.argv[1] if len(call.argv) > 1 else "%"
        job = self._find(word)
        if job is None:
            text = f"bash: fg: {'current' if word == '%' else word}: no such job\n"
            await PipeOutput(call.stderr, False).write(text)
            return 1
        await PipeOutput(call.stdout, False).write(job.text + "\n")
        self._jobs.remove(job)
        terminal = self._session.terminal
        if terminal is None:
            return await self._until_ended(job)
        with terminal.foreground(job.session):
            return await self._until_ended(job)

    async def background(self, call: Call) -> int:
        """`bg`: nothing here is ever stopped."""
        number = self._jobs[-1].number if self._jobs else None
        text = f"bash: bg: job {number} already in background\n" if number else "bash: bg: current: no such job\n"
        await PipeOutput(call.stderr, False).write(text)
        return 0 if number else 1

    async def kill(self, call: Call) -> int:
        """`kill [-SIGNAL] JOB…`."""
        signal, words = _signal_and_words(call.argv[1:])
        if "-l" in call.argv:
            await PipeOutput(call.stdout, False).write(" 1) SIGHUP\t 2) SIGINT\t 9) SIGKILL\t15) SIGTERM\n")
            return 0
        status, errors = (
            0 if words else 2,
            "" if words else "kill: usage: kill [-s sigspec | -n signum] pid | jobspec\n",
        )
        for word in words:
            job = self._find(word)
            if word == "1" and self._session.computer.signal_main(signal):
                continue
            if job is None:
                known = f"{word}: no such job" if word.startswith("%") else f"({word}) - No such process"
                errors += f"bash: kill: {known}\n" if word.isdigit() or word.startswith("%") else _not_a_pid(word)
                status = 1
            else:
                job.killed = True
                job.session.interrupt()
        await PipeOutput(call.stderr, False).write(errors)
        return status


def _signal_and_words(given: Sequence[str]) -> tuple[str, list[str]]:
    """The signal's name or number without `SIG`, and the processes it is for."""
    signal, rest, words = "TERM", list(given), list[str]()
    while rest:
        word = rest.pop(0)
        if word in {"-s", "-n"} and rest:
            signal = rest.pop(0)
        elif re.fullmatch(r"-\w+", word):
            signal = word[1:]
        elif word != "--":
            words.append(word)
    return signal.upper().removeprefix("SIG"), words


def _not_a_pid(word: str) -> str:
    return f"bash: kill: {word}: arguments must be process or job IDs\n"
