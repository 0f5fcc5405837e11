"""What makes one shell's words differ from another's: prompts, and how it reports what went wrong.

The interpreter speaks as a bash script would, with line numbers and suggestions for programs. What reaches a person
is reworded here. Sources: bash 5.2, dash 0.5.12 and BusyBox 1.36 ash, run by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from dataclasses import dataclass

from tutor.shell.computer import Computer, ShellKind
from tutor.shell.dialects import in_dialect

_LINE = re.compile(r"^bash: line (\d+): (.*)$")
"""A message of the interpreter; scripts' own messages begin with the script's name."""
_SUGGESTION = re.compile(r"(: line \d+: .*: command not found)\. .*$")
_NOT_FOUND = re.compile(r"^(.*): command not found(?:\. .*)?$")
_PARSE = re.compile(r"^parse error at line \d+, column \d+: (.*)$")
_MISSING = "No such file or directory"
_REWORDED = (
    (
        re.compile(rf"^(head|tail): (?!cannot open )([^:]*): {_MISSING}$"),
        rf"\1: cannot open '\2' for reading: {_MISSING}",
    ),
    (re.compile(rf"^sort: /?(?:\S*/)?([^:/]*): {_MISSING}$"), rf"sort: cannot read: \1: {_MISSING}"),
    (
        re.compile(rf"^(cp|mv): cannot (?:copy|move) ('[^']*'): (?:io error: not found|{_MISSING})$"),
        rf"\1: cannot stat \2: {_MISSING}",
    ),
    (
        re.compile(rf"^(cut|wc|uniq|paste|nl|tac|rev|fold|diff|comm|join): /\S*?([^:/]+): {_MISSING}$"),
        rf"\1: \2: {_MISSING}",
    ),
    (re.compile(r"io error: file not found|io error: not found"), _MISSING),
    (re.compile(r"filesystem is read-only"), "Read-only file system"),
    (re.compile(r"^awk: fatal: cannot open file `(.*)' for reading: (.*)$"), r"awk: cannot open \1 (\2)"),
)
_OURS = re.compile(r"^(\++ )?__(in=|out=|err=|eos |setrc |drain |sh )")
"""What `set -x` and `set -v` show of what the session adds to a line."""
_BEGINS_MESSAGE = re.compile(r"(real|user|sys)\t|[\w./-]+: (line|cannot|can't|io error|fatal|[^ ]*: No)|(\++ )?__")
_REAL = re.compile(r"^real\t\d+m[\d.]+s$")
LIMITS = {
    "loop iterations": "stopped: a loop went round 100000 times, which is as often as a loop may here",
    "function depth": "stopped: functions called each other 16 levels deep, which is as deep as they may here",
    "command": "stopped: this ran more commands than a line may here",
}
_BUDGETS = (
    (re.compile(r"live intermediate bytes \(.*max (\d+)\)"), "stopped: a command held more than {} bytes at once"),
    (re.compile(r"aggregate input bytes \(.*max (\d+)\)"), "stopped: this passed on more than {} bytes"),
    (re.compile(r"array entry limit \((\d+)\) exceeded"), "stopped: the arrays hold more than {} entries"),
    (re.compile(r"variable byte limit \((\d+)\) exceeded"), "stopped: the variables hold more than {} characters"),
    (re.compile(r"maximum source depth exceeded"), "stopped: files sourced each other too deeply"),
)
"""What the interpreter says when a line has used up what it may have, and what is said instead."""


@dataclass(frozen=True)
class Personality:
    """How one shell speaks.

    Args:
        kind: which shell it is.
        name: how it calls itself in messages: `bash`, `sh`, `/bin/sh`.
        interactive: whether a person types at it.
    """

    kind: ShellKind
    name: str
    interactive: bool

    def prompt(self, computer: Computer, cwd: str) -> str:
        """The prompt when the working folder is `cwd`."""
        home = computer.user.home
        short = "~" + cwd[len(home) :] if cwd == home or cwd.startswith(home + "/") else cwd
        mark = "#" if computer.user.uid == 0 else "$"
        match self.kind:
            case "ash":
                return f"{short} {mark} "
            case "dash":
                return f"{mark} "
        return f"{computer.user.name}@{computer.hostname}:{short}{mark} "

    def not_found(self, name: str, line: int = 1) -> str:
        """What it says of a command that is not there."""
        match self.kind:
            case "ash":
                return f"{self.name}: {self._ash_line(line)}{name}: not found"
            case "dash":
                return f"{self.name}: {line}: {name}: not found"
        where = "" if self.interactive else f"line {line}: "
        return f"{self.name}: {where}{name}: command not found"

    def _ash_line(self, number: int) -> str:
        """BusyBox names the line in script files only."""
        return "" if self.interactive or self.name.rpartition("/")[2] in {"sh", "ash"} else f"line {number}: "

    def reword(self, line: str, script: str = "") -> str:
        """One line of output, as this shell would have put it.

        Args:
            line: the line, without its newline.
            script: what the shell runs.
        """
        if ": " not in line:
            return line
        if match := _LINE.match(line):
            return self._own(int(match[1]), match[2], script)
        line = _SUGGESTION.sub(r"\1", line)
        for pattern, replacement in _REWORDED:
            line = pattern.sub(replacement, line)
        return line

    def _own(self, number: int, message: str, script: str) -> str:
        """A message of the shell itself."""
        if stopped := _stopped(message):
            return f"{self.name}: {stopped}"
        if match := _NOT_FOUND.match(message):
            return self.not_found(match[1], number)
        message = in_dialect(self.kind, message, script)
        if self.kind == "dash":
            return f"{self.name}: {number}: {message}"
        if self.kind == "ash":
            return f"{self.name}: {self._ash_line(number)}{message}"
        if self.kind == "bash" and not self.interactive:
            return f"{self.name}: line {number}: {message}"
        return f"{self.name}: {message}"

    def failure(self, error: str) -> str:
        """A line for what ended a whole run: a syntax error, or a limit."""
        if match := _PARSE.match(error):
            return self._syntax(match[1])
        if wide := re.search(r"brace range too large: (\S+) produces (\d+) elements \(max (\d+)\)", error):
            return (
                f"{self.name}: stopped: {wide[1]} would make {wide[2]} words, and {wide[3]} are as many as it may here"
            )
        return f"{self.name}: {_stopped(error) or error}"

    def _syntax(self, problem: str) -> str:
        token = re.search(r"unexpected token `?(.*?)'?$", problem)
        found = token[1] if token and token[1] else "newline"
        match self.kind:
            case "ash":
                return f'{self.name}: syntax error: unexpected "{found}"'
            case "dash":
                return f'{self.name}: 1: Syntax error: "{found}" unexpected'
        where = "" if self.interactive else "-c: line 1: "
        if "unterminated" in problem or "end of file" in problem:
            return f"{self.name}: {where}syntax error: unexpected end of file"
        return f"{self.name}: {where}syntax error near unexpected token `{found}'"


def _stopped(message: str) -> str:
    """What is said of a limit that a message of the interpreter names; empty if it names none."""
    for pattern, text in _BUDGETS:
        if found := pattern.search(message):
            return text.format(*found.groups()) + ", which is all that is allowed here"
    limit = re.search(r"(?:resource limit exceeded: )?maximum (.*?) exceeded", message)
    return LIMITS.get(limit[1], "") if limit else ""


class LineFilter:
    """Rewords output line by line, letting what is certainly no message through at once.

    Args:
        personality: the shell that speaks.
        elapsed: simulated seconds since the line began, which is what `time` is to show.
        script: what the shell runs.
        verbatim: lines that are to stay as they are: messages of other shells, which have been reworded already.
    """

    def __init__(
        self,
        personality: Personality,
        elapsed: Callable[[], float] = lambda: 0.0,
        script: str = "",
        verbatim: Container[str] = (),
    ) -> None:
        self._personality = personality
        self._elapsed = elapsed
        self._script, self._verbatim = script, verbatim
        self._held = ""

    def feed(self, text: str) -> str:
        """The part of the output so far that is ready to be shown."""
        lines = (self._held + text).splitlines(keepends=True)
        self._held = ""
        if lines and not lines[-1].endswith("\n") and _may_be_message(lines[-1]):
            self._held = lines.pop()
        return "".join(self._line(line) for line in lines)

    def flush(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return self._line(held)

    def _line(self, line: str) -> str:
        body = line.rstrip("\n")
        if _OURS.match(body):
            return ""
        if _REAL.match(body):
            minutes, seconds = divmod(self._elapsed(), 60)
            return f"real\t{int(minutes)}m{seconds:.3f}s\n"
        if body in {"user\tunavailable", "sys\tunavailable"}:
            return body.replace("unavailable", "0m0.004s") + "\n"
        return line if body in self._verbatim else self._personality.reword(body, self._script) + line[len(body) :]


def _may_be_message(line: str) -> bool:
    """Whether a line that is not complete yet may become a message to reword."""
    return bool(
        re.match(r"^(real|user|sys)\t|^[\w./-]+: (line|cannot|can't|io error|fatal|[^ ]*: No)|^(\++ )?__", line)
    )
