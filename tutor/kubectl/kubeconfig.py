"""The learner's kubeconfig as a document, for `kubectl config`."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Final

from tutor.kubectl.context import CLUSTER, USER, KubeConfig
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.printers.typed import GoOrdered

SERVER: Final = "https://192.0.2.10:6443"
"""Where the API server listens: the endpoint of the `kubernetes` Service."""


def path_of(environ: Mapping[str, str]) -> str:
    """Where kubectl would say that the file is."""
    return environ.get("KUBECONFIG") or f"{environ.get('HOME', '/home/learner')}/.kube/config"


def to_document(config: KubeConfig, *, raw: bool = False) -> dict[str, Any]:
    """The kubeconfig as `kubectl config view` shows it, its fields in the order of Go's types.

    Args:
        config: the kubeconfig.
        raw: with certificates and keys, rather than what stands for them.
    """
    return _document(config.current, [CLUSTER], [USER], config, sorted(config.contexts), raw=raw)


def minified(config: KubeConfig, name: str, *, raw: bool = False) -> dict[str, Any]:
    """What `kubectl config view --minify` leaves of it.

    Args:
        config: the kubeconfig.
        name: the context to keep; empty if none is current.
        raw: as for `to_document`.

    Raises:
        KubectlError: the context leads nowhere.
    """
    if not name:
        raise KubectlError("current-context must exist in order to minify")
    if name not in config.contexts:
        raise KubectlError(f"cannot locate context {name}")
    cluster, user = config.contexts[name].cluster, config.contexts[name].user
    if user not in {"", USER}:
        raise KubectlError(f"cannot locate user {user}")
    if cluster not in {"", CLUSTER}:
        raise KubectlError(f"cannot locate cluster {cluster}")
    return _document(name, [cluster] if cluster else [], [user] if user else [], config, [name], raw=raw)


def _document(
    current: str, clusters: list[str], users: list[str], config: KubeConfig, contexts: list[str], *, raw: bool
) -> dict[str, Any]:
    def data(what: str) -> str:
        return _pem(what) if raw else "DATA+OMITTED"

    certificate, key = data("CERTIFICATE"), data("RSA PRIVATE KEY")
    cluster = {"server": SERVER, "certificate-authority-data": certificate}
    user = {"client-certificate-data": certificate, "client-key-data": key}
    document: dict[str, Any] = {
        "kind": "Config",
        "apiVersion": "v1",
        "preferences": {},
        "clusters": [{"name": name, "cluster": cluster} for name in clusters] or None,
        "users": [{"name": name, "user": user} for name in users] or None,
        "contexts": [{"name": name, "context": _context(config, name)} for name in contexts] or None,
        "current-context": current,
    }
    return GoOrdered(document)


def _context(config: KubeConfig, name: str) -> dict[str, str]:
    context = config.contexts[name]
    shown = {"namespace": context.namespace} if context.namespace not in {"", "default"} else {}
    return {"cluster": context.cluster, "user": context.user, **shown}


def _pem(what: str) -> str:
    """Something in the shape of a certificate or a key, encoded as a kubeconfig holds it; it opens nothing."""
    body = "".join(
        base64.b64encode(hashlib.sha384(f"{what} {line}".encode()).digest()).decode() + "\n" for line in range(12)
    )
    return base64.b64encode(f"-----BEGIN {what}-----\n{body}-----END {what}-----\n".encode()).decode()
