"""Whatever is typed at the prompt, the shell answers: no fault of ours shows, and the next line works."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.materials import MANIFEST_TEXT, RECORDINGS, TEXT, declared_words, no_hang
from tutor.shell.simulation import Simulation

EXAMPLES = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
FILES = {name: text for recording in RECORDINGS for name, text in recording.files.items()}
LINES = sorted({step.cmd for recording in RECORDINGS for step in recording.steps})
TOOLS = ["curl -sS -m 2", "nslookup", "wget -qO- -T 2", "ping -c 1", "dig +short", "nc -zw 1", "host", "getent hosts"]
TARGETS = [
    "web",
    "http://web",
    "web:80",
    "10.254.9.9",
    "http://10.254.9.9:81/",
    "solo.default",
    "-h",
    "--",
    "80",
    "web 80",
]


@st.composite
def spoiled_lines(draw: st.DrawFn) -> str:
    """A recorded line with pieces cut out, put in or doubled."""
    line = draw(st.sampled_from(LINES))
    for _ in range(draw(st.integers(1, 2))):
        start = draw(st.integers(0, len(line)))
        end = draw(st.integers(start, min(len(line), start + 6)))
        shell = st.sampled_from(["|", "&&", ";", "'", '"', "$(", "`", ">", "<", "#", "\\", "*", "$X", "(", "2>&1 "])
        line = line[:start] + draw(st.one_of(shell, TEXT)) + line[end:]
    return line


async def play(lines: list[str], first: Callable[[Simulation], Awaitable[None]] | None = None) -> None:
    """Type the lines into a fresh simulation and look at every answer."""
    simulation = Simulation(files={**FILES, "all.yaml": MANIFEST_TEXT}, apart=True)
    try:
        if first:
            await first(simulation)
        for line in lines:
            with no_hang():
                result = await simulation.terminal.submit(line)
                if result is None:
                    simulation.terminal.end_of_file()
                await simulation.settle()
            while not simulation.terminal.at_host:
                await simulation.terminal.submit("exit")
            assert result is None or "internal fault" not in result.output + result.stderr
            assert result is None or "Traceback (most recent call last)" not in result.output
        done = await simulation.terminal.submit("echo alive")
        assert done is not None
        assert "alive" in done.stdout.splitlines()
    finally:
        await simulation.close()


async def furnish(simulation: Simulation) -> None:
    await simulation.terminal.submit("kubectl apply -f all.yaml")
    await simulation.settle()


@EXAMPLES
@given(st.lists(spoiled_lines(), min_size=1, max_size=4))
async def test_spoiled_recorded_lines(lines: list[str]) -> None:
    await play(lines)


@EXAMPLES
@given(st.lists(declared_words(), min_size=1, max_size=3))
async def test_kubectl_with_containers_to_reach_into(commands: list[list[str]]) -> None:
    quoted = ["kubectl " + " ".join("'" + word.replace("'", "") + "'" for word in words) for words in commands]
    await play([line.replace("\n", " ") for line in quoted], furnish)


@EXAMPLES
@given(st.lists(st.tuples(st.sampled_from(TOOLS), st.one_of(st.sampled_from(TARGETS), TEXT)), min_size=1, max_size=4))
async def test_network_tools_with_odd_targets(calls: list[tuple[str, str]]) -> None:
    lines = [f"{tool} '{target.replace(chr(39), '')}'".replace("\n", " ") for tool, target in calls]
    await play([f"kubectl exec solo -- {line}" for line in lines] + lines, furnish)


def test_ending_a_simulation_leaves_nothing_running() -> None:
    """The examples above each end theirs; nothing of them may keep a loop from closing."""
    asyncio.run(play(["kubectl run x --image=busybox -- sh -c 'while true; do date; sleep 1; done'", "sleep 3 &"]))
