"""History expansion: `!!`, `!$`, `!n`, `!-n`, `!text` and `^old^new`, as bash does it (bash manual, section 9.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Expansion:
    """A line with its history references replaced.

    Args:
        text: the line.
        changed: whether it had any; bash shows the line then.
        error: what bash says after its name when a reference finds nothing; empty if all is well.
    """

    text: str
    changed: bool = False
    error: str = ""


_EVENT = re.compile(
    r"!(?:(?P<last>!)|(?P<word>[$^*])|(?P<number>-?\d+)|\?(?P<within>[^?\s]+)\??|(?P<start>[A-Za-z./_][^\s:;|&<>()]*))"
)


def expand_history(line: str, history: Sequence[str]) -> Expansion:
    """Expand a line typed at the prompt.

    Args:
        line: the line.
        history: earlier inputs, oldest first.
    """
    if match := re.fullmatch(r"\^([^^]+)\^([^^]*)\^?", line):
        return _substitute(line, match[1], match[2], history)
    if "!" not in line:
        return Expansion(line)
    parts: list[str] = []
    at = 0
    quoted = False
    while at < len(line):
        char = line[at]
        if char == "'" and not quoted:
            end = line.find("'", at + 1)
            end = len(line) if end < 0 else end + 1
            parts.append(line[at:end])
            at = end
            continue
        if char == "\\":
            parts.append(line[at : at + 2])
            at += 2
            continue
        quoted ^= char == '"'
        match = _EVENT.match(line, at) if char == "!" else None
        if match is None:
            parts.append(char)
            at += 1
            continue
        found = _find(match, history)
        if found is None:
            return Expansion(line, error=f"{match[0]}: event not found")
        parts.append(found)
        at = match.end()
    text = "".join(parts)
    return Expansion(text, changed=text != line)


def _substitute(line: str, old: str, new: str, history: Sequence[str]) -> Expansion:
    if not history or old not in history[-1]:
        return Expansion(line, error=f":s{line}: substitution failed")
    return Expansion(history[-1].replace(old, new, 1), changed=True)


def _find(match: re.Match[str], history: Sequence[str]) -> str | None:
    if match["number"]:
        number = int(match["number"])
        index = number - 1 if number > 0 else len(history) + number
        return history[index] if number and 0 <= index < len(history) else None
    if match["start"] or match["within"]:
        wanted = [
            each
            for each in history
            if (match["within"] and match["within"] in each) or (match["start"] and each.startswith(match["start"]))
        ]
        return wanted[-1] if wanted else None
    if not history:
        return None
    words = history[-1].split()
    match match["word"]:
        case "$":
            return words[-1]
        case "^":
            return words[1] if len(words) > 1 else ""
        case "*":
            return " ".join(words[1:])
    return history[-1]
