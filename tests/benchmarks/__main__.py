"""Print what the program costs, as a table: `python -m tests.benchmarks [--large]`."""

from __future__ import annotations

import argparse
import platform
import sys

from tests.benchmarks import engine
from tests.benchmarks.engine import Measurement


def show(rows: list[Measurement]) -> None:
    """Print the rows, one line each."""
    print(f"{'':44}{'measured':>12}{'target':>12}{'growth':>9}")
    for row in rows:
        growth = "" if row.growth is None else f"n^{row.growth:.2f}"
        print(f"{row.what:44}{row.result:>12}{row.target:>12}{growth:>9}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="also 10,000 Services with 50,000 Pods (minutes)")
    options = parser.parse_args()
    print(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}; processor time, medians\n")
    rows = [
        engine.new_clusters(),
        engine.small_service(),
        engine.services(),
        engine.pods(),
        engine.requests(),
        engine.undo(),
    ]
    if options.large:
        rows += engine.large()
    show(rows)


if __name__ == "__main__":
    sys.exit(main())
