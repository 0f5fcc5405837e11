"""`kubectl attach`: join the process a container runs.

Source: pkg/cmd/attach of https://github.com/kubernetes/kubectl
"""

from __future__ import annotations

from tutor.engine.errors import bad_request
from tutor.engine.objects import field, name_of
from tutor.kubectl.attachable import container_of, is_running, parse_name, pod_of
from tutor.kubectl.attaching import Wish, attach_to
from tutor.kubectl.command import Command
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.verbs.exec import CONTAINER, POD_RUNNING_TIMEOUT, QUIET, STDIN, TTY


async def attach(call: Invocation) -> int:
    """Attach to the container meant."""
    words = call.args
    if not words:
        raise KubectlError("at least 1 argument is required for attach")
    if len(words) > 2:
        raise KubectlError(
            f"expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw {len(words)}: [{' '.join(words)}]"
        )
    timeout = call.seconds("pod-running-timeout")
    if timeout <= 0:
        raise KubectlError("--pod-running-timeout must be higher than zero")
    target = parse_name(call, words[-1], default=words[0] if len(words) == 2 else "pods")
    pod = await pod_of(call, target, timeout)
    phase = field(pod, "status.phase")
    if phase in {"Succeeded", "Failed"}:
        raise KubectlError(f"cannot attach a container in a completed pod; current phase is {phase}")
    try:
        container, note = container_of(pod, call.text("container"))
    except KubectlError as error:
        raise KubectlError(f"cannot attach to the container: {error.message}") from None
    quiet = call.on("quiet")
    if not quiet:
        await call.err(note)
    if not pod["spec"].get("nodeName"):
        raise bad_request(f"pod {name_of(pod)} does not have a host assigned")
    if not is_running(pod, container["name"]):
        raise KubectlError(
            f'Internal error occurred: unable to upgrade connection: container not found ("{container["name"]}")'
        )
    await attach_to(call, pod, container, Wish(call.on("stdin"), call.on("tty"), quiet))
    return 0


COMMAND = Command(
    name="attach",
    short="Attach to a running container",
    long="Attach to a process that is already running inside an existing container.",
    examples="""
# Get output from running pod mypod; use the 'kubectl.kubernetes.io/default-container' annotation
# for selecting the container to be attached or the first container in the pod will be chosen
kubectl attach mypod

# Get output from ruby-container from pod mypod
kubectl attach mypod -c ruby-container

# Switch to raw terminal mode; sends stdin to 'bash' in ruby-container from pod mypod
# and sends stdout/stderr from 'bash' back to the client
kubectl attach mypod -c ruby-container -i -t

# Get output from the first pod of a replica set named nginx
kubectl attach rs/nginx
""",
    usage="(POD | TYPE/NAME) -c CONTAINER",
    flags=(CONTAINER, POD_RUNNING_TIMEOUT, QUIET, STDIN, TTY),
    handler=attach,
)
