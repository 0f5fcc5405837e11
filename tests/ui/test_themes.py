"""Every text of our themes can be read: contrast as WCAG 2.2 counts it, from the variables and from what is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from tests.ui.conftest import opened, run_command
from tutor.ui.app import TutorApp
from tutor.ui.theme import AA, OWN_THEMES, READ, contrast, muted_in, readable
from tutor.ui.widgets.lesson_pane import ActionBar

WANTED = {theme.name: 7.0 if "projector" in theme.name else 4.5 for theme in OWN_THEMES}
"""Levels AA and, in front of a room, AAA for text."""
TEXTS = (
    "foreground", "muted", "text-muted", "text-disabled", "text-primary", "text-accent", "text-success",
    "text-warning", "text-error", "footer-key-foreground", "primary", "success", "warning", "secondary",
)  # fmt: skip
BACKGROUNDS = ("background", "surface", "panel", "footer-background")
TINTED = (("text-success", "success", 0.2), ("foreground", "primary", 0.25), ("text-accent", "primary", 0.25))
"""Texts on a panel with some colour in it."""
DRAWN = "▁▂▃▄▅▆▇█▔─│╭╮╰╯━╺╸├┤"
"""Signs of frames and scroll bars, which say nothing."""


def on(background: Color, text: str) -> Color:
    """A text's colour on a background; `auto 80%` is black or white, whichever is seen better."""
    if not text.startswith("auto"):
        return background + Color.parse(text)
    return background + background.get_contrast_text(float(text.removeprefix("auto").strip(" %")) / 100)


@pytest.mark.parametrize("theme", OWN_THEMES, ids=lambda theme: theme.name)
def test_every_text_stands_out_from_every_background(theme: Theme) -> None:
    colours = {**theme.to_color_system().generate(), **theme.variables}
    panel = Color.parse(colours["panel"])
    pairs = [(text, Color.parse(colours[background])) for text in TEXTS for background in BACKGROUNDS]
    pairs += [(text, panel.blend(Color.parse(colours[colour]), part, 1)) for text, colour, part in TINTED]
    ratios = {(text, back.hex): round(contrast(on(back, colours[text]), back), 2) for text, back in pairs}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < WANTED[theme.name]} == {}


@pytest.mark.parametrize("theme", OWN_THEMES, ids=lambda theme: theme.name)
async def test_what_is_drawn_can_be_read(theme: Theme, make_app: Callable[..., TutorApp]) -> None:
    """On the lesson's screen after an error and a change, and in the list of lessons."""
    app = make_app("first")
    async with app.run_test(size=(120, 40)) as pilot:
        app.theme = theme.name
        await opened(pilot)
        await run_command(pilot, "kubectl get pod nobody")
        await run_command(pilot, "kubectl create configmap one")
        await pilot.pause()
        faint = faint_texts(app, WANTED[theme.name])
        await pilot.press("f10")
        await pilot.pause()
        faint |= faint_texts(app, WANTED[theme.name])
    assert faint == {}


def faint_texts(app: TutorApp, wanted: float) -> dict[str, float]:
    """What stands on the screen with too little contrast."""
    faint = {}
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            text, style = segment.text.strip().strip(DRAWN), segment.style
            if text and style is not None and style.color is not None and style.bgcolor is not None:
                ratio = contrast(Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor))
                if ratio < wanted:
                    faint[text] = round(ratio, 2)
    return faint


@pytest.mark.parametrize("theme", BUILTIN_THEMES.values(), ids=lambda theme: theme.name)
def test_words_can_be_read_in_other_themes(theme: Theme) -> None:
    colours = {**theme.to_color_system().generate(), **theme.variables, **muted_in(theme)}
    strong = readable(colours)
    if theme.name.startswith("ansi"):
        assert strong == colours
        assert strong["muted"] == "ansi_bright_black"
        return
    pairs = [(word, back) for word, backs in READ.items() for back in backs]
    assert {
        pair: ratio
        for pair in pairs
        if (ratio := contrast(Color.parse(strong[pair[0]]), Color.parse(strong[pair[1]]))) < AA
    } == {}


@pytest.mark.parametrize("name", ["solarized-light", "catppuccin-latte", "atom-one-dark"])
async def test_what_other_themes_draw_can_be_read(name: str, make_app: Callable[..., TutorApp]) -> None:
    """Where words were faintest; keys that do nothing now may be fainter."""
    app = make_app("first")
    async with app.run_test(size=(120, 40)) as pilot:
        app.theme = name
        await opened(pilot)
        await run_command(pilot, "kubectl get pod nobody")
        await pilot.pause()
        assert {text for text in faint_texts(app, 3) if not re.fullmatch(r"F\d \w+", text)} == set()


async def test_the_bar_that_leads_on_can_be_read_in_the_terminals_own_colours(
    make_app: Callable[..., TutorApp],
) -> None:
    """There no colour is mixed with another: a tint of green is green."""
    app = make_app("first")
    async with app.run_test(size=(100, 30)) as pilot:
        app.theme = "ansi-dark"
        screen = await opened(pilot)
        await pilot.pause()
        bar = screen.query_one(ActionBar)
        assert bar.has_class("-done")
        assert bar.styles.background.ansi == Color.parse("ansi_green").ansi
        assert bar.styles.color.ansi == Color.parse("ansi_black").ansi


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_only_ascii_is_drawn_when_asked_for(
    size: tuple[int, int], make_app: Callable[..., TutorApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTOR_ASCII", "1")
    app = make_app("first")
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "kubectl get pod nobody")
        await run_command(pilot, "kubectl expose deploy x --port 80")
        screen.shell.prompt.put("kubectl get po")
        for key in ("", "f9", "f9", "f1", "escape", "ctrl+o", "escape", "f10"):
            if key:
                await pilot.press(key)
            await pilot.pause()
            text = "".join(segment.text for strip in app.screen._compositor.render_strips() for segment in strip)
            assert {sign for sign in text if not sign.isascii()} == set(), key
