"""curl's command line and its help, from the table of all its options.

Source: src/tool_getparam.c, src/tool_listhelp.c and src/tool_help.c of curl 7.88.1; the table is
`assets/tools/curl-options.tsv`: an option as the help prints it, its description, its categories, and `known` if
it does here what it should (or rightly nothing at all).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from tutor.paths import assets_dir

TRY: Final = "curl: try 'curl --help' or 'curl --manual' for more information\n"
_CATEGORIES: Final = {
    "auth": "Different types of authentication methods",
    "connection": "Low level networking operations",
    "curl": "The command line tool itself",
    "dns": "General DNS options",
    "file": "FILE protocol options",
    "ftp": "FTP protocol options",
    "http": "HTTP and HTTPS protocol options",
    "imap": "IMAP protocol options",
    "misc": "Options that don't fit into any other category",
    "output": "Filesystem output",
    "pop3": "POP3 protocol options",
    "post": "HTTP Post specific options",
    "proxy": "All options related to proxies",
    "scp": "SCP protocol options",
    "sftp": "SFTP protocol options",
    "smtp": "SMTP protocol options",
    "ssh": "SSH protocol options",
    "telnet": "TELNET protocol options",
    "tftp": "TFTP protocol options",
    "tls": "All TLS/SSL related options",
    "upload": "All options for uploads",
    "verbose": "Options related to any kind of command line output of curl",
}
_MORE: Final = """
This is not the full help, this menu is stripped into categories.
Use "--help category" to get an overview of all categories.
For all options use the manual or "--help all".
"""
_NUMBERS: Final = frozenset({"max-time", "connect-timeout", "retry", "retry-delay", "retry-max-time", "max-redirs"})


class CurlUsageError(Exception):
    """The command line cannot be understood; the message is curl's own, without the name in front."""


@dataclass(frozen=True)
class Option:
    """One row of the table."""

    short: str
    long: str
    argument: str
    text: str
    description: str
    categories: tuple[str, ...]
    known: bool


@dataclass
class Settings:
    """A command line, read.

    Args:
        flags: the options given that take no value; `no-` in front has been applied.
        values: the values of the others, in order.
        urls: the URLs, in order.
        outputs: where to write each of them: a file name, `-`, or None for the name in the URL.
        unsimulated: options that were given and that nothing here acts upon.
    """

    flags: set[str] = field(default_factory=set)
    values: dict[str, list[str]] = field(default_factory=dict)
    urls: list[str] = field(default_factory=list)
    outputs: list[str | None] = field(default_factory=list)
    unsimulated: list[str] = field(default_factory=list)

    def has(self, *names: str) -> bool:
        """Whether any of these options was given."""
        for name in names:  # noqa: SIM110  # asked dozens of times a run: a loop is several times faster than any()
            if name in self.flags or name in self.values:
                return True
        return False

    def last(self, name: str) -> str | None:
        """The value an option was last given."""
        values = self.values.get(name)
        return values[-1] if values else None

    def number(self, name: str) -> float | None:
        """The same as a number; None also for 0, which stands for no limit."""
        value = self.last(name)
        return float(value) or None if value is not None else None

    def all(self, name: str) -> list[str]:
        """All values an option was given, in order."""
        return self.values.get(name, [])


@lru_cache(maxsize=1)
def options() -> tuple[Option, ...]:
    """All options, in the order of the help."""
    found = []
    text = (assets_dir() / "tools" / "curl-options.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        shown, description, categories, known = line.split("\t")
        words = shown.replace(",", "").split()
        short = words[0][1:] if not words[0].startswith("--") else ""
        name = next(word for word in words if word.startswith("--"))[2:]
        argument = shown.partition("<")[2].rpartition(">")[0]
        found.append(Option(short, name, argument, shown, description, tuple(categories.split(",")), known == "known"))
    return tuple(found)


@lru_cache(maxsize=1)
def _by_short() -> dict[str, Option]:
    return {option.short: option for option in options() if option.short}


@lru_cache(maxsize=1)
def _by_long() -> dict[str, Option]:
    return {option.long: option for option in options()}


def help_text(category: str) -> tuple[str, int]:
    """What `curl --help [category]` prints, and its exit code."""
    usage = "Usage: curl [options...] <url>\n"
    if not category:
        return usage + _listing("important") + _MORE, 0
    if category == "all":
        return usage + _listing(""), 0
    categories = "".join(f" {name:<11} {text}\n" for name, text in _CATEGORIES.items())
    if category == "category":
        return usage + categories, 0
    if category in _CATEGORIES:
        return f"{usage}{category}: {_CATEGORIES[category]}\n" + _listing(category), 0
    return f"{usage}Invalid category provided, here is a list of all categories:\n\n{categories}", 0


def _listing(category: str) -> str:
    shown = [option for option in options() if not category or category in option.categories]
    width = max(5, *(len(option.text) for option in shown))
    longest = max(5, *(len(option.description) for option in shown))
    if width + longest > 80:
        width = 80 - longest
    return "".join(f" {option.text:<{width}} {option.description}\n" for option in shown)


def parse(words: Sequence[str]) -> Settings:
    """Read a command line.

    Raises:
        CurlUsageError: with the words of curl.
    """
    settings = Settings()
    rest = list(words)
    only_urls = False
    while rest:
        word = rest.pop(0)
        if only_urls or not word.startswith("-") or word == "-":
            settings.urls.append(word)
        elif word == "--":
            only_urls = True
        elif word.startswith("--"):
            _long(settings, word, rest)
        else:
            _short(settings, word, rest)
    return settings


def _short(settings: Settings, word: str, rest: list[str]) -> None:
    letters = word[1:]
    while letters:
        letter, letters = letters[0], letters[1:]
        if letter == ":":
            return
        option = _by_short().get(letter)
        if option is None:
            raise CurlUsageError(f"option {word}: is unknown")
        if letter == "h":
            _set(settings, option, word, letters or (rest.pop(0) if rest else ""))
            return
        if option.argument:
            if not letters and not rest:
                raise CurlUsageError(f"option {word}: requires parameter")
            _set(settings, option, word, letters or rest.pop(0))
            return
        _set(settings, option, word, None)


def _long(settings: Settings, word: str, rest: list[str]) -> None:
    name = word[2:]
    table = _by_long()
    option = table.get(name)
    if option is None and name.startswith("no-") and name[3:] in table:
        settings.flags.discard(name[3:])
        settings.flags.add(name)
        return
    if option is None:
        matching = [known for long, known in table.items() if long.startswith(name)]
        if len(matching) > 1:
            raise CurlUsageError(f"option {word}: is ambiguous")
        if not matching or not name:
            raise CurlUsageError(f"option {word}: is unknown")
        option = matching[0]
    if option.long == "help":
        _set(settings, option, word, rest.pop(0) if rest else "")
    elif option.argument:
        if not rest:
            raise CurlUsageError(f"option {word}: requires parameter")
        _set(settings, option, word, rest.pop(0))
    else:
        _set(settings, option, word, None)


def _set(settings: Settings, option: Option, word: str, value: str | None) -> None:
    name = option.long
    if not option.known:
        settings.unsimulated.append(f"--{name}")
    if value is None:
        settings.flags.add(name)
        if name == "remote-name":
            settings.outputs.append(None)
        return
    if name in _NUMBERS:
        try:
            number = float(value)
        except ValueError:
            raise CurlUsageError(f"option {word}: expected a proper numerical parameter") from None
        if number < 0:
            raise CurlUsageError(f"option {word}: expected a positive numerical parameter")
    if name == "url":
        settings.urls.append(value)
    elif name == "output":
        settings.outputs.append(value)
    settings.values.setdefault(name, []).append(value)
