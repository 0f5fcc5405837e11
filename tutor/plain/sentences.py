"""kubectl's tables as sentences, line by line as they come: a row read aloud should say what each of its cells is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tutor.engine.resources import find_resource

_HEADER: Final = re.compile(r"(?:NAME|NAMESPACE|LAST SEEN)(?: {2,}[A-Z][A-Z()%-]*(?: [A-Z()-]+)*)+ *$")
_GAP: Final = re.compile(r" {2,}")
_KINDS: Final = {
    "CLUSTER-IP": "Service",
    "RESTARTS": "Pod",
    "UP-TO-DATE": "Deployment",
    "DESIRED": "ReplicaSet",
    "ADDRESSTYPE": "EndpointSlice",
    "ENDPOINTS": "Endpoints",
    "ROLES": "Node",
    "POD-SELECTOR": "NetworkPolicy",
    "DATA": "ConfigMap",
    "SECRETS": "ServiceAccount",
    "STATUS": "Namespace",
}
"""The kind that a column gives away, most telling first."""
_SPOKEN: Final = {"CLUSTER-IP": "cluster IP", "EXTERNAL-IP": "external IP", "INTERNAL-IP": "internal IP", "IP": "IP",
                  "PORT(S)": "ports", "UP-TO-DATE": "up to date", "ADDRESSTYPE": "address type",
                  "POD-SELECTOR": "Pod selector", "OS-IMAGE": "OS image", "KERNEL-VERSION": "kernel version",
                  "CONTAINER-RUNTIME": "container runtime", "LAST SEEN": "last seen"}  # fmt: skip
_SAID_IF_ANY: Final = frozenset({"NOMINATED NODE", "READINESS GATES"})
"""Columns whose being empty is not worth a listener's time."""


class Sentences:
    """Turns the tables in a stream of output into sentences; everything else passes as it is."""

    def __init__(self) -> None:
        self._open = ""
        self._header = ""
        self._held = False

    def feed(self, text: str) -> str:
        """The output so far that can be said by now.

        Args:
            text: the next part of the output; may end within a line.
        """
        *lines, self._open = (self._open + text).split("\n")
        return "".join(f"{said}\n" for line in lines for said in self._say(line))

    def flush(self) -> str:
        """What is left: the last line, if it has no end yet, and a header without rows."""
        rest, self._open = self._open, ""
        kept = f"{self._header}\n" if self._held else ""
        self._header, self._held = "", False
        return kept + rest

    def _say(self, line: str) -> Iterator[str]:
        if _HEADER.match(line):
            if self._held:
                yield self._header
            self._header, self._held = line, True
            return
        cells = _cells(line, self._header) if self._header else None
        if cells is not None:
            self._held = False
            yield _sentence(_GAP.split(self._header.strip()), cells)
            return
        if self._held:
            yield self._header
        self._header, self._held = "", False
        yield line


def _cells(line: str, header: str) -> list[str] | None:
    """The cells of a row, None if the line is no row: apart by gaps, or (with empty cells) under the header's words."""
    columns = _GAP.split(header.strip())
    cells = _GAP.split(line.strip())
    if len(cells) == len(columns):
        return cells
    starts = [header.index(column) for column in columns]
    if len(line) <= starts[-1] or any(line[start - 2 : start] != "  " for start in starts[1:]):
        return None
    ends = [*starts[1:], None]
    return [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]


def _sentence(columns: list[str], cells: list[str]) -> str:
    row = dict(zip(columns, cells, strict=True))
    namespace = row.pop("NAMESPACE", "")
    if "LAST SEEN" in row:
        when, message = row.pop("LAST SEEN"), row.pop("MESSAGE", "")
        about = ", ".join(f"{column.lower()} {cell}" for column, cell in row.items() if cell)
        return f"Event, last seen {when} ago{_where(namespace)}: {about}: {message}"
    name = row.pop("NAME")
    prefix, _, rest = name.rpartition("/")
    resource = find_resource(prefix) if prefix else None
    kind = resource.kind if resource else next((_KINDS[column] for column in _KINDS if column in row), "")
    parts = [part_of(column, cell) for column, cell in row.items()]
    what = f"{kind} {rest if resource else name}".strip()
    return f"{what}{_where(namespace)}: {', '.join(filter(None, parts))}."


def _where(namespace: str) -> str:
    return f" in namespace {namespace}" if namespace else ""


def part_of(column: str, cell: str) -> str:
    """A cell with what it is, such as `status Running`; empty if its being empty is not worth saying."""
    if cell in {"", "<none>"} and column in _SAID_IF_ANY:
        return ""
    said = value_of(column, cell)
    return f"{said} ready" if column == "READY" and " of " in said else f"{_SPOKEN.get(column, column.lower())} {said}"


def value_of(column: str, cell: str) -> str:
    """What a cell says, in words: `none`, `2 of 3`."""
    if column == "READY" and re.fullmatch(r"\d+/\d+", cell):
        return cell.replace("/", " of ")
    return cell.strip("<>") or "none"
