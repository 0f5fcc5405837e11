"""The registry: every image there is, from `assets/images`. What is not there cannot be pulled.

An image file holds what its tags share and, under `tags`, what each has of its own; `os` names a file in
`assets/images/os` with the commands, files and packages of its operating system.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from tutor.engine.images import Image
from tutor.paths import assets_dir
from tutor.shell.computer import ShellKind, User
from tutor.shell.files import Node, Tree, in_folders


@dataclass(frozen=True)
class Package:
    """Something a package manager can install.

    Args:
        name: its name.
        version: its version, as the package manager writes it.
        size: bytes to download.
        installed: bytes on disk.
        needs: names of packages it brings along, in the order installed.
        commands: the commands it brings, each with its flavour.
    """

    name: str
    version: str = "1.0"
    size: int = 100_000
    installed: int = 300_000
    needs: tuple[str, ...] = ()
    commands: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OperatingSystem:
    """What images of one distribution share.

    Args:
        name: such as `debian-12`; empty for an image with nothing but its program.
        manager: its package manager: `apt`, `apk`, or empty.
        date: when it was released, which is the date of its files.
        release: what its packages are called after, such as `bookworm`.
        sh: what `sh` is.
        shells: the shells it has, by name.
        commands: the commands it has, each with its flavour.
        packages: what the manager can install, by name.
        files: text files by path.
        places: names of commands by the folder they are in, or `*` for all others; else those are in `/usr/bin`.
        folders: the folders at the top, beyond those everywhere.
        libc: its C library: `glibc` or `musl`.
        sources: where the manager's lists come from: lines of `apt-get update`, or apk's repositories.
    """

    name: str = ""
    manager: str = ""
    release: str = ""
    date: date = date(2025, 5, 17)
    sh: ShellKind = "dash"
    shells: tuple[str, ...] = ()
    commands: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, Package] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    folders: str = ""
    libc: Literal["glibc", "musl"] = "glibc"
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShellImage(Image):
    """An image with everything a shell in it needs.

    Args:
        os: its operating system.
        account: who its processes run as.
        commands: the commands it has beyond the operating system's, each with its flavour.
        files: its text files beyond the operating system's, by path.
        links: symbolic links: where each path leads.
        folders: the folders it has besides, below `/`.
        entrypoint: the command that its arguments go to when the first is no command; empty if there is none.
        ip_command: whether `hostname -i` and friends are there.
    """

    os: OperatingSystem = field(default_factory=OperatingSystem)
    account: User = field(default_factory=User)
    commands: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    folders: str = ""
    entrypoint: str = ""

    @property
    def all_commands(self) -> Mapping[str, str]:
        """Every command there is, with its flavour."""
        shells = dict.fromkeys((*self.os.shells, "sh") if self.os.shells else (), "")
        return {**self.os.commands, **shells, **self.commands}

    @cached_property
    def tree(self) -> Tree:
        """Its file system."""
        files = {**self.os.files, **self.files}
        folders = f"{self.os.folders} {self.folders}"
        tree = file_tree(files, self.all_commands, self.account, places=self.os.places, folders=folders)
        links = {path: Node("symlink", 0o777, target.encode()) for path, target in self.links.items()}
        return dict(sorted({**tree, **links}.items()))

    @cached_property
    def in_folders(self) -> Mapping[str, Sequence[str]]:
        """What is in each of its folders."""
        return in_folders(self.tree)


REGISTRIES = ("docker.io/library/", "index.docker.io/library/", "library/", "docker.io/", "index.docker.io/")
FOLDERS = (
    "etc", "home", "proc", "root", "run", "sys", "tmp", "usr/bin", "usr/lib", "usr/local/bin", "usr/sbin",
    "usr/share", "var/lib", "var/log", "var/tmp",
)  # fmt: skip


class Registry:
    """The image catalog that kubelets pull from."""

    def find(self, reference: str) -> ShellImage | None:
        """The image a container's `image:` names (`nginx`, `nginx:1.27`, `docker.io/library/nginx`), or None."""
        name, tag = split_reference(reference)
        return _load(name, tag)


def split_reference(reference: str) -> tuple[str, str]:
    """Repository (without the default registry) and tag of an image reference; a digest counts as `latest`."""
    reference = reference.partition("@")[0]
    head, slash, last = reference.rpartition("/")
    last, _, tag = last.partition(":")
    name = head + slash + last
    for prefix in REGISTRIES:
        if name.startswith(prefix):
            name = name.removeprefix(prefix)
            break
    return name, tag or "latest"


@lru_cache(maxsize=256)
def _load(name: str, tag: str) -> ShellImage | None:
    path = _images() / (name.replace("/", "--") + ".yaml")
    if not name or not path.is_file():
        return None
    data = _read(path)
    tags = data.pop("tags")
    if tag not in tags:
        return None
    return _image(name, tag, _merge(data, tags[tag] or {}))


def _image(name: str, tag: str, data: dict[str, Any]) -> ShellImage:
    system = _system(data.pop("os")) if data.get("os") else OperatingSystem()
    uid = data.pop("user", 0)
    account = User(**data.pop("account", {"uid": uid, "gid": uid, "name": "root" if uid == 0 else str(uid)}))
    for key in ("command", "ports", "start_log"):
        data[key] = tuple(data.get(key) or ())
    if "binds" in data:
        data["binds"] = tuple(data["binds"])
    data["modes"] = {mode: tuple(ports) for mode, ports in data.get("modes", {}).items()}
    commands = _flavours(data.pop("commands", ()))
    files = _files(data.pop("files", {}))
    return ShellImage(
        name=name,
        tag=tag,
        os=system,
        libc=system.libc,
        account=account,
        commands=commands,
        files=files,
        user=account.uid,
        **data,
    )


@lru_cache(maxsize=32)
def _system(name: str) -> OperatingSystem:
    data = _read(_images() / "os" / f"{name}.yaml")
    if parent := data.pop("like", ""):
        data = _merge(_read(_images() / "os" / f"{parent}.yaml"), data)
        data.pop("like", None)
    packages = {
        each: Package(
            each,
            str(package.get("version", "1.0")),
            int(package.get("size", 100_000)),
            int(package.get("installed", 300_000)),
            tuple(package.get("needs", ())),
            _flavours(package.get("commands", ())),
        )
        for each, package in data.pop("packages", {}).items()
    }
    return OperatingSystem(
        name=name,
        packages=packages,
        commands=_flavours(data.pop("commands", ())),
        files=_files(data.pop("files", {})),
        shells=tuple(data.pop("shells", ())),
        sources=tuple(data.pop("sources", ())),
        **data,
    )


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` upon `base`; maps are merged one level deep, and a list under `more_commands` adds to the commands."""
    merged = dict(base)
    for key, value in over.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = {**merged[key], **value}
        else:
            merged[key] = value
    if more := merged.pop("more_commands", None):
        merged["commands"] = {**_flavours(merged.get("commands", ())), **_flavours(more)}
    return merged


def _flavours(commands: Sequence[str] | Mapping[str, str | None] | str) -> dict[str, str]:
    """Commands with flavours from `[a, b]`, `a b c`, or `{a: busybox, b: }`; lines of several names may be mixed in."""
    if isinstance(commands, Mapping):
        return {name: flavour or "" for names, flavour in commands.items() for name in names.split()}
    words = commands.split() if isinstance(commands, str) else [word for line in commands for word in line.split()]
    return dict.fromkeys(words, "")


def _files(files: Mapping[str, Any]) -> dict[str, str]:
    """Texts by path; a value `{file: name}` is read from `assets/images/files`."""
    return {
        path: (_images() / "files" / value["file"]).read_text(encoding="utf-8") if isinstance(value, dict) else value
        for path, value in files.items()
    }


def _read(path: Path) -> dict[str, Any]:
    import yaml

    data = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    if not isinstance(data, dict):
        raise TypeError(f"{path}: an image file holds a map")
    return data


def _images() -> Path:
    return assets_dir() / "images"


def command_file(name: str) -> bytes:
    """The text of a command's file: a script that calls the command, so that its path works too."""
    call = f"__sh {name}" if name in {"sh", "bash"} else name
    return f'#!/bin/sh\n{call} "$@"\n'.encode()


def file_tree(
    files: Mapping[str, str],
    commands: Iterable[str],
    user: User,
    *,
    places: Mapping[str, str] | None = None,
    folders: str = "",
) -> Tree:
    """A file system with these text files and a file for each command, folders first.

    Args:
        files: texts by path.
        commands: names of commands.
        user: whose home folder there is.
        places: as `OperatingSystem.places`; with none, `/bin` and `/sbin` are links into `/usr`.
        folders: as `OperatingSystem.folders`.
    """
    tree: dict[str, Node] = {f"/{folder}": Node("directory", 0o755) for folder in (*FOLDERS, *folders.split())}
    tree["/tmp"] = tree["/var/tmp"] = Node("directory", 0o1777)  # noqa: S108  # a path in a container
    for folder in ("bin", "sbin"):
        tree[f"/{folder}"] = Node("directory", 0o755) if places else Node("symlink", 0o777, f"usr/{folder}".encode())
    tree[user.home] = Node("directory", 0o755)
    place = {name: folder for folder, names in (places or {}).items() for name in names.split()}
    for name in commands:
        tree[f"{place.get(name, place.get('*', '/usr/bin'))}/{name}"] = Node("file", 0o755, command_file(name))
    for path, text in files.items():
        tree[path] = Node("file", 0o644, text.encode())
    for path in list(tree):
        while (path := posixpath.dirname(path)) not in tree and path != "/":
            tree[path] = Node("directory", 0o755)
    return dict(sorted(tree.items()))
