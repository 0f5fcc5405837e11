"""What keys there are, which ones the learner has put on what, and how to write them in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from textual.binding import Binding
from textual.keys import format_key

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
        "everywhere": (TutorApp,),
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
