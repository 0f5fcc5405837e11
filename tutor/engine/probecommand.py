"""What an exec probe's command finds: the commands that look at files, alone or in a short `sh -c` list of them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from tutor.engine.process import SHELLS, Exit, simple_steps

ReadFile: TypeAlias = Callable[[str], bytes | None]

_MISSING: Final = "No such file or directory"
_TO_NOWHERE: Final = re.compile(r"\s*(?:[12&]?>>?\s*/dev/null|2>&1|1>&2|>&2)")
_AND_OR: Final = frozenset({";", "&&", "||"})


@dataclass(frozen=True)
class ProbeOutcome:
    """How an exec probe's command ended, and what it printed."""

    ok: bool
    message: str = ""


def run_probe(command: Sequence[str], read_file: ReadFile) -> ProbeOutcome:
    """Run an exec probe's command: `cat`, `ls`, `test`, `[`, `grep`, `echo`, `true`, `false`, `exit N`, `!`.

    Any other command is taken to succeed: what programs of an image would find is not known here.

    Args:
        command: the command line; `sh -c` around a list of these with `;`, `&&` and `||` is seen through.
        read_file: the contents of a file of the container, None if it does not exist.
    """
    words = list(command)
    if len(words) == 3 and words[0] in SHELLS and words[1] == "-c":
        return _list(words[2], read_file)
    return _simple(words, read_file)


def _list(script: str, read_file: ReadFile) -> ProbeOutcome:
    """Commands one after the other, each run or left out after the one before."""
    lexer = shlex.shlex(_TO_NOWHERE.sub("", script).replace("\n", ";"), posix=True, punctuation_chars=";&|<>()")
    lexer.whitespace_split = True
    try:
        tokens = list(lexer)
    except ValueError:
        return ProbeOutcome(False, "sh: syntax error: unterminated quoted string\n")
    outcome, said = ProbeOutcome(True), ""
    words: list[str] = []
    skip = False
    for token in [*tokens, ";"]:
        if token in _AND_OR:
            if words and not skip:
                outcome = _simple(words, read_file)
                said += outcome.message
                if words[0] == "exit":
                    break
            words = []
            skip = token == ("||" if outcome.ok else "&&")
        elif set(token) <= set(";&|<>()"):
            return ProbeOutcome(True)
        else:
            words.append(token)
    return ProbeOutcome(outcome.ok, said)


def _simple(words: Sequence[str], read_file: ReadFile) -> ProbeOutcome:
    name, arguments = (words[0].rpartition("/")[2], list(words[1:])) if words else ("true", [])
    match name:
        case "!":
            outcome = _simple(arguments, read_file)
            return ProbeOutcome(not outcome.ok, outcome.message)
        case "cat" | "ls":
            return _show(name, [word for word in arguments if not word.startswith("-")], read_file)
        case "test":
            return ProbeOutcome(_test(arguments, read_file))
        case "[":
            return ProbeOutcome(_test([word for word in arguments if word != "]"], read_file))
        case "grep" | "egrep" | "fgrep":
            return _grep(name, arguments, read_file)
    steps = simple_steps(list(words))
    return ProbeOutcome(not any(isinstance(step, Exit) and step.code for step in steps or ()))


def _show(name: str, paths: Sequence[str], read_file: ReadFile) -> ProbeOutcome:
    missing = [path for path in paths if read_file(path) is None]
    shown = "cat: can't open '{}': {}\n" if name == "cat" else "ls: {}: {}\n"
    return ProbeOutcome(not missing, "".join(shown.format(path, _MISSING) for path in missing))


def _test(arguments: Sequence[str], read_file: ReadFile) -> bool:
    match arguments:
        case ["!", *rest]:
            return not _test(rest, read_file)
        case ["-f" | "-e" | "-r", path]:
            return read_file(path) is not None
        case ["-s", path]:
            return bool(read_file(path))
        case ["-n", text]:
            return bool(text)
        case ["-z", text]:
            return not text
        case [left, "=" | "==", right]:
            return left == right
        case [left, "!=", right]:
            return left != right
    return True


def _grep(name: str, arguments: Sequence[str], read_file: ReadFile) -> ProbeOutcome:
    options = "".join(word[1:] for word in arguments if word.startswith("-"))
    pattern, *paths = [word for word in arguments if not word.startswith("-")] or [""]
    if "F" in options or name == "fgrep":
        pattern = re.escape(pattern)
    try:
        wanted = re.compile(pattern, re.IGNORECASE if "i" in options else 0)
    except re.error:
        return ProbeOutcome(False, f"grep: {pattern}: Invalid regular expression\n")
    found, missing = False, ""
    for path in paths:
        content = read_file(path)
        if content is None:
            missing += f"grep: {path}: {_MISSING}\n"
            continue
        lines = content.decode(errors="replace").splitlines()
        found = found or any(bool(wanted.search(line)) != ("v" in options) for line in lines)
    quiet = "q" in options
    return ProbeOutcome(found and (quiet or not missing), "" if "s" in options else missing)
