"""Our themes, and the symbols the screen draws with, in Unicode and in ASCII."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from textual.color import BLACK, WHITE, Color, ColorParseError
from textual.theme import Theme

from tutor.surroundings import wants_ascii

DARK: Final = Theme(
    name="tutor-dark",
    primary="#6cb6ff",
    secondary="#a5a8ff",
    accent="#f2c14e",
    foreground="#d9e1ea",
    background="#0f141a",
    surface="#141b23",
    panel="#1f2934",
    success="#6fd39b",
    warning="#f2a65a",
    error="#ff7b72",
    variables={
        "border": "#6cb6ff",
        "border-blurred": "#334252",
        "footer-key-foreground": "#f2c14e",
        "footer-background": "#141b23",
        "input-selection-background": "#6cb6ff 30%",
        "block-cursor-foreground": "#0f141a",
        "muted": "#a3b1bf",
        "text-muted": "auto 80%",
        "text-disabled": "auto 65%",
    },
)
LIGHT: Final = Theme(
    name="tutor-light",
    dark=False,
    primary="#1d5fd1",
    secondary="#5b4bb7",
    accent="#8f5200",
    foreground="#1c2530",
    background="#f6f7f9",
    surface="#ffffff",
    panel="#e6eaf0",
    success="#17713f",
    warning="#8f5200",
    error="#b3261e",
    variables={
        "border": "#1d5fd1",
        "border-blurred": "#c3ccd6",
        "footer-key-foreground": "#1d5fd1",
        "footer-background": "#e6eaf0",
        "input-selection-background": "#1d5fd1 25%",
        "muted": "#4d5966",
        "text-muted": "auto 80%",
        "text-disabled": "auto 70%",
    },
)
PROJECTOR: Final = Theme(
    name="tutor-projector",
    primary="#7fd4ff",
    secondary="#c9b8ff",
    accent="#ffe14d",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#202020",
    success="#7dff9b",
    warning="#ffc04d",
    error="#ff9a94",
    variables={
        "border": "#ffffff",
        "border-blurred": "#9a9a9a",
        "footer-key-foreground": "#ffe14d",
        "footer-background": "#202020",
        "block-cursor-foreground": "#000000",
        "muted": "#d6d6d6",
        "text-muted": "auto 95%",
        "text-disabled": "auto 80%",
    },
)
PROJECTOR_LIGHT: Final = Theme(
    name="tutor-projector-light",
    dark=False,
    primary="#003a9e",
    secondary="#35207a",
    accent="#5f2900",
    foreground="#000000",
    background="#ffffff",
    surface="#ffffff",
    panel="#e4e4e4",
    success="#00501f",
    warning="#5f2900",
    error="#930000",
    variables={
        "border": "#000000",
        "border-blurred": "#6e6e6e",
        "footer-key-foreground": "#003a9e",
        "footer-background": "#e4e4e4",
        "muted": "#333333",
        "text-muted": "auto 95%",
        "text-disabled": "auto 80%",
    },
)
OWN_THEMES: Final = (DARK, LIGHT, PROJECTOR, PROJECTOR_LIGHT)


def muted_in(theme: Theme) -> dict[str, str]:
    """The variables of ours that a theme does not define: words that stand back, and can be read all the same."""
    colours = theme.to_color_system().generate()
    try:
        foreground, background = Color.parse(colours["foreground"]), Color.parse(colours["background"])
    except ColorParseError:
        return {"muted": "ansi_bright_black"}
    if foreground.ansi is not None or background.ansi is not None:
        return {"muted": "ansi_bright_black"}  # the terminal's own colours, which nobody knows
    return {"muted": background.blend(foreground, 0.75, 1).hex}


READ: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("foreground", "muted", "text-primary", "text-accent", "text-success", "text-warning", "text-error"),
            ("background", "surface", "panel"),
        ),
        "footer-key-foreground": ("footer-background",),
        "footer-description-foreground": ("footer-background",),
    }
)
"""Variables that words are written in, and those they are written on."""
AA: Final = 4.5
"""The contrast that words need, https://www.w3.org/TR/WCAG22/#contrast-minimum ."""


def readable(variables: Mapping[str, str]) -> dict[str, str]:
    """A theme's variables with the faint ones of its words drawn nearer to black or white until they can be read.

    Args:
        variables: the colours of a theme; one that is the terminal's own, or none at all, stays as it is.
    """
    strong = dict(variables)
    for name, backs in READ.items():
        try:
            word, *grounds = (Color.parse(variables[each]) for each in (name, *backs))
        except (ColorParseError, KeyError):
            continue
        if all(each.ansi is None and each.a == 1 for each in (word, *grounds)):
            strong[name] = _strengthened(word, grounds).hex
    return strong


def _strengthened(word: Color, grounds: Sequence[Color]) -> Color:
    """The nearest colour to a word's that stands out from all it is written on."""

    def stands_out(colour: Color) -> bool:
        return all(contrast(colour, ground) >= AA for ground in grounds)

    ends = [end for end in (BLACK, WHITE) if stands_out(end)]
    blends = (word.blend(end, step / 20, 1) for step in range(21) for end in ends)
    return next((colour for colour in blends if stands_out(colour)), word)


def contrast(one: Color, other: Color) -> float:
    """How far two colours stand apart, from 1 to 21: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio ."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Color) -> float:
    """Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance ."""
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@dataclass(frozen=True)
class Glyphs:
    """The symbols of the screen. Each stands beside a word that says the same."""

    done: str = "✓"
    todo: str = "○"
    doing: str = "◐"
    cross: str = "✗"
    ready: str = "●"
    unready: str = "○"
    unmatched: str = "·"
    right: str = "→"
    left: str = "←"
    down: str = "▼"
    branch: str = "├─"
    last: str = "╰─"
    trunk: str = "│"
    tee: str = "┬"
    dash: str = "─"
    meter: str = "━"
    packet: str = "◆"
    caret: str = "❯"
    bullet: str = "•"
    more: str = "…"
    corners: str = "╭╮╰╯"


UNICODE: Final = Glyphs()
ASCII: Final = Glyphs(
    done="+",
    todo="-",
    doing="~",
    cross="x",
    ready="*",
    unready="o",
    unmatched=".",
    right="->",
    left="<-",
    down="v",
    branch="|-",
    last="`-",
    trunk="|",
    tee="+",
    dash="-",
    meter="=",
    packet="@",
    caret=">",
    bullet="*",
    more="~",
    corners="++++",
)


def glyphs_for(environ: Mapping[str, str] = os.environ) -> Glyphs:
    """ASCII if `TUTOR_ASCII` is set or the locale is not a Unicode one, else Unicode."""
    return ASCII if wants_ascii(environ) else UNICODE
