"""Tab completion at the prompt: commands, files, variables, and kubectl's own words."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.shell.computer import BUILTINS
from tutor.shell.lexer import META

if TYPE_CHECKING:
    from tutor.shell.session import ShellSession
    from tutor.shell.terminal import Terminal

NOT_A_SPACE = ("/", "=", ",", ":")
"""Endings of a candidate after which no space follows when it is the only one."""


@dataclass(frozen=True)
class Completion:
    """What a word may become.

    Args:
        start: where the word begins in the line, in characters; candidates replace what is from there to the cursor.
        candidates: the whole words it may become, sorted; folders end in `/`.
    """

    start: int
    candidates: tuple[str, ...] = ()


class Completer:
    """Completes words for the shell on top of a terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def complete(self, text: str, cursor: int) -> Completion:
        """What the word before the cursor may become; nothing while a command runs."""
        if self._terminal.busy:
            return Completion(cursor)
        session = self._terminal.top
        words, start = _words(text[:cursor])
        word = text[start:cursor]
        if word.startswith("$"):
            return Completion(start, _variables(session, word))
        if not words:
            candidates = _commands(session, word) if "/" not in word else _files(session, word)
            return Completion(start, candidates)
        command = session.aliases.get(words[0], words[0]).split()
        words = [*command, *words[1:]]
        if words[0] == "kubectl" and session.computer.commands.find("kubectl"):
            found = self._kubectl(words[1:], word)
            if found:
                return Completion(start, found)
        return Completion(start, _files(session, word))

    def _kubectl(self, words: list[str], word: str) -> tuple[str, ...]:
        from tutor.kubectl.completion import complete

        world = self._terminal.top.world
        return tuple(complete([*words, word], world.cluster, world.config))


def _words(text: str) -> tuple[list[str], int]:
    """The words of the command the cursor is in, without the last, and where the last begins."""
    words: list[str] = []
    start, quote, at = 0, "", 0
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in META:
            if text[start:at]:
                words.append(text[start:at])
            if char in ";|&(\n":
                words = []
            start = at + 1
    while words and "=" in words[0] and words[0].split("=")[0].isidentifier():
        words.pop(0)
    while words and words[0] in {"sudo", "time", "watch", "!", "do", "then", "else", "if", "while", "until", "{"}:
        words.pop(0)
    return words, start


def _starting(names: Iterable[str], word: str) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name.startswith(word)}))


def _commands(session: ShellSession, word: str) -> tuple[str, ...]:
    computer = session.computer
    names = {name for name in (*computer.commands.names(), *computer.natives, *BUILTINS) if not name.startswith("__")}
    return _starting({*names, *session.aliases}, word)


def _variables(session: ShellSession, word: str) -> tuple[str, ...]:
    brace = "${" if word.startswith("${") else "$"
    names = (name for name in session.variables if not name.startswith("_"))
    return tuple(brace + name + ("}" if brace == "${" else "") for name in _starting(names, word[len(brace) :]))


def _files(session: ShellSession, word: str) -> tuple[str, ...]:
    prefix = word.rpartition("/")[2]
    shown = word[: len(word) - len(prefix)]
    where = shown
    if shown.startswith("~/"):
        where = session.computer.user.home + shown[1:]
    files = session.computer.files(session.prompt_cwd)
    where = where or "."
    if not files.is_dir(where):
        return ()
    names = [name for name in files.listdir(where) if name.startswith(prefix) and (prefix or not name.startswith("."))]
    return tuple(shown + name + ("/" if files.is_dir(posixpath.join(where, name)) else "") for name in names)
