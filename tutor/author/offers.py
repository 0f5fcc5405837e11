"""What a step offers a learner leads on: its hints through it, its commands and those of its hints not astray."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tutor.course.conditions.evidence import Played
from tutor.course.marked_yaml import Path
from tutor.course.schema import Step, Task
from tutor.course.session import Session

Report = Callable[[Path, str, str, str], None]
"""Told where in the step something is wrong, what, the mend, and a code."""
Play = Callable[[str, Path], Awaitable[Played | None]]
"""Plays a line, told where it stands; None if it is no whole one."""
Reset = Callable[[Path], Awaitable[None]]
"""Goes back to the step's entry; told after what."""

_NOT_THERE: Final = re.compile(r"\(NotFound\)|^error: .*not found$", re.MULTILINE)
"""How kubectl says that there is no such object."""


def slip_of(played: Played | None) -> str:
    """What kubectl said of an object that is not there, where a line named one; empty if it named none.

    A refusal, or a failing program in a Pod, may be what is to be seen; a name that nothing has mostly is a slip.
    """
    if played is None:
        return ""
    failed = any(call.exit_code and call.argv[:1] in (("kubectl",), ("k",)) for call in played.calls)
    said = (line for line in played.output.splitlines() if _NOT_THERE.search(line))
    return next(said, "").strip() if failed else ""


@dataclass(frozen=True)
class _Tried:
    """What came of playing lines from the step's entry.

    Args:
        done: whether they accomplish the step.
        nearer: whether a condition holds after them that did not before.
        changed: the places of the lines that changed the cluster.
        slips: for each line that named an object that is not there, and is not meant to, what kubectl said.
    """

    done: bool
    nearer: bool
    changed: tuple[int, ...]
    slips: dict[int, str]


class Offers:
    """Tries the hints and commands of one step.

    Args:
        session: at the step's entry.
        step: the step.
        play: plays lines.
        report: told what is wrong.
        reset: goes back to the entry.
    """

    def __init__(self, session: Session, step: Step, play: Play, report: Report, reset: Reset) -> None:
        self._session, self._step = session, step
        self._play, self._report, self._reset = play, report, reset
        self._meant = frozenset(_meant(step))
        self._unproved = [
            place
            for place, hint in enumerate(step.hints)
            if hint.when is not None and hint.command and not set(hint.command.split(" && ")) <= self._meant
        ]

    async def prove(self) -> None:
        """Try the hints and the commands; the session is back at its entry afterwards."""
        if await self.prove_hints_given_here():
            await self._reset(("hints",))
        if isinstance(self._step, Task):
            await self._prove_hints(self._step)
        if self._step.commands and self._step.commands != self._step.solve:
            await self._prove_commands(self._step.commands)

    async def prove_hints_given_here(self) -> bool:
        """Try the commands of hints for a mistake that are given as things stand; whether there are any."""
        holding = [place for place in self._unproved if self._given(place)]
        for place in holding:
            self._unproved.remove(place)
            where: Path = ("hints", place, "command")
            self._report_slip(where, slip_of(await self._play(self._step.hints[place].command, where)))
        return bool(holding)

    def _given(self, place: int) -> bool:
        when = self._step.hints[place].when
        return when is not None and self._session.holds(when)

    def finish(self) -> None:
        """Report the hints that no mistake has brought up."""
        for place in self._unproved:
            message = "no mistake under wrong brings this hint up, so its command is not proved"
            self._report(("hints", place), message, "add the mistake to wrong", "unproved")

    async def _prove_hints(self, step: Task) -> None:
        """See that a learner gets through who types the last hint, or all of them in their order."""
        places = [place for place, hint in enumerate(step.hints) if hint.when is None and hint.command]
        hinted = [step.hints[place].command for place in places]
        ways = [step.solve, *step.alternatives]
        if not hinted or hinted in ways:
            return
        where: Path = ("hints", places[-1], "command")
        alone = hinted[-1:] in ways or (await self._try(hinted[-1:], [where])).done
        if len(hinted) == 1:
            together = alone
        else:
            tried = await self._try(hinted, [("hints", place, "command") for place in places])
            together = tried.done
            for place, said in tried.slips.items():
                self._report_slip(("hints", places[place], "command"), said)
        if not (alone or together):
            mend = "make the last hint the command that does, or give a hint for each command"
            message = "neither this last hint nor all hints in their order accomplish the step"
            self._report(where, message, mend, "hint")

    async def _prove_commands(self, commands: Sequence[str]) -> None:
        """See that what is offered for typing names what is there, and changes nothing but on the way to the goal."""
        tried = await self._try(commands, [("commands", place) for place in range(len(commands))])
        for place, said in tried.slips.items():
            self._report_slip(("commands", place), said)
        if not isinstance(self._step, Task) or tried.done or tried.nearer:
            return
        for place in tried.changed:
            if commands[place] not in self._meant:
                message = "it changes the cluster, and leads no nearer to the goal"
                self._report(("commands", place), message, "offer a command of the solution", "astray")

    def _report_slip(self, where: Path, said: str) -> None:
        if said:
            self._report(where, f"it names what is not there: {said}", "see the names in it", "astray")

    async def _try(self, lines: Sequence[str], where: Sequence[Path]) -> _Tried:
        met = self._met()
        changed: list[int] = []
        slips: dict[int, str] = {}
        for place, line in enumerate(lines):
            before = self._objects()
            slip = slip_of(await self._play(line, where[place]))
            if self._objects() != before:
                changed.append(place)
            if slip and line not in self._meant:
                slips[place] = slip
        tried = _Tried(self._session.view.done, bool(self._met() - met), tuple(changed), slips)
        await self._reset(where[-1])
        return tried

    def _objects(self) -> dict[tuple[str, str], Any]:
        """What is in the cluster, but for events: what comes and goes leaves nothing else."""
        found = self._session.cluster.store.snapshot().objects
        return {place: names for place, names in found.items() if place[0] != "Event" and names}

    def _met(self) -> set[str]:
        return {line.text for line in self._session.view.conditions if line.met}


def _meant(step: Step) -> Iterator[str]:
    """The lines that the author knows the outcome of: those that accomplish the step, and those of mistakes."""
    yield from step.solve
    if isinstance(step, Task):
        for lines in (*step.alternatives, *(wrong.do for wrong in step.wrong)):
            yield from lines
