"""`tutor preview`: the app on a lesson that is being written."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.cli.parsing import USAGE_ERROR, fail
from tutor.surroundings import has_screen

if TYPE_CHECKING:
    from tutor.cli.parsing import Commands
    from tutor.ui.preview import Findings


def add(commands: Commands) -> None:
    """Declare `tutor preview`."""
    parser = commands.add_parser(
        "preview",
        help="play a lesson while you write it",
        description="Play a lesson file in the app, again each time it or a file it uses is saved, at the same step, "
        "beside what `tutor check` finds in it. A translation is played as it reads, a fault of challenges as a "
        "challenge. Progress is not kept.",
    )
    parser.add_argument("path", type=Path, metavar="FILE", help="a lesson, its translation, a fault, or the stories")
    parser.add_argument(
        "--seed", type=_seed, default=1, metavar="N", help="decides what differs from learner to learner (default 1)"
    )
    parser.add_argument(
        "--language",
        default="",
        metavar="CODE",
        help="read it in this language, such as de (default: as it is written)",
    )
    parser.set_defaults(run=_run)


def _seed(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a number from 1 is wanted, not {text!r}")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    from tutor.author.translations import translated_from, translations_of
    from tutor.course.languages import candidates
    from tutor.course.lesson_index import GLOSSARY, INDEX

    path, language = options.path, options.language
    if not path.is_file():
        return fail(f"{path} is no file; 'tutor new NAME' begins a lesson", USAGE_ERROR)
    translation = translated_from(path)
    if translation is not None:
        path, language = translation[0], language or translation[1]
    if path.name in {INDEX, GLOSSARY}:
        return fail(f"{options.path} is no lesson; 'tutor check {options.path}' says what is wrong in it", USAGE_ERROR)
    wanted = candidates(language)
    if wanted and not set(wanted) & set(translations_of(path)):
        return fail(f"{path} is not translated into {language!r}; 'tutor translate' begins it", USAGE_ERROR)
    if not has_screen():
        return fail("the preview needs a terminal; 'tutor check FILE' does without")
    from tutor import collector
    from tutor.course.draft import read_draft
    from tutor.ui.preview import Manuscript, PreviewApp

    collector.tune()
    read = partial(read_draft, path, options.seed, next(iter(wanted), ""))
    app = PreviewApp(Manuscript(path, read, partial(findings, path), options.seed))
    app.run()
    return app.return_code or 0


async def findings(path: Path) -> Findings:
    """What `tutor check` finds in a file, and in the index and the glossary beside it."""
    from tutor.author.apart import check_apart
    from tutor.author.findings import summary
    from tutor.course.lesson_index import GLOSSARY, INDEX
    from tutor.ui.preview import Findings

    beside = [path.with_name(name) for name in (INDEX, GLOSSARY)]
    report = await check_apart([path, *(each for each in beside if each.is_file())])
    return Findings(summary(report), report.problems)
