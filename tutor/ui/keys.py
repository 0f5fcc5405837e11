"""What keys there are, which ones the learner has put on what, and how to write them in a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from textual.binding import Binding
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, format_key, key_to_character

if TYPE_CHECKING:
    from textual.dom import DOMNode

_NAMES: Final = {
    "escape": "Esc",
    "enter": "Enter",
    "tab": "Tab",
    "space": "Space",
    "backspace": "Backspace",
    "delete": "Del",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
}
_WRITTEN: Final = {name.lower(): key for key, name in _NAMES.items()} | {
    "return": "enter", "ins": "insert", "↑": "up", "↓": "down", "←": "left", "→": "right",
}  # fmt: skip
_MODIFIERS: Final = frozenset({"ctrl", "alt", "shift", "super", "hyper", "meta"})
_KEYS: Final = frozenset(
    {key.value.rpartition("+")[2] for key in Keys if not key.value.startswith("<")} | {*KEY_NAME_REPLACEMENTS.values()}
)
_PLUS: Final = re.compile(r"(?<![^+])\+$")
"""The key `+` itself, alone or after a modifier and its own `+`."""
EVERYWHERE: Final = "everywhere"
"""The place of keys that work wherever the learner is."""
_TOGETHER: Final = tuple({"in lessons", place} for place in ("in the shell", "in tables", "in the traffic"))
"""Places that can have the focus, and others around them."""
_IN_FULL: Final = {"lesson.show": "Show me", "lesson.type": "Type the command"}
"""What fits the foot of the screen says too little elsewhere."""
_SLOT: Final = re.compile(r"\{([a-z]+\.[a-z_]+)\}")


def key_name(keys: str) -> str:
    """How to write a key, such as `F2`, `alt+↑` or `Esc`.

    Args:
        keys: its name for Textual; of several, with commas between, the first counts.
    """
    *modifiers, key = keys.split(",")[0].strip().split("+")
    return "+".join([*modifiers, _NAMES.get(key) or _plain_name(key)])


def _plain_name(key: str) -> str:
    if re.fullmatch(r"f\d+", key):
        return key.upper()
    return key if len(key) == 1 else format_key(key)


def read_key(written: str) -> str:
    """Textual's name of a key that somebody has written down, such as `F3`, `Ctrl+P` or `PgUp`; empty for none."""
    *modifiers, key = _PLUS.sub("plus", written.strip()).split("+")
    modifiers = [each.strip().lower() for each in modifiers]
    name = key.strip() if len(key.strip()) == 1 and not modifiers else key.strip().lower()
    name = _WRITTEN.get(name, name)
    if len(name) == 1 and not name.isalnum():
        name = unicodedata.name(name, "").lower().replace("-", "_").replace(" ", "_")
        name = KEY_NAME_REPLACEMENTS.get(name, name)
    known = name in _KEYS or key_to_character(name) is not None
    return "+".join([*modifiers, name]) if known and _MODIFIERS.issuperset(modifiers) else ""


def key_groups() -> Iterator[tuple[str, list[Binding]]]:
    """What has keys that can be changed, by where the keys work."""
    from tutor.ui.app import TutorApp
    from tutor.ui.screens.dialog import Dialog
    from tutor.ui.screens.editor import EditorScreen
    from tutor.ui.screens.home import HomeScreen
    from tutor.ui.screens.lesson import LessonScreen
    from tutor.ui.widgets.object_table import ObjectTable
    from tutor.ui.widgets.prompt import Prompt
    from tutor.ui.widgets.shell import Shell
    from tutor.ui.widgets.traffic import TrafficDiagram

    places: dict[str, tuple[type[DOMNode], ...]] = {
        EVERYWHERE: (TutorApp,),
        "in lessons": (LessonScreen,),
        "in the shell": (Shell, Prompt),
        "in tables": (ObjectTable,),
        "in the traffic": (TrafficDiagram,),
        "in the editor": (EditorScreen,),
        "at home": (HomeScreen,),
        "in dialogs": (Dialog,),
    }
    seen: set[str] = set()
    for place, owners in places.items():
        bindings = [each for owner in owners for each in owner.BINDINGS if isinstance(each, Binding) and each.id]
        yield place, [each for each in bindings if each.id not in seen]
        seen |= {each.id for each in bindings if each.id}


def name_of(binding: Binding) -> str:
    """What a binding does, in a few words, where there is more room for them than at the foot of the screen."""
    return _IN_FULL.get(binding.id or "", binding.description)


def work_together(one: str, other: str) -> bool:
    """Whether keys of two places can work at the same time, so that one key cannot mean something in both."""
    return one == other or EVERYWHERE in {one, other} or {one, other} in _TOGETHER


def fixed_keys(place: str) -> dict[str, str]:
    """The keys that work in a place and cannot be changed, and what they do: those of Textual's own widgets."""
    from textual.containers import VerticalScroll
    from textual.widgets import Input, OptionList, TextArea

    from tutor.ui.app import TutorApp

    widgets: dict[str, tuple[type[DOMNode], ...]] = {
        "in the shell": (Input,),
        "in lessons": (VerticalScroll,),
        "in tables": (VerticalScroll, Input),
        "in the editor": (TextArea,),
        "at home": (OptionList,),
        "in dialogs": (OptionList, VerticalScroll),
    }
    found = {TutorApp.COMMAND_PALETTE_BINDING: "the list of commands"} if place == EVERYWHERE else {}
    for owner in (each for widget in widgets.get(place, ()) for each in widget.__mro__):
        for binding in owner.__dict__.get("BINDINGS", ()):
            if isinstance(binding, Binding):
                found |= {key: binding.description.lower() for key in binding.key.split(",") if key not in found}
    return found


@cache
def _usual() -> Mapping[str, str]:
    return {each.id: each.key for _, bindings in key_groups() for each in bindings if each.id}


class KeyNames:
    """What to call the key of each binding, as the learner has set them.

    Args:
        own: keys by id of the binding, where they are not the usual ones.
    """

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        self._own = own or {}

    def __getitem__(self, binding: str) -> str:
        """The name of a binding's key.

        Args:
            binding: its id.

        Raises:
            KeyError: there is no such binding.
        """
        return key_name(self._own.get(binding) or _usual()[binding])

    def fill(self, text: str) -> str:
        """A text with every `{id}` of a binding replaced by the name of its key."""
        return _SLOT.sub(lambda slot: self[slot[1]], text)
