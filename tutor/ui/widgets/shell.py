"""The shell's pane: transcript, prompt and the candidates of a completion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from tutor.ui.keys import KeyNames
from tutor.ui.literal import literal, plain, show_in
from tutor.ui.messages import CandidatesChanged
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from tutor.shell.terminal import Terminal

CANDIDATE_ROWS: Final = 5
"""The most rows that the candidates of a completion get."""
PATIENCE: Final = 0.2
"""Seconds after which a running command is said to run."""


class Shell(Vertical):
    """A terminal's face. The prompt stands right below the output, as in any terminal.

    Attributes:
        keys: what the keys are called.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup,shift+up", "page(-1)", "Scroll up", id="shell.up", tooltip="Earlier output", show=False),
        Binding("pagedown,shift+down", "page(1)", "Scroll down", id="shell.down", tooltip="Later output", show=False),
        Binding("ctrl+l", "clear", "Clear", id="shell.clear", tooltip="Clear the shell's output", show=False),
    ]
    DEFAULT_CSS = """
    Shell {
        #entry { height: 1; }
        #prompt-text { width: auto; text-style: bold; color: $text-success; }
        #prompt-text.-inside { color: $text-accent; }
        #running { width: auto; color: $text-muted; display: none; padding: 0 1; }
        #running.-shown { display: block; }
        #candidates { height: auto; max-height: 5; color: $text-muted; display: none; }
    }
    """

    transcript = getters.query_one(Transcript)
    prompt = getters.query_one(Prompt)
    _prompt_text = getters.query_one("#prompt-text", Static)
    _note = getters.query_one("#running", Static)
    _candidates = getters.query_one("#candidates", Static)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.keys = KeyNames()
        self._terminal: Terminal | None = None
        self._completion = CandidatesChanged()
        self._text = ""
        self._patience: Timer | None = None

    def compose(self) -> ComposeResult:
        """Transcript above, prompt below, candidates under it."""
        yield Transcript(id="transcript")
        with Horizontal(id="entry"):
            yield Static(id="prompt-text")
            yield Prompt(id="prompt")
            yield Static(id="running")
        yield Static(id="candidates")

    def serve(self, terminal: Terminal) -> None:
        """Be the face of a terminal."""
        self._terminal = terminal
        terminal.on_output = self.transcript.write
        terminal.on_state = self.show_state
        self.prompt.memory = terminal
        self.show_state()

    def on_unmount(self) -> None:
        """Be no terminal's face any more."""
        if self._terminal is not None:
            self._terminal.on_output = self._terminal.on_state = None
            self._terminal = None

    def show_state(self) -> None:
        """Show the terminal's prompt, or that it is busy."""
        terminal = self._terminal
        if terminal is not None:
            terminal.columns = self.transcript.size.width or terminal.columns
            self.show_prompt(terminal.prompt, busy=terminal.busy, inside=not terminal.at_host)

    def show_prompt(self, text: str, *, busy: bool, inside: bool = False) -> None:
        """Show the terminal's prompt.

        Args:
            text: such as `learner@laptop:~$ `.
            busy: whether a command runs.
            inside: whether the shell is one of a container.
        """
        if busy:
            self._wait()
            return
        if self._patience is not None:
            self._patience.stop()
            self._patience = None
        self._note.remove_class("-shown")
        self.transcript.fresh_line()
        self._text = text
        self._prompt_text.set_class(inside, "-inside")
        show_in(self._prompt_text, literal(text))

    def _wait(self) -> None:
        """Take the prompt away, but not at once: most commands are so quick that it would only flicker."""
        if self._patience is None:
            self._patience = self.set_timer(PATIENCE, self._show_busy)

    def _show_busy(self) -> None:
        self._note.update(literal(self.keys.fill("running · {prompt.interrupt} interrupts")))
        self._note.add_class("-shown")
        show_in(self._prompt_text, Content(""))

    def echo(self, command: str, *, to_program: bool = False) -> None:
        """Show a line as typed, after the prompt or (`to_program`) where a running command reads it."""
        if not to_program:
            self.transcript.write(self._text, "prompt")
        self.transcript.write(plain(command) + "\n", "command")
        self.transcript.follow()

    def say(self, text: str, role: str) -> None:
        """Show a remark of the app's, set apart from what programs print.

        Args:
            text: one or more lines.
            role: `gloss`, `notice` or `success`.
        """
        self.transcript.fresh_line()
        for line in text.splitlines():
            self.transcript.write(f"{plain(line)}\n", role)

    def action_page(self, direction: int) -> None:
        """Scroll by a page, up (-1) or down (1)."""
        self.transcript.page(direction)

    def action_clear(self) -> None:
        """Clear the output."""
        self.transcript.clear()

    @on(Transcript.Grown)
    def _fit(self) -> None:
        """Keep the prompt right under the output until that fills the pane."""
        candidates = self._candidates.size.height if self._candidates.display else 0
        room = max(0 if candidates else 1, self.scrollable_content_region.height - 1 - candidates)
        height = min(self.transcript.scrollback.row_count, room)
        if self.transcript.styles.height is None or self.transcript.styles.height.value != height:
            self.transcript.styles.height = height
            self.call_after_refresh(self.transcript.settle)

    def on_resize(self, event: events.Resize) -> None:
        """Fit again, and tell programs how wide the terminal is."""
        self._fit()
        if self._completion.candidates:
            self._list_candidates()
        self.call_after_refresh(self.show_state)

    def on_click(self, event: events.Click) -> None:
        """A click anywhere in the shell leads to the prompt."""
        if not self.screen.get_selected_text():
            self.prompt.focus(scroll_visible=False)

    @on(CandidatesChanged)
    def _show_candidates(self, event: CandidatesChanged) -> None:
        event.stop()
        self._completion = event
        self._list_candidates()

    def _list_candidates(self) -> None:
        """List what the word may be completed to, in the rows that the prompt and, if it can be, some output leave."""
        found, size = self._completion, self.scrollable_content_region.size
        self._candidates.display = bool(found.candidates)
        rows = min(CANDIDATE_ROWS, max(size.height - 2, 2))
        show_in(self._candidates, _columns(found.candidates, found.chosen, size.width, rows))
        self.call_after_refresh(self._fit)

    def search_shown(self, sought: str | None) -> None:
        """Show that the history is being searched, or (None) the prompt again."""
        failed = "failed " if self.prompt.failed else ""
        self._prompt_text.update(literal(self._text if sought is None else f"({failed}reverse-i-search)`{sought}': "))

    def on_mount(self) -> None:
        """Follow the prompt's search."""
        self.watch(self.prompt, "sought", self.search_shown, init=False)


def _columns(candidates: Sequence[str], chosen: int, width: int, most: int = CANDIDATE_ROWS) -> Content:
    """The candidates in columns, as shells list them, around the chosen one, which is reversed; in so many rows."""
    names = [_short(candidate) for candidate in candidates]
    cell = min(max((len(name) for name in names), default=0) + 2, max(width, 1))
    columns = max(1, width // max(cell, 1))
    rows = [range(at, min(at + columns, len(names))) for at in range(0, len(names), columns)]
    at = max(0, min(chosen // columns - most + 2, len(rows) - most))
    shown = rows[at : at + most]
    hidden = len(names) - sum(len(row) for row in shown)
    if hidden and chosen < 0:
        shown = shown[: most - 1]
        hidden = len(names) - sum(len(row) for row in shown)
    lines = [
        Content.assemble(
            *(literal(names[i], "reverse" if i == chosen else "") + " " * (cell - len(names[i])) for i in row)
        )
        for row in shown
    ]
    if hidden and chosen < 0:
        lines.append(Content(f"and {hidden} more"))
    return Content("\n").join(lines)


def _short(candidate: str) -> str:
    """A candidate without the folders it is in."""
    folder, slash, name = candidate.rstrip("/").rpartition("/")
    return name + candidate[len(candidate.rstrip("/")) :] if slash and folder else candidate
