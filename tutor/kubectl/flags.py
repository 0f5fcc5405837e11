"""Reading command-line flags the way pflag does.

Source: https://github.com/spf13/pflag (flag.go) and `kubectl VERB --bogus` of the real tool.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tutor.kubectl.command import Flag, FlagValue
from tutor.kubectl.durations import DurationError, parse_duration

_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_INT_LIMIT = 2**63


class FlagError(Exception):
    """The words cannot be read as flags; the message is pflag's own."""


class LackingFlagError(Exception):
    """A flag that the real command has and the simulation has not; the message names it with its dashes."""


@dataclass
class ParsedFlags:
    """The words of a command line, sorted out.

    Args:
        values: the value of every flag, by long name.
        given: the long names of those that were given.
        args: the other words, in order.
        words: the flags that were given, by long name, each with the text it was given, in order.
        dash: how many of `args` came before `--`; -1 without one.
        help: whether -h or --help was among them.
    """

    values: dict[str, FlagValue]
    given: set[str] = field(default_factory=set)
    args: list[str] = field(default_factory=list)
    words: list[tuple[str, str]] = field(default_factory=list)
    dash: int = -1
    help: bool = False


def parse_flags(flags: Sequence[Flag], words: Sequence[str], lacks: Sequence[str] = ()) -> ParsedFlags:
    """Sort words into flags and arguments.

    Raises:
        FlagError: an unknown flag, a missing or malformed value.
        LackingFlagError: a flag of the real command named in `lacks`.
    """
    return _Parser(flags, lacks).parse(list(words))


class _Parser:
    def __init__(self, flags: Sequence[Flag], lacks: Sequence[str]) -> None:
        self.long = {flag.name: flag for flag in flags}
        self.short = {flag.short: flag for flag in flags if flag.short}
        self.lacks = frozenset(lacks)
        self.parsed = ParsedFlags({flag.name: flag.initial for flag in flags})

    def parse(self, words: list[str]) -> ParsedFlags:
        while words:
            word = words.pop(0)
            if len(word) < 2 or word[0] != "-":
                self.parsed.args.append(word)
            elif word == "--":
                self.parsed.dash = len(self.parsed.args)
                self.parsed.args += words
                break
            elif word.startswith("--"):
                self._long(word, words)
            else:
                self._cluster(word[1:], words)
        return self.parsed

    def _long(self, word: str, words: list[str]) -> None:
        name, equals, value = word[2:].partition("=")
        if not name or name[0] == "-":
            raise FlagError(f"bad flag syntax: {word}")
        flag = self.long.get(name.replace("_", "-"))
        if flag is None:
            self._unknown_long(name)
        elif equals:
            self._set(flag, value)
        elif flag.bare:
            self._set(flag, flag.bare)
        elif words:
            self._set(flag, words.pop(0))
        else:
            raise FlagError(f"flag needs an argument: {word}")

    def _unknown_long(self, name: str) -> None:
        if name in self.lacks:
            raise LackingFlagError(f"--{name}")
        if name != "help":
            raise FlagError(f"unknown flag: --{name}")
        self.parsed.help = True

    def _cluster(self, letters: str, words: list[str]) -> None:
        while letters:
            letter, rest = letters[0], letters[1:]
            flag = self.short.get(letter)
            if flag is None:
                self._unknown_short(letter, letters)
                letters = rest
            elif len(rest) > 1 and rest[0] == "=":
                self._set(flag, rest[1:])
                return
            elif flag.bare:
                self._set(flag, flag.bare)
                letters = rest
            elif rest:
                self._set(flag, rest)
                return
            elif words:
                self._set(flag, words.pop(0))
                return
            else:
                raise FlagError(f"flag needs an argument: '{letter}' in -{letters}")

    def _unknown_short(self, letter: str, letters: str) -> None:
        if letter in self.lacks:
            raise LackingFlagError(f"-{letter}")
        if letter != "h":
            raise FlagError(f"unknown shorthand flag: '{letter}' in -{letters}")
        self.parsed.help = True

    def _set(self, flag: Flag, text: str) -> None:
        try:
            value = _convert(flag, text)
        except ValueError as error:
            shown = f"-{flag.short}, --{flag.name}" if flag.short else f"--{flag.name}"
            raise FlagError(f'invalid argument "{text}" for "{shown}" flag: {error}') from None
        if isinstance(value, tuple) and flag.name in self.parsed.given:
            earlier = self.parsed.values[flag.name]
            value = (earlier if isinstance(earlier, tuple) else ()) + value
        self.parsed.values[flag.name] = value
        self.parsed.given.add(flag.name)
        self.parsed.words.append((flag.name, text))


def _convert(flag: Flag, text: str) -> FlagValue:
    match flag.kind:
        case "bool":
            if text in _TRUE or text in _FALSE:
                return text in _TRUE
            raise ValueError(f'strconv.ParseBool: parsing "{text}": invalid syntax')
        case "int":
            return _parse_int(text)
        case "duration":
            try:
                return parse_duration(text)
            except DurationError as error:
                raise ValueError(str(error)) from None
        case "list":
            return tuple(text.split(",")) if text else ()
        case "array":
            return (text,)
        case _:
            return text


def _parse_int(text: str) -> int:
    try:
        if text != text.strip():
            raise ValueError(text)
        number = int(text, 0)
    except ValueError:
        raise ValueError(f'strconv.ParseInt: parsing "{text}": invalid syntax') from None
    if not -_INT_LIMIT <= number < _INT_LIMIT:
        raise ValueError(f'strconv.ParseInt: parsing "{text}": value out of range')
    return number
