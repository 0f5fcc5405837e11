"""`kubectl drain`: cordon a node and take its Pods off it.

Source: pkg/cmd/drain/drain.go of https://github.com/kubernetes/kubectl, and kubectl 1.33.
"""

from __future__ import annotations

from tutor.engine.selectors import SelectorError, parse_selector
from tutor.kubectl import common_flags as common
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.cordoning import check_words, mark, select_nodes
from tutor.kubectl.draining import DrainError, drain_node
from tutor.kubectl.errors import KubectlError, PlainError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.results import dry_run_of, suffix_of


async def drain(call: Invocation) -> int:
    """Cordon all nodes meant, then drain one after the other."""
    check_words(call)
    dry_run = await dry_run_of(call)
    try:
        parse_selector(call.text("pod-selector"))
    except SelectorError:
        raise KubectlError("--pod-selector=<pod_selector> must be a valid label selector") from None
    nodes = await select_nodes(call)
    await mark(call, nodes, unschedulable=True, dry_run=dry_run)
    failed: dict[str, DrainError] = {}
    for node in nodes:
        try:
            await drain_node(call, node.name, dry_run)
        except DrainError as error:
            text = f'error: unable to drain node "{node.name}" due to error: {error}, continuing command...\n'
            await call.err(text)
            failed[node.name] = error
        else:
            await call.out(f"node/{node.name} drained{suffix_of(dry_run)}\n")
    if failed:
        names = "".join(f" {name}\n" for name in failed)
        await call.err(f"There are pending nodes to be drained:\n{names}")
        raise _summary(list(failed.values()))
    return 0


def _summary(errors: list[DrainError]) -> KubectlError:
    """What kubectl ends with: the errors again, one a line, of one node or of all."""
    if len(errors) > 1:
        return PlainError("\n".join(dict.fromkeys(str(error) for error in errors)))
    (error,) = errors
    return KubectlError(error.texts[0]) if error.single else PlainError("\n".join(error.texts))


COMMAND = Command(
    name="drain",
    short="Drain node in preparation for maintenance",
    long=(
        "Drain node in preparation for maintenance.\n\n"
        " The given node will be marked unschedulable to prevent new pods from arriving. 'drain' evicts the pods if "
        "the API server supports https://kubernetes.io/docs/concepts/workloads/pods/disruptions/ eviction "
        "https://kubernetes.io/docs/concepts/workloads/pods/disruptions/ . Otherwise, it will use normal DELETE to "
        "delete the pods. The 'drain' evicts or deletes all pods except mirror pods (which cannot be deleted through "
        "the API server).  If there are daemon set-managed pods, drain will not proceed without --ignore-daemonsets, "
        "and regardless it will not delete any daemon set-managed pods, because those pods would be immediately "
        "replaced by the daemon set controller, which ignores unschedulable markings.  If there are any pods that are "
        "neither mirror pods nor managed by a replication controller, replica set, daemon set, stateful set, or job, "
        "then drain will not delete any pods unless you use --force.  --force will also allow deletion to proceed if "
        "the managing resource of one or more pods is missing.\n\n"
        " 'drain' waits for graceful termination. You should not operate on the machine until the command "
        "completes.\n\n"
        " When you are ready to put the node back into service, use kubectl uncordon, which will make the node "
        "schedulable again.\n\n"
        "https://kubernetes.io/images/docs/kubectl_drain.svg "
        "Workflowhttps://kubernetes.io/images/docs/kubectl_drain.svg"
    ),
    examples="""
# Drain node "foo", even if there are pods not managed by a replication controller, replica set, job, daemon set, or stateful set on it
kubectl drain foo --force

# As above, but abort if there are pods not managed by a replication controller, replica set, job, daemon set, or stateful set, and use a grace period of 15 minutes
kubectl drain foo --grace-period=900
""",  # noqa: E501
    usage="NODE",
    flags=(
        common.CHUNK_SIZE,
        Flag(
            "delete-emptydir-data",
            "Continue even if there are pods using emptyDir (local data that will be deleted when the node is "
            "drained).",
            kind="bool",
        ),
        Flag(
            "disable-eviction",
            "Force drain to use delete, even if eviction is supported. This will bypass checking PodDisruptionBudgets, "
            "use with caution.",
            kind="bool",
        ),
        common.DRY_RUN,
        Flag("force", "Continue even if there are pods that do not declare a controller.", kind="bool"),
        Flag(
            "grace-period",
            "Period of time in seconds given to each pod to terminate gracefully. If negative, the default value "
            "specified in the pod will be used.",
            kind="int",
            default=-1,
        ),
        Flag("ignore-daemonsets", "Ignore DaemonSet-managed pods.", kind="bool"),
        Flag("pod-selector", "Label selector to filter pods on the node"),
        common.SELECTOR,
        Flag(
            "skip-wait-for-delete-timeout",
            "If pod DeletionTimestamp older than N seconds, skip waiting for the pod.  Seconds must be greater than 0 "
            "to skip.",
            kind="int",
        ),
        Flag("timeout", "The length of time to wait before giving up, zero means infinite", kind="duration"),
    ),
    handler=drain,
)
