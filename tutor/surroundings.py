"""What the terminal around the program can show, told from the environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Final, TypeAlias

Environ: TypeAlias = Mapping[str, str]

_COLOURS: Final = {"kitty": 256, "256color": 256, "16color": 16}
"""Colours by the last part of TERM, as Rich reads it (rich.console)."""


def has_screen(environ: Environ = os.environ) -> bool:
    """Whether the app can be shown: a terminal on both sides, and one that can move its cursor."""
    return sys.stdin.isatty() and sys.stdout.isatty() and environ.get("TERM") != "dumb"


def wants_ascii(environ: Environ = os.environ) -> bool:
    """Whether only ASCII is to be drawn: `TUTOR_ASCII` is set, or the locale is not a Unicode one."""
    locale = locale_of(environ)
    legacy = locale in {"C", "POSIX"} or (locale != "" and "utf" not in locale.lower() and "." in locale)
    return bool(environ.get("TUTOR_ASCII")) or legacy


def locale_of(environ: Environ) -> str:
    """The name of the locale that decides about characters; empty if none is set."""
    return environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""


def colour_count(environ: Environ = os.environ) -> int:
    """How many colours the app will use: 0, 16, 256 or 16,777,216 (as Rich decides it, rich.console)."""
    if "NO_COLOR" in environ or environ.get("TERM", "").lower() in {"dumb", "unknown"}:
        return 0
    if environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"} or "WT_SESSION" in environ:
        return 1 << 24
    return _COLOURS.get(environ.get("TERM", "").strip().lower().rpartition("-")[2], 16)
