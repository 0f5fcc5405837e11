"""What must hold of a lesson's texts and commands; all of it can be seen without playing the lesson."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeAlias

from tutor.author.rules.addresses import impossible_addresses
from tutor.author.rules.commands import broken_commands, broken_examples
from tutor.author.rules.conditions import vague_conditions
from tutor.author.rules.layout import bad_layout, wide_parts
from tutor.author.rules.minutes import implausible_minutes
from tutor.author.rules.names import unnamed
from tutor.author.rules.questions import unclear_questions
from tutor.author.rules.references import bad_references, bad_targets, lost_tags
from tutor.author.rules.unused import hintless_tasks, unused_variables
from tutor.author.texts import Text
from tutor.course.loader import Loaded
from tutor.course.marked_yaml import Marked
from tutor.course.marked_yaml import Path as DataPath
from tutor.course.problems import Problem
from tutor.course.schema import Lesson
from tutor.course.variables import references

Rule: TypeAlias = Callable[[Loaded, Lesson], Iterator[Problem]]

RULES: Final[tuple[Rule, ...]] = (
    bad_references,
    broken_commands,
    bad_layout,
    unnamed,
    vague_conditions,
    impossible_addresses,
    unclear_questions,
    hintless_tasks,
    unused_variables,
    implausible_minutes,
)


def broken_text_rules(loaded: Loaded, lesson: Lesson) -> Iterator[Problem]:
    """Everything that can be seen to be wrong with a lesson whose shape is right."""
    for rule in RULES:
        yield from rule(loaded, lesson)


def broken_explanations(path: Path, marks: Marked, texts: Mapping[DataPath, str]) -> Iterator[Problem]:
    """Everything that can be seen to be wrong with the texts of a glossary.

    Args:
        path: its file.
        marks: where everything stands in it.
        texts: its explanations, by where they stand.
    """
    file = Loaded(path, None, marks=marks)
    for place, explanation in texts.items():
        text = Text(place, explanation)
        yield from broken_examples(file, text, None)
        for rule in (wide_parts, bad_targets, lost_tags, _variables):
            yield from rule(file, text)


def _variables(file: Loaded, text: Text) -> Iterator[Problem]:
    for reference in references(text.text):
        message = f"{reference} is shown as it is written: a glossary is the same for every lesson"
        yield file.problem(text.path, message, "say it without the variable", "variable", reference)
