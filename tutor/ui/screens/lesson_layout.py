"""The lesson's screen as it is laid out: reading, cluster and traffic above, the shell below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.reactive import var
from textual.types import CSSPathType
from textual.widgets import Input, Static

from tutor.course.view import RungView
from tutor.ui.copying import pane_text
from tutor.ui.literal import literal
from tutor.ui.messages import CommandEntered, CommandPicked, InterruptPressed
from tutor.ui.pages import PagedApp
from tutor.ui.preferences import keep_still
from tutor.ui.prose import prose
from tutor.ui.screens.ordered_typing import OrderedTyping
from tutor.ui.theme import Glyphs
from tutor.ui.widgets.cluster_side import SIDE_VIEWS, ClusterSide
from tutor.ui.widgets.key_bar import KeyBar
from tutor.ui.widgets.ladder_pane import LadderPane
from tutor.ui.widgets.lesson_header import LessonHeader
from tutor.ui.widgets.lesson_pane import LessonPane
from tutor.ui.widgets.object_table import ObjectTable
from tutor.ui.widgets.prompt_keys import KEYS as PROMPT_KEYS
from tutor.ui.widgets.shell import Shell
from tutor.ui.widgets.tabs import TabRow

VIEWS: Final = {"lesson": "Lesson", **SIDE_VIEWS}
LADDER: Final = "Looked at"
_ZOOMS: Final = {"lesson": "lesson", "side": "side", "ladder": "side", "shell": "shell"}

VAST: Final = 130
"""Cells from which the lesson has more than it needs."""
INTERRUPT: Final = next(each for each in PROMPT_KEYS if isinstance(each, Binding) and each.id == "prompt.interrupt")
"""The prompt's own key, for wherever else the focus is."""


class LessonLayout(OrderedTyping):
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
    BINDINGS: ClassVar[list[BindingType]] = [INTERRUPT]

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

    # What is typed

    async def on_key(self, event: events.Key) -> None:
        """Letters that are keys of the pane with the focus act there; all else that is typed goes to the prompt.

        Every key comes by here before a binding is looked up for it, so what depends on the order of keys is done at
        once: the next key may be here before the app has dealt with this one.
        """
        if self.collects(event):
            return
        if event.key == "ctrl+c" and "ctrl+c" not in self._interrupt_keys:
            event.stop()  # nobody's key, but Textual's word on how to quit is not to come up
            self._copy_selected()
            return
        at = self.focused
        if isinstance(at, Input):
            return
        active = self.active_bindings.get(event.key)
        typed = event.is_printable and not event.key.startswith("alt+")
        if active is None:
            if typed or event.key == "enter":
                event.stop()
                self._show_shell()
                self.lead_to(self.shell.prompt, *([event] if typed else []))
            if event.key == "enter" and not self.shell.prompt.value:
                self.post_message(CommandEntered(""))
        elif active.binding.id == "lesson.to_shell":
            event.stop()
            self.action_to_shell()
        elif active.binding.id == "table.filter" and isinstance(at, ObjectTable):
            event.stop()
            self.lead_to(self.side.pane.open_filter(at))
        elif typed and active.node not in {self, self.app}:
            event.stop()
            await self.app.run_action(active.binding.action, active.node)

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted elsewhere than in a line of input goes to the prompt."""
        if not self.collects(event):
            event.stop()
            self._show_shell()
            self.lead_to(self.shell.prompt, event)

    @property
    def _interrupt_keys(self) -> list[str]:
        """The keys that interrupt, as the learner has set them."""
        return self.app.preferences.settings.keys.get("prompt.interrupt", INTERRUPT.key).split(",")

    def action_interrupt(self) -> None:
        """Copy what is selected, else interrupt what runs in the shell."""
        if not self._copy_selected():
            self.post_message(InterruptPressed())

    def _copy_selected(self) -> bool:
        """Copy what is selected on the screen or in a line of input; whether there was anything."""
        chosen = self.focused.selected_text if isinstance(self.focused, Input) else ""
        text = chosen or self.get_selected_text() or ""
        if text:
            self.app.copy_to_clipboard(text)
        return bool(text)

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

    def action_kind(self, kind: str) -> None:
        """Show the table of a kind beside the Services, and go there."""
        self.action_view("cluster")
        self.side.pane.kind = kind

    def bring_to_front(self) -> None:
        """Let the lesson be seen: there is something new to read that all else depends on."""
        self.zoomed = ""
        if not self.sandbox and self.shown != "lesson":
            self.shown = "lesson"
            if self.focused is not None and self.has_class("-narrow"):
                self.lead_to(self.shell.prompt)  # what had the focus is out of view now

    def action_copy_pane(self) -> None:
        """Copy all that the pane with the focus holds."""
        name, text = pane_text(self, self.focused)
        empty = isinstance(self.focused, ObjectTable) and self.focused.row is None
        if empty or not text.strip():
            self.notify(f"Nothing to copy: {name} is empty")
            return
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
        self.lead_to(self.shell.prompt)
