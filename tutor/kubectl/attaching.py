"""Joining the process of a container: what `kubectl attach` and `kubectl run -it` have in common.

Source: pkg/cmd/attach of https://github.com/kubernetes/kubectl
"""

from __future__ import annotations

from dataclasses import dataclass

from tutor.engine.objects import Object, name_of
from tutor.kubectl.context import ExecError
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation


@dataclass(frozen=True)
class Wish:
    """How to attach.

    Args:
        stdin: whether to pass standard input on.
        tty: whether to have a terminal.
        quiet: whether to leave out what is not the process's own.
    """

    stdin: bool
    tty: bool
    quiet: bool


async def attach_to(call: Invocation, pod: Object, container: Object, wish: Wish) -> int:
    """Attach to a running container until its process ends or the session does; the process's exit code.

    Raises:
        KubectlError: the runtime refuses.
    """
    name, has_tty = str(container["name"]), bool(container.get("tty"))
    tty = has_tty
    if wish.tty and not has_tty and not wish.quiet:
        await call.err(f"error: Unable to use a TTY - container {name} did not allocate one\n")
    raw = tty and wish.stdin and call.context.stdin.isatty
    if tty and wish.stdin and not raw and not wish.quiet:
        await call.err("Unable to use a TTY - input is not a terminal or the right kind of file\n")
    if not wish.quiet:
        await call.err("If you don't see a command prompt, try pressing enter.\n")
    try:
        code = await call.context.containers.attach(pod, name, stdin=wish.stdin, tty=raw, context=call.context)
    except ExecError as error:
        raise KubectlError(f"Internal error occurred: {error}") from None
    if raw and not wish.quiet and pod["spec"].get("restartPolicy") == "Always":
        await call.out(
            f"Session ended, resume using 'kubectl attach {name_of(pod)} -c {name} -i -t' command when the pod is "
            "running\n"
        )
    return code
