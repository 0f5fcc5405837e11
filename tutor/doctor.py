"""An examination of what is around the program, from terminal to versions, with a mend for what is short."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Final, Literal, TypeAlias

from tutor.surroundings import Environ, colour_count, locale_of, wants_ascii

Verdict: TypeAlias = Literal["ok", "note", "short"]

SMALLEST: Final = (40, 15)
COMPLETE: Final = (80, 24)
ROOMY: Final = (100, 30)
"""Columns and lines: less is too small; everything can be reached; the lesson stands beside the cluster."""
OLDEST_PYTHON: Final = (3, 11)
PACKAGES: Final = ("textual", "bashkit")


@dataclass(frozen=True)
class Finding:
    """One thing about the surroundings.

    Args:
        name: what it is about, in a word.
        found: how it is.
        verdict: whether that is good (`ok`), good to know (`note`), or less than the app needs (`short`).
        mend: what to do about it; may be empty.
    """

    name: str
    found: str
    verdict: Verdict = "ok"
    mend: str = ""


@dataclass(frozen=True)
class Surroundings:
    """What there is to examine.

    Args:
        environ: the environment.
        size: columns and lines; None without a terminal.
        terminal: whether both input and output are one.
        encoding: of the output.
        python: the interpreter's version.
        version_of: the version of a package; raises `metadata.PackageNotFoundError` if it is missing.
        home: where progress and settings are kept.
    """

    environ: Environ = field(default_factory=lambda: os.environ)
    size: tuple[int, int] | None = None
    terminal: bool = False
    encoding: str = "utf-8"
    python: tuple[int, ...] = sys.version_info[:3]
    version_of: Callable[[str], str] = metadata.version
    home: Path = Path()


def examine(around: Surroundings) -> Iterator[Finding]:
    """Look at everything, one thing after the other."""
    yield _terminal(around)
    if around.terminal:
        yield _size(around.size)
        yield _colours(around.environ)
        yield _signs(around)
        yield from _mouse_and_copying(around.environ)
        yield from _multiplexer(around.environ)
        yield _motion(around.environ)
    yield from _versions(around)
    yield from _kept(around.home)


def _terminal(around: Surroundings) -> Finding:
    term = around.environ.get("TERM", "")
    if not around.terminal:
        return Finding("terminal", "none on both input and output", "short", _PLAIN)
    if term == "dumb":
        return Finding("terminal", "TERM=dumb: it cannot move its cursor", "short", _PLAIN)
    program = around.environ.get("TERM_PROGRAM", "")
    return Finding("terminal", " in ".join(filter(None, (term or "TERM is not set", program))))


_PLAIN: Final = "Line by line it works all the same: tutor start LESSON --plain"


def _size(size: tuple[int, int] | None) -> Finding:
    if size is None:
        return Finding("size", "unknown", "note")
    columns, lines = size
    found = f"{columns} columns, {lines} lines"
    if columns < SMALLEST[0] or lines < SMALLEST[1]:
        return Finding("size", f"{found}: too small", "short", _larger(COMPLETE))
    if columns < COMPLETE[0] or lines < COMPLETE[1]:
        return Finding("size", f"{found}: cramped", "note", _larger(COMPLETE))
    if columns < ROOMY[0] or lines < ROOMY[1]:
        mend = f"{_larger(ROOMY)} The lesson and the cluster then stand side by side."
        return Finding("size", f"{found}: complete, one pane at a time", "ok", mend)
    return Finding("size", f"{found}: the lesson beside the cluster")


def _larger(size: tuple[int, int]) -> str:
    return f"Make the window {size[0]} columns and {size[1]} lines or larger, or the font smaller."


def _colours(environ: Environ) -> Finding:
    count = colour_count(environ)
    if "NO_COLOR" in environ:
        return Finding("colours", "none, as NO_COLOR asks for", "note", "Unset NO_COLOR to have them. None is needed.")
    if count == 0:
        return Finding("colours", "none", "note", "None is needed: every state is a sign and a word too.")
    if count < 1 << 24:
        mend = "If your terminal has 16 million: export COLORTERM=truecolor"
        return Finding("colours", f"{count}", "note", mend)
    return Finding("colours", "16 million")


def _signs(around: Surroundings) -> Finding:
    environ = around.environ
    if environ.get("TUTOR_ASCII"):
        return Finding("signs", "ASCII only, as TUTOR_ASCII asks for", "note", "Unset TUTOR_ASCII for the others.")
    if wants_ascii(environ):
        mend = "If your terminal shows UTF-8: export LANG=C.UTF-8"
        return Finding("signs", f"ASCII only: the locale is {locale_of(environ)}", "note", mend)
    if "utf" not in around.encoding.lower():
        mend = "Set PYTHONUTF8=1, or a UTF-8 locale; or draw with ASCII: TUTOR_ASCII=1"
        return Finding("signs", f"the output's encoding is {around.encoding}", "note", mend)
    if environ.get("TERM") == "linux":
        return Finding("signs", "the console's font has few", "note", "If some are missing: TUTOR_ASCII=1")
    return Finding("signs", "Unicode", "ok")


def _mouse_and_copying(environ: Environ) -> Iterator[Finding]:
    if environ.get("TERM") == "linux":
        yield Finding("mouse", "the console reports none", "note", "Everything has a key: F1 says which.")
    else:
        yield Finding("mouse", "used where the terminal reports it; everything has a key too")
    if environ.get("TERM_PROGRAM") == "Apple_Terminal":
        mend = "Terminal ignores OSC 52: hold Fn and drag to select, then Cmd+C."
        yield Finding("copying", "by OSC 52", "note", mend)
    else:
        yield Finding("copying", "by OSC 52" + (", over SSH too" if "SSH_CONNECTION" in environ else ""))


def _multiplexer(environ: Environ) -> Iterator[Finding]:
    if "TMUX" in environ:
        mend = "ctrl+b is tmux's: press it twice. To copy: set -g set-clipboard on"
        if colour_count(environ) == 256:
            mend += '. For all colours: set -ga terminal-features ",*:RGB"'
        yield Finding("multiplexer", "tmux", "note", mend)
    elif "STY" in environ:
        yield Finding("multiplexer", "screen", "note", "ctrl+a is screen's: press ctrl+a a for the start of the line.")
    elif "ZELLIJ" in environ:
        mend = "ctrl+g locks Zellij's own keys; without it ctrl+o and ctrl+p do not arrive here."
        yield Finding("multiplexer", "Zellij", "note", mend)


def _motion(environ: Environ) -> Finding:
    if environ.get("TEXTUAL_ANIMATIONS", "").lower() == "none":
        return Finding("motion", "none, as TEXTUAL_ANIMATIONS asks for")
    return Finding("motion", "requests are played; Settings has Reduced motion")


def _versions(around: Surroundings) -> Iterator[Finding]:
    python = ".".join(map(str, around.python))
    if around.python[:2] < OLDEST_PYTHON:
        yield Finding("Python", python, "short", f"Install Python {'.'.join(map(str, OLDEST_PYTHON))} or newer.")
    else:
        yield Finding("Python", python)
    for package in PACKAGES:
        try:
            yield Finding(package, around.version_of(package))
        except metadata.PackageNotFoundError:
            yield Finding(
                package, "missing", "short", "Install tutor again: pip install --force-reinstall clusterip-tutor"
            )


def _kept(home: Path) -> Iterator[Finding]:
    nearest = next((folder for folder in (home, *home.parents) if folder.exists()), home)
    if not (nearest.is_dir() and os.access(nearest, os.W_OK)):
        mend = "Make it writable, or set TUTOR_HOME to a folder that is. Until then nothing is kept."
        yield Finding("home", f"{home}: cannot be written", "short", mend)
    else:
        yield Finding("home", str(home) + ("" if home.exists() else " (made when it is needed)"))
    for name in ("progress", "settings"):
        path = home / f"{name}.json"
        if not path.exists():
            yield Finding(name, "nothing kept yet")
            continue
        try:
            json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            yield Finding(name, f"{path} cannot be read", "note", "It is set aside, and begun anew, when tutor starts.")
        else:
            yield Finding(name, str(path))
