"""`trap`: what a shell is to do at its end or at ctrl+c. The interpreter itself would forget it at the line's end."""

from __future__ import annotations

from tutor.shell.engine import Call
from tutor.shell.streams import PipeOutput

_NAMES = {"0": "EXIT", "2": "SIGINT", "INT": "SIGINT", "15": "SIGTERM", "TERM": "SIGTERM"}


class Traps:
    """The traps of one shell."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    async def set(self, call: Call) -> int:
        """`trap TEXT NAME…`, `trap - NAME…`, `trap -p`."""
        words = [word for word in call.argv[1:] if word != "--"]
        if not words or words == ["-p"]:
            listed = "".join(f"trap -- '{text}' {name}\n" for name, text in self._texts.items())
            await PipeOutput(call.stdout, False).write(listed)
            return 0
        text, names = (words[0], words[1:]) if len(words) > 1 else ("-", words)
        for name in names:
            name = _NAMES.get(name, name)
            self._texts.pop(name, None)
            if text != "-":
                self._texts[name] = text
        return 0

    def take(self, *, interrupted: bool, ended: bool) -> str:
        """What to do now; empty if nothing. What is done at the end is done once."""
        if interrupted:
            return self._texts.get("SIGINT", "")
        return self._texts.pop("EXIT", "") if ended else ""

    def snapshot(self) -> tuple[tuple[str, str], ...]:
        """All traps."""
        return tuple(self._texts.items())

    def restore(self, state: tuple[tuple[str, str], ...]) -> None:
        """Have the traps of a snapshot."""
        self._texts = dict(state)
