"""Every recording of the real kubectl, typed into the shell behind `tutor shell --json`: pipes, loops, all."""

from __future__ import annotations

import pytest

from tests.kubectl.recordings import NAMES, Step, load, mask, misaligned
from tutor.shell.results import CommandResult
from tutor.shell.script import run_script

LEFT_OUT = {
    # The recordings were made with a context called `c`; the learner's is `tutor`, which these commands print.
    "kubectl config current-context",
    "kubectl config set-context --current --namespace=shop",
    "kubectl config set-context --current --namespace=default",
}


def differs(step: Step, got: CommandResult) -> bool:
    """Whether the answer is another one than the recorded, or its table's columns do not line up."""
    return (
        mask(got.stdout) != mask(step.stdout)
        or mask(got.stderr) != mask(step.stderr)
        or got.exit_code != step.rc
        or misaligned(got.stdout) > 0
    )


@pytest.mark.parametrize("name", NAMES)
async def test_recording(name: str) -> None:
    recording = load(name)
    results: list[CommandResult] = []
    commands = [*recording.setup, *(step.cmd for step in recording.steps)]
    await run_script(commands, files=recording.files, on_result=results.append)
    answers = zip(recording.steps, results[len(recording.setup) :], strict=True)
    differing = [
        f"$ {step.cmd}\n  want {step.rc} {step.stdout!r} {step.stderr!r}"
        f"\n  got  {got.exit_code} {got.stdout!r} {got.stderr!r}"
        for step, got in answers
        if step.cmd not in LEFT_OUT and differs(step, got)
    ]
    assert not differing, f"{len(differing)} differ:\n" + "\n".join(differing)


def test_no_more_is_left_out_than_said() -> None:
    steps = [step.cmd for name in NAMES for step in load(name).steps]
    assert len(steps) == 222
    assert sum(command in LEFT_OUT for command in steps) == len(LEFT_OUT) == 3
