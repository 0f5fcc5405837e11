"""The files of one computer (the learner's, or a container), as Python commands and kubectl see them."""

from __future__ import annotations

import posixpath
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

Kind: TypeAlias = Literal["file", "directory", "symlink", "fifo"]

DEVICES = "dev"
"""The folder of devices: the interpreter's own."""
_MADE = frozenset({DEVICES, "proc"})
"""Folders whose files the system makes: no part of any snapshot."""
LINK_LIMIT = 40
"""How many symbolic links a path may lead through, as Linux has it."""


class RawFiles(Protocol):
    """What the interpreter's file system offers; absolute paths, links not followed."""

    def read_file(self, path: str) -> bytes:
        """A file's bytes."""
        ...

    def write_file(self, path: str, content: bytes) -> None:
        """Make or replace a file."""
        ...

    def append_file(self, path: str, content: bytes) -> None:
        """Add to the end of a file."""
        ...

    def mkdir(self, path: str, recursive: bool = False) -> None:
        """Make a folder."""
        ...

    def remove(self, path: str, recursive: bool = False) -> None:
        """Remove a file or folder."""
        ...

    def stat(self, path: str) -> dict[str, Any]:
        """`file_type`, `size`, `mode`, `modified`."""
        ...

    def read_dir(self, path: str) -> list[dict[str, Any]]:
        """The entries of a folder, each `name` and `metadata`."""
        ...

    def exists(self, path: str) -> bool:
        """Whether there is anything."""
        ...

    def symlink(self, target: str, link: str) -> None:
        """Make a symbolic link."""
        ...

    def read_link(self, path: str) -> str:
        """Where a symbolic link points."""
        ...

    def chmod(self, path: str, mode: int) -> None:
        """Set permission bits."""
        ...


@dataclass(frozen=True)
class Node:
    """One file, folder or link in a snapshot.

    Args:
        kind: what it is.
        mode: permission bits.
        content: a file's bytes, or a link's target; empty for a folder.
        modified: when it last changed, on the interpreter's clock: equal means unchanged.
        date: when it last changed, in seconds since the cluster's birth; None for what is older than its computer.
    """

    kind: Kind
    mode: int
    content: bytes = b""
    modified: float = 0.0
    date: float | None = None


Tree: TypeAlias = Mapping[str, Node]
"""All nodes of a computer by absolute path, folders before what is in them."""


def in_folders(tree: Tree) -> Mapping[str, Sequence[str]]:
    """What is in each folder of a tree."""
    found: dict[str, list[str]] = {}
    for path in tree:
        folder, name = posixpath.split(path)
        found.setdefault(folder, []).append(name)
    return found


class Disk:
    """The file system of one computer, shared by its shells.

    Args:
        raw: the interpreter's file system, empty.
        tree: what is on it at first.
        date_at: gives the cluster's time at a moment of the interpreter's clock.
    """

    def __init__(self, raw: RawFiles, tree: Tree, date_at: Callable[[float], float]) -> None:
        self.raw = raw
        self._date_at = date_at
        self._put: dict[str, tuple[float, float | None]] = {}
        self._first = tree
        for entry in raw.read_dir("/"):
            if entry["name"] != DEVICES:
                raw.remove("/" + entry["name"], recursive=True)
        self._known: dict[str, Node] = {}
        self._write_all(tree)
        self._begun = time.time()

    def date(self, path: str, modified: float) -> float | None:
        """When a file last changed, as `Node.date`.

        Args:
            path: the file's, absolute.
            modified: the interpreter's date of it.
        """
        moment, date = self._put.get(path, (0.0, None))
        if modified <= moment:
            return date
        if modified <= self._begun:
            node = self._first.get(path)
            return node.date if node else None
        return self._date_at(modified)

    def snapshot(self) -> Tree:
        """All that is on the disk. Only what changed since the last snapshot is read."""
        known, now = self._known, {}
        folders = ["/"]
        for folder in folders:
            for entry in self.raw.read_dir(folder):
                path = posixpath.join(folder, entry["name"])
                if path[1:] in _MADE:
                    continue
                node = self._node(path, entry["metadata"], known.get(path))
                now[path] = node
                if node.kind == "directory":
                    folders.append(path)
        self._known = now
        return now

    def _node(self, path: str, metadata: Mapping[str, Any], known: Node | None) -> Node:
        kind, mode, modified = metadata["file_type"], metadata["mode"], metadata["modified"]
        if known and known.modified == modified and known.kind == kind and known.mode == mode:
            return known
        if kind == "directory":
            return Node("directory", mode, b"", modified, self.date(path, modified))
        content = self.raw.read_link(path).encode() if kind == "symlink" else self.raw.read_file(path)
        return Node(kind, mode, content, modified, self.date(path, modified))

    def restore(self, tree: Tree) -> None:
        """Make the disk what it was at a snapshot; only what differs is written."""
        now = self.snapshot()
        for path in sorted(now.keys() - tree.keys()):
            if posixpath.dirname(path) not in now.keys() - tree.keys():
                self.raw.remove(path, recursive=True)
        different = {path: node for path, node in tree.items() if _differs(now.get(path), node)}
        self._write_all(different)
        moment = time.time()
        self._put.update({path: (moment, node.date) for path, node in different.items()})
        self.snapshot()

    def _write_all(self, tree: Tree) -> None:
        for path, node in tree.items():
            if node.kind == "directory":
                self.raw.mkdir(path, recursive=True)
            elif node.kind == "symlink":
                if self.raw.exists(path):
                    self.raw.remove(path)
                self.raw.symlink(node.content.decode(), path)
            else:
                self.raw.write_file(path, node.content)
            if node.mode != (0o755 if node.kind == "directory" else 0o644) and node.kind != "symlink":
                self.raw.chmod(path, node.mode)


def _differs(now: Node | None, wanted: Node) -> bool:
    return now is None or (now.kind, now.mode, now.content) != (wanted.kind, wanted.mode, wanted.content)


class ShellFiles:
    """A disk seen from a working folder; the `FileTree` given to commands.

    Args:
        disk: the disk.
        cwd: the working folder, absolute.
        devices: what is in `/dev` for a running shell, `<(…)` included.
    """

    def __init__(self, disk: Disk, cwd: str = "/", devices: RawFiles | None = None) -> None:
        self._disk, self._raw = disk, disk.raw
        self._devices = devices or disk.raw
        self.cwd = cwd

    def resolve(self, path: str) -> str:
        """The absolute, normal form of a path."""
        return posixpath.normpath(posixpath.join(self.cwd, path)).replace("//", "/")

    def _follow(self, path: str) -> str:
        """The absolute path behind all symbolic links on the way."""
        whole = self.resolve(path)
        if self._kind(whole) in {"file", "directory"}:
            return whole  # nothing is found under a path that leads through a link
        todo = [part for part in whole.split("/") if part]
        at, links = "/", 0
        while todo:
            here = posixpath.join(at, todo.pop(0))
            if self._kind(here) == "symlink" and links < LINK_LIMIT:
                links += 1
                target = posixpath.normpath(posixpath.join(at, self._raw.read_link(here)))
                todo, at = [part for part in target.split("/") if part] + todo, "/"
            else:
                at = here
        return at

    def _kind(self, path: str) -> Kind | None:
        if path == "/":
            return "directory"
        raw = self._at(path)
        try:
            return raw.stat(path)["file_type"] if raw.exists(path) else None
        except RuntimeError:
            return None  # the interpreter refuses names with control characters in them: nothing is called so

    def _at(self, path: str) -> RawFiles:
        return self._devices if path.startswith(f"/{DEVICES}/") else self._raw

    def stat(self, path: str) -> Mapping[str, Any] | None:
        """`file_type`, `size`, `mode`, `modified` of what is there, links not followed; None if there is nothing."""
        path = self.resolve(path)
        if path == "/":
            return {"file_type": "directory", "size": 0, "mode": 0o755, "modified": 0.0}
        path = posixpath.join(self._follow(posixpath.dirname(path)), posixpath.basename(path))
        return self._raw.stat(path) if self._raw.exists(path) else None

    def date(self, path: str) -> float | None:
        """When a file last changed, as `Node.date`; None if it is not there."""
        real = self._follow(path)
        return self._disk.date(real, self._raw.stat(real)["modified"]) if self._kind(real) else None

    def read_bytes(self, path: str) -> bytes:
        """A file's bytes.

        Raises:
            FileNotFoundError: no such file.
            IsADirectoryError: it is a folder.
        """
        try:
            return self._raw.read_file(self.resolve(path))
        except RuntimeError:
            pass  # behind a link, or not there: the long way says which
        real = self._follow(path)
        match self._kind(real):
            case "file" | "fifo":
                return self._at(real).read_file(real)
            case "directory":
                raise IsADirectoryError(21, "Is a directory", path)
        raise FileNotFoundError(2, "No such file or directory", path)

    def read(self, path: str) -> str:
        """A file's text; bytes that are no UTF-8 become replacement characters. Raises as `read_bytes`."""
        return self.read_bytes(path).decode("utf-8", "replace")

    def write(self, path: str, text: str) -> None:
        """Make or replace a file.

        Raises:
            FileNotFoundError: its folder does not exist.
            IsADirectoryError: it is a folder.
            OSError: nothing can be called so, or the disk is full.
        """
        real = self._follow(path)
        if real == "/dev/null":
            return
        if self._kind(real) == "directory":
            raise IsADirectoryError(21, "Is a directory", path)
        if self._kind(posixpath.dirname(real)) != "directory":
            raise FileNotFoundError(2, "No such file or directory", path)
        try:
            self._raw.write_file(real, text.encode("utf-8", "surrogateescape"))
        except RuntimeError as error:
            raise OSError(22, "Invalid argument", path) from error

    def append(self, path: str, text: str) -> None:
        """Add to the end of a file, which there is.

        Raises:
            OSError: it cannot be written, or the disk is full.
        """
        try:
            self._raw.append_file(self._follow(path), text.encode("utf-8", "surrogateescape"))
        except RuntimeError as error:
            raise OSError(28, "No space left on device", path) from error

    def listdir(self, path: str) -> list[str]:
        """The names in a folder, sorted.

        Raises:
            FileNotFoundError: no such folder.
            NotADirectoryError: it is a file.
        """
        real = self._follow(path)
        match self._kind(real):
            case None:
                raise FileNotFoundError(2, "No such file or directory", path)
            case "directory":
                return sorted(entry["name"] for entry in self._raw.read_dir(real))
        raise NotADirectoryError(20, "Not a directory", path)

    def is_dir(self, path: str) -> bool:
        """Whether the path is a folder."""
        return self._kind(self._follow(path)) == "directory"

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder."""
        return self._kind(self._follow(path)) is not None

    def is_output(self, path: str) -> bool:
        """Whether a path leads to the reader's own output, as nginx's logs do: nothing ever comes of reading it."""
        return self._follow(path) in {"/dev/stdout", "/dev/stderr"}

    def read_link(self, path: str) -> str:
        """Where a symbolic link points."""
        return self._raw.read_link(self.resolve(path))

    def mkdir(self, path: str) -> None:
        """Make a folder and those above it. Raises OSError if that cannot be."""
        try:
            self._raw.mkdir(self._follow(path), recursive=True)
        except RuntimeError as error:
            raise OSError(22, "Invalid argument", path) from error

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all in it; nothing there is no error."""
        real = self.resolve(path)
        if self._kind(real) is not None:
            self._raw.remove(real, recursive=True)
