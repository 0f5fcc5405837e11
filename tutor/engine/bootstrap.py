"""What a cluster holds before a learner meets it: namespaces, nodes, cluster DNS and 14 days of age."""

from __future__ import annotations

from typing import Final

from tutor.engine.clock import AGE
from tutor.engine.core import Core
from tutor.engine.objects import Object

VERSION: Final = "v1.36.2"
DNS_ADDRESS: Final = "10.254.0.10"
DNS_IMAGE: Final = "registry.k8s.io/coredns/coredns:v1.12.4"
NODES: Final = ("node-1", "node-2", "node-3")
SYSTEM_NAMESPACES: Final = frozenset({"kube-node-lease", "kube-public", "kube-system"})
"""The namespaces of a new cluster that are its own, not its users'."""
_LABEL: Final = {"k8s-app": "kube-dns"}
_COREFILE: Final = """.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
"""


def populate(core: Core) -> None:
    """Make an empty cluster one that is 14 days old, has three nodes and answers DNS."""
    for namespace in ("default", *sorted(SYSTEM_NAMESPACES)):
        core.api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}, trusted=True)
    for number, name in enumerate(NODES, start=1):
        core.api.create(_node(core, number, name), trusted=True)
    core.clock.soon("kubernetes-service")
    for obj in (_dns_account(), _dns_config(), _dns_deployment(), _dns_service()):
        core.api.create(obj, trusted=True)
    core.clock.settle(60.0)
    # Nothing but background work is left, so the two weeks pass in a few steps; the events of day one expire in them.
    core.clock.advance(AGE - core.clock.now)


def _node(core: Core, number: int, name: str) -> Object:
    now = core.clock.timestamp()
    # Room enough for the largest cluster that can be simulated; a kubelet's own default is 110.
    room = {"cpu": "4", "ephemeral-storage": "61255492Ki", "memory": "16384316Ki", "pods": "20000"}
    digest = f"{number:032x}"
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "annotations": {
                "node.alpha.kubernetes.io/ttl": "0",
                "volumes.kubernetes.io/controller-managed-attach-detach": "true",
            },
            "labels": {
                "beta.kubernetes.io/arch": "amd64",
                "beta.kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
            },
            "name": name,
        },
        "spec": {"podCIDR": f"10.244.{number}.0/24", "podCIDRs": [f"10.244.{number}.0/24"]},
        "status": {
            "addresses": [
                {"address": f"192.0.2.{10 + number}", "type": "InternalIP"},
                {"address": name, "type": "Hostname"},
            ],
            "allocatable": room,
            "capacity": room,
            "conditions": [
                _node_condition(now, "MemoryPressure", "KubeletHasSufficientMemory", "has sufficient memory available"),
                _node_condition(now, "DiskPressure", "KubeletHasNoDiskPressure", "has no disk pressure"),
                _node_condition(now, "PIDPressure", "KubeletHasSufficientPID", "has sufficient PID available"),
                _node_condition(now, "Ready", "KubeletReady", "is posting ready status"),
            ],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {
                "architecture": "amd64",
                "bootID": f"{digest[:8]}-0000-4000-8000-{digest[-12:]}",
                "containerRuntimeVersion": "containerd://2.1.4",
                "kernelVersion": "6.12.41+deb13-amd64",
                "kubeProxyVersion": "",
                "kubeletVersion": VERSION,
                "machineID": digest,
                "operatingSystem": "linux",
                "osImage": "Debian GNU/Linux 13 (trixie)",
                "systemUUID": f"{digest[:8]}-0000-4000-8000-{digest[-12:]}",
            },
        },
    }


def _node_condition(now: str, kind: str, reason: str, message: str) -> Object:
    return {
        "lastHeartbeatTime": now,
        "lastTransitionTime": now,
        "message": f"kubelet {message}",
        "reason": reason,
        "status": "True" if kind == "Ready" else "False",
        "type": kind,
    }


def _dns_account() -> Object:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "coredns", "namespace": "kube-system"}}


def _dns_config() -> Object:
    return {
        "apiVersion": "v1",
        "data": {"Corefile": _COREFILE},
        "kind": "ConfigMap",
        "metadata": {"name": "coredns", "namespace": "kube-system"},
    }


def _dns_deployment() -> Object:
    container = {
        "args": ["-conf", "/etc/coredns/Corefile"],
        "image": DNS_IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "name": "coredns",
        "ports": [
            {"containerPort": 53, "name": "dns", "protocol": "UDP"},
            {"containerPort": 53, "name": "dns-tcp", "protocol": "TCP"},
            {"containerPort": 9153, "name": "metrics", "protocol": "TCP"},
        ],
        "resources": {"limits": {"memory": "170Mi"}, "requests": {"cpu": "100m", "memory": "70Mi"}},
        "volumeMounts": [{"mountPath": "/etc/coredns", "name": "config-volume", "readOnly": True}],
    }
    config = {"items": [{"key": "Corefile", "path": "Corefile"}], "name": "coredns"}
    volume = {"configMap": config, "name": "config-volume"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"labels": dict(_LABEL), "name": "coredns", "namespace": "kube-system"},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": dict(_LABEL)},
            "strategy": {"rollingUpdate": {"maxUnavailable": 1}, "type": "RollingUpdate"},
            "template": {
                "metadata": {"labels": dict(_LABEL)},
                "spec": {
                    "containers": [container],
                    "dnsPolicy": "Default",
                    "nodeSelector": {"kubernetes.io/os": "linux"},
                    "priorityClassName": "system-cluster-critical",
                    "serviceAccountName": "coredns",
                    "tolerations": [{"key": "CriticalAddonsOnly", "operator": "Exists"}],
                    "volumes": [volume],
                },
            },
        },
    }


def _dns_service() -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "annotations": {"prometheus.io/port": "9153", "prometheus.io/scrape": "true"},
            "labels": {**_LABEL, "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS"},
            "name": "kube-dns",
            "namespace": "kube-system",
        },
        "spec": {
            "clusterIP": DNS_ADDRESS,
            "ports": [
                {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
                {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 53},
                {"name": "metrics", "port": 9153, "protocol": "TCP", "targetPort": 9153},
            ],
            "selector": dict(_LABEL),
            "type": "ClusterIP",
        },
    }
