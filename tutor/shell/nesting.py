"""Shells that run inside each other: scripts that call scripts. There may be neither too many nor too deep."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.shell.session import ShellSession

DEPTH_LIMIT = 16
"""How many shells may run one inside the other."""
SHELL_LIMIT = 100
"""How many shells may run at once for one line."""
TOO_DEEP = f"stopped: scripts called each other {DEPTH_LIMIT} levels deep, which is as deep as they may here"
TOO_MANY = f"stopped: this started more than {SHELL_LIMIT} shells at once, which is as many as may run here"


class Nesting:
    """One shell's place among those it runs in and those that run in it.

    Args:
        session: the shell.
        parent: the shell one of whose commands it is.
    """

    def __init__(self, session: ShellSession, parent: ShellSession | None) -> None:
        self._session, self._parent = session, parent
        self._inner: set[ShellSession] = set()

    def __enter__(self) -> None:
        if self._parent is not None:
            self._parent.nesting._inner.add(self._session)

    def __exit__(self, *_: object) -> None:
        if self._parent is not None:
            self._parent.nesting._inner.discard(self._session)

    @property
    def has_parent(self) -> bool:
        """Whether a shell called it."""
        return self._parent is not None

    def interrupt_inner(self) -> None:
        """End the runs of all shells inside."""
        for inner in tuple(self._inner):
            inner.interrupt()

    def may_go_on(self) -> bool:
        """Whether one more shell may run inside; if not, the whole line ends."""
        outermost, depth = self._session, 1
        while (parent := outermost.nesting._parent) is not None and parent.running:
            outermost, depth = parent, depth + 1
        if depth > DEPTH_LIMIT:
            outermost.stop(TOO_DEEP)
        elif outermost.nesting._count() > SHELL_LIMIT:
            outermost.stop(TOO_MANY)
        return not outermost.stopping

    def _count(self) -> int:
        return 1 + sum(inner.nesting._count() for inner in self._inner)
