"""What the terminal around the program can show, told from the environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Final, TypeAlias

Environ: TypeAlias = Mapping[str, str]

_COLOURS: Final = {"kitty": 256, "256color": 256, "16color": 16}
"""Colours by the last part of TERM, as Rich reads it (rich.console)."""
_COERCED: Final = frozenset({"C.UTF-8", "C.utf8", "UTF-8"})
"""What Python puts into LC_CTYPE in place of the C locale: https://peps.python.org/pep-0538/ ."""


def lacks_screen(environ: Environ = os.environ) -> str:
    """Why the app cannot be shown, in a few words; empty if it can: a terminal on both sides that moves its cursor."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return "no terminal with a screen here"
    return "no cursor that moves in this terminal (TERM=dumb)" if environ.get("TERM") == "dumb" else ""


def has_screen(environ: Environ = os.environ) -> bool:
    """Whether the app can be shown."""
    return not lacks_screen(environ)


def wants_ascii(environ: Environ = os.environ, *, python_in_utf8: bool = bool(sys.flags.utf8_mode)) -> bool:
    """Whether only ASCII is to be drawn: `TUTOR_ASCII` is set, or the locale is said to be no Unicode one.

    No locale at all says nothing: containers and many logins have none, in terminals that show Unicode all the same.

    Args:
        environ: the environment.
        python_in_utf8: whether Python runs in its UTF-8 mode.
    """
    locale = locale_of(environ, python_in_utf8=python_in_utf8)
    legacy = locale in {"C", "POSIX"} or (locale != "" and "utf" not in locale.lower() and "." in locale)
    return bool(environ.get("TUTOR_ASCII")) or legacy


def locale_of(environ: Environ, *, python_in_utf8: bool = bool(sys.flags.utf8_mode)) -> str:
    """The name of the locale that decides about characters, as the learner has set it; empty if none is set.

    Args:
        environ: the environment.
        python_in_utf8: whether Python runs in its UTF-8 mode.
    """
    ctype, lang = environ.get("LC_CTYPE", ""), environ.get("LANG", "")
    # In the C locale Python sets LC_CTYPE itself, before anybody sees it, and takes to its UTF-8 mode; LANG still tells
    # what was meant. Without that mode the learner has set LC_CTYPE. With it always on (PYTHONUTF8, from Python 3.15)
    # the two look the same, and LANG is believed.
    if python_in_utf8 and ctype in _COERCED and environ.get("PYTHONCOERCECLOCALE") != "0":
        ctype = ""
    return environ.get("LC_ALL") or ctype or lang


def colour_count(environ: Environ = os.environ) -> int:
    """How many colours the app will use: 0, 16, 256 or 16,777,216 (as Rich decides it, rich.console)."""
    if "NO_COLOR" in environ or environ.get("TERM", "").lower() in {"dumb", "unknown"}:
        return 0
    if environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"} or "WT_SESSION" in environ:
        return 1 << 24
    return _COLOURS.get(environ.get("TERM", "").strip().lower().rpartition("-")[2], 16)
