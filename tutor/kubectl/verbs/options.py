"""`kubectl options`: the flags every verb takes."""

from __future__ import annotations

from tutor.kubectl.command import Command
from tutor.kubectl.common_flags import GLOBAL_FLAGS
from tutor.kubectl.help import flags_text
from tutor.kubectl.invocation import Invocation


async def options(call: Invocation) -> int:
    """List the global flags."""
    await call.out(f"The following options can be passed to any command:\n\n{flags_text(GLOBAL_FLAGS)}\n\n")
    return 0


COMMAND = Command(name="options", short="Print the list of flags inherited by all commands", handler=options)
