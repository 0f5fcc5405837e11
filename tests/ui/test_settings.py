"""Settings: kept, changed at once, and never in the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, TextArea

from tests.ui.conftest import opened, run_command, until
from tutor.course.packs import Library
from tutor.course.progress import Progress
from tutor.ui.app import TutorApp
from tutor.ui.ascii import in_ascii
from tutor.ui.keys import key_name
from tutor.ui.screens.editor import EditorScreen
from tutor.ui.screens.help import HelpScreen
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.settings import KeyScreen, SettingsScreen
from tutor.ui.settings import Settings, SettingsFile, kept_language
from tutor.ui.widgets.lesson_pane import ActionBar, CommandLine
from tutor.ui.widgets.object_table import ObjectTable

Make = Callable[..., TutorApp]


@pytest.fixture
def make(lessons: Path, tmp_path: Path) -> Make:
    """Makes an app whose settings are kept in one file."""

    def app(start: str | None = None) -> TutorApp:
        return TutorApp(
            Library(lessons), Progress(), start=start, settings=SettingsFile.load(tmp_path / "settings.json")
        )

    return app


async def at_home(pilot: Pilot[None]) -> HomeScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen) and pilot.app.screen.lessons.option_count)
    screen = pilot.app.screen
    assert isinstance(screen, HomeScreen)
    return screen


# The file


def test_what_is_changed_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.json"
    SettingsFile.load(path).change(theme="nord", speed=2.0, keys={"lesson.hint": "f12"})
    assert SettingsFile.load(path).settings == Settings(
        theme="nord", speed=2.0, keys=MappingProxyType({"lesson.hint": "f12"})
    )


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"version": 1, "theme": 3}',
        '{"version": 1, "speed": 7}',
        '{"version": 1, "keys": {"lesson.hint": ""}}',
    ],
)
def test_a_corrupt_file_is_set_aside_and_said(text: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text, encoding="utf-8")
    loaded = SettingsFile.load(path)
    assert loaded.settings == Settings()
    assert "settings file was corrupt" in loaded.notice
    assert (tmp_path / "settings.json.bak").read_text(encoding="utf-8") == text


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"version": 99}', encoding="utf-8")
    loaded = SettingsFile.load(path)
    loaded.change(ascii=True)
    assert "newer" in loaded.notice
    assert path.read_text(encoding="utf-8") == '{"version": 99}'


def test_a_file_that_lacks_something_has_the_usual(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"version": 1, "ascii": true}', encoding="utf-8")
    assert SettingsFile.load(path).settings == Settings(ascii=True)


def test_two_programs_keep_each_others_changes(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    one, other = SettingsFile.load(path), SettingsFile.load(path)
    one.change(theme="nord", keys={"lesson.hint": "f12", "lesson.show": "f11"})
    other.change(theme="dracula", speed=2.0, keys={"lesson.undo": "alt+u"})
    one.change(ascii=True, keys={"lesson.hint": "f12"})
    kept = SettingsFile.load(path).settings
    assert kept == Settings(theme="dracula", speed=2.0, ascii=True, keys={"lesson.hint": "f12", "lesson.undo": "alt+u"})
    assert one.settings.theme == "nord"


def test_what_could_not_be_saved_is_saved_with_the_next_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "settings.json"
    kept = SettingsFile.load(path)
    kept.change(theme="nord")
    with monkeypatch.context() as patched:
        patched.setattr("tutor.ui.settings.write_atomically", full)
        kept.change(speed=2.0)
    SettingsFile.load(path).change(theme="dracula")
    kept.change(ascii=True)
    assert SettingsFile.load(path).settings == Settings(theme="dracula", speed=2.0, ascii=True)


def test_a_file_that_is_gone_or_spoilt_meanwhile_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    kept = SettingsFile.load(path)
    kept.change(theme="nord")
    path.unlink()
    kept.change(ascii=True)
    assert SettingsFile.load(path).settings == Settings(theme="nord", ascii=True)
    path.write_text("{", encoding="utf-8")
    kept.change(speed=2.0)
    assert "corrupt" in kept.notice
    assert SettingsFile.load(path).settings == Settings(theme="nord", ascii=True, speed=2.0)
    path.write_text('{"version": 99}', encoding="utf-8")
    kept.change(speed=4.0)
    assert "newer" in kept.notice
    assert path.read_text(encoding="utf-8") == '{"version": 99}'


def test_a_key_that_there_is_not_is_said_and_left_out(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    keys = {"lesson.hint": "F3", "lesson.show": "xyzzy", "lesson.undo": "Alt+U,nonsense"}
    path.write_text(json.dumps({"version": 1, "keys": keys}), encoding="utf-8")
    loaded = SettingsFile.load(path)
    assert loaded.settings.keys == {"lesson.hint": "f3", "lesson.undo": "alt+u"}
    assert "xyzzy (for lesson.show), nonsense (for lesson.undo)" in loaded.notice
    assert str(path) in loaded.notice


def test_the_language_is_looked_up_and_nothing_else_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path))
    assert kept_language() == ""
    SettingsFile.load().change(language="de")
    assert kept_language() == "de"
    (tmp_path / "settings.json").write_text("{", encoding="utf-8")
    assert kept_language() == ""
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    kept = SettingsFile(tmp_path / "file" / "settings.json")
    assert kept.change(ascii=True).ascii
    assert "could not be saved" in kept.notice


# The app


async def test_a_theme_lasts(make: Make) -> None:
    first = make()
    async with first.run_test() as pilot:
        await at_home(pilot)
        first.theme = "nord"
        await pilot.pause()
    second = make()
    async with second.run_test() as pilot:
        await at_home(pilot)
        assert second.theme == "nord"


async def test_nothing_is_written_before_something_is_changed(make: Make, tmp_path: Path) -> None:
    async with make().run_test() as pilot:
        await at_home(pilot)
    assert not (tmp_path / "settings.json").exists()


async def test_a_theme_that_is_gone_does_no_harm(make: Make, tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"version": 1, "theme": "gone"}', encoding="utf-8")
    app = make()
    async with app.run_test() as pilot:
        await at_home(pilot)
        assert app.theme == "tutor-dark"


async def test_projector_mode_lasts_and_leads_back_to_the_theme_before(make: Make) -> None:
    first = make()
    async with first.run_test() as pilot:
        await at_home(pilot)
        first.theme = "tutor-light"
        await pilot.pause()
        first.preferences.toggle_projector()
        await until(pilot, lambda: first.has_class("-projector"))
        assert first.theme == "tutor-projector-light"
    second = make()
    async with second.run_test() as pilot:
        await at_home(pilot)
        assert second.has_class("-projector")
        assert second.theme == "tutor-projector-light"
        second.preferences.toggle_projector()
        await until(pilot, lambda: not second.has_class("-projector"))
        assert second.theme == "tutor-light"


async def test_reduced_motion_lasts(make: Make) -> None:
    first = make()
    async with first.run_test() as pilot:
        await at_home(pilot)
        first.animation_level = "full"
        first.preferences.toggle_motion()
        assert first.animation_level == "none"
    second = make()
    second.animation_level = "full"
    async with second.run_test() as pilot:
        await at_home(pilot)
        assert second.animation_level == "none"


@pytest.mark.parametrize("reduced", [True, False])
async def test_no_cursor_blinks_when_motion_is_reduced(
    make: Make, monkeypatch: pytest.MonkeyPatch, reduced: bool
) -> None:
    monkeypatch.setattr(Input, "cursor_blink", True)
    monkeypatch.setattr(TextArea, "cursor_blink", True)
    app = make("first")
    app.animation_level = "none" if reduced else "full"
    async with app.run_test(size=(100, 40)) as pilot:
        screen = await opened(pilot)
        assert screen.shell.prompt.cursor_blink is not reduced
        screen.shell.prompt.put("vi note.txt")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        assert app.screen.query_one(TextArea).cursor_blink is not reduced
        app.preferences.toggle_motion()
        assert app.screen.query_one(TextArea).cursor_blink is reduced
        assert screen.shell.prompt.cursor_blink is reduced


def shown(app: TutorApp) -> str:
    """Every text on the screen."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips)


@pytest.mark.parametrize("size", [(140, 45), (80, 24)])
async def test_ascii_holds_at_once_and_everywhere(make: Make, size: tuple[int, int]) -> None:
    """Nothing on the screen is beyond ASCII: frames, symbols, arrows, separators, Markdown's marks."""
    app = make(start="first")
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        await run_command(pilot, "next")
        await run_command(pilot, "hint")
        assert not shown(app).isascii()
        app.preferences.toggle_ascii()
        await pilot.pause()
        assert not {sign for sign in shown(app) if not sign.isascii()}
        await run_command(pilot, "kubectl create configmap one")
        await pilot.press("f1")
        await pilot.pause()
        assert not {sign for sign in shown(app) if not sign.isascii()}
        await pilot.press("escape")
        app.preferences.toggle_ascii()
        await pilot.pause()
        assert not shown(app).isascii()


def test_signs_become_ascii_in_as_many_cells() -> None:
    assert in_ascii("╭─ ✓ a · b … ▎│ “é”") == '+- + a | b ~ || "é"'


async def test_a_key_is_changed_at_once_and_lasts(make: Make, tmp_path: Path) -> None:
    app = make()
    async with app.run_test(size=(100, 40)) as pilot:
        await at_home(pilot)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        rows = app.screen.query_one(OptionList)
        rows.highlighted = [option.id for option in rows.options].index("lesson.hint")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, KeyScreen))
        await pilot.press("f12")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
    assert json.loads((tmp_path / "settings.json").read_text(encoding="utf-8"))["keys"] == {"lesson.hint": "f12"}
    again = make(start="first")
    async with again.run_test() as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "next")
        await pilot.press("f12")
        await until(pilot, lambda: screen.player and screen.player.session.view.hints)


async def ask_for_key(pilot: Pilot[None], binding: str, key: str) -> str:
    """Press a key where one is asked for; what is said then."""
    app = pilot.app
    assert isinstance(app, TutorApp)
    app.action_settings()
    await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
    settings = app.screen
    assert isinstance(settings, SettingsScreen)
    settings.rows.highlighted = settings.rows.get_option_index(binding)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, KeyScreen))
    await pilot.press(key)
    await until(pilot, lambda: app.screen is settings)
    return str(settings.query_one("#said").render())


@pytest.mark.parametrize(
    ("binding", "key", "said"),
    [
        ("lesson.hint", "f3", "F3 is taken: Show me."),
        ("lesson.hint", "x", "x is needed for typing."),
        ("lesson.hint", "ctrl+c", "ctrl+c is needed for typing."),
        ("lesson.hint", "up", "↑ is taken: Earlier command."),
        ("lesson.hint", "ctrl+a", "ctrl+a is needed for something else: go to start."),
        ("lesson.hint", "ctrl+q", "ctrl+q quits the app."),
        ("lesson.hint", "ctrl+o", "ctrl+o is needed for something else: the list of commands."),
        ("prompt.search", "f2", "F2 is taken: Hint."),
        ("table.describe", "f2", "F2 is taken: Hint."),
        ("app.help", "d", "d is needed for typing."),
        ("app.help", "pageup", "PgUp is taken: Scroll up."),
        ("home.sandbox", "down", "↓ is needed for something else: down."),
        ("editor.save", "ctrl+a", "ctrl+a is needed for something else:"),
    ],
)
async def test_a_key_that_cannot_be_used_is_refused(
    binding: str, key: str, said: str, make: Make, tmp_path: Path
) -> None:
    """Because something else has it wherever both would work, the prompt and the lesson around it as well."""
    app = make()
    async with app.run_test(size=(100, 40)) as pilot:
        await at_home(pilot)
        told = await ask_for_key(pilot, binding, key)
        assert told.startswith(said)
        assert told.endswith("stays as it was.")
    assert not (tmp_path / "settings.json").exists()


@pytest.mark.parametrize(("binding", "key"), [("table.describe", "r"), ("home.sandbox", "d"), ("editor.save", "f9")])
async def test_a_key_may_mean_something_else_where_both_never_work_at_once(binding: str, key: str, make: Make) -> None:
    app = make()
    async with app.run_test(size=(100, 40)) as pilot:
        await at_home(pilot)
        assert (await ask_for_key(pilot, binding, key)).endswith("now.")
    assert app.preferences.settings.keys == {binding: key}


async def test_a_usual_key_that_was_given_away_is_not_had_again(make: Make) -> None:
    app = make()
    async with app.run_test(size=(100, 40)) as pilot:
        await at_home(pilot)
        await ask_for_key(pilot, "lesson.hint", "f12")
        await ask_for_key(pilot, "lesson.show", "f2")
        told = await ask_for_key(pilot, "lesson.hint", "backspace")
        assert told == "F2 is taken: Show me. Hint stays as it was."
        assert (await ask_for_key(pilot, "lesson.show", "backspace")).endswith("on its usual key again: F3.")
        assert (await ask_for_key(pilot, "lesson.hint", "backspace")).endswith("on its usual key again: F2.")


async def test_the_keys_that_matter_are_shown_once(make: Make) -> None:
    async with make().run_test() as pilot:
        await at_home(pilot)
        assert "The keys that matter" in shown(pilot.app)
        await pilot.press("s")
        await opened(pilot)
    async with make().run_test() as pilot:
        await at_home(pilot)
        assert "The keys that matter" not in shown(pilot.app)


async def test_the_sandbox_has_the_cluster_that_was_chosen(make: Make) -> None:
    app = make()
    async with app.run_test(size=(140, 45)) as pilot:
        home = await at_home(pilot)
        home.lessons.highlighted = [option.id for option in home.lessons.options].index("play:shop")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LessonScreen))
        await opened(pilot)
        text = await run_command(pilot, "kubectl get service catalog -n shop -o jsonpath='{.spec.selector.app}'")
        assert "catalogue" in text


async def test_what_differs_is_a_page(make: Make) -> None:
    app = make()
    async with app.run_test(size=(80, 24)) as pilot:
        await at_home(pilot)
        await app.run_action("differences")
        await pilot.pause()
        assert "What differs from a real cluster" in shown(app)


async def test_the_speed_of_requests_lasts(make: Make) -> None:
    first = make(start="first")
    async with first.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        screen.side.traffic.action_pace(1)
        await until(pilot, lambda: first.preferences.settings.speed == 2)
        first.preferences.next_speed()
        assert screen.side.traffic.speed == 4
    second = make(start="first")
    async with second.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        assert screen.side.traffic.speed == 4


async def test_in_front_of_a_room_a_command_is_seen_being_typed(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.ui.screens.lesson.KEYSTROKE", 0)
    monkeypatch.setattr("tutor.ui.screens.lesson.SHOWING", 0)
    app = make(start="first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        app.animation_level = "full"
        app.preferences.toggle_projector()
        await until(pilot, lambda: app.has_class("-projector"))
        seen: list[str] = []
        monkeypatch.setattr(screen.shell.prompt, "put", seen.append)
        await screen.type_slowly("kubectl get")
        assert seen == ["kubectl get"[:end] for end in range(1, 12)] + [""]


async def test_texts_follow_keys_that_were_changed(make: Make) -> None:
    app = make()
    async with app.run_test(size=(140, 45)) as pilot:
        home = await at_home(pilot)
        app.preferences.set_key("lesson.hint", "f12")
        home.show(app.catalog, app.progress, app.preferences)
        assert "F12" in str(home.query_one("#welcome").render())
        home.lessons.highlighted = home.lessons.get_option_index("first")
        await pilot.press("enter")
        screen = await opened(pilot)
        await run_command(pilot, "next")
        assert "F12 hint" in str(screen.query_one(ActionBar).render())
        app.preferences.set_key("lesson.type", "alt+t")
        await pilot.pause()
        assert "alt+t types the command" in str(screen.query_one(ActionBar).render())
        assert "alt+t" in str(screen.query_one(CommandLine).render())
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert "`F12` hint" in app.screen.text


async def test_dialogs_and_tables_name_and_take_keys_that_were_changed(make: Make) -> None:
    app = make("first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        for binding, key in (("dialog.close", "x"), ("app.help", "f12"), ("table.show_all", "z")):
            app.preferences.set_key(binding, key)
        await pilot.pause()
        screen.side.pane.services.filter = "nothing like it"
        await pilot.pause()
        assert "nothing matches: z shows all" in shown(app)
        for action, says in (
            ("screen.steps", "x closes"),
            ("settings", "holds at once. x closes."),
            ("differences", ""),
        ):
            await app.run_action(action)
            await until(pilot, lambda: app.screen is not screen)
            await pilot.pause()
            assert says in shown(app)
            await pilot.press("escape")
            assert app.screen is not screen
            await pilot.press("x")
            await until(pilot, lambda: app.screen is screen)
        await pilot.press("f12")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press("end")
        await until(pilot, lambda: "x closes." in shown(app))
        await pilot.press("f12")
        await until(pilot, lambda: app.screen is screen)


def test_keys_are_written_as_they_stand_on_the_keyboard() -> None:
    names = {"f2": "F2", "alt+up": "alt+↑", "escape": "Esc", "slash": "/", "ctrl+o,f2": "ctrl+o", "plus": "+", "d": "d"}
    assert {key: key_name(key) for key in names} == names


async def test_lessons_are_read_in_the_language_chosen(
    make: Make, lessons: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.delenv("TUTOR_LANGUAGE", raising=False)
    folder = lessons / "translations" / "de"
    folder.mkdir(parents=True)
    (folder / "second.yaml").write_text("format: 1\ntitle: Zweitens\n", encoding="utf-8")
    app = make()
    async with app.run_test(size=(100, 30)) as pilot:
        await at_home(pilot)
        for language, title in (("en", "Second things"), ("de", "Zweitens"), ("", "Second things")):
            app.preferences.next_language()
            assert app.preferences.settings.language == language
            assert [entry.title for entry in app.catalog.lessons] == ["First things", title]


async def test_help_on_every_focusable_thing_names_its_keys_as_they_are_now(make_app: Callable[..., TutorApp]) -> None:
    app = make_app("first")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        app.preferences.set_key("lesson.api", "alt+z")
        app.preferences.set_key("table.describe", "x")
        await pilot.pause()
        for widget in [each for each in screen.focus_chain if each.is_on_screen]:
            widget.focus()
            await pilot.pause()
            page = HelpScreen.about(screen, app.preferences.keys)
            named = {key for key, _ in page._keys}
            assert page.text.startswith("# "), widget
            assert "alt+z" in named, widget
            assert "alt+a" not in named, widget
            if isinstance(widget, ObjectTable):
                assert "x" in named
                assert "`x`" in page.text
