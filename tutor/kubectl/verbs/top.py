"""`kubectl top`: without a metrics server it can only say so, as on a cluster that has none."""

from __future__ import annotations

from tutor.kubectl import common_flags as common
from tutor.kubectl.command import Command
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation


async def no_metrics(_call: Invocation) -> int:
    """Say that nobody measures."""
    raise KubectlError("Metrics API not available")


COMMAND = Command(
    name="top",
    short="Display resource (CPU/memory) usage",
    long="""Display resource (CPU/memory) usage.

 The top command allows you to see the resource consumption for nodes or pods.

 This command requires Metrics Server to be correctly configured and working on the server. The simulated cluster has none.""",  # noqa: E501
    usage="[flags]",
    subcommands=(
        Command(
            name="node",
            short="Display resource (CPU/memory) usage of nodes",
            handler=no_metrics,
            aliases=("nodes", "no"),
            usage="[NAME | -l label]",
            flags=(common.NO_HEADERS, common.SELECTOR),
            lacks=("show-capacity", "sort-by", "use-protocol-buffers"),
        ),
        Command(
            name="pod",
            short="Display resource (CPU/memory) usage of pods",
            handler=no_metrics,
            aliases=("pods", "po"),
            usage="[NAME | -l label]",
            flags=(common.ALL_NAMESPACES, common.FIELD_SELECTOR, common.NO_HEADERS, common.SELECTOR),
            lacks=("containers", "sort-by", "sum", "use-protocol-buffers"),
        ),
    ),
)
