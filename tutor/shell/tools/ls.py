"""`ls`."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tutor.shell.command import Ctx
from tutor.shell.tools.options import Options, parse

HALF_A_YEAR = timedelta(days=365.2425 / 2)
_LETTERS = {"directory": "d", "symlink": "l", "file": "-"}


async def ls(ctx: Ctx) -> int:
    """List files and folders."""
    options = parse(
        ctx,
        "1aAbBCdfFgGhHilLmnNopqQrRsStTuUvwxXZ",
        "all almost-all directory human-readable color= recursive reverse inode full-time classify help",
    )
    names = options.operands or ["."]
    status, files, folders = 0, list[str](), list[str]()
    for name in names:
        if ctx.files.stat(name) is None or (name.endswith("/") and not ctx.files.is_dir(name)):
            status = 1 if ctx.flavour == "busybox" else 2
            shown = name if ctx.flavour == "busybox" else f"cannot access '{name}'"
            await ctx.complain(f"ls: {shown}: No such file or directory\n")
        elif ctx.files.is_dir(name) and not _itself(ctx, name, options):
            folders.append(name)
        else:
            files.append(name)
    blocks = [_listing(ctx, "", sorted(files), options)] if files else []
    for folder in sorted(folders):
        blocks += _folder(ctx, folder, options, len(names) > 1 or "R|recursive" in options)
    await ctx.say("\n".join(blocks))
    return status


def _itself(ctx: Ctx, name: str, options: Options) -> bool:
    """Whether to list a folder or a link to one itself, not what is in it."""
    is_link = (ctx.files.stat(name) or {}).get("file_type") == "symlink" and not name.endswith("/")
    return "d|directory" in options or (is_link and "l" in options)


def _folder(ctx: Ctx, folder: str, options: Options, headed: bool) -> list[str]:
    names = ctx.files.listdir(folder)
    if not _all(options):
        names = [name for name in names if not name.startswith(".")]
    shown = [".", "..", *names] if "a|all" in options else names
    block = _listing(ctx, folder, shown, options, total=True)
    blocks = [(f"{folder}:\n" if headed else "") + block]
    if "R|recursive" in options:
        for name in names:
            path = posixpath.join(folder, name)
            if ctx.files.is_dir(path) and (ctx.files.stat(path) or {}).get("file_type") != "symlink":
                blocks += _folder(ctx, path, options, True)
    return blocks


def _all(options: Options) -> bool:
    return "a|all|A|almost-all" in options


def _listing(ctx: Ctx, folder: str, names: list[str], options: Options, *, total: bool = False) -> str:
    if "t|S|l|n|o|g|full-time|F|p|classify" not in options:
        return _names(ctx, names, options)
    entries = [(name, _stat(ctx, posixpath.join(folder, name))) for name in names]
    if "t" in options:
        entries.sort(key=lambda entry: _changed(ctx, folder, entry[0]), reverse=True)
    elif "S" in options:
        entries.sort(key=lambda entry: -int(entry[1]["size"]))
    elif _in_order(ctx, options):
        entries.sort(key=lambda entry: entry[0])
    if "r|reverse" in options:
        entries.reverse()
    if "l|n|o|g|full-time" in options:
        return _long(ctx, folder, entries, options, total)
    return _in_columns(ctx, [name + _mark(stat, options) for name, stat in entries], options)


def _names(ctx: Ctx, names: list[str], options: Options) -> str:
    """A listing that tells nothing but names, and asks for nothing else."""
    shown = sorted(names) if _in_order(ctx, options) else names
    return _in_columns(ctx, shown[::-1] if "r|reverse" in options else shown, options)


def _in_order(ctx: Ctx, options: Options) -> bool:
    return "U" not in options and ctx.flavour != "busybox"


def _in_columns(ctx: Ctx, names: list[str], options: Options) -> str:
    if ctx.stdout.isatty and "1" not in options:
        return _columns(names, ctx.columns)
    return "".join(f"{name}\n" for name in names)


def _stat(ctx: Ctx, path: str) -> Mapping[str, Any]:
    return ctx.files.stat(path) or {"file_type": "directory", "size": 0, "mode": 0o755, "modified": 0.0}


def _mark(stat: Mapping[str, Any], options: Options) -> str:
    if "F|p|classify" not in options:
        return ""
    if stat["file_type"] == "directory":
        return "/"
    if "p" in options:
        return ""
    return "@" if stat["file_type"] == "symlink" else "*" if stat["mode"] & 0o111 else ""


def _long(ctx: Ctx, folder: str, entries: list[tuple[str, Mapping[str, Any]]], options: Options, total: bool) -> str:
    session = ctx.session
    assert session is not None  # noqa: S101  # every command runs in a shell
    user = session.computer.user
    own, now = user.home, ctx.cluster.clock.datetime
    rows = []
    for name, stat in entries:
        path = ctx.files.resolve(posixpath.join(folder, name))
        mine = path == own or path.startswith(own + "/")
        owner, group = (user.name, user.group) if mine else ("root", "root")
        if "n" in options:
            owner, group = (str(user.uid), str(user.gid)) if mine else ("0", "0")
        kind = stat["file_type"]
        size = 4096 if kind == "directory" else int(stat["size"])
        shown = _human(size) if "h|human-readable" in options else str(size)
        links = "2" if kind == "directory" else "1"
        target = f" -> {ctx.files.read_link(path)}" if kind == "symlink" else _mark(stat, options)
        rows.append((_mode(stat), links, owner, group, shown, _when(_changed(ctx, folder, name), now), name + target))
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(5)]
    lines = [
        f"{mode} {links:>{widths[1]}} {owner:<{widths[2]}} {group:<{widths[3]}} {size:>{widths[4]}} {when} {name}\n"
        for mode, links, owner, group, size, when, name in rows
    ]
    blocks = sum(4 * max(1, -(-int(stat["size"]) // 4096)) for _, stat in entries)
    return (f"total {blocks}\n" if total else "") + "".join(lines)


def _mode(stat: Mapping[str, Any]) -> str:
    bits = int(stat["mode"]) if stat["file_type"] != "symlink" else 0o777
    text = "".join(letter if bits & (1 << (8 - index)) else "-" for index, letter in enumerate("rwxrwxrwx"))
    if bits & 0o1000:
        text = text[:-1] + "t"
    return _LETTERS[stat["file_type"]] + text


def _human(size: int) -> str:
    number, units = float(size), iter(("", "K", "M", "G"))
    unit = next(units)
    while number >= 1024:
        number, unit = number / 1024, next(units)
    return f"{number:.1f}{unit}" if unit and number < 10 else f"{round(number)}{unit}"


def _changed(ctx: Ctx, folder: str, name: str) -> datetime:
    session = ctx.session
    assert session is not None  # noqa: S101  # every command runs in a shell
    return session.computer.dated(ctx.files.resolve(posixpath.join(folder, name)), ctx.cluster.clock)


def _when(changed: datetime, now: datetime) -> str:
    """A file's date: with the time of day, or, if that is half a year ago, with the year."""
    return changed.strftime("%b %e %H:%M" if now - changed < HALF_A_YEAR else "%b %e  %Y")


def _columns(names: list[str], width: int) -> str:
    """Names down columns, as many columns as fit."""
    if not names:
        return ""
    # A column takes three cells at least; several numbers of columns need the same number of rows.
    most = min(len(names), (width + 2) // 3) or 1
    for rows in dict.fromkeys(-(-len(names) // count) for count in range(most, 0, -1)):
        columns = [names[start : start + rows] for start in range(0, len(names), rows)]
        widths = [max(len(name) for name in column) for column in columns]
        if sum(widths) + 2 * (len(widths) - 1) <= width:
            break
    lines = []
    for row in range(rows):
        cells = [column[row].ljust(size + 2) for column, size in zip(columns, widths, strict=True) if row < len(column)]
        lines.append("".join(cells).rstrip() + "\n")
    return "".join(lines)
