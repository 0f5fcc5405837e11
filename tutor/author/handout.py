"""A lesson as a handout: everything it says, with the real outputs of its commands, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tutor.author.playing import PlayedLesson, PlayedLine, PlayedStep
from tutor.course.schema import Observe, Option, Predict, Quiz, Task
from tutor.course.session import home_files
from tutor.course.stage import CONTINUES

_NO_ANSWER = "……………………………"
"""A line to write on."""


def to_markdown(played: PlayedLesson, glossary: Mapping[str, str], *, answers: bool) -> str:
    """The handout.

    Args:
        played: the lesson, played.
        glossary: explanations by term.
        answers: whether to show solutions, outputs, right answers and explanations.
    """
    lesson = played.lesson
    parts = [f"# {lesson.title}", lesson.summary, f"{lesson.minutes} minute{'' if lesson.minutes == 1 else 's'}."]
    if lesson.objectives:
        parts.append("Afterwards you can:\n\n" + "\n".join(f"- {each}" for each in lesson.objectives))
    for number, step in enumerate(played.steps, 1):
        parts += _step(number, step, answers=answers)
    files = home_files(lesson)
    if files:
        parts.append("## Files")
        parts += [part for name, text in files.items() for part in (f"`{name}`:", fenced(text, "yaml"))]
    terms = [(term, glossary[term]) for term in lesson.terms if term in glossary]
    if terms:
        parts.append("## Words")
        parts += [f"**{term}**: {text}" for term, text in terms]
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def _step(number: int, played: PlayedStep, *, answers: bool) -> Iterator[str]:
    step = played.step
    yield f"## {number}. {played.entered.title}{' (optional)' if step.optional else ''}"
    yield step.body
    if isinstance(step, Predict | Quiz):
        yield f"**{step.question}**"
        yield "\n".join(_option(option, answers=answers) for option in step.options)
    if isinstance(step, Observe):
        yield f"**{step.ask}**"
        yield played.observed if answers else _NO_ANSWER
    if isinstance(step, Task):
        yield "\n".join(f"- [{'x' if answers else ' '}] {line.text}" for line in played.entered.conditions)
    if answers:
        if played.lines:
            yield fenced("\n".join(map(transcript, played.lines)), "console")
        if isinstance(step, Predict) and played.observed:
            yield f"What happened: **{played.observed}**"
        yield step.explain
    else:
        typed = [*step.commands, *(step.then if isinstance(step, Predict) else ())]
        if typed:
            yield fenced("\n".join(typed), "sh")


def _option(option: Option, *, answers: bool) -> str:
    if not answers:
        return f"- [ ] {option.text}"
    return f"- [{'x' if option.right else ' '}] {option.text}. *{option.why}*"


def transcript(line: PlayedLine) -> str:
    """A typed line at its prompt, with what came of it."""
    typed = line.line.replace("\n", f"\n{CONTINUES}")
    return f"{line.prompt}{typed}\n{line.output}".rstrip("\n")


def fenced(text: str, language: str) -> str:
    """A code block that the text cannot end before its time."""
    fence = "```"
    while fence in text:
        fence += "`"
    ending = "" if text.endswith("\n") else "\n"
    return f"{fence}{language}\n{text}{ending}{fence}"
