"""Print how many recorded steps each real kubectl answers as recorded: `python -m tests.apiserver.scores`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.apiserver.real_kubectl import bench, differing_steps
from tests.kubectl.recordings import NAMES, load
from tests.programs import kubectls


async def score(kubectl: Path) -> tuple[int, int]:
    """How many steps are answered as recorded, and how many there are."""
    right = total = 0
    for name in NAMES:
        recording = load(name)
        with tempfile.TemporaryDirectory() as folder:
            async with bench(kubectl, Path(folder)) as at:
                right -= len(await differing_steps(at, recording))
        total += len(recording.steps)
    return right + total, total


def main() -> None:
    """Print a line a kubectl."""
    for version, kubectl in sorted(kubectls().items()):
        right, total = asyncio.run(score(kubectl))
        sys.stdout.write(f"kubectl {version}: {right}/{total}\n")


if __name__ == "__main__":
    main()
