"""The traffic diagram as text, and requests taken apart into hops."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from tutor.engine.network.trace import Backend, Client, Question, ServiceHop, Trace
from tutor.ui.diagram import Picture, draw
from tutor.ui.scene import PodBox, Scene, ServiceBox, hops_of
from tutor.ui.theme import ASCII, UNICODE

NAME = "web.default.svc.cluster.local"
ONE, TWO = Backend("10.244.1.3", 80, "web-5d9c7bd9f6-aaaaa"), Backend("10.244.2.4", 80, "web-5d9c7bd9f6-bbbbb")
SCENE = Scene(
    ServiceBox("default", "web", "10.254.201.125", "80", "app=web"),
    (
        PodBox("web-5d9c7bd9f6-aaaaa", "10.244.1.3", "ready", answered=7),
        PodBox("web-5d9c7bd9f6-bbbbb", "10.244.2.4", "ready", answered=13),
        PodBox("web-5d9c7bd9f6-ccccc", "10.244.3.5", "not ready"),
        PodBox("client", "10.244.3.9", "no match", "no label app"),
    ),
    requests=20,
    asked=True,
)
OK = Trace(
    number=1,
    at=0.0,
    client=Client("default", "client", "client", "10.244.3.9"),
    target="http://web",
    host="web",
    port=80,
    questions=(Question(NAME, "A", "NOERROR", ("10.254.201.125",), "coredns-1"),),
    address="10.254.201.125",
    service=ServiceHop("default", "web", "10.254.201.125", 80, (ONE, TWO)),
    backend=TWO,
    status=200,
    milliseconds=3.0,
)
UNKNOWN = replace(
    OK,
    questions=tuple(Question(name, "A", "NXDOMAIN") for name in (NAME, "web.svc.cluster.local", "web")),
    address="",
    service=None,
    backend=None,
    status=None,
    outcome="nxdomain",
    why="no Service called web in default",
)
REFUSED = replace(
    OK,
    service=ServiceHop("default", "web", "10.254.201.125", 80, ()),
    backend=None,
    status=None,
    outcome="refused",
    why="no ready endpoints",
)


def picture(trace: Trace, hop: int = -1, scene: Scene = SCENE) -> Picture:
    hops = hops_of(trace)
    return Picture(scene, trace, hops, hop % len(hops))


def test_a_good_request_has_every_hop() -> None:
    assert [hop.place for hop in hops_of(OK)] == ["dns", "service", "dice", "pod", "back"]


def test_each_name_that_was_tried_is_a_hop() -> None:
    hops = hops_of(UNKNOWN)
    assert [hop.place for hop in hops] == ["dns", "dns", "dns", "stop"]
    assert hops[-1].text == "no such name: no Service called web in default"
    assert not hops[-1].good


def test_a_refusal_names_its_cause() -> None:
    assert [hop.place for hop in hops_of(REFUSED)] == ["dns", "service", "stop"]
    assert hops_of(REFUSED)[-1].text == "connection refused: no ready endpoints"


@pytest.mark.parametrize("trace", [OK, UNKNOWN, REFUSED])
@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
@pytest.mark.parametrize(("width", "height"), [(20, 5), (40, 9), (40, 12), (57, 16), (70, 14), (70, 24), (120, 40)])
def test_it_fits_at_every_hop(trace: Trace, glyphs: object, width: int, height: int) -> None:
    for hop in range(len(hops_of(trace))):
        lines = draw(picture(trace, hop), width, height, glyphs).plain.split("\n")  # type: ignore[arg-type]
        assert max(map(cell_len, lines)) <= width
        assert len(lines) <= max(height, 9)


def test_the_pod_that_answers_is_pointed_at() -> None:
    lines = draw(picture(OK), 70, 24, UNICODE).plain.split("\n")
    assert [line for line in lines if "◆" in line] == [line for line in lines if "bbbbb" in line and "ready" in line]


def test_states_are_words_too() -> None:
    text = draw(picture(OK), 70, 24, UNICODE).plain
    for word in ("● ready", "○ not ready", "· no match", "no label app", "✓ HTTP 200"):
        assert word in text


def test_counts_and_bars_say_who_answered_how_often() -> None:
    lines = draw(picture(OK), 70, 24, UNICODE).plain.split("\n")
    first, second = (next(line for line in lines if name in line and "ready" in line) for name in ("aaaaa", "bbbbb"))
    assert " 7 " in first
    assert " 13 " in second
    assert 0 < first.count("━") < second.count("━")
    assert any("20 requests" in line for line in lines)


def test_a_cross_stands_where_it_stopped() -> None:
    assert "✗" in next(line for line in draw(picture(UNKNOWN), 70, 24, UNICODE).plain.split("\n") if "NXDOMAIN" in line)
    text = draw(picture(REFUSED), 70, 24, UNICODE).plain
    assert "✗ 10.254.201.125:80" in text
    assert "✗ connection refused: no ready endpoints" in text


def test_what_is_outside_asks_another_dns() -> None:
    outside = replace(UNKNOWN, client=Client(), questions=UNKNOWN.questions[-1:])
    text = draw(picture(outside), 70, 24, UNICODE).plain
    assert "your own DNS" in text
    assert "CoreDNS" not in text


def test_readable_at_40_columns() -> None:
    """You should see the client, the name's address, the selector and each Pod's state and count."""
    text = draw(picture(OK), 40, 14, UNICODE).plain
    for words in ("client", "CoreDNS", "selector app=web", "● ready", "bbbbb", " 13", "✓ HTTP 200"):
        assert words in text
    long = replace(SCENE, service=ServiceBox("default", "nginx-clusterip", "10.254.201.125", "8080", "app=web"))
    assert "10.254.201.125 port 8080" in draw(picture(OK, scene=long), 40, 14, UNICODE).plain


def test_ascii_glyphs_are_ascii() -> None:
    for trace in (OK, UNKNOWN, REFUSED):
        assert draw(picture(trace), 70, 24, ASCII).plain.replace("←", "<").isascii()


def test_many_pods_do_not_push_the_story_out() -> None:
    crowd = tuple(PodBox(f"web-{number:03}", f"10.244.1.{number}", "ready") for number in range(100))
    text = draw(picture(OK, scene=replace(SCENE, pods=(*crowd, SCENE.pods[1]))), 70, 20, UNICODE).plain
    assert "more Pods" in text
    assert "bbbbb" in text
    assert "HTTP 200" in text


def test_without_a_service_pods_stand_by_themselves() -> None:
    text = draw(Picture(Scene(pods=(PodBox("web-1", "10.244.1.3", "ready"),))), 40, 9, UNICODE).plain
    assert "no Service yet" in text
    assert "● ready" in text
    assert "→" not in text


@pytest.mark.parametrize(
    ("met", "answered", "counts"),
    [(False, False, (19, 7, 12)), (True, False, (20, 7, 12)), (True, True, (20, 7, 13))],
)
def test_a_request_on_its_way_is_not_counted_yet(met: bool, answered: bool, counts: tuple[int, int, int]) -> None:
    scene = SCENE.before(OK, met=met, answered=answered)
    assert (scene.requests, scene.pods[0].answered, scene.pods[1].answered) == counts


def test_only_requests_to_the_service_that_were_answered_are_taken_off() -> None:
    assert SCENE.before(UNKNOWN, met=False, answered=False) == SCENE
    refused = SCENE.before(REFUSED, met=False, answered=False)
    assert (refused.requests, refused.pods) == (19, SCENE.pods)
    gone = replace(SCENE, pods=SCENE.pods[:1], gone=13).before(OK, met=True, answered=False)
    assert (gone.gone, gone.pods) == (12, SCENE.pods[:1])


def test_the_pods_that_tell_most_are_shown_when_not_all_can_be() -> None:
    """The one that answers now, those that answered before, those that come or go, in this order."""
    idle = tuple(PodBox(f"web-{number:03}", f"10.244.1.{number}", "ready") for number in range(9))
    coming, going = PodBox("web-coming", "", "not ready"), PodBox("web-going", "10.244.2.9", "leaving")
    scene = replace(SCENE, pods=(*idle, *SCENE.pods[:2], coming, going))
    text = draw(picture(OK, scene=scene), 70, 17, UNICODE).plain
    shown = [name for name in ("aaaaa", "bbbbb", "coming", "going", "web-000") if name in text]
    assert shown[: min(len(shown), 4)] == ["aaaaa", "bbbbb", "coming", "going"][: len(shown)]
    assert len(shown) >= 3


def test_columns_stay_where_they_are_when_the_first_answer_is_counted() -> None:
    pods = tuple(replace(pod, answered=n, labels="app=web", node="node-1") for n, pod in enumerate(SCENE.pods[:2]))
    scene = replace(SCENE, pods=pods, requests=1)
    before = draw(picture(OK, 0, scene.before(OK, met=False, answered=False)), 70, 24, UNICODE).plain
    after = draw(picture(OK, scene=scene), 70, 24, UNICODE).plain
    places = [
        next(line.index("10.244.1.3") for line in text.split("\n") if "aaaaa" in line) for text in (before, after)
    ]
    assert places[0] == places[1]
