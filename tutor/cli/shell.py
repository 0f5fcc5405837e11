"""`tutor shell`: a sandbox cluster in this terminal, or commands played in one."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tutor.cli.parsing import USAGE_ERROR, fail

if TYPE_CHECKING:
    from tutor.cli.parsing import Commands

_CLUSTER_HELP: Final = "apply this manifest to the cluster first, or take one of the sandbox's: nginx, service, shop"


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
    parser.add_argument("--files", type=Path, metavar="DIR", help="put this folder's files into the home folder")
    parser.add_argument("--cluster", type=Path, metavar="FILE", help=_CLUSTER_HELP)
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="decides names, addresses and chances (default 1)"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    try:
        files = _home_files(options.files) if options.files else {}
        manifests = _manifests(options.cluster) if options.cluster else []
    except OSError as error:
        return fail(f"{error.filename}: {error.strerror}", USAGE_ERROR)
    except UnicodeDecodeError:
        return fail(f"{options.cluster}: not UTF-8 text", USAGE_ERROR)
    commands: list[str] = options.commands
    if not commands and sys.stdin.isatty():
        from tutor.plain.sandbox import run_sandbox

        return run_sandbox(files=files, seed=options.seed, manifests=manifests)
    from tutor.plain.script import play_script

    commands = commands or sys.stdin.read().splitlines()
    return play_script(commands, files=files, seed=options.seed, manifests=manifests, as_json=options.json)


def _manifests(cluster: Path) -> list[str]:
    """The YAML texts of a cluster: one of the sandbox by its id, or else a file."""
    from tutor.course.sandbox import find_cluster

    known = None if cluster.exists() else find_cluster(str(cluster))
    return known.manifests() if known else [cluster.read_text(encoding="utf-8")]


def _home_files(folder: Path) -> dict[str, str]:
    """The text files directly in a folder, by name; what is no UTF-8 text has no place in a lesson's home folder."""
    files = {}
    for path in sorted(folder.iterdir()):
        if path.is_file():
            with contextlib.suppress(UnicodeDecodeError):
                files[path.name] = path.read_text(encoding="utf-8")
    return files
