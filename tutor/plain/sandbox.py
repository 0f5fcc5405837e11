"""`tutor shell` at a terminal: a shell in front of a fresh cluster."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence

from tutor.plain.lines import Lines, say
from tutor.shell.simulation import Simulation

GREETING = "A simulated cluster of your own; kubectl is there. exit or ctrl+d leaves."


def run_sandbox(*, files: Mapping[str, str], seed: int, manifests: Sequence[str]) -> int:
    """A shell in this terminal until `exit` or the end of input.

    Args:
        files: texts in the home folder, by name.
        seed: decides names, addresses and chances.
        manifests: YAML texts applied first.

    Returns:
        The exit status of the shell.
    """
    live = sys.stdin.isatty()
    with asyncio.Runner() as runner:
        simulation = Simulation(seed=seed, files=files, live=live)
        lines = Lines(runner, simulation.terminal, simulation.tick if live else None)
        for number, text in enumerate(manifests):
            path = f"/tmp/cluster-{number}.yaml"  # noqa: S108  # a path on the simulated computer
            simulation.write_file(path, text)
            lines.run(simulation.terminal.submit(f"kubectl apply -f {path}"))
        say(GREETING)
        while lines.left is None:
            line = lines.read()
            if line is None:
                lines.end_of_file()
            else:
                lines.run(simulation.terminal.submit(line))
        runner.run(simulation.close())
        return lines.left
