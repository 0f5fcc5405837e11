"""What the home screen lists: sections of rows, each with what is said about it and what Enter does there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from textual.content import Content

from tutor.course.levels import LEVELS, challenge_entry, challenge_id
from tutor.course.review import REVIEW, Due, due
from tutor.course.sandbox import CLUSTERS, SANDBOX, SandboxCluster
from tutor.ui.literal import literal
from tutor.ui.prose import hang, prose
from tutor.ui.theme import Glyphs

if TYPE_CHECKING:
    from tutor.course.catalog import Catalog, LessonEntry, LessonGroup
    from tutor.course.progress import Progress

State: TypeAlias = Literal["", "new", "begun", "done"]

PLAY: Final = "play:"
"""Begins the id of a row that opens the sandbox; the cluster's id follows."""
_NUMBER: Final = 5
_STATUS: Final = 12
_MINUTES: Final = 8
_ROOMY: Final = 58
"""Cells a row must have for the minutes."""
_STYLES: Final = {"": "", "new": "$muted", "begun": "$text-accent", "done": "$text-success"}


@dataclass(frozen=True)
class About:
    """What is said about a row, beside the list.

    Args:
        title: its heading.
        facts: short facts in one line, such as how long it takes.
        text: a few sentences.
        points: what one can do afterwards; may be empty.
        note: a remark in the background; may be empty.
        enter: what Enter does.
    """

    title: str
    facts: tuple[str, ...] = ()
    text: str = ""
    points: tuple[str, ...] = ()
    note: str = ""
    enter: str = ""


@dataclass(frozen=True)
class Row:
    """One row.

    Args:
        id: unique in the list.
        title: what it is called.
        about: what is said about it.
        action: what Enter does, as the home screen runs it, such as `screen.open('before')`.
        number: stands before the title; may be empty.
        minutes: how long it takes; 0 if that makes no sense.
        state: how far the learner is.
        status: the same in words; may be empty.
    """

    id: str
    title: str
    about: About
    action: str
    number: str = ""
    minutes: int = 0
    state: State = ""
    status: str = ""


@dataclass(frozen=True)
class Section:
    """Rows under a heading.

    Args:
        title: the heading; empty for none.
        rows: the rows.
        note: stands after the heading, such as how many of them are done; may be empty.
    """

    title: str
    rows: tuple[Row, ...]
    note: str = ""


def sections(catalog: Catalog, progress: Progress) -> list[Section]:
    """Everything the home screen lists."""
    listed, number = [], 1
    for group in catalog.groups:
        listed.append(_lessons(group, progress, number, of_several=len(catalog.groups) > 1))
        number += len(group.lessons)
    return [*listed, _practice(catalog, progress), Section("Sandbox", tuple(map(_sandbox_row, CLUSTERS))), _REST]


def row_of(lesson: str, cluster: str = "") -> str:
    """The id of the row that opens a lesson; of the sandbox, that of the cluster it begins with."""
    return f"{PLAY}{cluster or CLUSTERS[0].id}" if lesson == SANDBOX else lesson


def done_count(catalog: Catalog, progress: Progress) -> int:
    """How many lessons are finished."""
    return sum(progress.lesson(entry.id).completed for entry in catalog.lessons)


def _lessons(group: LessonGroup, progress: Progress, first: int, *, of_several: bool) -> Section:
    rows = tuple(_lesson_row(entry, progress, number) for number, entry in enumerate(group.lessons, first))
    done = sum(row.state == "done" for row in rows)
    title = group.heading or ("Lessons" if not of_several else "")
    return Section(title, rows, f"{done} of {len(rows)} done" if done else "")


def _lesson_row(entry: LessonEntry, progress: Progress, number: int) -> Row:
    made = progress.lesson(entry.id)
    count = len(entry.step_ids)
    step = progress.place_in(entry.id, entry.step_ids)
    place = entry.step_ids.index(step) + 1 if step else 1
    passed = {*made.done, *made.skipped} & set(entry.step_ids)
    state: State = "done" if made.completed else "begun" if made.step or passed else "new"
    status = {"done": "finished", "begun": f"step {place}/{count}", "new": "new"}[state]
    enter = {"done": "do it again", "begun": f"go on at step {place} of {count}", "new": "begin"}[state]
    facts = [f"{entry.minutes} minutes"] if entry.minutes else []
    facts += [f"{count} steps"] if count > 1 else []
    note = f"From {entry.origin}." if entry.origin else ""
    about = About(entry.title, tuple(facts), entry.summary, entry.objectives, note, enter)
    return Row(entry.id, entry.title, about, f"screen.open({entry.id!r})", str(number), entry.minutes, state, status)


def _practice(catalog: Catalog, progress: Progress) -> Section:
    rows = (_review_row(due(catalog, progress)), *(_challenge_row(level, progress) for level in LEVELS))
    return Section("Practice", rows)


def _review_row(waiting: Due) -> Row:
    text = "Questions of the lessons you have finished, asked again after ever longer times."
    count = len(waiting.now)
    about = About("Review", (waiting.in_words(),), text, enter="begin" if count else "")
    action = f"screen.open({REVIEW!r})" if count else "screen.nothing_due"
    state: State = "begun" if count else ""
    return Row(REVIEW, "Review", about, action, state=state, status=f"{count} due" if count else "")


def _challenge_row(level: int, progress: Progress) -> Row:
    entry, made = challenge_entry(level), progress.lesson(challenge_id(level))
    going = bool(made.step) and "repair" not in {*made.done, *made.skipped}
    state: State = "begun" if going else "done" if made.completed else "new"
    status = {"begun": "begun", "done": "mended", "new": "new"}[state]
    enter = {"begun": "go on with the one you have begun", "done": "get another", "new": "begin"}[state]
    about = About(entry.title, (f"about {entry.minutes} minutes",), entry.summary, enter=enter)
    return Row(entry.id, entry.title, about, f"screen.open({entry.id!r})", "", entry.minutes, state, status)


def _sandbox_row(cluster: SandboxCluster) -> Row:
    note = "Nothing to prove: undo takes back whatever you do, and nothing leaves this computer."
    about = About(f"Sandbox: {cluster.title}", text=cluster.about, note=note, enter="begin")
    title = cluster.title[0].upper() + cluster.title[1:]
    return Row(f"{PLAY}{cluster.id}", title, about, f"screen.open({SANDBOX!r}, {cluster.id!r})")


def _page(id: str, title: str, text: str, action: str, enter: str) -> Row:
    return Row(id, title, About(title, text=text, enter=enter), action)


_REST: Final = Section(
    "More",
    (
        _page(
            "differences",
            "What differs from a real cluster",
            "The cluster is simulated. Here stands what it lacks and where it simplifies.",
            "app.differences",
            "read",
        ),
        _page(
            "settings",
            "Settings",
            "Theme, projector mode, reduced motion, ASCII, playback speed, and every key.",
            "app.settings",
            "change",
        ),
        _page("quit", "Quit", "Progress is kept. See you.", "app.quit", "leave"),
    ),
)


def row_line(row: Row, width: int, glyphs: Glyphs) -> Content:
    """A row in one line: number, title, minutes, and how far the learner is.

    Args:
        row: the row.
        width: cells there are; 0 if that is not known yet.
        glyphs: the symbols to draw with.
    """
    roomy = width >= _ROOMY
    room = max((width or 60) - _NUMBER - (_STATUS + (_MINUTES if roomy else 0) if row.state else 0), 12)
    minutes = f"{row.minutes:>{_MINUTES - 5}} min  " if row.minutes and roomy else " " * (_MINUTES if roomy else 0)
    title = row.title if len(row.title) < room else row.title[: room - 2] + glyphs.more
    sign = {"": "", "new": f"{glyphs.todo} ", "begun": f"{glyphs.doing} ", "done": f"{glyphs.done} "}[row.state]
    parts = [
        literal(f"{row.number:>{_NUMBER - 2}}  ", "$muted"),
        literal(f"{title:<{room}}" if row.state else title, "" if row.state in {"", "done"} else "bold"),
    ]
    if row.state:
        parts += [literal(minutes, "$muted"), literal(sign + row.status, _STYLES[row.state])]
    return Content.assemble(*parts)


def heading_line(section: Section) -> Content:
    """A section's heading."""
    note = literal(f"  {section.note}", "$muted") if section.note else Content("")
    return Content.assemble(literal(f"  {section.title}", "bold $text-primary"), note)


def about_lines(about: About, width: int, glyphs: Glyphs) -> Content:
    """What is said about a row, over as many lines of `width` cells as it takes."""
    return Content("\n").join(_about(about, width, glyphs))


def _about(about: About, width: int, glyphs: Glyphs) -> Iterator[Content]:
    yield literal(about.title, "bold $text-primary")
    if about.facts:
        yield literal("  ·  ".join(about.facts), "$muted")
    yield Content("")
    if about.text:
        yield from (hang(Content(""), prose(part), width, 0) for part in about.text.split("\n\n"))
        yield Content("")
    if about.points:
        yield literal("Afterwards you can", "bold")
        bullet = literal(f" {glyphs.bullet} ", "$muted")
        yield from (hang(bullet, prose(point), width, 3) for point in about.points)
        yield Content("")
    if about.note:
        yield hang(Content(""), literal(about.note, "$muted"), width, 0)
        yield Content("")
    if about.enter:
        yield Content.assemble(literal("Enter", "bold $text-success"), literal(f"  {about.enter}", "$text-success"))


def progress_line(done: int, count: int, glyphs: Glyphs) -> Content:
    """How many lessons are finished, in words and as a bar; nothing if there is none to finish."""
    if not count:
        return Content("")
    return Content.assemble(
        literal(f"{done} of {count} lessons  ", "$muted"),
        literal(glyphs.meter * done, "$text-success"),
        literal(glyphs.meter * (count - done), "$border-blurred"),
    )


def rows_by_id(listed: Sequence[Section]) -> dict[str, Row]:
    """Every row by its id."""
    return {row.id: row for section in listed for row in section.rows}
