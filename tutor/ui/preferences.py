"""Settings at work: what the learner changes holds at once, and the next time too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from textual.theme import Theme

from tutor.ui.ascii import AsciiFilter
from tutor.ui.keys import KeyNames
from tutor.ui.messages import GlyphsChanged, KeysChanged
from tutor.ui.settings import SPEEDS, Settings, SettingsFile
from tutor.ui.theme import ASCII, DARK, OWN_THEMES, PROJECTOR, PROJECTOR_LIGHT, Glyphs, glyphs_for

if TYPE_CHECKING:
    from textual.filter import LineFilter
    from textual.screen import Screen
    from textual.widget import Widget

    from tutor.ui.app import TutorApp

_PROJECTORS: Final = frozenset({PROJECTOR.name, PROJECTOR_LIGHT.name})
_TEXTUAL_DEFAULT: Final = "textual-dark"


def keep_still(screen: Widget, *, reduced: bool) -> None:
    """Let nothing on a screen move by itself, neither a cursor nor a request under way; or let cursors blink again.

    Args:
        screen: the screen.
        reduced: whether motion is reduced.
    """
    from textual.widgets import Input, TextArea

    from tutor.ui.widgets.traffic import TrafficDiagram

    for node in screen.walk_children():
        if isinstance(node, Input | TextArea):
            node.cursor_blink = not reduced
        elif isinstance(node, TrafficDiagram) and reduced:
            node.keep_still()


class Preferences:
    """Applies the settings to the app and keeps what is changed.

    Projector mode is its theme: whoever chooses another theme leaves it.

    Args:
        app: the app.
        file: where the settings are kept.
    """

    def __init__(self, app: TutorApp, file: SettingsFile) -> None:
        self._app = app
        self._file = file
        self._ascii = AsciiFilter()

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        return self._file.settings

    @property
    def notice(self) -> str:
        """What the learner should know about the file; may be empty."""
        return self._file.notice

    @property
    def keys(self) -> KeyNames:
        """What the keys are called now."""
        return KeyNames(self.settings.keys)

    @property
    def glyphs(self) -> Glyphs:
        """The symbols to draw with: ASCII if asked for, or if the terminal needs it."""
        return ASCII if self.settings.ascii else glyphs_for()

    @property
    def filters(self) -> list[LineFilter]:
        """What every line of the screen goes through."""
        return [self._ascii] if self._app.glyphs is ASCII else []

    @property
    def _screens(self) -> list[Screen[Any]]:
        """The screens in view and under it, and the sandboxes that wait to be gone on with."""
        return list(dict.fromkeys((*self._app.screen_stack, *self._app.sandboxes.values())))

    def apply(self) -> None:
        """Make the app as the settings say; call it when the app is mounted."""
        app, settings = self._app, self.settings
        for theme in OWN_THEMES:
            app.register_theme(theme)
        if settings.theme in app.available_themes:
            app.theme = settings.theme
        elif app.theme == _TEXTUAL_DEFAULT:
            app.theme = DARK.name
        if settings.projector:
            app.theme = self._projector_theme()
        app.theme_changed_signal.subscribe(app, self._keep_theme)
        app.set_class(settings.projector, "-projector")
        app.set_class(app.glyphs is ASCII, "-ascii")
        app.set_keymap(dict(settings.keys))
        if settings.reduced_motion:
            app.animation_level = "none"

    def _projector_theme(self) -> str:
        return PROJECTOR.name if self._app.current_theme.dark else PROJECTOR_LIGHT.name

    def _keep_theme(self, theme: Theme) -> None:
        projector = theme.name in _PROJECTORS
        self._app.set_class(projector, "-projector")
        unchanged = theme.name == DARK.name and not self.settings.theme
        name = self.settings.theme if projector or unchanged else theme.name
        self._file.change(theme=name, projector=projector)

    def toggle_projector(self) -> None:
        """Large contrast and nothing on top of the work, or back to the theme before."""
        if self._app.theme in _PROJECTORS:
            known = self.settings.theme in self._app.available_themes
            self._app.theme = self.settings.theme if known else DARK.name
        else:
            self._app.theme = self._projector_theme()

    def toggle_motion(self) -> None:
        """Let nothing move by itself, or let it move again."""
        reduced = self._app.animation_level != "none"
        self._app.animation_level = "none" if reduced else "full"
        for screen in self._screens:
            keep_still(screen, reduced=reduced)
        self._file.change(reduced_motion=reduced)

    def toggle_ascii(self) -> None:
        """Draw with ASCII only, or with whatever the terminal's locale allows."""
        self._file.change(ascii=not self.settings.ascii)
        app = self._app
        app.glyphs = self.glyphs
        app.set_class(app.glyphs is ASCII, "-ascii")
        for screen in self._screens:
            for node in screen.walk_children(with_self=True):
                if isinstance(getattr(node, "glyphs", None), Glyphs):
                    node.glyphs = app.glyphs  # type: ignore[attr-defined]  # just looked at
            screen.post_message(GlyphsChanged())
        app.refresh_css(animate=False)

    def next_language(self) -> None:
        """Read lessons in another language: the next of those there are, or that of the locale."""
        languages = ["", *self._app.languages]
        known = languages.index(self.settings.language) if self.settings.language in languages else 0
        self._file.change(language=languages[(known + 1) % len(languages)])
        self._app.read_in(self.settings.language)

    def next_speed(self) -> None:
        """Play requests at another speed: the next of those there are."""
        self.set_speed(SPEEDS[(SPEEDS.index(self.settings.speed) + 1) % len(SPEEDS)])

    def set_speed(self, speed: float) -> None:
        """Play requests so many times as fast as usual."""
        from tutor.ui.widgets.traffic import TrafficDiagram

        self._file.change(speed=speed)
        for screen in self._screens:
            for traffic in screen.query(TrafficDiagram):
                traffic.speed = speed

    def set_key(self, binding: str, keys: str) -> None:
        """Give a binding other keys.

        Args:
            binding: the binding's id.
            keys: names of keys with commas between; empty for the usual ones.
        """
        rest: Mapping[str, str] = {name: each for name, each in self.settings.keys.items() if name != binding}
        self._file.change(keys={**rest, binding: keys} if keys else rest)
        self._app.set_keymap(dict(self.settings.keys))
        for screen in self._screens:
            screen.post_message(KeysChanged())

    def welcomed(self) -> None:
        """Note that the keys that matter have been shown."""
        self._file.change(welcomed=True)
