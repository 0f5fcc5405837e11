"""The kubeconfig that points a client at the server: a file of its own, never the user's."""

from __future__ import annotations

import base64
import json
import os
import tempfile
from pathlib import Path
from typing import Any, Final

CONTEXT: Final = "tutor"


def kubeconfig(server: str, token: str, certificate: bytes) -> dict[str, Any]:
    """The document.

    Args:
        server: the server's URL.
        token: its bearer token.
        certificate: its certificate, PEM.
    """
    authority = base64.b64encode(certificate).decode()
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": CONTEXT, "cluster": {"server": server, "certificate-authority-data": authority}}],
        "users": [{"name": "learner", "user": {"token": token}}],
        "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": "learner", "namespace": "default"}}],
        "current-context": CONTEXT,
        "preferences": {},
    }


def write_kubeconfig(document: dict[str, Any], folder: Path) -> Path:
    """Write a kubeconfig that this user alone may read, whole or not at all.

    Args:
        document: what `kubeconfig` gave.
        folder: where to; made if it is missing.

    Returns:
        The file.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # mkstemp makes the file readable for its owner only. JSON is YAML, and what kubectl reads as well.
    handle, name = tempfile.mkstemp(prefix="kubeconfig-", suffix=".tmp", dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=2)
        file.write("\n")
    path = folder / "kubeconfig"
    Path(name).replace(path)
    return path
