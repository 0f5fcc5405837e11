"""`python -m http.server`, as far as a container is started with it; of Python itself, the version only.

Source: CPython 3.11.7, asked by hand.
"""

from __future__ import annotations

from tutor.shell.command import Ctx


async def python(ctx: Ctx) -> int:
    """`--version`, and `-m http.server` as the container's own process."""
    session = ctx.session
    image = session.computer.image if session else None
    version = image.env.get("PYTHON_VERSION", "3") if image else "3"
    if ctx.args in {("--version",), ("-V",)}:
        await ctx.say(f"Python {version}\n")
        return 0
    if ctx.args[:2] == ("-m", "http.server") and session and session.main:
        ctx.cluster.network.reread(ctx.client)
        await ctx.pacing.until(lambda: False)
        return 0
    await ctx.complain(
        f"{ctx.name}: Python is not simulated here; a container may have `{ctx.name} -m http.server` as its command\n"
    )
    return 1
