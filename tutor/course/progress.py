"""What the learner has done, kept on disk: versioned JSON, written whole or not at all, keyed by stable ids."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

VERSION: Final = 1
FILE_NAME: Final = "progress.json"
PATIENCE: Final = 0.5
"""Seconds to wait for another program that writes; it takes milliseconds, unless it was stopped in the midst of it."""
_MOMENT: Final = 0.01


def data_dir(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """The folder for this program's data: `TUTOR_HOME`, or where the platform keeps such things.

    Source: https://specifications.freedesktop.org/basedir-spec/latest/ ; %LOCALAPPDATA% and ~/Library otherwise.
    """
    if environ.get("TUTOR_HOME"):
        return Path(environ["TUTOR_HOME"])
    if platform == "win32":
        base = Path(environ["LOCALAPPDATA"]) if environ.get("LOCALAPPDATA") else Path.home() / "AppData" / "Local"
    elif platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        # A relative path is to be ignored, says the specification.
        named = Path(environ.get("XDG_DATA_HOME", ""))
        base = named if named.is_absolute() else Path.home() / ".local" / "share"
    return base / "tutor"


@dataclass(frozen=True)
class LessonProgress:
    """How far one lesson has got.

    Args:
        step: id of the step the learner was at; empty if the lesson was never opened.
        done: ids of the steps accomplished, in the lesson's order of doing.
        skipped: ids of the steps skipped.
        completed: whether the lesson was once finished.
        seed: what decided the learner's own choices in it; None where there are none.
        finished: the day it was first finished; None if that is not known.
    """

    step: str = ""
    done: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    completed: bool = False
    seed: int | None = None
    finished: date | None = None


@dataclass(frozen=True)
class Recall:
    """When a question is to be asked again.

    Args:
        due: the first day on which it is.
        days: how long before that it was asked.
    """

    due: date
    days: int

    @property
    def asked(self) -> date:
        """The day on which it was asked last."""
        return self.due - timedelta(days=self.days)


class Progress:
    """The learner's progress over all lessons.

    Several programs may keep it in one file: each writes what it has changed over what the others have written.

    Args:
        path: the file; None keeps everything in memory.
        lessons: progress by lesson id.
        notice: what the learner should know about the file, in one line; may be empty.
        recalls: when questions are to be asked again, by lesson id and step id, with a stroke between.
        today: tells which day it is.
    """

    def __init__(
        self,
        path: Path | None = None,
        lessons: Mapping[str, LessonProgress] | None = None,
        notice: str = "",
        recalls: Mapping[str, Recall] | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.path = path
        self.notice = notice
        self.today = today
        self._lessons = dict(lessons or {})
        self._recalls = dict(recalls or {})
        # As they stood in the file when it was last read or written: what differs from them is this program's doing.
        self._known_lessons = dict(self._lessons)
        self._known_recalls = dict(self._recalls)
        self._renewed: set[str] = set()

    @classmethod
    def load(cls, path: Path | None = None, today: Callable[[], date] = date.today) -> Progress:
        """Read the progress file (of the data folder, unless a path is given). A corrupt one is set aside, and said."""
        path = path or data_dir() / FILE_NAME
        try:
            lessons, recalls = _read(json.loads(path.read_text(encoding="utf-8")))
            return cls(path, lessons, recalls=recalls, today=today)
        except FileNotFoundError:
            return cls(path, today=today)
        except NewerFileError:
            notice = f"{path} was written by a newer tutor: progress is not kept this time."
            return cls(None, notice=notice, today=today)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            notice = set_aside(path, error, "progress file", "progress begins anew")
            return cls(path, notice=notice, today=today)
        except OSError as error:
            notice = f"{path} cannot be read ({error.strerror}): progress is not kept this time."
            return cls(None, notice=notice, today=today)

    def lesson(self, lesson_id: str) -> LessonProgress:
        """How far a lesson has got; empty progress if it was never opened."""
        return self._lessons.get(lesson_id, LessonProgress())

    @property
    def last_lesson(self) -> str:
        """Id of the lesson worked on last; empty if there is none."""
        return next(reversed(self._lessons), "")

    def place_in(self, lesson_id: str, step_ids: Sequence[str]) -> str:
        """The step to go on at: where the learner was, or after a step that is done the next that is not.

        Args:
            lesson_id: the lesson.
            step_ids: its steps, in their order.

        Returns:
            Its id; empty for the first step, which is where a lesson begins and one that was finished begins again.
        """
        known = self.lesson(lesson_id)
        if known.completed or known.step not in step_ids:
            return ""
        if known.step not in known.done:
            return known.step
        place = step_ids.index(known.step)
        passed = {*known.done, *known.skipped}
        return next((each for each in (*step_ids[place:], *step_ids[:place]) if each not in passed), known.step)

    def challenge_seed(self, lesson_id: str) -> int | None:
        """The seed of the challenge that was begun; None for another one: one that is mended, or passed over, is over.

        Args:
            lesson_id: id of the lesson that challenges of a level are.
        """
        known = self.lesson(lesson_id)
        if known.done or known.skipped:
            self.restart(lesson_id)
        return self.lesson(lesson_id).seed

    def at_step(self, lesson_id: str, step_id: str) -> None:
        """Note that the learner is at a step."""
        self._record(lesson_id, replace(self.lesson(lesson_id), step=step_id))

    def finish_step(self, lesson_id: str, step_id: str, *, skipped: bool = False) -> None:
        """Note that a step is done, or skipped; what was done stays done."""
        now = self.lesson(lesson_id)
        if step_id in now.done or (skipped and step_id in now.skipped):
            return
        if skipped:
            self._record(lesson_id, replace(now, skipped=(*now.skipped, step_id)))
        else:
            rest = tuple(each for each in now.skipped if each != step_id)
            self._record(lesson_id, replace(now, done=(*now.done, step_id), skipped=rest))

    def finish_lesson(self, lesson_id: str) -> None:
        """Note that a lesson is finished."""
        if not self.lesson(lesson_id).completed:
            self._record(lesson_id, replace(self.lesson(lesson_id), completed=True, finished=self.today()))

    def keep_seed(self, lesson_id: str, seed: int) -> None:
        """Note by which seed a lesson is played, so that it is the same one when it is gone on with."""
        self._record(lesson_id, replace(self.lesson(lesson_id), seed=seed))

    def restart(self, lesson_id: str) -> None:
        """Begin a lesson anew; that it was once finished stays known."""
        known = self.lesson(lesson_id)
        self._renewed.add(lesson_id)
        self._record(lesson_id, LessonProgress(completed=known.completed, finished=known.finished))

    def recall(self, lesson_id: str, step_id: str) -> Recall | None:
        """When a question is to be asked again; None if it was never asked in a review."""
        return self._recalls.get(f"{lesson_id}/{step_id}")

    def ask_again(self, lesson_id: str, step_id: str, days: int) -> None:
        """Note that a question is to be asked again in so many days."""
        self._recalls[f"{lesson_id}/{step_id}"] = Recall(self.today() + timedelta(days=days), days)
        self._save()

    def _record(self, lesson_id: str, progress: LessonProgress) -> None:
        if self._lessons.get(lesson_id) == progress and self.last_lesson == lesson_id:
            return
        self._lessons.pop(lesson_id, None)
        self._lessons[lesson_id] = progress
        self._save()

    def _save(self) -> None:
        if self.path is None:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with locked(self.path.parent):
                self._take_in(self.path)
                if self.path is not None:  # else the file is a newer program's by now
                    data = _written(self._lessons, self._recalls)
                    write_atomically(self.path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")
                    self._known_lessons, self._known_recalls = dict(self._lessons), dict(self._recalls)
                    self._renewed.clear()
        except OSError as error:
            self.notice = f"Progress could not be saved to {self.path}: {error.strerror}."

    def _take_in(self, path: Path) -> None:
        """Make what other programs have written meanwhile part of what is known here."""
        try:
            lessons, recalls = _read(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return  # nobody has written, or somebody removed it: what is known here is kept
        except NewerFileError:
            self.path, self.notice = None, f"{path} was written by a newer tutor: progress is no longer kept."
            return
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            self.notice = set_aside(path, error, "progress file", "what was known is written again")
            return
        self._lessons = merged_lessons(self._known_lessons, self._lessons, lessons, self._renewed)
        self._recalls = merged_recalls(self._known_recalls, self._recalls, recalls)


def merged_lessons(
    known: Mapping[str, LessonProgress],
    ours: Mapping[str, LessonProgress],
    theirs: Mapping[str, LessonProgress],
    renewed: Set[str] = frozenset(),
) -> dict[str, LessonProgress]:
    """What this program knows of all lessons and what others have written, as one; what was worked on here comes last.

    Args:
        known: how it stood when both were the same.
        ours: how it stands here, the lesson worked on last at the end.
        theirs: how it stands in the file.
        renewed: lessons begun anew here since then.
    """
    touched = [each for each in ours if each in renewed or ours[each] != known.get(each)]
    last = [*ours][-1:]
    if last != [*known][-1:]:
        touched = [*(each for each in touched if each not in last), *last]
    merged = {each: theirs[each] for each in theirs if each not in touched}
    for each in touched:
        before, there = known.get(each, LessonProgress()), theirs.get(each, LessonProgress())
        merged[each] = _merged_lesson(before, ours[each], there, renewed=each in renewed)
    return merged


def _merged_lesson(
    known: LessonProgress, ours: LessonProgress, theirs: LessonProgress, *, renewed: bool
) -> LessonProgress:
    """One lesson as it was changed in two places."""
    completed = ours.completed or theirs.completed
    finished = min((each.finished for each in (ours, theirs) if each.finished is not None), default=None)
    if renewed:
        return replace(ours, completed=completed, finished=finished)
    if ours.seed != theirs.seed:
        # By another seed it is another lesson, of which nothing counts in this one; the one begun later is kept.
        later = ours if ours.seed != known.seed else theirs
        return replace(later, completed=completed, finished=finished)
    done = _merged_ids(known.done, ours.done, theirs.done)
    skipped = _merged_ids(known.skipped, ours.skipped, theirs.skipped)
    return LessonProgress(
        ours.step if ours.step != known.step else theirs.step,
        done,
        tuple(each for each in skipped if each not in done),
        completed,
        ours.seed,
        finished,
    )


def _merged_ids(known: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> tuple[str, ...]:
    """What either has, but for what one of them has taken away since both were the same."""
    gone = {each for each in known if each not in ours or each not in theirs}
    return tuple(dict.fromkeys(each for each in (*theirs, *ours) if each not in gone))


def merged_recalls(
    known: Mapping[str, Recall], ours: Mapping[str, Recall], theirs: Mapping[str, Recall]
) -> dict[str, Recall]:
    """When questions are to be asked again: of each what was decided last.

    Args:
        known: how it stood when it was last the same for all.
        ours: how it stands here.
        theirs: how it stands in the file.
    """
    merged = dict(theirs)
    for question, here in ours.items():
        there = theirs.get(question)
        if there is None or (here != known.get(question) and here.asked >= there.asked):
            merged[question] = here
    return merged


def _written(lessons: Mapping[str, LessonProgress], recalls: Mapping[str, Recall]) -> dict[str, Any]:
    """What stands in the file."""
    data: dict[str, Any] = {
        "version": VERSION,
        "lessons": {
            lesson_id: {
                "step": each.step,
                "done": list(each.done),
                "skipped": list(each.skipped),
                "completed": each.completed,
                **({} if each.seed is None else {"seed": each.seed}),
                **({} if each.finished is None else {"finished": each.finished.isoformat()}),
            }
            for lesson_id, each in lessons.items()
        },
    }
    if recalls:
        data["recalls"] = {
            question: {"due": each.due.isoformat(), "days": each.days} for question, each in recalls.items()
        }
    return data


class NewerFileError(Exception):
    """The file was written by a version of the program that knows more than this one."""


def _read(data: Any) -> tuple[dict[str, LessonProgress], dict[str, Recall]]:
    if data["version"] > VERSION:
        raise NewerFileError
    lessons = {_text(lesson_id): _read_lesson(each) for lesson_id, each in data["lessons"].items()}
    # Files of before there were reviews have none.
    recalls = data.get("recalls", {}).items()
    return lessons, {
        _text(question): Recall(date.fromisoformat(each["due"]), _number(each["days"])) for question, each in recalls
    }


def _read_lesson(data: Any) -> LessonProgress:
    if not isinstance(data["completed"], bool):
        raise TypeError("completed is no boolean")
    return LessonProgress(
        _text(data["step"]),
        tuple(map(_text, data["done"])),
        tuple(map(_text, data["skipped"])),
        data["completed"],
        _number(data["seed"]) if "seed" in data else None,
        date.fromisoformat(data["finished"]) if "finished" in data else None,
    )


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is no whole number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def set_aside(path: Path, error: Exception, what: str, follows: str) -> str:
    """Move a corrupt file out of the way; one line that says so.

    Args:
        path: the file.
        error: what is wrong with it.
        what: its name, such as `progress file`.
        follows: what becomes of it, such as `progress begins anew`.
    """
    kept = path.with_name(path.name + ".bak")
    try:
        path.replace(kept)
    except OSError as fault:
        return f"{path} is corrupt ({error}) and cannot be moved ({fault.strerror}); it will be overwritten."
    return f"The {what} was corrupt ({error}). It is kept as {kept}, and {follows}."


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Have a folder to oneself among the programs that ask for it; after some patience go on without.

    The lock is the system's, on the folder itself: it leaves nothing lying about, and ends with the program. Where
    a folder cannot be locked (on Windows, on some network file systems), reading and writing follow each other so
    quickly that hardly anyone comes between.
    """
    with contextlib.ExitStack() as held:
        with contextlib.suppress(ImportError, OSError):
            import fcntl

            handle = os.open(folder, os.O_RDONLY)
            held.callback(os.close, handle)
            latest = time.monotonic() + PATIENCE
            while not _taken(partial(fcntl.flock, handle, fcntl.LOCK_EX | fcntl.LOCK_NB)):
                if time.monotonic() > latest:
                    break
                time.sleep(_MOMENT)
        yield


def _taken(take: Callable[[], None]) -> bool:
    try:
        take()
    except BlockingIOError:
        return False
    return True


def write_atomically(path: Path, text: str) -> None:
    """Replace a file's text so that a reader sees the old or the new, never a part.

    Raises:
        OSError: the folder cannot be made or written to; the old file is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
