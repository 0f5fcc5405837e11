"""What the engine reads out of a container's command."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.conftest import Registry
from tutor.engine.images import Image
from tutor.engine.probecommand import run_probe
from tutor.engine.process import Exit, Jump, Program, Say, Wait, becomes_server, command_of, read_command


def image(reference: str) -> Image:
    found = Registry().find(reference)
    assert found is not None
    return found


def read(command: list[str], reference: str = "busybox", **container: Any) -> Program | None:
    return read_command({"command": command, **container}, image(reference))


@pytest.mark.parametrize(
    ("command", "steps"),
    [
        (["sleep", "90"], (Wait(90),)),
        (["/bin/sleep", "1.5m"], (Wait(90),)),
        (["sleep", "infinity"], (Wait(None),)),
        (["sleep", "soon"], (Say("sleep: invalid number 'soon'"), Exit(1))),
        (["tail", "-f", "/dev/null"], (Wait(None),)),
        (["echo", "a", "b"], (Say("a b"),)),
        (["true"], ()),
        (["false"], (Exit(1),)),
        (["sh"], (Exit(0),)),
        (["sh", "-c", "echo 'a; b'; sleep 5 && exit 3"], None),
        (["sh", "-c", "echo start; sleep 5; exit 3"], (Say("start"), Wait(5), Exit(3))),
        (["/bin/sh", "-c", "exec sleep 10"], (Wait(10),)),
        (["sh", "-c", "while true; do echo tick; sleep 2; done"], (Say("tick"), Wait(2), Jump(0))),
        (["bash", "-c", "echo up\nwhile sleep 5; do echo tick; done"], (Say("up"), Wait(5), Say("tick"), Jump(1))),
        (["sh", "-c", "while true; do :; done"], None),
        (["sh", "-c", "exit 1; echo never"], None),
        (["sh", "-c", "echo $HOME"], None),
        (["sh", "-c", "ls | wc -l"], None),
        (["sh", "-c", "echo 'open"], None),
        (["python", "-m", "http.server"], None),
    ],
)
def test_a_command_is_read_as_steps_or_not_at_all(command: list[str], steps: tuple[object, ...] | None) -> None:
    program = read(command)
    assert (program.steps if program is not None else None) == steps


def test_a_command_that_waits_does_not_stop_when_told_to() -> None:
    """The kernel gives process 1 no default signal handlers; a server brings its own."""
    assert not read(["sleep", "5"]).stops  # type: ignore[union-attr]
    assert not read(["sh", "-c", "sleep 5"]).stops  # type: ignore[union-attr]
    assert read_command({}, image("nginx:1.27")).stops  # type: ignore[union-attr]


def test_only_the_image_s_own_server_listens() -> None:
    assert read_command({}, image("nginx:1.27")).listens  # type: ignore[union-attr]
    assert read(["nginx", "-g", "daemon off;"], "nginx:1.27").listens  # type: ignore[union-attr]
    assert not read(["sleep", "5"], "nginx:1.27").listens  # type: ignore[union-attr]


def test_a_shell_with_stdin_waits_for_its_user() -> None:
    assert read(["sh"], stdin=True) == Program((Wait(None),), stops=False, attached=True)
    assert read_command({"stdin": True}, image("ubuntu")) == read(["bash"], stdin=True)


def test_arguments_replace_the_image_s_command_or_go_to_it() -> None:
    nginx = image("nginx:1.27")
    assert command_of({}, nginx) == ("nginx", "-g", "daemon off;")
    assert command_of({"args": ["sh"]}, nginx) == ("sh",)
    assert command_of({"args": ["-v"]}, nginx) == ("nginx", "-v")
    assert command_of({"command": ["a"], "args": ["b"]}, nginx) == ("a", "b")


def test_variables_of_the_container_are_put_in() -> None:
    env = [{"name": "WHO", "value": "you"}]
    program = read(["echo", "hello", "$(WHO)", "$(NOBODY)"], env=env)
    assert program is not None
    assert program.steps == (Say("hello you $(NOBODY)"),)


@pytest.mark.parametrize(
    ("command", "ok"),
    [
        (["cat", "/there"], True),
        (["cat", "/missing"], False),
        (["ls", "-l", "/missing"], False),
        (["test", "-f", "/there"], True),
        (["[", "-e", "/missing", "]"], False),
        (["test", "-s", "/there"], False),
        (["sh", "-c", "cat /there"], True),
        (["sh", "-c", "cat 'open"], False),
        (["true"], True),
        (["false"], False),
        (["sh", "-c", "exit 7"], False),
        (["sh", "-c", "test -f /missing || test -s /word"], True),
        (["sh", "-c", "test -f /there && test -f /missing; echo done"], True),
        (["sh", "-c", "test -f /missing && exit 0; exit 1"], False),
        (["sh", "-c", "! cat /missing 2>/dev/null"], True),
        (["grep", "-q", "up$", "/word"], True),
        (["grep", "-q", "down", "/word"], False),
        (["sh", "-c", "grep -qi UP /missing /word"], True),
        (["sh", "-c", "grep up /word > /dev/null && [ ! -e /missing ]"], True),
        (["pg_isready"], True),
        (["sh", "-c", "curl -f localhost | grep ok"], True),
        ([], True),
    ],
)
def test_exec_probes_look_at_files(command: list[str], ok: bool) -> None:
    files = {"/there": b"", "/word": b"it is\nup\n"}
    assert run_probe(tuple(command), files.get).ok is ok


@pytest.mark.parametrize(
    ("script", "becomes"),
    [
        ("hostname > /page && exec nginx -g 'daemon off;'", True),
        ("exec nginx", True),
        ("hostname > /page; nginx -g 'daemon off;'", False),
        ("exec nginx & sleep 5", False),
        ("exec sleep 5", False),
    ],
)
def test_a_script_that_ends_in_exec_becomes_the_server(script: str, becomes: bool) -> None:
    assert becomes_server({"command": ["sh", "-c", script]}, image("nginx:1.27")) is becomes
