"""The terminal at the server's end of `exec -it`: it echoes, lets a line be edited, and shows the shell's prompt.

The client's own terminal is raw meanwhile: it sends every key as it is and shows whatever comes back.
"""

from __future__ import annotations

import asyncio
import codecs
import json
import posixpath
import re
from collections.abc import Callable
from typing import Final

from tutor.shell.terminal import Terminal

_KEY: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Za-z]|\x1b[bfd]|\x1b|\r\n|.", re.DOTALL)
"""One key as terminals send it: an escape sequence, or a character."""
_WORD: Final = re.compile(r"\w+\W*$")
_NEXT_WORD: Final = re.compile(r"\W*\w+")
_CLEAR: Final = "\r\x1b[K"
_SPACES_AFTER: Final = ("/", "=", ",", ":")


class Tty:
    """A terminal for one client.

    Args:
        send: takes what the client is to show.
    """

    def __init__(self, send: Callable[[str], None]) -> None:
        self.terminal = Terminal(live=True)
        self._send = send
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._line, self._cursor = "", 0
        self._killed = ""
        self._back = 0
        self._prompted = False
        self._tasks: set[asyncio.Task[object]] = set()
        self.terminal.on_output = self._show
        self.terminal.on_state = self._prompt
        self.terminal.on_exit = lambda _code: None

    def resize(self, data: bytes) -> None:
        """Take the size the client's terminal has: `{"Width":80,"Height":24}`."""
        try:
            width = json.loads(data)["Width"]
        except (ValueError, KeyError, TypeError):
            return
        if isinstance(width, int) and width > 0:
            self.terminal.columns = width

    @property
    def _at_prompt(self) -> bool:
        """Whether a shell waits for a line: one that was opened, as the command itself has no prompt."""
        return self.terminal.depth > 1 and not self.terminal.busy

    # What is shown

    def _show(self, text: str) -> None:
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
        if self._prompted:
            self._send(f"{_CLEAR}{text}")
            self._draw()
        else:
            self._send(text)

    def _prompt(self) -> None:
        """Show the prompt when there is one and it is not shown yet."""
        if self._prompted or not self._at_prompt:
            return
        self._prompted = True
        self._draw()

    def _draw(self) -> None:
        """Show the line as it is now, from its beginning."""
        prompt = self.terminal.prompt if self._prompted else ""
        behind = len(self._line) - self._cursor
        self._send(f"{_CLEAR}{prompt}{self._line}" + (f"\x1b[{behind}D" if behind else ""))

    # What is typed

    def feed(self, data: bytes) -> None:
        """Take what the client sent; no bytes say that nothing more will come."""
        if not data:
            self._end_of_file()
            return
        for key in _KEY.findall(self._decoder.decode(data)):
            action = _ACTIONS.get(key)
            if action is not None:
                action(self)
            elif key.isprintable():
                self._insert(key)

    def _spawn(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]  # a coroutine of whatever result
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _insert(self, text: str) -> None:
        self._line = self._line[: self._cursor] + text + self._line[self._cursor :]
        self._cursor += len(text)
        if self._cursor == len(self._line):
            self._send(text)
        else:
            self._draw()

    def _enter(self) -> None:
        line, self._line, self._cursor, self._back = self._line, "", 0, 0
        self._send("\r\n")
        if not self._at_prompt:
            self.terminal.feed(line)
            return
        self._prompted = False
        self._spawn(self._submit(line))

    async def _submit(self, line: str) -> None:
        await self.terminal.submit(line)
        self._prompt()

    def _interrupt(self) -> None:
        self._line, self._cursor, self._back = "", 0, 0
        if self._at_prompt:
            self._send("^C\r\n")
            self._prompted = False
        if self.terminal.depth:
            self._spawn(self.terminal.interrupt())

    def _end_of_file(self) -> None:
        if not self._line and self.terminal.depth:
            self.terminal.end_of_file()
        else:
            self._delete()

    def _erase(self) -> None:
        if self._cursor:
            self._cut(self._cursor - 1, self._cursor)

    def _delete(self) -> None:
        self._cut(self._cursor, self._cursor + 1)

    def _cut(self, start: int, end: int) -> str:
        cut = self._line[start:end]
        self._line, self._cursor = self._line[:start] + self._line[end:], start
        self._draw()
        return cut

    def _word_start(self) -> int:
        found = _WORD.search(self._line[: self._cursor])
        return found.start() if found else 0

    def _word_end(self) -> int:
        found = _NEXT_WORD.match(self._line, self._cursor)
        return found.end() if found else len(self._line)

    def _kill(self, start: int, end: int) -> None:
        self._killed = self._cut(start, end) or self._killed

    def _move(self, to: int) -> None:
        self._cursor = min(max(to, 0), len(self._line))
        self._draw()

    def _recall(self, step: int) -> None:
        history = self.terminal.history
        self._back = min(max(self._back + step, 0), len(history))
        self._line = history[-self._back] if self._back else ""
        self._cursor = len(self._line)
        self._draw()

    def _complete(self) -> None:
        if not self._at_prompt:
            return
        found = self.terminal.complete(self._line, self._cursor)
        common = posixpath.commonprefix(list(found.candidates))
        typed = self._line[found.start : self._cursor]
        if len(common) > len(typed):
            done = len(found.candidates) == 1 and not common.endswith(_SPACES_AFTER)
            self._insert(common[len(typed) :] + (" " if done else ""))
        elif len(found.candidates) > 1:
            names = "  ".join(each.rstrip("/").rpartition("/")[2] or each for each in found.candidates)
            self._send(f"\r\n{names}\r\n")
            self._draw()

    def _clear(self) -> None:
        self._send("\x1b[H\x1b[2J")
        self._draw()


_ACTIONS: Final[dict[str, Callable[[Tty], None]]] = {
    "\r": Tty._enter,
    "\n": Tty._enter,
    "\r\n": Tty._enter,
    "\x03": Tty._interrupt,
    "\x04": Tty._end_of_file,
    "\x7f": Tty._erase,
    "\x08": Tty._erase,
    "\x1b[3~": Tty._delete,
    "\x01": lambda tty: tty._move(0),
    "\x1b[H": lambda tty: tty._move(0),
    "\x05": lambda tty: tty._move(len(tty._line)),
    "\x1b[F": lambda tty: tty._move(len(tty._line)),
    "\x02": lambda tty: tty._move(tty._cursor - 1),
    "\x1b[D": lambda tty: tty._move(tty._cursor - 1),
    "\x06": lambda tty: tty._move(tty._cursor + 1),
    "\x1b[C": lambda tty: tty._move(tty._cursor + 1),
    "\x1bb": lambda tty: tty._move(tty._word_start()),
    "\x1bf": lambda tty: tty._move(tty._word_end()),
    "\x15": lambda tty: tty._kill(0, tty._cursor),
    "\x0b": lambda tty: tty._kill(tty._cursor, len(tty._line)),
    "\x17": lambda tty: tty._kill(tty._word_start(), tty._cursor),
    "\x1bd": lambda tty: tty._kill(tty._cursor, tty._word_end()),
    "\x19": lambda tty: tty._insert(tty._killed),
    "\x10": lambda tty: tty._recall(1),
    "\x1b[A": lambda tty: tty._recall(1),
    "\x0e": lambda tty: tty._recall(-1),
    "\x1b[B": lambda tty: tty._recall(-1),
    "\t": Tty._complete,
    "\x0c": Tty._clear,
}
"""What keys do, as in readline."""
