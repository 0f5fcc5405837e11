"""The first screen: lessons, how far each has got, and the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from tutor.course.sandbox import CLUSTERS, SANDBOX, SandboxCluster, find_cluster
from tutor.ui.literal import literal
from tutor.ui.messages import GlyphsChanged, LessonPicked
from tutor.ui.prose import hang
from tutor.ui.theme import UNICODE, Glyphs

if TYPE_CHECKING:
    from tutor.course.catalog import Catalog, LessonEntry
    from tutor.course.progress import LessonProgress, Progress
    from tutor.ui.preferences import Preferences

PLAY = "play:"
"""Begins the id of a row that opens the sandbox; the cluster's id follows."""
DIFFERENCES = "differences"
SETTINGS = "settings"
QUIT = "quit"
TITLE = "tutor  ·  the Kubernetes ClusterIP Service, by doing"
_ABOUT = {
    DIFFERENCES: "The cluster is simulated. Here stands what it lacks and where it simplifies.",
    SETTINGS: "Theme, projector mode, reduced motion, ASCII, playback speed, and every key.",
    QUIT: "Progress is kept. See you.",
}
FIRST_KEYS = (
    ("Enter", "runs what you typed; after a step is done, goes on"),
    ("Tab", "completes commands, names and flags"),
    ("F2", "or the word hint: a hint"),
    ("F4", "types the step's command for you"),
    ("F5", "or the word undo: takes the last command back"),
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
        Binding("s", "sandbox", "Sandbox", id="home.sandbox", tooltip="A cluster to try anything in"),
        Binding("o", "app.settings", "Settings", id="home.settings", tooltip="How tutor looks and moves, and its keys"),
        Binding("j", "move('down')", "Down", id="home.down", tooltip="The next one", show=False),
        Binding("k", "move('up')", "Up", id="home.up", tooltip="The one before", show=False),
    ]

    lessons = getters.query_one("#lessons", OptionList)
    _about = getters.query_one("#about", Static)
    _picture = getters.query_one("#picture", Static)
    _notice = getters.query_one("#notice", Static)

    def __init__(self, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self.glyphs = glyphs
        self._entries: dict[str, LessonEntry] = {}
        self._progress: Progress | None = None
        self._title_width = 0
        self._welcome = False

    def compose(self) -> ComposeResult:
        """Lessons on the left, about the chosen one on the right."""
        yield Static(literal(TITLE), id="title")
        with Horizontal(id="columns"):
            yield OptionList(id="lessons", markup=False)
            with VerticalScroll(id="about-scroll", can_focus=False):
                yield Static(id="about")
                yield Static(id="picture")
        with Vertical(id="bottom"):
            yield Static(id="notice")
        yield Static(literal("tutor needs more room: make the window larger. ctrl+q quits."), id="too-small")
        yield Footer()

    def show(self, catalog: Catalog, progress: Progress, preferences: Preferences) -> None:
        """List the lessons and how far each has got.

        Args:
            catalog: the lessons.
            progress: what the learner has done.
            preferences: tell whether the learner is here for the first time.
        """
        self._progress = progress
        self._welcome = not (progress.last_lesson or preferences.settings.welcomed)
        self._entries = {entry.id: entry for entry in catalog.lessons}
        self._title_width = max((len(entry.title) for entry in catalog.lessons), default=0) + 1
        chosen = self.lessons.highlighted_option.id if self.lessons.highlighted_option else progress.last_lesson
        self.lessons.clear_options()
        self.lessons.add_options(
            [
                *(Option(self._line(number, entry), entry.id) for number, entry in enumerate(catalog.lessons, 1)),
                None,
                *(Option(_row("Sandbox", cluster.title), PLAY + cluster.id) for cluster in CLUSTERS),
                None,
                Option(_row("What differs from a real cluster"), DIFFERENCES),
                Option(_row("Settings"), SETTINGS),
                Option(_row("Quit"), QUIT),
            ]
        )
        self._picture.update(literal(_picture()) if self.glyphs is UNICODE else "")
        ids = [option.id for option in self.lessons.options]
        self.lessons.highlighted = ids.index(chosen) if chosen in ids else 0
        problems = [f"{self.glyphs.cross} {problem}" for problem in catalog.problems]
        notice = "\n".join(filter(None, [*problems, progress.notice, preferences.notice]))
        self._notice.display = bool(notice)
        self._notice.update(literal(notice))

    def _line(self, number: int, entry: LessonEntry) -> Content:
        word, style = self._status(entry)
        minutes = f"{entry.minutes:>3} min" if entry.minutes else ""
        return Content.assemble(
            literal(f" {number}  ", "$muted"),
            literal(f"{entry.title:<{self._title_width}}", "bold"),
            literal(f"{minutes}  ", "$muted"),
            literal(word, style),
        )

    def _status(self, entry: LessonEntry) -> tuple[str, str]:
        made = self._made(entry)
        done = len({*made.done, *made.skipped} & set(entry.step_ids))
        if made.completed:
            return f"{self.glyphs.done} finished", "$text-success"
        if made.step or done:
            return f"{self.glyphs.doing} step {self._place(entry, made)}/{len(entry.step_ids)}", "$text-accent"
        return f"{self.glyphs.todo} new", "$muted"

    def _made(self, entry: LessonEntry) -> LessonProgress:
        from tutor.course.progress import LessonProgress

        return self._progress.lesson(entry.id) if self._progress is not None else LessonProgress()

    def _place(self, entry: LessonEntry, made: LessonProgress) -> int:
        return entry.step_ids.index(made.step) + 1 if made.step in entry.step_ids else 1

    @on(OptionList.OptionHighlighted)
    def _describe(self, event: OptionList.OptionHighlighted) -> None:
        self._about_row(event.option_id or "")

    def _about_row(self, row: str) -> None:
        entry, cluster = self._entries.get(row), find_cluster(row.removeprefix(PLAY))
        if entry is not None:
            self._about.update(self._about_lesson(entry))
        elif cluster is not None:
            self._about.update(self._about_sandbox(cluster))
        else:
            self._about.update(literal(_ABOUT.get(row, "")))

    def _about_lesson(self, entry: LessonEntry) -> Content:
        made = self._made(entry)
        lines = [literal(entry.title, "bold $text-primary"), Content("")]
        if entry.summary:
            lines += [literal(entry.summary), Content("")]
        if entry.objectives:
            lines.append(literal("Afterwards you can", "bold"))
            width = self._about.size.width
            sign = literal(f" {self.glyphs.bullet} ")
            lines += [hang(sign, literal(objective), width, 3) for objective in entry.objectives]
            lines.append(Content(""))
        if made.step and not made.completed:
            go = f"Enter: go on at step {self._place(entry, made)} of {len(entry.step_ids)}"
        else:
            go = "Enter: do it again" if made.completed else "Enter: begin"
        lines.append(literal(go, "bold $text-success"))
        if self._welcome:
            lines += [Content(""), literal("The keys that matter", "bold")]
            width = self._about.size.width
            lines += [hang(literal(f" {key:<6}", "$text-accent"), literal(does), width, 7) for key, does in FIRST_KEYS]
        return Content("\n").join(lines)

    def _about_sandbox(self, cluster: SandboxCluster) -> Content:
        return Content("\n").join(
            [
                literal(f"Sandbox: {cluster.title}", "bold $text-primary"),
                Content(""),
                literal(cluster.about),
                Content(""),
                literal(
                    "Nothing to prove: undo takes back whatever you do, and nothing leaves this computer.", "$muted"
                ),
                Content(""),
                literal("Enter: begin", "bold $text-success"),
            ]
        )

    @on(OptionList.OptionSelected)
    def _open(self, event: OptionList.OptionSelected) -> None:
        if event.option_id == QUIT:
            self.app.exit()
        elif event.option_id == DIFFERENCES:
            self.app.call_later(self.app.run_action, "differences")
        elif event.option_id == SETTINGS:
            self.app.call_later(self.app.run_action, "settings")
        elif event.option_id and event.option_id.startswith(PLAY):
            self.post_message(LessonPicked(SANDBOX, event.option_id.removeprefix(PLAY)))
        elif event.option_id:
            self.post_message(LessonPicked(event.option_id))

    @on(GlyphsChanged)
    def _draw_again(self) -> None:
        for number, entry in enumerate(self._entries.values(), 1):
            self.lessons.replace_option_prompt(entry.id, self._line(number, entry))
        self._picture.update(literal(_picture()) if self.glyphs is UNICODE else "")
        if self.lessons.highlighted_option is not None:
            self._about_row(self.lessons.highlighted_option.id or "")

    def action_sandbox(self) -> None:
        """Open the sandbox with nothing in it."""
        self.post_message(LessonPicked(SANDBOX))

    def action_move(self, direction: str) -> None:
        """Choose the next or the one before."""
        if direction == "down":
            self.lessons.action_cursor_down()
        else:
            self.lessons.action_cursor_up()


def _row(title: str, about: str = "") -> Content:
    return Content.assemble(literal(f"    {title}", "bold"), literal(f"  {about}" if about else "", "$muted"))


def _picture() -> str:
    """What all of it is about, drawn; nothing if the file is missing."""
    from tutor.paths import assets_dir

    try:
        return (assets_dir() / "diagrams" / "traffic.txt").read_text(encoding="utf-8").rstrip()
    except OSError:
        return ""
