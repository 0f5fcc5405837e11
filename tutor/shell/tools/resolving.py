"""Finding a host's address as programs do that call the C library."""

from __future__ import annotations

from tutor.engine.network.resolver import Lookup
from tutor.shell.command import Ctx


async def find_host(ctx: Ctx, host: str) -> Lookup:
    """Look a host up, with the waiting it takes."""
    found = ctx.cluster.network.names.find_host(ctx.client, host)
    await ctx.pacing.sleep(found.milliseconds / 1000)
    return found


def resolver_error(lookup: Lookup) -> str:
    """Why a host has no address, in the words of gai_strerror(3)."""
    return resolver_error_of(lookup.rcode)


def resolver_error_of(outcome: str) -> str:
    """The same for the outcome of a trace, or an rcode."""
    if outcome in {"dns-timeout", "TIMEOUT"}:
        return "Temporary failure in name resolution"
    return "Name or service not known"
