"""`kubectl version`.

Source: https://github.com/kubernetes/kubectl/blob/master/pkg/cmd/version/version.go
"""

from __future__ import annotations

from typing import Any

from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation

CLIENT = "v1.33.1"
SERVER = "v1.36.2"
KUSTOMIZE = "v5.6.0"


async def version(call: Invocation) -> int:
    """Say which versions kubectl and the API server have."""
    if call.args:
        raise KubectlError(f"extra arguments: [{' '.join(call.args)}]")
    output, client_only = call.text("output"), call.on("client")
    if output not in {"", "yaml", "json"}:
        raise KubectlError("--output must be 'yaml' or 'json'")
    await call.out(_document_text(output, client_only=client_only) if output else _lines(client_only=client_only))
    if not client_only:
        await call.err(
            f"WARNING: version difference between client ({_short(CLIENT)}) and server ({_short(SERVER)}) "
            "exceeds the supported minor version skew of +/-1\n"
        )
    return 0


def _lines(*, client_only: bool) -> str:
    server = "" if client_only else f"Server Version: {SERVER}\n"
    return f"Client Version: {CLIENT}\nKustomize Version: {KUSTOMIZE}\n{server}"


def _document_text(output: str, *, client_only: bool) -> str:
    from tutor.kubectl.printers.text import to_yaml

    document: dict[str, Any] = {"clientVersion": _info(CLIENT), "kustomizeVersion": KUSTOMIZE}
    if not client_only:
        document["serverVersion"] = _info(SERVER)
    if output == "yaml":
        return to_yaml(document) + "\n"
    import json

    return json.dumps(document, indent=2) + "\n"


def _info(git_version: str) -> dict[str, str]:
    major, minor, _ = git_version.removeprefix("v").split(".")
    return {"major": major, "minor": minor, "gitVersion": git_version, "compiler": "gc", "platform": "linux/amd64"}


def _short(git_version: str) -> str:
    return git_version.removeprefix("v").rpartition(".")[0]


COMMAND = Command(
    name="version",
    short="Print the client and server version information",
    handler=version,
    long="Print the client and server version information for the current context.",
    examples="""
# Print the client and server versions for the current context
kubectl version
""",
    usage="[flags]",
    flags=(
        Flag("client", "If true, shows client version only (no server required).", kind="bool"),
        Flag("output", "One of 'yaml' or 'json'.", short="o", choices=("json", "yaml")),
    ),
)
