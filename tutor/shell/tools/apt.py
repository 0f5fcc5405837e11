"""`apt-get`, `apt`, `apt-cache` and `dpkg -l`: packages of Debian and Ubuntu.

Every package listed for the image's release can be installed; nothing else is known. Texts: apt 1.4 to 2.7.
"""

from __future__ import annotations

from tutor.shell.command import Ctx, UsageError
from tutor.shell.computer import Computer
from tutor.shell.images import OperatingSystem, Package
from tutor.shell.packages import add, closure, computer_of, drop, installed

LISTS = "/var/lib/apt/lists/packages"
"""Written by `update`; without it no package is known."""
_FLAGS = frozenset(
    [
        "-y", "--yes", "--assume-yes", "-q", "-qq", "--quiet", "--no-install-recommends",
        "--no-install-suggests", "-f", "--fix-missing", "--allow-unauthenticated",
    ]
)  # fmt: skip
_RATE = 25_000_000
"""Bytes a second that downloads come at: a near mirror, so that nobody waits for long."""


async def apt_get(ctx: Ctx) -> int:
    """`update`, `install`, `remove`, `upgrade`, `clean`, `autoremove`, and for `apt` also `list`, `search`, `show`."""
    computer, system = computer_of(ctx)
    flags = {word for word in ctx.args if word.startswith("-")}
    words = [word for word in ctx.args if not word.startswith("-")]
    for flag in sorted(flags - _FLAGS):
        if not flag.startswith(("-o", "--option", "-t", "--target")):
            kind = (
                f"Command line option {flag}"
                if flag.startswith("--")
                else f"Command line option '{flag[1:2]}' [from {flag}]"
            )
            raise UsageError(f"E: {kind} is not understood in combination with the other options.", 100)
    if not words:
        await ctx.say(f"{ctx.name} {_version(system)} (amd64)\nUsage: {ctx.name} [options] command\n")
        return 1
    verb, names = words[0], words[1:]
    if verb in {"list", "search", "show"}:
        return await apt_cache(ctx)
    if verb not in {
        "update",
        "install",
        "remove",
        "purge",
        "upgrade",
        "dist-upgrade",
        "full-upgrade",
        "clean",
        "autoremove",
        "autoclean",
    }:
        raise UsageError(f"E: Invalid operation {verb}", 100)
    if computer.user.uid != 0:
        raise UsageError(_not_root(verb), 100)
    if ctx.name == "apt" and not ctx.stdout.isatty:
        await ctx.complain("\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n")
    if verb == "update":
        return await _update(ctx, computer, system)
    if verb in {"clean", "autoclean"}:
        return 0
    await _read_lists(ctx, system)
    if verb == "install":
        return await _install(ctx, computer, system, names, sure=bool(flags & {"-y", "--yes", "--assume-yes", "-qq"}))
    if verb in {"remove", "purge"}:
        return await _remove(ctx, computer, system, names)
    await ctx.say("0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")
    return 0


def _version(system: OperatingSystem) -> str:
    return {"stretch": "1.4.11", "buster": "1.8.2.3", "bullseye": "2.2.4", "noble": "2.8.3"}.get(
        system.release, "2.6.1"
    )


def _not_root(verb: str) -> str:
    lock = "/var/lib/apt/lists/lock" if verb == "update" else "/var/lib/dpkg/lock-frontend"
    whose = (
        "directory /var/lib/apt/lists/"
        if verb == "update"
        else "the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?"
    )
    head = f"E: Could not open lock file {lock} - open (13: Permission denied)\n"
    return head + (f"E: Unable to lock {whose}" if verb == "update" else f"E: Unable to acquire {whose}")


def _size(count: int) -> str:
    """A size as apt writes it: 151 kB, 8793 kB, 19.3 MB."""
    if count < 10_000:
        return f"{count} B"
    if count < 10_000_000:
        return f"{count / 1000:.1f} kB" if count < 100_000 else f"{count // 1000} kB"
    return f"{count / 1_000_000:.1f} MB"


async def _update(ctx: Ctx, computer: Computer, system: OperatingSystem) -> int:
    total, start = 0, ctx.cluster.clock.now
    for number, source in enumerate(system.sources, 1):
        await ctx.pacing.sleep(0.15)
        sized = source.endswith("]")
        await ctx.say(f"{'Get' if sized else 'Ign'}:{number} {source}\n")
        total += _parse_size(source) if sized else 0
    await ctx.pacing.sleep(total / _RATE)
    await _fetched(ctx, total, start)
    files = computer.files()
    files.mkdir(LISTS.rpartition("/")[0])
    files.write(LISTS, "\n".join(system.packages) + "\n")
    await ctx.say(_progress(ctx, "Reading package lists..."))
    if ctx.name == "apt":
        await ctx.say(_progress(ctx, "Building dependency tree...") + _progress(ctx, "Reading state information..."))
        await ctx.say("All packages are up to date.\n")
    return 0


def _parse_size(source: str) -> int:
    number, unit = source.rpartition("[")[2].rstrip("]").split()
    return int(float(number) * {"B": 1, "kB": 1000, "MB": 1_000_000}[unit])


async def _fetched(ctx: Ctx, total: int, start: float) -> None:
    seconds = max(0.4, ctx.cluster.clock.now - start)
    await ctx.say(f"Fetched {_size(total)} in {int(seconds)}s ({_size(int(total / seconds))}/s)\n")


def _progress(ctx: Ctx, text: str) -> str:
    return f"{text} Done\n" if ctx.stdout.isatty else f"{text}\n"


async def _read_lists(ctx: Ctx, system: OperatingSystem) -> None:
    tree = (
        "Building dependency tree       \n"
        if system.release in {"stretch", "buster"}
        else _progress(ctx, "Building dependency tree...")
    )
    await ctx.say(_progress(ctx, "Reading package lists...") + tree + _progress(ctx, "Reading state information..."))


async def _install(ctx: Ctx, computer: Computer, system: OperatingSystem, names: list[str], *, sure: bool) -> int:
    known = system.packages if computer.files().exists(LISTS) else {}
    names = [name.partition("=")[0] for name in names]
    missing = [name for name in names if name not in known]
    if missing:
        for name in missing:
            await ctx.complain(f"E: Unable to locate package {name}\n")
        return 100
    have = installed(computer)
    brought = set(computer.image.all_commands) if computer.image else set()
    present = {
        name for name in known if name in have or (known[name].commands and set(known[name].commands) <= brought)
    }
    for name in names:
        if name in present:
            await ctx.say(f"{name} is already the newest version ({known[name].version}).\n")
    packages = closure(system, names, present)
    if not packages:
        await ctx.say("0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")
        return 0
    await ctx.say(_plan(packages, names))
    if not sure and not await _agreed(ctx):
        await ctx.say("Abort.\n")
        return 1
    await _download(ctx, system, packages)
    await _unpack(ctx, packages, system)
    add(computer, packages)
    return 0


def _plan(packages: list[Package], names: list[str]) -> str:
    extra = sorted(package.name for package in packages if package.name not in names)
    text = "The following additional packages will be installed:\n" + _indented(extra) if extra else ""
    text += "The following NEW packages will be installed:\n" + _indented(sorted(package.name for package in packages))
    text += f"0 upgraded, {len(packages)} newly installed, 0 to remove and 0 not upgraded.\n"
    text += f"Need to get {_size(sum(package.size for package in packages))} of archives.\n"
    space = _size(sum(package.installed for package in packages))
    return text + f"After this operation, {space} of additional disk space will be used.\n"


def _indented(names: list[str]) -> str:
    """Names in lines of up to 80 characters, indented by two."""
    lines, line = list[str](), " "
    for name in names:
        if len(line) + 1 + len(name) > 79 and line.strip():
            lines.append(line)
            line = " "
        line += " " + name
    return "\n".join([*lines, line]) + "\n"


async def _agreed(ctx: Ctx) -> bool:
    await ctx.say("Do you want to continue? [Y/n] ")
    answer = await ctx.stdin.readline()
    if not ctx.stdin.isatty and not answer:
        return False
    return answer.strip().lower() in {"", "y", "yes"} and bool(answer)


async def _download(ctx: Ctx, system: OperatingSystem, packages: list[Package]) -> None:
    start, archive = (
        ctx.cluster.clock.now,
        " ".join(next(one for one in system.sources if "Packages" in one).split()[:3]),
    )
    for number, package in enumerate(packages, 1):
        await ctx.say(f"Get:{number} {archive} {package.name} amd64 {package.version} [{_size(package.size)}]\n")
        await ctx.pacing.sleep(package.size / _RATE)
    await _fetched(ctx, sum(package.size for package in packages), start)


async def _unpack(ctx: Ctx, packages: list[Package], system: OperatingSystem) -> None:
    await ctx.complain("debconf: delaying package configuration, since apt-utils is not installed\n")
    database = "(Reading database ... {} files and directories currently installed.)\n"
    for number, package in enumerate(packages):
        file = f"{package.name}_{package.version.replace(':', '%3a')}_amd64.deb"
        text = f"Selecting previously unselected package {package.name}.\n"
        text += database.format({"stretch": 7037, "noble": 4381}.get(system.release, 7590)) if number == 0 else ""
        prefix = f"{number:0{len(str(len(packages) - 1))}}-" if len(packages) > 1 else ""
        await ctx.say(
            text + f"Preparing to unpack .../{prefix}{file} ...\nUnpacking {package.name} ({package.version}) ...\n"
        )
        await ctx.pacing.sleep(0.06)
    for package in packages:
        await ctx.say(f"Setting up {package.name} ({package.version}) ...\n")
        await ctx.pacing.sleep(0.06)
    libc = {
        "stretch": "2.24-11+deb9u3",
        "buster": "2.28-10",
        "bullseye": "2.31-13+deb11u11",
        "noble": "2.39-0ubuntu8.5",
    }
    await ctx.say(f"Processing triggers for libc-bin ({libc.get(system.release, '2.36-9+deb12u10')}) ...\n")


async def _remove(ctx: Ctx, computer: Computer, system: OperatingSystem, names: list[str]) -> int:
    have = installed(computer)
    for name in names:
        if name not in system.packages:
            await ctx.complain(f"E: Unable to locate package {name}\n")
            return 100
        if name not in have:
            await ctx.say(f"Package '{name}' is not installed, so not removed\n")
    packages = [system.packages[name] for name in names if name in have]
    if packages:
        await ctx.say("The following packages will be REMOVED:\n" + _indented([package.name for package in packages]))
    await ctx.say(f"0 upgraded, 0 newly installed, {len(packages)} to remove and 0 not upgraded.\n")
    for package in packages:
        await ctx.say(f"Removing {package.name} ({package.version}) ...\n")
    drop(computer, packages)
    return 0


async def apt_cache(ctx: Ctx) -> int:
    """`search`, `policy`, `show`, and `apt list`."""
    computer, system = computer_of(ctx)
    words = [word for word in ctx.args if not word.startswith("-")]
    if not words:
        raise UsageError("Usage: apt-cache [options] command", 1)
    verb, names = words[0], words[1:]
    known, have = (system.packages if computer.files().exists(LISTS) else {}), installed(computer)
    if verb in {"search", "list"}:
        chosen = [name for name in known if not names or any(word in name for word in names)]
        await ctx.say("".join(f"{name} - {known[name].version}\n" for name in sorted(chosen)))
        return 0
    for name in names:
        if name not in known:
            await ctx.complain(
                f"N: Unable to locate package {name}\n" if verb == "policy" else "E: No packages found\n"
            )
            return 100
        if verb == "policy":
            await ctx.say(f"{name}:\n  Installed: {have.get(name, '(none)')}\n  Candidate: {known[name].version}\n")
        else:
            await ctx.say(
                f"Package: {name}\nVersion: {known[name].version}\n"
                f"Installed-Size: {known[name].installed // 1000}\nDepends: {', '.join(known[name].needs)}\n"
            )
    return 0


async def dpkg(ctx: Ctx) -> int:
    """`dpkg -l` and `dpkg -s NAME` for what has been installed."""
    computer, _ = computer_of(ctx)
    have = installed(computer)
    if ctx.args[:1] == ("-l",):
        names = [word for word in ctx.args[1:] if word in have] if ctx.args[1:] else sorted(have)
        if ctx.args[1:] and not names:
            raise UsageError(f"dpkg-query: no packages found matching {ctx.args[1]}")
        head = "||/ Name           Version      Architecture Description\n"
        head += "+++-==============-============-============-=================================\n"
        await ctx.say(head + "".join(f"ii  {name:<14} {have[name]:<12} amd64\n" for name in names))
        return 0
    if ctx.args[:1] == ("-s",) and len(ctx.args) > 1:
        name = ctx.args[1]
        if name not in have:
            raise UsageError(f"dpkg-query: package '{name}' is not installed and no information is available")
        await ctx.say(f"Package: {name}\nStatus: install ok installed\nVersion: {have[name]}\n")
        return 0
    if ctx.args[:1] == ("--print-architecture",):
        await ctx.say("amd64\n")
        return 0
    raise UsageError("dpkg: error: need an action option", 2)
