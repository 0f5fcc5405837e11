"""Short and long options of the simple commands, and how GNU and BusyBox refuse an unknown one."""

from __future__ import annotations

from dataclasses import dataclass, field

from tutor.shell.command import Ctx, UsageError


@dataclass
class Options:
    """A command line sorted out.

    Args:
        values: each option given, by its letter or long name, with its last value (empty if it takes none).
        operands: the other words.
    """

    values: dict[str, str] = field(default_factory=dict)
    operands: list[str] = field(default_factory=list)

    def __contains__(self, names: str) -> bool:
        return any(name in self.values for name in names.split("|"))

    def get(self, names: str, default: str = "") -> str:
        """The value of an option known by several names, such as `n|lines`."""
        return next((self.values[name] for name in names.split("|") if name in self.values), default)


def parse(ctx: Ctx, letters: str, long: str = "", *, stop_at_operand: bool = False) -> Options:
    """Sort out the words of a command.

    Args:
        ctx: the command.
        letters: short options; one followed by `:` takes a value.
        long: long options separated by blanks; one ending in `=` takes a value.
        stop_at_operand: whether the first operand ends the options.

    Raises:
        UsageError: an option it does not have, in the words of its kind of computer.
    """
    options, words = Options(), list(ctx.args)
    valued = {letters[index] for index, char in enumerate(letters[1:]) if char == ":"}
    longs = {word.rstrip("="): word.endswith("=") for word in long.split()}
    while words:
        word = words.pop(0)
        if word == "--":
            options.operands += words
            break
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            if name not in longs:
                raise unknown_option(ctx, word)
            options.values[name] = value if equals else words.pop(0) if longs[name] and words else ""
        elif word.startswith("-") and word != "-":
            _short(ctx, word[1:], letters.replace(":", ""), valued, words, options)
        else:
            options.operands.append(word)
            if stop_at_operand:
                options.operands += words
                break
    return options


def _short(ctx: Ctx, cluster: str, letters: str, valued: set[str], words: list[str], options: Options) -> None:
    while cluster:
        letter, cluster = cluster[0], cluster[1:]
        if letter not in letters:
            raise unknown_option(ctx, f"-{letter}")
        if letter in valued:
            options.values[letter] = cluster or (words.pop(0) if words else "")
            return
        options.values[letter] = ""


def unknown_option(ctx: Ctx, word: str) -> UsageError:
    """What the command says of an option it does not have."""
    if ctx.flavour == "busybox":
        kind = f"unrecognized option '{word}'" if word.startswith("--") else f"unrecognized option: {word[1:]}"
        return UsageError(f"{ctx.name}: {kind}", 1)
    kind = f"unrecognized option '{word}'" if word.startswith("--") else f"invalid option -- '{word[1:]}'"
    return UsageError(
        f"{ctx.name}: {kind}\nTry '{ctx.name} --help' for more information.", 2 if ctx.name == "ls" else 1
    )
