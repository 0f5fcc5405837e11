"""Whether a command could be run: a program there is, with a verb, a kind and flags that it has.

Nothing is played, so it says nothing of what the command would find in a cluster. What a shell puts in (`$POD`,
`$(…)`) and what an author leaves open (`…`, `<name>`, `NAME`) may stand for anything.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Final

from tutor.course.problems import did_you_mean
from tutor.course.session import WORDS
from tutor.engine.resources import find_resource
from tutor.kubectl.command import Command
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.flags import ParsedFlags
from tutor.kubectl.main import read_words
from tutor.shell.bashkit_engine import native_commands
from tutor.shell.computer import BUILTINS
from tutor.shell.install import MASKED, TOOLS
from tutor.shell.scanner import Verdict, scan
from tutor.shell.tools.curl_options import CurlUsageError, parse

ANYTHING: Final = "0"
"""What stands for a value not known yet: right as a name, a number, a length of time and a switch."""
_OPEN: Final = re.compile(r"…|\.\.\.|<[\w ./-]+>|(?<![\w$-])[A-Z][A-Z_]{2,}(?![\w-])")
"""What an author leaves open."""
_KUBECTL: Final = frozenset({"kubectl", "k"})
_SHELLS: Final = frozenset({"sh", "bash", "dash", "ash"})
_BEFORE: Final = frozenset({"sudo", "time", "watch", "timeout", "xargs", "env", "nohup", "exec", "command"})
_OF_KINDS: Final = frozenset({"kubectl get", "kubectl describe", "kubectl delete", "kubectl explain"})
_ASSIGNMENT: Final = re.compile(r"^\w+\+?=")


def faults_of(line: str, files: Collection[str] | None = None) -> Iterator[tuple[str, str]]:
    """What is wrong with a command line: each fault with how to mend it, which may be empty.

    Args:
        line: the input.
        files: the files that `kubectl -f` may name; None if they are not known.
    """
    found = scan(line)
    if found.verdict is Verdict.INCOMPLETE:
        yield f"the shell would wait for the rest of {line!r}", "close its quotes"
        return
    if found.verdict is Verdict.BROKEN:
        yield f"the shell cannot read {line!r}", "see its quotes and parentheses"
        return
    for simple in found.commands:
        yield from _faults_of_words([unquoted(word) for word in simple.words], files)


def is_command(text: str) -> bool:
    """Whether a piece of inline code shows a command of kubectl or one of the network tools."""
    first = text.split(maxsplit=1)
    return len(first) > 1 and first[0] in {*_KUBECTL, "curl", "wget", "nslookup", "dig", "apt-get", "apk"}


def shown_open(text: str) -> str:
    """A command of a text with what its author leaves open filled in."""
    return _OPEN.sub(ANYTHING, text)


def _faults_of_words(words: Sequence[str], files: Collection[str] | None) -> Iterator[tuple[str, str]]:
    words = list(words)
    while words and (words[0] in _BEFORE or _ASSIGNMENT.match(words[0])):
        options = words.pop(0) in _BEFORE
        # Options of theirs may take values, so the first word that is a program is it.
        while options and words and words[0] not in programs():
            del words[0]
    if not words or ANYTHING in words[0] or "/" in words[0]:
        return
    program, arguments = words[0], words[1:]
    if program in _KUBECTL:
        yield from _faults_of_kubectl(arguments, files)
    elif program in _SHELLS:
        yield from _faults_of_script(arguments)
    elif program == "curl":
        yield from _faults_of_curl(arguments)
    elif program not in programs():
        yield f"there is no program {program!r} in the simulation", did_you_mean(program, programs(), listing=False)


def _faults_of_script(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    if "-c" in arguments[:-1]:
        yield from faults_of(arguments[arguments.index("-c") + 1])


def _faults_of_curl(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    try:
        unsimulated = parse(arguments).unsimulated
    except CurlUsageError as error:
        yield f"curl: {error}", "see curl --help all"
    else:
        for option in unsimulated:
            yield f"curl {option} is not simulated", "leave it out"


def _faults_of_kubectl(arguments: Sequence[str], files: Collection[str] | None) -> Iterator[tuple[str, str]]:
    if arguments[:1] == [ANYTHING]:
        return
    try:
        command, path, parsed = read_words(arguments)
    except KubectlError as error:
        first, *more = str(error).splitlines()
        yield f"kubectl: {first.removeprefix('error: ')}", " ".join(" ".join(more).split())
        return
    if command is None:
        return
    yield from _unknown_forms(command, parsed)
    args = parsed.args if parsed.dash < 0 else parsed.args[: parsed.dash]
    if path in _OF_KINDS and args:
        yield from _unknown_kinds(args)
    if path in {"kubectl exec", "kubectl run", "kubectl debug"} and parsed.dash >= 0:
        yield from _faults_of_words(parsed.args[parsed.dash :], None)
    named = parsed.values.get("filename")
    if files is not None and isinstance(named, tuple):
        for file in named:
            if file not in files and file != "-" and ANYTHING not in file and "/" not in file:
                yield f"there is no file {file!r} in the home folder", did_you_mean(file, files)


def _unknown_forms(command: Command, parsed: ParsedFlags) -> Iterator[tuple[str, str]]:
    """Values of -o and --dry-run that the verb does not know."""
    for flag in command.flags:
        value = str(parsed.values[flag.name]).partition("=")[0]
        if flag.name in {"output", "dry-run"} & parsed.given and value not in {*flag.choices, flag.optional, ANYTHING}:
            yield f"kubectl: --{flag.name} cannot be {value!r}", did_you_mean(value, flag.choices)


def _unknown_kinds(args: Sequence[str]) -> Iterator[tuple[str, str]]:
    kinds = [word.partition("/")[0] for word in args if "/" in word] or args[0].split(",")
    for kind in kinds:
        name = kind.partition(".")[0]
        if name not in {"all", ANYTHING} and find_resource(name) is None:
            yield f"the simulated cluster has no kind {kind!r}", ""


@lru_cache(maxsize=1)
def programs() -> frozenset[str]:
    """Every program that some simulated computer has or can be given, and what is part of the shell."""
    return (frozenset(native_commands()) - MASKED) | TOOLS.keys() | BUILTINS | WORDS.keys() | {"kubectl", "k", "ll"}


# Words


def unquoted(word: str) -> str:
    """A word of a shell line as the program would get it, with `ANYTHING` for each `$…` and backticks."""
    out: list[str] = []
    at = 0
    while at < len(word):
        char = word[at]
        if char == "\\":
            out.append(word[at + 1 : at + 2])
            at += 2
        elif char == "'":
            end = word.find("'", at + 1)
            out.append(word[at + 1 : end])
            at = end + 1
        elif char == '"':
            text, at = _double(word, at + 1)
            out.append(text)
        elif char in "$`":
            out.append(ANYTHING)
            at = _past_substitution(word, at)
        else:
            out.append(char)
            at += 1
    return "".join(out)


def _double(word: str, at: int) -> tuple[str, int]:
    out: list[str] = []
    while at < len(word) and word[at] != '"':
        if word[at] == "\\" and word[at + 1 : at + 2] in {'"', "\\", "$", "`"}:
            out.append(word[at + 1])
            at += 2
        elif word[at] in "$`":
            out.append(ANYTHING)
            at = _past_substitution(word, at)
        else:
            out.append(word[at])
            at += 1
    return "".join(out), at + 1


_NAME: Final = re.compile(r"\$(\w+|[?#@*!$-])?")


def _past_substitution(word: str, at: int) -> int:
    if word[at] == "`":
        end = word.find("`", at + 1)
        return end + 1 if end > 0 else len(word)
    opening = word[at + 1 : at + 2]
    if opening not in {"(", "{"}:
        match = _NAME.match(word, at)
        return match.end() if match else at + 1
    closing, depth = {"(": ")", "{": "}"}[opening], 0
    for place in range(at + 1, len(word)):
        depth += (word[place] == opening) - (word[place] == closing)
        if depth == 0:
            return place + 1
    return len(word)
