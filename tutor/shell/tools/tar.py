"""`tar`: makes, lists and unpacks archives; what `kubectl cp` runs inside a container.

Source: tar(1) of GNU tar 1.34. The archives themselves are the standard library's.
"""

from __future__ import annotations

import fnmatch
import io
import posixpath
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

from tutor.shell.command import Ctx, FileTree, UsageError

Mode: TypeAlias = Literal["create", "list", "extract"]

_MODES: Final[dict[str, Mode]] = {"c": "create", "t": "list", "x": "extract"}
_VALUED: Final = {"f": "file", "C": "directory", "X": "exclude-from"}
_LONG_VALUED: Final = frozenset(
    {"file", "directory", "strip-components", "exclude", "owner", "group", "mode", "warning"}
)
_IGNORED: Final = frozenset("pmokShPalijJ")
_TRY: Final = "Try 'tar --help' or 'tar --usage' for more information."
_GIVEN_UP: Final = "tar: Error is not recoverable: exiting now\n"
_ERRORS: Final = "tar: Exiting with failure status due to previous errors\n"
_NO_MODE: Final = "tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options"
FAILED: Final = 2


@dataclass
class _Order:
    """What is to be done.

    Args:
        mode: make, list or unpack.
        archive: its file; `-` for standard input or output.
        packed: whether it is gzipped; any archive that is read tells by itself.
        told: whether each name is told.
        folder: where it is done.
        names: the members.
        strip: how many leading parts of a name are left out on unpacking.
        excluded: patterns of names to leave out.
        to_output: whether files are written to standard output instead.
    """

    mode: Mode | None = None
    archive: str = "-"
    packed: bool = False
    told: bool = False
    folder: str = "."
    names: list[str] = field(default_factory=list)
    strip: int = 0
    excluded: list[str] = field(default_factory=list)
    to_output: bool = False

    def wants(self, name: str) -> bool:
        """Whether a member is meant by the names given, if any are, and by no pattern that leaves it out."""
        if any(
            fnmatch.fnmatch(part, pattern) for pattern in self.excluded for part in (name, posixpath.basename(name))
        ):
            return False
        name = name.rstrip("/")
        return not self.names or any(name == each or name.startswith(each.rstrip("/") + "/") for each in self.names)


async def tar(ctx: Ctx) -> int:
    """Make, list or unpack an archive."""
    if "--version" in ctx.args:
        await ctx.say("tar (GNU tar) 1.34\n")
        return 0
    order = _read(ctx.args)
    if order.mode is None:
        raise UsageError(
            f"tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\n{_TRY}", FAILED
        )
    if order.mode == "create":
        return await _create(ctx, order)
    return await _unpack(ctx, order)


def _read(words: tuple[str, ...]) -> _Order:
    order, rest = _Order(), list(words)
    if rest and not rest[0].startswith("-"):
        rest[0] = f"-{rest[0]}"  # the old way: tar xzf
    while rest:
        word = rest.pop(0)
        if word == "--":
            order.names += rest
            break
        if word.startswith("--"):
            _long(word[2:], rest, order)
        elif word.startswith("-") and word != "-":
            _short(word[1:], rest, order)
        else:
            order.names.append(word)
    return order


def _short(letters: str, rest: list[str], order: _Order) -> None:
    for place, letter in enumerate(letters):
        if letter in _MODES:
            order.mode = _MODES[letter]
        elif letter in _VALUED:
            attached = letters[place + 1 :]
            # In a cluster such as `xzfC`, each value is a word of its own; behind a lone -f it may be attached.
            own = bool(attached) and place == 0 and letter != letters[-1] and not set(attached) <= set("cxtvzfCO")
            value = attached if own else rest.pop(0) if rest else ""
            if not value:
                raise UsageError(f"tar: option requires an argument -- '{letter}'\n{_TRY}", 64)
            _set(_VALUED[letter], value, order)
            if own:
                return
        elif letter == "z":
            order.packed = True
        elif letter == "v":
            order.told = True
        elif letter == "O":
            order.to_output = True
        elif letter not in _IGNORED:
            raise UsageError(f"tar: invalid option -- '{letter}'\n{_TRY}", 64)


def _long(word: str, rest: list[str], order: _Order) -> None:
    name, equals, value = word.partition("=")
    if name in {"create", "list", "extract", "get"}:
        order.mode = "extract" if name == "get" else name  # type: ignore[assignment]  # one of the three
    elif name in _LONG_VALUED:
        _set(name, value if equals else rest.pop(0) if rest else "", order)
    elif name in {"gzip", "gunzip"}:
        order.packed = True
    elif name == "verbose":
        order.told = True
    elif name == "to-stdout":
        order.to_output = True


def _set(name: str, value: str, order: _Order) -> None:
    if name == "file":
        order.archive = value
    elif name == "directory":
        order.folder = posixpath.join(order.folder, value)
    elif name == "strip-components":
        order.strip = int(value) if value.isdigit() else 0
    elif name == "exclude":
        order.excluded.append(value)


# Making one


async def _create(ctx: Ctx, order: _Order) -> int:
    if not order.names:
        raise UsageError(f"tar: Cowardly refusing to create an empty archive\n{_TRY}", FAILED)
    if not ctx.files.is_dir(order.folder):
        raise UsageError(_no_folder(order), FAILED)
    code, told, stripped = 0, list[str](), False
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz" if order.packed else "w", format=tarfile.GNU_FORMAT) as archive:
        for name in order.names:
            path = posixpath.join(order.folder, name)
            if ctx.files.stat(path) is None:
                await ctx.complain(f"tar: {name}: Cannot stat: No such file or directory\n")
                code = FAILED
                continue
            if name.startswith("/") and not stripped:
                stripped = True
                await ctx.complain("tar: Removing leading `/' from member names\n")
            for member, real in _walk(ctx.files, name, path):
                if not any(fnmatch.fnmatch(posixpath.basename(member), pattern) for pattern in order.excluded):
                    _add(ctx, archive, member, real)
                    told.append(member + ("/" if ctx.files.is_dir(real) and not member.endswith("/") else ""))
    if code:
        await ctx.complain(_ERRORS)
    lines = "".join(f"{name}\n" for name in told) if order.told else ""
    if order.archive == "-":
        await ctx.complain(lines)
        await ctx.say(held.getvalue().decode("utf-8", "surrogateescape"))
    else:
        await ctx.say(lines)
        ctx.files.write(order.archive, held.getvalue().decode("utf-8", "surrogateescape"))
    return code


def _walk(files: FileTree, name: str, path: str) -> Iterator[tuple[str, str]]:
    """A file or folder and all that is in it: the name of each in the archive, and where it is."""
    yield name, path
    if files.is_dir(path):
        for each in files.listdir(path):
            yield from _walk(files, posixpath.join(name, each), posixpath.join(path, each))


def _add(ctx: Ctx, archive: tarfile.TarFile, member: str, path: str) -> None:
    stat = ctx.files.stat(path) or {}
    info = tarfile.TarInfo(member.lstrip("/") or "./")
    date = ctx.files.date(path)
    born = ctx.cluster.clock.born.timestamp()
    info.mtime = int(born + (date or 0.0))
    info.mode = int(stat.get("mode", 0o644))
    info.uname = info.gname = "root"
    if ctx.files.is_dir(path):
        info.type = tarfile.DIRTYPE
        archive.addfile(info)
    else:
        content = ctx.files.read_bytes(path)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))


# Listing and unpacking


async def _unpack(ctx: Ctx, order: _Order) -> int:
    if order.archive == "-":
        data = (await ctx.stdin.read()).encode("utf-8", "surrogateescape")
    elif not ctx.files.exists(order.archive):
        await ctx.complain(f"tar: {order.archive}: Cannot open: No such file or directory\n{_GIVEN_UP}")
        return FAILED
    else:
        data = ctx.files.read_bytes(order.archive)
    if order.mode == "extract" and not ctx.files.is_dir(order.folder):
        raise UsageError(_no_folder(order), FAILED)
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as archive:
            return await _each(ctx, order, archive)
    except tarfile.TarError:
        await ctx.complain(f"tar: This does not look like a tar archive\n{_ERRORS}")
        return FAILED


async def _each(ctx: Ctx, order: _Order, archive: tarfile.TarFile) -> int:
    found = set[str]()
    for info in archive:
        name = info.name + ("/" if info.isdir() else "")
        if not order.wants(name):
            continue
        found.update(each for each in order.names if name.rstrip("/").startswith(each.rstrip("/")))
        if order.mode == "list":
            await ctx.say(f"{_long_line(info, name)}\n" if order.told else f"{name}\n")
            continue
        if order.told:
            await ctx.say(f"{name}\n")
        await _extract(ctx, order, archive, info)
    missing = [each for each in order.names if each not in found]
    for each in missing:
        await ctx.complain(f"tar: {each}: Not found in archive\n")
    if missing:
        await ctx.complain(_ERRORS)
    return FAILED if missing else 0


async def _extract(ctx: Ctx, order: _Order, archive: tarfile.TarFile, info: tarfile.TarInfo) -> None:
    parts = [part for part in info.name.split("/") if part not in {"", "."}][order.strip :]
    if not parts or ".." in parts:
        return
    path = posixpath.join(order.folder, *parts)
    if info.isdir():
        ctx.files.mkdir(path)
        return
    if not info.isfile():
        return
    source = archive.extractfile(info)
    content = (source.read() if source else b"").decode("utf-8", "surrogateescape")
    if order.to_output:
        await ctx.say(content)
        return
    ctx.files.mkdir(posixpath.dirname(path) or ".")
    ctx.files.write(path, content)


def _long_line(info: tarfile.TarInfo, name: str) -> str:
    when = datetime.fromtimestamp(info.mtime, UTC)
    owner = f"{info.uname or info.uid}/{info.gname or info.gid}"
    kind = "d" if info.isdir() else "-"
    bits = "".join(
        letter if info.mode & bit else "-"
        for letter, bit in zip("rwxrwxrwx", (0o400, 0o200, 0o100, 0o40, 0o20, 0o10, 4, 2, 1), strict=True)
    )
    return f"{kind}{bits} {owner} {info.size:>{max(1, 19 - len(owner))}} {when:%Y-%m-%d %H:%M} {name}"


def _no_folder(order: _Order) -> str:
    folder = order.folder.removeprefix("./")
    return f"tar: {folder}: Cannot open: No such file or directory\n{_GIVEN_UP.rstrip()}"
