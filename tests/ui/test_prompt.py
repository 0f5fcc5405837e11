"""The keys of the prompt."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip

from tutor.ui.memory import NoCompletion
from tutor.ui.messages import CommandEntered, EndPressed, InterruptPressed, OptionPicked
from tutor.ui.scrollback import TRIM
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.shell import Shell

NAMES = ("kubeadm", "kubectl", "kustomize", "less")


class Words:
    """A memory of three commands that completes a few names."""

    history = ("kubectl get pods", "echo hi", "kubectl get svc")

    def complete(self, text: str, cursor: int) -> NoCompletion:
        word = re.search(r"\S*$", text[:cursor])
        assert word
        return NoCompletion(word.start(), tuple(f"{n} " for n in NAMES if n.startswith(word.group())))


class ShellApp(App[None]):
    """A shell alone, that notes what it is told."""

    AUTO_FOCUS = "#prompt"
    COMMAND_PALETTE_BINDING = "ctrl+o"

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        yield Shell()

    def on_mount(self) -> None:
        self.shell.prompt.memory = Words()
        self.shell.show_prompt("learner@laptop:~$ ", busy=False)

    @property
    def shell(self) -> Shell:
        return self.query_one(Shell)

    def on_command_entered(self, event: CommandEntered) -> None:
        self.told.append(event)

    def on_option_picked(self, event: OptionPicked) -> None:
        self.told.append(event)

    def on_interrupt_pressed(self, event: InterruptPressed) -> None:
        self.told.append(event)

    def on_end_pressed(self, event: EndPressed) -> None:
        self.told.append(event)

    @property
    def lines(self) -> list[str]:
        return [event.text for event in self.told if isinstance(event, CommandEntered)]


@asynccontextmanager
async def running(
    line: str = "", size: tuple[int, int] = (60, 14)
) -> AsyncIterator[tuple[ShellApp, Prompt, Pilot[None]]]:
    app = ShellApp()
    async with app.run_test(size=size) as pilot:
        app.shell.prompt.put(line)
        await pilot.pause()
        yield app, app.shell.prompt, pilot


@pytest.mark.parametrize(
    ("line", "keys", "after"),
    [
        ("", "up", "kubectl get svc"),
        ("", "up up", "echo hi"),
        ("draft", "up down", "draft"),
        ("", "up up up up up", "kubectl get pods"),
        ("", "ctrl+p ctrl+p ctrl+n", "kubectl get svc"),
        ("a bc", "ctrl+a x", "xa bc"),
        ("a bc", "ctrl+a ctrl+e x", "a bcx"),
        ("echo one two", "ctrl+w", "echo one "),
        ("get pod/web-1", "ctrl+w", "get "),
        ("get pod/web-1", "alt+backspace", "get pod/web-"),
        ("echo one two", "alt+b ctrl+k", "echo one "),
        ("echo one two", "alt+b ctrl+u", "two"),
        ("echo one two", "ctrl+w ctrl+a ctrl+y", "twoecho one "),
        ("echo one two", "ctrl+a alt+d", " one two"),
        ("echo one two", "ctrl+a alt+f alt+f ctrl+k", "echo one"),
        ("describe ", "alt+full_stop", "describe svc"),
        ("", "ctrl+r e c h", "echo hi"),
        ("", "ctrl+r p o d s right", "kubectl get pods"),
        ("", "ctrl+r k u b ctrl+r", "kubectl get pods"),
        ("draft", "ctrl+r e c ctrl+g", "draft"),
        ("les", "tab", "less "),
        ("k", "tab tab", "kubeadm"),
        ("k", "tab tab tab", "kubectl"),
        ("k", "tab shift+tab", "kustomize"),
        ("kube", "tab tab x", "kubeadmx"),
        ("abc", "ctrl+a ctrl+d", "bc"),
    ],
)
async def test_keys_of_readline(line: str, keys: str, after: str) -> None:
    async with running(line) as (_, prompt, pilot):
        await pilot.press(*keys.split())
        assert prompt.value == after


async def test_enter_posts_the_line_and_empties_the_prompt() -> None:
    async with running("kubectl get pods [/foo]") as (app, prompt, pilot):
        await pilot.press("enter")
        assert app.lines == ["kubectl get pods [/foo]"]
        assert prompt.value == ""


async def test_a_paste_of_several_lines_runs_the_whole_ones() -> None:
    async with running() as (app, prompt, pilot):
        prompt.post_message(events.Paste("one\r\ntwo\nthr"))
        await pilot.pause()
        assert app.lines == ["one", "two"]
        assert prompt.value == "thr"


async def test_tabs_of_a_paste_are_kept() -> None:
    async with running() as (app, prompt, pilot):
        prompt.post_message(events.Paste("cat <<-E\n\ta\tb\n\tE"))
        await pilot.pause()
        assert "\t" not in prompt.value
        await pilot.press("enter")
        assert app.lines == ["cat <<-E", "\ta\tb", "\tE"]


async def test_a_search_that_finds_nothing_says_so_until_it_finds_again() -> None:
    async with running() as (_, prompt, pilot):
        told: list[tuple[str | None, bool]] = []
        prompt.watch(prompt, "sought", lambda sought: told.append((sought, prompt.failed)), init=False)
        await pilot.press("ctrl+r", "h", "i")
        assert told[-1] == ("hi", False)
        await pilot.press("x")
        assert told[-1] == ("hix", True)
        assert prompt.value == "echo hi"
        await pilot.press("backspace")
        assert told[-1] == ("hi", False)
        await pilot.press("ctrl+r")
        assert told[-1] == ("hi", True)
        await pilot.press("ctrl+g", "ctrl+r")
        assert told[-1] == ("", False)


async def test_the_end_of_a_long_line_comes_into_view() -> None:
    async with running("." * 120 + "end") as (_, prompt, _):
        assert prompt.render_line(0).text.rstrip().endswith("end")


@pytest.mark.parametrize(("places", "edges"), [([120], "‹."), ([0], ".›"), ([0, 60, 50], "‹›")])
async def test_a_line_that_goes_on_beyond_an_edge_says_so(places: list[int], edges: str) -> None:
    async with running("." * 120) as (_, prompt, pilot):
        for place in places:
            prompt.cursor_position = place
            await pilot.pause()
        seen = prompt.render_line(0).text[: prompt.size.width].rstrip()
        assert seen[0] + seen[-1] == edges
        assert len(seen) >= prompt.size.width - 1


async def test_candidates_are_listed_and_go_away() -> None:
    async with running("k") as (app, _, pilot):
        await pilot.press("tab")
        await pilot.pause()
        listed = app.shell.query_one("#candidates")
        assert listed.display
        assert "kustomize" in str(listed.visual)
        await pilot.press("x")
        await pilot.pause()
        assert not listed.display


async def test_digits_choose_only_while_a_question_is_open_and_the_line_is_empty() -> None:
    async with running() as (app, prompt, pilot):
        prompt.choices = 3
        await pilot.press("2")
        assert [event.index for event in app.told if isinstance(event, OptionPicked)] == [1]
        await pilot.press("4", "2")
        assert prompt.value == "42"
        assert len(app.told) == 1


async def test_ctrl_c_interrupts_and_ctrl_d_ends_on_an_empty_line_only() -> None:
    async with running("abc") as (app, _, pilot):
        await pilot.press("ctrl+c", "ctrl+d")
        assert [type(event) for event in app.told] == [InterruptPressed]
        app.shell.prompt.put("")
        await pilot.press("ctrl+d")
        assert isinstance(app.told[-1], EndPressed)


async def test_the_prompt_stands_below_the_output_until_that_fills_the_pane() -> None:
    async with running(size=(60, 10)) as (app, prompt, pilot):
        assert prompt.region.y == 0
        app.shell.transcript.write("one\ntwo\n")
        await pilot.pause()
        assert prompt.region.y == 2
        app.shell.transcript.write("more\n" * 50)
        await pilot.pause()
        await pilot.pause()
        assert prompt.region.y == 9
        assert app.shell.transcript.is_vertical_scroll_end


async def test_the_end_stays_in_view_line_by_line() -> None:
    async with running(size=(60, 6)) as (app, _, pilot):
        for number in range(12):
            app.shell.transcript.write(f"line {number}\n")
            await pilot.pause()
            await pilot.pause()
            assert app.shell.transcript.is_vertical_scroll_end


async def test_who_has_scrolled_back_is_left_there_until_the_next_command() -> None:
    async with running(size=(60, 6)) as (app, _, pilot):
        app.shell.transcript.write("line\n" * 50)
        await pilot.pause()
        await pilot.press("pageup")
        place = app.shell.transcript.scroll_offset.y
        app.shell.transcript.write("more\n")
        await pilot.pause()
        assert app.shell.transcript.scroll_offset.y == place
        app.shell.echo("echo hi")
        await pilot.pause()
        assert app.shell.transcript.is_vertical_scroll_end


async def test_output_reflows_when_the_window_changes() -> None:
    async with running() as (app, prompt, pilot):
        app.shell.transcript.write("x" * 100 + "\n")
        await pilot.resize_terminal(30, 14)
        await pilot.pause()
        assert app.shell.transcript.scrollback.row_count == 4
        assert prompt.region.y == 4


async def test_a_flood_of_output_is_bounded_and_typing_after_it_draws_little(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as (app, prompt, pilot):
        transcript = app.shell.transcript
        for first in range(0, 100_000, 500):
            transcript.write("".join(f"line {number}\n" for number in range(first, first + 500)))
        await pilot.pause()
        scrollback = transcript.scrollback
        held = scrollback.text.split("\n")
        assert scrollback.limit <= len(held) <= scrollback.limit + TRIM
        assert scrollback.row_count == len(held) - 1  # the last line is empty yet
        assert scrollback.row(scrollback.row_count - 1).text == "line 99999"
        assert transcript.is_vertical_scroll_end
        drawn: list[int] = []
        render_line = transcript.render_line

        def counted(y: int) -> Strip:
            drawn.append(y)
            return render_line(y)

        monkeypatch.setattr(transcript, "render_line", counted)
        transcript.write("a last one\n")
        await pilot.pause()
        await pilot.pause()
        assert 0 < len(drawn) <= 3 * transcript.size.height
        drawn.clear()
        await pilot.press(*"echo hi")
        assert prompt.value == "echo hi"
        assert not drawn


async def test_ctrl_l_clears() -> None:
    async with running() as (app, prompt, pilot):
        app.shell.transcript.write("x\n" * 30)
        await pilot.press("ctrl+l")
        await pilot.pause()
        assert app.shell.transcript.scrollback.row_count == 0
        assert prompt.region.y == 0


async def test_selected_output_is_copied_as_it_was_written() -> None:
    async with running(size=(20, 14)) as (app, _, pilot):
        app.shell.transcript.write("a long line that is wrapped here\nnext\n")
        await pilot.pause()
        app.screen.text_select_all()
        assert "a long line that is wrapped here\nnext" in (app.screen.get_selected_text() or "")


async def test_keys_are_dealt_with_in_the_order_they_come() -> None:
    async with running() as (app, prompt, pilot):
        for key, sign in [*((each, each) for each in "ls"), ("enter", "\r"), *((each, each) for each in "pwdx")]:
            app.post_message(events.Key(key, sign))
        app.post_message(events.Key("backspace", None))
        app.post_message(events.Key("s", "s"))
        await pilot.pause()
        await pilot.pause()
        assert app.lines == ["ls"]
        assert prompt.value == "pwds"
