"""What a container's command does when nobody is at its terminal: read as a short list of steps.

Commands this cannot read (most shell scripts, programs of an image) are for the shell to run; see `ContainerProcesses`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

from tutor.engine.images import Image


@dataclass(frozen=True)
class Say:
    """Write one line or more to the container's output."""

    text: str


@dataclass(frozen=True)
class Wait:
    """Do nothing for so many seconds, or (None) until stopped."""

    seconds: float | None = None


@dataclass(frozen=True)
class Exit:
    """End with a code."""

    code: int


@dataclass(frozen=True)
class Jump:
    """Go back to the step of this index."""

    index: int


Step: TypeAlias = Say | Wait | Exit | Jump


@dataclass(frozen=True)
class Program:
    """A command as the engine understands it.

    Args:
        steps: what it does, in order; running off the end ends it with code 0.
        stops: whether it ends when told to (SIGTERM). A shell or `sleep` as process 1 does not: the kernel gives
            process 1 no default signal handlers, so that it runs until the grace period is over and it is killed.
        listens: whether it is the image's own server, with the image's ports.
        attached: whether it waits for somebody at its terminal, and lives until they leave.
    """

    steps: tuple[Step, ...]
    stops: bool = True
    listens: bool = False
    attached: bool = False


SHELLS: Final = frozenset(
    folder + name for folder in ("", "/bin/", "/usr/bin/") for name in ("sh", "bash", "ash", "dash")
)
KILLED: Final = 137
_UNTIL_STOPPED: Final = (Wait(None),)
_LAST_EXEC: Final = re.compile(r"""(?:^|[;&\n])\s*exec\s+(?P<program>\S+)(?:'[^']*'|"[^"]*"|[^;&|\n])*$""")
_UNITS: Final = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def command_of(container: Mapping[str, Any], image: Image) -> tuple[str, ...]:
    """The command line a container runs: its own, or the image's with the container's arguments.

    Source: https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
    """
    command, arguments = container.get("command"), container.get("args")
    if command:
        return (*command, *(arguments or ()))
    if arguments and arguments[0].startswith("-"):
        return (*image.command[:1], *arguments)
    # An entry point runs the command it is given in place of the image's own.
    return tuple(arguments) if arguments else image.command


def read_command(container: Mapping[str, Any], image: Image) -> Program | None:
    """The program a container runs, or None if it is more than the engine can read."""
    command = command_of(container, image)
    mode = mode_of(command, image)
    if mode is not None:
        return Program(_UNTIL_STOPPED, listens=bool(image.modes[mode]))
    own = not container.get("command") and not container.get("args")
    if own or _same_program(command, image):
        return _own_program(image, bool(container.get("stdin")))
    env = {one["name"]: one["value"] for one in container.get("env") or () if one.get("value") is not None}
    return _read(tuple(_expand(word, env) for word in command), bool(container.get("stdin")))


def becomes_server(container: Mapping[str, Any], image: Image) -> bool:
    """Whether a container's script ends by turning into the image's server: `sh -c "hostname > f && exec nginx …"`."""
    last = _LAST_EXEC.search(command_of(container, image)[-1])
    return last is not None and _same_program((last["program"],), image)


def mode_of(command: Sequence[str], image: Image) -> str | None:
    """The argument that says which of an image's servers a command line starts; None if it starts none of them."""
    return next((word for word in command[:3] if word in image.modes), None)


def _same_program(command: Sequence[str], image: Image) -> bool:
    """Whether a command line starts the image's own server, such as `nginx -g 'daemon off;'`."""
    if image.behaviour not in {"http", "tcp", "dns"} or not command:
        return False
    names = {word.rpartition("/")[2] for word in image.command}
    first = command[0].rpartition("/")[2]
    return first in names or first == image.name.rpartition("/")[2]


def _own_program(image: Image, stdin: bool) -> Program | None:
    said = (Say("\n".join(image.start_log)),) if image.start_log else ()
    if image.behaviour in {"http", "tcp", "dns"}:
        return Program((*said, Wait(None)), listens=True)
    if image.behaviour == "sleep":
        return Program((*said, Wait(None)), stops=True)
    if image.behaviour == "shell":
        return _shell(stdin)
    if image.command:
        read = _read(image.command, stdin)
        if read is not None:
            return Program((*said, *read.steps), stops=read.stops, attached=read.attached)
    return Program((*said, Exit(0)))


def _shell(stdin: bool) -> Program:
    if stdin:
        return Program(_UNTIL_STOPPED, stops=False, attached=True)
    return Program((Exit(0),))


def _expand(word: str, env: Mapping[str, str]) -> str:
    """Replace `$(NAME)` as the kubelet does; unknown names stay as they are."""
    return re.sub(r"\$\(([A-Za-z_][A-Za-z0-9_]*)\)", lambda found: env.get(found[1], found[0]), word)


@lru_cache(maxsize=1024)
def _read(command: tuple[str, ...], stdin: bool) -> Program | None:
    if not command:
        return Program((Exit(0),))
    if command[0] in SHELLS:
        arguments = list(command[1:])
        if not arguments or arguments in (["-i"], ["-l"], ["-il"], ["--login"]):
            return _shell(stdin)
        if arguments[0] in {"-c", "-ec", "-exc", "-lc", "-uec"} and len(arguments) >= 2:
            return read_script(arguments[1])
        return None
    steps = simple_steps(list(command))
    if steps is None:
        return None
    return Program(steps, stops=not any(isinstance(step, Wait) for step in steps))


def read_script(script: str) -> Program | None:
    """A `sh -c` script of echo, sleep, exit, true, false and `while true` loops of these; None for any other."""
    if re.search(r"[`$|<>*?\[\](){}]|&(?!&)|\|\|", re.sub(r"'[^']*'", "", script)):
        return None
    lines = [part.strip() for part in re.split(r";|\n|&&", script)]
    steps: list[Step] = []
    loop: int | None = None
    for line in lines:
        if loop is None and re.fullmatch(r"while\s+(true|:|sleep\s+\S+)", line):
            loop = len(steps)
            condition = line.split(None, 1)[1]
            steps += simple_steps(condition.split()) or () if condition.startswith("sleep") else ()
            continue
        if loop is not None and line == "done":
            if not any(isinstance(step, Wait) for step in steps[loop:]):
                return None  # a busy loop: it would never let the clock go on
            return Program((*steps, Jump(loop)), stops=False)
        if line == "do" or (loop is not None and line.startswith("do ")):
            line = line[2:].strip()
        if not line:
            continue
        read = _line(line)
        if read is None or any(isinstance(step, Exit) for step in steps):
            return None
        steps += read
    return Program(tuple(steps), stops=False) if loop is None else None


def _line(line: str) -> tuple[Step, ...] | None:
    try:
        words = shlex.split(line)
    except ValueError:
        return None
    return simple_steps(words)


def simple_steps(words: list[str]) -> tuple[Step, ...] | None:
    """The steps of one simple command, or None."""
    name, *arguments = [words[0].rpartition("/")[2], *words[1:]] if words else ["true"]
    if name == "exec" and arguments:
        return simple_steps(arguments)
    if name == "echo":
        return tuple(Say(text) for text in " ".join(arguments[arguments[:1] == ["-e"] :]).split("\n"))
    if name == "sleep" and arguments:
        seconds = [_seconds(word) for word in arguments]
        known = [one for one in seconds if one is not None]
        if len(known) < len(seconds):
            return (Say(f"sleep: invalid number '{arguments[seconds.index(None)]}'"), Exit(1))
        total = sum(known)
        return (Wait(None if total == float("inf") else total),)
    if name in {"true", ":"}:
        return ()
    if name == "false":
        return (Exit(1),)
    if name == "exit":
        return (Exit(int(arguments[0]) & 0xFF if arguments and arguments[0].lstrip("-").isdigit() else 0),)
    if name == "tail" and arguments == ["-f", "/dev/null"]:
        return _UNTIL_STOPPED
    if name == "pause":
        return _UNTIL_STOPPED
    return None


def _seconds(word: str) -> float | None:
    if word in {"infinity", "inf"}:
        return float("inf")
    found = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)([smhd]?)", word)
    return float(found[1]) * _UNITS[found[2]] if found else None
