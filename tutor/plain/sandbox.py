"""`tutor shell` at a terminal: a shell in front of a fresh cluster."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence

from tutor.plain import words
from tutor.plain.lines import Lines, say
from tutor.plain.sentences import Sentences
from tutor.plain.tables import Tables
from tutor.shell.simulation import Simulation

GREETING = "A simulated cluster of your own; kubectl is there. exit or ctrl+d leaves, help says more."


def run_sandbox(*, files: Mapping[str, str], seed: int, manifests: Sequence[str], sentences: bool = False) -> int:
    """A shell in this terminal until `exit` or the end of input.

    Args:
        files: texts in the home folder, by name.
        seed: decides names, addresses and chances.
        manifests: YAML texts applied first.
        sentences: say tables as sentences.

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
        lines.sentences = Sentences() if sentences else None
        tables = Tables(lines, simulation.cluster)
        say(GREETING)
        while lines.left is None:
            line = lines.read()
            if line is None:
                lines.end_of_file()
            elif not simulation.terminal.at_host:
                lines.run(simulation.terminal.submit(line))
            elif line.strip() == "help":
                say(words.help_text(words.SHELL))
            elif not tables.typed(line.strip()):
                tables.begin(line)
                lines.run(simulation.terminal.submit(line))
                tables.end()
        runner.run(simulation.close())
        return lines.left
