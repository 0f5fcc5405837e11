"""Playing recordings of the real kubectl against ours, with what differs from run to run masked on both sides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent.parent / "golden" / "kubectl"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
_MASKS = [
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<uid>"),
    (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\b", "<time>"),
    (r'(resourceVersion"?: "?)\d+', r"\1<rv>"),
    (r"(generation: )\d+", r"\1<gen>"),
    (r"\b([a-z][a-z0-9-]*?)-[a-f0-9bcdf-hj-np-tv-z24-9]{8,10}-[bcdf-hj-np-tv-xz24-9]{5}\b", r"\1-<hash>-<id>"),
    (r"\b([a-z][a-z0-9-]*?)-(?=[a-z0-9]*\d)[bcdf-hj-np-tv-xz24-9]{8,10}\b", r"\1-<hash>"),
    (r"(pod-template-hash=)[a-z0-9]+", r"\1<hash>"),
    (
        r"\b(redis|web|web2|multi|nginx-clusterip|hostnames|api-svc|minimal|nodeport|lb|headless|fixed|second|mine"
        r"|nohead|first|1web|cart)-[bcdf-hj-np-tv-xz24-9]{5}\b",
        r"\1-<id>",
    ),
    (r"\b10\.244\.\d+\.\d+", "<podip>"),
    (r"\b192\.0\.2\.\d+|\b172\.\d+\.\d+\.\d+", "<nodeip>"),
    (r"\bnode-\d\b", "<node>"),
    (r"\b(\d+d)?(\d+h)?(\d+m)?\d+s( \(x\d+ over [0-9hms]+\))?(?=\s|$)", "<age>"),
    (r"(?<=\s)\d+m(?=\s|$)", "<age>"),
    # Not an age the recordings have: their cluster was minutes old, the simulated one is born 14 days before.
    (r"(?<=\s)14d(?=\s|$)", "<age>"),
    (r"\b\d+(?=/TCP,?\b.*nodeport)", "<np>"),
    (r"\b80:3\d{4}/", "80:<np>/"),
]
_FIXED = {
    "10.254.0.1", "10.254.0.10", "10.254.201.125", "10.254.201.126", "10.254.201.127", "10.254.7.7", "10.254.300.1",
    "10.254.0.0", "10.254.255.255",
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One recorded command and what the real kubectl answered."""

    cmd: str
    stdout: str
    stderr: str
    rc: int


@dataclass(frozen=True)
class Recording:
    """Files, commands to run first, and recorded commands."""

    name: str
    files: dict[str, str]
    setup: list[str]
    steps: list[Step]


def load(name: str) -> Recording:
    """The recording of that name."""
    data: dict[str, Any] = yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return Recording(name, data["files"], data["setup"], [Step(**step) for step in data["steps"]])


def mask(text: str) -> list[str]:
    """The lines of a text with uids, ages, generated names and addresses made alike."""
    for pattern, replacement in _MASKS:
        text = re.sub(pattern, replacement, text)
    text = re.sub(r"\b10\.254\.\d+\.\d+", lambda match: match[0] if match[0] in _FIXED else "<vip>", text)
    return [re.sub(r" {2,}", "  ", line.rstrip()) for line in text.splitlines()]


def misaligned(text: str) -> int:
    """The number of table rows whose columns do not start where the header's do."""
    bad, columns = 0, None
    for line in text.splitlines():
        if re.match(r"^[A-Z][A-Z0-9()/-]*( [A-Z()]+)*( {3,}[A-Z]|\s*$)", line) and "  " in line:
            columns = [match.start() for match in re.finditer(r"(?:^|(?<= {3}))\S", line)]
        elif not line.strip():
            columns = None
        elif columns and len(line) > columns[-1]:
            bad += any(column and line[column - 1] != " " for column in columns)
    return bad
