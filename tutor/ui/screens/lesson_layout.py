"""The lesson's screen as it is laid out: reading, cluster and traffic above, the shell below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.reactive import var
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widgets import Static

from tutor.course.view import RungView
from tutor.ui.copying import pane_text
from tutor.ui.literal import literal
from tutor.ui.messages import CommandEntered, CommandPicked
from tutor.ui.pages import PagedApp
from tutor.ui.preferences import keep_still
from tutor.ui.prose import prose
from tutor.ui.screens.lesson_keys import KEYS
from tutor.ui.theme import Glyphs
from tutor.ui.widgets.cluster_side import SIDE_VIEWS, ClusterSide
from tutor.ui.widgets.key_bar import KeyBar
from tutor.ui.widgets.ladder_pane import LadderPane
from tutor.ui.widgets.lesson_header import LessonHeader
from tutor.ui.widgets.lesson_pane import LessonPane
from tutor.ui.widgets.object_table import ObjectTable
from tutor.ui.widgets.shell import Shell
from tutor.ui.widgets.tabs import TabRow

VIEWS: Final = {"lesson": "Lesson", **SIDE_VIEWS}
LADDER: Final = "Looked at"
_ZOOMS: Final = {"lesson": "lesson", "side": "side", "ladder": "side", "shell": "shell"}

VAST: Final = 130
"""Cells from which the lesson has more than it needs."""


class LessonLayout(Screen[None]):
    """Panes for a lesson, and the keys to move among them.

    Args:
        glyphs: the symbols to draw with.
        sandbox: whether there is no lesson to read.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = "lesson.tcss"
    AUTO_FOCUS = "#prompt"
    HORIZONTAL_BREAKPOINTS = [(0, "-thin"), (40, "-narrow"), (100, "-wide")]  # noqa: RUF012  # as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (15, "-short"), (38, "-tall")]  # noqa: RUF012  # as Textual declares it
    HELP = LessonPane.HELP
    BINDINGS = KEYS

    app = getters.app(PagedApp)
    shell = getters.query_one(Shell)
    lesson = getters.query_one("#lesson", LessonPane)
    side = getters.query_one(ClusterSide)
    ladder = getters.query_one(LadderPane)
    _header = getters.query_one(LessonHeader)
    _panes = getters.query_one("#panes", TabRow)
    _loading = getters.query_one("#loading", Static)

    shown: var[str] = var("lesson")
    """The pane in view where there is room for one only."""
    zoomed: var[str] = var("")
    """What has the screen for itself: `lesson`, `side` or `shell`; empty if they share it."""

    def __init__(self, glyphs: Glyphs, *, sandbox: bool) -> None:
        super().__init__(classes="-loading -view-lesson")
        self.glyphs = glyphs
        self.sandbox = sandbox

    def compose(self) -> ComposeResult:
        """Header, panes, shell, keys."""
        views = {key: name for key, name in VIEWS.items() if key != "lesson" or not self.sandbox}
        yield LessonHeader(id="header")
        yield TabRow(views, next(iter(views)), id="panes")
        with Horizontal(id="work"):
            yield LessonPane(self.glyphs, id="lesson")
            yield ClusterSide(self.glyphs, id="side")
            yield LadderPane(self.glyphs, id="ladder")
        yield Static(literal("Setting the cluster up …"), id="loading")
        yield Shell(id="shell")
        yield Static(id="too-small")
        yield KeyBar()

    def on_mount(self) -> None:
        """Name the panes."""
        for selector, title in (*VIEWS.items(), ("shell", "Shell"), ("ladder", LADDER)):
            self.query_one(f"#{selector}").border_title = literal(title)
        if self.sandbox:
            self.add_class("-sandbox")
            self.shown = "cluster"
        self._name_keys()
        if self.app.animation_level == "none":
            keep_still(self, reduced=True)

    def _name_keys(self) -> None:
        """Let every text call the keys what they are."""
        self.lesson.keys = self.shell.keys = keys = self.app.preferences.keys
        for table in self.query(ObjectTable):
            table.keys = keys
            table.refresh()
        room = keys.fill("tutor needs more room:\nmake the window 40 × 15 or larger.\n{app.quit} quits.")
        self.query_one("#too-small", Static).update(literal(room))

    def on_resize(self, event: events.Resize) -> None:
        """Give the diagram what the lesson cannot use."""
        self.set_class(event.size.width >= VAST, "-vast")

    def set_puzzle(self, rungs: Sequence[RungView]) -> None:
        """Hide the cluster while its fault is to be found, and show what has been looked at instead; or the reverse.

        Args:
            rungs: the ladder; empty if there is no fault to be found.
        """
        self.set_class(bool(rungs), "-puzzle")
        ladder = f"{LADDER} {sum(bool(rung.told) for rung in rungs)}/{len(rungs)}"
        offered = {"lesson": VIEWS["lesson"], "cluster": ladder} if rungs else VIEWS
        if offered != self._panes.names:
            self._panes.offer(offered)

    def watch_shown(self, old: str, new: str) -> None:
        """Show the pane where there is room for one only."""
        self.remove_class(f"-view-{old}")
        self.add_class(f"-view-{new}")
        if self.is_mounted:
            self._panes.chosen = new
            if new in SIDE_VIEWS:
                self.side.shown = new

    def watch_zoomed(self, old: str, new: str) -> None:
        """Hide all else, or share again."""
        self.remove_class(f"-zoom-{old}")
        if new:
            self.add_class(f"-zoom-{new}")

    # What is said

    def begin(self) -> None:
        """A command begins: marks of the one before go, and its output comes into view."""
        self._show_shell()
        self.side.begin()

    def echo(self, line: str) -> None:
        """Show a line as typed."""
        self.shell.echo(line)

    def say(self, text: str, role: str) -> None:
        """Show a remark."""
        sign = {"success": self.glyphs.done, "gloss": self.glyphs.right, "notice": self.glyphs.bullet}[role]
        words = "\n".join(prose(line).plain for line in text.splitlines())
        self.shell.say(f"{sign} {words}", role)

    # From pane to pane

    @on(TabRow.Chosen, "#panes, #views")
    def _choose_pane(self, event: TabRow.Chosen) -> None:
        self.shown = event.key

    def on_key(self, event: events.Key) -> None:
        """Whatever is typed elsewhere than at the prompt, and means nothing there, goes to the prompt."""
        prompt = self.shell.prompt
        if prompt.has_focus or event.key in self.active_bindings:
            return
        if event.is_printable and event.character and not event.key.startswith("alt+"):
            event.stop()
            self._show_shell()
            prompt.focus()
            prompt.insert_text_at_cursor(event.character)
        elif event.key == "enter":
            event.stop()
            self._show_shell()
            prompt.focus()
            if not prompt.value:
                self.post_message(CommandEntered(""))

    @on(CommandPicked)
    def _type(self, event: CommandPicked) -> None:
        self.shell.prompt.put(event.text)
        self.action_to_shell()

    def action_next_view(self) -> None:
        """Show the next pane, and go there where it takes keys."""
        self.action_view(self._panes.next_key())

    def action_view(self, view: str) -> None:
        """Show a pane, and go there where it takes keys."""
        self.shown, self.zoomed = view, ""
        target = {"cluster": self.side.pane.others, "traffic": self.side.traffic}.get(view, self.lesson.reading)
        if self.has_class("-puzzle") and view != "lesson":
            target = self.ladder
        self.call_after_refresh(target.focus)

    def action_copy_pane(self) -> None:
        """Copy all that the pane with the focus holds."""
        name, text = pane_text(self, self.focused)
        self.app.copy_to_clipboard(text)
        lines = len(text.splitlines())
        self.notify(f"Copied {name}: {lines} line{'' if lines == 1 else 's'}", markup=False)

    def action_zoom(self) -> None:
        """Give the screen to the pane with the focus, or let all panes share it again."""
        around = self.focused.ancestors_with_self if self.focused is not None else ()
        at = next((_ZOOMS[each.id] for each in around if each.id in _ZOOMS), "lesson")
        self.zoomed = "" if self.zoomed else at

    def _show_shell(self) -> None:
        if self.zoomed != "shell":
            self.zoomed = ""

    def action_read(self, direction: int) -> None:
        """Scroll the lesson by half its height."""
        reading = self.lesson.reading
        reading.scroll_relative(y=direction * max(reading.size.height // 2, 1), animate=False)

    def action_to_shell(self) -> None:
        """Go to the prompt."""
        self._show_shell()
        self.shell.prompt.action_cancel()
        self.shell.prompt.focus()
