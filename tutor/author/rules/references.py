"""What a lesson refers to is there: glossary terms, links, pictures; and what it brings along is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from tutor.author.markdown import take_apart
from tutor.author.texts import Text, commands_of, texts_of
from tutor.course.glossary import read_glossary
from tutor.course.loader import DRAWING, Loaded, hidden_name
from tutor.course.marked_yaml import Path
from tutor.course.problems import Problem, did_you_mean
from tutor.course.schema import Lesson

_PICTURE_MEND: Final = "a drawing is a .txt file, named by ![…](….txt) on a line of its own in a body"
_WORDS_MEND: Final = "say what it shows: ![words](file.txt), or ```drawing words"
_MARKDOWN: Final = frozenset({"body", "explain"})
"""Texts that are shown as Markdown of several paragraphs; in all others a tag is shown as it is written."""
_FRAMES: Final = re.compile(r"[\u2500-\u257f]")


def bad_references(loaded: Loaded, lesson: Lesson) -> Iterator[Problem]:
    """Terms, links and pictures that lead nowhere; terms and files that nothing in the lesson mentions."""
    yield from _terms(loaded, lesson)
    for text in texts_of(lesson):
        yield from bad_targets(loaded, text)
        yield from wordless_drawings(loaded, text)
        if text.path[-1] in _MARKDOWN:
            yield from lost_tags(loaded, text)
    yield from _unused_files(loaded, lesson)


def _terms(loaded: Loaded, lesson: Lesson) -> Iterator[Problem]:
    known = read_glossary(loaded.path.parent, loaded.language).texts if lesson.terms else {}
    text = "\n".join(each.text for each in texts_of(lesson))
    for place, term in enumerate(lesson.terms):
        path = ("terms", place)
        if term not in known:
            yield loaded.problem(
                path, f"the glossary has no {term!r}", did_you_mean(term, known, listing=False), "term"
            )
        elif term in lesson.terms[:place]:
            yield loaded.problem(path, f"the term {term!r} is listed twice", "remove one of the two", "term")
        elif not re.search(rf"(?<!\w){re.escape(term)}(?:e?s)?(?!\w)", text, re.IGNORECASE):
            yield _unused_term(loaded, path, term)


def _unused_term(loaded: Loaded, path: Path, term: str) -> Problem:
    message = f"no text says {term!r}"
    if loaded.overlay is None:
        return loaded.problem(path, message, "remove it from terms, or use it", "unused-term")
    # The lesson lists the word it was written with; this one is the translated glossary's.
    mend = "use the word that the glossary has in this language, or write the glossary's term as the texts do"
    return Problem(loaded.overlay.path, 0, 0, message, mend, code="unused-term")


def bad_targets(loaded: Loaded, text: Text) -> Iterator[Problem]:
    """Links and pictures of a text that lead nowhere."""
    parts = take_apart(text.text)
    for link in parts.links:
        target = urlsplit(link)
        if target.scheme == "http" and target.netloc:
            mend = f"write https://{link.partition('://')[2]}"
            yield loaded.problem(text.path, f"the link {link!r} is not safe", mend, "link", link)
        elif target.scheme != "https" or not target.netloc:
            mend = "write https://… ; terms of the glossary become links by themselves"
            yield loaded.problem(text.path, f"the link {link!r} leads nowhere", mend, "link", link)
    for picture in parts.pictures:
        yield loaded.problem(text.path, f"the picture {picture!r} cannot be shown", _PICTURE_MEND, "link", picture)


def lost_tags(loaded: Loaded, text: Text) -> Iterator[Problem]:
    """What looks like HTML in Markdown, and therefore is not shown."""
    for tag in dict.fromkeys(take_apart(text.text).tags):
        message = f"{tag} looks like HTML and is not shown"
        yield loaded.problem(text.path, message, f"put it in backticks: `{tag}`", "html", tag)


def wordless_drawings(loaded: Loaded, text: Text) -> Iterator[Problem]:
    """Drawings of a text that say nothing to those who cannot see them."""
    for block in take_apart(text.text).blocks:
        drawn = block.language == DRAWING or _FRAMES.search(block.text) is not None
        if drawn and not (block.language == DRAWING and block.words):
            message = "a drawing without words for those who cannot see it"
            yield loaded.problem(text.path, message, _WORDS_MEND, "drawing")


def _unused_files(loaded: Loaded, lesson: Lesson) -> Iterator[Problem]:
    mentions = [each.text for each in texts_of(lesson)] + [each.line for each in commands_of(lesson)]
    mentions += lesson.cluster.apply
    for name in lesson.files:
        if name == hidden_name(name.removeprefix("/")):
            continue
        if not any(name in mention for mention in mentions):
            yield loaded.problem(("files", name), f"no text or command mentions {name}", "remove it", "unused-file")
