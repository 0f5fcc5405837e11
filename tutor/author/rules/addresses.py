"""The addresses a lesson promises to its next Services are such as a Service can get."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Final

from tutor.course.loader import Loaded
from tutor.course.problems import Problem
from tutor.course.schema import Lesson
from tutor.engine.addresses import SERVICE_RANGE
from tutor.engine.bootstrap import DNS_ADDRESS

_TAKEN: Final = {DNS_ADDRESS: "kube-dns", str(SERVICE_RANGE.network_address + 1): "kubernetes"}
"""Addresses that Services of every cluster have."""


def impossible_addresses(loaded: Loaded, lesson: Lesson) -> Iterator[Problem]:
    """Entries of `next_cluster_ips` that no Service can get."""
    listed = lesson.cluster.next_cluster_ips
    for place, text in enumerate(listed):
        message = _fault(text, listed[:place])
        if message:
            mend = f"write an address within {SERVICE_RANGE}, such as {SERVICE_RANGE.network_address + 77 * 256 + 7}"
            yield loaded.problem(("cluster", "next_cluster_ips", place), message, mend, "value")


def _fault(text: str, before: list[str]) -> str:
    """What keeps a text from being an address of a Service; empty if nothing does."""
    try:
        address = IPv4Address(text)
    except ValueError:
        return f"{text!r} is no IPv4 address"
    if address not in SERVICE_RANGE or address in {SERVICE_RANGE.network_address, SERVICE_RANGE.broadcast_address}:
        return f"{text} is not among the addresses that Services get here"
    if text in _TAKEN:
        return f"{text} is that of the Service {_TAKEN[text]}"
    return f"{text} is listed twice" if text in before else ""
