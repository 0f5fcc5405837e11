"""Handouts and recordings of a lesson."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tutor.author.cast import to_cast
from tutor.author.export import export
from tutor.author.playing import PlayedLesson, play
from tutor.cli import main
from tutor.course.catalog import LessonEntry
from tutor.course.journey import LessonError
from tutor.course.loader import load_lesson
from tutor.paths import lessons_dir


def entry(name: str) -> LessonEntry:
    return LessonEntry(name, lessons_dir() / f"{name}.yaml", name)


async def test_a_handout_shows_what_really_came_of_the_solutions() -> None:
    text = await export(entry("create"), "md")
    assert text.startswith("# Create the Service\n")
    assert "learner@laptop:~$ kubectl apply -f nginx-clusterip.yaml\nservice/nginx-clusterip created\n```\n" in text
    assert re.search(r"^nginx-clusterip +ClusterIP +10\.254\.201\.125 ", text, re.MULTILINE)
    assert "- [x] Three. *All three Pods" in text
    assert "provided IP is already allocated" in text
    assert "**selector**: The labels a Service looks for" in text


async def test_without_answers_it_gives_nothing_away() -> None:
    text = await export(entry("create"), "md", answers=False)
    assert "service/nginx-clusterip created" not in text
    assert "[x]" not in text
    assert "- [ ] Three\n" in text
    assert "All three Pods of this namespace" not in text
    assert "```sh\nkubectl apply -f nginx-clusterip.yaml\n" in text
    assert "A Service does not name its Pods" not in text


class Page(HTMLParser):
    """Collects what a page would load, and checks that its elements close."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.sources += [value or "" for name, value in attrs if name in {"src", "href"}]
        if tag not in {"meta", "img", "br", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


async def test_a_page_needs_nothing_else() -> None:
    text = await export(entry("create"), "html")
    page = Page()
    page.feed(text)
    assert page.open == []
    assert page.sources
    assert all(source.startswith("data:image/svg+xml;base64,") for source in page.sources)
    assert "☑ Three" in text
    assert "<script" not in text


async def test_what_a_lesson_says_is_no_markup_of_the_page(tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(
        "format: 1\nid: odd\ntitle: <b>Odd</b>\nminutes: 1\n"
        "steps:\n- {id: one, kind: read, title: One, body: '<script>alert(1)</script>'}\n",
        encoding="utf-8",
    )
    text = await export(LessonEntry("odd", path, "odd"), "html")
    assert "<script>" not in text
    assert "<title>&lt;b&gt;Odd&lt;/b&gt;</title>" in text


PREDICTED = """\
format: 1
id: two
title: Two
minutes: 1
steps:
  - id: make
    kind: task
    until: {exists: configmap/one, else: No.}
    solve:
      - |-
        kubectl apply -f - <<EOF
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: one}
        EOF
  - id: guess
    kind: predict
    question: How many?
    options: [{text: one, right: true, why: So.}, {text: none, why: Not so.}]
    then: [kubectl get configmap one -o name]
    reveal: {count: {kind: configmap, namespace: default}}
"""


async def test_what_is_typed_stands_out_and_a_prediction_says_what_happened(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(PREDICTED, encoding="utf-8")
    made = LessonEntry("two", path, "two")
    text = await export(made, "md")
    assert "\n1 minute.\n" in text
    assert "$ kubectl apply -f - <<EOF\n> apiVersion" in text
    assert "\n> EOF\nconfigmap/one created\n" in text
    assert "configmap/one\n```\n\nWhat happened: **2**" in text
    exercise = await export(made, "md", answers=False)
    assert "What happened" not in exercise
    assert "- [ ] none\n\n```sh\nkubectl get configmap one -o name\n```" in exercise
    page = await export(made, "html")
    assert "<b>learner@laptop:~$ kubectl get configmap one -o name</b>\nconfigmap/one\n" in page
    assert "&gt; EOF</b>\nconfigmap/one created\n" in page
    keys = "".join(json.loads(event)[2] for event in (await export(made, "cast")).splitlines()[1:])
    assert "<<EOF\r\n> apiVersion" in keys


async def test_a_page_says_its_language() -> None:
    assert '<html lang="en">' in await export(entry("create"), "html")
    assert '<html lang="de">' in await export(replace(entry("create"), language="de"), "html")


@pytest.fixture
async def played() -> PlayedLesson:
    lesson = load_lesson(lessons_dir() / "create.yaml").lesson
    assert lesson is not None
    return await play(lesson)


async def test_a_recording_is_an_asciicast_whose_time_goes_on(played: PlayedLesson) -> None:
    header, *events = map(json.loads, to_cast(played).splitlines())
    assert header == {"version": 2, "width": 100, "height": 30, "title": "Create the Service"}
    times = [time for time, _, _ in events]
    assert times == sorted(times)
    assert {code for _, code, _ in events} == {"o"}
    shown = "".join(text for _, _, text in events)
    assert "kubectl apply -f nginx-clusterip.yaml\r\nservice/nginx-clusterip created\r\n" in shown
    assert re.search(r"(?<!\r)\n", shown) is None


def test_the_command_writes_what_the_name_asks_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "deep" / "before.html"
    assert main(["export", "before", "--no-answers", "-o", str(page)]) == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert capsys.readouterr().out == f"Written: {page}\n"
    assert main(["export", "1", "--format", "md"]) == 0
    assert capsys.readouterr().out.startswith("# Before the Service\n")
    assert main(["export", "nonsense"]) == 2
    assert main(["export", str(tmp_path / "no.yaml")]) == 2
    assert capsys.readouterr().err.count("\n") == 2


async def test_a_solution_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(PREDICTED.replace("exists: configmap/one", "exists: configmap/two"), encoding="utf-8")
    with pytest.raises(LessonError, match=r"the solution of step make does not accomplish it: No\."):
        await export(LessonEntry("two", path, "two"), "md")
    path.write_text(
        PREDICTED.replace("kind: predict", "kind: observe").split("    question")[0] + ASK, encoding="utf-8"
    )
    with pytest.raises(LessonError, match="step guess has no right answer"):
        await export(LessonEntry("two", path, "two"), "md", answers=False)


ASK = "    ask: Which?\n    answer: {object: service/none, path: spec.clusterIP}\n"


def test_a_recording_without_answers_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "create", "--format", "cast", "--no-answers"]) == 1
    assert "shows the solutions" in capsys.readouterr().err


DRAWN = """\
format: 1
id: drawn
title: Drawn
minutes: 1
steps:
  - id: look
    kind: read
    body: |
      ```drawing A < B "C"
      [A] -> <B>
      ```

      ![Which Pods the Service finds](diagrams/selector.txt)
"""


async def test_a_page_says_what_its_drawings_show(tmp_path: Path) -> None:
    path = tmp_path / "drawn.yaml"
    path.write_text(DRAWN, encoding="utf-8")
    text = await export(LessonEntry("drawn", path, "drawn"), "html")
    assert '<pre role="img" aria-label="A &lt; B &quot;C&quot;">[A] -&gt; &lt;B&gt;\n</pre>' in text
    assert "<figcaption>A &lt; B &quot;C&quot;</figcaption>" in text
    assert ' alt="Which Pods the Service finds">' in text


def test_an_ending_that_is_no_form_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "before", "-o", str(tmp_path / "a.pdf")]) == 2
    assert "end it in one of md, html, cast" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_file_is_no_name_of_a_lesson(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["start", "mine/canary.yaml", "--plain"]) == 2
    assert "tutor preview mine/canary.yaml" in capsys.readouterr().err
