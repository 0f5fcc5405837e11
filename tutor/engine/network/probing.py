"""Probes of the kubelets: HTTP requests and TCP connections that come from a Pod's own node."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.engine.core import Core
from tutor.engine.network.http import HttpRequest
from tutor.engine.network.proxy import Proxy
from tutor.engine.network.web import Web
from tutor.engine.objects import Object, field


@dataclass(frozen=True)
class ProbeResult:
    """The outcome of a kubelet's probe, with the words its event has."""

    ok: bool
    message: str = ""


class Prober:
    """What kubelets find out about the ports of a Pod. No trace is left: nobody but the kubelet asked."""

    def __init__(self, core: Core, proxy: Proxy, web: Web) -> None:
        self._core = core
        self._proxy = proxy
        self._web = web

    def probe_http(self, pod: Object, port: int, path: str, host: str = "") -> ProbeResult:
        """GET a path of the Pod from its node; success is a status from 200 to 399.

        Args:
            pod: the Pod.
            port: the port.
            path: the path.
            host: asked instead of the Pod's address, if given; a loopback address is the node's own.
        """
        elsewhere = host if host == "localhost" or host.startswith("127.") else ""
        address = elsewhere or field(pod, "status.podIP") or ""
        route = self._proxy.connect_pod(pod, port)
        if not path.startswith("/"):
            path = "/" + path
        if route.listener is None or elsewhere:
            url = f"http://{address}:{port}{path}"
            return ProbeResult(False, f'Get "{url}": dial tcp {address}:{port}: connect: connection refused')
        if route.listener.image.behaviour == "tcp":
            return ProbeResult(False, f'Get "http://{address}:{port}{path}": EOF')
        headers = (("Host", f"{address}:{port}"), ("User-Agent", "kube-probe/1.36"), ("Accept", "*/*"))
        request = HttpRequest("", address, port, path, headers=headers)
        bridge = address.rpartition(".")[0] + ".1"
        status = self._web.serve(request, pod, route.listener, bridge, self._core.clock.datetime).status
        if 200 <= status < 400:
            return ProbeResult(True)
        return ProbeResult(False, f"HTTP probe failed with statuscode: {status}")

    def probe_tcp(self, pod: Object, port: int) -> ProbeResult:
        """Connect to a port of the Pod from its node."""
        if self._proxy.connect_pod(pod, port).outcome == "ok":
            return ProbeResult(True)
        address = field(pod, "status.podIP") or ""
        return ProbeResult(False, f"dial tcp {address}:{port}: connect: connection refused")
