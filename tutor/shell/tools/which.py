"""`which`, `type` and `command -v`: what a command name stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tutor.shell.command import Ctx
from tutor.shell.computer import BUILTINS

_HIDDEN = frozenset({"exit", "type", "command", "sh", "bash", "history"})
"""Functions of ours that stand in front of builtins."""
_KEYWORDS = frozenset(
    [
        "if", "then", "else", "elif", "fi", "case", "esac", "for", "select", "while", "until", "do", "done",
        "in", "function", "time", "{", "}", "!", "[[", "]]", "coproc",
    ]
)  # fmt: skip


def _path(ctx: Ctx, name: str) -> str | None:
    session = ctx.session
    assert session is not None  # noqa: S101  # every command runs in a shell
    return session.computer.locate(name, ctx.environ.get("PATH", ""), ctx.cwd)


async def which(ctx: Ctx) -> int:
    """Print the files that command names stand for; 1 if one has none."""
    names = [word for word in ctx.args if not word.startswith("-")]
    found = [_path(ctx, name) for name in names]
    await ctx.say("".join(f"{path}\n" for path in found if path))
    return 0 if names and all(found) else 1


async def type_(ctx: Ctx) -> int:
    """`type NAME…` and `command -v NAME…`.

    The shell's functions call this with what is asked (`type`, `command-v`, `command-V`), its aliases as `alias` prints
    them, its functions as `declare -f` prints them, and the words.
    """
    question, aliases, functions, *words = ctx.args
    known_aliases, known_functions = _aliases(aliases), _functions(functions)
    options = "".join(word[1:] for word in words if word.startswith("-"))
    status = 0
    for name in (word for word in words if not word.startswith("-")):
        answer = _short if question == "command-v" or "t" in options or "p" in options else _long
        text = answer(ctx, name, known_aliases, known_functions, "t" in options)
        if text is None:
            status = 1
            if question != "command-v" and not set(options) & {"t", "p", "P"}:
                await ctx.complain(_missing(ctx, "command" if question == "command-V" else "type", name))
        else:
            await ctx.say(text + "\n")
    return status


def _long(ctx: Ctx, name: str, aliases: Mapping[str, str], functions: Mapping[str, str], _: bool) -> str | None:
    session = ctx.session
    assert session is not None  # noqa: S101
    bash = session.personality.kind == "bash"
    if name in aliases:
        return f"{name} is aliased to `{aliases[name]}'" if bash else f"{name} is an alias for {aliases[name]}"
    if name in _KEYWORDS:
        return f"{name} is a shell keyword"
    if name in functions:
        return f"{name} is a function\n{functions[name]}" if bash else f"{name} is a shell function"
    if name in BUILTINS:
        return f"{name} is a shell builtin"
    path = _path(ctx, name)
    return f"{name} is {path}" if path else None


def _short(ctx: Ctx, name: str, aliases: Mapping[str, str], functions: Mapping[str, str], kind: bool) -> str | None:
    if name in aliases:
        return "alias" if kind else f"alias {name}='{aliases[name]}'"
    for names, word in ((_KEYWORDS, "keyword"), (functions, "function"), (BUILTINS, "builtin")):
        if name in names:
            return word if kind else name
    path = _path(ctx, name)
    return ("file" if kind else path) if path else None


def _missing(ctx: Ctx, command: str, name: str) -> str:
    session = ctx.session
    assert session is not None  # noqa: S101
    shell = session.personality
    if shell.kind == "bash":
        return f"{shell.name}: {command}: {name}: not found\n"
    return f"{name}: not found\n"


def _aliases(text: str) -> dict[str, str]:
    return {
        match[1]: match[2].replace("'\\''", "'") for match in re.finditer(r"^alias ([^=]+)='(.*)'$", text, re.MULTILINE)
    }


def _functions(text: str) -> dict[str, str]:
    parts = re.split(r"^(?=\S+ \(\) *$)", text, flags=re.MULTILINE)
    found = {part.split(" ", 1)[0]: part.rstrip("\n") for part in parts if part.strip()}
    return {name: body for name, body in found.items() if name not in _HIDDEN}
