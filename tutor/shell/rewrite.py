"""Marks commands whose streams are not the terminal, and lets the interpreter's own commands read the terminal.

The interpreter cannot tell a command whether its input or output is a terminal, and gives its own commands no
terminal to read. So a line is rewritten before it runs: an empty `__in=` or `__out=` in front of a command says
that this stream is no terminal (both are exported as `1` in a terminal's shell, and functions inherit them), and
`read x` becomes `read x < <(__typed read x)`.
"""

from __future__ import annotations

import re

from tutor.shell.scanner import Scan, Simple

IN, OUT = "__in", "__out"
ZERO = "__zero"
"""Variable that holds what `$0` is to be; the interpreter always says `bash`."""
TYPED, LATE = "__typed", "__late"

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


def rewrite(text: str, scan: Scan) -> str:
    """The text with its marks.

    Args:
        text: a complete input.
        scan: its scan.
    """
    edits: list[tuple[int, int, str]] = []
    for zero in scan.zeros:
        name = ZERO if text[zero - 1] == "{" else f"{{{ZERO}}}"
        edits.append((zero, zero + 1, name))
    for command in scan.commands:
        if not command.words:
            continue
        marks = (f"{IN}= " if command.piped_in else "") + (f"{OUT}= " if command.piped_out else "")
        if marks:
            edits.append((command.start, command.start, marks))
        if not command.piped_in and not command.in_function and _reads_input(command.words):
            words = " ".join(command.words) if command.words[0] in _LINE_READERS else ""
            source = f" < <({TYPED} {words})"
            if words and any(re.match(r"-\w*t", word) for word in command.words):
                # A time limit has an exit status of its own, which an empty file does not lead to.
                edits.append((command.start, command.start, "{ "))
                source += f" || {LATE}; }}"
            edits.append((command.end, command.end, source))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _reads_input(words: list[str]) -> bool:
    name = words[0]
    if name in _LINE_READERS:
        return True
    allowed = _READERS_WITHOUT_FILE.get(name)
    if allowed is None or "--help" in words or "--version" in words:
        return False
    if name in {"mapfile", "readarray"}:
        return True
    if name.endswith("awk") and any(word.strip("'\"").lstrip().startswith("BEGIN") for word in words):
        return False
    if name.endswith("grep") and any(word.startswith("-") and set(word) & set("rR") for word in words):
        return False
    return sum(not word.startswith("-") or word == "-" for word in words[1:]) <= allowed


def literal_name(command: Simple) -> str:
    """The name of a command if it is written out; empty if it is computed."""
    name = command.words[0] if command.words else ""
    return "" if set(name) & set("$`\"'\\*?[") else name
