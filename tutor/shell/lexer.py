"""Reads shell text character by character: blanks, words with their quotes and substitutions, here-documents.

Source of the grammar: POSIX.1-2017, Shell Command Language, section 2.2 and 2.3, and the bash 5.2 manual.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable

BLANK = " \t"
META = " \t\n;&|<>()"


class IncompleteError(Exception):
    """The input ends where more must come."""


class BrokenError(Exception):
    """The input cannot become right any more."""


class Lexer(ABC):
    """A position in a text, and the ways to move it on.

    Args:
        text: the input.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.documents: list[tuple[str, bool]] = []
        self.zeros: list[int] = []
        """Where the shell's own name is asked for: the places of `0` in `$0` and `${0…}`."""

    def peek(self, length: int = 1) -> str:
        """The next characters."""
        return self.text[self.at : self.at + length]

    @property
    def done(self) -> bool:
        """Whether the text is at its end."""
        return self.at >= len(self.text)

    def blanks(self) -> None:
        """Skip blanks, joined lines and a comment; a backslash at the very end asks for more."""
        while not self.done:
            if self.peek() in BLANK:
                self.at += 1
            elif self.peek(2) == "\\\n":
                self.at += 2
            elif self.peek() == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                break
        if self.text[self.at :] == "\\":
            raise IncompleteError

    def newline(self) -> None:
        """Step over a newline and the here-documents it starts."""
        self.at += 1
        documents, self.documents = self.documents, []
        for delimiter, tabs in documents:
            self._document(delimiter, tabs)

    def _document(self, delimiter: str, tabs: bool) -> None:
        while True:
            if self.done:
                raise IncompleteError
            end = self.text.find("\n", self.at)
            line = self.text[self.at :] if end < 0 else self.text[self.at : end]
            self.at = len(self.text) if end < 0 else end + 1
            if (line.lstrip("\t") if tabs else line) == delimiter:
                return

    def gaps(self) -> None:
        """Skip blanks, comments and newlines."""
        self.blanks()
        while self.peek() == "\n":
            self.newline()
            self.blanks()

    def word(self) -> str:
        """The word here, as written; empty if there is none."""
        start = self.at
        while not self.done:
            char = self.peek()
            if char in "<>" and self.peek(2) in {"<(", ">("}:
                self.at += 2
                self.nested(piped_out=char == "<", piped_in=char == ">")
            elif char in META:
                break
            else:
                self._part()
        return self.text[start : self.at]

    def _part(self) -> None:
        char = self.peek()
        if char == "\\":
            if self.at + 1 >= len(self.text):
                raise IncompleteError
            self.at += 2
        elif char == "'":
            self._until("'")
        elif char == '"':
            self._double()
        elif char == "`":
            self._backtick()
        elif self.peek(2) == "$'":
            self._ansi()
        elif self.peek(2) == '$"':
            self.at += 1
            self._double()
        elif char == "$":
            self._dollar()
        else:
            self.at += 1

    def _until(self, mark: str) -> None:
        end = self.text.find(mark, self.at + 1)
        if end < 0:
            raise IncompleteError
        self.at = end + 1

    def _escaped_until(self, mark: str, step: Callable[[], None] | None = None) -> None:
        """Move past the next `mark` that no backslash hides, going through `step` at each `$` and backtick."""
        while True:
            if self.done:
                raise IncompleteError
            char = self.peek()
            if char == mark:
                self.at += 1
                return
            if char == "\\":
                self.at += 2
            elif step and char in "$`":
                step()
            else:
                self.at += 1

    def _double(self) -> None:
        self.at += 1
        self._escaped_until('"', lambda: self._backtick() if self.peek() == "`" else self._dollar())

    def _ansi(self) -> None:
        self.at += 2
        self._escaped_until("'")

    def _backtick(self) -> None:
        self.at += 1
        self._escaped_until("`")

    def _dollar(self) -> None:
        if self.peek(3) == "$((":
            start = self.at
            self.at += 3
            if self.arithmetic_end():
                return
            self.at = start
        if self.peek(2) == "$(":
            self.at += 2
            self.nested(piped_out=True)
        elif self.peek(2) == "${":
            self.at += 2
            if re.match(r"0[^\w]", self.peek(2)):
                self.zeros.append(self.at)
            self._braces()
        else:
            if self.peek(2) == "$0":
                self.zeros.append(self.at + 1)
            self.at += 1

    def arithmetic_end(self) -> bool:
        """Move past `))`; False if this was no arithmetic after all (`$( (a) )`)."""
        depth = 0
        while not self.done:
            char = self.peek()
            if char == "(":
                depth += 1
            elif char == ")":
                if depth == 0:
                    if self.peek(2) == "))":
                        self.at += 2
                        return True
                    if self.at + 1 >= len(self.text):
                        raise IncompleteError
                    return False
                depth -= 1
            elif char in "\"'`$\\":
                self._part()
                continue
            self.at += 1
        raise IncompleteError

    def _braces(self) -> None:
        while True:
            if self.done:
                raise IncompleteError
            if self.peek() == "}":
                self.at += 1
                return
            if self.peek() in "\"'`$\\":
                self._part()
            else:
                self.at += 1

    @abstractmethod
    def nested(self, *, piped_out: bool = False, piped_in: bool = False) -> None:
        """The commands of a substitution, up to and with its closing parenthesis.

        Args:
            piped_out: whether their output goes elsewhere than to the terminal.
            piped_in: whether their input comes from elsewhere.
        """
