"""The shell's input line, with the keys of readline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.segment import Segment
from textual import events
from textual.reactive import var
from textual.strip import Strip
from textual.widgets import Input

from tutor.ui.hold import Hold
from tutor.ui.literal import plain
from tutor.ui.memory import Memory, NoMemory
from tutor.ui.messages import CandidatesChanged, CommandEntered, EndPressed, InterruptPressed, OptionPicked
from tutor.ui.widgets.prompt_keys import HELP, KEYS

_WORD: Final = re.compile(r"\w+")
TAB: Final = "\N{SYMBOL FOR HORIZONTAL TABULATION}"
"""Stands for a tab that was pasted: the line cannot show one, and the key itself completes."""


def shown(text: str) -> str:
    """A text as the line shows it."""
    return plain(text.replace("\t", TAB))


@dataclass(frozen=True)
class _Cycle:
    """A completion whose candidates Tab goes through."""

    start: int
    rest: str
    candidates: tuple[str, ...]
    index: int = -1


class Prompt(Input):
    """One line of input. Enter posts `CommandEntered`; a paste of several lines posts one for each whole line.

    Args:
        id: the widget's id.

    Attributes:
        failed: whether what is searched for stands nowhere, or nowhere further back.
        memory: where history and completion come from.
        hold: keeps the screen as it is from Enter until whoever runs the line ends it.
    """

    HELP = HELP
    BINDING_GROUP_TITLE = "Shell"
    BINDINGS = KEYS
    COMPONENT_CLASSES: ClassVar[set[str]] = {"prompt--more"}
    DEFAULT_CSS = """
    Prompt {
        width: 1fr; height: 1; border: none; padding: 0; background: transparent;
        &:focus { border: none; background-tint: $foreground 0%; }
        & > .prompt--more { color: $text-accent; text-style: bold; }
    }
    """

    choices: var[int] = var(0)
    """How many answers a digit on the empty line chooses among; 0 while there is no open question."""
    sought: var[str | None] = var[str | None](None)
    """What is searched for in the history; None while not searching."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, select_on_focus=False, compact=True)
        self._initial_value = False  # else the end of the first line put here stays out of view, if it is a long one
        self.memory: Memory = NoMemory()
        self.hold = Hold(self)
        self._killed = ""
        self._draft = ""
        self._recalled = 0  # how many commands back from the draft
        self._found = 0
        self.failed = False
        self._cycle: _Cycle | None = None

    def on_unmount(self) -> None:
        """Hold nothing back for a prompt that is gone."""
        self.hold.end()

    def put(self, text: str) -> None:
        """Make `text` the line, with the cursor at its end."""
        self.value = shown(text)
        self.cursor_position = len(self.value)

    def render_line(self, y: int) -> Strip:
        """The line, with a sign at an edge beyond which it goes on."""
        strip, scrolled, width = super().render_line(y), self.scroll_offset.x, self.scrollable_content_region.width
        cursor = self._cursor_offset - scrolled
        style = self.get_component_rich_style("prompt--more")
        left, right = "<>" if self.app.has_class("-ascii") else "‹›"
        if scrolled and cursor > 0:
            strip = Strip.join([Strip([Segment(left, style)], 1), strip.crop(1)])
        if self.content_width - 1 - scrolled > width and cursor < width - 1:
            strip = Strip.join([strip.crop(0, width - 1), Strip([Segment(right, style)], 1)])
        return strip

    # Keys that depend on what is going on

    async def _on_key(self, event: events.Key) -> None:
        if self.sought is not None and self._search_key(event):
            event.stop()
            event.prevent_default()
            return
        if event.key not in {"tab", "shift+tab"}:
            self._stop_cycle()
        if event.key.startswith("alt+"):
            # Terminals send the letter along. It is no text, and the key may mean something elsewhere.
            event.prevent_default()
            return
        character = event.character or ""
        if not self.value and character.isdecimal() and character.isascii() and 1 <= int(character) <= self.choices:
            self.post_message(OptionPicked(int(character) - 1))
            event.stop()
            event.prevent_default()
            return
        if not event.is_printable and await self._act_on(event.key):
            event.stop()
            event.prevent_default()
            return
        await super()._on_key(event)

    async def _act_on(self, key: str) -> bool:
        """Do at once what a key of the prompt's own does: on its way up to the app the letters after it overtake it."""
        active = self.screen.active_bindings.get(key)
        own = active is not None and active.node is self
        return own and active is not None and await self.app.run_action(active.binding.action, self)

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        *whole, rest = shown(event.text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
        for line in whole:
            self.insert_text_at_cursor(line)
            self._enter()
        self.insert_text_at_cursor(rest)

    async def action_submit(self) -> None:
        """Enter."""
        self.sought = None
        self._enter()

    def _enter(self) -> None:
        self.hold.begin()
        text = self.value
        self.put("")
        self._recalled, self._draft = 0, ""
        self._stop_cycle()
        self.post_message(CommandEntered(text.replace(TAB, "\t")))

    def action_interrupt(self) -> None:
        """Copy what is selected, else interrupt."""
        if self.selected_text:
            self.app.copy_to_clipboard(self.selected_text)
        elif self.screen.get_selected_text():
            self.screen.action_copy_text()
        else:
            self.sought = None
            self._stop_cycle()
            self.post_message(InterruptPressed())

    def action_end_of_file(self) -> None:
        """End of input on an empty line, else delete to the right."""
        if self.value:
            self.action_delete_right()
        else:
            self.post_message(EndPressed())

    def action_cancel(self) -> None:
        """Leave search or completion."""
        if self.sought is not None:
            self.sought = None
            self.put(self._draft)
        self._stop_cycle()

    # History

    def action_recall(self, step: int) -> None:
        """Bring back an earlier (-1) or later (1) command."""
        if self._cycle is not None and self._cycle.index >= 0:
            self.action_complete(step)
            return
        history = self.memory.history
        if self._recalled == 0:
            self._draft = self.value
        recalled = min(max(self._recalled - step, 0), len(history))
        if recalled != self._recalled:
            self._recalled = recalled
            self.put(history[-recalled] if recalled else self._draft)

    def action_last_argument(self) -> None:
        """Insert the last word of the command before."""
        words = self.memory.history[-1].split() if self.memory.history else []
        self.insert_text_at_cursor(words[-1] if words else "")

    def action_search(self) -> None:
        """Search the history backwards; again: the next older match."""
        if self.sought is None:
            self._draft, self.failed, self.sought, self._found = self.value, False, "", 0
        else:
            self._look(self._found + 1)

    def _search_key(self, event: events.Key) -> bool:
        """Deal with a key while searching; say whether that was all there was to it."""
        if event.key == "backspace":
            self.sought = (self.sought or "")[:-1]
            self._look(0)
        elif event.is_printable and event.character:
            self.sought = (self.sought or "") + event.character
            self._look(0)
        elif event.key in {"ctrl+g", "escape"}:
            self.action_cancel()
        elif event.key not in {"ctrl+r", "ctrl+c", "enter"}:
            self.sought = None  # any editing key takes the match over
            return event.key in {"tab", "right", "end"}
        else:
            return False
        return True

    def _look(self, skip: int) -> None:
        matches = [line for line in dict.fromkeys(reversed(self.memory.history)) if (self.sought or "") in line]
        self.failed = bool(self.sought) and skip >= len(matches)
        if self.sought and not self.failed:
            self._found = skip
            self.put(matches[skip])
        self.mutate_reactive(Prompt.sought)  # whoever shows the search shows whether it failed, too

    # Completion

    def action_complete(self, step: int) -> None:
        """Complete the word at the cursor; again: go through the candidates."""
        if self._cycle is None:
            self._begin_completion()
        else:
            start = -1 if step > 0 else 0
            here = self._cycle.index if self._cycle.index >= 0 else start
            self._choose((here + step) % len(self._cycle.candidates))

    def _begin_completion(self) -> None:
        cursor = self.cursor_position
        found = self.memory.complete(self.value, cursor)
        candidates = tuple(found.candidates)
        rest = self.value[cursor:]
        if len(candidates) == 1:
            self._fill(found.start, candidates[0], rest)
        elif candidates:
            common = _common_start(candidates)
            if len(common) > cursor - found.start:
                self._fill(found.start, common, rest)
            self._cycle = _Cycle(found.start, rest, candidates)
            self.post_message(CandidatesChanged(candidates))

    def _choose(self, index: int) -> None:
        if self._cycle is not None:
            cycle = self._cycle
            self._cycle = _Cycle(cycle.start, cycle.rest, cycle.candidates, index)
            self._fill(cycle.start, cycle.candidates[index].rstrip(" "), cycle.rest)
            self.post_message(CandidatesChanged(cycle.candidates, index))

    def _fill(self, start: int, text: str, rest: str) -> None:
        self.value = self.value[:start] + text + rest
        self.cursor_position = start + len(text)

    def _stop_cycle(self) -> None:
        if self._cycle is not None:
            self._cycle = None
            self.post_message(CandidatesChanged())

    # Cutting and moving

    def action_kill_back(self) -> None:
        """Cut to the space before the cursor."""
        before = self.value[: self.cursor_position]
        self._kill(len(before.rstrip().rpartition(" ")[0]) + (" " in before.rstrip()), self.cursor_position)

    def action_kill_word_back(self) -> None:
        """Cut a word back."""
        self._kill(self._word_start(), self.cursor_position)

    def action_kill_word(self) -> None:
        """Cut a word on."""
        self._kill(self.cursor_position, self._word_end())

    def action_kill_start(self) -> None:
        """Cut to the start of the line."""
        self._kill(0, self.cursor_position)

    def action_kill_end(self) -> None:
        """Cut to the end of the line."""
        self._kill(self.cursor_position, len(self.value))

    def _kill(self, start: int, end: int) -> None:
        if start < end:
            self._killed = self.value[start:end]
            self.delete(start, end)

    def action_yank(self) -> None:
        """Put back what was cut last."""
        self.insert_text_at_cursor(self._killed)

    def action_word_back(self) -> None:
        """Move a word back."""
        self.cursor_position = self._word_start()

    def action_word_on(self) -> None:
        """Move a word on."""
        self.cursor_position = self._word_end()

    def _word_start(self) -> int:
        starts = [word.start() for word in _WORD.finditer(self.value) if word.start() < self.cursor_position]
        return starts[-1] if starts else 0

    def _word_end(self) -> int:
        return next(
            (word.end() for word in _WORD.finditer(self.value) if word.end() > self.cursor_position), len(self.value)
        )


def _common_start(words: Sequence[str]) -> str:
    """The longest text that all the words begin with."""
    first, last = min(words), max(words)
    size = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[:size]
