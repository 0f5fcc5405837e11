"""The kubeconfig that points a client at the server: a file of its own, never the user's."""

from __future__ import annotations

import base64
import json
import os
import shlex
import sys
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
    """Write a kubeconfig that this user alone may read, under a name nothing else has.

    Args:
        document: what `kubeconfig` gave.
        folder: where to; made if it is missing.

    Returns:
        The file; whoever had it written removes it.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # mkstemp makes a new file that its owner alone may read. JSON is YAML, and kubectl reads it.
    handle, name = tempfile.mkstemp(prefix="kubeconfig-", suffix=".yaml", dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=2)
        file.write("\n")
    return Path(name)


def pointer_lines(path: Path, platform: str = sys.platform) -> tuple[str, str]:
    """What to type into another terminal: the line that points it at the server, and one to see that it does.

    Args:
        path: the kubeconfig.
        platform: whose shell it is.
    """
    if platform == "win32":
        quoted = str(path).replace("'", "''")
        return f"$env:KUBECONFIG = '{quoted}'", "kubectl get svc"
    return f"export KUBECONFIG={shlex.quote(str(path))}", "kubectl get svc"
