"""Challenges: picked by a seed, played as lessons; what was looked at is told, and patch-ups are refused."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

from tutor.course.challenges import Challenge, assemble, make_challenge
from tutor.course.conditions.traffic import Request
from tutor.course.faults import BrokenFileError, Library, read_library
from tutor.course.ladder import Stride, debrief, rungs
from tutor.course.levels import LEVELS, challenge_entry
from tutor.course.opening import open_lesson
from tutor.course.progress import Progress
from tutor.course.schema import Ladder
from tutor.course.session import Session

FAULTS = {
    "selector", "label-on-deployment", "target-port", "named-port", "protocol", "unready", "scaled-down", "image",
    "short-name", "client-port", "no-dns", "policy", "wide-selector", "stale-endpoints", "taken-address", "loopback",
}  # fmt: skip


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library()


def alone(library: Library, fault: str) -> Challenge:
    return assemble(library, {library.fault(fault): 1}, (0, 1), 1, 1)


def test_the_faults_that_ship(library: Library) -> None:
    assert {fault.id for fault in library.faults} >= FAULTS
    assert all(fault.path.stem == fault.id for fault in library.faults)


def test_the_same_seed_is_the_same_challenge_and_others_differ(library: Library) -> None:
    for level in LEVELS:
        assert make_challenge(level, 7, library).lesson == make_challenge(level, 7, library).lesson
        made = [make_challenge(level, seed, library) for seed in range(30)]
        assert len({tuple(fault.fault for fault in each.faults) for each in made}) >= 8
        assert len({each.story.id for each in made}) == 3


def test_levels_are_of_their_kind_and_faults_go_together(library: Library) -> None:
    sizes = {level: set[tuple[int, ...]]() for level in LEVELS}
    for level in LEVELS:
        for seed in range(40):
            challenge = make_challenge(level, seed, library)
            sizes[level].add(tuple(sorted(fault.level for fault in challenge.faults)))
            files = [library.fault(fault.fault) for fault in challenge.faults]
            assert all(one.goes_with(other) for one, other in combinations(files, 2))
    assert sizes[1] == {(1,)}
    assert sizes[2] == {(2,), (1, 1)}
    assert all(max(levels) == 2 and len(levels) >= 2 for levels in sizes[3])


def test_what_is_touched_twice_is_never_combined(library: Library) -> None:
    selector, stale = library.fault("selector"), library.fault("stale-endpoints")
    assert not selector.goes_with(stale)
    assert not selector.goes_with(selector)
    assert selector.goes_with(library.fault("policy"))


def test_a_challenge_gives_nothing_away(library: Library) -> None:
    for fault in library.faults:
        challenge = alone(library, fault.id)
        step = challenge.lesson.steps[0]
        assert isinstance(step.until, Request)  # type: ignore[union-attr]  # a challenge is a task
        assert challenge.faults[0].title not in step.body
        assert step.commands == [challenge.call]


async def test_a_call_answered_by_a_repair_that_is_refused_proves_nothing_afterwards(library: Library) -> None:
    challenge = alone(library, "unready")
    session = await Session.open(challenge.lesson)
    away = '\'[{"op":"remove","path":"/spec/template/spec/containers/0/readinessProbe"}]\''
    await session.submit(f"kubectl -n shop patch deployment cart --type=json -p {away}")
    view = (await session.submit(challenge.call)).view
    assert view.conditions[0].missing.startswith("Without a probe")
    # The probe that fails is back, and nobody has called since.
    view = (await session.submit("kubectl -n shop rollout undo deployment/cart")).view
    assert not view.done
    assert [each.missing for each in view.conditions] == [
        "Not so far. After a repair, call again once the Pods are ready."
    ]
    view = (await session.submit(challenge.faults[0].solve[0])).view
    assert not view.done
    assert (await session.submit(challenge.call)).newly_done
    await session.close()


def test_hints_follow_the_way_of_a_call_fault_by_fault(library: Library) -> None:
    """Whom a policy keeps out cannot see that nothing listens."""
    challenge = make_challenge(3, 7, library)
    assert {fault.fault for fault in challenge.faults} == {"policy", "loopback", "target-port"}
    hints = [hint.text for hint in challenge.lesson.steps[0].hints]  # type: ignore[union-attr]  # of a challenge
    first = {fault.fault: fault.hints[0] for fault in challenge.faults}
    ordered = [first[name] for name in ("policy", "loopback", "target-port")]
    assert [hint for hint in hints if hint in ordered] == ordered


async def test_hints_are_about_faults_and_none_about_a_mistake(library: Library) -> None:
    session = await Session.open(alone(library, "selector").lesson)
    session.hint()
    assert [hint.about_mistake for hint in session.view.hints] == [False]
    await session.close()


async def test_errors_are_not_explained_before_it_is_mended(library: Library) -> None:
    challenge = alone(library, "selector")
    session = await Session.open(challenge.lesson)
    outcome = await session.submit(challenge.call)
    assert "Could not connect" in outcome.output
    assert outcome.gloss == ""
    await session.close()


async def test_the_way_is_told_look_by_look(library: Library) -> None:
    session = await Session.open(alone(library, "target-port").lesson)
    lines = [
        "kubectl exec deploy/front -- sh -c 'curl -sS -m 3 $UPSTREAM'",
        "kubectl get svc",
        "kubectl get svc,pods,networkpolicies -n shop",
        "kubectl get endpointslices -n shop",
        "kubectl get pods -n kube-system",
        "kubectl describe svc cart -n shop",
        "ip=$(kubectl get pods -n shop -l app=cart -o jsonpath='{.items[0].status.podIP}')",
        "kubectl exec deploy/front -- curl -sS -m 3 $ip",
    ]
    told = []
    for line in lines:
        view = (await session.submit(line)).view
        told.append({rung.rung: rung.told for rung in view.ladder if rung.told})
    first = told[0]
    assert set(first) == {"name", "address", "proxy"}
    assert first["name"].startswith("cart.shop: 10.254.")
    assert first["address"].endswith(" refuses")
    assert "port 8" in first["proxy"] or "port 3" in first["proxy"]
    assert told[1]["service"] == "cart is not in default"
    assert (told[2]["service"], told[2]["pods"], told[2]["policy"]) == (
        "cart is in shop",
        "3 of 3 ready in shop",
        "none in shop",
    )
    assert told[3]["endpoints"] == "2 ready"
    assert told[4]["name"] == "CoreDNS: 2 of 2 Pods ready"
    assert told[5]["ports"].startswith(("80 to ", "8080 to "))
    assert "port 80: answers" in told[7]["pods"]
    await session.close()


async def test_several_calls_tell_who_answered_how_often(library: Library) -> None:
    challenge = alone(library, "wide-selector")
    session = await Session.open(challenge.lesson)
    view = (await session.submit(challenge.call)).view
    told = next(rung.told for rung in view.ladder if rung.rung == "proxy")
    assert told.startswith("yes, to ")
    assert sum(int(number) for number in re.findall(r"\((\d+)x\)", told)) == 12
    assert "stock-" in told
    await session.close()


async def test_a_port_that_is_not_for_tcp_is_told_as_such(library: Library) -> None:
    session = await Session.open(alone(library, "protocol").lesson)
    view = (await session.submit("kubectl -n shop describe service cart")).view
    told = next(rung.told for rung in view.ladder if rung.rung == "ports")
    assert re.fullmatch(r"\d+/(UDP|SCTP) to 80", told)
    await session.close()


async def test_calls_that_end_in_several_ways_are_told_with_all_of_them(library: Library) -> None:
    challenge = make_challenge(3, 4, library)
    assert {fault.fault for fault in challenge.faults} == {"loopback", "wide-selector"}
    session = await Session.open(challenge.lesson)
    view = (await session.submit(challenge.call)).view
    told = next(rung.told for rung in view.ladder if rung.rung == "address")
    assert re.search(r":8080 (refuses|answers) \(\d+x\); (answers|refuses) \(\d+x\)$", told)
    await session.close()


async def test_the_own_path_is_told_at_the_end(library: Library) -> None:
    challenge = alone(library, "selector")
    session = await Session.open(challenge.lesson)
    for line in (
        challenge.call,
        "kubectl -n shop get pods",
        "kubectl -n shop scale deployment cart --replicas=3",
        "kubectl -n shop scale deployment crt --replicas=3",
    ):
        await session.submit(line)
    await session.undo()
    for line in challenge.lesson.steps[0].solve:
        outcome = await session.submit(line)
    assert outcome.newly_done
    path = outcome.view.explain
    assert "The selector matches no Pod" in path
    assert "1. `kubectl exec deploy/front" in path
    assert "2. `kubectl -n shop get pods` – Pods: 3 of 3 ready in shop." in path
    assert "3. `kubectl -n shop scale deployment cart --replicas=3` changed something." in path
    assert "4. `kubectl -n shop scale deployment crt --replicas=3` was refused." in path
    assert "5. `kubectl -n shop scale deployment cart --replicas=3` taken back." in path
    assert "**Are there ready endpoints?**" in path
    assert "You found it another way." in path
    await session.close()


async def test_what_is_played_for_the_learner_is_not_their_path(library: Library) -> None:
    session = await Session.open(alone(library, "selector").lesson)
    view = (await session.show_me()).view
    assert view.done
    assert "Your path" not in view.explain
    await session.close()


def ladder(*first: object) -> Ladder:
    return Ladder.model_validate({"service": "shop/cart", "from": {"app": "front"}, "first": list(first)})


CALL = Stride("call", (("address", "refuses"),), answered="refuses")
SLICES = Stride("slices", (("endpoints", "none"),))
REFUSED = Stride("scale crt", refused=True)
MENDED = Stride("mend", changed=True)


@pytest.mark.parametrize(
    ("trail", "said"),
    [
        ((Stride("ls"), REFUSED, CALL, SLICES, MENDED, SLICES), "Number 3 above looked there."),
        ((CALL, MENDED, SLICES), "You found it another way."),
        ((CALL, MENDED, SLICES, MENDED), "Number 3 above looked there."),
        ((MENDED, SLICES, CALL), "You went without it."),
        ((REFUSED, MENDED), "You went without it."),
        ((SLICES,), "Number 1 above looked there."),
        ((SLICES, Stride("reset", undone=True), Stride("mend", changed=True, shown=True)), "The solution was shown."),
    ],
)
def test_how_the_cause_was_found_is_told_by_the_number_in_the_path(trail: tuple[Stride, ...], said: str) -> None:
    said_of = debrief(ladder("endpoints"), trail).strip().splitlines()[-1]
    first = "kubectl get endpointslices -n shop, beside the selector and the labels of the Pods"
    assert said_of == f"The rung that tells it first: **Are there ready endpoints?** ({first}). {said}"


def test_what_was_shown_is_told_as_such_and_is_no_look_of_the_learners() -> None:
    shown = Stride("look", (("endpoints", "2 ready"),), shown=True)
    mended = Stride("mend", changed=True, shown=True)
    path = debrief(ladder("endpoints"), (CALL, shown, mended))
    assert "2. Shown: `look` – endpoints: 2 ready." in path
    assert "3. Shown: `mend` changed something." in path
    assert {each.rung for each in rungs((CALL, shown)) if each.told} == {"address"}
    assert debrief(ladder("endpoints"), (Stride("ls"), shown, mended)) == ""


def test_of_several_causes_each_is_told_with_its_name() -> None:
    first = ladder({"rung": "endpoints", "of": "The selector matches no Pod"}, "policy")
    lines = debrief(first, (CALL, MENDED)).splitlines()
    assert (
        "**The selector matches no Pod**: the rung that tells it first is **Are there ready endpoints?** (" in lines[5]
    )
    assert lines[7].startswith("The rung that tells it first: **Is there a NetworkPolicy?** (")


async def test_a_table_of_services_shows_their_ports(library: Library) -> None:
    challenge = alone(library, "protocol")
    session = await Session.open(challenge.lesson)
    view = (await session.submit("kubectl get svc -A")).view
    told = {rung.rung: rung.told for rung in view.ladder}
    assert re.fullmatch(r"\d+/(UDP|SCTP)", told["ports"])
    view = (await session.submit("kubectl get svc -n shop -o name")).view
    assert {rung.rung: rung.told for rung in view.ladder} == told
    await session.close()


@pytest.mark.parametrize(
    ("line", "shows"),
    [
        ("kubectl describe deploy front", True),
        ("kubectl describe pods fro", True),
        ("kubectl get pods -l app=front -o yaml", True),
        ("kubectl get deployments -A -o json", True),
        ("kubectl get deploy front", False),
        ("kubectl describe pods -l app=other", False),
        ("kubectl describe deploy other", False),
        ("kubectl get deploy,pods -n shop -o yaml", False),
    ],
)
async def test_the_callers_own_objects_show_what_it_asks_for(library: Library, line: str, shows: bool) -> None:
    session = await Session.open(alone(library, "client-port").lesson)
    await session.submit("kubectl -n shop set env deploy/cart PEER=http://cart.shop:81")
    view = (await session.submit(line)).view
    told = next(rung.told for rung in view.ladder if rung.rung == "ports")
    assert bool(re.fullmatch(r"the caller asks for http://cart\.shop:\d+", told)) is shows
    await session.close()


async def test_what_the_caller_asks_for_stands_beside_what_else_a_rung_told(library: Library) -> None:
    session = await Session.open(alone(library, "client-port").lesson)
    for line in ("kubectl describe deploy front", "kubectl get svc -n shop"):
        view = (await session.submit(line)).view
    told = {rung.rung: rung.told for rung in view.ladder}
    assert re.fullmatch(r"\d+; the caller asks for http://cart\.shop:\d+", told["ports"])
    await session.submit("kubectl set env deploy/front UPSTREAM=http://cart.shop")
    view = (await session.submit("kubectl describe deploy front")).view
    told = {rung.rung: rung.told for rung in view.ladder}
    assert told["name"] == "the caller asks for http://cart.shop"
    assert told["ports"].isdecimal()
    await session.close()


async def test_what_a_system_namespace_lacks_is_not_told(library: Library) -> None:
    session = await Session.open(alone(library, "selector").lesson)
    for line in ("kubectl get svc -n shop", "kubectl get all -n kube-system"):
        view = (await session.submit(line)).view
    assert {rung.rung: rung.told for rung in view.ladder}["service"] == "cart is in shop"
    await session.close()


async def test_endpoints_without_a_port_are_told_as_such(library: Library) -> None:
    session = await Session.open(alone(library, "named-port").lesson)
    view = (await session.submit("kubectl get endpointslices -n shop")).view
    assert {rung.rung: rung.told for rung in view.ladder}["endpoints"] == "2 ready, without a port"
    await session.close()


async def test_an_address_nobody_has_is_not_told_as_a_pod(library: Library) -> None:
    session = await Session.open(alone(library, "stale-endpoints").lesson)
    view = (await session.submit("kubectl exec deploy/front -- sh -c 'curl -sS -m 3 $UPSTREAM'")).view
    told = {rung.rung: rung.told for rung in view.ladder}["proxy"]
    assert re.fullmatch(r"to 10\.244\.\d+\.\d+, port \d+, where no Pod is", told)
    await session.close()


async def test_who_answered_the_client_is_told(library: Library) -> None:
    challenge = alone(library, "selector")
    session = await Session.open(challenge.lesson)
    await session.submit("kubectl set env deploy/front UPSTREAM=http://stock.shop")
    await session.submit("kubectl exec deploy/front -- sh -c 'curl -sS -m 3 $UPSTREAM'")
    for line in ("kubectl rollout undo deploy/front --to-revision=1", *challenge.lesson.steps[0].solve):
        view = (await session.submit(line)).view
    assert re.search(r"2\. `kubectl exec .*` – answered by stock-\S+\.\n", view.explain)
    await session.close()


async def test_a_patch_up_is_refused_with_its_reason_only_while_it_stands(library: Library) -> None:
    challenge = alone(library, "policy")
    session = await Session.open(challenge.lesson)
    assert len(session.view.conditions) == 1
    await session.submit("kubectl -n shop delete networkpolicy cart-callers")
    view = (await session.submit(challenge.call)).view
    assert not view.done
    assert view.conditions[0].missing.startswith("The policy kept everybody else out, too.")
    assert view.conditions[1].met
    await session.undo()
    assert len(session.view.conditions) == 1
    await session.close()


async def test_hints_are_about_what_is_still_broken(library: Library) -> None:
    files = {library.fault("no-dns"): 1, library.fault("scaled-down"): 1}
    challenge = assemble(library, files, (0, 1), 3, 1)
    session = await Session.open(challenge.lesson)
    assert session.hint().notice == challenge.faults[0].hints[0]
    await session.submit(challenge.faults[0].solve[0])
    assert session.hint().notice == challenge.faults[1].hints[0]
    await session.close()


async def test_a_challenge_gone_on_with_is_the_same_one(library: Library, tmp_path: Path) -> None:
    progress = Progress(tmp_path / "progress.json")
    entry = challenge_entry(2)
    assert entry.varied
    lesson = open_lesson(entry, 11)
    assert lesson.title == "Challenge, level 2 (seed 11)"
    session = await Session.open(lesson, progress=progress, seed=11)
    await session.show_me()
    assert progress.lesson("challenge-2").completed
    await session.close()


def test_a_broken_fault_file_is_told_with_its_place(tmp_path: Path, library: Library) -> None:
    for path in library.folder.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    broken = tmp_path / "selector.yaml"
    broken.write_text(
        broken.read_text(encoding="utf-8").replace("rung: endpoints", "rang: endpoints"), encoding="utf-8"
    )
    with pytest.raises(BrokenFileError) as caught:
        alone(read_library(tmp_path), "selector")
    assert {(problem.line, problem.message, problem.mend) for problem in caught.value.problems} == {
        (1, "the key 'rung' is missing", "add rung:"),
        (7, "unknown key 'rang'", "did you mean 'rung'?"),
    }
