"""Server programs called from a shell: the container's own process is one, or has started one already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tutor.engine.nginx_conf import ConfError, nginx_sockets
from tutor.shell.command import Ctx
from tutor.shell.machine import address_of

_CONFIG = "/etc/nginx/nginx.conf"


@dataclass(frozen=True)
class _Configuration:
    """nginx's configuration: its files in the order read, and why nginx would not start with it, if so."""

    files: Mapping[str, bytes]
    wrong: str = ""


def _configuration(ctx: Ctx) -> _Configuration:
    files: dict[str, bytes] = {}

    def read(path: str) -> bytes | None:
        if not ctx.files.exists(path):
            return None
        return files.setdefault(path, ctx.files.read_bytes(path))

    def names(folder: str) -> Sequence[str]:
        return ctx.files.listdir(folder) if ctx.files.is_dir(folder) else ()

    try:
        if nginx_sockets(_CONFIG, read, names, address_of(ctx.client)) is None:
            return _Configuration(files, f'open() "{_CONFIG}" failed (2: No such file or directory)')
    except ConfError as error:
        return _Configuration(files, str(error))
    return _Configuration(files)


async def nginx(ctx: Ctx) -> int:
    """`nginx -v`, `-t`, `-T`, `-s reload`; else it serves, if the container was started with this."""
    session = ctx.session
    image = session.computer.image if session else None
    version = image.server if image else "nginx"
    words = " ".join(ctx.args)
    if words in {"-v", "-V"}:
        await ctx.complain(f"nginx version: {version}\n")
        return 0
    configuration = _configuration(ctx)
    wrong = configuration.wrong
    if words in {"-t", "-T"}:
        return await _test(ctx, configuration, show=words == "-T")
    stamp = ctx.cluster.clock.datetime.strftime("%Y/%m/%d %H:%M:%S")
    process = "1#1" if session and session.main else "37#37"
    if wrong:
        await ctx.complain(f"{stamp} [emerg] {process}: {wrong}\nnginx: [emerg] {wrong}\n")
        return 1
    if words.startswith("-s "):
        await ctx.complain(f"{stamp} [notice] {process}: signal process started\n")
        if words == "-s reload":
            ctx.cluster.network.reread(ctx.client)
        return 0
    if session and image and session.main:
        ctx.cluster.network.reread(ctx.client)
        await ctx.pacing.until(lambda: False)
        return 0
    for socket in ctx.cluster.network.sockets(ctx.client):
        address = f"[{socket.address}]" if ":" in socket.address else socket.address
        await ctx.complain(f"nginx: [emerg] bind() to {address}:{socket.port} failed (98: Address already in use)\n")
    return 1


async def _test(ctx: Ctx, configuration: _Configuration, *, show: bool) -> int:
    wrong = configuration.wrong
    if wrong and not wrong.startswith("bind()"):
        await ctx.complain(f"nginx: [emerg] {wrong}\nnginx: configuration file {_CONFIG} test failed\n")
        return 1
    await ctx.complain(f"nginx: the configuration file {_CONFIG} syntax is ok\n")
    if wrong:
        await ctx.complain(f"nginx: [emerg] {wrong}\nnginx: configuration file {_CONFIG} test failed\n")
        return 1
    await ctx.complain(f"nginx: configuration file {_CONFIG} test is successful\n")
    if show:
        for path, text in configuration.files.items():
            await ctx.say(f"# configuration file {path}:\n{text.decode('utf-8', 'replace')}\n")
    return 0
