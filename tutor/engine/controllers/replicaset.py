"""The ReplicaSet controller: as many Pods as asked for, found by selector, owned by reference.

Source: k8s.io/kubernetes/pkg/controller/replicaset and pkg/controller/controller_utils.go (ActivePodsWithRanks).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tutor.engine.clock import Key
from tutor.engine.controllers.common import (
    Watches,
    condition,
    controller_reference,
    is_finished,
    is_ready,
    matching,
    selector_matches,
)
from tutor.engine.controllers.selectorindex import SelectorIndex, label_selector_pairs
from tutor.engine.core import Core
from tutor.engine.errors import ApiError
from tutor.engine.events import Recorder, Source
from tutor.engine.objects import (
    Object,
    annotations_of,
    controller_of,
    is_deleting,
    labels_of,
    name_of,
    namespace_of,
    uid_of,
)
from tutor.engine.resources import POD
from tutor.engine.store import Change

SOURCE: Final = Source("replicaset-controller")
DELETION_COST: Final = "controller.kubernetes.io/pod-deletion-cost"


class ReplicaSetController:
    """Worker `replicaset`, keyed by namespace and name."""

    def __init__(self, core: Core, watches: Watches, recorder: Recorder) -> None:
        self._core, self._recorder = core, recorder
        self.index = SelectorIndex(watches, "ReplicaSet", label_selector_pairs)
        core.clock.register("replicaset", self._sync)
        watches.on("ReplicaSet", self._on_replica_set)
        watches.on("Pod", self._on_pod)

    def _on_replica_set(self, change: Change) -> None:
        if change.type == "DELETED":
            return
        if change.old is None or change.old["spec"] != change.object["spec"]:
            self._core.clock.soon("replicaset", namespace_of(change.object), name_of(change.object))

    def _on_pod(self, change: Change) -> None:
        pod, old = change.object, change.old
        if change.type == "MODIFIED" and old is not None and _digest(old) == _digest(pod):
            return
        owners = [controller_of(pod)]
        if old is not None and change.type == "MODIFIED":
            owners.append(controller_of(old))
        for owner in owners:
            if owner is not None and owner["kind"] == "ReplicaSet":
                self._core.clock.soon("replicaset", namespace_of(pod), owner["name"])
        if owners[0] is None and change.type != "DELETED":
            for name in self.index.candidates(namespace_of(pod), labels_of(pod)):
                self._core.clock.soon("replicaset", namespace_of(pod), name)

    def _sync(self, key: Key) -> None:
        replica_set = self._core.store.get("ReplicaSet", *key)
        if replica_set is None:
            return
        active = self._claim(replica_set)
        failure: Object | None = None
        if not is_deleting(replica_set):
            failure = self._manage(replica_set, active)
        replica_set = self._core.store.get("ReplicaSet", *key)
        if replica_set is not None:
            self._update_status(replica_set, failure)

    def _owned(self, replica_set: Object) -> list[Object]:
        refs = self._core.store.owned_by(uid_of(replica_set))
        pods = (self._core.store.get(*ref) for ref in refs if ref[0] == "Pod")
        return [pod for pod in pods if pod is not None]

    def _claim(self, replica_set: Object) -> list[Object]:
        """Release Pods that no longer match, adopt orphans that do; return the Pods that count."""
        selector = replica_set["spec"]["selector"]
        active = []
        for pod in self._owned(replica_set):
            if is_finished(pod) or is_deleting(pod):
                continue
            if selector_matches(selector, labels_of(pod)):
                active.append(pod)
            else:
                self._set_owners(pod, [one for one in _owners(pod) if one["uid"] != uid_of(replica_set)])
        if is_deleting(replica_set):
            return active
        for pod in matching(self._core, "Pod", namespace_of(replica_set), selector):
            if controller_of(pod) is None and not is_finished(pod) and not is_deleting(pod):
                active.append(self._set_owners(pod, [*_owners(pod), controller_reference(replica_set)]))
        return active

    def _set_owners(self, pod: Object, owners: Sequence[Mapping[str, Any]]) -> Object:
        metadata = {key: value for key, value in pod["metadata"].items() if key != "ownerReferences"}
        if owners:
            metadata["ownerReferences"] = list(owners)
        return self._core.store.put({**pod, "metadata": metadata})

    def _manage(self, replica_set: Object, active: list[Object]) -> Object | None:
        """Create or delete what is missing or too much; return the failure condition if creation was refused."""
        wanted = int(replica_set["spec"].get("replicas", 1))
        if len(active) < wanted:
            return self._create(replica_set, wanted - len(active))
        if len(active) > wanted:
            self._delete(replica_set, active, len(active) - wanted)
        return None

    def _create(self, replica_set: Object, count: int) -> Object | None:
        template = replica_set["spec"]["template"]
        metadata = {
            **(template.get("metadata") or {}),
            "generateName": f"{name_of(replica_set)}-",
            "namespace": namespace_of(replica_set),
            "ownerReferences": [controller_reference(replica_set)],
        }
        metadata.pop("creationTimestamp", None)
        pod: Object = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}
        for _ in range(count):
            try:
                created = self._core.api.create(pod, namespace_of(replica_set), trusted=True)
            except ApiError as refused:
                message = f"Error creating: {refused.status.message}"
                self._recorder.record(replica_set, SOURCE, "FailedCreate", message, warning=True)
                return {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": str(refused)}
            self._recorder.record(replica_set, SOURCE, "SuccessfulCreate", f"Created pod: {name_of(created)}")
        return None

    def _delete(self, replica_set: Object, active: list[Object], count: int) -> None:
        for pod in self._least_missed(replica_set, active)[:count]:
            self._core.api.delete(POD, name_of(pod), namespace_of(pod))
            self._recorder.record(replica_set, SOURCE, "SuccessfulDelete", f"Deleted pod: {name_of(pod)}")

    def _least_missed(self, replica_set: Object, active: list[Object]) -> list[Object]:
        """The Pods in the order in which they are given up: those that matter least first."""
        related = self._related(replica_set) or active
        on_node = Counter(pod["spec"].get("nodeName", "") for pod in related if not is_deleting(pod))
        return sorted(active, key=lambda pod: _worth(pod, on_node, self._core.clock.seconds, self._core.clock.now))

    def _related(self, replica_set: Object) -> list[Object]:
        """The active Pods of all ReplicaSets of the same owner: a rolling update counts them together."""
        owner = controller_of(replica_set)
        if owner is None:
            return []
        refs = self._core.store.owned_by(owner["uid"])
        siblings = (self._core.store.get(*ref) for ref in refs if ref[0] == "ReplicaSet")
        return [pod for one in siblings if one for pod in self._owned(one) if not is_finished(pod)]

    def _update_status(self, replica_set: Object, failure: Object | None) -> None:
        pods = self._owned(replica_set)
        active = [pod for pod in pods if not is_deleting(pod) and not is_finished(pod)]
        ready = [pod for pod in active if is_ready(pod)]
        available = self._available(replica_set, ready)
        template_labels = labels_of(replica_set["spec"]["template"])
        fully = sum(template_labels.items() <= labels_of(pod).items() for pod in active)
        status: Object = {"observedGeneration": replica_set["metadata"].get("generation", 1), "replicas": len(active)}
        counts = {"fullyLabeledReplicas": fully, "readyReplicas": len(ready), "availableReplicas": available}
        status.update({name: count for name, count in counts.items() if count})
        status["terminatingReplicas"] = sum(is_deleting(pod) and not is_finished(pod) for pod in pods)
        if failure is not None:
            before = condition((replica_set.get("status") or {}).get("conditions") or (), "ReplicaFailure")
            since = before["lastTransitionTime"] if before else self._core.clock.timestamp()
            status["conditions"] = [{**failure, "lastTransitionTime": since}]
        if status != replica_set.get("status"):
            self._core.store.put({**replica_set, "status": status})

    def _available(self, replica_set: Object, ready: list[Object]) -> int:
        """How many Pods have been ready for minReadySeconds; asks to look again when the next one will have been."""
        needed = replica_set["spec"].get("minReadySeconds", 0)
        if not needed:
            return len(ready)
        now = self._core.clock.now
        since = [self._core.clock.seconds(_ready_since(pod)) for pod in ready]
        waits = [at + needed - now for at in since if at + needed > now]
        if waits:
            self._core.clock.after(min(waits), "replicaset", namespace_of(replica_set), name_of(replica_set))
        return len(ready) - len(waits)


def _owners(pod: Object) -> list[Mapping[str, Any]]:
    return list(pod["metadata"].get("ownerReferences") or ())


def _digest(pod: Object) -> tuple[object, ...]:
    """All of a Pod that a ReplicaSet looks at."""
    metadata = pod["metadata"]
    return (
        is_ready(pod),
        (pod.get("status") or {}).get("phase") in {"Succeeded", "Failed"},
        "deletionTimestamp" in metadata,
        metadata.get("labels"),
        metadata.get("ownerReferences"),
    )


def _ready_since(pod: Object) -> str:
    found = condition(pod["status"]["conditions"], "Ready")
    return str(found["lastTransitionTime"]) if found else str(pod["metadata"]["creationTimestamp"])


def _worth(pod: Object, on_node: Mapping[str, int], seconds: Any, now: float) -> tuple[object, ...]:
    """Sort key of ActivePodsWithRanks.Less: lower is deleted first."""
    status = pod.get("status") or {}
    node = pod["spec"].get("nodeName", "")
    ready = is_ready(pod)
    restarts = max((one.get("restartCount", 0) for one in status.get("containerStatuses") or ()), default=0)
    return (
        bool(node),
        {"Pending": 0, "Unknown": 1, "Running": 2}.get(status.get("phase", "Pending"), 0),
        ready,
        _cost(pod),
        -on_node[node],
        _log_age(now - seconds(_ready_since(pod))) if ready else 0,
        -restarts,
        _log_age(now - seconds(pod["metadata"]["creationTimestamp"])),
        uid_of(pod),
    )


def _cost(pod: Object) -> int:
    text = annotations_of(pod).get(DELETION_COST, "0")
    try:
        return int(text)
    except ValueError:
        return 0


def _log_age(age: float) -> int:
    """Ages compare by their order of magnitude, so that equals fall to chance (LogarithmicScaleDown)."""
    return int(math.log2(age * 1e9)) if age > 0 else 0
