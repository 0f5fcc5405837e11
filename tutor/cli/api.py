"""`tutor api`: a simulated cluster for the real kubectl and other programs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.cli.choices import CLUSTER_HELP, UnknownLessonError, find_lesson, read_cluster
from tutor.cli.library import add_library_options, library_of
from tutor.cli.parsing import USAGE_ERROR, fail

if TYPE_CHECKING:
    from tutor.cli.parsing import Commands


def add(commands: Commands) -> None:
    """Declare `tutor api`."""
    parser = commands.add_parser(
        "api",
        help="a cluster for the real kubectl and other programs",
        description="Serve a simulated cluster as a Kubernetes API on this computer alone, until ctrl+c. It writes a "
        "kubeconfig of its own and says how to point another terminal at it; your own kubeconfig is not touched.",
    )
    parser.add_argument("--port", type=_port, default=0, metavar="N", help="where to listen (default: any free port)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--lesson", metavar="LESSON", help="the cluster of this lesson, whose steps are followed")
    what.add_argument("--cluster", type=Path, metavar="FILE", help=CLUSTER_HELP)
    parser.add_argument("--seed", type=int, metavar="N", help="decides names, addresses and chances (default 1)")
    add_library_options(parser)
    parser.set_defaults(run=_run)


def _port(text: str) -> int:
    if not text.isdecimal() or not int(text) < 1 << 16:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 0 to 65535")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    from tutor.plain.api import serve_cluster, serve_lesson

    if options.lesson is not None:
        try:
            lesson = find_lesson(options.lesson, library_of(options))
        except UnknownLessonError as error:
            return fail(str(error), USAGE_ERROR)
        return serve_lesson(lesson, port=options.port, seed=options.seed)
    try:
        manifests = read_cluster(options.cluster) if options.cluster else []
    except OSError as error:
        return fail(f"{error.filename}: {error.strerror}", USAGE_ERROR)
    except UnicodeDecodeError:
        return fail(f"{options.cluster}: not UTF-8 text", USAGE_ERROR)
    return serve_cluster(manifests, port=options.port, seed=options.seed)
