"""A lesson for others to read or to watch: a handout in Markdown or HTML, or a recording of its solutions."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from tutor.author.cast import to_cast
from tutor.author.handout import to_markdown
from tutor.author.playing import play
from tutor.author.webpage import to_html
from tutor.course.catalog import LessonEntry
from tutor.course.glossary import read_glossary
from tutor.course.journey import LessonError
from tutor.course.opening import open_lesson

Form: TypeAlias = Literal["md", "html", "cast"]
FORMS: Final[tuple[Form, ...]] = ("md", "html", "cast")


async def export(entry: LessonEntry, form: Form, *, answers: bool = True, seed: int = 1) -> str:
    """Play a lesson and write it down.

    Args:
        entry: the lesson.
        form: `md` and `html` are handouts, `cast` is a recording.
        answers: whether a handout shows solutions, outputs, right answers and explanations.
        seed: decides every generated name, address and choice.

    Raises:
        LessonError: it cannot be read or played by its solutions; or what is asked for makes no sense.
    """
    if form == "cast" and not answers:
        raise LessonError("a recording shows the solutions: it cannot be had without answers")
    played = await play(open_lesson(entry, seed), seed)
    if form == "cast":
        return to_cast(played)
    known = read_glossary(entry.path.parent, entry.language)
    explained = {term: known.texts[name] for term, name in known.names.items() if name in known.texts}
    markdown = to_markdown(played, explained, answers=answers)
    return markdown if form == "md" else to_html(markdown, played.lesson.title, entry.language)
