"""`jq`, run apart from the shell, so that a filter that never ends holds up nothing else."""

from __future__ import annotations

from tutor.shell.bashkit_engine import run_apart
from tutor.shell.command import Ctx

TIME_LIMIT = 1.0
"""Real seconds a filter may take."""


async def jq(ctx: Ctx) -> int:
    """Run a filter over files or standard input."""
    session = ctx.session
    assert session is not None  # noqa: S101  # every command runs in a shell
    options = [word for word in ctx.args if word.startswith("-")]
    reads = "-n" not in options and "--null-input" not in options
    text = await ctx.stdin.read() if reads and not _has_file(list(ctx.args)) else ""
    result = await run_apart(session.computer.disk, ctx.argv, text, ctx.cwd, ctx.environ, TIME_LIMIT)
    await ctx.say(result.stdout)
    if result.timed_out:
        await ctx.complain("jq: stopped: the filter took more than a second, which is as long as it may here\n")
        return 5
    await ctx.complain(result.stderr)
    return result.exit_code


_WITH_VALUE = {"--arg": 2, "--argjson": 2, "--slurpfile": 2, "--rawfile": 2, "--indent": 1, "-f": 1, "--from-file": 1}


def _has_file(words: list[str]) -> bool:
    """Whether a file is named after the filter."""
    operands = 0
    while words:
        word = words.pop(0)
        if word in {"--args", "--jsonargs"}:
            return operands > 1
        if word in _WITH_VALUE:
            operands += word in {"-f", "--from-file"}
            del words[: _WITH_VALUE[word]]
        elif not word.startswith("-") or word == "-":
            operands += 1
    return operands > 1
