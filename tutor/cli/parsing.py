"""What the subcommands share: their parser, and how they say what went wrong."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

import tutor

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]

USAGE_ERROR: Final = 2
"""Exit status for arguments that cannot be understood or name what does not exist."""


class _Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE_ERROR, f"tutor: {message} (see '{self.prog} --help')\n")


def command_parser() -> tuple[argparse.ArgumentParser, Commands]:
    """The parser of `tutor`, and where its subcommands are added."""
    parser = _Parser(
        prog="tutor", description="Learn the Kubernetes ClusterIP Service by doing, in your terminal, offline."
    )
    parser.add_argument("--version", action="version", version=f"tutor {tutor.__version__}")
    return parser, parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)


def fail(message: str, status: int = 1) -> int:
    """Say on standard error what went wrong; the exit status."""
    print(f"tutor: {message}", file=sys.stderr)
    return status
