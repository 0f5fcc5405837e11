"""A lesson in the app, from the list to its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.app import App
from textual.binding import Binding
from textual.keys import _character_to_key
from textual.selection import SELECT_ALL
from textual.widgets import Static, TextArea

from tests.ui.conftest import opened, run_command, until
from tutor.course.packs import Library
from tutor.course.progress import Progress
from tutor.course.progress_file import LessonProgress
from tutor.course.view import OptionView, StepView
from tutor.ui.app import TutorApp
from tutor.ui.keys import KeyNames
from tutor.ui.screens.editor import EditorScreen
from tutor.ui.screens.help import HelpScreen
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.step_text import call_to_action, option_line, progress_dots
from tutor.ui.theme import ASCII, UNICODE
from tutor.ui.widgets.key_bar import KeyBar
from tutor.ui.widgets.lesson_pane import ActionBar, CommandLine, OptionLine
from tutor.ui.widgets.object_table import ObjectTable
from tutor.ui.widgets.shell import Shell
from tutor.ui.widgets.traffic import TrafficDiagram

MakeApp = Callable[..., TutorApp]


def words(screen: LessonScreen, selector: str) -> str:
    """The text a part of the screen shows."""
    return str(screen.query_one(selector).visual)  # type: ignore[attr-defined]


async def test_a_lesson_from_the_list_to_the_next_one(make_app: MakeApp) -> None:
    progress = Progress()
    app = make_app(progress=progress)
    async with app.run_test(size=(140, 45)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and app.screen.lessons.option_count)
        await pilot.press("enter")
        screen = await opened(pilot)
        assert screen.focused is screen.shell.prompt
        assert "step 1 of 4" in words(screen, "#where")

        await run_command(pilot, "")
        assert "Make one" in words(screen, "#step-title")
        assert "There is no ConfigMap one yet." in words(screen, "#conditions")

        output = await run_command(pilot, "kubectl create configmap one")
        assert "configmap/one created" in output
        assert "✓ done   The ConfigMap one exists" in words(screen, "#conditions")
        assert screen.query_one(ActionBar).has_class("-done")
        assert "kubectl create configmap one" in output

        await run_command(pilot, "")
        assert "How many ConfigMaps" in words(screen, "#question")
        await pilot.press("2")
        await until(pilot, lambda: screen.at_rest and screen.lesson.view and screen.lesson.view.done)
        assert "your answer" in str(screen.query(OptionLine)[1].visual)
        assert "✗ not so" in str(screen.query(OptionLine)[1].visual)
        assert "✓ right" in str(screen.query(OptionLine)[0].visual)

        await run_command(pilot, "")
        await run_command(pilot, "answer two")
        assert "not it" in words(screen, "#remark")
        await run_command(pilot, "one")
        await run_command(pilot, "")
        assert "Lesson finished" in words(screen, "#step-title")
        assert progress.lesson("first").completed

        screen.shell.prompt.focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LessonScreen) and app.screen.lesson_id == "second")


async def test_enter_goes_on_from_inside_a_pod_too(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "kubectl run tmp -it --image=busybox -- sh")
        await run_command(pilot, "")
        assert "Make one" in words(screen, "#step-title")
        await run_command(pilot, "")
        assert "Make one" in words(screen, "#step-title")


async def test_undo_takes_the_tick_away_and_redo_brings_it_back(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "next")
        await run_command(pilot, "kubectl create configmap one")
        await pilot.press("f5")
        await until(pilot, lambda: screen.at_rest and "○ to do" in words(screen, "#conditions"))
        assert "Undone: kubectl create configmap one" in screen.shell.transcript.scrollback.text
        await pilot.press("f6")
        await until(pilot, lambda: screen.at_rest and "✓ done" in words(screen, "#conditions"))


async def test_hint_show_me_and_reset_by_word_and_by_key(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(140, 45)) as pilot:
        app.animation_level = "none"
        screen = await opened(pilot)
        await run_command(pilot, "next")
        await run_command(pilot, "hint")
        assert "Hint: Try create." in words(screen, "#hints")
        await pilot.press("f3")
        await until(pilot, lambda: screen.at_rest and "✓ done" in words(screen, "#conditions"))
        assert "configmap/one created" in screen.shell.transcript.scrollback.text
        await run_command(pilot, "reset")
        assert "○ to do" in words(screen, "#conditions")


async def test_a_command_of_the_lesson_is_typed_by_key_and_by_click(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "next")
        await pilot.press("f4")
        await pilot.pause()
        assert screen.shell.prompt.value == "kubectl create configmap one"
        screen.shell.prompt.put("")
        await pilot.click(CommandLine)
        assert screen.shell.prompt.value == "kubectl create configmap one"
        await pilot.press("enter")
        await until(pilot, lambda: screen.at_rest)
        assert "✓ kubectl create configmap one" in str(screen.query_one(CommandLine).visual)


async def test_changed_rows_are_marked_until_the_next_command(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "kubectl create service clusterip web --tcp=80")
        assert "+ web" in screen.side.pane.services.text
        assert "new" in screen.side.pane.services.text
        await run_command(pilot, "echo hi")
        assert "+ web" not in screen.side.pane.services.text
        assert "web" in screen.side.pane.services.text


async def test_a_request_is_played_hop_by_hop(make_app: MakeApp) -> None:
    app = make_app(start="sandbox")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "kubectl apply -f nginx-deployment.yaml -f nginx-clusterip.yaml")
        await run_command(pilot, "kubectl wait --for=condition=Ready pod -l app=nginx --timeout=60s")
        await run_command(
            pilot, "kubectl run tmp --rm -i --restart=Never --image=curlimages/curl -- curl -s http://nginx-clusterip"
        )
        assert screen.side.traffic.playing or "HTTP 200" in screen.side.traffic.text
        screen.side.traffic.action_step(20)
        assert "HTTP 200" in screen.side.traffic.text
        screen.side.traffic.action_step(-20)
        assert "HTTP 200" not in screen.side.traffic.text
        app.animation_level = "none"
        screen.side.traffic.action_replay()
        assert not screen.side.traffic.playing
        assert "HTTP 200" in screen.side.traffic.text


async def test_a_shell_in_a_container_shows_its_own_prompt(make_app: MakeApp) -> None:
    app = make_app(start="sandbox")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "kubectl run tmp -it --rm --image=busybox -- sh")
        await until(pilot, lambda: "/ #" in words(screen, "#prompt-text"))
        await run_command(pilot, "echo inside")
        await run_command(pilot, "exit")
        await until(pilot, lambda: "learner@laptop" in words(screen, "#prompt-text"))
        assert 'pod "tmp" deleted' in screen.shell.transcript.scrollback.text


async def test_ctrl_c_ends_a_command_that_waits(make_app: MakeApp) -> None:
    app = make_app(start="sandbox")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        screen.shell.prompt.put("kubectl get pods -w")
        await pilot.press("enter")
        await until(pilot, lambda: screen.player and screen.player.session.terminal.busy)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: screen.at_rest)
        assert "learner@laptop" in words(screen, "#prompt-text")


async def test_pasted_lines_run_one_after_the_other(make_app: MakeApp) -> None:
    app = make_app(start="sandbox")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        screen.shell.prompt.post_message(events.Paste("A=1\necho got $A\nfor i in x y; do\necho $i\ndone\n"))
        await until(pilot, lambda: screen.at_rest and "\ny\n" in screen.shell.transcript.scrollback.text)
        assert "got 1\n" in screen.shell.transcript.scrollback.text


@pytest.mark.parametrize(("key", "saved"), [("f2", True), ("escape", False)])
async def test_an_editor_opens_and_saves_or_not(make_app: MakeApp, key: str, saved: bool) -> None:
    app = make_app(start="sandbox")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        screen.shell.prompt.put("vi note.txt")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        app.screen.query_one(TextArea).text = "kept\n"
        await pilot.pause()
        await pilot.press(*([key] if saved else [key, key]))
        await until(pilot, lambda: app.screen is screen and screen.at_rest)
        assert ("kept" in (await run_command(pilot, "cat note.txt")).splitlines()) is saved


async def test_odd_text_is_shown_as_it_is(make_app: MakeApp) -> None:
    """You should see brackets, wide and combining characters, and no crash."""
    app = make_app(start="sandbox")
    odd = "[/foo] [int] [bold]x[/] 日本語 e\u0301 \u202e"
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        output = await run_command(pilot, f"echo '{odd}'")
        assert "[/foo] [int] [bold]x[/] 日本語" in output
        await run_command(pilot, "echo '[/foo]' > '[/foo]'")
        screen.shell.prompt.put("cat [")
        await pilot.press("tab", "tab")
        for kind in ("Pod", "Event", "EndpointSlice", "Deployment"):
            screen.side.pane.kind = kind
            await pilot.pause()


@pytest.mark.parametrize("size", [(140, 45), (100, 30), (80, 24), (60, 16), (40, 15)])
async def test_everything_lies_inside_its_parent(make_app: MakeApp, size: tuple[int, int]) -> None:
    app = make_app(start="first")
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "next")
        for view in ("lesson", "cluster", "traffic"):
            screen.action_view(view)
            await pilot.pause()
            await pilot.pause()
            for pane in ("#shell", "#prompt", "#header", "KeyBar"):
                assert screen.query_one(pane).region in screen.region, pane
            assert screen.shell.transcript.size.height + screen.shell.size.height > 3
            shown = {"lesson": "#lesson", "cluster": "#cluster", "traffic": "#traffic"}[view]
            region = screen.query_one(shown).region
            assert region.height >= 5
            assert region.width >= 40
            assert not region.overlaps(screen.shell.region)


@pytest.mark.parametrize("size", [(39, 24), (80, 14), (10, 3), (1, 1)])
async def test_too_small_says_so_and_comes_back(make_app: MakeApp, size: tuple[int, int]) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        await pilot.resize_terminal(*size)
        await pilot.pause()
        assert screen.query_one("#too-small").display
        assert not screen.shell.display
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert screen.shell.display
        assert "hi" in await run_command(pilot, "echo hi")


async def test_typing_anywhere_reaches_the_prompt(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        screen.action_view("traffic")
        await pilot.pause()
        assert screen.focused is screen.side.traffic
        await pilot.press("e", "c")
        assert screen.shell.prompt.value == "ec"
        assert screen.focused is screen.shell.prompt
        screen.action_view("cluster")
        await pilot.pause()
        await pilot.press("escape")
        assert screen.focused is screen.shell.prompt


async def test_the_yaml_of_a_row_by_a_key(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        screen.side.pane.services.focus()
        await pilot.press("y")
        transcript = screen.shell.transcript.scrollback
        await until(pilot, lambda: screen.at_rest and "clusterIP: 10.254.0.1" in transcript.text)
        assert "kubectl get service kubernetes -o yaml" in transcript.text


async def test_help_is_about_what_is_focused(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert isinstance(app.screen, HelpScreen)
        assert "# The shell" in app.screen.text
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)


async def test_every_action_is_in_the_palette_and_every_binding_explains_itself(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "next")
        titles = {command.title for command in app.get_system_commands(screen)}
        assert {"Hint", "Show", "Reset", "Skip", "Next step", "Lessons", "Theme", "Quit tutor", "Help"} <= titles
        for owner in (TutorApp, LessonScreen, HomeScreen, EditorScreen):
            for binding in owner.BINDINGS:
                assert binding.id
                assert binding.description
                assert binding.tooltip
                assert not {"ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+s"} & set(binding.key.split(","))


async def test_what_panes_can_do_is_in_the_palette_wherever_the_focus_is(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "kubectl create configmap one")
        commands = {command.title: command.callback for command in app.get_system_commands(screen)}
        owners = {"Table": ObjectTable, "Traffic": TrafficDiagram, "Shell": Shell, "": LessonScreen}
        for place, owner in owners.items():
            for binding in owner.BINDINGS:
                assert isinstance(binding, Binding)
                moves = binding.action.startswith(("move(", "page("))
                usable = owner is not LessonScreen or screen.check_action(*_action(binding.action))
                title = f"{place}: {binding.description}" if place else binding.description
                assert moves or not usable or title in commands, title
        assert screen.shell.prompt.has_focus
        await commands["Shell: Clear"]()
        assert screen.shell.transcript.scrollback.text.strip() == ""
        await commands["Table: Describe"]()
        await until(pilot, lambda: screen.at_rest and "kubectl describe" in screen.shell.transcript.scrollback.text)


def _action(action: str) -> tuple[str, tuple[object, ...]]:
    from textual.actions import parse

    _, name, parameters = parse(action)
    return name, parameters


async def test_a_pane_is_copied_with_one_key(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "echo [/foo]")
        await pilot.press("alt+p")
        assert "[/foo]" in app.clipboard
        screen.side.pane.services.focus()
        await pilot.pause()
        await pilot.press("alt+p")
        assert app.clipboard == screen.side.pane.services.text
        assert "kubernetes" in app.clipboard
        screen.side.traffic.focus()
        await pilot.pause()
        await pilot.press("alt+p")
        assert app.clipboard == screen.side.traffic.text
        screen.lesson.reading.focus()
        await pilot.pause()
        await pilot.press("alt+p")
        assert "Some **text** with [/foo] in it." in app.clipboard
        said = [str(each.message) for each in app._notifications]
        assert any(each.startswith("Copied the step: ") for each in said)


async def test_leaving_by_word_keeps_the_place(make_app: MakeApp) -> None:
    progress = Progress()
    app = make_app(progress=progress, start="first")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "next")
        screen.shell.prompt.put("lessons")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        listed = {option.id: str(option.prompt) for option in app.screen.lessons.options}
        assert "step 2/4" in listed["first"]
        assert "new" in listed["second"]
        assert progress.lesson("first") == LessonProgress(step="make", done=("read",))


async def test_a_lesson_that_cannot_be_played_says_why(make_app: MakeApp, lessons: object) -> None:
    from pathlib import Path

    assert isinstance(lessons, Path)
    text = (lessons / "second.yaml").read_text(encoding="utf-8")
    (lessons / "second.yaml").write_text(text.replace("kind: read", "kind: dance"), encoding="utf-8")
    app = make_app(start="second")
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LessonScreen))
        await until(pilot, lambda: "cannot be played" in str(app.screen.query_one("#loading").visual))  # type: ignore[attr-defined]
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))


async def test_a_broken_file_does_not_keep_the_list_from_showing(make_app: MakeApp, lessons: object) -> None:
    from pathlib import Path

    assert isinstance(lessons, Path)
    (lessons / "second.yaml").write_text("id: [unclosed", encoding="utf-8")
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and app.screen.lessons.option_count)
        assert "second.yaml" in str(app.screen.query_one("#notice").visual)  # type: ignore[attr-defined]


async def test_what_differs_from_a_real_cluster_can_be_read(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and app.screen.lessons.option_count)
        ids = [option.id for option in app.screen.lessons.options]
        app.screen.lessons.highlighted = ids.index("differences")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and "real cluster" in app.screen.text)


async def test_a_click_on_a_key_at_the_bottom_presses_it(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "next")
        bar = screen.query_one(KeyBar)
        line = str(bar.render())
        assert line.endswith("ctrl+o Commands")
        assert len(line) <= 78
        await pilot.click(KeyBar, offset=(line.index("Hint") + 1, 0))
        await until(pilot, lambda: screen.lesson.view and screen.lesson.view.hints)


async def test_a_step_passed_over_says_so_and_how_to_do_it_after_all(make_app: MakeApp) -> None:
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        for word in ("next", "skip", "back"):
            await run_command(pilot, word)
        bar = screen.query_one(ActionBar)
        assert str(bar.visual) == "· Passed over   Enter: next step · F7: do it"
        assert "This step was passed over" in await run_command(pilot, "check")

        await pilot.press("f7")
        await until(pilot, lambda: screen.at_rest and screen.lesson.view and not screen.lesson.view.done)
        await run_command(pilot, "kubectl create configmap one")
        assert str(bar.visual).startswith("✓ Done")


async def test_an_optional_step_says_so_and_may_be_left(make_app: MakeApp, lessons: Path) -> None:
    file = lessons / "first.yaml"
    file.write_text(file.read_text().replace("title: Make one\n", "title: Make one\n    optional: true\n"))
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "")
        assert "step 2 of 4 · optional" in words(screen, "#where")
        assert str(screen.query_one(ActionBar).visual).endswith("F2 hint · F8 skip")
        assert screen.player
        assert screen.player.titles[1] == "Make one (optional)"
        await run_command(pilot, "next")
        assert "step 3 of 4" in words(screen, "#where")
        assert "optional" not in words(screen, "#where")


async def test_what_lies_behind_an_error_follows_what_a_prediction_plays(
    make_app: MakeApp, lessons: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.ui.screens.lesson.SHOWING", 0)
    ask = "kubectl run t --rm -i --restart=Never --image=curlimages/curl -- curl -sS http://wbe"
    file = lessons / "first.yaml"
    file.write_text(file.read_text().replace("kind: predict", f"kind: predict\n    then: ['{ask}', echo after]"))
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        for line in ("", "kubectl create configmap one", ""):
            await run_command(pilot, line)
        shown = await run_command(pilot, "1")
        why = "→ No Service called wbe exists in namespace default."
        assert shown.index("Could not resolve host: wbe") < shown.index(why) < shown.index("echo after")
        assert screen.lesson.view is not None
        assert screen.lesson.view.done


async def test_only_what_was_done_in_the_shell_is_told_there(make_app: MakeApp) -> None:
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        for line in ("", "kubectl create configmap one"):
            await run_command(pilot, line)
        await until(pilot, lambda: "Done. Enter goes on." in screen.shell.transcript.scrollback.text)
        await run_command(pilot, "")
        await run_command(pilot, "1")
        await until(pilot, lambda: screen.lesson.view and screen.lesson.view.done)
        assert screen.shell.transcript.scrollback.text.count("Done. Enter goes on.") == 1


@pytest.mark.parametrize(("language", "title"), [("", "Do: Make one"), ("de", "Mach eine")])
async def test_a_heading_is_in_one_language(lessons: Path, language: str, title: str) -> None:
    translation = lessons / "translations" / "de" / "first.yaml"
    translation.parent.mkdir(parents=True)
    translation.write_text("format: 1\ntitle: Erstes\nsteps: {make: {title: Mach eine}}\n", encoding="utf-8")
    app = TutorApp(Library(lessons, language=language), Progress(), start="first", step="make")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        await until(pilot, lambda: words(screen, "#step-title") == title)


@pytest.mark.parametrize("key", ["ctrl+c", "f12"])
@pytest.mark.parametrize("at", ["table", "traffic", "lesson", "filter", "nothing"])
async def test_what_interrupts_does_so_wherever_the_focus_is(make_app: MakeApp, at: str, key: str) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        if key != "ctrl+c":
            app.preferences.set_key("prompt.interrupt", key)
        screen.shell.prompt.put("kubectl get pods -w")
        await pilot.press("enter")
        await until(pilot, lambda: screen.player and screen.player.session.terminal.busy)
        pane = screen.side.pane
        places = {"table": pane.services, "traffic": screen.side.traffic, "lesson": screen.lesson.reading}
        if at == "nothing":
            screen.set_focus(None)
        elif at == "filter":
            pane.services.focus()
            await pilot.press("slash")
        else:
            places[at].focus()
        await pilot.pause()
        if key != "ctrl+c":
            await pilot.press("ctrl+c")
            assert not screen.at_rest
        await pilot.press(key)
        await until(pilot, lambda: screen.at_rest)
        assert "learner@laptop" in words(screen, "#prompt-text")
        assert not app._notifications, "Textual's word on how to quit"


async def test_what_is_selected_is_copied_rather_than_interrupted(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        table = screen.side.pane.services
        screen.shell.prompt.put("kubectl get pods -w")
        await pilot.press("enter")
        await until(pilot, lambda: screen.player and screen.player.session.terminal.busy)
        table.focus()
        await pilot.pause()
        screen.selections = {table: SELECT_ALL}
        await pilot.press("ctrl+c")
        assert "kubernetes" in app.clipboard
        assert not screen.at_rest
        screen.clear_selection()
        await pilot.press("ctrl+c")
        await until(pilot, lambda: screen.at_rest)


def burst(app: App[None], text: str) -> None:
    """Type something all at once, as quick fingers do on a slow machine; `⏎` and `⎋` are keys, too."""
    names = {"⏎": "enter", "⎋": "escape", "⌫": "backspace"}
    for sign in text:
        app.post_message(events.Key(names.get(sign) or _character_to_key(sign), None if sign in names else sign))


@pytest.mark.parametrize(
    ("at", "typed", "line"),
    [
        ("table", "for i in a b; do echo $i; done", "for i in a b; do echo $i; done"),
        ("table", "echo dyck", "echo dyck"),
        ("table", "jkecho", "echo"),  # up and down first: letters of the table
        ("table", "⎋kubectl get pods", "kubectl get pods"),
        ("traffic", "echo hello - + r", "echo hello - + r"),
        ("traffic", "⎋ls -lr", "ls -lr"),
        ("lesson", "kubectl get pods", "kubectl get pods"),
        ("lesson", "eco⌫ho", "echo"),
        ("nothing", "for i in a", "for i in a"),
    ],
)
async def test_no_letter_typed_elsewhere_is_lost(make_app: MakeApp, at: str, typed: str, line: str) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        places = {
            "table": screen.side.pane.services,
            "traffic": screen.side.traffic,
            "lesson": screen.lesson.reading,
            "nothing": None,
        }
        screen.set_focus(places[at])
        await pilot.pause()
        burst(app, typed)
        await until(pilot, lambda: screen.shell.prompt.value == line)
        assert screen.focused is screen.shell.prompt
        burst(app, " more")
        await until(pilot, lambda: screen.shell.prompt.value == f"{line} more")


async def test_what_is_typed_at_once_runs(make_app: MakeApp) -> None:
    app = make_app(start="sandbox")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        screen.set_focus(screen.side.pane.services)
        await pilot.pause()
        burst(app, "echo one⏎")
        await until(pilot, lambda: screen.at_rest and "\none\n" in screen.shell.transcript.scrollback.text)
        assert screen.shell.prompt.value == ""


async def test_a_filter_typed_at_once_is_whole(make_app: MakeApp) -> None:
    app = make_app(start="sandbox")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        pane = screen.side.pane
        screen.set_focus(pane.services)
        await pilot.pause()
        burst(app, "/kubern")
        await until(pilot, lambda: pane.services.filter == "kubern")
        assert pane.filter.has_focus
        assert screen.shell.prompt.value == ""


async def test_what_is_pasted_elsewhere_goes_to_the_prompt(make_app: MakeApp) -> None:
    app = make_app(start="sandbox")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        screen.set_focus(screen.side.pane.services)
        await pilot.pause()
        app.post_message(events.Paste("echo pasted\nkubectl get"))
        burst(app, " pods")
        await until(pilot, lambda: screen.shell.prompt.value == "kubectl get pods")
        await until(pilot, lambda: screen.at_rest and "\npasted\n" in screen.shell.transcript.scrollback.text)


async def test_typing_is_not_held_up_by_what_has_gone(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even if nothing ever says that there are no more late keys."""
    monkeypatch.setattr("tutor.ui.screens.ordered_typing.STRAGGLING", 0.02)
    monkeypatch.setattr(LessonScreen, "_catch_up", lambda screen, event: None)
    app = make_app(start="sandbox")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        screen.set_focus(screen.side.traffic)
        await pilot.pause()
        burst(app, "echo hi")
        await until(pilot, lambda: screen.shell.prompt.value == "echo hi")


@pytest.mark.parametrize(("height", "rows"), [(24, 4), (15, 2), (45, 5)])
async def test_all_candidates_listed_can_be_seen(make_app: MakeApp, height: int, rows: int) -> None:
    app = make_app(start="sandbox")
    async with app.run_test(size=(80, height)) as pilot:
        screen = await opened(pilot)
        screen.shell.prompt.put("kubectl get ")
        await pilot.press("tab")
        listed = screen.query_one("#candidates", Static)
        await until(pilot, lambda: listed.size.height)
        lines = str(listed.visual).split("\n")
        assert len(lines) == rows
        assert lines[-1].startswith("and ")
        assert listed.region in screen.shell.content_region
        assert listed.size.height == len(lines)
        for _ in range(12):
            await pilot.press("tab")
            await pilot.pause()
            assert any("reverse" in str(span.style) for span in listed.visual.spans)  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", range(20, 60))
def test_a_verdict_is_in_one_piece(width: int) -> None:
    option = OptionView("Some answer of a few words more", chosen=True, right=True, why="So it is.")
    lines = option_line(1, option, UNICODE, width=width).plain.split("\n")
    assert [line for line in lines if "✓ right · your answer" in line]
    assert max(map(len, lines)) <= max(width, 4 + len("✓ right · your answer"))


def test_the_bar_says_what_enter_leads_to() -> None:
    view = StepView("first", "First", "last", 0, 1, "task", "Last", done=True, steps=("done",), lesson_done=True)
    keys = KeyNames()
    assert "Enter: end the lesson" in call_to_action(view, UNICODE, keys)[0]
    mended = replace(view, lesson_id="challenge-1", kind="challenge")
    assert "Enter: what comes next" in call_to_action(mended, UNICODE, keys)[0]


def test_an_open_step_has_one_sign_in_ascii() -> None:
    view = StepView("first", "First", "one", 0, 3, "task", "One", steps=("", "done", ""))
    assert progress_dots(view, ASCII).plain == "~ * -"
    assert progress_dots(view, ASCII, tight=True).plain == "~*-"
