"""`kubectl logs`: what containers wrote.

Source: https://github.com/kubernetes/kubectl/blob/master/pkg/cmd/logs/logs.go; refusals of the kubelet from
validateContainerLogStatus in https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kubelet_pods.go
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tutor.engine.errors import ApiError
from tutor.engine.logs import LogLine, Run
from tutor.engine.objects import Object, annotations_of, name_of
from tutor.engine.podlog import goes_on, run_to_read, stamp
from tutor.engine.resources import POD, SERVICE
from tutor.kubectl import common_flags as common
from tutor.kubectl.attachable import DEFAULT_CONTAINER, container_of, parse_name, pod_of
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.resource_args import list_targets

_SELECTED_TAIL = 10
_USAGE = "logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]"


async def logs(call: Invocation) -> int:
    """Print the logs of one container, or of several."""
    container = _checked_container(call)
    pods, chosen_by_label = await _pods(call)
    if chosen_by_label and not pods:
        await call.err(f"No resources found in {call.namespace} namespace.\n")
        return 0
    sources = [source for pod in pods for source in await _sources(call, pod, container)]
    limit = call.number("max-log-requests")
    if call.on("follow") and 1 < len(sources) > limit:
        raise KubectlError(
            f"you are attempting to follow {len(sources)} log streams, but maximum allowed concurrency is {limit}, "
            "use --max-log-requests to increase the limit"
        )
    return await _print(call, sources)


def _checked_container(call: Invocation) -> str:
    """The container named by -c or as second argument, after checking that the flags go together."""
    usage = f"expected '{_USAGE}'.\nPOD or TYPE/NAME is a required argument for the logs command"
    if len(call.args) > 2 or (not call.args and not call.text("selector")):
        raise call.usage_error(usage)
    if len(call.args) == 1 and call.text("selector"):
        raise call.usage_error("only a selector (-l) or a POD name is allowed")
    container = call.args[1] if len(call.args) == 2 else call.text("container")
    if call.text("since-time") and call.seconds("since"):
        raise KubectlError("at most one of `sinceTime` or `sinceSeconds` may be specified")
    if call.on("all-containers") and container:
        raise KubectlError(f"--all-containers=true should not be specified with container name {container}")
    if call.given("container") and len(call.args) == 2:
        raise KubectlError("only one of -c or an inline [CONTAINER] arg is allowed")
    if call.number("limit-bytes") < 0:
        raise KubectlError("--limit-bytes must be greater than 0")
    if call.seconds("since") < 0:
        raise KubectlError("--since must be greater than 0")
    if call.number("tail") < -1:
        raise KubectlError("--tail must be greater than or equal to -1")
    return container


async def _pods(call: Invocation) -> tuple[list[Object], bool]:
    """The Pods meant, and whether labels chose them."""
    if not call.args:
        return [target.obj for target in list_targets(call, POD, call.namespace, call.text("selector"))], True
    try:
        target = parse_name(call, call.args[0])
    except ApiError as error:
        if error.status.reason != "NotFound":
            raise
        raise KubectlError(
            f'error from server (NotFound): {error.status.message} in namespace "{call.namespace}"'
        ) from None
    pod = await pod_of(call, target, call.seconds("pod-running-timeout"), "get the logs from")
    if target.resource is POD:
        return [pod], False
    selector = target.obj["spec"].get("selector") or {}
    labels = selector if target.resource is SERVICE else selector.get("matchLabels") or {}
    together = [
        each.obj for each in list_targets(call, POD, call.namespace, ",".join(f"{k}={v}" for k, v in labels.items()))
    ]
    if call.on("all-pods"):
        return together, False
    if len(together) > 1:
        await call.err(f"Found {len(together)} pods, using pod/{name_of(pod)}\n")
    return [pod], False


@dataclass
class _Source:
    """One container whose log is asked for, and how far it has been printed."""

    pod: Object
    container: str
    run: Run
    printed: int = 0


async def _sources(call: Invocation, pod: Object, container: str) -> list[_Source]:
    spec = pod["spec"]
    if call.on("all-containers"):
        names = [each["name"] for each in (*(spec.get("initContainers") or ()), *spec["containers"])]
    else:
        names = [await _chosen(call, pod, container)]
    previous = call.on("previous")
    return [_Source(pod, name, run_to_read(pod, name, previous=previous)) for name in names]


async def _chosen(call: Invocation, pod: Object, container: str) -> str:
    named = {each["name"] for each in (*(pod["spec"].get("initContainers") or ()), *pod["spec"]["containers"])}
    if container and container not in named:
        raise KubectlError(f"container {container} is not valid for pod {name_of(pod)}")
    wanted = annotations_of(pod).get(DEFAULT_CONTAINER, "")
    if not container and wanted and wanted not in named:
        await call.err(f'Default container name "{wanted}" not found in pod {name_of(pod)}\n')
    found, notice = container_of(pod, container)
    await call.err("" if call.on("all-pods") else notice)
    return str(found["name"])


async def _print(call: Invocation, sources: Sequence[_Source]) -> int:
    left = call.number("limit-bytes") or None
    for source in sources:
        lines = _wanted(call, _read(call, source))
        left = await _write(call, _text(call, source, lines), left)
    while call.on("follow") and left != 0:
        going = [source for source in sources if goes_on(call.context.cluster.store, source.pod, source.run)]
        if not going or not await call.context.pacing.idle():
            break
        for source in going:
            left = await _write(call, _text(call, source, _read(call, source)), left)
    if call.on("follow") and left != 0:
        # What was written between the last look and the end of the container.
        for source in sources:
            left = await _write(call, _text(call, source, _read(call, source)), left)
    return 0


def _read(call: Invocation, source: _Source) -> list[LogLine]:
    lines = call.context.cluster.logs.read(source.run, source.printed)
    if lines:
        source.printed = lines[-1].number
    return lines


def _wanted(call: Invocation, lines: list[LogLine]) -> list[LogLine]:
    """The lines that --since, --since-time and --tail leave."""
    clock = call.context.cluster.clock
    if call.seconds("since"):
        start = clock.now - round(call.seconds("since"))
        lines = [line for line in lines if line.at >= start]
    if call.text("since-time"):
        start = _instant(call, call.text("since-time"))
        lines = [line for line in lines if line.at >= start]
    tail = call.number("tail")
    if tail == -1 and call.text("selector") and not call.given("tail"):
        tail = _SELECTED_TAIL
    return lines if tail == -1 else lines[len(lines) - min(tail, len(lines)) :]


def _instant(call: Invocation, text: str) -> float:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return (moment - call.context.cluster.clock.born).total_seconds()
    except (ValueError, TypeError):
        raise KubectlError(
            f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse "{text}" as "2006"'
        ) from None


def _text(call: Invocation, source: _Source, lines: Sequence[LogLine]) -> str:
    prefix = ""
    if call.on("prefix") or call.on("all-pods"):
        prefix = f"[pod/{name_of(source.pod)}/{source.container}] "
    stamps = call.on("timestamps")
    return "".join(
        f"{prefix}{stamp(call.context.cluster.clock, line.at) if stamps else ''}{line.text}\n" for line in lines
    )


async def _write(call: Invocation, text: str, left: int | None) -> int | None:
    """Write the text, no more than `left` bytes of it; how many are left after it."""
    if left is not None:
        data = text.encode()[:left]
        text, left = data.decode("utf-8", "ignore"), left - len(data)
    if text:
        await call.out(text)
    return left


COMMAND = Command(
    name="logs",
    short="Print the logs for a container in a pod",
    handler=logs,
    long="Print the logs for a container in a pod or specified resource. If the pod has only one container, the "
    "container name is optional.",
    examples="""
# Return snapshot logs from pod nginx with only one container
kubectl logs nginx

# Return snapshot logs from pod nginx, prefixing each line with the source pod and container name
kubectl logs nginx --prefix

# Return snapshot logs from pod nginx, limiting output to 500 bytes
kubectl logs nginx --limit-bytes=500

# Return snapshot logs from pod nginx with multi containers
kubectl logs nginx --all-containers=true

# Return snapshot logs from all pods in the deployment nginx
kubectl logs deployment/nginx --all-pods=true

# Return snapshot logs from all containers in pods defined by label app=nginx
kubectl logs -l app=nginx --all-containers=true

# Return snapshot of previous terminated ruby container logs from pod web-1
kubectl logs -p -c ruby web-1

# Begin streaming the logs of the ruby container in pod web-1
kubectl logs -f -c ruby web-1

# Begin streaming the logs from all containers in pods defined by label app=nginx
kubectl logs -f -l app=nginx --all-containers=true

# Display only the most recent 20 lines of output in pod nginx
kubectl logs --tail=20 nginx

# Show all logs from pod nginx written in the last hour
kubectl logs --since=1h nginx

# Return snapshot logs from container nginx-1 of a deployment named nginx
kubectl logs deployment/nginx -c nginx-1
""",
    usage="[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]",
    flags=(
        Flag("all-containers", "Get all containers' logs in the pod(s).", kind="bool"),
        Flag("all-pods", "Get logs from all pod(s). Sets prefix to true.", kind="bool"),
        Flag("container", "Print the logs of this container", short="c"),
        Flag("follow", "Specify if the logs should be streamed.", kind="bool", short="f"),
        Flag("limit-bytes", "Maximum bytes of logs to return. Defaults to no limit.", kind="int"),
        Flag(
            "max-log-requests",
            "Specify maximum number of concurrent logs to follow when using by a selector. Defaults to 5.",
            kind="int",
            default=5,
        ),
        Flag(
            "pod-running-timeout",
            "The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running",
            kind="duration",
            default=20.0,
        ),
        Flag("prefix", "Prefix each log line with the log source (pod name and container name)", kind="bool"),
        Flag(
            "previous",
            "If true, print the logs for the previous instance of the container in a pod if it exists.",
            kind="bool",
            short="p",
        ),
        common.SELECTOR,
        Flag(
            "since",
            "Only return logs newer than a relative duration like 5s, 2m, or 3h. Defaults to all logs. Only one of "
            "since-time / since may be used.",
            kind="duration",
        ),
        Flag(
            "since-time",
            "Only return logs after a specific date (RFC3339). Defaults to all logs. Only one of since-time / since "
            "may be used.",
        ),
        Flag(
            "tail",
            "Lines of recent log file to display. Defaults to -1 with no selector, showing all log lines otherwise "
            "10, if a selector is provided.",
            kind="int",
            default=-1,
        ),
        Flag("timestamps", "Include timestamps on each line in the log output", kind="bool"),
    ),
    lacks=("ignore-errors", "insecure-skip-tls-verify-backend"),
)
