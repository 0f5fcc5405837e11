"""Addresses of Pods: from the range of their node, in turn, so that a freed one is not handed out again at once.

Source: the host-local IPAM plugin of CNI, https://www.cni.dev/plugins/current/ipam/host-local/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from rpds import HashTrieMap

if TYPE_CHECKING:  # rpds types take no parameters at run time
    _Leases: TypeAlias = HashTrieMap[str, str]
    _Holders: TypeAlias = HashTrieMap[str, str]
    _Turns: TypeAlias = HashTrieMap[str, tuple[int, int]]
    AddressState: TypeAlias = tuple[_Leases, _Holders, _Turns]

FIRST_HOST: Final = 2
"""Host 1 of each range is the node's own bridge."""
_HOSTS: Final = 253
# A node with more Pods than its /24 holds goes on in further ranges of the same third byte; 10.254 is the Services'.
_SECOND_BYTES: Final = (244, *range(245, 254), *range(244))


class PodAddresses:
    """Which Pod (by uid) has which address."""

    def __init__(self) -> None:
        self._leases: _Leases = HashTrieMap()
        self._holders: _Holders = HashTrieMap()
        self._turns: _Turns = HashTrieMap()

    def of(self, uid: str) -> str:
        """A Pod's address, or the empty string."""
        return self._leases.get(uid) or ""

    def lease(self, uid: str, pod_cidr: str) -> str:
        """The Pod's address, taken from its node's range (such as `10.244.1.0/24`) if it has none yet."""
        known = self._leases.get(uid)
        if known is not None:
            return known
        node = pod_cidr.split(".")[2]
        turn, held = self._turns.get(node) or (0, 0)
        size = _range_size(held)
        while _address(node, turn % size) in self._holders:
            turn += 1
        ip = _address(node, turn % size)
        self._turns = self._turns.insert(node, ((turn + 1) % size, held + 1))
        self._leases = self._leases.insert(uid, ip)
        self._holders = self._holders.insert(ip, uid)
        return ip

    def share(self, uid: str, ip: str) -> None:
        """Note that a Pod uses its node's own address."""
        self._leases = self._leases.insert(uid, ip)

    def release(self, uid: str) -> None:
        """Give a Pod's address back; a Pod without one is no error."""
        ip = self._leases.get(uid)
        if ip is None:
            return
        self._leases = self._leases.remove(uid)
        if self._holders.get(ip) == uid:
            self._holders = self._holders.remove(ip)
            node = ip.split(".")[2]
            turn, held = self._turns[node]
            self._turns = self._turns.insert(node, (turn, held - 1))

    def snapshot(self) -> AddressState:
        """All leases, shared."""
        return self._leases, self._holders, self._turns

    def restore(self, state: AddressState) -> None:
        """Go back to a snapshot."""
        self._leases, self._holders, self._turns = state


def _range_size(held: int) -> int:
    """How many addresses a node with so many Pods hands out in turn: whole /24 ranges, a fifth of them free."""
    return -(-(held * 5 // 4 + 32) // _HOSTS) * _HOSTS


def _address(node: str, turn: int) -> str:
    block, host = divmod(turn, _HOSTS)
    return f"10.{_SECOND_BYTES[block % len(_SECOND_BYTES)]}.{node}.{host + FIRST_HOST}"
