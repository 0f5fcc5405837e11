"""What the releases of curl say differently.

Sources: the tags curl-7_52_1 … curl-8_17_0 of https://github.com/curl/curl (lib/connect.c, lib/cf-socket.c,
lib/cf-ip-happy.c, lib/url.c, lib/strerror.c); tests/golden/network for 7.88.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

DEFAULT: Final = "7.88.1"
"""The curl of Debian 12."""
_LIBRARIES: Final = {
    "7.52.1": "OpenSSL/1.0.2u zlib/1.2.8 libidn2/0.16 libpsl/0.17.0 (+libidn2/0.16)"
    " libssh2/1.7.0 nghttp2/1.18.1 librtmp/2.3",
    "7.88.1": "OpenSSL/3.0.19 zlib/1.2.13 brotli/1.0.9 zstd/1.5.4 libidn2/2.3.3 libpsl/0.21.2 (+libidn2/2.3.3)"
    " libssh2/1.10.0 nghttp2/1.52.0 librtmp/2.3 OpenLDAP/2.5.13",
    "8.5.0": "OpenSSL/3.0.13 zlib/1.3 brotli/1.1.0 zstd/1.5.5 libidn2/2.3.7 libpsl/0.21.2 (+libidn2/2.3.7)"
    " libssh/0.10.6/openssl/zlib nghttp2/1.59.0 librtmp/2.3 OpenLDAP/2.6.7",
}
_DATES: Final = {
    "7.52.1": "2016-12-23",
    "7.64.0": "2019-02-06",
    "7.74.0": "2020-12-09",
    "7.88.1": "2023-02-20",
    "8.5.0": "2023-12-06",
    "8.14.1": "2025-06-04",
    "8.17.0": "2025-11-05",
}


@dataclass(frozen=True)
class CurlVersion:
    """One release and its wording.

    Args:
        number: such as `8.5.0`.
        system: what it was built for, as its banner says.
    """

    number: str
    system: str = "x86_64-pc-linux-gnu"

    @cached_property
    def _parts(self) -> tuple[int, ...]:
        return tuple(int(part) for part in re.findall(r"\d+", self.number)[:3])

    def at_least(self, *parts: int) -> bool:
        """Whether this release is the given one or newer."""
        return self._parts >= parts

    @property
    def openssl(self) -> str:
        """The TLS library, as error messages name it."""
        return _LIBRARIES.get(self.number, "OpenSSL/3.5.1 zlib/1.3.1").partition(" ")[0]

    @property
    def banner(self) -> str:
        """What `curl --version` prints."""
        # The container of the project itself is built without c-ares: https://github.com/curl/curl-container/issues/59
        resolver = "c-ares/1.34.5 " if "alpine" in self.system else ""
        libraries = _LIBRARIES.get(
            self.number,
            f"OpenSSL/3.5.1 zlib/1.3.1 brotli/1.1.0 zstd/1.5.7 {resolver}libidn2/2.3.7 libpsl/0.21.5 nghttp2/1.65.0",
        )
        return (
            f"curl {self.number} ({self.system}) libcurl/{self.number} {libraries}\n"
            f"Release-Date: {_DATES.get(self.number, '2025-06-04')}\n"
            "Protocols: http https telnet\n"
            "Features: alt-svc AsynchDNS brotli HSTS HTTP2 HTTPS-proxy IDN IPv6 Largefile libz PSL SSL threadsafe"
            " UnixSockets zstd\n"
        )

    # Failures

    def connect_failed(self, host: str, port: int, milliseconds: int, why: str) -> str:
        """No connection was made; `why` is `refused`, `timeout` or, if --connect-timeout ran out, `patience`."""
        if not self.at_least(7, 80):
            if why == "patience":
                return f"Connection timed out after {milliseconds} milliseconds"
            return f"Failed to connect to {host} port {port}: {_errno(why)}"
        if why == "patience":
            if self.at_least(8, 15):
                return f"Connection timed out after {milliseconds} milliseconds"
            reason = "Timeout was reached"
        else:
            reason = "Could not connect to server" if self.at_least(8, 9) else "Couldn't connect to server"
        return f"Failed to connect to {host} port {port} after {milliseconds} ms: {reason}"

    def timeout_code(self) -> int:
        """The exit code when the kernel gave up connecting."""
        return 28 if self.at_least(7, 66) else 7

    def bad_url(self, why: str) -> str:
        """A URL that cannot be read; newer releases say why."""
        if self.at_least(8, 2):
            return f"URL rejected: {why}"
        return "URL using bad/illegal format or missing URL"

    def bad_scheme(self, scheme: str) -> str:
        """A protocol nobody has heard of."""
        if self.at_least(8, 10):
            return f'Protocol "{scheme}" not supported'
        return f'Protocol "{scheme}" not supported or disabled in libcurl'

    @property
    def no_url(self) -> str:
        """The first line when no URL is given; empty if there is none."""
        if self.at_least(8, 6):
            return "curl: (2) no URL specified\n"
        return "curl: no URL specified!\n" if not self.at_least(7, 79) else ""

    @property
    def wrong_tls(self) -> str:
        """The other side does not speak TLS."""
        error = "error:0A00010B:SSL routines::wrong version number"
        return f"TLS connect error: {error}" if self.at_least(8, 10) else f"{self.openssl}: {error}"

    # What -v tells

    def resolved(self, host: str, port: int, addresses: tuple[str, ...]) -> list[str]:
        """A name was looked up."""
        if not self.at_least(8, 5):
            return []
        return [f"Host {host}:{port} was resolved.", "IPv6: (none)", f"IPv4: {', '.join(addresses)}"]

    def trying(self, address: str, port: int) -> list[str]:
        """A connection is begun."""
        if self.at_least(7, 70):
            return [f"  Trying {address}:{port}..."]
        return [f"  Trying {address}...", "TCP_NODELAY set"]

    def connected(self, host: str, address: str, port: int, number: int, source: str, source_port: int) -> list[str]:
        """A connection is made."""
        if self.at_least(8, 16):
            return [f"Established connection to {host} ({address} port {port}) from {source} port {source_port} "]
        shown = "" if self.at_least(8, 2) else f" (#{number})"
        return [f"Connected to {host} ({address}) port {port}{shown}"]

    def using(self, version: str) -> list[str]:
        """The protocol version to be spoken."""
        return [f"using {version}"] if self.at_least(8, 10) else []

    @property
    def sent(self) -> list[str]:
        """All of the request is on its way."""
        return ["Request completely sent off"] if self.at_least(8, 7) else []

    @property
    def no_multiplexing(self) -> list[str]:
        """The first answer shows that the server speaks HTTP/1."""
        return ["Mark bundle as not supporting multiuse"] if self.at_least(7, 65) and not self.at_least(7, 87) else []

    def attempt_failed(self, address: str, port: int, why: str, source: str, source_port: int) -> list[str]:
        """One address did not answer or refused."""
        origin = f" from {source} port {source_port}" if self.at_least(8, 5) else ""
        return [f"connect to {address} port {port}{origin} failed: {_errno(why)}"]

    def gave_up(self, milliseconds: int) -> list[str]:
        """--connect-timeout ran out."""
        if not self.at_least(7, 87) or self.at_least(8, 15):
            return []
        return [f"ipv4 connect timeout after {milliseconds}ms, move on!"]

    def kept(self, number: int, host: str, port: int) -> list[str]:
        """The transfer is over and the connection stays open."""
        shown = f"{host}:{port}" if self.at_least(8, 16) else host
        extra = ["Curl_http_done: called premature == 0"] if not self.at_least(7, 60) else []
        return [*extra, f"Connection #{number} to host {shown} left intact"]

    def shutting(self, number: int) -> list[str]:
        """The transfer is over and the server closes the connection."""
        return [f"shutting down connection #{number}"] if self.at_least(8, 10) else self.closing(number)

    def closing(self, number: int) -> list[str]:
        """The connection is closed."""
        if self.at_least(8, 8):
            return [f"closing connection #{number}"]
        return ["Closing connection" if self.at_least(8, 2) else f"Closing connection {number}"]


def _errno(why: str) -> str:
    return "Connection refused" if why == "refused" else "Connection timed out"


@lru_cache(maxsize=32)
def version_of(release: str) -> CurlVersion:
    """The release that a version such as `8.5.0-2ubuntu10.6` names; that of Debian 12 if it names none.

    Alpine's packages are called `8.14.1-r1`, and the project's own container has the bare number.
    """
    found = re.match(r"\d+\.\d+\.\d+", release)
    if found is None:
        return CurlVersion(DEFAULT)
    if re.fullmatch(r"[\d.]+", release):
        return CurlVersion(found[0], "x86_64-pc-linux-musl")
    return CurlVersion(found[0], *(["x86_64-alpine-linux-musl"] if re.search(r"-r\d+$", release) else []))
