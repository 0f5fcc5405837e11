"""`kubectl api-versions`."""

from __future__ import annotations

from tutor.engine.resources import EVENTS_V1, RESOURCES
from tutor.kubectl.command import Command
from tutor.kubectl.invocation import Invocation


async def api_versions(call: Invocation) -> int:
    """List the groups and versions the API serves."""
    if call.args:
        raise call.usage_error(f"unexpected arguments: [{' '.join(call.args)}]")
    await call.out(
        "".join(f"{version}\n" for version in sorted({each.api_version for each in (*RESOURCES, EVENTS_V1)}))
    )
    return 0


COMMAND = Command(
    name="api-versions",
    short='Print the supported API versions on the server, in the form of "group/version"',
    handler=api_versions,
    long='Print the supported API versions on the server, in the form of "group/version".',
    examples="""
# Print the supported API versions
kubectl api-versions
""",
)
