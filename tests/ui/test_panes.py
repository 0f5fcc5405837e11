"""Tables, diagram, steps and words of a lesson, by key."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Markdown, Static

from tests.ui.conftest import FIRST, REQUEST, opened, run_command, until
from tutor.engine.cluster import Cluster
from tutor.shell.images import Registry
from tutor.ui.app import TutorApp
from tutor.ui.cluster_rows import ClusterRows
from tutor.ui.glossary import TermLinks
from tutor.ui.row_filter import RowFilter
from tutor.ui.scene import make_scene
from tutor.ui.screens.help import HelpScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.steps import StepsScreen
from tutor.ui.widgets.lesson_header import StepDots
from tutor.ui.widgets.object_table import counted

MakeApp = Callable[..., TutorApp]
APPLY = "kubectl apply -f nginx-deployment.yaml -f nginx-clusterip.yaml"


def make_service(cluster: Cluster, name: str = "web", **spec: object) -> None:
    spec = {"selector": {"app": "web"}, "ports": [{"port": 80}], **spec}
    cluster.api.create({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec})


def make_pod(cluster: Cluster, name: str, **labels: str) -> None:
    cluster.api.create(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "labels": labels},
            "spec": {"containers": [{"name": "main", "image": "nginx:1.14.2"}]},
        }
    )


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster(Registry(), next_cluster_ips=("10.254.201.125",))
    cluster.settle()
    return cluster


def shown(rows: ClusterRows, kind: str, name: str) -> list[tuple[str, ...]]:
    """The rows about one Service."""
    return [row.cells for row in rows.table(kind).rows if row.about[2] == name]


def test_a_filter_wants_every_word_the_labels_and_the_namespace() -> None:
    cells = ("web-1", "Running", "app=web,tier=front")
    assert RowFilter.parse("WEB run").lets_through("default", cells, cells[2])
    assert not RowFilter.parse("web db").lets_through("default", cells, cells[2])
    assert RowFilter.parse("-l app=web").lets_through("default", cells, cells[2])
    assert not RowFilter.parse("-l app=we").lets_through("default", cells, cells[2])
    assert not RowFilter.parse("-n shop").lets_through("default", cells, cells[2])
    assert RowFilter.parse("-l").lets_through("default", cells, "")


def test_names_are_what_cluster_dns_answers(cluster: Cluster) -> None:
    make_service(cluster)
    make_service(cluster, "bare", clusterIP="None")
    make_service(cluster, "far", type="ExternalName", externalName="example.com")
    rows = ClusterRows(cluster)
    assert shown(rows, "Name", "web") == [("web.default.svc.cluster.local", "A", "10.254.201.125")]
    assert shown(rows, "Name", "bare") == [("bare.default.svc.cluster.local", "A", "no address")]
    assert shown(rows, "Name", "far") == [("far.default.svc.cluster.local", "CNAME", "example.com.")]


def test_rules_have_each_ready_endpoint_with_its_chance_or_reject(cluster: Cluster) -> None:
    make_service(cluster, sessionAffinity="ClientIP")
    rows = ClusterRows(cluster)
    assert shown(rows, "Rule", "web") == [("web", "10.254.201.125:80", "REJECT: no ready endpoints", "", "")]
    make_pod(cluster, "one", app="web")
    make_pod(cluster, "two", app="web")
    cluster.settle()
    rows.begin()
    rules = shown(rows, "Rule", "web")
    assert [rule[3:] for rule in rules] == [("1/2", "10800 s a client")] * 2
    assert all(rule[2].endswith(":80") for rule in rules)


def test_looking_at_names_and_rules_leaves_the_dice_alone(cluster: Cluster) -> None:
    make_service(cluster)
    before = cluster.core.dice.state, cluster.network.log.count
    rows = ClusterRows(cluster)
    rows.table("Name")
    rows.table("Rule")
    assert (cluster.core.dice.state, cluster.network.log.count) == before


def test_a_service_and_the_pods_it_selects_belong_together(cluster: Cluster) -> None:
    make_service(cluster)
    make_pod(cluster, "one", app="web")
    make_pod(cluster, "other", app="db")
    cluster.settle()
    kin = ClusterRows(cluster).kin_of(("Service", "default", "web"))
    assert kin == {("Service", "default", "web"), ("Pod", "default", "one")}
    assert ClusterRows(cluster).kin_of(("Pod", "default", "one")) == kin
    assert not ClusterRows(cluster).kin_of(("Pod", "default", "other"))
    scene = make_scene(cluster.store, (), looked_at=kin)
    assert scene.service is not None
    assert scene.service.lit
    assert {pod.name: pod.lit for pod in scene.pods} == {"one": True, "other": False}
    assert all(pod.node for pod in scene.pods)


async def test_a_slash_filters_live_and_escape_shows_all(make_app: MakeApp) -> None:
    app = make_app(start="sandbox")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, APPLY)
        pane = screen.side.pane
        pane.services.focus()
        await pilot.press("slash", *"nginx")
        assert "kubernetes" not in pane.services.text
        assert "Services /nginx (1 of 2)" in str(pane.border_title)
        await pilot.press("enter")
        assert screen.focused is pane.services
        await pilot.press("escape")
        assert "kubernetes" in pane.services.text
        assert "/" not in str(pane.border_title)
        assert screen.focused is pane.services
        await pilot.press("escape")
        assert screen.focused is screen.shell.prompt


async def test_enter_on_a_service_leads_to_its_pods(make_app: MakeApp) -> None:
    app = make_app(start="sandbox")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, APPLY)
        await run_command(pilot, "kubectl run other --image=busybox -- sleep 1000")
        pane = screen.side.pane
        pane.services.focus()
        pane.services.choose(("Service", "default", "nginx-clusterip"))
        await pilot.press("enter")
        await pilot.pause()
        assert screen.focused is pane.others
        assert "nginx-deployment" in pane.others.text
        assert "other" not in pane.others.text
        await until(pilot, lambda: "[app=nginx]" in screen.side.traffic.text)
        await pilot.press("c")
        assert app.clipboard.startswith("nginx-deployment-")


async def test_requests_play_slower_and_faster_and_the_title_says_so(make_app: MakeApp) -> None:
    app = make_app(start="sandbox")
    async with app.run_test(size=(140, 45)) as pilot:
        traffic = (await opened(pilot)).side.traffic
        traffic.focus()
        await pilot.press("plus", "plus", "plus")
        assert traffic.speed == 4
        assert "speed 4x" in str(traffic.border_title)
        await pilot.press(*["minus"] * 9)
        assert traffic.speed == 0.25


async def test_a_click_on_the_dots_leads_to_any_step(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        await pilot.click(StepDots)
        await until(pilot, lambda: isinstance(app.screen, StepsScreen))
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: app.screen is screen and screen.at_rest)
        assert screen.player
        assert screen.player.view.id == "guess"
        assert "configmap/one" in (await run_command(pilot, "kubectl get configmap one -o name"))


async def test_words_are_explained_in_place_and_in_a_list(make_app: MakeApp, lessons: Path) -> None:
    (lessons / "first.yaml").write_text(FIRST.replace("steps:", "terms: [text]\nsteps:", 1), encoding="utf-8")
    (lessons / "glossary.yaml").write_text("text: What one reads.\n", encoding="utf-8")
    app = make_app(start="first")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        body = screen.lesson.query_one("#body", Markdown)
        for expected in ("text: What one reads.", ""):
            body.post_message(Markdown.LinkClicked(body, "term:text"))
            await until(pilot, lambda expected=expected: said(screen) == expected)  # type: ignore[misc]
        await run_command(pilot, "terms")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and "What one reads." in app.screen.text)


def said(screen: LessonScreen) -> str:
    term = screen.query_one("#term")
    return str(term.visual) if term.display else ""  # type: ignore[attr-defined]


TERMS = """\
format: 1
id: first
title: Words
minutes: 3
terms: [thing]
steps:
  - id: make
    kind: task
    title: Make one
    body: Make it.
    until: {exists: configmap/one, title: There is one, else: The thing is missing.}
    hints: [{text: Such a thing is made by `create`.}, {command: kubectl create configmap one}]
    solve: [kubectl create configmap one]
    explain: That thing is there.
  - id: guess
    kind: predict
    question: How many?
    options: [{text: one thing more, right: true, why: You made it.}, {text: none, why: You made one.}]
"""


async def test_words_are_explained_wherever_they_stand(make_app: MakeApp, lessons: Path) -> None:
    (lessons / "first.yaml").write_text(TERMS, encoding="utf-8")
    (lessons / "glossary.yaml").write_text("thing: What there is.\n", encoding="utf-8")
    app = make_app(start="first")
    async with app.run_test(size=(100, 40)) as pilot:
        screen = await opened(pilot)
        term = screen.query_one("#term", Static)

        async def click_on_word(selector: str) -> None:
            widget = screen.query(selector).first(Static)
            lines = enumerate(str(widget.visual).splitlines())
            row, column = next((row, line.index("thing")) for row, line in lines if "thing" in line)
            await pilot.click(selector, offset=(column + widget.styles.padding.left + 1, row))
            await until(pilot, lambda: term.display and "thing: What there is." in str(term.visual))
            await pilot.click("#term")
            assert not term.display

        await run_command(pilot, "hint")
        await click_on_word("#hints")
        await click_on_word("#conditions")
        await run_command(pilot, "kubectl create configmap one")
        assert "[thing](term:thing)" in screen.query_one("#explain", Markdown).source
        await run_command(pilot, "next")
        await click_on_word("OptionLine")
        assert screen.lesson.view is not None
        assert not screen.lesson.view.chosen


def test_the_first_of_each_word_is_linked_but_never_in_code() -> None:
    text = "`Pod` and\n\n```\na Pod\n```\n\nThe Pods, a Pod, a pod, [Pod](x) and cluster DNS."
    assert TermLinks(["Pod", "cluster DNS"]).markdown(text) == text.replace("The Pods", "The [Pods](term:Pod)").replace(
        "cluster DNS", "[cluster DNS](term:cluster%20DNS)"
    )


@pytest.mark.parametrize("waiting", ["typed", "running"])
async def test_ctrl_c_cuts_show_me_short(
    make_app: MakeApp, lessons: Path, monkeypatch: pytest.MonkeyPatch, waiting: str
) -> None:
    """Whether a line is being typed or runs, nothing more is played, and the shell works on."""
    monkeypatch.setattr("tutor.ui.screens.lesson.SHOWING", 60.0 if waiting == "typed" else 0.01)
    solve = "solve: [sleep 3000, kubectl create configmap one]"
    text = FIRST.replace("solve: [kubectl create configmap one]", solve)
    (lessons / "first.yaml").write_text(text, encoding="utf-8")
    app = make_app(start="first")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "next")
        await pilot.press("f3")
        assert screen.player
        terminal = screen.player.session.terminal
        await until(pilot, lambda: screen.shell.prompt.value == "sleep 3000" if waiting == "typed" else terminal.busy)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: screen.at_rest)
        assert "Cut short." in screen.shell.transcript.scrollback.text
        assert not screen.shell.prompt.value
        output = await run_command(pilot, "kubectl get configmap one; echo works")
        assert 'configmaps "one" not found' in output
        assert "works" in output.splitlines()


async def test_show_typed_in_a_pods_shell_plays_at_a_readable_pace(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.ui.screens.lesson.SHOWING", 60.0)
    app = make_app(start="first")
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, "next")
        await run_command(pilot, "kubectl run tmp -it --image=busybox -- sh")
        assert screen.player
        assert not screen.player.session.terminal.at_host
        screen.shell.prompt.put("show")
        await pilot.press("enter")
        await until(pilot, lambda: screen.shell.prompt.value == "kubectl create configmap one")
        assert "configmap/one created" not in screen.shell.transcript.scrollback.text
        await pilot.press("ctrl+c")
        await until(pilot, lambda: screen.at_rest)


async def test_the_kinds_are_gone_through_by_key(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(140, 45)) as pilot:
        pane = (await opened(pilot)).side.pane
        pane.others.focus()
        await pilot.pause()
        await pilot.press("right", "right")
        assert pane.kind == pane.kinds.chosen == "Pod"
        assert pane.others.has_focus
        await pilot.press("left", "left", "left")
        assert pane.kind == "Rule"
        pane.services.focus()
        await pilot.pause()
        await pilot.press("right")
        assert pane.kind == "Endpoints"
        assert pane.services.has_focus
        commands = {command.title: command.callback for command in app.get_system_commands(app.screen)}
        await commands["Table: Next tab"]()
        await until(pilot, lambda: pane.kind == "EndpointSlice")


async def test_the_table_of_a_kind_comes_to_the_front(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await app.run_action("screen.kind('Pod')")
        await until(pilot, lambda: screen.side.pane.others.has_focus)
        assert screen.side.pane.kinds.chosen == "Pod"
        assert screen.side.pane.region.area


@pytest.mark.parametrize("size", [(100, 30), (80, 24), (140, 45)])
async def test_how_many_rows_are_left_out_is_said_with_a_frame_or_without(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app(start="sandbox")
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, APPLY)
        pane = screen.side.pane
        screen.action_view("cluster")
        await until(pilot, lambda: pane.others.has_focus)
        pane.services.filter = "nginx"
        pane.services.focus()
        said = "Services /nginx (1 of 2)"
        await until(pilot, lambda: said in str(pane.border_title))
        framed = size == (140, 45)
        assert (said in str(pane.heading.visual)) is not framed
        pane.others.filter = "nginx"
        pane.services.action_show_all()
        said = "Services" if framed else "Services  Endpoints /nginx (1 of 2)"
        await until(pilot, lambda: str(pane.heading.visual).strip() == said)
        pane.others.filter = ""
        pane.services.action_show_all()
        await until(pilot, lambda: str(pane.heading.visual).strip() == "Services")


@pytest.mark.parametrize("size", [(100, 30), (80, 24), (80, 36), (140, 45)])
async def test_how_a_request_is_played_is_said_with_a_frame_or_without(
    make_app: MakeApp, size: tuple[int, int]
) -> None:
    app = make_app(start="sandbox")
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        screen.action_view("traffic")
        traffic = screen.side.traffic
        await until(pilot, lambda: traffic.has_focus)
        traffic.get_time = lambda: 0.0
        for line in REQUEST:
            await run_command(pilot, line)
        traffic.focus()
        await pilot.pause()
        await pilot.press("space", "plus")
        await until(pilot, lambda: not traffic.playing)
        drawn = str(traffic.visual)
        assert ("paused  speed 2x" in drawn) is (size != (140, 45))
        assert "paused  speed 2x" in str(traffic.border_title)
        lines = drawn.split("\n")
        assert max(map(len, lines)) <= traffic.content_size.width
        assert len(lines) <= traffic.content_size.height
        await pilot.press("minus", "right", "right", "right", "right")
        await until(pilot, lambda: "HTTP 200" in str(traffic.visual))
        assert "speed" not in str(traffic.visual)


async def test_what_belongs_together_is_lit_while_the_diagram_has_the_focus(make_app: MakeApp) -> None:
    app = make_app(start="sandbox")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        await run_command(pilot, APPLY)
        traffic = screen.side.traffic
        assert "[app=nginx]" not in str(traffic.visual)
        traffic.focus()
        await until(pilot, lambda: traffic.has_focus)
        assert "[app=nginx]" in str(traffic.visual)
        screen.shell.prompt.focus()
        await until(pilot, lambda: not traffic.has_focus)
        assert "[app=nginx]" not in str(traffic.visual)


async def test_a_request_is_counted_when_it_has_arrived(make_app: MakeApp) -> None:
    app = make_app(start="sandbox")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(pilot)
        traffic = screen.side.traffic
        traffic.get_time = lambda: 0.0
        for line in REQUEST:
            await run_command(pilot, line)
        assert traffic.playing
        seen = []
        for _ in range(5):
            drawn = str(traffic.visual)
            seen.append(("1 request" in drawn, "━" in drawn))
            traffic.action_step(1)
            await pilot.pause()
        assert seen == [(False, False), (True, False), (True, False), (True, False), (True, True)]


@pytest.mark.parametrize("width", range(8, 60))
def test_endpoints_left_out_are_counted(width: int) -> None:
    listed = "10.244.1.3:80,10.244.2.4:80,10.244.3.5:80 + 6 more..."
    short = counted(listed, width)
    assert len(short) <= max(width, len("9 in all"))
    kept, _, rest = short.partition(" +")
    if kept.startswith("10."):
        assert kept.count(",") + 1 + int(rest.split()[0]) == 9
        assert listed.startswith(kept)
    else:
        assert short == "9 in all"


async def test_many_endpoints_are_counted_in_the_table(make_app: MakeApp) -> None:
    app = make_app(start="first")
    async with app.run_test(size=(100, 30)) as pilot:
        table = (await opened(pilot)).side.pane.others
        await run_command(pilot, "kubectl create deployment many --image=nginx --replicas=9 --port=80")
        await run_command(pilot, "kubectl expose deployment many")
        await run_command(pilot, "kubectl rollout status deployment many")
        await until(pilot, lambda: re.search(r"many +10\.\S+:80(,\S+)* \+\d", table.text))
        assert "…" not in table.text
