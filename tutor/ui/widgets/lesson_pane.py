"""The step of the lesson: what to read, what is asked, what is still missing, and what to press."""

from __future__ import annotations

from collections.abc import Set
from itertools import takewhile

from textual import events, getters, on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Markdown, Static

from tutor.course.view import HintView, StepView
from tutor.ui.glossary import TermLinks, explanation, term_of
from tutor.ui.keys import KeyNames
from tutor.ui.literal import literal, plain, show_in
from tutor.ui.messages import ActionClicked, CommandPicked, OptionPicked
from tutor.ui.prose import prose
from tutor.ui.step_text import call_to_action, condition_lines, option_line
from tutor.ui.theme import UNICODE, Glyphs

KIND_NAMES = {
    "read": "Read",
    "task": "Do",
    "predict": "Guess first",
    "observe": "Look closely",
    "quiz": "Question",
    "challenge": "Challenge",
}
_MARGINS = 2
"""The empty columns beside what is read."""


class CommandLine(Static):
    """A command of the step; a click types it into the shell."""

    DEFAULT_CSS = """
    CommandLine { background: $panel; padding: 0 1; &:hover { background: $primary 25%; } }
    """

    def __init__(self, command: str) -> None:
        super().__init__()
        self.command = command

    def show(self, *, ran: bool, key: str, glyphs: Glyphs) -> None:
        """Show whether it was run, and the key that types it; empty if the key types another."""
        sign = literal(f"{glyphs.done} ", "$text-success") if ran else literal("$ ", "$muted")
        named = literal(f"  {key}", "bold $text-accent") if key else Content("")
        show_in(self, Content.assemble(sign, literal(self.command), named))

    def on_click(self, event: events.Click) -> None:
        """Type it."""
        event.stop()
        self.post_message(CommandPicked(self.command))


class OptionLine(Static):
    """An answer; a click chooses it."""

    DEFAULT_CSS = "OptionLine { padding: 0 1; &:hover { background: $primary 15%; } }"

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index

    def on_click(self, event: events.Click) -> None:
        """Choose it, unless the click asks what a word means."""
        event.stop()
        if "@click" not in event.style.meta:
            self.post_message(OptionPicked(self.index))


class ActionBar(Static):
    """What to press next; a click does it."""

    DEFAULT_CSS = """
    ActionBar { height: auto; padding: 0 1; color: $text-accent; background: $panel;
        &.-done { background: $success 20%; color: $text-success; text-style: bold; }
        &.-done:hover { background: $success 35%; }
        &.-done:ansi { background: ansi_green; color: ansi_black; }
    }
    """

    def on_click(self, event: events.Click) -> None:
        """Go on, once the step is accomplished."""
        event.stop()
        if self.has_class("-done"):
            self.post_message(ActionClicked("next"))


class TermBox(Static):
    """What a word means; a click puts it away."""

    def on_click(self, event: events.Click) -> None:
        """Put it away."""
        event.stop()
        self.display = False


class LessonPane(Vertical, can_focus=False):
    """Shows a `StepView`. What scrolls is the reading; the conditions and the next key stay in view.

    Args:
        glyphs: the symbols to draw with.
        id: the widget's id.

    Attributes:
        keys: what the keys are called.
        translated: whether what it shows is in another language than the names of the kinds of step, which then go.
    """

    HELP = """
# The lesson

Read, then do what is asked in the shell, in any way you like. Each condition is ticked as soon as it holds; under an
open one stands what is missing. Nothing is lost by trying: `undo` takes back, `reset` starts the step again.

`{lesson.hint}` hint · `{lesson.show}` show me · `{lesson.type}` type the command · `{lesson.undo}` undo ·
`{lesson.redo}` redo · `{lesson.reset}` reset · `{lesson.skip}` skip · `Enter` next, once done · `{lesson.read_up}`
`{lesson.read_on}` scroll · `{lesson.zoom}` the whole screen for the pane you are in · `{lesson.steps}` any step

Underlined words are explained by a click, all of them by `{lesson.terms}` or the word `terms`.
"""
    DEFAULT_CSS = """
    LessonPane {
        #reading { height: 1fr; padding: 0 1; }
        MarkdownFence { margin: 0 0 1 0; }
        MarkdownFence { overflow: auto hidden; scrollbar-size-horizontal: 1; }
        MarkdownFence > Label { padding: 0 1; width: auto; min-width: 100%; }
        #step-title { text-style: bold; color: $text-primary; padding: 0 1; }
        .part { height: auto; }
        Markdown { padding: 0; margin: 0; height: auto; background: transparent; }
        #commands { height: auto; }
        #options { height: auto; }
        #term {
            display: none; height: auto; max-height: 40%; margin: 0 1; padding-left: 1;
            border-left: thick $secondary; background: $surface;
        }
        #question { text-style: bold; margin-bottom: 1; }
        #hints { margin-top: 1; border-left: thick $accent; padding-left: 1; }
        #remark { margin-top: 1; }
        #explain > MarkdownParagraph:last-child { margin: 0; }
        #explain { margin-top: 1; border-left: thick $success; padding-left: 1; }
        #conditions-scroll { height: auto; max-height: 45%; padding: 0 1; }
        #conditions { height: auto; }
    }
    """
    _title = getters.query_one("#step-title", Static)
    reading = getters.query_one("#reading", VerticalScroll)
    _body = getters.query_one("#body", Markdown)
    _commands = getters.query_one("#commands", Vertical)
    _term = getters.query_one("#term", TermBox)
    _question = getters.query_one("#question", Static)
    _options = getters.query_one("#options", Vertical)
    _remark = getters.query_one("#remark", Static)
    _hints = getters.query_one("#hints", Static)
    _explain = getters.query_one("#explain", Markdown)
    _conditions = getters.query_one("#conditions", Static)
    _conditions_scroll = getters.query_one("#conditions-scroll", VerticalScroll)
    _bar = getters.query_one(ActionBar)

    view: reactive[StepView | None] = reactive[StepView | None](None)
    ran: reactive[frozenset[str]] = reactive[frozenset[str]](frozenset())
    """Commands that have been run in the step."""
    marked: reactive[frozenset[int]] = reactive[frozenset[int]](frozenset())
    """Answers marked but not given yet, where several are right."""

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self.keys = KeyNames()
        self.translated = False

    def compose(self) -> ComposeResult:
        """Title, what scrolls, conditions, and what to press."""
        yield Static(id="step-title")
        with VerticalScroll(id="reading"):
            yield Markdown(id="body", open_links=False)
            yield Static(id="question", classes="part")
            yield Vertical(id="options")
            yield Vertical(id="commands")
            yield Static(id="remark", classes="part")
            yield Static(id="hints", classes="part")
            yield Markdown(id="explain", open_links=False)
        yield TermBox(id="term")
        with VerticalScroll(id="conditions-scroll", can_focus=False):
            yield Static(id="conditions")
        yield ActionBar()

    @property
    def next_command(self) -> str:
        """The command that the key types: the first of the step's not yet run, else the first."""
        commands = self.view.commands if self.view else ()
        return next((command for command in commands if command not in self.ran), commands[0] if commands else "")

    async def watch_view(self, old: StepView | None, view: StepView | None) -> None:
        """Show what changed."""
        if view is None or not self.is_mounted:
            return
        moved = old is None or (old.lesson_id, old.id) != (view.lesson_id, view.id)
        if moved:
            await self._show_step(view)
        self._show_state(view)
        self._show_commands()
        if old is None or old.explain != view.explain:
            self._explain.display = bool(view.explain)
            await self._explain.update(self._links.markdown(plain(view.explain)))
        self._bring_news_into_view(old, view, moved)

    def on_resize(self) -> None:
        """Wrap to the new width."""
        if self.view is not None:
            self.call_after_refresh(self._show_state, self.view)

    def watch_ran(self, ran: Set[str]) -> None:
        """Show which commands were run."""
        if self.is_mounted:
            self._show_commands()

    def watch_marked(self) -> None:
        """Show which answers are marked."""
        if self.is_mounted and self.view is not None:
            self._show_state(self.view)

    async def _show_step(self, view: StepView) -> None:
        """What stays the same while the learner is at the step."""
        kind = (
            literal(f"{KIND_NAMES[view.kind]}: ", "$text-accent")
            if view.title != KIND_NAMES[view.kind] and not self.translated
            else Content("")
        )
        self._title.update(Content.assemble(kind, literal(view.title)))
        self._body.display = bool(view.body)
        await self._body.update(self._links.markdown(plain(view.body)))
        self._term.display = False
        self._question.display = bool(view.question)
        self._question.update(prose(view.question, links=self._links))
        await self._options.remove_children()
        await self._options.mount_all(OptionLine(index) for index in range(len(view.options)))
        await self._commands.remove_children()
        await self._commands.mount_all(CommandLine(command) for command in view.commands)

    @property
    def _links(self) -> TermLinks:
        """Links to what the lesson's words mean, none of them set yet."""
        return TermLinks(term for term, text in self.view.terms if text) if self.view else TermLinks()

    @on(Markdown.LinkClicked)
    def _open_link(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        self.explain(term_of(event.href))

    def explain(self, term: str) -> None:
        """Show what a term means under the text, or put it away again."""
        said = prose(explanation(self.view.terms if self.view else (), term))
        shown = self._term.display and str(self._term.content) == said.plain
        self._put(self._term, Content("") if shown else said)

    def _show_state(self, view: StepView) -> None:
        """What changes while the learner works."""
        # A scrollbar that comes later is to leave every line whole.
        room = self.reading.outer_size.width - self.reading.scrollbar_size_vertical - _MARGINS
        width, links = min(self._options.size.width, room) - 2, self._links
        for line, (number, option) in zip(self._options.query(OptionLine), enumerate(view.options, 1), strict=True):
            marked = line.index in self.marked
            show_in(line, option_line(number, option, self.glyphs, marked=marked, width=width, links=links))
        remarks = [literal(f"You wrote: {view.given}", "$muted")] if view.given else []
        # Why an answer is wrong stands under the answer already.
        said = any(option.why == view.remark for option in view.options)
        remarks += [prose("Not so. Look again." if said else view.remark)] if view.remark else []
        remarks += (
            [Content.assemble(literal("What happened: ", "bold"), literal(view.observed))] if view.observed else []
        )
        self._put(self._remark, Content("\n").join(remarks))
        links = self._links
        self._put(self._hints, Content("\n").join(self._hint(hint, links) for hint in view.hints))
        # Not their own width: where there were none before, as beside a question, they have none yet.
        blocks = condition_lines(view.conditions, self.glyphs, max(room, 0), self._links)
        self._put(self._conditions, Content("\n").join(blocks))
        ticked = takewhile(lambda pair: pair[0].met, zip(view.conditions, blocks, strict=True))
        above = sum(block.plain.count("\n") + 1 for _, block in ticked)
        self.call_after_refresh(self._conditions_scroll.scroll_to, y=above, animate=False)
        text, accomplished = call_to_action(view, self.glyphs, self.keys)
        show_in(self._bar, literal(text))
        self._bar.set_class(accomplished, "-done")
        self._bar.set_class(not accomplished and not view.asks, "-idle")
        self.set_class(view.done, "-done")

    def _show_commands(self) -> None:
        for line in self._commands.query(CommandLine):
            key = self.keys["lesson.type"] if line.command == self.next_command else ""
            line.show(ran=line.command in self.ran, key=key, glyphs=self.glyphs)

    def _hint(self, hint: HintView, links: TermLinks) -> Content:
        name = "About that: " if hint.about_mistake else "Hint: "
        command = literal(hint.command, "$text-accent") if hint.command else Content("")
        return Content.assemble(
            literal(name, "bold $text-accent"), prose(hint.text, links=links), " " if hint.text else "", command
        )

    def _put(self, widget: Static, content: Content) -> None:
        widget.display = bool(content.plain)
        show_in(widget, content)

    def _bring_news_into_view(self, old: StepView | None, view: StepView, moved: bool) -> None:
        if moved or old is None:
            self.reading.scroll_home(animate=False)
        elif view.explain and view.explain != old.explain:
            self.call_after_refresh(self.reading.scroll_to_widget, self._explain, top=True, animate=False)
        elif len(view.hints) > len(old.hints):
            self.call_after_refresh(self._hints.scroll_visible, animate=False)
        elif view.remark != old.remark:
            self.call_after_refresh(self._remark.scroll_visible, animate=False)
