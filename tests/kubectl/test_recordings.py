"""The recordings of the real kubectl, those commands of them that need no shell.

Two things are set up as when they were made rather than as a learner meets them: the context is called `c`, and the
simulated cluster's age of 14 days counts as any age.
"""

from __future__ import annotations

import re

import pytest

from tests.kubectl.conftest import Kubectl, Result
from tests.kubectl.recordings import NAMES, Step, load, mask, misaligned
from tutor.kubectl.context import KubeConfig, KubeContext

_SUBSTITUTION = re.compile(r"\$\(kubectl ([^|)]*)\| head -n 1\)")
_SHELL = re.compile(r"[|;&<>`]|\$\(|\$[A-Za-z]")


def _needs_a_shell(command: str) -> bool:
    """Whether anything stands outside quotes that only a shell understands."""
    return _SHELL.search(re.sub(r"'[^']*'", "", command)) is not None


async def _expanded(kubectl: Kubectl, command: str) -> str:
    """The command with the first line of the commands it substitutes, which is all the recordings use."""
    match = _SUBSTITUTION.search(command)
    if match is None:
        return command
    found = await kubectl(match[1])
    return command.replace(match[0], found.stdout.splitlines()[0])


def _same(step: Step, got: Result) -> bool:
    return (
        mask(step.stdout) == mask(got.stdout)
        and mask(step.stderr) == mask(got.stderr)
        and step.rc == got.rc
        and not misaligned(got.stdout)
    )


@pytest.mark.parametrize("name", NAMES)
async def test_recording(name: str) -> None:
    recording = load(name)
    kubectl = Kubectl(recording.files, KubeConfig("c", {"c": KubeContext("default")}))
    for command in recording.setup:
        await kubectl(command.removeprefix("kubectl"))
        kubectl.cluster.advance(2)
    differing = []
    for step in recording.steps:
        command = await _expanded(kubectl, step.cmd)
        if _needs_a_shell(command):
            continue
        got = await kubectl(command.removeprefix("kubectl"))
        if not _same(step, got):
            differing.append(f"$ {step.cmd}\n  want {step.rc} {step.stdout!r} {step.stderr!r}\n  got  {got}")
        kubectl.cluster.advance(1.5)
    assert not differing, f"{len(differing)} differ:\n" + "\n".join(differing)
