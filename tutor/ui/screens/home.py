"""The first screen: lessons, how far each has got, and the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.course.review import REVIEW
from tutor.ui.home_rows import (
    Row,
    Section,
    about_lines,
    done_count,
    heading_line,
    progress_line,
    row_line,
    rows_by_id,
    sections,
)
from tutor.ui.literal import literal, show_in
from tutor.ui.messages import GlyphsChanged, LessonPicked
from tutor.ui.prose import hang
from tutor.ui.theme import UNICODE, Glyphs
from tutor.ui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from tutor.course.catalog import Catalog
    from tutor.course.progress import Progress
    from tutor.ui.preferences import Preferences

TITLE: Final = "the Kubernetes ClusterIP Service, by doing"
FIRST_KEYS: Final = (
    ("Enter", "runs what you typed; after a step is done, goes on"),
    ("{prompt.complete}", "completes commands, names and flags"),
    ("{lesson.hint}", "or the word hint: a hint"),
    ("{lesson.type}", "types the step's command for you"),
    ("{lesson.undo}", "or the word undo: takes the last command back"),
)


class HomeScreen(Screen[None]):
    """Lessons to choose from. What it lists is read after the first frame."""

    CSS_PATH = "home.tcss"
    AUTO_FOCUS = "#lessons"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-wide")]  # noqa: RUF012  # as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (14, "-short"), (40, "-tall")]  # noqa: RUF012  # as Textual declares it
    HELP = """
# Home

`↑ ↓` choose a lesson, **Enter** opens it where you left it. The sandbox is a cluster of its own, to try anything in.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "app.quit", "Quit", id="home.quit", tooltip="Leave tutor; progress is kept"),
        Binding("s", "open('sandbox')", "Sandbox", id="home.sandbox", tooltip="A cluster to try anything in"),
        Binding("o", "app.settings", "Settings", id="home.settings", tooltip="How tutor looks and moves, and its keys"),
        Binding("j", "move('down')", "Down", id="home.down", tooltip="The next one", show=False),
        Binding("k", "move('up')", "Up", id="home.up", tooltip="The one before", show=False),
    ]

    lessons = getters.query_one("#lessons", OptionList)
    _made = getters.query_one("#progress", Static)
    _about = getters.query_one("#about", Static)
    _about_box = getters.query_one("#about-scroll", VerticalScroll)
    _picture = getters.query_one("#picture", Static)
    _welcome = getters.query_one("#welcome", Static)
    _notice = getters.query_one("#notice", Static)

    def __init__(self, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self.glyphs = glyphs
        self._sections: list[Section] = []
        self._rows: dict[str, Row] = {}
        self._done = self._count = 0

    def compose(self) -> ComposeResult:
        """Lessons on the left, about the chosen one on the right."""
        with Horizontal(id="title-bar"):
            yield Static(Content.assemble(literal("tutor  ", "bold $text-primary"), literal(TITLE)), id="title")
            yield Static(id="progress")
        with Horizontal(id="columns"):
            yield OptionList(id="lessons", markup=False)
            with VerticalScroll(id="about-scroll", can_focus=False):
                yield Static(id="about")
                yield Static(id="picture")
        yield Static(id="welcome")
        yield Static(id="notice")
        yield KeyBar()

    def on_mount(self) -> None:
        """Name the panes."""
        self._welcome.border_title = literal("The keys that matter")

    def on_resize(self, event: events.Resize) -> None:
        """Fit the lines."""
        self.call_after_refresh(self._draw)

    def show(self, catalog: Catalog, progress: Progress, preferences: Preferences) -> None:
        """List the lessons and how far each has got.

        Args:
            catalog: the lessons.
            progress: what the learner has done.
            preferences: tell whether the learner is here for the first time, and the learner's keys.
        """
        self._sections = sections(catalog, progress)
        self._rows = rows_by_id(self._sections)
        self._done, self._count = done_count(catalog, progress), len(catalog.lessons)
        highlighted = self.lessons.highlighted_option
        self._list(highlighted.id if highlighted and highlighted.id in self._rows else progress.last_lesson)
        first_time = not (progress.last_lesson or preferences.settings.welcomed)
        self.set_class(first_time, "-first-time")
        if first_time:
            keys = ((preferences.keys.fill(key), does) for key, does in FIRST_KEYS)
            lines = (hang(literal(f" {key:<7}", "bold $text-accent"), literal(does), 0, 8) for key, does in keys)
            self._welcome.update(Content("\n").join(lines))
        problems = [f"{self.glyphs.cross} {problem}" for problem in catalog.problems]
        notice = "\n".join(filter(None, [*problems, progress.notice, preferences.notice]))
        self._notice.display = bool(notice)
        self._notice.update(literal(notice))
        self._draw()

    def choose(self, row: str) -> None:
        """Put the cursor on a row, by its id, so that it is there when the learner comes back; unknown ones are not."""
        if row in self._rows:
            self.lessons.highlighted = self.lessons.get_option_index(row)

    def _list(self, chosen: str) -> None:
        """Put the rows in the list, with one of them chosen."""
        self.lessons.clear_options()
        self.lessons.add_options(self._options())
        self.lessons.highlighted = self.lessons.get_option_index(
            chosen if chosen in self._rows else next(iter(self._rows))
        )

    def _options(self) -> Iterator[Option | None]:
        width = self.lessons.scrollable_content_region.width
        for place, section in enumerate(self._sections):
            if place:
                yield Option("", disabled=True)
            if section.title:
                yield Option(heading_line(section), disabled=True)
            yield from (Option(row_line(row, width, self.glyphs), row.id) for row in section.rows)

    def _draw(self) -> None:
        """Draw everything to the width and with the symbols there are."""
        width = self.lessons.scrollable_content_region.width
        for row in self._rows.values():
            self.lessons.replace_option_prompt(row.id, row_line(row, width, self.glyphs))
        show_in(self._made, progress_line(self._done, self._count, self.glyphs))
        show_in(self._picture, literal(_picture() if self.glyphs is UNICODE else ""))
        self._say_about(self.lessons.highlighted_option)

    @on(OptionList.OptionHighlighted)
    def _describe(self, event: OptionList.OptionHighlighted) -> None:
        if event.option is not self.lessons.highlighted_option:
            return  # while this was on its way another has been chosen
        self._say_about(event.option)
        self._about_box.scroll_home(animate=False)
        if event.option_id == next(iter(self._rows), None):
            self.lessons.scroll_home(animate=False)  # up to the heading, which cannot be chosen

    def _say_about(self, option: Option | None) -> None:
        if option is not None and option.id in self._rows:
            width = self._about_box.scrollable_content_region.width
            show_in(self._about, about_lines(self._rows[option.id].about, width, self.glyphs))

    @on(OptionList.OptionSelected)
    def _act(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        row = self._rows.get(event.option_id or "")
        if row is not None:
            self.app.call_later(self.run_action, row.action)

    @on(GlyphsChanged)
    def _draw_again(self) -> None:
        self._draw()

    def action_open(self, lesson: str, cluster: str = "") -> None:
        """Open a lesson; of the sandbox, with what is in the cluster (nothing, if that is left open)."""
        self.post_message(LessonPicked(lesson, cluster))

    def action_nothing_due(self) -> None:
        """Say that there is no question to be asked today, and when there will be."""
        self.notify(self._rows[REVIEW].about.facts[0], markup=False)

    def action_move(self, direction: str) -> None:
        """Choose the next or the one before."""
        if direction == "down":
            self.lessons.action_cursor_down()
        else:
            self.lessons.action_cursor_up()


def _picture() -> str:
    """What all of it is about, drawn; nothing if the file is missing."""
    from tutor.paths import assets_dir

    try:
        return (assets_dir() / "diagrams" / "traffic.txt").read_text(encoding="utf-8").rstrip()
    except OSError:
        return ""
