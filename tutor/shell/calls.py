"""Calls of commands by the interpreter: finds what is called, surrounds it with its context, and runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.kubectl.context import Input, Output
from tutor.shell.background import BackgroundPacing
from tutor.shell.command import INTERRUPTED, Ctx, Entry, Interrupted, run_command
from tutor.shell.computer import BUILTINS
from tutor.shell.engine import Call
from tutor.shell.rewrite import ERR, IN, OUT, ZERO, literal_name
from tutor.shell.scanner import Scan
from tutor.shell.streams import Aside, PipeInput, PipeOutput
from tutor.shell.waits import InterruptibleInput, Waits
from tutor.shell.world import TextSink

if TYPE_CHECKING:
    from tutor.shell.session import ShellSession

COMMAND_TIME = 0.003
"""Simulated seconds a command in the background takes at least, so that loops of them leave time for the rest."""
_HIDDEN = frozenset({IN, OUT, ERR, ZERO, "UID", "EUID"})


class Calls:
    """Runs what one shell's interpreter calls.

    Args:
        session: the shell.
        waits: those of its commands.
        at_work: while this lasts, the interpreter itself computes nothing.
    """

    def __init__(
        self, session: ShellSession, waits: Waits, at_work: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._session, self._waits, self._at_work = session, waits, at_work
        self.foreign: Mapping[str, int] = {}
        """Names in the text that runs that are no commands, but perhaps files; each with the line it first is in."""
        self.errors: TextSink | None = None
        """The shell's own standard error."""

    async def shell(self, call: Call) -> int:
        """`sh` and `bash`, which the interpreter would otherwise run by itself, come as a function's arguments."""
        return await self.command(replace(call, argv=call.argv[1:]))

    async def command(self, call: Call) -> int:
        """One call of a Python command."""
        entry = self._session.computer.commands.find(call.argv[0])
        if entry is None:
            await self._errors(call).write(self._session.personality.not_found(call.argv[0]) + "\n")
            return 127
        return await self._run(call, entry)

    async def file(self, call: Call) -> int:
        """One call of what was no command when the line began: a path, or a file in `$PATH`."""
        from tutor.shell.tools.program import program

        return await self._run(call, Entry(program), counted=False)

    async def _run(self, call: Call, entry: Entry, *, counted: bool = True) -> int:
        with self._at_work():
            code = await run_command(entry.run, self._context(call, entry.flavour))
            self._session.world.cluster.clock.run_due()
            self._session.world.timeline.note()
            if counted and not self._session.main and not call.argv[0].startswith("__"):
                self._session.world.on_command(call.argv, code)
            if isinstance(self._session.base_pacing, BackgroundPacing):
                try:
                    await self._session.pacing.sleep(COMMAND_TIME)
                except Interrupted:
                    return INTERRUPTED
        return code

    def look_for_files(self, text: str, scanned: Scan) -> None:
        """Note the names in a text that are no commands."""
        computer, found = self._session.computer, dict[str, int]()
        for command in scanned.commands:
            name = literal_name(command)
            if name.startswith("~/"):
                name = computer.user.home + name[1:]
            known = name in BUILTINS or computer.has(name) or name.startswith("__")
            if name and name not in found and ("/" in name or not known):
                found[name] = text.count("\n", 0, command.start) + 1
        self.foreign = found

    def _errors(self, call: Call) -> Output:
        """Where a call's errors go.

        Where the shell's output and errors are one, they travel with its output: the interpreter's two streams come
        in no order. Those of a command whose output goes elsewhere take the way past it.
        """
        own, output = bool(call.env.get(ERR)), call.env.get(OUT)
        streams = self._session.streams
        tty = streams.tty and own
        if own and output != "1" and self.errors is not None:
            return Aside(self.errors, tty)
        together = own and output == "1" and streams.err is None
        return PipeOutput(call.stdout if together else call.stderr, tty, own=own)

    def _context(self, call: Call, flavour: str) -> Ctx:
        stdin: Input = self._session.streams.stdin if call.env.get(IN) else PipeInput(call.stdin)
        plain = call.env.get(OUT) == "1"
        return Ctx(
            argv=call.argv,
            stdin=InterruptibleInput(self._waits, stdin),
            stdout=PipeOutput(
                call.stdout, self._session.streams.tty and plain, self._session.streams.direct and plain, plain
            ),
            stderr=self._errors(call),
            pacing=self._session.pacing,
            cluster=self._session.world.cluster,
            client=self._session.world.cluster.network.clients.current(self._session.computer.client),
            files=self._session.computer.files(call.cwd, call.files),
            environ={name: value for name, value in call.env.items() if name not in _HIDDEN},
            cwd=call.cwd,
            columns=self._session.columns,
            flavour=flavour,
            session=self._session,
            terminal=self._session.terminal,
        )
