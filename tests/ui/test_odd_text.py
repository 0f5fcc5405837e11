"""Brackets, wide and combining characters, tabs and escape codes through every widget: shown, or left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from tests.ui.conftest import until
from tests.ui.test_diagram import OK, SCENE, picture
from tutor.course.packs import Library
from tutor.course.progress import Progress
from tutor.course.view import ConditionView, HintView, OptionView, StepView
from tutor.ui.app import TutorApp
from tutor.ui.cluster_rows import MarkedRow, MarkedTable
from tutor.ui.diagram import draw
from tutor.ui.home_rows import About, Row, about_lines, row_line
from tutor.ui.messages import CandidatesChanged
from tutor.ui.scene import PodBox, ServiceBox
from tutor.ui.screens.editor import EditorScreen
from tutor.ui.screens.help import HelpScreen
from tutor.ui.screens.steps import StepsScreen
from tutor.ui.settings import SettingsFile
from tutor.ui.theme import ASCII, UNICODE
from tutor.ui.widgets.filter_line import FilterLine
from tutor.ui.widgets.lesson_header import LessonHeader
from tutor.ui.widgets.lesson_pane import LessonPane
from tutor.ui.widgets.object_table import ObjectTable
from tutor.ui.widgets.shell import Shell
from tutor.ui.widgets.tabs import TabRow
from tutor.ui.widgets.traffic import TrafficDiagram

ODD = "[/foo] [int] [b]x[/] 日本語 e\u0301\ta \x1b[31mred\x1b[0m\x07\x9b2J \u202eend"
VIEW = StepView(
    "odd",
    ODD,
    "step",
    0,
    1,
    "quiz",
    ODD,
    body=ODD,
    commands=(ODD,),
    question=ODD,
    options=(OptionView(ODD, chosen=True, right=False, why=ODD),),
    given=ODD,
    remark=ODD,
    observed=ODD,
    conditions=(ConditionView(ODD, met=False, missing=f"{ODD}!"),),
    explain=ODD,
    hints=(HintView(ODD, ODD),),
    steps=("",),
    terms=((ODD, ODD), ("int", ODD)),
)
TABLE = MarkedTable("Service", ("Name", "Selector"), (MarkedRow(("Service", "default", ODD), (ODD, ODD), "new"),))
BOX = replace(
    SCENE,
    service=ServiceBox(ODD, ODD, ODD, ODD, ODD, lit=True),
    pods=(PodBox(ODD, ODD, "ready", answered=3, node=ODD, labels=ODD, lit=True), PodBox(ODD, "", "no match", why=ODD)),
)
ASKED = replace(OK, host=ODD, target=ODD, why=ODD, client=replace(OK.client, pod=ODD, ip=ODD))


def header() -> tuple[Widget, Callable[[], object]]:
    widget = LessonHeader()
    return widget, lambda: widget.show(VIEW, UNICODE, steps=True)


def lesson() -> tuple[Widget, Callable[[], object]]:
    widget = LessonPane()

    def show() -> None:
        widget.view = VIEW
        widget.call_after_refresh(widget.explain, "int")

    return widget, show


def table() -> tuple[Widget, Callable[[], object]]:
    widget = ObjectTable("Service")

    def show() -> None:
        widget.table = TABLE
        widget.filter = "[int]"

    return widget, show


def traffic() -> tuple[Widget, Callable[[], object]]:
    widget = TrafficDiagram()

    def show() -> None:
        widget.scene = BOX
        widget.play([ASKED])
        widget.action_step(9)

    return widget, show


def shell() -> tuple[Widget, Callable[[], object]]:
    widget = Shell()

    def show() -> None:
        widget.show_prompt(ODD, busy=False)
        widget.echo(ODD)
        for role in ("gloss", "notice", "success"):
            widget.say(ODD, role)
        widget.transcript.write(f"{ODD}\n")
        widget.prompt.put(ODD)
        widget.prompt.post_message(CandidatesChanged((ODD, ODD + ODD), 1))

    return widget, show


def tabs() -> tuple[Widget, Callable[[], object]]:
    return TabRow({"a": ODD, "b": "b"}, "a"), lambda: None


def filter_line() -> tuple[Widget, Callable[[], object]]:
    widget = FilterLine()

    def show() -> None:
        widget.recall(ODD)
        widget.cursor_position = 0

    return widget, show


class Alone(App[None]):
    """One widget and nothing else."""

    AUTO_FOCUS = None

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def compose(self) -> ComposeResult:
        yield self.widget

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {"muted": "ansi_bright_black"}


def painted(app: App[None]) -> str:
    """Every line on the screen, each as wide as the screen and without any control character."""
    strips = app.screen._compositor.render_strips()
    assert {strip.cell_length for strip in strips} == {app.size.width}
    text = "\n".join(strip.text for strip in strips)
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 or sign == "\u202e" for sign in text.replace("\n", ""))
    return text


@pytest.mark.parametrize("width", [100, 33])
@pytest.mark.parametrize("make", [header, lesson, table, traffic, shell, tabs, filter_line])
async def test_a_widget_shows_odd_text_as_it_is(
    make: Callable[..., tuple[Widget, Callable[[], object]]], width: int
) -> None:
    """You should see `[/foo]` and `[int]` with their brackets, and no colours or bells of the text's own."""
    widget, show = make()
    app = Alone(widget)
    async with app.run_test(size=(width, 60)) as pilot:
        await pilot.pause()
        show()
        await until(pilot, lambda: "[/foo] [int]" in painted(app) or width < 40)
        painted(app)


@pytest.mark.parametrize(
    "screen", [HelpScreen(ODD, ((ODD, ODD),)), StepsScreen(VIEW, [ODD], UNICODE), EditorScreen(ODD, f"{ODD}: {ODD}\n")],
    ids=["help", "steps", "editor"],
)  # fmt: skip
async def test_a_page_shows_odd_text_as_it_is(screen: Screen[object], lessons: Path) -> None:
    """You should see the brackets on the page, and the page whole."""
    app = TutorApp(Library(lessons), Progress(), settings=SettingsFile())
    async with app.run_test(size=(100, 30)) as pilot:
        await app.push_screen(screen)
        await until(pilot, lambda: "[/foo] [int]" in painted(app))


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
@pytest.mark.parametrize("width", [20, 40, 58, 73, 120])
def test_lines_made_of_odd_text_fit(glyphs: object, width: int) -> None:
    """You should see lines that end where they should, whatever they are made of."""
    about = About(ODD, (ODD,), ODD, (ODD,), ODD, ODD)
    row = row_line(Row("odd", ODD, about, "", "1", 5, "new", "new"), width, glyphs)  # type: ignore[arg-type]
    assert row.cell_length <= max(width, 34)
    assert "[/foo]" in about_lines(about, width, glyphs).plain  # type: ignore[arg-type]
    for hop in range(5):
        lines = draw(replace(picture(ASKED, hop), scene=BOX), width, 20, glyphs).split("\n")  # type: ignore[arg-type]
        assert max(line.cell_length for line in lines) <= width
