"""`kubectl completion`: the tutor's shell completes kubectl by itself."""

from __future__ import annotations

from tutor.kubectl.command import Command
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation

SHELLS = ("bash", "zsh", "fish", "powershell")


async def completion(call: Invocation) -> int:
    """A script with nothing to do: sourcing it is harmless, and Tab completes already."""
    if not call.args:
        raise call.usage_error("Shell not specified.")
    if len(call.args) > 1:
        raise call.usage_error("Too many arguments. Expected only the shell type.")
    (shell,) = call.args
    if shell not in SHELLS:
        raise call.usage_error(f'Unsupported shell type "{shell}".')
    if shell != "bash":
        raise KubectlError(f"completion for {shell} is not simulated; try: kubectl completion bash")
    await call.out("# This shell completes kubectl by itself: press Tab.\n")
    return 0


COMMAND = Command(
    name="completion",
    short="Output shell completion code for the specified shell (bash, zsh, fish, or powershell)",
    handler=completion,
    long="Output shell completion code for the specified shell (bash, zsh, fish, or powershell). The shell code must "
    "be evaluated to provide interactive completion of kubectl commands. This shell needs none: press Tab.",
    examples="""
# Load the kubectl completion code for bash into the current shell
source <(kubectl completion bash)
""",
    usage="SHELL",
)
