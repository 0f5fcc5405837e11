"""A computer's own part in finding addresses: /etc/resolv.conf, /etc/hosts and the search list.

Sources: resolv.conf(5), hosts(5), https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from tutor.engine.network.dns import ZONE, Record
from tutor.engine.network.trace import Question
from tutor.engine.objects import Object, field, name_of, namespace_of

CLUSTER_DNS: Final = "10.254.0.10"
_DEFAULT_NDOTS: Final = 1
_MOST_NDOTS: Final = 15


@dataclass(frozen=True)
class ResolvConf:
    """What /etc/resolv.conf says.

    Args:
        servers: addresses of name servers, first asked first.
        search: suffixes to try, in order.
        ndots: a name with at least so many dots is tried as it is before the suffixes.
        others: further options as written, such as `timeout:2`; they make no difference here.
    """

    servers: tuple[str, ...] = (CLUSTER_DNS,)
    search: tuple[str, ...] = ()
    ndots: int = 5
    others: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The file, as the kubelet writes it."""
        lines = [f"search {' '.join(self.search)}"] if self.search else []
        lines += [f"nameserver {server}" for server in self.servers]
        options = () if self.ndots == _DEFAULT_NDOTS else (f"ndots:{self.ndots}",)
        if options or self.others:
            lines.append(f"options {' '.join((*options, *self.others))}")
        return "\n".join(lines) + "\n"

    def candidates(self, name: str, search: bool = True) -> Iterator[str]:
        """The full names to ask for, in order, without the last dot."""
        if name.endswith("."):
            yield name.rstrip(".")
            return
        as_it_is = name.count(".") >= self.ndots
        if as_it_is or not search:
            yield name
        if search:
            for suffix in self.search:
                yield f"{name}.{suffix}" if suffix else name
            if not as_it_is:
                yield name


@dataclass(frozen=True)
class Lookup:
    """A name looked up, from the first question to the last.

    Args:
        name: the name as given.
        questions: every question asked, in order.
        rcode: `NOERROR`, `NXDOMAIN`, or `TIMEOUT` when no server answered.
        records: the records found.
        refused: whether the name server's port was closed, rather than silent.
        milliseconds: how long it took.
    """

    name: str
    questions: tuple[Question, ...] = ()
    rcode: str = "NOERROR"
    records: tuple[Record, ...] = ()
    refused: bool = False
    milliseconds: float = 0.0

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """The addresses found, in the order given."""
        return tuple(record.data for record in self.records if record.type == "A")

    @property
    def canonical(self) -> str:
        """The full name the addresses belong to; the name as given if none were found."""
        for record in self.records:
            if record.type == "A":
                return record.name
        return self.name.rstrip(".")


LAPTOP: Final = ResolvConf(("192.168.1.1",), (), _DEFAULT_NDOTS)
"""The learner's own computer: a home router that knows nothing of the cluster."""
LAPTOP_HOSTS: Final = "127.0.0.1\tlocalhost\n127.0.1.1\tlaptop\n"


def resolv_conf_of(pod: Object) -> ResolvConf:
    """What the kubelet writes into the Pod's /etc/resolv.conf.

    Source: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy
    """
    spec = pod["spec"]
    config = spec.get("dnsConfig") or {}
    policy = spec.get("dnsPolicy", "ClusterFirst")
    if policy == "ClusterFirst" and spec.get("hostNetwork"):
        policy = "Default"
    base = LAPTOP
    if policy in {"ClusterFirst", "ClusterFirstWithHostNet"}:
        suffixes = (f"{namespace_of(pod)}.svc.{ZONE}", f"svc.{ZONE}", ZONE)
        base = ResolvConf((CLUSTER_DNS,), suffixes, 5)
    elif policy == "None":
        base = ResolvConf((), (), _DEFAULT_NDOTS)
    ndots, others = base.ndots, []
    for option in config.get("options") or ():
        name, value = option.get("name", ""), option.get("value")
        if name == "ndots" and str(value or "").isdigit():
            ndots = min(int(value), _MOST_NDOTS)
        else:
            others.append(name if value is None else f"{name}:{value}")
    servers = tuple(dict.fromkeys((*base.servers, *(config.get("nameservers") or ()))))
    search = tuple(dict.fromkeys((*base.search, *(config.get("searches") or ()))))
    return ResolvConf(servers, search, ndots, tuple(others))


def hosts_of(pod: Object) -> str:
    """What the kubelet writes into the Pod's /etc/hosts.

    Source: https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/
    """
    lines = [
        "# Kubernetes-managed hosts file.",
        "127.0.0.1\tlocalhost",
        "::1\tlocalhost ip6-localhost ip6-loopback",
        "fe00::0\tip6-localnet",
        "fe00::0\tip6-mcastprefix",
        "fe00::1\tip6-allnodes",
        "fe00::2\tip6-allrouters",
    ]
    address = field(pod, "status.podIP")
    host_name = field(pod, "spec.hostname") or name_of(pod)
    if address:
        subdomain = field(pod, "spec.subdomain")
        full = f"{host_name}.{subdomain}.{namespace_of(pod)}.svc.{ZONE}\t" if subdomain else ""
        lines.append(f"{address}\t{full}{host_name}")
    aliases = field(pod, "spec.hostAliases") or ()
    if aliases:
        lines += ["", "# Entries added by HostAliases."]
        lines += [f"{alias['ip']}\t" + "\t".join(alias.get("hostnames") or ()) for alias in aliases]
    return "\n".join(lines) + "\n"


@lru_cache(maxsize=256)
def parse_resolv_conf(text: str) -> ResolvConf:
    """What a resolver makes of the file, however it was edited."""
    servers: list[str] = []
    search: tuple[str, ...] = ()
    ndots = _DEFAULT_NDOTS
    for line in text.splitlines():
        words = line.split("#")[0].split(";")[0].split()
        if words[:1] == ["nameserver"] and len(words) > 1:
            servers.append(words[1])
        elif words[:1] in (["search"], ["domain"]):
            search = tuple(words[1:])
        elif words[:1] == ["options"]:
            for option in words[1:]:
                key, _, value = option.partition(":")
                if key == "ndots" and value.isdigit():
                    ndots = min(int(value), _MOST_NDOTS)
    return ResolvConf(tuple(servers[:3]) or ("127.0.0.1",), search, ndots)


@lru_cache(maxsize=256)
def parse_hosts(text: str) -> Mapping[str, tuple[str, str]]:
    """The IPv4 address and the canonical name for each name of a hosts file; the first line that has a name counts."""
    found: dict[str, tuple[str, str]] = {}
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if len(words) > 1 and is_address(words[0]):
            for name in words[1:]:
                found.setdefault(name.lower(), (words[0], words[1]))
    return found


@lru_cache(maxsize=4096)
def is_address(text: str) -> bool:
    """Whether the text is an IPv4 address in the usual four numbers."""
    parts = text.split(".")
    return len(parts) == 4 and all(part.isdecimal() and part.isascii() and int(part) < 256 for part in parts)
