"""Who connects: a container of a Pod or the learner's own computer, and how it finds addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from tutor.engine.core import Core
from tutor.engine.network.resolver import (
    LAPTOP,
    LAPTOP_HOSTS,
    ResolvConf,
    hosts_of,
    parse_hosts,
    parse_resolv_conf,
    resolv_conf_of,
)
from tutor.engine.network.trace import Client
from tutor.engine.objects import Object, field, labels_of, name_of, namespace_of, uid_of
from tutor.engine.store import Change

HOST: Final = Client(ip="127.0.0.1")
"""The learner's own computer."""


@dataclass(frozen=True)
class Computer:
    """How a client finds addresses.

    Args:
        resolver: which name servers it asks, and with what search list.
        hosts: address and canonical name by each name of its /etc/hosts.
    """

    resolver: ResolvConf
    hosts: Mapping[str, tuple[str, str]]


_LAPTOP: Final = Computer(LAPTOP, parse_hosts(LAPTOP_HOSTS))


class Clients:
    """The clients of a cluster's network."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._computers: dict[str, tuple[Object, Computer]] = {}
        core.store.subscribe(self._on_change, "Pod")

    def _on_change(self, change: Change) -> None:
        if change.type == "DELETED":
            self._computers.pop(uid_of(change.object), None)

    def of(self, pod: Object, container: str = "") -> Client:
        """The client that a container of a Pod is; its first container unless named."""
        container = container or pod["spec"]["containers"][0]["name"]
        address = field(pod, "status.podIP") or ""
        return Client(namespace_of(pod), name_of(pod), container, address, tuple(sorted(labels_of(pod).items())))

    def pod_of(self, client: Client) -> Object | None:
        """The Pod a client runs in; None if it is gone, and for the learner's own computer."""
        return None if client.is_host else self._core.store.get("Pod", client.namespace, client.pod)

    def current(self, client: Client) -> Client:
        """A client with the labels its Pod has now; as it was if the Pod is gone."""
        pod = self.pod_of(client)
        return client if pod is None else self.of(pod, client.container)

    def waits_for_answers(self, client: Client) -> bool:
        """Whether a client's C library goes on waiting where a name server's port is closed."""
        pod = self.pod_of(client)
        containers = pod["spec"]["containers"] if pod is not None else ()
        image = next((each["image"] for each in containers if each["name"] == client.container), "")
        found = self._core.images.find(image)
        return found is not None and found.libc == "musl"

    def computer_of(self, client: Client) -> Computer:
        """How a client finds addresses now."""
        if client.is_host:
            return _LAPTOP
        pod = self.pod_of(client)
        if pod is None:
            return Computer(ResolvConf(), {})
        uid = uid_of(pod)
        known = self._computers.get(uid)
        if known is None or known[0] is not pod:
            known = self._computers[uid] = (pod, Computer(resolv_conf_of(pod), parse_hosts(hosts_of(pod))))
        computer = known[1]
        resolver = self._core.files.read(uid, client.container, "/etc/resolv.conf")
        if resolver is not None:
            computer = replace(computer, resolver=parse_resolv_conf(resolver.decode(errors="replace")))
        hosts = self._core.files.read(uid, client.container, "/etc/hosts")
        if hosts is not None:
            computer = replace(computer, hosts=parse_hosts(hosts.decode(errors="replace")))
        return computer
