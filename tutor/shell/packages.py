"""What a package manager has installed on a computer, kept in a file there as dpkg and apk keep theirs."""

from __future__ import annotations

from collections.abc import Iterable

from tutor.shell.command import Ctx, UsageError
from tutor.shell.computer import Computer
from tutor.shell.images import OperatingSystem, Package
from tutor.shell.install import install, uninstall

DATABASE = "/var/lib/packages"
"""One line a package: its name and version."""


def computer_of(ctx: Ctx) -> tuple[Computer, OperatingSystem]:
    """The computer a package manager works on, and its operating system.

    Raises:
        UsageError: it has none to speak of.
    """
    session = ctx.session
    if session is None or session.computer.image is None:
        raise UsageError(f"{ctx.name}: nothing can be installed on this computer", 100)
    return session.computer, session.computer.image.os


def installed(computer: Computer) -> dict[str, str]:
    """Names and versions of what has been installed since the container started."""
    files = computer.files()
    if not files.exists(DATABASE):
        return {}
    return dict(line.split(" ", 1) for line in files.read(DATABASE).splitlines())


def closure(system: OperatingSystem, names: Iterable[str], have: Iterable[str]) -> list[Package]:
    """The packages to install for these names, what they need first; those in `have` left out."""
    chosen: dict[str, Package] = {}
    seen = set(have)

    def visit(name: str) -> None:
        package = system.packages.get(name)
        if package is None or name in seen:
            return
        seen.add(name)
        for need in package.needs:
            visit(need)
        chosen[name] = package

    for name in names:
        visit(name)
    return list(chosen.values())


def add(computer: Computer, packages: Iterable[Package]) -> None:
    """Install packages: their commands and a line each in the database."""
    have = installed(computer)
    for package in packages:
        have[package.name] = package.version
        for command, flavour in package.commands.items():
            install(computer, command, flavour)
    _save(computer, have)


def drop(computer: Computer, packages: Iterable[Package]) -> None:
    """Remove packages again."""
    have = installed(computer)
    for package in packages:
        have.pop(package.name, None)
        for command in package.commands:
            uninstall(computer, command)
    _save(computer, have)


def _save(computer: Computer, have: dict[str, str]) -> None:
    files = computer.files()
    files.mkdir(DATABASE.rpartition("/")[0])
    files.write(DATABASE, "".join(f"{name} {version}\n" for name, version in have.items()))
