"""`kubectl exec`: run a command in a container.

Source: pkg/cmd/exec of https://github.com/kubernetes/kubectl and tests/golden. The text of a command that cannot be
started is that of containerd 2 behind an API server of v1.30 or newer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from tutor.engine.errors import bad_request
from tutor.engine.objects import Object, field, name_of, uid_of
from tutor.kubectl import common_flags as common
from tutor.kubectl.attachable import container_of, is_running, parse_name, pod_of
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.context import ExecError
from tutor.kubectl.errors import KubectlError, PlainError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.resource_args import select

CONTAINER = Flag(
    "container",
    "Container name. If omitted, use the kubectl.kubernetes.io/default-container annotation for selecting the "
    "container "
    "to be attached or the first container in the pod will be chosen",
    short="c",
)
POD_RUNNING_TIMEOUT = Flag(
    "pod-running-timeout",
    "The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running",
    kind="duration",
    default=60.0,
)
QUIET = Flag("quiet", "Only print output from the remote session", kind="bool", short="q")
STDIN = Flag("stdin", "Pass stdin to the container", kind="bool", short="i")
TTY = Flag("tty", "Stdin is a TTY", kind="bool", short="t")


async def exec_(call: Invocation) -> int:
    """Run the words after `--` in a container; its exit code."""
    word = call.args[0] if call.args and call.dash != 0 else ""
    if call.dash >= 0:
        command = call.args[call.dash :]
    elif len(call.args) > 1 or (call.args and call.many("filename")):
        raise call.usage_error("exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead")
    else:
        command = []
    timeout = running_timeout(call)
    if not word and not call.many("filename"):
        raise KubectlError("pod, type/name or --filename must be specified")
    if not command:
        raise KubectlError("you must specify at least one command for the container")
    if word and call.many("filename"):
        raise KubectlError("name cannot be provided when a path is specified")
    pod = await _pod(call, word, timeout)
    phase = field(pod, "status.phase")
    if phase in {"Succeeded", "Failed"}:
        raise KubectlError(f"cannot exec into a container in a completed pod; current phase is {phase}")
    container, note = chosen_container(pod, call.text("container"))
    if not call.on("quiet"):
        await call.err(note)
    stdin = call.on("stdin")
    tty = await wants_tty(call, stdin=stdin, tty=call.on("tty"))
    return await run_in(call, pod, str(container["name"]), command, stdin=stdin, tty=tty)


def running_timeout(call: Invocation) -> float:
    """What `--pod-running-timeout` allows, in seconds.

    Raises:
        KubectlError: nothing.
    """
    timeout = call.seconds("pod-running-timeout")
    if timeout <= 0:
        raise call.usage_error("--pod-running-timeout must be higher than zero")
    return timeout


async def _pod(call: Invocation, word: str, limit: float) -> Object:
    if word:
        return await pod_of(call, parse_name(call, word), limit)
    selection = await select(call, [], filenames=call.many("filename"), fetch="latest")
    selection.raise_errors()
    if len(selection.targets) != 1:
        raise KubectlError("cannot exec into multiple objects at a time")
    return await pod_of(call, selection.targets[0], limit)


def chosen_container(pod: Object, name: str) -> tuple[Object, str]:
    """The container meant, and what to tell of the choice; one that was asked for is the server's to judge.

    Raises:
        ApiError: the Pod has none of that name.
    """
    try:
        return container_of(pod, name)
    except KubectlError:
        raise bad_request(f"container {name} is not valid for pod {name_of(pod)}") from None


async def wants_tty(call: Invocation, *, stdin: bool, tty: bool) -> bool:
    """Whether the command gets a terminal; says so if it cannot have the one asked for."""
    if not stdin or not tty:
        return False
    if call.context.stdin.isatty:
        return True
    if not call.on("quiet"):
        await call.err("Unable to use a TTY - input is not a terminal or the right kind of file\n")
    return False


async def run_in(
    call: Invocation, pod: Object, container: str, command: Sequence[str], *, stdin: bool, tty: bool
) -> int:
    """Run a command in a container of a Pod; its exit code.

    Raises:
        ApiError: the Pod is on no node.
        KubectlError: the container does not run, or the command could not be started.
        PlainError: the command ended with an exit code other than 0.
    """
    node = pod["spec"].get("nodeName")
    if not node:
        raise bad_request(f"pod {name_of(pod)} does not have a host assigned")
    if not is_running(pod, container):
        raise KubectlError(
            f'Internal error occurred: unable to upgrade connection: container not found ("{container}")'
        )
    try:
        code = await call.context.containers.exec(pod, container, command, stdin=stdin, tty=tty, context=call.context)
    except ExecError as error:
        failure = start_failure(error, pod, command, call.context.cluster.clock.now)
        raise KubectlError(f"Internal error occurred: {failure}") from None
    if code:
        raise PlainError(f"command terminated with exit code {code}", code)
    return 0


def start_failure(error: ExecError, pod: Object, command: Sequence[str], now: float) -> str:
    """What the kubelet says of a command that could not be started, as containerd 2 passes it on.

    Args:
        error: the runtime's.
        pod: where.
        command: what was to be started.
        now: seconds since the cluster's birth.
    """
    text = str(error).removesuffix(": unknown")
    text = text if text.startswith("OCI runtime exec failed") else f"OCI runtime exec failed: exec failed: {text}"
    # The attempt's number: 64 hexadecimal digits, new each time.
    seed = "\0".join([uid_of(pod), repr(now), *command])
    number = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()
    start = "Internal error occurred: error executing command in container: failed to exec in container"
    return f'{start}: failed to start exec "{number}": {text}'


COMMAND = Command(
    name="exec",
    short="Execute a command in a container",
    long="Execute a command in a container.",
    examples="""
# Get output from running the 'date' command from pod mypod, using the first container by default
kubectl exec mypod -- date

# Get output from running the 'date' command in ruby-container from pod mypod
kubectl exec mypod -c ruby-container -- date

# Switch to raw terminal mode; sends stdin to 'bash' in ruby-container from pod mypod
# and sends stdout/stderr from 'bash' back to the client
kubectl exec mypod -c ruby-container -i -t -- bash -il

# List contents of /usr from the first container of pod mypod and sort by modification time
# If the command you want to execute in the pod has any flags in common (e.g. -i),
# you must use two dashes (--) to separate your command's flags/arguments
# Also note, do not surround your command and its flags/arguments with quotes
# unless that is how you would execute it normally (i.e., do ls -t /usr, not "ls -t /usr")
kubectl exec mypod -i -t -- ls -t /usr

# Get output from running 'date' command from the first pod of the deployment mydeployment, using the first container by default
kubectl exec deploy/mydeployment -- date

# Get output from running 'date' command from the first pod of the service myservice, using the first container by default
kubectl exec svc/myservice -- date
""",  # noqa: E501
    usage="(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]",
    flags=(CONTAINER, common.filename_as("to use to exec into the resource"), POD_RUNNING_TIMEOUT, QUIET, STDIN, TTY),
    handler=exec_,
)
