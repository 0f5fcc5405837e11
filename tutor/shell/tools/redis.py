"""`redis-cli`, and `redis-server` called once more where one runs.

Source: redis-cli 7.0.15, run by hand on a terminal and into a pipe.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field
from typing import Final

from tutor.engine.network.trace import Trace
from tutor.engine.objects import name_of, namespace_of
from tutor.shell.command import Ctx, FileTree
from tutor.shell.tools.redis_server import Database, Failure, Reply, Status
from tutor.shell.tools.resolving import resolver_error_of

_PORT: Final = 6379
_WITH_VALUE: Final = frozenset({"-h", "-p", "-a", "-n", "-r", "-i", "-u", "-s", "--user", "--pass"})
_DATA: Final = "/data/dump.json"
"""Where a server's keys are kept: in its container, so that they go with it and an undo brings them back."""


@dataclass
class _Options:
    host: str = "127.0.0.1"
    port: int = _PORT
    raw: bool = False
    repeat: int = 1
    words: list[str] = field(default_factory=list)


async def redis_cli(ctx: Ctx) -> int:
    """Run one command, or those typed or piped in."""
    if ctx.args[:1] in {("--version",), ("-v",)}:
        await ctx.say("redis-cli 7.0.15\n")
        return 0
    options = _options(list(ctx.args), raw=not ctx.stdout.isatty)
    trace = ctx.cluster.network.connect(ctx.client, options.host, options.port)
    await ctx.pacing.sleep(trace.milliseconds / 1000)
    files = _server_files(ctx, trace)
    if files is None:
        await ctx.complain(f"Could not connect to Redis at {options.host}:{options.port}: {_why(trace)}\n")
        return 1
    if options.words:
        for _ in range(options.repeat):
            await ctx.say(_run(ctx, files, options.words, options.raw))
        return 0
    prompt = f"{options.host}:{options.port}> " if ctx.stdin.isatty else ""
    while True:
        await ctx.say(prompt)
        line = await ctx.stdin.readline()
        try:
            words = shlex.split(line)
        except ValueError:
            await ctx.say("Invalid argument(s)\n")
            continue
        if not line or words[:1] in (["quit"], ["exit"]):
            return 0
        if words:
            await ctx.say(_run(ctx, files, words, options.raw))


def _options(words: list[str], *, raw: bool) -> _Options:
    options = _Options(raw=raw)
    while words and words[0].startswith("-"):
        word = words.pop(0)
        value = words.pop(0) if word in _WITH_VALUE and words else ""
        match word:
            case "-h":
                options.host = value
            case "-p":
                options.port = int(value) if value.isdigit() else 0
            case "-r":
                options.repeat = max(1, int(value)) if value.isdigit() else 1
            case "--raw" | "--no-raw":
                options.raw = word == "--raw"
    options.words = words
    return options


def _server_files(ctx: Ctx, trace: Trace) -> FileTree | None:
    """The files of the container that was reached, if a Redis server is what listens there."""
    session = ctx.session
    assert session is not None  # noqa: S101  # every command runs in a shell
    if trace.outcome != "ok":
        return None
    pod = ctx.cluster.network.pod_at(trace.backend.ip) if trace.backend else None
    return session.computer.files() if pod is None else session.world.files_of(namespace_of(pod), name_of(pod))


def _why(trace: Trace) -> str:
    if not trace.address:
        return resolver_error_of(trace.outcome)
    return "Connection refused" if trace.outcome == "refused" else "Connection timed out"


def _run(ctx: Ctx, files: FileTree, words: list[str], raw: bool) -> str:
    before = files.read(_DATA) if files.exists(_DATA) else '{"values": {}, "expiry": {}}'
    database = Database(**json.loads(before))
    reply = database.execute(words, ctx.cluster.clock.now)
    after = json.dumps({"values": database.values, "expiry": database.expiry})
    if after != before:
        files.mkdir("/data")
        files.write(_DATA, after)
    return _raw(reply) if raw else _formatted(reply)


def _raw(reply: Reply) -> str:
    match reply:
        case Failure(text):
            return f"{text}\n\n"
        case Status(text):
            return f"{text}\n"
        case None:
            return "\n"
        case list():
            return "\n".join(item or "" for item in reply) + "\n"
    return f"{reply}\n"


def _formatted(reply: Reply) -> str:
    match reply:
        case Failure(text):
            return f"(error) {text}\n"
        case Status(text):
            return f"{text}\n"
        case int():
            return f"(integer) {reply}\n"
        case list():
            width = len(str(len(reply)))
            return "".join(f"{at:>{width}}) {_quoted(item)}\n" for at, item in enumerate(reply, 1)) or "(empty array)\n"
    return f"{_quoted(reply)}\n"


def _quoted(text: str | None) -> str:
    return "(nil)" if text is None else json.dumps(text, ensure_ascii=False)


async def redis_server(ctx: Ctx) -> int:
    """The container's own process serves; a second one finds its port taken."""
    if ctx.args[:1] in {("--version",), ("-v",)}:
        await ctx.say("Redis server v=7.4.5 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=0000000000000000\n")
        return 0
    session = ctx.session
    if session and session.main:
        await ctx.pacing.until(lambda: False)
        return 0
    stamp = ctx.cluster.clock.datetime.strftime("%d %b %Y %H:%M:%S.000")
    await ctx.say(
        f"43:M {stamp} # Warning: Could not create server TCP listening socket *:6379: bind: Address already in use\n"
        f"43:M {stamp} # Failed listening on port 6379 (tcp), aborting.\n"
    )
    return 1
