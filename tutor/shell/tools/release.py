"""Which release of a program is installed where a command runs."""

from __future__ import annotations

from tutor.shell.command import Ctx

_NEWEST_CURL = "8.17.0"


def release_of(ctx: Ctx, *packages: str) -> str:
    """The version of the first of these packages, as the package manager writes it; empty if that is not known."""
    if ctx.flavour or ctx.session is None:
        return ctx.flavour
    image = ctx.session.computer.image
    if image is None:
        return ""
    if image.name == "curlimages/curl" and "curl" in packages:
        return image.tag if image.tag[:1].isdigit() else _NEWEST_CURL
    return next((image.os.packages[name].version for name in packages if name in image.os.packages), "")
