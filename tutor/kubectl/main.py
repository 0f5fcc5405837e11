"""`kubectl`: from words to a verb, its handler and an exit code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tutor.engine.errors import ApiError
from tutor.kubectl import connection, overview
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.common_flags import GLOBAL_FLAGS, GLOBAL_LACKS
from tutor.kubectl.context import Context
from tutor.kubectl.errors import AggregateError, KubectlError, PlainError, report, usage_error
from tutor.kubectl.flags import FlagError, LackingFlagError, ParsedFlags, parse_flags
from tutor.kubectl.help import help_text
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.printers.text import go_quote
from tutor.kubectl.verbs import find_verb

BROKEN_PIPE = 141
"""128 + SIGPIPE: nobody reads the output any more."""


async def run(argv: Sequence[str], context: Context) -> int:
    """Run `kubectl` with these words after it; the exit code.

    Args:
        argv: the words, `kubectl` itself left out.
        context: everything around it.
    """
    try:
        try:
            return await _dispatch(list(argv), context)
        except (ApiError, KubectlError, AggregateError) as error:
            if isinstance(error, KubectlError) and error.printed:
                await context.stdout.write(error.printed)
            text, code = report(error)
            await context.stderr.write(text)
            return code
    except BrokenPipeError:
        return BROKEN_PIPE


async def _dispatch(words: list[str], context: Context) -> int:
    name, rest = _split_verb(words)
    if name == "help":
        return await _help(rest, context)
    if name is None:
        return await _bare(words, context)
    if find_verb(name) is None and not _is_real(name) and words[0].startswith("-"):
        # kubectl looks for a plugin: HandlePluginCommand in pkg/cmd/cmd.go.
        raise PlainError(f"Error: flags cannot be placed before plugin name: {words[0]}")
    return await _run_command(_verb(name), f"kubectl {name}", rest, context)


async def _run_command(command: Command, path: str, words: list[str], context: Context) -> int:
    command, path, words = _descend(command, path, words)
    parsed = _parse(command, path, words)
    if parsed.help:
        await context.stdout.write(help_text(command, path))
        return 0
    if command.handler is None:
        # A command that only holds others: DefaultSubCommandRun in pkg/cmd/util/helpers.go.
        output = context.stdout if command.help_on_stdout else context.stderr
        await output.write(help_text(command, path))
        return 1
    missing = [f'"{flag.name}"' for flag in command.flags if flag.required and flag.name not in parsed.given]
    if missing:
        raise KubectlError(f"required flag(s) {', '.join(missing)} not set")
    return await _handle(Invocation(command, path, parsed, context))


def read_words(argv: Sequence[str]) -> tuple[Command | None, str, ParsedFlags]:
    """Read the words after `kubectl` without doing anything: the verb (None without one), its path, and the rest.

    Raises:
        KubectlError: kubectl would refuse them, whatever is in the cluster; what is left out does not count.
    """
    name, words = _split_verb(list(argv))
    if name is None or name == "help":
        return None, "", ParsedFlags({})
    command, path, words = _descend(_verb(name), f"kubectl {name}", words)
    return command, path, _parse(command, path, words)


def _verb(name: str) -> Command:
    command = find_verb(name)
    if command is None:
        raise KubectlError(overview.not_simulated(name) if _is_real(name) else _unknown_command(name))
    return command


def _descend(command: Command, path: str, words: list[str]) -> tuple[Command, str, list[str]]:
    """The subcommand that the words name, its path, and the other words."""
    while command.subcommands or command.missing:
        name, rest = _split_verb(words, command.flags)
        found = command.find(name) if name is not None else None
        if found is None:
            if name is not None and name in command.missing:
                raise KubectlError(command.missing[name])
            break
        command, path, words = found, f"{path} {found.name}", rest
    return command, path, words


def _parse(command: Command, path: str, words: list[str]) -> ParsedFlags:
    try:
        parsed = parse_flags((*command.flags, *GLOBAL_FLAGS), words, (*command.lacks, *GLOBAL_LACKS))
    except FlagError as error:
        raise KubectlError(f"{error}\nSee '{path} --help' for usage.") from None
    except LackingFlagError as error:
        raise KubectlError(f"{error} is not simulated{_where_flags_are(error, command, path)}") from None
    if command.handler is None and parsed.args and not parsed.help:
        # A command that only holds others, and a word that is none of them.
        raise usage_error(path, f"unknown command {go_quote(' '.join(parsed.args))}")
    return parsed


def _where_flags_are(error: LackingFlagError, command: Command, path: str) -> str:
    if str(error).lstrip("-") in GLOBAL_LACKS:
        return "; see 'kubectl options' for the flags that are"
    return f"; see '{path} --help' for the flags that are" if command.handler else ""


async def _handle(call: Invocation) -> int:
    handler = call.command.handler
    assert handler is not None  # noqa: S101  # groups went another way
    connection.check(call)
    try:
        code = await handler(call) or 0
    finally:
        await call.finish()
    if call.on("warnings-as-errors") and call.warned and not code:
        raise KubectlError(f"{call.warned} warning{'s' if call.warned > 1 else ''} received")
    return code


async def _bare(words: list[str], context: Context) -> int:
    """No verb at all: the overview."""
    try:
        parse_flags(GLOBAL_FLAGS, words, GLOBAL_LACKS)
    except FlagError as error:
        raise KubectlError(f"{error}\nSee 'kubectl --help' for usage.") from None
    except LackingFlagError as error:
        raise KubectlError(f"{error} is not simulated; see 'kubectl options' for the flags that are") from None
    await context.stdout.write(overview.overview())
    return 0


async def _help(words: list[str], context: Context) -> int:
    """`kubectl help VERB …`."""
    if not words:
        return await _bare([], context)
    command, path = find_verb(words[0]), f"kubectl {words[0]}"
    if command is None:
        if _is_real(words[0]):
            raise KubectlError(overview.not_simulated(words[0]))
        topic = " ".join(f"`{word}`" for word in words)
        await context.stderr.write(f"Unknown help topic [{topic}]\n\n\n{overview.usage()}")
        return 0
    for word in words[1:]:
        found = command.find(word)
        if found is None:
            break
        command, path = found, f"{path} {found.name}"
    await context.stdout.write(help_text(command, path))
    return 0


def _split_verb(words: list[str], flags: Sequence[Flag] = ()) -> tuple[str | None, list[str]]:
    """The first word that is no flag and no flag's value, and the words without it.

    Source: stripFlags in https://github.com/spf13/cobra/blob/main/command.go
    """
    bare = {name for flag in (*flags, *GLOBAL_FLAGS) if flag.bare for name in (f"--{flag.name}", f"-{flag.short}")}
    bare |= {"--help", "-h"}
    at = 0
    while at < len(words):
        word = words[at]
        if word == "--":
            break
        if not word.startswith("-"):
            return word, words[:at] + words[at + 1 :]
        takes_next = "=" not in word and word not in bare and (word.startswith("--") or len(word) == 2)
        at += 2 if takes_next and word != "-" else 1
    return None, words


def _is_real(name: str) -> bool:
    return name in overview.NEAR or name in overview.verb_names()


def _unknown_command(name: str) -> str:
    message = f'unknown command "{name}" for "kubectl"'
    similar = _similar(name, overview.names_as_added())
    if not similar:
        return message
    return f"{message}\n\nDid you mean this?\n" + "".join(f"\t{each}\n" for each in similar)


def _similar(typed: str, names: Iterable[str]) -> list[str]:
    """The names cobra suggests: within two edits, or beginning with what was typed, or meant to be suggested for it.

    Source: `SuggestionsFor` in https://github.com/spf13/cobra/blob/main/command.go
    """
    word = typed.lower()
    return [
        name
        for name in names
        if _distance(word, name) <= 2 or name.startswith(word) or word in overview.SUGGESTED_FOR.get(name, ())
    ]


def _distance(one: str, other: str) -> int:
    """Levenshtein's: how many letters to add, drop or change."""
    if abs(len(one) - len(other)) > 2:
        return 3
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]
