"""`getent`: entries of the system's databases; `hosts` and its kin ask the resolver.

Source: tests/golden/network, and glibc 2.36 itself.
"""

from __future__ import annotations

from typing import Final

from tutor.engine.network.resolver import is_address
from tutor.shell.command import Ctx
from tutor.shell.tools.dns_client import reverse_name

NOT_FOUND: Final = 2
_TRY: Final = "Try `getent --help' or `getent --usage' for more information.\n"
_FILES: Final = {"passwd": "/etc/passwd", "group": "/etc/group", "services": "/etc/services"}
_SOCKETS: Final = ("STREAM", "DGRAM", "RAW")
_KNOWN_SERVICES: Final = {
    "http": "http                  80/tcp www",
    "https": "https                 443/tcp",
    "domain": "domain                53/tcp",
}


async def getent(ctx: Ctx) -> int:
    """Print the entries of a database that keys name; 2 if one has none."""
    if not ctx.args:
        await ctx.complain("getent: wrong number of arguments\n")
        await ctx.say(_TRY)
        return 1
    database, keys = ctx.args[0], ctx.args[1:]
    if database == "hosts":
        return await _hosts(ctx, keys)
    if database in {"ahosts", "ahostsv4", "ahostsv6"}:
        return await _ahosts(ctx, database, keys)
    if database in _FILES:
        return await _file(ctx, database, keys)
    await ctx.complain(f"Unknown database: {database}\n")
    await ctx.say(_TRY)
    return 1


async def _hosts(ctx: Ctx, keys: tuple[str, ...]) -> int:
    network, code = ctx.cluster.network, 0
    if not keys:
        await ctx.say(_hosts_file(ctx))
        return 0
    for key in keys:
        if is_address(key):
            found = network.names.resolve(ctx.client, reverse_name(key) + ".", "PTR")
            await ctx.pacing.sleep(found.milliseconds / 1000)
            text = "".join(f"{key:<15} {record.data.rstrip('.')}\n" for record in found.records)
        else:
            found = network.names.find_host(ctx.client, key)
            await ctx.pacing.sleep(found.milliseconds / 1000)
            text = "".join(f"{address:<15} {found.canonical}\n" for address in found.addresses)
        await ctx.say(text)
        code = code if text else NOT_FOUND
    return code


async def _ahosts(ctx: Ctx, database: str, keys: tuple[str, ...]) -> int:
    for key in keys:
        found = ctx.cluster.network.names.find_host(ctx.client, key)
        await ctx.pacing.sleep(found.milliseconds / 1000)
        if not found.addresses:
            return NOT_FOUND
        text = ""
        for number, address in enumerate(found.addresses):
            shown = f"::ffff:{address}" if database == "ahostsv6" else address
            for socket in _SOCKETS:
                name = found.canonical if not number and socket == "STREAM" else ""
                text += f"{shown:<15} {socket:<6} {name}\n"
        await ctx.say(text)
    return 0


def _hosts_file(ctx: Ctx) -> str:
    text = ""
    for line in _read(ctx, "/etc/hosts").splitlines():
        words = line.partition("#")[0].split()
        if len(words) > 1 and is_address(words[0]):
            text += f"{words[0]:<15} {' '.join(words[1:])}\n"
    return text


async def _file(ctx: Ctx, database: str, keys: tuple[str, ...]) -> int:
    lines = _read(ctx, _FILES[database]).splitlines()
    if not keys:
        await ctx.say("".join(f"{line}\n" for line in lines))
        return 0
    code = 0
    for key in keys:
        if database == "services":
            line = _KNOWN_SERVICES.get(key, "")
        else:
            fields = ((one.split(":"), one) for one in lines)
            line = next((one for parts, one in fields if key in {parts[0], *parts[2:3]}), "")
        if line:
            await ctx.say(f"{line}\n")
        else:
            code = NOT_FOUND
    return code


def _read(ctx: Ctx, path: str) -> str:
    return ctx.files.read(path) if ctx.files.exists(path) else ""
