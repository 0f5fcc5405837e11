"""Translations: texts only, by step id; what they lack, what they have too much of, and what has gone stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.lessons import DEPLOYMENT, HEAD, STEPS, written
from tutor.author.check import check
from tutor.author.translate import TranslationError, begin_translation
from tutor.cli import main
from tutor.course.catalog import read_catalog
from tutor.course.languages import candidates, choose_language
from tutor.course.loader import load_lesson
from tutor.course.packs import Library
from tutor.course.schema import Observe, Task
from tutor.paths import lessons_dir

LESSON = HEAD + DEPLOYMENT + STEPS
OVERLAY = """\
format: 1
title: Ein Versuch
steps:
  expose:
    until: {all: [{else: Noch gibt es keinen Service web.}]}
"""


def codes(path: Path) -> list[tuple[str, str]]:
    """Findings in the translation, with their code and what they say."""
    found = [each for each in check([path]).problems if "translations" in each.file.parts]
    return [(each.code, each.message) for each in found]


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    written(tmp_path, LESSON)
    folder = tmp_path / "translations" / "de"
    folder.mkdir(parents=True)
    return written(folder, OVERLAY)


def test_a_translation_gives_texts_and_what_it_lacks_stays_as_written(tmp_path: Path, overlay: Path) -> None:
    lesson = load_lesson(tmp_path / "trial.yaml", language="de-AT").lesson
    assert lesson
    assert (lesson.title, lesson.steps[0].body) == ("Ein Versuch", "Hello.")
    step = lesson.steps[2]
    assert isinstance(step, Task)
    assert step.wrong[0].expect == "Noch gibt es keinen Service web."
    assert read_catalog(Library(tmp_path, language="de")).lessons[0].title == "Ein Versuch"
    assert read_catalog(Library(tmp_path, language="fr")).lessons[0].title == "A trial"


def test_check_says_what_is_missing_stale_and_unknown(tmp_path: Path, overlay: Path) -> None:
    assert {code for code, _ in codes(tmp_path)} == {"untranslated", "stale"}
    written(overlay.parent, OVERLAY.replace("title:", "titel:") + "    solve: [true]\n")
    assert [message for code, message in codes(tmp_path) if code == "translation"] == [
        "there is no text 'titel' to translate here",
        "there is no text 'solve' to translate here",
    ]
    written(overlay.parent, "- a\n")
    assert ("translation", "a translation is a mapping") in codes(tmp_path)
    written(overlay.parent, OVERLAY, "lost.yaml")
    assert ("translation", "there is no lost.yaml to translate") in codes(tmp_path)


def test_a_translation_is_stale_once_what_it_was_made_from_changes(tmp_path: Path, overlay: Path) -> None:
    (finding,) = [each for each in check([overlay]).problems if each.code == "stale" and each.place == "steps › expose"]
    source = finding.mend.removeprefix("write source: ")
    text = OVERLAY.replace("  expose:\n", f"  expose:\n    source: {source}\n")
    written(overlay.parent, text)
    assert not [each for each in check([overlay]).problems if each.code == "stale" and "expose" in each.place]
    written(tmp_path, LESSON.replace("It has no three ready", "It has   no three ready"))
    assert not [each for each in check([overlay]).problems if each.code == "stale" and "expose" in each.place]
    written(tmp_path, LESSON.replace("It has no three ready", "It lacks three ready"))
    (stale,) = [each for each in check([overlay]).problems if each.code == "stale" and "expose" in each.place]
    assert stale.line == text.splitlines().index(f"    source: {source}") + 1


def test_a_wrong_translation_is_found_by_playing(tmp_path: Path, overlay: Path) -> None:
    written(overlay.parent, OVERLAY + "    body: Tippe `kubectl gett pods`.\n")
    assert [each.file for each in check([tmp_path]).problems if each.code == "command"] == []
    written(tmp_path, LESSON.replace("    title: Expose it\n", "    title: Expose it\n    body: Type.\n"))
    assert [each.file for each in check([tmp_path]).problems if each.code == "command"] == [overlay]


def test_a_translation_is_begun_with_every_text(tmp_path: Path) -> None:
    lesson = written(tmp_path, LESSON)
    begun = begin_translation(lesson, "de")
    assert {code for code, _ in codes(tmp_path)} == {"stale"}, "nothing is missing, and nothing is translated yet"
    with pytest.raises(TranslationError, match="is there already"):
        begin_translation(lesson, "de")
    assert main(["translate", str(begun), "english"]) == 2


def test_the_core_lessons_are_german_too() -> None:
    german = lessons_dir() / "translations" / "de"
    assert {path.stem for path in german.glob("*.yaml")} >= {"before", "create", "after", "dns", "glossary", "index"}
    report = check([german / "create.yaml", german / "glossary.yaml", german / "index.yaml"])
    assert [str(problem) for problem in report.problems] == []


@pytest.mark.parametrize(
    ("wanted", "environ", "setting", "chosen"),
    [
        ("", {}, "", ""),
        ("", {"LANG": "de_AT.UTF-8"}, "", "de-AT"),
        ("", {"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, "", ""),
        ("", {"LANG": "de_DE.UTF-8"}, "en", ""),
        ("", {"TUTOR_LANGUAGE": "pt-BR"}, "en", "pt-BR"),
        ("de", {"TUTOR_LANGUAGE": "en"}, "", "de"),
    ],
)
def test_the_language_is_asked_for_or_that_of_the_surroundings(
    wanted: str, environ: dict[str, str], setting: str, chosen: str
) -> None:
    assert choose_language(wanted, environ, setting) == chosen


def test_a_region_falls_back_to_its_language() -> None:
    assert candidates("de_AT.UTF-8@euro") == ["de-AT", "de"]
    assert candidates("en_GB") == candidates("C") == candidates("POSIX") == []


COMMENTED = """\
# Three of them.
kind: Deployment
"""


def test_answers_and_comments_in_files_are_texts_too(tmp_path: Path) -> None:
    text = LESSON.replace("files:\n", "files:\n  note.yaml: {from: note.txt}\n  note.sh: |\n    # Look.\n    ls\n")
    ask = "    ask: What is the address of web?\n"
    text = text.replace(ask, f'{ask}    accept: [that of web, "10/10"]\n')
    written(tmp_path, COMMENTED, "note.txt")
    path = written(tmp_path, text)
    begun = begin_translation(path, "de").read_text(encoding="utf-8")
    assert "# Three of them." in begun
    assert "# Look." in begun
    assert "that of web" in begun
    assert "10/10" not in begun

    german = "files:\n  note.yaml: |\n    # Drei.\n    kind: Deployment\n"
    overlay = f"format: 1\nsteps:\n  address: {{accept: [die von web]}}\n{german}"
    written(tmp_path / "translations" / "de", overlay)
    lesson = load_lesson(path, language="de").lesson
    assert lesson is not None
    assert lesson.files["note.yaml"] == "# Drei.\nkind: Deployment\n"
    step = lesson.steps[3]
    assert isinstance(step, Observe)
    assert step.accept == ["die von web", "10/10", "that of web"]
    said = codes(tmp_path)
    assert any(code == "untranslated" and "files note.sh" in message for code, message in said)
    assert not any("note.yaml" in message for code, message in said if code == "untranslated")
    assert not [code for code, _ in said if code == "translation"]

    written(tmp_path / "translations" / "de", overlay.replace("kind: Deployment", "kind: Service"))
    assert ("translation", "more than its comments has changed") in codes(tmp_path)


def test_a_mistake_in_a_translation_is_said_to_be_there(tmp_path: Path, overlay: Path) -> None:
    body = "    body: |\n      Call it ((wbe)).\n"
    written(tmp_path, LESSON.replace("    title: Expose it\n", "    title: Expose it\n    body: Call it web.\n"))
    text = OVERLAY + body
    written(overlay.parent, text)
    (unknown,) = [each for each in check([tmp_path]).problems if each.code == "variable"]
    assert (unknown.file, unknown.place) == (overlay, "steps › expose › body")
    assert (unknown.line, unknown.column) == (len(text.splitlines()), 15)
    written(overlay.parent, OVERLAY + "    body: |\n      So:\n\n      ![ein Haus](haus.txt)\n")
    (missing,) = [each for each in check([tmp_path]).problems if each.code == "missing-file"]
    assert (missing.file, missing.line) == (overlay, len(OVERLAY.splitlines()) + 4)


def test_a_word_that_no_text_of_the_translation_says_is_said_to_be_missing_there(tmp_path: Path, overlay: Path) -> None:
    written(tmp_path, LESSON.replace("minutes: 3\n", "minutes: 3\nterms: [ready]\n"))
    written(tmp_path, "ready: Answers.\n", "glossary.yaml")
    written(overlay.parent, "format: 1\nready: {term: bereit, text: Antwortet.}\n", "glossary.yaml")
    written(overlay.parent, OVERLAY.replace("[{else", "[{title: Da, else") + "    title: Öffne es\n")
    (unused,) = [each for each in check([tmp_path]).problems if each.code == "unused-term"]
    assert (unused.file, unused.message) == (overlay, "no text says 'bereit'")


def test_what_is_found_in_a_lesson_only_as_it_is_translated_says_so(tmp_path: Path, overlay: Path) -> None:
    written(overlay.parent, f"{OVERLAY}    explain: {'Wort ' * 2000}\n")
    (found,) = [each for each in check([tmp_path]).problems if each.code == "minutes"]
    assert (found.file, found.message.endswith("— in de")) == (tmp_path / "trial.yaml", True)
    written(tmp_path, LESSON.replace("minutes: 3", "minutes: 60"))
    written(overlay.parent, OVERLAY)
    said = [each.message for each in check([tmp_path]).problems if each.code == "minutes"]
    assert len(said) == 1
    assert "— in" not in said[0]


def test_a_number_is_no_translation(tmp_path: Path, overlay: Path) -> None:
    written(overlay.parent, OVERLAY.replace("title: Ein Versuch", "title: 12"))
    (found,) = [each for each in check([overlay]).problems if each.code == "type"]
    assert (found.line, found.message, found.mend) == (2, "a text is wanted, not 12", "put it in quotes")


def test_entries_of_lists_are_counted_from_one(tmp_path: Path, overlay: Path) -> None:
    recap = "  recap: {options: [{text: Service}, {txt: Pod}]}\n"
    written(overlay.parent, OVERLAY + recap)
    (found,) = [each for each in check([overlay]).problems if each.code == "translation"]
    assert found.place == "steps › recap › options 2 › txt"


@pytest.mark.parametrize(
    ("folder", "path"),
    [
        (".", "translations/de/index.yaml"),
        ("translations", "de/index.yaml"),
        ("translations/de", "index.yaml"),
        (".", "translations/de"),
        (".", "translations"),
        ("translations", "de"),
        ("translations/de", "."),
    ],
)
def test_a_translation_is_found_by_whatever_path(
    tmp_path: Path, overlay: Path, monkeypatch: pytest.MonkeyPatch, folder: str, path: str
) -> None:
    written(tmp_path, "format: 1\ngroups: [{title: All, lessons: [trial.yaml]}]\n", "index.yaml")
    written(overlay.parent, "format: 1\ngroups: {Al: {title: Alle}}\n", "index.yaml")
    monkeypatch.chdir(tmp_path / folder)
    report = check([Path(path)])
    assert "there is no text 'Al' to translate here" in [each.message for each in report.problems]
    assert not [each for each in report.problems if each.file.is_absolute()]
    assert report.translations == ("index" not in path)


def test_the_texts_of_a_translated_glossary_are_texts(tmp_path: Path, overlay: Path) -> None:
    written(tmp_path, "Pod: A.\n", "glossary.yaml")
    glossary = written(overlay.parent, "format: 1\nPod: {text: Tippe `kubectl gte pods`.}\n", "glossary.yaml")
    for path in (tmp_path, glossary):
        found = [(each.file, each.line) for each in check([path]).problems if each.code == "command"]
        assert found == [(glossary, 2)]
