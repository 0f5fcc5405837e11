"""`kubectl cluster-info`.

Source: https://github.com/kubernetes/kubectl/blob/master/pkg/cmd/clusterinfo/clusterinfo.go
"""

from __future__ import annotations

from tutor.engine.objects import Object, name_of, namespace_of
from tutor.engine.resources import SERVICE
from tutor.kubectl.command import Command
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.kubeconfig import SERVER

_GREEN, _YELLOW, _PLAIN = "\x1b[0;32m", "\x1b[0;33m", "\x1b[0m"


async def cluster_info(call: Invocation) -> int:
    """Say where the control plane and the cluster's own Services are."""
    lines = [_line(call, "Kubernetes control plane", SERVER)]
    for service in call.client.list(SERVICE, "kube-system", labels="kubernetes.io/cluster-service=true"):
        name = service["metadata"].get("labels", {}).get("kubernetes.io/name") or name_of(service)
        link = f"{SERVER}/api/v1/namespaces/{namespace_of(service)}/services/{_joined(service)}/proxy"
        lines.append(_line(call, name, link))
    lines.append("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n")
    await call.out("".join(lines))
    return 0


def _joined(service: Object) -> str:
    """Scheme, name and port as the API's proxy takes them: `kube-dns:dns`, `https:web:`, `web`."""
    port = (service["spec"].get("ports") or [{}])[0]
    name = port.get("name", "")
    if name == "https" or port.get("port") == 443:
        return f"https:{name_of(service)}:{name}"
    return f"{name_of(service)}:{name}" if name else name_of(service)


def _line(call: Invocation, name: str, link: str) -> str:
    if call.context.stdout.isatty and "NO_COLOR" not in call.context.environ:
        return f"{_GREEN}{name}{_PLAIN} is running at {_YELLOW}{link}{_PLAIN}\n"
    return f"{name} is running at {link}\n"


COMMAND = Command(
    name="cluster-info",
    short="Display cluster information",
    handler=cluster_info,
    long="Display addresses of the control plane and services with label kubernetes.io/cluster-service=true. To "
    "further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.",
    examples="""
# Print the address of the control plane and cluster services
kubectl cluster-info
""",
    usage="[flags]",
    missing={"dump": "'kubectl cluster-info dump' is not simulated; try: kubectl get all -A -o yaml"},
)
