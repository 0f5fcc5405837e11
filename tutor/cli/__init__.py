"""The `tutor` command: one module a subcommand. Each loads what it needs only when it is the one that is run."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tutor import collector
from tutor.cli import (
    api,
    challenge,
    check,
    doctor,
    export,
    lessons,
    new,
    preview,
    record,
    review,
    schema,
    shell,
    start,
    translate,
)
from tutor.cli.library import add_library_options
from tutor.cli.parsing import command_parser
from tutor.cli.start import run_app

SUBCOMMANDS = (
    start,
    challenge,
    review,
    lessons,
    shell,
    api,
    new,
    preview,
    record,
    check,
    export,
    schema,
    translate,
    doctor,
)
"""Modules with `add(commands)`, which declares the subcommand and names the function that runs it; in help's order."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; its exit status: 0 for success, 1 for a failure, 2 for wrong arguments.

    Args:
        argv: the arguments after `tutor`; those of the process if None.
    """
    collector.tune()
    parser, commands = command_parser()
    add_library_options(parser)
    parser.set_defaults(run=run_app)
    for module in SUBCOMMANDS:
        module.add(commands)
    options = parser.parse_args(argv)
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has left; nothing more can be said to them, at exit least of all.
        sys.stdout = None
        return 141
