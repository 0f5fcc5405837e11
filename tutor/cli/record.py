"""`tutor record`: play, and have what was played as a lesson."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tutor.cli.parsing import USAGE_ERROR, fail

if TYPE_CHECKING:
    from tutor.cli.parsing import Commands

_NAME: Final = "recorded"


def add(commands: Commands) -> None:
    """Declare `tutor record`."""
    parser = commands.add_parser(
        "record",
        help="play, and have it as a lesson",
        description="Play in a sandbox, line by line. At the end there is a lesson of one step: the commands, the "
        "files they need, and conditions proposed from what changed and which requests were made.",
    )
    parser.add_argument("--cluster", default="empty", metavar="NAME", help="begin with: empty, nginx, service or shop")
    parser.add_argument("--title", default="", help="the title of the lesson")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="a new file; standard output if none is given"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from tutor.author.recording import Recording, lesson_of, to_yaml
    from tutor.course.datafile import write_atomically
    from tutor.course.sandbox import CLUSTERS, find_cluster
    from tutor.plain.recorder import play_sandbox

    cluster = find_cluster(options.cluster)
    if cluster is None:
        known = ", ".join(each.id for each in CLUSTERS)
        return fail(f"there is no cluster {options.cluster!r}; there are {known}", USAGE_ERROR)
    if options.output and options.output.exists():
        return fail(f"{options.output}: there is such a file already; it is left as it is", USAGE_ERROR)
    evidence, files = play_sandbox(cluster)
    name = re.sub(r"[^a-z0-9]+", "-", options.output.stem.lower()).strip("-") if options.output else ""
    title = options.title or (name or _NAME).replace("-", " ").capitalize()
    text = to_yaml(lesson_of(Recording(evidence, files, cluster.apply), name or _NAME, title))
    if options.output is None:
        sys.stdout.write(text)
        return 0
    try:
        write_atomically(options.output, text)
    except OSError as error:
        return fail(f"{options.output}: {error.strerror}")
    print(f"Written: {options.output}")
    print("Put the task into words of your own, and see how it looks:")
    print(f"  tutor preview {options.output}")
    print(f"  tutor check {options.output}")
    return 0
