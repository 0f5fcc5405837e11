"""How long things take on a cluster's network, and how long those who wait go on waiting."""

from __future__ import annotations

from typing import Final

QUESTION: Final = 0.8
"""Milliseconds one DNS question takes."""
HANDSHAKE: Final = 0.2
"""Milliseconds a connection takes to be made, or refused."""
SERVING: Final = 0.6
"""Milliseconds a server takes to answer."""
KERNEL_PATIENCE: Final = 135.1
"""Seconds Linux goes on trying to connect (tcp_syn_retries=6 with tcp_syn_linear_timeouts=4)."""
DNS_PATIENCE: Final = 5.0
"""Seconds a resolver waits for one answer: `timeout` in resolv.conf(5)."""
DNS_ATTEMPTS: Final = 2
"""How often a resolver asks the same question: `attempts` in resolv.conf(5)."""
MUSL_PATIENCE: Final = 5.0
"""Seconds musl asks in all, however often: `timeout` in resolv.conf(5). It asks from an unconnected socket, and so does
not hear that a port is closed: src/network/res_msend.c of https://git.musl-libc.org/cgit/musl ."""
