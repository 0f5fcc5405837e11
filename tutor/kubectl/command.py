"""How a verb is declared: its words, its flags, its help, and the function that does it.

Parsing, `--help`, "unknown flag" errors and Tab completion all read these declarations.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from tutor.kubectl.invocation import Invocation

FlagKind: TypeAlias = Literal[
    "bool",
    "string",
    "int",
    "duration",  # Go's, such as 30s or 1m30s; a number of seconds once parsed
    "list",  # may be repeated, and each value split at commas (pflag's stringSlice)
    "array",  # may be repeated, each value kept whole (pflag's stringArray)
]
FlagValue: TypeAlias = bool | str | int | float | tuple[str, ...]
Handler: TypeAlias = "Callable[[Invocation], Awaitable[int | None]]"

_ZERO: dict[FlagKind, FlagValue] = {"bool": False, "string": "", "int": 0, "duration": 0.0, "list": (), "array": ()}


@dataclass(frozen=True)
class Flag:
    """One flag of a command.

    Args:
        name: the long name, without dashes.
        help: the sentence `--help` shows.
        kind: what its value is; a bool needs no value.
        short: the one-letter form, without its dash.
        default: the value without the flag; the zero value of the kind if None.
        optional: the value when the flag is given without one (`--dry-run`); empty if it must have one.
        required: the command cannot do without it.
        hidden: kept out of `--help`.
        choices: the words it takes, for completion.
    """

    name: str
    help: str
    kind: FlagKind = "string"
    short: str = ""
    default: FlagValue | None = None
    optional: str = ""
    required: bool = False
    hidden: bool = False
    choices: tuple[str, ...] = ()

    @property
    def initial(self) -> FlagValue:
        """The value without the flag."""
        return _ZERO[self.kind] if self.default is None else self.default

    @property
    def bare(self) -> str:
        """The text it stands for when given without a value; empty if it must have one."""
        return self.optional or ("true" if self.kind == "bool" else "")


@dataclass(frozen=True)
class Command:
    """A verb, or a noun under one (`create deployment`).

    Args:
        name: the word.
        short: the line in its parent's list of commands.
        handler: does it and returns the exit code (None: 0); without one the command shows its help.
        long: what `--help` says first; `short` if empty.
        examples: what `--help` shows under "Examples:", without indentation.
        usage: what follows the command's path in the usage line, such as `NAME --image=image`; `[options]` is added.
        flags: its flags.
        lacks: long or one-letter names of flags that the real command has and this one does not.
        aliases: other words for it.
        subcommands: the commands under it.
        help_on_stdout: whether a command without a handler shows its help on standard output.
        missing: words for subcommands that the real command has and this one does not, and what to say of each.
    """

    name: str
    short: str
    handler: Handler | None = None
    long: str = ""
    examples: str = ""
    usage: str = ""
    flags: tuple[Flag, ...] = ()
    lacks: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    subcommands: tuple[Command, ...] = ()
    help_on_stdout: bool = False
    missing: Mapping[str, str] = field(default_factory=dict)

    def find(self, word: str) -> Command | None:
        """The subcommand a word names."""
        for command in self.subcommands:
            if word == command.name or word in command.aliases:
                return command
        return None
