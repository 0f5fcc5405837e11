"""The Textual app: which screens there are, the themes, the keys that work everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.screen import Screen

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
    from tutor.course.catalog import Catalog
    from tutor.course.packs import Library
    from tutor.course.progress import Progress
    from tutor.ui.screens.lesson import Opener


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
    CSS = "CommandPalette > .command-palette--help-text { text-style: none; }"  # dim is too faint on the chosen line
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

    def on_mount(self) -> None:
        """Show the lessons at once; read them after the first frame."""
        self.preferences.apply()
        self.push_screen(HomeScreen(self.glyphs))
        self.call_after_refresh(self._begin)

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
            if self._restart:
                self.progress.restart(self._start)
            self._open(self._start, seed=self._seed, step=self._step)

    def _list_lessons(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, HomeScreen):
                screen.show(self.catalog, self.progress, self.preferences)

    @on(LessonPicked)
    async def _pick(self, event: LessonPicked) -> None:
        self.preferences.welcomed()
        while len(self.screen_stack) > 1 and not isinstance(self.screen, HomeScreen):
            await self.pop_screen()
        self._list_lessons()
        self._open(event.lesson, event.cluster, step=event.step)

    def _open(self, lesson: str, cluster: str = "", seed: int | None = None, step: str = "") -> None:
        from tutor.course.levels import challenge_entry, level_of
        from tutor.ui.screens.lesson import HOME, LessonScreen

        if lesson != HOME:
            level = level_of(lesson)
            following = self.catalog.after(lesson) if level is None else challenge_entry(level)
            opener = partial(open_session, lesson, self.catalog, self.progress, cluster=cluster, seed=seed, step=step)
            own = self._opener if lesson == self._start else None
            for screen in self.screen_stack:
                if isinstance(screen, HomeScreen):
                    screen.choose(row_of(lesson, cluster))
            self.push_screen(LessonScreen(lesson, own or opener, following, self.glyphs))

    @on(SpeedChosen)
    def _keep_speed(self, event: SpeedChosen) -> None:
        self.preferences.set_speed(event.speed)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Everything that has a key is in the palette too."""
        return palette_commands(self, screen)
