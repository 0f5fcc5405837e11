"""What every `ping` has in common: sending echo requests and counting the answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from tutor.shell.command import Ctx, Interrupted

LINGER: Final = 10.0
"""Seconds to wait for the last reply, unless -W says otherwise."""

OnReply: TypeAlias = Callable[[int, float], Awaitable[None]]
"""Told of each answer: the packet's number from 0, and its round trip in milliseconds."""


@dataclass
class Tally:
    """What came of the packets sent so far; round trips in milliseconds."""

    sent: int = 0
    trips: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def loss(self) -> int:
        """Lost packets in percent."""
        return 100 * (self.sent - len(self.trips)) // self.sent if self.sent else 0


@dataclass
class PingOptions:
    """A command line, read."""

    host: str = ""
    count: int = 0
    interval: float = 1.0
    wait: float = LINGER
    deadline: float = 0.0
    quiet: bool = False
    size: int = 56


async def read_options(ctx: Ctx, name: str, with_value: str) -> PingOptions | None:
    """The options ping has in common with BusyBox's; None, with a complaint, if they make no sense."""
    options = PingOptions()
    rest = list(ctx.args)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word == "-":
            options.host = word
            continue
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter not in with_value:
                options.quiet = options.quiet or letter == "q"
                if not letter.isalnum():
                    await ctx.complain(f"{name}: invalid option -- '{letter}'\n")
                    return None
                continue
            value, letters = letters or (rest.pop(0) if rest else ""), ""
            if not value:
                await ctx.complain(f"{name}: option requires an argument -- '{letter}'\n")
                return None
            if not _apply(options, letter, value):
                await ctx.complain(f"{name}: invalid argument: '{value}'\n")
                return None
    return options


def _apply(options: PingOptions, letter: str, value: str) -> bool:
    if letter not in "ciwWs":
        return True
    try:
        number = float(value)
    except ValueError:
        return False
    if number < 0 or (letter == "c" and number < 1):
        return False
    match letter:
        case "c":
            options.count = int(number)
        case "i":
            options.interval = max(number, 0.002)
        case "w":
            options.deadline = number
        case "W":
            options.wait = number
        case _:
            options.size = int(number)
    return True


async def send(ctx: Ctx, options: PingOptions, on_reply: OnReply) -> Tally:
    """Send packets, one every interval, until the count, the deadline or ctrl+c; what came of them."""
    tally = Tally()
    try:
        while True:
            trace = ctx.cluster.network.ping(ctx.client, options.host)
            number, tally.sent = tally.sent, tally.sent + 1
            answered = trace.outcome == "ok"
            if answered:
                tally.trips.append(trace.milliseconds)
                await on_reply(number, trace.milliseconds)
            last = bool(options.count) and tally.sent >= options.count
            if last:
                # Whoever got an answer to each packet is done; else the last one may still be on its way.
                if len(tally.trips) < tally.sent:
                    await ctx.pacing.sleep(min(options.wait, LINGER))
                return tally
            if options.deadline and tally.seconds + options.interval >= options.deadline:
                await ctx.pacing.sleep(options.deadline - tally.seconds)
                return tally
            await ctx.pacing.sleep(options.interval)
            tally.seconds += options.interval
    except Interrupted:
        return tally
