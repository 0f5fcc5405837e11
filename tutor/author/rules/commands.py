"""Every command in a lesson can be run: those it lists, and those its texts show."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from tutor.author.commandline import faults_of, is_command, shown_open
from tutor.author.markdown import take_apart
from tutor.author.rules.splits import split_commands
from tutor.author.texts import Text, commands_of, texts_of
from tutor.course.loader import Loaded
from tutor.course.marked_yaml import Path
from tutor.course.problems import Problem
from tutor.course.schema import Lesson
from tutor.shell.scanner import Verdict, scan

SHELL_LANGUAGES: Final = frozenset({"sh", "bash", "shell", "console"})
"""Code blocks in these languages hold commands; a block that only illustrates has another, such as `text`."""
_WRITTEN: Final = re.compile(r"(?:>\s*|\b(?:tee|touch|vi|vim|nano|code)\s+|\b(?:cp|mv)\s+\S+\s+)([\w.-]+)")
"""How a file comes to be: a redirection, an editor, a copy."""
_PROMPT: Final = re.compile(
    r"^(?:\S*\$|[~/]\S* \$|(?P<root>[\w.-]+@[\w.-]+:\S*#|[~/]\S* #|\w*sh-[\d.]+#)) ", re.MULTILINE
)
"""A prompt before an input: of a user, or of root."""
_BARE_ROOT: Final = re.compile(r"^# ")
"""In a shell that is not set up a prompt of root; else it begins a comment."""


def broken_commands(loaded: Loaded, lesson: Lesson) -> Iterator[Problem]:
    """Commands that no shell of the simulation would take."""
    files = _files(lesson)
    commands = list(commands_of(lesson))
    pieces = dict(split_commands(loaded, commands, files))
    for path, meant in pieces.items():
        mend = f"write {json.dumps(meant, ensure_ascii=False)} in quotes, or put each command behind a dash"
        message = "a comma ends an entry of a list in brackets, and has split this command"
        yield loaded.problem(path, message, mend, "split")
    for command in commands:
        if command.path in pieces:
            continue
        # A mistake may well be one that kubectl refuses; only the shell must not wait for its end.
        if command.wrong and scan(command.line).verdict is not Verdict.INCOMPLETE:
            continue
        yield from _problems(loaded, command.path, faults_of(command.line, files), command.line)
    for text in texts_of(lesson):
        yield from broken_examples(loaded, text, files)


def broken_examples(loaded: Loaded, text: Text, files: Collection[str] | None) -> Iterator[Problem]:
    """Commands shown in a text that no shell of the simulation would take.

    Args:
        loaded: the file.
        text: the text.
        files: the files that `kubectl -f` may name; None if they are not known.
    """
    for line in _shown(text):
        yield from _problems(loaded, text.path, faults_of(shown_open(line), files), line.splitlines()[0])


def _files(lesson: Lesson) -> set[str]:
    """The files of the home folder: the lesson's, and those that some command or text writes."""
    texts = [command.line for command in commands_of(lesson)] + [text.text for text in texts_of(lesson)]
    return {*lesson.files, *(name for text in texts for name in _WRITTEN.findall(text))}


def _problems(loaded: Loaded, path: Path, faults: Iterable[tuple[str, str]], fragment: str) -> Iterator[Problem]:
    for message, mend in faults:
        yield loaded.problem(path, message, mend, "command", fragment)


def _shown(text: Text) -> Iterator[str]:
    """The commands in a text: the inputs of its shell blocks, and inline code that begins with a known program."""
    parts = take_apart(text.text)
    for block in parts.blocks:
        if block.language in SHELL_LANGUAGES:
            yield from _inputs(block.text)
    yield from (code for code in parts.codes if is_command(code))


def _inputs(block: str) -> Iterator[str]:
    """The inputs of a block: with prompts the lines behind them, else all; several lines if the shell wants more.

    What begins with `# ` is a comment, unless another line shows that root is at the prompt.
    """
    prompts = list(_PROMPT.finditer(block))
    as_root = any(prompt["root"] for prompt in prompts)
    pending = ""
    for line in block.splitlines():
        if not pending and prompts:
            prompt = _PROMPT.match(line) or (_BARE_ROOT.match(line) if as_root else None)
            if prompt is None:
                continue
            line = line[prompt.end() :]
        pending = f"{pending}\n{line}" if pending else line
        if pending.strip() and scan(pending).verdict is not Verdict.INCOMPLETE:
            yield pending
            pending = ""
    if pending.strip():
        yield pending
