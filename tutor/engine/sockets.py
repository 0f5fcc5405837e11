"""Sockets that servers listen at, and which connections each takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

ANY: Final = "0.0.0.0"  # noqa: S104  # shown, never bound
"""Every IPv4 address of the computer."""
ANY_6: Final = "::"
"""Every IPv6 address of the computer, and no IPv4 address."""
EITHER: Final = "*"
"""Every address of the computer of both kinds, by one socket: what Go's servers listen at."""
LOCALHOST: Final = "127.0.0.1"
LOCALHOST_6: Final = "::1"
_IPV4: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


def is_ipv4(text: str) -> bool:
    """Whether a text is an IPv4 address."""
    return _IPV4.fullmatch(text) is not None


@dataclass(frozen=True)
class Socket:
    """One socket that a server listens at.

    Args:
        address: the address it is bound to: `0.0.0.0`, `::` or `*` for all of a kind, or one address.
        port: the port.
        protocol: `TCP` or `UDP`.
    """

    address: str
    port: int
    protocol: str = "TCP"

    def takes(self, address: str) -> bool:
        """Whether a connection to an IPv4 address of the computer comes to it.

        Source: ip(7), ipv6(7).
        """
        return self.address in {ANY, EITHER, address}

    @property
    def is_local(self) -> bool:
        """Whether only processes beside it can reach it."""
        return self.address == LOCALHOST_6 or self.address.startswith("127.")
