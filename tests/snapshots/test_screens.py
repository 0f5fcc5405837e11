"""Pictures of the screens, each at three sizes, dark and light. The docstring is what must be seen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tests.ui.conftest import FIRST, SECOND, opened, run_command, until
from tutor.course.packs import Library
from tutor.course.progress import Progress
from tutor.course.progress_file import LessonProgress
from tutor.ui.app import TutorApp
from tutor.ui.screens.editor import EditorScreen
from tutor.ui.screens.help import HelpScreen
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.settings import SettingsScreen
from tutor.ui.screens.steps import StepsScreen
from tutor.ui.widgets.traffic import PACE

Compare = Callable[..., bool]
Play = Callable[[Pilot[None]], Awaitable[None]]

INDEX = "groups:\n  - {title: The core, lessons: [first.yaml]}\n  - {title: Further, lessons: [second.yaml]}\n"
SIZES = {"small": (80, 24), "medium": (100, 30), "large": (140, 45)}
THEMES = {"dark": "tutor-dark", "light": "tutor-light"}
ASK = "kubectl exec stray -- wget -qO- http://nginx-clusterip"


def at(*places: str) -> pytest.MarkDecorator:
    """Take the picture at these sizes and themes, each written `size-theme`."""
    sized = [(SIZES[size], THEMES[theme]) for size, theme in (place.split("-") for place in places)]
    return pytest.mark.parametrize(("size", "theme"), sized, ids=places)


at_every_size = at(*(f"{size}-{theme}" for size in SIZES for theme in THEMES))
at_some_sizes = at("small-dark", "medium-light", "large-dark")


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Input, "cursor_blink", False)
    monkeypatch.setattr(TextArea, "cursor_blink", False)
    monkeypatch.setattr("tutor.ui.screens.lesson.TICK", 3600.0)  # the cluster's time passes when a test says so


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cluster = "cluster: {next_cluster_ips: [10.254.201.125]}\nsteps:"
    (tmp_path / "first.yaml").write_text(FIRST.replace("steps:", cluster, 1), encoding="utf-8")
    (tmp_path / "second.yaml").write_text(SECOND, encoding="utf-8")
    (tmp_path / "index.yaml").write_text(INDEX, encoding="utf-8")
    return tmp_path


@pytest.fixture
def see(snap_compare: Compare, folder: Path, size: tuple[int, int], theme: str) -> Callable[..., bool]:
    """Compares the picture of the app, after something was played in it, with the one that is kept."""

    def compare(play: Play, start: str | None = None, *, moving: bool = False) -> bool:
        begun = {"first": LessonProgress(step="make", done=("read",))}
        seeded = {"challenge-1": LessonProgress(seed=1)}
        app = TutorApp(Library(folder), Progress(lessons=begun if start is None else seeded), start=start)
        if not moving:
            app.animation_level = "none"

        async def in_theme(pilot: Pilot[None]) -> None:
            pilot.app.theme = theme
            await play(pilot)

        return snap_compare(app, terminal_size=size, run_before=in_theme)

    return compare


async def listed(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen) and pilot.app.screen.lessons.option_count)


async def at_work(pilot: Pilot[None]) -> LessonScreen:
    """The second step, a Service just made, nothing played."""
    screen = await opened(pilot)
    await run_command(pilot, "next")
    await run_command(pilot, "hint")
    await run_command(pilot, "kubectl create service clusterip web --tcp=80")
    await until(pilot, lambda: any("10.254.201.125" in row.cells for row in screen.side.pane.services.table.rows))
    await pilot.pause()
    return screen


async def with_a_service(pilot: Pilot[None]) -> LessonScreen:
    """A sandbox where one Pod more than the Service selects is there, and all are ready."""
    screen = await opened(pilot)
    await run_command(pilot, "kubectl apply -f nginx-deployment.yaml -f nginx-clusterip.yaml")
    await run_command(pilot, "kubectl run stray --image=busybox -l app=nginxx -- sleep 3600")
    assert screen.player
    screen.player.session.tick(60)
    await run_command(pilot, "clear")
    return screen


@at_every_size
def test_home(see: Callable[..., bool]) -> None:
    """You should see lessons in two groups, the first begun, what it is about beside or below, sandboxes and more."""
    assert see(listed)


@at_every_size
def test_lesson(see: Callable[..., bool]) -> None:
    """You should see the step with one condition open and a hint, a new Service marked as new, and the shell."""
    assert see(at_work, "first")


@at_some_sizes
def test_success(see: Callable[..., bool]) -> None:
    """You should see an explanation and a bar that says it is done and that Enter goes on."""

    async def done(pilot: Pilot[None]) -> None:
        await at_work(pilot)
        await run_command(pilot, "kubectl create configmap one")
        await pilot.pause()

    assert see(done, "first")


@at_some_sizes
def test_prediction(see: Callable[..., bool]) -> None:
    """You should see two answers, which one was chosen, which is right and why."""

    async def predicted(pilot: Pilot[None]) -> None:
        screen = await opened(pilot)
        for _ in range(2):
            await run_command(pilot, "skip")
        await run_command(pilot, "2")
        await until(pilot, lambda: screen.lesson.view and screen.lesson.view.done)

    assert see(predicted, "first")


@at_every_size
def test_error(see: Callable[..., bool]) -> None:
    """You should see wget refused, one line in plain words under it, and where the request stopped in the diagram."""

    async def refused(pilot: Pilot[None]) -> None:
        screen = await with_a_service(pilot)
        await run_command(pilot, """kubectl patch svc nginx-clusterip -p '{"spec": {"selector": {"app": "ngnix"}}}'""")
        assert screen.player
        screen.player.session.tick(5)
        await run_command(pilot, ASK)
        screen.action_view("traffic")
        screen.shell.prompt.focus()
        await pilot.pause()

    assert see(refused, "sandbox")


@at_every_size
def test_cluster(see: Callable[..., bool]) -> None:
    """You should see the Pods, the chosen one and the Service that selects it marked, and what the command changed."""

    async def looked_at(pilot: Pilot[None]) -> None:
        screen = await with_a_service(pilot)
        await run_command(pilot, "kubectl label pod stray app=nginx --overwrite")
        screen.action_view("cluster")
        screen.side.pane.kind = "Pod"
        screen.side.pane.services.focus()
        await pilot.press("down")
        await pilot.pause()

    assert see(looked_at, "sandbox")


@at("small-dark", "large-light")
def test_challenge(see: Callable[..., bool]) -> None:
    """You should see a symptom to mend, and the ladder with what the first looks have told."""

    async def looking(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await run_command(pilot, "next")
        await run_command(pilot, "kubectl get svc,endpoints")
        await run_command(pilot, "clear")
        await pilot.pause()

    assert see(looking, "challenge-1")


@pytest.mark.parametrize("hop", [0, 2, 3], ids=["dns", "dice", "pod"])
@at("large-dark")
def test_request_under_way(see: Callable[..., bool], hop: int) -> None:
    """You should see a request at CoreDNS, at the Service choosing among three Pods, and at one of them."""

    async def halfway(pilot: Pilot[None]) -> None:
        screen = await with_a_service(pilot)
        traffic, now = screen.side.traffic, [0.0]
        traffic.get_time = lambda: now[0]
        await run_command(pilot, ASK)
        assert traffic.playing
        now[0] = hop * PACE
        traffic.advance()
        await pilot.pause()

    assert see(halfway, "sandbox", moving=True)


@at_every_size
def test_editor(see: Callable[..., bool]) -> None:
    """You should see a manifest with coloured keys and line numbers, and how to save or leave."""

    async def editing(pilot: Pilot[None]) -> None:
        screen = await opened(pilot)
        screen.shell.prompt.put("vi nginx-clusterip.yaml")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, EditorScreen))
        await until(pilot, lambda: screen.shell.query_one("#running").has_class("-shown"))
        await pilot.pause()

    assert see(editing, "sandbox")


@pytest.mark.parametrize(
    ("key", "screen"),
    [("f1", HelpScreen), ("alt+s", StepsScreen), ("o", SettingsScreen)],
    ids=["help", "steps", "settings"],
)
@at_every_size
def test_page(see: Callable[..., bool], key: str, screen: type) -> None:
    """You should see a page in a frame over the screen, with a heading, and how to close it."""

    async def over(pilot: Pilot[None]) -> None:
        await (opened(pilot) if key != "o" else listed(pilot))
        await pilot.press(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, screen))
        await pilot.pause()

    assert see(over, None if key == "o" else "first")
