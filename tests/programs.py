"""Programs of this machine that tests run where there are any: the real kubectl, in several versions."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

_NAME = re.compile(r"kubectl(?:\.(1\.\d+))?")


def _folders() -> Iterator[Path]:
    first = shutil.which("kubectl")
    yield from (Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder)
    if first is not None:
        yield Path(first).resolve().parent


@cache
def kubectls() -> dict[str, Path]:
    """Every real kubectl in `$PATH` and beside those, by version; one whose name tells none is `newest`."""
    found: dict[str, Path] = {}
    for folder in _folders():
        for path in sorted(folder.glob("kubectl*")) if folder.is_dir() else ():
            match = _NAME.fullmatch(path.stem if path.suffix == ".exe" else path.name)
            if match and os.access(path, os.X_OK):
                found.setdefault(match[1] or "newest", path)
    return found


def kubectl_of(version: str) -> Path:
    """That kubectl; the test is skipped where there is none."""
    found = kubectls().get(version)
    if found is None:
        pytest.skip(f"this machine has no kubectl {version}")
    return found
