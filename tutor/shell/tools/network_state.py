"""`ip`, `ifconfig`, `route`, `arp`, `netstat` and `ss`: a container's address, its routes, and what listens.

Sources: iproute2 6.1, net-tools 2.10 and BusyBox 1.35, run by hand; a flannel network has an MTU of 1450.
"""

from __future__ import annotations

from typing import Final

from tutor.engine.sockets import EITHER, LOCALHOST, Socket, is_ipv4
from tutor.shell.command import Ctx, UsageError
from tutor.shell.machine import address_of, gateway_of, hardware_address

_MTU: Final = 1450
_SENT, _RECEIVED = (640, 64_018), (812, 91_204)
"""Packets and bytes that an interface has sent, and those it has received."""
_ANYWHERE: Final = "0.0.0.0"  # noqa: S104  # shown, never bound
_ROUTES: Final = "Kernel IP routing table\nDestination     Gateway         Genmask         Flags "


def _address(ctx: Ctx) -> str:
    return address_of(ctx.client)


def _network(address: str, last: str) -> str:
    return f"{address.rpartition('.')[0]}.{last}"


async def ip(ctx: Ctx) -> int:
    """`ip addr`, `ip link`, `ip route`, `ip neigh`."""
    what = next((word for word in ctx.args if not word.startswith("-")), "")
    address, busybox = _address(ctx), ctx.flavour == "busybox"
    if what and ("address".startswith(what) or "link".startswith(what)):
        await ctx.say(_links(address, busybox, link="link".startswith(what)))
    elif what and "route".startswith(what):
        kernel = "" if busybox else "proto kernel "
        await ctx.say(
            f"default via {gateway_of(address)} dev eth0 \n"
            f"{_network(address, '0')}/24 dev eth0 {kernel}scope link {' ' if busybox else ''}src {address} \n"
        )
    elif what and "neighbour".startswith(what):
        counts = "ref 1 used 0/0/0 probes 1 " if busybox else ""
        await ctx.say(
            f"{gateway_of(address)} dev eth0 lladdr {hardware_address(gateway_of(address))} {counts}REACHABLE\n"
        )
    else:
        raise UsageError(
            "Usage: ip [ OPTIONS ] { address | link | neigh | route }"
            if not what
            else f'Object "{what}" is unknown, try "ip help".',
            1,
        )
    return 0


def _links(address: str, busybox: bool, *, link: bool) -> str:
    group = "" if busybox else f" {'mode DEFAULT ' if link else ''}group default"
    unknown = "" if busybox else " state UNKNOWN"
    lines = [
        f"1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue{unknown}{group} qlen 1000",
        "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00",
        "    inet 127.0.0.1/8 scope host lo",
        "       valid_lft forever preferred_lft forever",
        f"2: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP{',M-DOWN' if busybox else ''}> mtu {_MTU} qdisc noqueue"
        f"{'' if busybox else ' state UP'}{group} ",
        f"    link/ether {hardware_address(address)} brd ff:ff:ff:ff:ff:ff{'' if busybox else ' link-netnsid 0'}",
        f"    inet {address}/24 brd {_network(address, '255')} scope global eth0",
        "       valid_lft forever preferred_lft forever",
    ]
    return "".join(f"{line}\n" for line in lines if not (link and line.startswith(("    inet", "       "))))


async def ifconfig(ctx: Ctx) -> int:
    """Print the interfaces."""
    address = _address(ctx)
    await ctx.say(_busybox_interfaces(address) if ctx.flavour == "busybox" else _interfaces(address))
    return 0


def _interfaces(address: str) -> str:
    counts = "        {0} packets {1}  bytes {2} ({3})\n        {0} errors 0  dropped 0{4}overruns 0  {5}\n"
    sent, received = (_SENT, "62.5 KiB"), (_RECEIVED, "89.0 KiB")
    return (
        f"eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu {_MTU}\n"
        f"        inet {address}  netmask 255.255.255.0  broadcast {_network(address, '255')}\n"
        f"        ether {hardware_address(address)}  txqueuelen 0  (Ethernet)\n"
        + counts.format("RX", *received[0], received[1], "  ", "frame 0")
        + counts.format("TX", *sent[0], sent[1], " ", "carrier 0  collisions 0")
        + "\nlo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536\n        inet 127.0.0.1  netmask 255.0.0.0\n"
        "        loop  txqueuelen 1000  (Local Loopback)\n"
        + counts.format("RX", 0, 0, "0.0 B", "  ", "frame 0")
        + counts.format("TX", 0, 0, "0.0 B", " ", "carrier 0  collisions 0")
        + "\n"
    )


def _busybox_interfaces(address: str) -> str:
    def counts(received: tuple[int, int], sent: tuple[int, int], queue: int, sizes: tuple[str, str]) -> str:
        return (
            f"          RX packets:{received[0]} errors:0 dropped:0 overruns:0 frame:0\n"
            f"          TX packets:{sent[0]} errors:0 dropped:0 overruns:0 carrier:0\n"
            f"          collisions:0 txqueuelen:{queue} \n"
            f"          RX bytes:{received[1]} ({sizes[0]})  TX bytes:{sent[1]} ({sizes[1]})\n\n"
        )

    return (
        f"eth0      Link encap:Ethernet  HWaddr {hardware_address(address).upper()}  \n"
        f"          inet addr:{address}  Bcast:{_network(address, '255')}  Mask:255.255.255.0\n"
        f"          UP BROADCAST RUNNING MULTICAST  MTU:{_MTU}  Metric:1\n"
        + counts(_RECEIVED, _SENT, 0, ("89.0 KiB", "62.5 KiB"))
        + "lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n"
        "          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n" + counts((0, 0), (0, 0), 1000, ("0.0 B", "0.0 B"))
    )


async def route(ctx: Ctx) -> int:
    """Print the routes."""
    if words := [word for word in ctx.args if not word.startswith("-")]:
        await ctx.complain(
            "SIOCADDRT: Operation not permitted\n" if words[0] == "add" else "SIOCDELRT: No such process\n"
        )
        return 7
    address, numeric = _address(ctx), "n" in "".join(ctx.args)
    nowhere = _ANYWHERE if numeric or ctx.flavour != "busybox" else "*"
    rows = (
        (_ANYWHERE if numeric else "default", gateway_of(address), _ANYWHERE, "UG"),
        (_network(address, "0"), nowhere, "255.255.255.0", "U"),
    )
    lines = "".join(f"{to:<15} {by:<15} {mask:<15} {flags:<5} 0      0        0 eth0\n" for to, by, mask, flags in rows)
    await ctx.say(f"{_ROUTES}Metric Ref    Use Iface\n{lines}")
    return 0


async def arp(ctx: Ctx) -> int:
    """Print the neighbours whose hardware address is known."""
    gateway = gateway_of(_address(ctx))
    hardware = hardware_address(gateway)
    if ctx.flavour == "busybox" or "-a" in ctx.args:
        await ctx.say(f"? ({gateway}) at {hardware} [ether]  on eth0\n")
    else:
        await ctx.say(
            "Address                  HWtype  HWaddress           Flags Mask            Iface\n"
            f"{gateway:<24} ether   {hardware:<19} C                     eth0\n"
        )
    return 0


async def netstat(ctx: Ctx) -> int:
    """Print what listens, or with -r the routes."""
    letters = "".join(word for word in ctx.args if word.startswith("-"))
    if "r" in letters:
        await ctx.say(_routes_by_netstat(_address(ctx)))
        return 0
    listening, every = "l" in letters, "a" in letters
    title = "only servers" if listening else "servers and established" if every else "w/o servers"
    by = "       PID/Program name    " if "p" in letters else "      "
    text = f"Active Internet connections ({title})\n"
    text += f"Proto Recv-Q Send-Q Local Address           Foreign Address         State{by}\n"
    for socket in _sockets(ctx, letters) if listening or every else ():
        old = is_ipv4(socket.address)
        protocol, peer = f"{socket.protocol.lower()}{'' if old else '6'}", "0.0.0.0:*" if old else ":::*"
        state = "LISTEN" if socket.protocol == "TCP" else ""
        local = f"{_by_netstat(socket, 'n' in letters)}:{socket.port}"
        owner = _owner(ctx) if "p" in letters else ""
        text += f"{protocol:<5} {0:>6} {0:>6} {local:<23} {peer:<23} {state:<11} {owner}\n"
    await ctx.say(text)
    return 0


def _by_netstat(socket: Socket, numeric: bool) -> str:
    if not numeric and socket.address == LOCALHOST:
        return "localhost"
    return "::" if socket.address == EITHER else socket.address


async def ss(ctx: Ctx) -> int:
    """Print sockets that listen."""
    letters = "".join(word for word in ctx.args if word.startswith("-"))
    both = not ("t" in letters) ^ ("u" in letters)
    rows = [("Netid", "State", "Recv-Q", "Send-Q", "Local Address", "Port", "Peer Address", "Port", "Process")]
    for one in _sockets(ctx, letters) if "l" in letters or "a" in letters else ():
        tcp = one.protocol == "TCP"
        old = is_ipv4(one.address) or one.address == EITHER
        address = one.address if old else f"[{one.address}]"
        peer = EITHER if one.address == EITHER else _ANYWHERE if old else "[::]"
        queue = ("tcp", "LISTEN", "0", str(_backlog(ctx))) if tcp else ("udp", "UNCONN", "0", "0")
        rows.append((*queue, address, str(one.port), peer, "*", ""))
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    text = ""
    for kind, *cells in rows:
        state, received, sent, address, port, peer, peer_port, process = cells
        text += f"{kind:<{wide[0]}} " if both else ""
        text += f"{state:<{wide[1]}} {received:<{wide[2]}} {sent:<{wide[3]}} {address:>{wide[4]}}:{port:<{wide[5]}} "
        text += f"{peer:>{wide[6]}}:{peer_port:<{wide[7]}}{process:<{wide[8]}}\n"
    await ctx.say(text)
    return 0


def _backlog(ctx: Ctx) -> int:
    """How many connections may wait to be taken: nginx and Apache ask for 511, Python's servers for 5, Go's for all."""
    image = ctx.session.computer.image if ctx.session else None
    server = image.server if image else ""
    return 511 if server.startswith(("nginx", "Apache")) else 5 if "Python" in server else 4096


def _sockets(ctx: Ctx, letters: str) -> list[Socket]:
    """The sockets that listen, of the protocols asked for: those of IPv4 first."""
    wanted = {name for letter, name in (("t", "TCP"), ("u", "UDP")) if letter in letters} or {"TCP", "UDP"}
    found = [one for one in ctx.cluster.network.sockets(ctx.client) if one.protocol in wanted]
    return sorted(found, key=lambda one: (one.protocol, not is_ipv4(one.address)))


def _owner(ctx: Ctx) -> str:
    session = ctx.session
    assert session is not None  # noqa: S101  # every command runs in a shell
    image = session.computer.image
    command = session.computer.main_command or (image.command if image else ())
    return f"1/{command[0].rpartition('/')[2]}" if command else "-"


def _routes_by_netstat(address: str) -> str:
    return (
        f"{_ROUTES}  MSS Window  irtt Iface\n"
        f"{_ANYWHERE:<15} {gateway_of(address):<15} {_ANYWHERE:<15} UG        0 0          0 eth0\n"
        f"{_network(address, '0'):<15} {_ANYWHERE:<15} {'255.255.255.0':<15} U         0 0          0 eth0\n"
    )
