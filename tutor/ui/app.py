"""The Textual app: which screens there are, the themes, the keys that work everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from rich.text import Text
from textual import on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.screen import Screen

from tutor.course.sandbox import SANDBOX
from tutor.ui.home_rows import row_of
from tutor.ui.keys import key_name
from tutor.ui.messages import LessonPicked, SpeedChosen
from tutor.ui.opening import open_session
from tutor.ui.pages import PagedApp
from tutor.ui.palette import palette_commands
from tutor.ui.preferences import Preferences
from tutor.ui.screens.home import HomeScreen
from tutor.ui.settings import SettingsFile
from tutor.ui.theme import muted_in, readable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tutor.course.catalog import Catalog, LessonEntry
    from tutor.course.packs import Library
    from tutor.course.progress import Progress
    from tutor.course.session import Session
    from tutor.ui.screens.lesson import LessonScreen, Opener


KEPT: Final = "It waits as you left it: {home.sandbox} goes on with it."


class TutorApp(PagedApp):
    """Lessons over a simulated cluster.

    Args:
        library: where the lessons are; None for those that ship with the program.
        progress: what the learner has done; None for the file in the data folder.
        start: id of a lesson (or `sandbox`) to go straight into; None for the list.
        restart: begin that lesson at its first step.
        seed: decides every generated name, address and choice of what is started; None for what is usual there.
        opener: begins the lesson of `start` in some other way than usual.
        step: id of the step to go to in what is started; empty for where the learner was.
        settings: what the learner likes; None for the file in the data folder (in memory if `progress` is given).
    """

    TITLE = "tutor"
    COMMAND_PALETTE_BINDING = "ctrl+o"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help", id="app.help", tooltip="Help on what is focused; or type: help"),
        Binding("ctrl+q", "quit", "Quit", id="app.quit", tooltip="Leave; progress is kept", show=False, priority=True),
    ]

    def __init__(
        self,
        library: Library | None = None,
        progress: Progress | None = None,
        *,
        start: str | None = None,
        restart: bool = False,
        seed: int | None = None,
        opener: Opener | None = None,
        step: str = "",
        settings: SettingsFile | None = None,
    ) -> None:
        super().__init__()
        self.preferences = Preferences(self, settings or (SettingsFile.load() if progress is None else SettingsFile()))
        self.glyphs = self.preferences.glyphs
        self._library = library
        self._progress = progress
        self._start = start
        self._restart = restart
        self._seed = seed
        self._opener = opener
        self._step = step
        self._catalog: Catalog | None = None
        self.sandboxes: dict[str, LessonScreen] = {}
        """The sandboxes that were begun, by their rows at home, the newest last: they go on when they are left."""
        self._told: set[str] = set()

    async def on_mount(self) -> None:
        """Show the lessons at once, or the one that is wanted; read them after the first frame."""
        self.preferences.apply()
        listed = self.push_screen(HomeScreen(self.glyphs))
        if self._start is not None:
            self._open(self._start, seed=self._seed, step=self._step)  # over the list, before that is drawn
            await listed
        self.call_after_refresh(self._begin)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave a key to the screen where that has another use for it."""
        return action not in getattr(self.screen, "WITHOUT", ()) if self.screen_stack else True

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leave; what the learner should know about what was not kept is said once more where it stays in view."""
        notices = [f"tutor: {notice}" for notice in self._notices]
        super().exit(result, return_code, message or (Text("\n".join(notices)) if notices else None))

    @property
    def _notices(self) -> list[str]:
        """What the learner should know about the files in the data folder."""
        told = [self._progress.notice if self._progress else "", self.preferences.notice]
        return [notice for notice in told if notice]

    def get_key_display(self, binding: Binding) -> str:
        """How a key is written, in the footer as in every text."""
        return key_name(binding.key)

    def get_css_variables(self) -> dict[str, str]:
        """A theme's colours, its words strong enough to be read."""
        self.theme_variables = readable(super().get_css_variables())
        return self.theme_variables

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Values of our own variables in themes that do not define them."""
        return muted_in(self.current_theme)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every line of the screen goes through."""
        return [*super().get_line_filters(), *self.preferences.filters]

    @property
    def catalog(self) -> Catalog:
        """The lessons."""
        if self._catalog is None:
            from tutor.course.catalog import read_catalog

            self._catalog = read_catalog(self._library)
        return self._catalog

    @property
    def languages(self) -> list[str]:
        """The languages there are lessons in."""
        from tutor.course.languages import known_languages

        return known_languages({entry.path.parent for entry in self.catalog.lessons})

    def read_in(self, language: str) -> None:
        """Read the lessons in a language; in that of the locale if it is empty."""
        import os

        from tutor.course.languages import choose_language
        from tutor.course.packs import Library

        chosen = choose_language("", os.environ, language)
        self._library, self._catalog = replace(self._library or Library(), language=chosen), None
        self._list_lessons()

    @property
    def progress(self) -> Progress:
        """What the learner has done."""
        if self._progress is None:
            from tutor.course.progress import Progress

            self._progress = Progress.load()
        return self._progress

    def _begin(self) -> None:
        self._list_lessons()
        if self._start is not None:
            self._choose(row_of(self._start))

    @property
    def _homes(self) -> list[HomeScreen]:
        return [screen for screen in self.screen_stack if isinstance(screen, HomeScreen)]

    def _list_lessons(self) -> None:
        for home in self._homes:
            home.show(self.catalog, self.progress, self.preferences)

    def _choose(self, row: str) -> None:
        for home in self._homes:
            home.choose(row)

    @on(LessonPicked)
    async def _pick(self, event: LessonPicked) -> None:
        self.preferences.welcomed()
        left = self.screen
        while len(self.screen_stack) > 1 and not isinstance(self.screen, HomeScreen):
            left = self.screen
            await self.pop_screen()
        self._list_lessons()
        for row, sandbox in [*self.sandboxes.items()]:
            if sandbox is left and sandbox.player is None:  # it never came about
                self.uninstall_screen(self.sandboxes.pop(row))
                await sandbox.remove()
            elif sandbox is left and event.lesson != SANDBOX:
                self.notify(self.preferences.keys.fill(KEPT), title="Sandbox", markup=False)
        self._open(event.lesson, event.cluster, step=event.step)

    def _open(self, lesson: str, cluster: str = "", seed: int | None = None, step: str = "") -> None:
        from tutor.ui.screens.lesson import HOME, LessonScreen

        if lesson == HOME:
            return
        row = row_of(lesson, cluster)
        if lesson == SANDBOX and not cluster and self.sandboxes:
            row = next(reversed(self.sandboxes))
        self._choose(row)
        self.clear_notifications()
        if row in self.sandboxes:
            screen = self.sandboxes[row] = self.sandboxes.pop(row)
            self.push_screen(screen)
            return
        own = self._opener if lesson == self._start else None

        async def opener() -> Session:
            if lesson == self._start and self._restart:
                self._restart = False
                self.progress.restart(lesson)
            screen.following = self._following(lesson)
            session = await (
                own()
                if own
                else open_session(lesson, self.catalog, self.progress, cluster=cluster, seed=seed, step=step)
            )
            self.call_later(self._tell, screen)
            return session

        screen = LessonScreen(lesson, opener, None, self.glyphs)
        if lesson == SANDBOX:
            self.sandboxes[row] = screen
            self.install_screen(screen, row)  # so that it outlasts being left
        self.push_screen(screen)

    def _following(self, lesson: str) -> LessonEntry | None:
        """What comes after a lesson; after a challenge another of its level."""
        from tutor.course.levels import challenge_entry, level_of

        level = level_of(lesson)
        return self.catalog.after(lesson) if level is None else challenge_entry(level)

    def _tell(self, screen: LessonScreen) -> None:
        """Say in a lesson what was not said in one before: what is not kept, and why."""
        for notice in self._notices:
            if notice not in self._told and screen.is_attached:
                self._told.add(notice)
                screen.say(notice, "notice")

    @on(SpeedChosen)
    def _keep_speed(self, event: SpeedChosen) -> None:
        self.preferences.set_speed(event.speed)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Everything that has a key is in the palette too."""
        return palette_commands(self, screen)
