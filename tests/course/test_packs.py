"""Lessons and conditions from other folders and from installed packages; translations of them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.course.lessons import DEPLOYMENT, HEAD, STEPS, written
from tutor.author.proof import prove_lesson
from tutor.course.catalog import read_catalog
from tutor.course.conditions.named import named_condition
from tutor.course.loader import load_lesson
from tutor.course.opening import open_lesson
from tutor.course.packs import Library
from tutor.course.progress import Progress
from tutor.course.session import Session

LESSON = HEAD + DEPLOYMENT + STEPS
MUST_NOT_RUN = "raise RuntimeError('a pack is data')\n"


def lessons_in(folder: Path, *ids: str, index: str = "") -> Path:
    folder.mkdir(parents=True)
    for name in ids:
        written(folder, LESSON.replace("id: trial", f"id: {name}"), f"{name}.yaml")
    if index:
        written(folder, index, "index.yaml")
    return folder


def install(site: Path, entry_points: str, name: str = "workshop") -> None:
    """Put a package's metadata where Python looks for them."""
    info = site / f"{name}-1.2.dist-info"
    info.mkdir(parents=True)
    written(info, f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n", "METADATA")
    written(info, entry_points, "entry_points.txt")


def test_folders_add_packs_whose_ids_have_the_packs_name(tmp_path: Path) -> None:
    own = lessons_in(tmp_path / "own", "one", "two")
    named = lessons_in(tmp_path / "x", "one", index="format: 1\npack: friday\nlessons: [one.yaml]\n")
    plain = lessons_in(tmp_path / "My Work_shop", "one")
    catalog = read_catalog(Library(own, (named, plain)))
    assert [entry.id for entry in catalog.lessons] == ["one", "two", "friday/one", "my-work-shop/one"]
    assert [group.heading for group in catalog.groups] == ["", "friday", "my-work-shop"]
    assert [entry.origin for entry in catalog.lessons] == ["", "", str(named), str(plain)]
    assert catalog.after("one") is catalog.find("two")
    assert catalog.after("two") is None, "what follows is in the same pack"
    assert catalog.problems == ()


def test_what_is_no_pack_is_a_problem(tmp_path: Path) -> None:
    own = lessons_in(tmp_path / "own", "one")
    first, second = lessons_in(tmp_path / "a" / "same", "one"), lessons_in(tmp_path / "b" / "same", "one")
    catalog = read_catalog(Library(own, (first, second, first, tmp_path / "none")))
    assert [entry.id for entry in catalog.lessons] == ["one", "same/one"]
    assert [problem.message for problem in catalog.problems] == [
        f"the pack name 'same' is taken by {first}",
        "there is no such folder of lessons",
    ]


def test_a_pack_of_an_installed_package_is_found_and_nothing_of_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = lessons_in(tmp_path / "own", "one")
    package = lessons_in(tmp_path / "site" / "workshop_lessons" / "days" / "friday", "one").parents[1]
    for folder in (package, package / "days"):
        written(folder, MUST_NOT_RUN, "__init__.py")
    install(tmp_path / "site", "[tutor.lessons]\nfriday = workshop_lessons.days:friday\nlost = nowhere.at.all\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    catalog = read_catalog(Library(own, installed=True))
    assert [entry.id for entry in catalog.lessons] == ["one", "friday/one"]
    assert catalog.groups[1].origin == "the package workshop 1.2"
    assert [problem.message for problem in catalog.problems] == [
        "the entry point lost of workshop 1.2 leads to no folder: nowhere.at.all"
    ]
    assert "workshop_lessons" not in sys.modules


def test_a_packs_own_name_comes_before_that_of_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = lessons_in(tmp_path / "own", "one")
    site = tmp_path / "site"
    index = "format: 1\npack: monday\nlessons: [one.yaml]\n"
    lessons_in(site / "named_lessons", "one", index=index)
    given = lessons_in(tmp_path / "given", "one", index=index)
    install(site, "[tutor.lessons]\nfriday = named_lessons\n", "named")
    monkeypatch.syspath_prepend(str(site))
    catalog = read_catalog(Library(own, (given,), installed=True))
    assert [entry.id for entry in catalog.lessons] == ["one", "monday/one"]
    (taken,) = catalog.problems
    assert (taken.file, taken.line) == (given / "index.yaml", 2), "where the name can be changed"


async def test_progress_of_a_packs_lesson_is_kept_apart(tmp_path: Path) -> None:
    own = lessons_in(tmp_path / "own", "one")
    pack = lessons_in(tmp_path / "pack", "one")
    progress = Progress(tmp_path / "progress.json")
    entry = read_catalog(Library(own, (pack,))).find("pack/one")
    assert entry
    session = await Session.open(open_lesson(entry, 1), progress=progress)
    await session.next()
    await session.close()
    kept = Progress.load(tmp_path / "progress.json")
    assert kept.lesson("pack/one").done == ("intro",)
    assert kept.lesson("one").step == ""


def test_a_named_condition_is_loaded_only_when_a_lesson_wants_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    points = "has-pods = pods_condition:has_pods\nbroken = broken_condition:any\ntwice = a:b\n"
    install(site, f"[tutor.conditions]\n{points}")
    install(site, "[tutor.conditions]\ntwice = c:d\n", "other")
    written(site, "def has_pods(evidence, least):\n    return True\n", "pods_condition.py")
    written(site, MUST_NOT_RUN, "broken_condition.py")
    monkeypatch.syspath_prepend(str(site))
    named_condition.cache_clear()
    for name, arguments, message in (
        ("has-pods", "{least: 1}", ""),
        ("has-pods", "{most: 1}", "the condition 'has-pods' cannot be called with these arguments"),
        ("has-pod", "{}", "no installed package offers the condition 'has-pod'"),
        ("twice", "{}", "the condition 'twice' is offered more than once: a:b, c:d"),
        ("broken", "{}", "the condition 'broken' cannot be loaded from broken_condition:any: RuntimeError"),
    ):
        wanted = f"{{named: {name}, with: {arguments}, else: There is no Service web yet.}}"
        text = LESSON.replace("{exists: service/web, else: There is no Service web yet.}", wanted)
        loaded = load_lesson(written(tmp_path, text))
        assert [problem.message.startswith(message) for problem in loaded.problems] == [True] * bool(message), name
        assert not {problem.place for problem in loaded.problems} - {"steps › expose › until › all 1 › named"}
        assert "pods_condition" in sys.modules
        assert "broken_condition" not in sys.modules


BROKEN = """\
def picky(evidence, of):
    if evidence.played:
        raise KeyError(of)
    return False
"""


async def test_a_condition_of_a_package_that_fails_is_its_own_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", "[tutor.conditions]\npicky = picky_condition:picky\n", "strict")
    written(tmp_path / "site", BROKEN, "picky_condition.py")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    named_condition.cache_clear()
    wanted = "{named: picky, with: {of: pods}, else: There is no Service web yet.}"
    text = LESSON.replace("{exists: service/web, else: There is no Service web yet.}", wanted)
    loaded = load_lesson(written(tmp_path, text))
    assert loaded.lesson is not None
    session = await Session.open(loaded.lesson, step="expose")
    assert session.view.conditions[0].missing == "There is no Service web yet."
    outcome = await session.submit("kubectl expose deployment web --port=80")
    said = "The condition picky of the package strict 1.2 failed: KeyError('pods')"
    assert outcome.view.conditions[0].missing == said
    assert not outcome.view.done
    assert (await session.skip()).view.id == "address"
    await session.close()
    found = [problem async for problem in prove_lesson(loaded, loaded.lesson)]
    named = [problem for problem in found if problem.code == "named"]
    assert [(problem.place, problem.message) for problem in named] == [("steps › expose › until › all 1", said)]
    assert text.splitlines()[named[0].line - 1][named[0].column - 1 :].startswith("{named: picky")
