"""`tutor shell -c COMMAND`: commands played one after the other, their answers printed."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence

from tutor.plain.lines import as_text
from tutor.shell.script import run_script
from tutor.shell.terminal import CommandResult


def play_script(
    commands: Sequence[str], *, files: Mapping[str, str], seed: int, manifests: Sequence[str], as_json: bool
) -> int:
    """Play commands in a fresh cluster and print what each said; the last one's exit status.

    Args:
        commands: what is typed, one after the other.
        files: texts in the home folder, by name.
        seed: decides names, addresses and chances.
        manifests: YAML texts applied first.
        as_json: print one object a command, `{"command", "stdout", "stderr", "exit_code"}`, instead of its output.
    """
    show = _show_json if as_json else _show_text
    commands = [as_text(command) for command in commands]
    return asyncio.run(run_script(commands, files=files, seed=seed, cluster_manifests=manifests, on_result=show))


def _show_json(result: CommandResult) -> None:
    record = {
        "command": result.command,
        "stdout": result.stdout,
        "stderr": result.stderr,
        "exit_code": result.exit_code,
    }
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _show_text(result: CommandResult) -> None:
    for stream, text in ((sys.stdout, result.stdout), (sys.stderr, result.stderr)):
        stream.write(text)
        stream.flush()
