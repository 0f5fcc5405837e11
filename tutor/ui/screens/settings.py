"""The settings and the keys, changed at once with Enter or a click."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.ui.keys import EVERYWHERE, fixed_keys, key_groups, key_name, name_of, work_together
from tutor.ui.literal import literal
from tutor.ui.screens.dialog import ClosingLine, Dialog

if TYPE_CHECKING:
    from textual.theme import Theme

    from tutor.ui.preferences import Preferences

_KEYS_FOR_TYPING: Final = frozenset(
    {"ctrl+c", "ctrl+d", "ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "enter", "tab", "space"}
)
"""Keys that the shell's prompt needs, or that terminals cannot tell from these."""
_HINT: Final = "Enter changes what is chosen, and it holds at once. {dialog.close} closes."


class KeyScreen(ModalScreen[str]):
    """Waits for one key; dismissed with its name, `backspace` for the usual one, or an empty text for none.

    Args:
        label: what the key is for.
        usual: the usual key.
    """

    CSS_PATH = "settings.tcss"
    BINDINGS: ClassVar[list[BindingType]] = []
    WITHOUT: ClassVar[frozenset[str]] = frozenset({"quit", "command_palette"})
    """What the app's keys do not do here: it is the keys themselves that are asked for."""

    def __init__(self, label: str, usual: str) -> None:
        super().__init__()
        self._question = f"Press the new key for: {label}\n\nBackspace: the usual key ({usual})\nEsc: leave it as it is"

    def compose(self) -> ComposeResult:
        """The question."""
        yield Static(literal(self._question), id="question")

    def on_key(self, event: events.Key) -> None:
        """Take the key."""
        event.stop()
        event.prevent_default()
        self.dismiss("" if event.key == "escape" else event.key)

    def on_click(self) -> None:
        """A click leaves things as they are."""
        self.dismiss("")


class SettingsScreen(Dialog[None]):
    """A list of settings and of keys.

    Args:
        preferences: applies and keeps what is changed.
    """

    CSS_PATH = "settings.tcss"
    AUTO_FOCUS = "#settings"
    HELP = """
# Settings

**Enter** or a click changes the setting that is chosen. For a key, press the new one when asked.
**{dialog.close}** closes.
"""

    rows = getters.query_one("#settings", OptionList)
    _said = getters.query_one("#said", Static)

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self._bindings_by_id: dict[str, tuple[str, Binding]] = {}

    def compose(self) -> ComposeResult:
        """The list, and a line about it."""
        with Vertical(id="frame"):
            yield OptionList(id="settings", markup=False)
            yield ClosingLine(literal(self.in_words(_HINT)), id="said")

    def on_mount(self) -> None:
        """List everything; keep up with the theme, which is chosen elsewhere."""
        self._bindings_by_id = {
            each.id: (place, each) for place, bindings in key_groups() for each in bindings if each.id is not None
        }
        self.query_one("#frame").border_title = literal("Settings")
        self._list()
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)

    def _theme_changed(self, _theme: Theme) -> None:
        self._list()

    def _list(self) -> None:
        settings, place = self._preferences.settings, self.rows.highlighted
        rows = {
            "theme": ("Theme", self.app.theme),
            "projector": ("Projector mode: large contrast", _switch(settings.projector)),
            "motion": ("Reduced motion: nothing moves by itself", _switch(self.app.animation_level == "none")),
            "ascii": ("ASCII only", _switch(settings.ascii)),
            "language": ("Language of the lessons", settings.language or "that of the system"),
            "speed": ("Speed of requests in the diagram", f"{settings.speed:g}x"),
        }
        self.rows.clear_options()
        self.rows.add_options([_heading("How it looks and moves")])
        self.rows.add_options([Option(_row(name, value), id_) for id_, (name, value) in rows.items()])
        for where, group in groupby(self._bindings_by_id.items(), lambda each: each[1][0]):
            self.rows.add_options([Option("", disabled=True), _heading(f"Keys {where}")])
            keys = ((id_, name_of(binding), self._key_names(binding)) for id_, (_, binding) in group)
            self.rows.add_options([Option(_row(name, value), id_) for id_, name, value in keys])
        self.rows.highlighted = 1 if place is None else place  # the first row is a heading

    def _keys(self, binding: Binding) -> str:
        return self._preferences.settings.keys.get(binding.id or "", binding.key)

    def _key_names(self, binding: Binding) -> str:
        return "  ".join(map(key_name, self._keys(binding).split(",")))

    @on(OptionList.OptionSelected)
    async def _change(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        preferences = self._preferences
        match event.option_id:
            case "theme":
                self.app.action_change_theme()
            case "projector":
                preferences.toggle_projector()
            case "motion":
                preferences.toggle_motion()
            case "ascii":
                preferences.toggle_ascii()
            case "language":
                preferences.next_language()
            case "speed":
                preferences.next_speed()
            case str(binding):
                self._ask_key(binding)
        self._say(preferences.notice or self.in_words(_HINT))
        self._list()

    def _ask_key(self, binding_id: str) -> None:
        _, binding = self._bindings_by_id[binding_id]

        def take(key: str | None) -> None:
            if key:
                self._say(self._take_key(binding_id, key))
                self._list()

        self.app.push_screen(KeyScreen(name_of(binding), key_name(binding.key)), take)

    def _take_key(self, binding_id: str, key: str) -> str:
        """Set a key if it can be one; what there is to say about it."""
        _, binding = self._bindings_by_id[binding_id]
        name, usual = name_of(binding), key == "backspace"
        refusal = self._taken(binding_id, *binding.key.split(",")) if usual else self._refusal(binding_id, key)
        if refusal:
            return f"{refusal} {name} stays as it was."
        self._preferences.set_key(binding_id, "" if usual else key)
        return (
            f"{name} is on its usual key again: {key_name(binding.key)}."
            if usual
            else (f"{name} is on {key_name(key)} now.")
        )

    def _refusal(self, binding_id: str, key: str) -> str:
        """Why a key cannot be the one of a binding; empty if it can."""
        place, _ = self._bindings_by_id[binding_id]
        if key in _KEYS_FOR_TYPING or (len(key) == 1 and place in {EVERYWHERE, "in lessons", "in the shell"}):
            return f"{key_name(key)} is needed for typing."
        places = dict.fromkeys([place, *(each for each, _ in self._bindings_by_id.values())])
        fixed = (fixed_keys(each).get(key) for each in places if work_together(place, each))
        does = next(filter(None, fixed), "")
        return self._taken(binding_id, key) or (
            f"{key_name(key)} is needed for something else: {does}." if does else ""
        )

    def _taken(self, binding_id: str, *keys: str) -> str:
        """Which other binding has one of these keys where both would work; empty if none has.

        The usual keys are at peace with each other.
        """
        place, binding = self._bindings_by_id[binding_id]
        for other_place, other in self._bindings_by_id.values():
            if other.id == binding_id or not work_together(place, other_place):
                continue
            both_usual = self._keys(other) == other.key and keys == tuple(binding.key.split(","))
            shared = [] if both_usual else [key for key in keys if key in self._keys(other).split(",")]
            if shared and other.id == "app.quit":
                return f"{key_name(shared[0])} quits the app."
            if shared:
                return f"{key_name(shared[0])} is taken: {name_of(other)}."
        return ""

    def _say(self, text: str) -> None:
        self._said.update(literal(text))


def _switch(on_: bool) -> str:
    return "on" if on_ else "off"


def _heading(text: str) -> Option:
    return Option(literal(text, "bold $text-primary"), disabled=True)


def _row(name: str, value: str) -> Content:
    return Content.assemble(literal(f"  {name:<42}  "), literal(value, "bold $text-accent"))
