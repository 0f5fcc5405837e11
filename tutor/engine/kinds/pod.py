"""Pods: defaults (also those of templates), validation and the status words of their table.

Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tutor.engine.clock import Clock
from tutor.engine.kinds.base import Errors, Kind, age, age_of, columns
from tutor.engine.kinds.pod_validation import validate_pod_spec, validate_pod_update
from tutor.engine.objects import Object, is_deleting
from tutor.engine.resources import POD

_SPEC_DEFAULTS: Final[Mapping[str, Any]] = {
    "dnsPolicy": "ClusterFirst",
    "restartPolicy": "Always",
    "schedulerName": "default-scheduler",
    "securityContext": {},
    "terminationGracePeriodSeconds": 30,
}
_CONTAINER_DEFAULTS: Final[Mapping[str, Any]] = {
    "resources": {},
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
}
_PROBE_DEFAULTS: Final[Mapping[str, Any]] = {
    "failureThreshold": 3,
    "periodSeconds": 10,
    "successThreshold": 1,
    "timeoutSeconds": 1,
}
_ADMITTED: Final[Mapping[str, Any]] = {
    "enableServiceLinks": True,
    "preemptionPolicy": "PreemptLowerPriority",
    "priority": 0,
    "serviceAccount": "default",
    "serviceAccountName": "default",
}
_TOLERATIONS: Final = tuple(
    {"effect": "NoExecute", "key": f"node.kubernetes.io/{key}", "operator": "Exists", "tolerationSeconds": 300}
    for key in ("not-ready", "unreachable")
)


# Defaults


def default_pod_spec(spec: Mapping[str, Any]) -> Object:
    """A Pod spec, of a Pod or a template, with what the API fills in on reading it."""
    filled = {**_SPEC_DEFAULTS, **spec}
    for group in ("containers", "initContainers"):
        if group in spec:
            filled[group] = [_default_container(container) for container in spec[group]]
    if "serviceAccountName" in spec:
        filled["serviceAccount"] = spec["serviceAccountName"]
    elif "serviceAccount" in spec:
        filled["serviceAccountName"] = spec["serviceAccount"]
    if "volumes" in spec:
        filled["volumes"] = [_default_volume(volume) for volume in spec["volumes"]]
    return filled


def _default_container(container: Mapping[str, Any]) -> Object:
    filled = {**_CONTAINER_DEFAULTS, **container}
    if not filled.get("imagePullPolicy"):
        filled["imagePullPolicy"] = _pull_policy(container.get("image", ""))
    if "ports" in container:
        filled["ports"] = [{"protocol": "TCP", **port} for port in container["ports"]]
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        if probe in container:
            filled[probe] = _default_probe(container[probe])
    if any("valueFrom" in variable for variable in container.get("env", ())):
        filled["env"] = [_default_variable(variable) for variable in container["env"]]
    requests = _default_requests(container.get("resources"))
    if requests is not None:
        filled["resources"] = requests
    return filled


def _pull_policy(image: str) -> str:
    """`Always` for `latest` or no tag, else `IfNotPresent`."""
    if "@" in image:
        return "IfNotPresent"
    tag = image.rpartition("/")[2].partition(":")[2]
    return "Always" if tag in {"", "latest"} else "IfNotPresent"


def _default_probe(probe: Mapping[str, Any]) -> Object:
    filled = {**_PROBE_DEFAULTS, **probe}
    if "httpGet" in probe:
        filled["httpGet"] = {"path": "/", "scheme": "HTTP", **probe["httpGet"]}
    return filled


def _default_variable(variable: Mapping[str, Any]) -> Object:
    source = variable.get("valueFrom")
    if not source or "fieldRef" not in source:
        return dict(variable)
    return {**variable, "valueFrom": {**source, "fieldRef": {"apiVersion": "v1", **source["fieldRef"]}}}


def _default_requests(resources: Mapping[str, Any] | None) -> Object | None:
    if not resources or "limits" not in resources:
        return None
    return {**resources, "requests": {**resources["limits"], **resources.get("requests", {})}}


def _default_volume(volume: Mapping[str, Any]) -> Object:
    if "configMap" in volume:
        return {**volume, "configMap": {"defaultMode": 420, **volume["configMap"]}}
    return {"emptyDir": {}, **volume} if len(volume) == 1 else dict(volume)


def default_pod(pod: Object) -> Object:
    """A Pod with what the API and its admission fill in."""
    spec = {**_ADMITTED, **default_pod_spec(pod.get("spec") or {})}
    given = spec.get("tolerations", [])
    missing = [item for item in _TOLERATIONS if not any(_covers(toleration, item) for toleration in given)]
    spec["tolerations"] = [*given, *missing]
    return {**pod, "spec": spec}


def _covers(toleration: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return toleration.get("key") in {None, "", other["key"]} and toleration.get("effect") in {None, "", "NoExecute"}


def _status(pod: Object) -> Object:
    return {"phase": "Pending", "qosClass": qos_class(pod)}


def qos_class(pod: Object) -> str:
    """`Guaranteed`, `Burstable` or `BestEffort`.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
    """
    resources = [container.get("resources") or {} for container in pod["spec"].get("containers", ())]
    if not any(item.get("limits") or item.get("requests") for item in resources):
        return "BestEffort"
    guaranteed = all(
        {"cpu", "memory"} <= set(item.get("limits") or {}) and item.get("requests") == item["limits"]
        for item in resources
    )
    return "Guaranteed" if guaranteed else "Burstable"


# Table


def _cells(pod: Object, clock: Clock) -> tuple[str, ...]:
    spec, status = pod["spec"], pod.get("status") or {}
    ready, total, restarts, last_restart = _counts(pod)
    restarted = f"{restarts} ({age(last_restart, clock)} ago)" if restarts and last_restart else str(restarts)
    gates = [gate["conditionType"] for gate in spec.get("readinessGates", ())]
    met = {item["type"] for item in status.get("conditions", ()) if item["status"] == "True"}
    return (
        pod["metadata"]["name"],
        f"{ready}/{total}",
        status_word(pod),
        restarted,
        age_of(pod, clock),
        status.get("podIP") or "<none>",
        spec.get("nodeName") or "<none>",
        status.get("nominatedNodeName") or "<none>",
        f"{sum(gate in met for gate in gates)}/{len(gates)}" if gates else "<none>",
    )


def _counts(pod: Object) -> tuple[int, int, int, str | None]:
    """Ready containers, containers, restarts, and when the last run ended."""
    status = pod.get("status") or {}
    sidecars = _sidecar_names(pod)
    initial = status.get("initContainerStatuses", ())
    long_running = [*status.get("containerStatuses", ()), *(item for item in initial if item["name"] in sidecars)]
    initializing = _init_word(pod) is not None and not _condition(status, "Initialized")
    counted = initial if initializing else long_running
    ready = sum(bool(item.get("ready")) and "running" in item.get("state", {}) for item in long_running)
    restarts = sum(item.get("restartCount", 0) for item in counted)
    ends = [end for item in counted if (end := item.get("lastState", {}).get("terminated", {}).get("finishedAt"))]
    return ready, len(pod["spec"].get("containers", ())) + len(sidecars), restarts, max(ends, default=None)


def _sidecar_names(pod: Object) -> set[str]:
    containers = pod["spec"].get("initContainers", ())
    return {container["name"] for container in containers if container.get("restartPolicy") == "Always"}


def status_word(pod: Object) -> str:
    """The STATUS column: `Running`, `ContainerCreating`, `CrashLoopBackOff`, `Terminating` and the like.

    Source: `printPod` of kubernetes/pkg/printers/internalversion/printers.go.
    """
    status = pod.get("status") or {}
    word = status.get("reason") or status.get("phase", "")
    for condition in status.get("conditions", ()):
        if condition["type"] == "PodScheduled" and condition.get("reason") == "SchedulingGated":
            word = "SchedulingGated"
    initializing = _init_word(pod)
    if initializing is not None:
        word = initializing
    if initializing is None or _condition(status, "Initialized"):
        running = False
        for item in reversed(status.get("containerStatuses", ())):
            state = item.get("state") or {}
            waiting, ended = state.get("waiting", {}).get("reason"), state.get("terminated")
            if waiting:
                word = waiting
            elif ended is not None:
                word = ended.get("reason") or _exit_word(ended)
            elif item.get("ready") and "running" in state:
                running = True
        if word == "Completed" and running:
            word = "Running" if _condition(status, "Ready") else "NotReady"
    if is_deleting(pod):
        if status.get("reason") == "NodeLost":
            return "Unknown"
        if status.get("phase") not in {"Failed", "Succeeded"}:
            return "Terminating"
    return str(word)


def _init_word(pod: Object) -> str | None:
    """`Init:0/1` and the like while init containers run; None once they are through."""
    containers = {container["name"]: container for container in pod["spec"].get("initContainers", ())}
    statuses = (pod.get("status") or {}).get("initContainerStatuses", ())
    for index, item in enumerate(statuses):
        state = item.get("state") or {}
        ended, waiting = state.get("terminated"), state.get("waiting", {}).get("reason")
        if ended is not None and ended.get("exitCode", 0) == 0:
            continue
        if containers.get(item["name"], {}).get("restartPolicy") == "Always" and item.get("started"):
            continue
        if ended is not None:
            return "Init:" + (ended.get("reason") or _exit_word(ended))
        if waiting and waiting != "PodInitializing":
            return f"Init:{waiting}"
        return f"Init:{index}/{len(containers)}"
    return None


def _exit_word(ended: Mapping[str, Any]) -> str:
    return f"Signal:{ended['signal']}" if ended.get("signal") else f"ExitCode:{ended.get('exitCode', 0)}"


def _condition(status: Mapping[str, Any], type_: str) -> bool:
    return any(item["type"] == type_ and item["status"] == "True" for item in status.get("conditions", ()))


def _fields(pod: Object) -> Mapping[str, str]:
    spec, status = pod["spec"], pod.get("status") or {}
    return {
        "spec.nodeName": spec.get("nodeName", ""),
        "spec.restartPolicy": spec.get("restartPolicy", ""),
        "spec.schedulerName": spec.get("schedulerName", ""),
        "spec.serviceAccountName": spec.get("serviceAccountName", ""),
        "spec.hostNetwork": "true" if spec.get("hostNetwork") else "false",
        "status.phase": status.get("phase", ""),
        "status.podIP": status.get("podIP", ""),
        "status.podIPs": status.get("podIP", ""),
        "status.nominatedNodeName": status.get("nominatedNodeName", ""),
    }


def _validate(pod: Object) -> Errors:
    return validate_pod_spec(pod["spec"], "spec")


def _validate_update(new: Object, old: Object) -> Iterator[Any]:
    yield from validate_pod_update(new, old)


KIND: Final = Kind(
    POD,
    columns("Name", "Ready", "Status", "Restarts", "Age", wide=("IP", "Node", "Nominated Node", "Readiness Gates")),
    _cells,
    default=default_pod,
    validate=_validate,
    validate_update=_validate_update,
    fields=_fields,
    status=_status,
    generation=True,
)
