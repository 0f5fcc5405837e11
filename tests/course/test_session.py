"""A learner's session over the whole simulation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.course.lessons import DEPLOYMENT, HEAD, STEPS, lesson_of, written
from tutor.course.loader import load_lesson
from tutor.course.progress import Progress
from tutor.course.progress_file import LessonProgress
from tutor.course.sandbox import sandbox_lesson
from tutor.course.session import LessonError, Session

EXPOSE = "kubectl expose deployment web --port=80"


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    """A session at the task `expose`."""
    opened = await Session.open(lesson_of(tmp_path), step="expose")
    yield opened
    await opened.close()


async def test_a_lesson_from_start_to_end(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "p.json")
    session = await Session.open(lesson_of(tmp_path), progress=progress)
    assert (session.view.kind, session.view.index, session.view.count) == ("read", 0, 5)
    await session.next()

    assert [option.why for option in session.view.options] == ["", ""]
    outcome = await session.answer(0)
    view = outcome.view
    assert (view.done, view.chosen, view.observed) == (True, (0,), "3")
    assert [(option.right, option.why) for option in view.options] == [(False, "No."), (True, "Yes.")]
    await session.next()

    assert [line.met for line in session.view.conditions] == [False, False]
    outcome = await session.submit(EXPOSE)
    assert outcome.newly_done
    assert outcome.output == "service/web exposed\n"
    assert {change.kind for change in outcome.changes} >= {"Service", "EndpointSlice"}
    assert (outcome.view.done, outcome.view.explain) == (True, "Because.")
    await session.next()

    assert (await session.answer(text="10.0.0.1")).view.remark == "10.0.0.1 is not it. Look again."
    assert (await session.answer(text=" 10.254.7.7 ")).view.done
    await session.next()

    assert (await session.answer(0, 2)).view.remark == "It is a program."
    assert (await session.answer(0)).view.remark == "Right as far as it goes, but there is more."
    assert session.view.multiple
    outcome = await session.answer(1, 0)
    assert (outcome.view.done, outcome.view.lesson_done) == (True, True)
    assert (await session.next()).notice == "That was the last step."
    assert Progress.load(tmp_path / "p.json").lesson("trial").completed
    await session.close()


async def test_success_stays_whatever_is_tried_afterwards(session: Session) -> None:
    await session.submit(EXPOSE)
    outcome = await session.submit("kubectl delete service web")
    assert outcome.view.done
    assert [line.met for line in outcome.view.conditions] == [False, False]


async def test_the_next_step_starts_where_the_step_was_done(session: Session) -> None:
    """What is tried after success cannot spoil the next step."""
    await session.submit(EXPOSE)
    await session.submit("kubectl delete service web")
    outcome = await session.next()
    assert outcome.notice.startswith("The cluster is as it was")
    assert session.cluster.store.get("Service", "default", "web") is not None


async def test_next_says_what_is_missing(session: Session) -> None:
    outcome = await session.next()
    assert outcome.notice == "There is no Service web yet. (skip passes it over.)"
    assert outcome.view.id == "expose"


WRITER = """\
kubectl create deployment writer --image=busybox -- sh -c 'hostname > /tmp/name; sleep infinity'
kubectl exec deploy/writer -- cat /tmp/name
""".splitlines()


async def test_what_containers_write_again_after_an_undo_is_no_change(session: Session) -> None:
    for line in (*WRITER, "kubectl scale deployment web --replicas=1", "kubectl scale deployment web --replicas=4"):
        await session.submit(line)
    await session.undo()
    await session.submit("kubectl exec deploy/writer -- cat /tmp/name")
    await session.submit("kubectl get pods")
    assert (await session.redo()).notice == "Done again."
    assert (await session.undo()).notice == "Undone: kubectl scale deployment web --replicas=4"
    assert (await session.undo()).notice == "Undone: kubectl scale deployment web --replicas=1"


async def test_a_change_of_the_kubeconfig_can_be_undone(session: Session) -> None:
    config = session.simulation.config
    await session.submit("kubectl config set-context dev --cluster=tutor --user=learner")
    await session.submit("kubectl config use-context dev")
    assert (await session.undo()).notice == "Undone: kubectl config use-context dev"
    assert (config.current, list(config.contexts)) == ("tutor", ["tutor", "dev"])
    await session.undo()
    assert list(config.contexts) == ["tutor"]


async def test_next_passes_over_a_step_that_is_optional(tmp_path: Path) -> None:
    text = HEAD + DEPLOYMENT + STEPS.replace("    title: Expose it\n", "    title: Expose it\n    optional: true\n")
    session = await Session.open(lesson_of(tmp_path, text), step="expose")
    assert session.view.optional
    view = (await session.next()).view
    assert (view.id, view.steps) == ("address", ("", "", "skipped", "", ""))
    assert session.cluster.store.get("Service", "default", "web") is not None
    await session.close()


async def test_undo_and_redo(session: Session) -> None:
    assert not session.view.can_undo
    await session.submit(EXPOSE)
    await session.submit("kubectl get svc")
    undone = await session.undo()
    assert undone.notice == f"Undone: {EXPOSE}"
    assert (undone.view.done, undone.view.can_undo, undone.view.can_redo) == (False, False, True)
    assert session.cluster.store.get("Service", "default", "web") is None
    redone = await session.redo()
    assert (redone.view.done, redone.view.can_undo, redone.view.can_redo) == (True, True, False)
    assert session.cluster.store.get("Service", "default", "web") is not None


async def test_a_new_command_ends_what_could_be_redone(session: Session) -> None:
    await session.submit(EXPOSE)
    await session.undo()
    await session.submit("kubectl scale deployment web --replicas=1")
    assert not session.view.can_redo
    assert (await session.redo()).notice == "Nothing to redo."


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("kubectl get pods", False),
        ("kubectl delete service nope", False),
        ("kubectl expose deployment web --port=80 --dry-run=client", False),
        ("ls", False),
        ("kubectl label pods --all x=y", True),
        ("echo hello > note.txt", True),
        ("kubectl config set-context --current --namespace=kube-system", True),
    ],
)
async def test_only_lines_that_change_something_can_be_undone(session: Session, line: str, changes: bool) -> None:
    assert (await session.submit(line)).view.can_undo is changes


async def test_what_was_undone_can_be_typed_again_from_the_history(session: Session) -> None:
    await session.submit(EXPOSE)
    await session.undo()
    assert session.terminal.history[-1] == EXPOSE


async def test_undo_takes_files_back(session: Session) -> None:
    await session.submit("echo hello > note.txt")
    await session.undo()
    assert (await session.submit("cat note.txt")).exit_code == 1


async def test_reset_leads_to_the_entry_of_the_step_and_can_be_undone(session: Session) -> None:
    await session.submit(EXPOSE)
    await session.submit("kubectl scale deployment web --replicas=1")
    outcome = await session.reset()
    assert not outcome.view.done
    assert session.at_entry
    await session.undo()
    assert session.cluster.store.get("Service", "default", "web") is not None


async def test_show_me_begins_at_the_entry_and_types_the_solution(session: Session) -> None:
    typed: list[str] = []

    async def before(line: str) -> None:
        typed.append(line)

    await session.submit("kubectl create service clusterip web --tcp=81")
    outcome = await session.show_me(before)
    assert typed == [EXPOSE]
    assert outcome.view.done


async def test_skip_brings_about_what_the_step_should_have(session: Session) -> None:
    await session.submit("kubectl scale deployment web --replicas=1")
    view = (await session.skip()).view
    assert (view.id, view.steps) == ("address", ("", "", "skipped", "", ""))
    assert session.cluster.store.get("Service", "default", "web") is not None
    assert (await session.answer(text="10.254.7.7")).view.done


async def test_back_looks_and_leaves_the_cluster_alone(session: Session) -> None:
    await session.submit(EXPOSE)
    await session.next()
    view = (await session.back()).view
    assert (view.id, view.done) == ("expose", True)
    assert session.cluster.store.get("Service", "default", "web") is not None
    assert (await session.next()).view.id == "address"


async def test_goto_brings_about_the_steps_between(tmp_path: Path) -> None:
    session = await Session.open(lesson_of(tmp_path))
    await session.goto("address")
    assert (await session.answer(text="10.254.7.7")).view.done
    await session.goto(0)
    assert session.view.id == "intro"
    with pytest.raises(LookupError):
        await session.goto("nope")
    await session.close()


async def test_a_lesson_goes_on_where_it_was_left(tmp_path: Path) -> None:
    progress = Progress(None, {"trial": LessonProgress("address", ("intro", "guess"), ("expose",))})
    session = await Session.open(lesson_of(tmp_path), progress=progress)
    assert session.view.id == "address"
    assert session.view.steps == ("done", "done", "skipped", "", "")
    assert session.cluster.store.get("Service", "default", "web") is not None
    assert session.terminal.history == []
    await session.close()


async def test_hints_climb_and_a_mistake_comes_first(session: Session) -> None:
    assert session.hint().notice == "kubectl expose makes a Service."
    await session.submit(EXPOSE + " --name=wbe")
    outcome = session.hint()
    assert outcome.notice == "The name is misspelt."
    assert [hint.about_mistake for hint in outcome.view.hints] == [False, True]
    await session.undo()
    assert [hint.text for hint in session.view.hints] == ["kubectl expose makes a Service."]
    assert session.hint().notice == EXPOSE
    assert session.hint().notice == EXPOSE
    assert not session.view.more_hints


@pytest.mark.parametrize(
    ("word", "action", "notice"),
    [
        ("hint", "hint", "kubectl expose makes a Service."),
        ("check", "check", "• There is no Service web yet.\n• It has no three ready endpoints."),
        ("undo", "undo", "Nothing to undo in this step."),
        ("redo", "redo", "Nothing to redo."),
        ("next", "next", "There is no Service web yet. (skip passes it over.)"),
        ("reset", "reset", "Back to where this step began."),
        (" show ", "show", "That is one way. reset lets you try it yourself."),
        ("lessons", "lessons", ""),
        ("back", "back", ""),
        ("skip", "skip", ""),
    ],
)
async def test_typed_words(session: Session, word: str, action: str, notice: str) -> None:
    outcome = await session.submit(word)
    assert (outcome.action, outcome.notice, outcome.exit_code) == (action, notice, None)


@pytest.mark.parametrize("word", ["hint", "check", "undo", "redo", "next", "show", "back", "lessons"])
async def test_typed_words_work_in_the_shell_of_a_container(session: Session, word: str) -> None:
    await session.submit("kubectl run t -it --rm --image=busybox -- sh")
    assert session.terminal.prompt == "/ # "
    outcome = await session.submit(word)
    assert (outcome.action, outcome.exit_code) == (word, None)


async def test_a_typed_word_that_a_container_has_a_command_for_is_that_command(session: Session) -> None:
    await session.submit("kubectl run t -it --rm --image=busybox -- sh")
    outcome = await session.submit("reset")
    assert (outcome.action, outcome.exit_code) == ("", 0)
    await session.submit("printf 'echo mine\\n' > /bin/hint; chmod +x /bin/hint")
    assert (await session.submit("hint")).output == "mine\n"


async def test_undo_in_the_shell_of_a_container_takes_back_what_was_done_there(session: Session) -> None:
    await session.submit(EXPOSE)
    await session.submit("kubectl run t -it --rm --image=busybox -- sh")
    outcome = await session.submit("undo")
    assert outcome.notice.startswith("Undone: ")
    assert session.terminal.at_host
    assert session.cluster.store.get("Pod", "default", "t") is None
    assert session.cluster.store.get("Service", "default", "web") is not None


async def test_a_word_with_arguments_is_a_command(session: Session) -> None:
    outcome = await session.submit("hint please")
    assert (outcome.action, outcome.exit_code) == ("", 127)


async def test_incomplete_input_waits_for_its_rest(session: Session) -> None:
    assert (await session.submit("echo 'a")).incomplete
    outcome = await session.submit("undo'")
    assert (outcome.output, outcome.action) == ("a\nundo\n", "")


async def test_an_error_is_explained(session: Session) -> None:
    outcome = await session.submit("kubectl get svc kube-dns")
    assert outcome.exit_code == 1
    assert outcome.gloss == "There is a Service kube-dns in namespace kube-system: add -n kube-system."


async def test_a_request_that_fails_is_explained_by_its_trace(session: Session) -> None:
    await session.submit("kubectl expose deployment web --port=80 --selector=app=wbe")
    outcome = await session.submit(
        "kubectl run c --image=curlimages/curl --rm -it --restart=Never -- curl -s http://web"
    )
    (trace,) = outcome.traces
    assert trace.outcome == "refused"
    assert outcome.gloss == (
        "The Service web has no endpoints: its selector says app=wbe, "
        "and no Pod in namespace default carries that (there are Pods with app=web)."
    )


async def test_opening_a_lesson_again_keeps_the_place_until_there(tmp_path: Path) -> None:
    """A lesson that cannot be set up must not cost the learner the place they had reached."""
    text = HEAD + NESTED.replace("    until: {ran:", "    setup: [kubectl get nope]\n    until: {ran:")
    progress = Progress(None, {"trial": LessonProgress("leave")})
    with pytest.raises(LessonError, match="setting up step write"):
        await Session.open(lesson_of(tmp_path, text), progress=progress)
    assert progress.lesson("trial").step == "leave"


NESTED = """\
steps:
  - id: enter
    kind: task
    until: {inside: {pod: temp}, else: You are not in the Pod temp.}
    solve: [kubectl run temp -it --rm --image=busybox -- sh]
  - id: write
    kind: task
    until: {ran: {command: "^echo", in: {pod: temp}}, else: Say something.}
    solve: [echo hello > /tmp/note]
  - id: leave
    kind: task
    until: {absent: pod/temp, else: You are still there.}
    solve: [exit]
"""


async def test_steps_may_begin_inside_a_container(tmp_path: Path) -> None:
    """Undo, reset and resumption lead back into the shell the step began in."""
    session = await Session.open(lesson_of(tmp_path, HEAD + NESTED), step="write")
    inside = session.terminal.prompt
    assert not session.terminal.at_host
    await session.submit("echo hello > /tmp/note")
    assert session.view.done
    await session.undo()
    assert (session.view.done, session.terminal.prompt) == (False, inside)
    assert (await session.submit("cat /tmp/note")).exit_code == 1
    await session.submit("exit")
    assert session.terminal.at_host
    assert session.cluster.store.get("Pod", "default", "temp") is None
    await session.reset()
    assert session.terminal.prompt == inside
    assert session.at_entry
    await session.skip()
    assert (session.view.id, session.terminal.prompt) == ("leave", inside)
    assert (await session.submit("exit")).newly_done
    await session.close()


async def test_nothing_happens_after_an_undo_out_of_a_container(tmp_path: Path) -> None:
    """The shell that is closed deletes its Pod on the way out; that must be over when the undo is."""
    session = await Session.open(lesson_of(tmp_path, HEAD + NESTED))
    await session.submit("kubectl run temp -it --rm --image=busybox -- sh")
    await session.undo()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert session.terminal.at_host
    assert session.at_entry
    await session.close()


async def test_time_at_the_prompt_can_accomplish_a_step(tmp_path: Path) -> None:
    """In a live session the Pods become ready while the clock ticks, and the front end is told."""
    session = await Session.open(lesson_of(tmp_path), step="expose", live=True)
    heard: list[bool] = []
    session.on_change = lambda view: heard.append(view.done)
    await session.submit("kubectl scale deployment web --replicas=2")
    await session.submit(EXPOSE)
    outcome = await session.submit("kubectl scale deployment web --replicas=3")
    assert not outcome.view.done
    for _ in range(100):
        session.tick(0.1)
    assert session.view.done
    assert heard[-1] is True
    await session.close()


async def test_lines_played_in_a_live_session_wait_for_one_another(tmp_path: Path) -> None:
    """The second line may need what the first one only sets going."""
    steps = """\
steps:
  - id: a
    kind: task
    until: {output: {contains: 1/1}, else: It was not seen ready.}
    solve: [kubectl scale deployment web --replicas=1, kubectl get deployment web]
"""
    text = HEAD + DEPLOYMENT.replace("replicas: 2", "replicas: 0") + steps
    session = await Session.open(lesson_of(tmp_path, text), live=True)
    settled: list[bool] = []

    async def before(line: str) -> None:
        settled.append(not session.cluster.clock.busy)

    showing = asyncio.ensure_future(session.show_me(before))
    while not showing.done():
        session.tick(0.002)
        await asyncio.sleep(0)
    assert showing.result().view.done
    assert settled == [True, True]
    await session.close()


async def test_a_cluster_that_cannot_be_set_up_says_so(tmp_path: Path) -> None:
    text = HEAD + "cluster: {run: [kubectl delete pod nope]}\nsteps: [{id: a, kind: read, body: b}]\n"
    with pytest.raises(LessonError, match="kubectl delete pod nope: Error from server"):
        await Session.open(lesson_of(tmp_path, text))


async def test_setup_of_a_step_runs_unseen(tmp_path: Path) -> None:
    text = (
        HEAD
        + DEPLOYMENT
        + "steps: [{id: a, kind: read, body: b, setup: [kubectl scale deployment web --replicas=0]}]\n"
    )
    session = await Session.open(lesson_of(tmp_path, text))
    assert session.cluster.store.count("Pod", "default") == 0
    assert session.terminal.history == []
    assert not session.view.can_undo
    await session.close()


async def test_the_sandbox_is_a_session_too() -> None:
    session = await Session.open(sandbox_lesson())
    outcome = await session.submit("kubectl apply -f nginx-deployment.yaml -f nginx-clusterip.yaml")
    assert outcome.exit_code == 0
    assert outcome.view.can_undo
    await session.close()


async def test_what_is_typed_for_an_answer_and_what_is_a_command(tmp_path: Path) -> None:
    session = await Session.open(lesson_of(tmp_path), step="address")
    said = {line: session.is_answer(line) for line in ("0/1", "3 hours", "answer three hours", "ls", "kubctl get pods")}
    assert said == {"0/1": True, "3 hours": True, "answer three hours": True, "ls": False, "kubctl get pods": False}
    assert not session.is_answer("")
    await session.close()


async def test_a_step_that_is_done_needs_no_hint(session: Session) -> None:
    await session.submit(EXPOSE)
    outcome = session.hint()
    assert (outcome.notice, outcome.view.hints) == ("This step is done: Enter or next goes on.", ())


async def test_a_hint_is_no_command_that_was_run_already(tmp_path: Path) -> None:
    first = "kubectl get svc"
    text = (HEAD + DEPLOYMENT + STEPS).replace("    hints:\n", f"    hints:\n      - command: {first}\n", 1)
    loaded = load_lesson(written(tmp_path, text))
    assert loaded.lesson is not None
    session = await Session.open(loaded.lesson, step="expose")
    assert first in session.hint().notice
    await session.reset()
    await session.submit(first)
    assert first not in session.hint().notice
    await session.close()
