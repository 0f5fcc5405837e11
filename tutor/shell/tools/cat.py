"""`cat`."""

from __future__ import annotations

from tutor.shell.command import Ctx
from tutor.shell.streams import read_page
from tutor.shell.tools.options import parse


async def cat(ctx: Ctx) -> int:
    """Write files, or standard input as it comes."""
    options = parse(ctx, "AbeEnstTuv", "number number-nonblank show-ends show-tabs show-all squeeze-blank")
    printer = _Printer("n" in options or "number" in options, "b|number-nonblank", options.values)
    status = 0
    for name in options.operands or ["-"]:
        if name == "-":
            while page := await read_page(ctx.stdin):
                await ctx.say(printer.show_all(page))
            continue
        if ctx.files.is_output(name):
            await ctx.pacing.until(lambda: False)
            continue
        try:
            text = ctx.files.read(name)
        except OSError as error:
            status = 1
            await ctx.complain(_failure(ctx, name, error))
            continue
        await ctx.say(printer.show_all(text))
    return status


def _failure(ctx: Ctx, name: str, error: OSError) -> str:
    if ctx.flavour == "busybox":
        if isinstance(error, IsADirectoryError):
            return "cat: read error: Is a directory\n"
        return f"cat: can't open '{name}': {error.strerror}\n"
    return f"cat: {name}: {error.strerror}\n"


class _Printer:
    """Numbers lines and shows what is invisible."""

    def __init__(self, number: bool, nonblank: str, given: dict[str, str]) -> None:
        self._nonblank = any(name in given for name in nonblank.split("|"))
        self._number = number or self._nonblank
        every = "A" in given or "show-all" in given
        self._ends = every or bool({"E", "e", "show-ends"} & given.keys())
        self._tabs = every or bool({"T", "t", "show-tabs"} & given.keys())
        self._squeeze = bool({"s", "squeeze-blank"} & given.keys())
        self._count = 0
        self._blank = False

    @property
    def changes(self) -> bool:
        """Whether lines come out differently at all."""
        return self._number or self._ends or self._tabs or self._squeeze

    def show_all(self, text: str) -> str:
        """Lines as asked for."""
        return "".join(self._show(line) for line in text.splitlines(keepends=True)) if self.changes else text

    def _show(self, line: str) -> str:
        body = line.rstrip("\n")
        if self._squeeze and not body and self._blank:
            return ""
        self._blank = not body
        if self._tabs:
            body = body.replace("\t", "^I")
        if self._ends and line.endswith("\n"):
            body += "$"
        if self._number and (self._nonblank is False or line.strip("\n")):
            self._count += 1
            body = f"{self._count:6}\t{body}"
        return body + line[len(line.rstrip("\n")) :]
