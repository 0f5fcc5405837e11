"""What dash and BusyBox's ash say where bash says something else.

Sources: dash 0.5.12 run by hand, and the texts of BusyBox 1.36 in `shell/ash.c` and `coreutils/test.c`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

Rule: TypeAlias = tuple[re.Pattern[str], Callable[[re.Match[str], str], str]]
"""A message of bash's without the shell's name, and what becomes of it in a given script."""

_NO_FILE: Final = re.compile(r"^(\S+): No such file or directory$")
_FOLDER: Final = re.compile(r"^(\S+): Is a directory$")
_UNSET: Final = re.compile(r"^(\w+): unbound variable$")
_ZERO: Final = re.compile(r"^(.*): division by 0 \(error token is .*\)$")
_NUMBER: Final = re.compile(r"^(?:\[|test): (.*): integer expression expected$")
_EXIT: Final = re.compile(r"^(exit|return): (.*): numeric argument required$")
_CD: Final = re.compile(r"^cd: (.*): (No such file or directory|Not a directory)$")
_PRINTF: Final = re.compile(r"^printf: (.*): invalid number$")


def _writes(path: str, script: str) -> bool:
    """Whether a script sends output to a path; else it reads from there."""
    return re.search(rf">\|? *['\"]?{re.escape(path)}", script) is not None


def _dash_missing(match: re.Match[str], script: str) -> str:
    path = match[1]
    return (
        f"cannot create {path}: Directory nonexistent" if _writes(path, script) else f"cannot open {path}: No such file"
    )


def _ash_missing(match: re.Match[str], script: str) -> str:
    path = match[1]
    return (
        f"can't create {path}: nonexistent directory" if _writes(path, script) else f"can't open {path}: no such file"
    )


RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "dash": (
        (_CD, lambda match, _: f"cd: can't cd to {match[1]}"),
        (_NO_FILE, _dash_missing),
        (_FOLDER, lambda match, _: f"cannot create {match[1]}: Is a directory"),
        (_UNSET, lambda match, _: f"{match[1]}: parameter not set"),
        (_ZERO, lambda match, _: f'arithmetic expression: division by zero: "{match[1]}"'),
        (_NUMBER, lambda match, _: f"[: Illegal number: {match[1]}"),
        (_EXIT, lambda match, _: f"{match[1]}: Illegal number: {match[2]}"),
        (_PRINTF, lambda match, _: f"printf: {match[1]}: expected numeric value"),
    ),
    "ash": (
        (_CD, lambda match, _: f"cd: can't cd to {match[1]}: {match[2]}"),
        (_NO_FILE, _ash_missing),
        (_FOLDER, lambda match, _: f"can't create {match[1]}: Is a directory"),
        (_UNSET, lambda match, _: f"{match[1]}: parameter not set"),
        (_ZERO, lambda _, __: "divide by zero"),
        (_NUMBER, lambda match, _: f"{match[1]}: bad number"),
        (_EXIT, lambda match, _: f"{match[1]}: Illegal number: {match[2]}"),
        (_PRINTF, lambda match, _: f"printf: invalid number '{match[1]}'"),
    ),
}


def in_dialect(kind: str, message: str, script: str) -> str:
    """A message of bash's in another shell's words; as it is if they agree.

    Args:
        kind: the shell.
        message: the message, without the shell's name.
        script: what the shell runs.
    """
    for pattern, say in RULES.get(kind, ()):
        if match := pattern.match(message):
            return say(match, script)
    return message
