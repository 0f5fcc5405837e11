"""`ip`, `ifconfig`, `netstat` and `ss`: a container's address and what listens."""

from __future__ import annotations

from tutor.shell.command import Ctx, UsageError


def _address(ctx: Ctx) -> str:
    return ctx.client.ip or "192.0.2.77"


async def ip(ctx: Ctx) -> int:
    """`ip addr`, `ip route`, `ip link`."""
    what = next((word for word in ctx.args if not word.startswith("-")), "")
    address = _address(ctx)
    gateway = address.rpartition(".")[0] + ".1"
    if what and ("address".startswith(what) or "link".startswith(what)):
        link = not "address".startswith(what)
        lines = [
            "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN qlen 1000",
            "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00",
        ]
        if not link:
            lines += ["    inet 127.0.0.1/8 scope host lo", "       valid_lft forever preferred_lft forever"]
        hardware = ":".join(f"{int(part):02x}" for part in address.split("."))
        lines += [
            "2: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP",
            f"    link/ether 0a:58:{hardware} brd ff:ff:ff:ff:ff:ff",
        ]
        if not link:
            lines += [
                f"    inet {address}/24 brd {address.rpartition('.')[0]}.255 scope global eth0",
                "       valid_lft forever preferred_lft forever",
            ]
        await ctx.say("\n".join(lines) + "\n")
    elif what and "route".startswith(what):
        network = address.rpartition(".")[0] + ".0/24"
        await ctx.say(f"default via {gateway} dev eth0\n{network} dev eth0 scope link src {address}\n")
    else:
        raise UsageError(
            "Usage: ip [ OPTIONS ] { address | link | route }"
            if not what
            else f'Object "{what}" is unknown, try "ip help".',
            1,
        )
    return 0


async def ifconfig(ctx: Ctx) -> int:
    """Print the interfaces."""
    address = _address(ctx)
    await ctx.say(
        f"eth0      Link encap:Ethernet  HWaddr 0A:58:{':'.join(f'{int(part):02X}' for part in address.split('.'))}\n"
        f"          inet addr:{address}  Bcast:{address.rpartition('.')[0]}.255  Mask:255.255.255.0\n"
        "          UP BROADCAST RUNNING MULTICAST  MTU:1450  Metric:1\n\n"
        "lo        Link encap:Local Loopback\n          inet addr:127.0.0.1  Mask:255.0.0.0\n"
        "          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n"
    )
    return 0


async def netstat(ctx: Ctx) -> int:
    """Print what listens."""
    session = ctx.session
    image = session.computer.image if session else None
    ports = image.ports if image else ()
    if ctx.name == "ss":
        text = "State  Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
        text += "".join(f"LISTEN 0      511          0.0.0.0:{port:<8} 0.0.0.0:*\n" for port in ports)
    else:
        text = "Active Internet connections (only servers)\n"
        text += "Proto Recv-Q Send-Q Local Address           Foreign Address         State\n"
        text += "".join(f"tcp        0      0 {f'0.0.0.0:{port}':<23} {'0.0.0.0:*':<23} LISTEN\n" for port in ports)
    await ctx.say(text)
    return 0
