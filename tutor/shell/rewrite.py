"""Marks commands whose streams are not the terminal, and lets the interpreter's own commands read the terminal.

The interpreter cannot tell a command whether its input or output is a terminal, and gives its own commands no
terminal to read. So a line is rewritten before it runs: an empty `__in=` or `__out=` in front of a command says
that this stream is no terminal, an empty `__err=` that errors go where a redirection sends them (all are exported as
`1` in a terminal's shell, and functions inherit them), and `read x` becomes `read x < <(__typed read x)`.

The interpreter hands out its own commands' errors late, after the output of what follows them. On a terminal both are
one, so its commands get a `2>&1` where nothing else is said. (`exec 2>&1` would do it once for all, but then errors
in a pipe go into the pipe, and those of a loop or function go nowhere else than to its output.)

Our own commands' errors go with the output likewise, or, out of a pipe or substitution, past the interpreter. Then what
was written before must have come out: `__drain` in front of such a statement sees to it.

One of our own commands in a substitution takes the pipe that its surroundings were to read (`a | sed s/x/$(hostname)/`)
away from them, so it is given nothing to read.
"""

from __future__ import annotations

import re
from collections.abc import Container

from tutor.shell.scanner import Scan, Simple

IN, OUT, ERR = "__in", "__out", "__err"
ZERO = "__zero"
"""Variable that holds what `$0` is to be; the interpreter always says `bash`."""
TYPED, LATE, DRAIN = "__typed", "__late", "__drain"
_DELICATE = re.compile(r"\bset -\w*e|errexit|PIPESTATUS|\bexec\b")
"""Where one more command would change what the others do, or nothing can be said of where output goes."""
_BLOCK = re.compile(r"\{[^{}]*\}")

_LINE_READERS = frozenset({"read"})
_READERS_WITHOUT_FILE = {
    **dict.fromkeys(
        [
            "mapfile", "readarray", "sort", "uniq", "wc", "tac", "rev", "base64", "md5sum", "sha1sum", "sha256sum",
            "nl", "head", "tail", "fold", "expand", "shuf", "od", "xxd",
        ],
        0,
    ),
    **dict.fromkeys(["grep", "egrep", "fgrep", "sed", "awk", "mawk", "gawk", "cut", "paste", "column"], 1),
    "tr": 2,
    "xargs": 99,
    "bc": 0,
}  # fmt: skip
"""Commands that read standard input when they have no more than so many words that are no options."""


_SHELL_WORDS = frozenset(
    ["[", "alias", "bg", "cd", "declare", "export", "fg", "getopts", "kill", "let", "local", "mapfile", "popd",
     "printf", "pushd", "readarray", "readonly", "shift", "test", "typeset", "ulimit", "umask", "unalias", "unset"]
)  # fmt: skip
"""Commands of the shell itself that may complain."""


def rewrite(text: str, scan: Scan, natives: Container[str] = (), *, together: bool = True) -> str:
    """The text with its marks.

    Args:
        text: a complete input.
        scan: its scan.
        natives: the interpreter's own commands.
        together: whether output and errors are to be one.
    """
    edits: list[tuple[int, int, str]] = []
    for zero in scan.zeros:
        name = ZERO if text[zero - 1] == "{" else f"{{{ZERO}}}"
        edits.append((zero, zero + 1, name))
    for command in scan.commands:
        if not command.words:
            continue
        # What awk pipes into (`print | "sort"`) reads what awk writes, never the terminal.
        marks = "".join(
            f"{mark}= "
            for mark, elsewhere in (
                (IN, command.piped_in or _is_awk(command.words)),
                (OUT, command.piped_out),
                (ERR, command.errors_out),
            )
            if elsewhere
        )
        if marks:
            edits.append((command.start, command.start, marks))
        if together and _shows_errors(command, natives):
            edits.append((command.end, command.end, " 2>&1"))
        if command.borrowed_in and command.words[0] not in natives:
            edits.append((command.end, command.end, " </dev/null"))
        if not command.piped_in and not command.in_function and _reads_input(command.words):
            words = " ".join(command.words) if command.words[0] in _LINE_READERS else ""
            source = f" < <({TYPED} {words})"
            if words and any(re.match(r"-\w*t", word) for word in command.words):
                # A time limit has an exit status of its own, which an empty file does not lead to.
                edits.append((command.start, command.start, "{ "))
                source += f" || {LATE}; }}"
            edits.append((command.end, command.end, source))
    if together and not _DELICATE.search(text):
        edits += [
            (each.start, each.start, f'{DRAIN} "$?"; ')
            for each in scan.statements[1:]
            if not each.enclosed and any(_errs_aside(one, natives) for one in scan.commands[each.first : each.last])
        ]
    for start, end, new in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _errs_aside(command: Simple, natives: Container[str]) -> bool:
    """Whether a command of ours may write errors to the terminal while its output goes elsewhere."""
    return bool(command.words) and command.piped_out and not command.errors_out and command.words[0] not in natives


def _shows_errors(command: Simple, natives: Container[str]) -> bool:
    """Whether a command of the interpreter's may write errors to the terminal."""
    elsewhere = command.piped_out or command.errors_out or command.in_function
    name = command.words[0]
    return not elsewhere and (name in _SHELL_WORDS or name in natives)


def _reads_input(words: list[str]) -> bool:
    name = words[0]
    if name in _LINE_READERS:
        return True
    allowed = _READERS_WITHOUT_FILE.get(name)
    if allowed is None or "--help" in words or "--version" in words:
        return False
    if name in {"mapfile", "readarray"}:
        return True
    if _is_awk(words) and any(_only_begins(word.strip("'\"")) for word in words):
        return False
    if name.endswith("grep") and any(word.startswith("-") and set(word) & set("rR") for word in words):
        return False
    return sum(not word.startswith("-") or word == "-" for word in words[1:]) <= allowed


def _is_awk(words: list[str]) -> bool:
    return words[0].endswith("awk")


def _only_begins(program: str) -> bool:
    """Whether an awk program has `BEGIN` and functions only: it ends before it reads anything."""
    while (outside := _BLOCK.sub(" ", program)) != program:
        program = outside
    rest = re.sub(r"function\s+\w+\s*\([^)]*\)", "", program)
    return "BEGIN" in rest and not rest.replace("BEGIN", "").strip()


def literal_name(command: Simple) -> str:
    """The name of a command if it is written out; empty if it is computed."""
    name = command.words[0] if command.words else ""
    return "" if set(name) & set("$`\"'\\*?[") else name
