"""Cluster IPs and node ports: which are taken, which comes next.

What is taken follows from the Services in the store alone, so that no refused or dry-run request can leak an address.

Source: https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/ and
https://kubernetes.io/blog/2023/05/11/nodeport-dynamic-and-static-allocation/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, ip_address
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from rpds import HashTrieSet

from tutor.engine.dice import Dice
from tutor.engine.store import Change

if TYPE_CHECKING:  # rpds types take no parameters at run time
    _Addresses: TypeAlias = HashTrieSet[str]
    _Ports: TypeAlias = HashTrieSet[int]

SERVICE_RANGE: Final = IPv4Network("10.254.0.0/16")
NODE_PORTS: Final = range(30000, 32768)
HEADLESS: Final = "None"

_FIRST: Final = int(SERVICE_RANGE.network_address) + 1
_LAST: Final = int(SERVICE_RANGE.broadcast_address) - 1
_IP_BAND: Final = min(max(16, SERVICE_RANGE.num_addresses // 16), 256)
_PORT_BAND: Final = min(max(16, len(NODE_PORTS) // 32), 128)


class RangeFullError(Exception):
    """Nothing is left to hand out."""


@dataclass(frozen=True)
class AddressState:
    """All of `Addresses` that a snapshot keeps: the addresses and ports taken, and what comes first."""

    ips: _Addresses
    ports: _Ports
    preferred: tuple[str, ...] = ()


class Addresses:
    """The allocator of the service range and of node ports.

    Args:
        dice: chooses where nothing is asked for.
    """

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._state = AddressState(HashTrieSet(), HashTrieSet())

    @property
    def for_dry_run(self) -> Addresses:
        """An allocator of the same that hands out what a dry run shows, which takes nothing and rolls no dice."""
        return _ForShow(self)

    def prefer(self, ips: Iterable[str]) -> None:
        """Hand out these addresses first, in this order, where they are in range and free when their turn comes."""
        self._state = replace(self._state, preferred=tuple(ips))

    def next_ip(self) -> str:
        """A free cluster IP: a preferred one, else a random one above the band kept for asking, else one inside it.

        Raises:
            RangeFullError: every address is taken.
        """
        for preferred in self._state.preferred:
            if self.ip_problem(preferred) is None:
                return preferred
        taken = self._state.ips
        return _dotted(self._pick(lambda number: _dotted(number) not in taken, _FIRST, _LAST, _IP_BAND))

    def next_port(self, asked: Set[int] = frozenset()) -> int:
        """A free node port, none of those asked for elsewhere in the same Service.

        Raises:
            RangeFullError: every port is taken.
        """
        taken = self._state.ports
        return self._pick(
            lambda port: port not in taken and port not in asked, NODE_PORTS[0], NODE_PORTS[-1], _PORT_BAND
        )

    def ip_problem(self, ip: str) -> str | None:
        """Why a well-formed address cannot be had, in the API's words; None if it can."""
        address = ip_address(ip)
        if not _FIRST <= int(address) <= _LAST:
            return "the provided network does not match the current range"
        return "provided IP is already allocated" if str(address) in self._state.ips else None

    def port_problem(self, port: int) -> str | None:
        """Why a node port cannot be had, in the API's words; None if it can."""
        if port not in NODE_PORTS:
            shown = f"{NODE_PORTS[0]}-{NODE_PORTS[-1]}"
            return f"provided port is not in the valid range. The range of valid ports is {shown}"
        return "provided port is already allocated" if port in self._state.ports else None

    def _pick(self, is_free: Callable[[int], bool], first: int, last: int, band: int) -> int:
        for low, high in ((first + band, last), (first, first + band - 1)):
            size = high - low + 1
            start = self._dice.below(size)
            for step in range(size):
                number = low + (start + step) % size
                if is_free(number):
                    return number
        raise RangeFullError("range is full")

    def follow(self, change: Change) -> None:
        """Take note of a change of a Service."""
        before = change.old
        after = None if change.type == "DELETED" else change.object
        ips, ports, preferred = self._state.ips, self._state.ports, self._state.preferred
        old_ips, old_ports = set(_ips_of(before)), set(_ports_of(before))
        new_ips, new_ports = set(_ips_of(after)), set(_ports_of(after))
        if old_ips == new_ips and old_ports == new_ports:
            return
        for ip in old_ips - new_ips:
            ips = ips.discard(ip)
        for port in old_ports - new_ports:
            ports = ports.discard(port)
        for ip in new_ips - old_ips:
            ips = ips.insert(ip)
        for port in new_ports - old_ports:
            ports = ports.insert(port)
        if preferred and new_ips:
            preferred = tuple(ip for ip in preferred if ip not in new_ips)
        self._state = AddressState(ips, ports, preferred)

    def snapshot(self) -> AddressState:
        """All that changes here."""
        return self._state

    def restore(self, state: AddressState) -> None:
        """Go back to a snapshot."""
        self._state = state


class _ForShow(Addresses):
    """What dry runs are given: the range's own address, and node ports from the first on.

    Source: `dryRunRange` of kubernetes/pkg/registry/core/service/ipallocator and `portAllocationOperation` of its
    portallocator.

    Args:
        real: the allocator of those that are stored.
    """

    def __init__(self, real: Addresses) -> None:
        super().__init__(real._dice)
        self._state = real._state

    def next_ip(self) -> str:
        """The address of the whole range."""
        return str(SERVICE_RANGE.network_address)

    def next_port(self, asked: Set[int] = frozenset()) -> int:
        """The port after those of the same Service; the first one to begin with."""
        return max((port for port in asked if port in NODE_PORTS), default=NODE_PORTS[0] - 1) + 1


def _dotted(number: int) -> str:
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _ips_of(service: Mapping[str, Any] | None) -> Iterator[str]:
    return (ip for ip in service["spec"].get("clusterIPs", ()) if ip != HEADLESS) if service else iter(())


def _ports_of(service: Mapping[str, Any] | None) -> Iterator[int]:
    for port in service["spec"].get("ports", ()) if service else ():
        if port.get("nodePort"):
            yield port["nodePort"]
