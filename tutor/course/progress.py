"""What the learner has done, kept on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from tutor.course.datafile import NewerFileError, data_dir, locked, set_aside, write_atomically
from tutor.course.merging import merged_lessons, merged_recalls
from tutor.course.progress_file import LessonProgress, Recall, read, written

FILE_NAME: Final = "progress.json"


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
            lessons, recalls = read(json.loads(path.read_text(encoding="utf-8")))
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
                    data = written(self._lessons, self._recalls)
                    write_atomically(self.path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")
                    self._known_lessons, self._known_recalls = dict(self._lessons), dict(self._recalls)
                    self._renewed.clear()
        except OSError as error:
            self.notice = f"Progress could not be saved to {self.path}: {error.strerror}."

    def _take_in(self, path: Path) -> None:
        """Make what other programs have written meanwhile part of what is known here."""
        try:
            lessons, recalls = read(json.loads(path.read_text(encoding="utf-8")))
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
