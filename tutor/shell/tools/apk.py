"""`apk`: packages of Alpine. Texts: apk-tools 2.14."""

from __future__ import annotations

from tutor.shell.command import Ctx, UsageError
from tutor.shell.computer import Computer
from tutor.shell.images import OperatingSystem, Package
from tutor.shell.packages import add, closure, computer_of, drop, installed

INDEX = "/var/cache/apk/APKINDEX"
_BASE_PACKAGES = 16
_BASE_SIZE = 8_000_000


async def apk(ctx: Ctx) -> int:
    """`update`, `add`, `del`, `info`, `search`."""
    computer, system = computer_of(ctx)
    flags = {word for word in ctx.args if word.startswith("-")}
    words = [word for word in ctx.args if not word.startswith("-")]
    if not words:
        await ctx.say("apk-tools 2.14.9, compiled for x86_64.\n\nusage: apk [<OPTIONS>...] COMMAND [<ARGUMENTS>...]\n")
        return 1
    verb, names = words[0], [name.partition("=")[0] for name in words[1:]]
    if verb in {"update", "add", "del", "upgrade"} and computer.user.uid != 0:
        raise UsageError(
            "ERROR: Unable to lock database: Permission denied\nERROR: Failed to open apk database: Permission denied",
            99,
        )
    match verb:
        case "update":
            await _fetch(ctx, computer, system)
            await ctx.say(
                f"v3.22.1 [{system.sources[0]}]\nv3.22.1 [{system.sources[1]}]\nOK: 26326 distinct packages available\n"
            )
        case "add":
            return await _add(ctx, computer, system, names, keep="--no-cache" not in flags)
        case "del":
            return await _delete(ctx, computer, system, names)
        case "upgrade":
            await ctx.say(_ok(computer, system))
        case "info":
            await ctx.say("".join(f"{name}\n" for name in sorted(installed(computer))))
        case "search":
            found = [
                package for name, package in system.packages.items() if not names or any(word in name for word in names)
            ]
            await ctx.say("".join(f"{package.name}-{package.version}\n" for package in found))
        case _:
            raise UsageError(f"ERROR: '{verb}' is not an apk command. See 'apk --help'.", 1)
    return 0


async def _fetch(ctx: Ctx, computer: Computer, system: OperatingSystem, *, keep: bool = True) -> None:
    for source in system.sources:
        await ctx.say(f"fetch {source}/x86_64/APKINDEX.tar.gz\n")
        await ctx.pacing.sleep(0.5)
    if keep:
        files = computer.files()
        files.mkdir(INDEX.rpartition("/")[0])
        files.write(INDEX, "\n".join(system.packages) + "\n")


async def _add(ctx: Ctx, computer: Computer, system: OperatingSystem, names: list[str], *, keep: bool) -> int:
    if not keep or not computer.files().exists(INDEX):
        await _fetch(ctx, computer, system, keep=keep)
    missing = [name for name in names if name not in system.packages]
    if missing:
        text = "".join(f"  {name} (no such package):\n    required by: world[{name}]\n" for name in missing)
        await ctx.complain("ERROR: unable to select packages:\n" + text)
        return len(missing)
    packages = closure(system, names, installed(computer))
    for number, package in enumerate(packages, 1):
        await ctx.say(f"({number}/{len(packages)}) Installing {package.name} ({package.version})\n")
        await ctx.pacing.sleep(0.1)
    add(computer, packages)
    if packages:
        await ctx.say("Executing busybox-1.37.0-r18.trigger\n")
    await ctx.say(_ok(computer, system))
    return 0


def _ok(computer: Computer, system: OperatingSystem) -> str:
    have: list[Package] = [system.packages[name] for name in installed(computer)]
    size = round((_BASE_SIZE + sum(package.installed for package in have)) / (1 << 20))
    return f"OK: {size} MiB in {_BASE_PACKAGES + len(have)} packages\n"


async def _delete(ctx: Ctx, computer: Computer, system: OperatingSystem, names: list[str]) -> int:
    have = installed(computer)
    packages = [system.packages[name] for name in names if name in have]
    for number, package in enumerate(packages, 1):
        await ctx.say(f"({number}/{len(packages)}) Purging {package.name} ({package.version})\n")
    drop(computer, packages)
    await ctx.say(_ok(computer, system))
    return 0
