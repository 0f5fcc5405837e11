"""Print what the program costs, as a table: `python -m tests.benchmarks [--large] [PART]…`."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Iterator, Sequence

from tests.benchmarks import engine, program, shell
from tests.benchmarks.measure import Measurement
from tutor import collector

PARTS = ("engine", "shell", "program")


def show(row: Measurement) -> None:
    """Print one row."""
    growth = "" if row.growth is None else f"n^{row.growth:.2f}"
    print(f"{row.what:48}{row.result:>20}{row.target:>12}{growth:>9}", flush=True)


def rows(parts: Sequence[str], *, large: bool) -> Iterator[Measurement]:
    """Measure one row after the other.

    Args:
        parts: which of `PARTS`.
        large: also 10,000 Services with 50,000 Pods, which takes a minute or two.
    """
    collector.tune()
    if "engine" in parts:
        yield engine.new_clusters()
        yield engine.small_service()
        # Before the large worlds, whose leavings in memory make every later row slower than in a cluster of its own.
        yield engine.requests()
        yield engine.services()
        yield engine.pods()
        yield engine.undo()
    if "shell" in parts:
        yield shell.requests()
        yield shell.longest_block()
    if "program" in parts:
        yield from program.start_ups()
        yield from program.first_frame()
        yield from program.memory()
        yield program.commands_in_terminal()
        yield program.longest_block()
    if large:
        yield from engine.large()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"only these of {', '.join(PARTS)}")
    parser.add_argument("--large", action="store_true", help="also 10,000 Services with 50,000 Pods (minutes)")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no part {unknown.pop()!r}")
    print(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    print("best; median. engine and shell: processor time; program and blocks: wall time\n")
    print(f"{'':48}{'measured':>20}{'target':>12}{'growth':>9}")
    for row in rows(options.parts if options.parts or options.large else PARTS, large=options.large):
        show(row)


if __name__ == "__main__":
    main()
