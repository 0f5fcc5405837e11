"""Reads a line of shell as far as the terminal must: is it complete, and which commands does it run on which streams?

The interpreter parses for itself; what it cannot tell is whether an input waits for another line (it accepts
`echo hi &&` and open here-documents), nor whether a command's input or output is the terminal or a pipe.

Source of the grammar: POSIX.1-2017, Shell Command Language, section 2.10, and the bash 5.2 manual.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from tutor.shell.lexer import BLANK, META, BrokenError, IncompleteError, Lexer

OPENERS = frozenset({"if", "while", "until", "for", "case", "select", "{", "[[", "function", "time", "!"})
CLOSERS = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}", "in"})
REDIRECTIONS = ("&>>", "<<<", "<<-", "&>", ">>", "<<", "<>", ">|", ">&", "<&", "<", ">")


class Verdict(Enum):
    """What the shell would do with an input."""

    COMPLETE = "runs it"
    INCOMPLETE = "asks for another line"
    BROKEN = "reports a syntax error"


@dataclass
class Simple:
    """One simple command found.

    Args:
        start: where it begins, assignments included.
        end: just past its last word or redirection.
        words: its words as written, without assignments and redirections.
        piped_in: its input is a pipe, a file or a here-document.
        borrowed_in: that is the pipe of the command in whose words it stands, as part of a substitution.
        piped_out: its output is a pipe, a file or a substitution.
        errors_out: its errors go where a redirection sends them.
        in_function: it stands in the body of a function.
    """

    start: int
    end: int = 0
    words: list[str] = field(default_factory=list)
    piped_in: bool = False
    borrowed_in: bool = False
    piped_out: bool = False
    errors_out: bool = False
    in_function: bool = False


@dataclass
class Statement:
    """One command of a list, up to its `;`, `&` or newline.

    Args:
        start: where it begins.
        first: index of its first simple command.
        last: index just past its last one.
        enclosed: its output does not reach the terminal as it is.
    """

    start: int
    first: int
    last: int = 0
    enclosed: bool = False


Place: TypeAlias = tuple[int, int]
"""How many simple commands and how many statements had been found."""


@dataclass(frozen=True)
class Scan:
    """What a scan found.

    Args:
        verdict: complete, incomplete or broken.
        commands: the simple commands, in the order written; only those before the fault if it is not complete.
        background: where each top-level `&` stands that ends a list, with where its list starts: (start, end).
        zeros: where the shell's own name is asked for: the places of `0` in `$0` and `${0…}`.
        statements: those outside functions, in the order they begin.
    """

    verdict: Verdict
    commands: tuple[Simple, ...]
    background: tuple[tuple[int, int], ...] = ()
    zeros: tuple[int, ...] = ()
    statements: tuple[Statement, ...] = ()


def scan(text: str) -> Scan:
    """Scan an input: one or more lines as typed, without the last newline."""
    scanner = _Scanner(text)
    try:
        scanner.program()
    except IncompleteError:
        return Scan(Verdict.INCOMPLETE, tuple(scanner.found))
    except (BrokenError, RecursionError):
        return Scan(Verdict.BROKEN, tuple(scanner.found))
    found, background, zeros = tuple(scanner.found), tuple(scanner.background), tuple(scanner.zeros)
    return Scan(Verdict.COMPLETE, found, background, zeros, tuple(scanner.statements))


class _Scanner(Lexer):
    """Reads commands, noting each simple one."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.found: list[Simple] = []
        self.background: list[tuple[int, int]] = []
        self.statements: list[Statement] = []
        self._function_depth = 0
        self._depth = 0

    def nested(self, *, piped_out: bool = False, piped_in: bool = False) -> None:
        """The commands of a substitution, up to and with its closing parenthesis."""
        first = self._here()
        self._depth += 1
        self.list_until(")")
        self._depth -= 1
        if self.done:
            raise IncompleteError
        self.at += 1
        self._mark(first, piped_in=piped_in, piped_out=piped_out)

    def _here(self) -> Place:
        return len(self.found), len(self.statements)

    def _mark(self, first: Place, *, piped_in: bool = False, piped_out: bool = False, errors_out: bool = False) -> None:
        for statement in self.statements[first[1] :]:
            statement.enclosed |= piped_out
        for command in self.found[first[0] :]:
            command.piped_in |= piped_in
            command.piped_out |= piped_out
            command.errors_out |= errors_out

    def _mark_borrowers(self, first: int) -> None:
        """Note which commands stand in the words of another one, whose input is a pipe, and have none of their own."""
        found = self.found[first:]
        for command in found:
            inside = any(each.start < command.start and command.end <= each.end for each in found)
            command.borrowed_in |= inside and not command.piped_in

    def program(self) -> None:
        self.list_until("")
        if not self.done:
            raise BrokenError
        if self.documents:
            raise IncompleteError

    def list_until(self, *ends: str) -> None:
        """Commands up to one of the closing words or characters (`)`, `then`, `;;`), which stays unread."""
        while True:
            self.gaps()
            if self.done or self._at_end(ends):
                return
            start, statement = self.at, Statement(self.at, len(self.found))
            if not self._function_depth:
                self.statements.append(statement)
            self.and_or()
            statement.last = len(self.found)
            self.blanks()
            if self.peek() == "&" and self.peek(2) != "&&":
                if self._depth == 0 and not self._function_depth and not any(ends):
                    self.background.append((start, self.at))
                self.at += 1
            elif self.peek() == ";" and self.peek(2) not in {";;", ";&"}:
                self.at += 1
            elif self.peek() != "\n" and not self.done and not self._at_end(ends):
                raise BrokenError

    def _at_end(self, ends: tuple[str, ...]) -> bool:
        return any(end and self._sees(end) for end in ends)

    def _sees(self, word: str) -> bool:
        if not self.text.startswith(word, self.at):
            return False
        after = self.text[self.at + len(word) : self.at + len(word) + 1]
        return not (word[0].isalpha() or word in "{}!") or after == "" or after in META

    def and_or(self) -> None:
        self.pipeline()
        self.blanks()
        while self.peek(2) in {"&&", "||"}:
            self.at += 2
            self.more()
            self.pipeline()
            self.blanks()

    def more(self) -> None:
        """After an operator: a command must follow, on this line or a later one."""
        self.gaps()
        if self.done:
            raise IncompleteError

    def pipeline(self) -> None:
        self.blanks()
        while self._sees("!") or self._sees("time"):
            self.at += 1 if self.peek() == "!" else 4
            self.blanks()
            if self.peek(2) == "-p":
                self.at += 2
                self.blanks()
            if self.done or self.peek() in ";\n":
                return
        first = self._here()
        self.command()
        self.blanks()
        while self.peek() == "|" and self.peek(2) != "||":
            both = self.peek(2) == "|&"
            self.at += 2 if both else 1
            self._mark(first, piped_out=True, errors_out=both)
            self.more()
            first = self._here()
            self.command()
            self._mark_borrowers(first[0])
            self._mark(first, piped_in=True)
            self.blanks()

    def command(self) -> None:
        first = self._here()
        if not self._compound():
            self.simple()
            return
        self.blanks()
        while self._redirection(first):
            self.blanks()

    def _compound(self) -> bool:
        for word, parse in _COMPOUNDS.items():
            if self._sees(word):
                start = self.at
                self.at += len(word)
                self._depth += 1
                try:
                    if parse(self) is not False:
                        return True
                finally:
                    self._depth -= 1
                self.at = start
        return self._function_parentheses()

    def close(self, word: str) -> None:
        """Expect a closing word; more input may bring it."""
        self.gaps()
        if self.done:
            raise IncompleteError
        if not self._sees(word):
            raise BrokenError
        self.at += len(word)

    def body(self, *ends: str) -> None:
        """At least one command, up to a closing word."""
        self.more()
        if self._at_end(ends):
            raise BrokenError
        self.list_until(*ends)

    def group(self) -> None:
        self.body("}")
        self.close("}")

    def subshell(self) -> None:
        self.body(")")
        self.close(")")

    def arithmetic(self) -> bool:
        return self.arithmetic_end()

    def condition(self) -> None:
        """The inside of `[[ … ]]`."""
        while True:
            self.gaps()
            if self.done:
                raise IncompleteError
            if self._sees("]]"):
                self.at += 2
                return
            if self.peek() in "()<>|&;":
                self.at += 1
            else:
                self.word()

    def if_clause(self) -> None:
        self.body("then")
        self.close("then")
        self.body("elif", "else", "fi")
        while self._sees("elif"):
            self.at += 4
            self.body("then")
            self.close("then")
            self.body("elif", "else", "fi")
        if self._sees("else"):
            self.at += 4
            self.body("fi")
        self.close("fi")

    def loop(self) -> None:
        self.body("do")
        self.do_group()

    def do_group(self) -> None:
        self.close("do")
        self.body("done")
        self.close("done")

    def for_clause(self) -> None:
        self.blanks()
        if self.peek(2) == "((":
            self.at += 2
            if not self.arithmetic_end():
                raise BrokenError
        else:
            if self.done:
                raise IncompleteError if self.text[self.at - 1 :] == "" else BrokenError
            if not self.word():
                raise BrokenError
            self._in_words()
        self.gaps()
        if self.peek() == ";":
            self.at += 1
        self.gaps()
        if self._sees("{"):
            self.at += 1
            self.group()
        else:
            self.do_group()

    def _in_words(self) -> None:
        self.gaps()
        if self.done:
            raise IncompleteError
        if self._sees("in"):
            self.at += 2
            self.blanks()
            while self.word():
                self.blanks()
            if self.done:
                raise IncompleteError

    def case_clause(self) -> None:
        self.blanks()
        if not self.word():
            raise BrokenError
        self.close("in")
        while True:
            self.gaps()
            if self.done:
                raise IncompleteError
            if self._sees("esac"):
                self.at += 4
                return
            self._patterns()
            self.list_until(";;", ";&", "esac")
            if self.done:
                raise IncompleteError
            if self.peek(3) == ";;&":
                self.at += 3
            elif self.peek(2) in {";;", ";&"}:
                self.at += 2

    def _patterns(self) -> None:
        if self.peek() == "(":
            self.at += 1
        while True:
            self.blanks()
            if not self.word():
                raise IncompleteError if self.done else BrokenError
            self.blanks()
            if self.peek() == ")":
                self.at += 1
                return
            if self.peek() != "|":
                raise IncompleteError if self.done else BrokenError
            self.at += 1

    def function(self) -> None:
        self.blanks()
        if not self.word():
            raise BrokenError
        self.blanks()
        if self.peek() == "(":
            self.at += 1
            self.close(")")
        self._function_body()

    def _function_parentheses(self) -> bool:
        """`name()` and its body; False if this is no function."""
        at = self.at
        while at < len(self.text) and self.text[at] not in META + "'\"$`\\=":
            at += 1
        name_end = at
        while at < len(self.text) and self.text[at] in BLANK:
            at += 1
        if name_end == self.at or self.text[at : at + 1] != "(":
            return False
        self.at = at + 1
        self._depth += 1
        self.close(")")
        self._function_body()
        self._depth -= 1
        return True

    def _function_body(self) -> None:
        self.more()
        self._function_depth += 1
        first = len(self.found)
        if not self._compound():
            raise BrokenError
        for command in self.found[first:]:
            command.in_function = True
        self._function_depth -= 1

    def simple(self) -> None:
        command = Simple(self.at)
        index, place = len(self.found), self._here()
        self.found.append(command)
        while True:
            self.blanks()
            if self._redirection(place):
                continue
            start = self.at
            word = self.word()
            if not word:
                break
            if self.peek() == "(" and word.endswith("="):
                self._array()
            elif not (_is_assignment(word) and not command.words):
                command.words.append(self.text[start : self.at])
            command.end = self.at
        if command.end == 0:
            del self.found[index]
            raise BrokenError
        if command.words and command.words[0] in CLOSERS:
            raise BrokenError

    def _array(self) -> None:
        self.at += 1
        while True:
            self.gaps()
            if self.done:
                raise IncompleteError
            if self.peek() == ")":
                self.at += 1
                return
            if not self.word():
                raise BrokenError

    def _redirection(self, first: Place) -> bool:
        """Read one redirection and mark the commands from `first` on; False if there is none here."""
        start = self.at
        while self.peek().isdigit():
            self.at += 1
        number = self.text[start : self.at]
        operator = next((each for each in REDIRECTIONS if self.text.startswith(each, self.at)), "")
        if not operator or self.peek(2) in {"<(", ">("} or (number and operator.startswith("&")):
            self.at = start
            return False
        self.at += len(operator)
        self.blanks()
        target = self.word()
        if not target:
            raise BrokenError
        if operator in {"<<", "<<-"}:
            self.documents.append((_unquote(target), operator == "<<-"))
        reads = operator.startswith("<")
        descriptor = number or ("0" if reads else "1")
        elsewhere = not (operator in {">&", "<&"} and (target.isdigit() or target == "-"))
        self._mark(
            first,
            piped_in=descriptor == "0" and elsewhere,
            piped_out=descriptor == "1" and elsewhere,
            errors_out=number == "2" or (not number and operator in {"&>", "&>>", ">&"} and elsewhere),
        )
        for command in self.found[first[0] :][-1:]:
            command.end = max(command.end, self.at)
        return True


_COMPOUNDS: dict[str, Callable[[_Scanner], bool | None]] = {
    "((": _Scanner.arithmetic,
    "(": _Scanner.subshell,
    "{": _Scanner.group,
    "[[": _Scanner.condition,
    "if": _Scanner.if_clause,
    "while": _Scanner.loop,
    "until": _Scanner.loop,
    "for": _Scanner.for_clause,
    "select": _Scanner.for_clause,
    "case": _Scanner.case_clause,
    "function": _Scanner.function,
}


def _is_assignment(word: str) -> bool:
    name, equals, _ = word.partition("=")
    name = name.removesuffix("+").partition("[")[0]
    return bool(equals) and name.isidentifier() and name.isascii()


def _unquote(word: str) -> str:
    return word.replace("\\", "").replace("'", "").replace('"', "")
