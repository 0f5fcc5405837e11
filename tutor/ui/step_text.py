"""The step's conditions, answers and what to press next, in words and symbols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.content import Content

from tutor.course.levels import level_of
from tutor.course.review import REVIEW
from tutor.course.view import ConditionView, OptionView, StepView
from tutor.ui.glossary import TermLinks
from tutor.ui.keys import KeyNames
from tutor.ui.literal import literal
from tutor.ui.prose import hang, prose
from tutor.ui.theme import Glyphs

_REVIEWED: Final = "What you did not know comes back tomorrow, the rest after longer and longer times."
_LAST: Final = "That was the last lesson. The challenges and the sandbox are open to you."
_MENDED: Final = "Enter begins another of this level, with another fault; `lessons` leads back to the lessons."


def progress_dots(view: StepView, glyphs: Glyphs, *, tight: bool = False) -> Content:
    """A symbol for every step of the lesson: done, skipped, to do, and the one the learner is at.

    Args:
        view: the step.
        glyphs: the symbols to draw with.
        tight: whether there is no room for spaces between them.
    """
    parts = []
    for place, status in enumerate(view.steps):
        symbol = {"done": glyphs.ready, "skipped": glyphs.unmatched}.get(status, glyphs.todo)
        style = "$text-success" if status == "done" else "$muted"
        if place == view.index:
            symbol, style = (symbol if status == "done" else glyphs.doing), "bold $text-accent"
        parts.append(literal(symbol, style))
    return Content(" ").join(parts) if len(parts) <= 12 and not tight else Content.assemble(*parts)


def condition_lines(
    conditions: tuple[ConditionView, ...], glyphs: Glyphs, width: int = 0, links: TermLinks | None = None
) -> list[Content]:
    """Each condition ticked or not, and under the unmet ones what is missing, wrapped to `width` cells."""
    links = links or TermLinks()
    blocks = []
    for condition in conditions:
        word, style = (
            (f"{glyphs.done} done", "$text-success") if condition.met else (f"{glyphs.todo} to do", "$text-warning")
        )
        lines = [hang(literal(f"{word:<9}", f"bold {style}"), links.content(literal(condition.text)), width, 9)]
        if not condition.met and condition.missing and condition.missing != condition.text:
            lines.append(hang(Content(" " * 9), prose(condition.missing, "$muted", links), width, 9))
        blocks.append(Content("\n").join(lines))
    return blocks


def option_line(
    number: int,
    option: OptionView,
    glyphs: Glyphs,
    *,
    marked: bool = False,
    width: int = 0,
    links: TermLinks | None = None,
) -> Content:
    """An answer to choose, or after choosing how it stands and why."""
    verdict, style = "", ""
    if option.right:
        verdict, style = f"{glyphs.done} right", "bold $text-success"
    elif option.right is False and option.chosen:
        verdict, style = f"{glyphs.cross} not so", "bold $text-error"
    if option.chosen:
        verdict = f"{verdict} · your answer" if verdict else f"{glyphs.caret} your answer"
        style = style or "bold $text-accent"
    elif marked:
        verdict, style = f"{glyphs.caret} marked", "bold $text-accent"
    text = hang(literal(f" {number}  ", "bold $text-primary"), prose(option.text, links=links), width, 4)
    if verdict:
        # In one piece: on the last line of the answer, or under it.
        used = text.split("\n")[-1].cell_length + 2 + len(verdict)
        text = Content.assemble(text, "  " if not width or used <= width else "\n" + " " * 4, literal(verdict, style))
    lines = [text]
    if option.why and (option.chosen or option.right):
        lines.append(hang(Content(" " * 4), prose(option.why, "$muted", links), width, 4))
    return Content("\n").join(lines)


def accomplished(view: StepView) -> bool:
    """Whether Enter may go on from here."""
    return view.done or (view.kind == "read" and not view.conditions)


def finish_view(view: StepView, objectives: Sequence[str], following: str) -> StepView:
    """What is shown after the last step, as a step of its own.

    Args:
        view: the last step.
        objectives: what the learner can do now.
        following: title of the next lesson; empty if this was the last.
    """
    skipped = view.steps.count("skipped")
    if view.lesson_id == REVIEW:
        return _finished(view, "Review finished", _REVIEWED)
    if level_of(view.lesson_id) is not None:
        return _finished(view, "Mended", _MENDED)
    lines = ["You can now:", "", *(f"- {objective}" for objective in objectives)] if objectives else []
    if skipped:
        lines += ["", f"{skipped} of {view.count} steps were passed over; `back` leads to them."]
    lines += [
        "",
        f"Next comes **{following}**." if following else _LAST,
    ]
    return _finished(view, "Lesson finished", "\n".join(lines))


def _finished(view: StepView, title: str, body: str) -> StepView:
    """The page after the last step."""
    return StepView(
        view.lesson_id,
        view.lesson_title,
        id=f"{view.id}-finish",
        index=view.count - 1,
        count=view.count,
        kind="read",
        title=title,
        body=body,
        done=True,
        steps=view.steps,
        lesson_done=True,
    )


def call_to_action(view: StepView, glyphs: Glyphs, keys: KeyNames) -> tuple[str, bool]:
    """What to press now, and whether the step is accomplished."""
    if view.id.endswith("-finish"):
        onward = "back to the lessons" if view.lesson_id == REVIEW or view.body.endswith(_LAST) else "on to the next"
        return f"{glyphs.done} {view.title}   Enter: {onward}", True
    if view.passed_over and view.kind != "read":
        onward = _end(view) if view.is_last and view.lesson_done else "next step"
        anew = " · {lesson.reset}: do it" if view.can_reset else ""
        return keys.fill(f"{glyphs.unmatched} Passed over   Enter: {onward}{anew}"), True
    if view.done and view.is_last and view.lesson_done:
        return f"{glyphs.done} Done   Enter: {_end(view)} · or keep trying", True
    if accomplished(view):
        said = "" if view.kind == "read" else f"{glyphs.done} Done   "
        return f"{said}Enter: next step" + ("" if view.kind == "read" else " · or keep trying"), True
    return keys.fill(_asked(view) + (" · {lesson.skip} skip" if view.optional else "")), False


def _end(view: StepView) -> str:
    """What Enter does after the last step; of a challenge there may be another."""
    return "end the lesson" if level_of(view.lesson_id) is None else "what comes next"


def _asked(view: StepView) -> str:
    """What to press for a step that is not accomplished, with the ids of keys in braces."""
    if view.options:
        digits = f"1 to {len(view.options)}"
        if view.lesson_id == REVIEW and any(option.chosen for option in view.options):
            then = " and Enter" if view.multiple else ""
            return f"{{lesson.source}} leads to its lesson · or try again: {digits}{then}"
        if view.multiple:
            return f"Press {digits} to mark answers, then Enter"
        return f"Press {digits}, or click an answer"
    if view.kind == "observe" and view.question:
        return "Type what you see, then Enter"
    if view.commands:
        return "{lesson.type} types the command · {lesson.hint} hint"
    return "Any way that works counts · {lesson.hint} hint"
