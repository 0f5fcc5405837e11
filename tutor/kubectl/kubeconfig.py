"""The learner's kubeconfig as a document, for `kubectl config`."""

from __future__ import annotations

from typing import Any, Final

from tutor.kubectl.context import KubeConfig

SERVER: Final = "https://192.0.2.10:6443"
"""Where the API server listens: the endpoint of the `kubernetes` Service."""


def to_document(config: KubeConfig, *, only_current: bool = False) -> dict[str, Any]:
    """The kubeconfig as `kubectl config view` shows it, secrets left out.

    Args:
        config: the kubeconfig.
        only_current: without the other contexts.
    """
    names = [config.current] if only_current else sorted(config.namespaces)
    return {
        "apiVersion": "v1",
        "clusters": [
            {"cluster": {"certificate-authority-data": "DATA+OMITTED", "server": SERVER}, "name": "tutor"},
        ],
        "contexts": [{"context": _context(config, name), "name": name} for name in names],
        "current-context": config.current,
        "kind": "Config",
        "preferences": {},
        "users": [
            {
                "name": "learner",
                "user": {"client-certificate-data": "DATA+OMITTED", "client-key-data": "DATA+OMITTED"},
            },
        ],
    }


def _context(config: KubeConfig, name: str) -> dict[str, str]:
    namespace = config.namespaces.get(name, "")
    shown = {"namespace": namespace} if namespace and namespace != "default" else {}
    return {"cluster": "tutor", **shown, "user": "learner"}
