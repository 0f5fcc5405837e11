"""Every text of our themes can be read: contrast as WCAG 2.2 counts it, from the variables and from what is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest
from textual.color import Color
from textual.command import CommandList, CommandPalette
from textual.pilot import Pilot
from textual.strip import Strip
from textual.theme import BUILTIN_THEMES, Theme
from textual.widget import Widget
from textual.widgets import OptionList

from tests.ui.conftest import opened, run_command, until
from tutor.ui.app import TutorApp
from tutor.ui.screens.editor import EditorScreen, YamlArea
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.settings import SettingsScreen
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


def faint_texts(app: TutorApp, wanted: float, strips: Sequence[Strip] | None = None) -> dict[str, float]:
    """What stands on the screen, or in these lines of it, with too little contrast."""
    faint = {}
    for strip in app.screen._compositor.render_strips() if strips is None else strips:
        for segment in strip:
            text, style = segment.text.strip().strip(DRAWN), segment.style
            if text and style is not None and style.color is not None and style.bgcolor is not None:
                ratio = contrast(Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor))
                if ratio < wanted:
                    faint[text] = round(ratio, 2)
    return faint


@pytest.mark.parametrize("theme", OWN_THEMES, ids=lambda theme: theme.name)
async def test_the_palette_and_the_editor_can_be_read(theme: Theme, make_app: Callable[..., TutorApp]) -> None:
    """Also on the line that is chosen; of the editor the numbers of the lines, which may be fainter, too."""
    app = make_app("sandbox")
    async with app.run_test(size=(120, 40)) as pilot:
        app.theme = theme.name
        screen = await opened(pilot)
        faint = await faint_in_palette(app, pilot)
        await pilot.press("escape")
        faint |= await faint_in_editor(app, pilot, screen)
    assert faint == {}


@pytest.mark.parametrize(
    "name", ["solarized-light", "catppuccin-latte", "dracula", "textual-light", "gruvbox", "flexoki"]
)
async def test_line_numbers_and_keys_can_be_read_in_other_themes(name: str, make_app: Callable[..., TutorApp]) -> None:
    app = make_app("sandbox")
    async with app.run_test(size=(120, 40)) as pilot:
        app.theme = name
        screen = await opened(pilot)
        assert await faint_in_editor(app, pilot, screen) == {}


@pytest.mark.parametrize("name", ["ansi-dark", "ansi-light"])
async def test_what_is_chosen_is_underlined_in_the_terminals_own_colours(
    name: str, make_app: Callable[..., TutorApp]
) -> None:
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        app.theme = name
        await until(pilot, lambda: app.screen.query(OptionList) and app.screen.query_one(OptionList).option_count)
        assert await underlined(app, pilot)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        assert await underlined(app, pilot)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await until(pilot, lambda: app.screen.query_one(OptionList).option_count)
        assert await underlined(app, pilot)


async def underlined(app: TutorApp, pilot: Pilot[None]) -> bool:
    """Whether a line of the list in view is."""
    await pilot.pause()
    return any(map(_is_underlined, lines_of(app.screen.query_one(OptionList))))


def _is_underlined(strip: Strip) -> bool:
    """Whether a line of the list is, on no colour but the terminal's own ground."""
    styles = [segment.style for segment in strip if segment.text.strip() and segment.style]
    return bool(styles) and all(
        style.underline and str(style.bgcolor and style.bgcolor.name) == "default" for style in styles
    )


async def faint_in_palette(app: TutorApp, pilot: Pilot[None]) -> dict[str, float]:
    await pilot.press("ctrl+o")
    await until(
        pilot, lambda: isinstance(app.screen, CommandPalette) and app.screen.query_one(CommandList).option_count
    )
    await pilot.pause()
    commands, icon = app.screen.query_one(CommandList), app.screen.query_one("SearchIcon")
    return faint_texts(app, 4.5, [*lines_of(commands), *lines_of(icon)])


async def faint_in_editor(app: TutorApp, pilot: Pilot[None], screen: LessonScreen) -> dict[str, float]:
    screen.shell.prompt.put("vi nginx-deployment.yaml")
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, EditorScreen))
    area = app.screen.query_one(YamlArea)
    area.move_cursor((3, 0))
    await pilot.pause()
    lines = lines_of(area)
    numbers = faint_texts(app, 3, lines)
    words = {text: ratio for text, ratio in faint_texts(app, 4.5, lines).items() if not text.isdecimal()}
    return numbers | words


def lines_of(widget: Widget) -> list[Strip]:
    return [widget.render_line(y) for y in range(widget.size.height)]


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
