"""Server programs called from a shell: the container's own process is one, or has started one already."""

from __future__ import annotations

from tutor.shell.command import Ctx


async def nginx(ctx: Ctx) -> int:
    """`nginx -v`, `-t`, `-T`, `-s reload`; else it serves, if the container was started with this."""
    session = ctx.session
    image = session.computer.image if session else None
    version = image.server if image else "nginx"
    words = " ".join(ctx.args)
    if words in {"-v", "-V"}:
        await ctx.complain(f"nginx version: {version}\n")
        return 0
    if words in {"-t", "-T"}:
        await ctx.complain(
            "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n"
            "nginx: configuration file /etc/nginx/nginx.conf test is successful\n"
        )
        if words == "-T":
            await ctx.say("# configuration file /etc/nginx/nginx.conf:\n" + ctx.files.read("/etc/nginx/nginx.conf"))
        return 0
    if words.startswith("-s "):
        stamp = ctx.cluster.clock.datetime.strftime("%Y/%m/%d %H:%M:%S")
        await ctx.complain(f"{stamp} [notice] 37#37: signal process started\n")
        return 0
    if session and image and session.main:
        await ctx.pacing.until(lambda: False)
        return 0
    for address in ("0.0.0.0:80", "[::]:80"):
        await ctx.complain(f"nginx: [emerg] bind() to {address} failed (98: Address already in use)\n")
    return 1
