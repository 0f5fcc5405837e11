"""`tutor shell`: a sandbox cluster in this terminal, or commands played in one."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.cli.choices import CLUSTER_HELP, read_cluster
from tutor.cli.parsing import USAGE_ERROR, fail

if TYPE_CHECKING:
    from tutor.cli.parsing import Commands


def add(commands: Commands) -> None:
    """Declare `tutor shell`."""
    parser = commands.add_parser(
        "shell",
        help="a sandbox cluster in this terminal",
        description="A shell with kubectl in front of a fresh cluster. With -c, or with commands on standard input, it "
        "plays them one by one, lets the cluster settle after each, and ends with the last one's exit status; a "
        "command that would run for ever ends once the cluster has settled.",
    )
    parser.add_argument(
        "-c", dest="commands", action="append", metavar="COMMAND", default=[], help="play this (repeatable)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a command")
    parser.add_argument("--sentences", action="store_true", help="at a terminal: say tables as sentences")
    parser.add_argument("--files", type=Path, metavar="DIR", help="put this folder's files into the home folder")
    parser.add_argument("--cluster", type=Path, metavar="FILE", help=CLUSTER_HELP)
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="decides names, addresses and chances (default 1)"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    try:
        files = _home_files(options.files) if options.files else {}
        manifests = read_cluster(options.cluster) if options.cluster else []
    except OSError as error:
        return fail(f"{error.filename}: {error.strerror}", USAGE_ERROR)
    except UnicodeDecodeError:
        return fail(f"{options.cluster}: not UTF-8 text", USAGE_ERROR)
    commands: list[str] = options.commands
    if not commands and sys.stdin.isatty():
        from tutor.plain.sandbox import run_sandbox

        return run_sandbox(files=files, seed=options.seed, manifests=manifests, sentences=options.sentences)
    from tutor.plain.lines import forgive_odd_text
    from tutor.plain.script import play_script

    forgive_odd_text()
    commands = commands or sys.stdin.read().splitlines()
    return play_script(commands, files=files, seed=options.seed, manifests=manifests, as_json=options.json)


def _home_files(folder: Path) -> dict[str, str]:
    """The text files directly in a folder, by name; what is no UTF-8 text has no place in a lesson's home folder."""
    files = {}
    for path in sorted(folder.iterdir()):
        if path.is_file():
            with contextlib.suppress(UnicodeDecodeError):
                files[path.name] = path.read_text(encoding="utf-8")
    return files
