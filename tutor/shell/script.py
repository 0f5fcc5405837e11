"""Plays commands through a terminal without anybody at it: `tutor shell -c …`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tutor.shell.simulation import Simulation
from tutor.shell.terminal import CommandResult


async def run_script(
    commands: Sequence[str],
    *,
    files: Mapping[str, str] | None = None,
    seed: int = 1,
    cluster_manifests: Sequence[str] = (),
    next_cluster_ips: Sequence[str] = (),
    on_result: Callable[[CommandResult], None],
) -> int:
    """Type commands one after the other into a fresh cluster that settles after each.

    Args:
        commands: what is typed; one that opens a shell in a container has those after it typed there.
        files: texts in the home folder, by path relative to it.
        seed: of the cluster.
        cluster_manifests: YAML texts applied before the first command.
        next_cluster_ips: addresses the cluster hands out first.
        on_result: gets each command's result, standard output and error apart.

    Returns:
        The exit status of the last command.
    """
    simulation = Simulation(seed=seed, files=files, next_cluster_ips=next_cluster_ips, apart=True)
    status = 0
    try:
        for number, text in enumerate(cluster_manifests):
            path = f"/tmp/manifest-{number}.yaml"  # noqa: S108  # a path on the simulated computer
            simulation.write_file(path, text)
            result = await simulation.terminal.submit(f"kubectl apply -f {path}")
            await simulation.settle()
            if result is not None and result.exit_code:
                on_result(result)
                return result.exit_code
        for command in commands:
            result = await simulation.terminal.submit(command)
            if result is None:
                simulation.terminal.end_of_file()
                result = CommandResult(command, _OPEN, "", _OPEN, 2, (), simulation.terminal.top.computer.name)
            await simulation.settle()
            status = result.exit_code
            on_result(result)
    finally:
        await simulation.close()
    return status


_OPEN = "bash: syntax error: unexpected end of file\n"
