"""Programs that an image has and that do nothing here."""

from __future__ import annotations

from tutor.shell.command import Ctx


async def unsimulated(ctx: Ctx) -> int:
    """Say so; a silent success would be a lie."""
    await ctx.complain(f"{ctx.name}: this program is not simulated here\n")
    return 1
