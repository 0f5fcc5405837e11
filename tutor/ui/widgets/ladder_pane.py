"""What a challenge shows in place of the cluster: the ladder of looks, and what each has told so far."""

from __future__ import annotations

from typing import Final

from textual import getters
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tutor.course.view import RungView
from tutor.ui.literal import literal, show_in
from tutor.ui.prose import hang
from tutor.ui.theme import UNICODE, Glyphs

_INTRO: Final = "Here stands what your commands have told, rung by rung. The cluster comes into view when it is mended."
_SIGN: Final = 2
_QUESTION: Final = 37


class LadderPane(VerticalScroll):
    """Shows rungs.

    Args:
        glyphs: the symbols to draw with.
        id: the widget's id.
    """

    HELP = """
# What you have looked at

A request comes down a ladder: the Service must be there, its name resolve, its address answer, its ports fit, ready
endpoints stand behind it, the Pods answer, and nothing forbid the way. Each command you run that looks at a rung is
noted here, with what it told. The first rung that does not hold is where the trouble is.
"""
    DEFAULT_CSS = "LadderPane { padding: 0 1; scrollbar-gutter: stable; #rungs { height: auto; } }"
    rungs: reactive[tuple[RungView, ...]] = reactive[tuple[RungView, ...]](())
    _lines = getters.query_one("#rungs", Static)

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs

    def compose(self) -> ComposeResult:
        """One block of lines."""
        yield Static(id="rungs")

    def watch_rungs(self) -> None:
        """Show what changed."""
        if self.is_mounted:
            show_in(self._lines, rung_lines(self.rungs, self.glyphs, self.scrollable_content_region.width))

    def on_resize(self) -> None:
        """Wrap to the new width."""
        self.watch_rungs()


def rung_lines(rungs: tuple[RungView, ...], glyphs: Glyphs, width: int) -> Content:
    """Every rung with what it told: on its line if there is room, else under it.

    Args:
        rungs: the ladder from its first rung.
        glyphs: the symbols to draw with.
        width: cells there are; 0 if that is not known yet.
    """
    lines = [hang(Content(""), literal(_INTRO, "$muted"), width, 0), Content("")]
    for rung in rungs:
        # Looked at, not passed: what a look told may be the very trouble.
        sign = literal(f"{glyphs.ready if rung.told else glyphs.todo} ", "$text-accent" if rung.told else "$muted")
        question = literal(rung.question, "" if rung.told else "$muted")
        told = literal(rung.told, "bold")
        if rung.told and _SIGN + _QUESTION + len(rung.told) <= width:
            lines.append(Content.assemble(sign, question.pad_right(_QUESTION - len(question)), told))
        else:
            lines.append(Content.assemble(sign, question))
            if rung.told:
                lines.append(hang(Content(" " * _SIGN), told, width, _SIGN))
    return Content("\n").join(lines)
