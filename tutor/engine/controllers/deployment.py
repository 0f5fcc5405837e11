"""The Deployment controller: one ReplicaSet a Pod template, and the roll from the old ones to the new.

Source: k8s.io/kubernetes/pkg/controller/deployment (sync.go, rolling.go, recreate.go, progress.go, util/).
"""

from __future__ import annotations

from typing import Final

from tutor.engine.clock import Key
from tutor.engine.controllers import deploymentstatus
from tutor.engine.controllers.common import Watches, controller_reference, is_finished, matching, selector_matches
from tutor.engine.controllers.rollout import (
    DESIRED_REPLICAS,
    MAX_REPLICAS,
    Rollout,
    max_surge,
    max_unavailable,
    new_replica_set_replicas,
    proportions,
    replicas_of,
    revision_number,
    scale_annotations,
    template_hash,
    templates_equal,
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
    with_field,
)
from tutor.engine.resources import REPLICA_SET
from tutor.engine.store import Change

SOURCE: Final = Source("deployment-controller")
REVISION: Final = "deployment.kubernetes.io/revision"
HASH_LABEL: Final = "pod-template-hash"
_NOT_COPIED: Final = frozenset({
    "kubectl.kubernetes.io/last-applied-configuration", REVISION, "deployment.kubernetes.io/revision-history",
    DESIRED_REPLICAS, MAX_REPLICAS, "deprecated.deployment.rollback.to",
})  # fmt: skip


class DeploymentController:
    """Worker `deployment`, keyed by namespace and name."""

    def __init__(self, core: Core, watches: Watches, recorder: Recorder) -> None:
        self._core, self._recorder = core, recorder
        self.index = SelectorIndex(watches, "Deployment", label_selector_pairs)
        core.clock.register("deployment", self._sync)
        watches.on("Deployment", self._on_deployment)
        watches.on("ReplicaSet", self._on_replica_set)
        watches.on("Pod", self._on_pod)

    def _on_deployment(self, change: Change) -> None:
        deployment, old = change.object, change.old
        if change.type == "DELETED":
            return
        if old is None or old["spec"] != deployment["spec"] or annotations_of(old) != annotations_of(deployment):
            self._core.clock.soon("deployment", namespace_of(deployment), name_of(deployment))

    def _on_replica_set(self, change: Change) -> None:
        replica_set = change.object
        owner = controller_of(replica_set)
        if owner is not None and owner["kind"] == "Deployment":
            self._core.clock.soon("deployment", namespace_of(replica_set), owner["name"])
        elif owner is None and change.type != "DELETED":
            for name in self.index.candidates(namespace_of(replica_set), labels_of(replica_set)):
                self._core.clock.soon("deployment", namespace_of(replica_set), name)

    def _on_pod(self, change: Change) -> None:
        """A Recreate roll waits for the last old Pod to be gone, which may change no ReplicaSet any more."""
        if change.type != "DELETED":
            return
        owner = controller_of(change.object)
        if owner is not None and owner["kind"] == "ReplicaSet":
            replica_set = self._core.store.get("ReplicaSet", namespace_of(change.object), owner["name"])
            above = controller_of(replica_set) if replica_set is not None else None
            if above is not None:
                self._core.clock.soon("deployment", namespace_of(change.object), above["name"])

    def _sync(self, key: Key) -> None:
        deployment = self._core.store.get("Deployment", *key)
        if deployment is None:
            return
        if is_deleting(deployment):
            self._write_status(deployment, self._claim(deployment))
            return
        replica_sets = self._claim(deployment)
        spec = deployment["spec"]
        if spec.get("paused") or self._is_scaling(deployment, replica_sets):
            self._scale_in_proportion(self._rollout(deployment, replica_sets, create=False))
        elif (spec.get("strategy") or {}).get("type") == "Recreate":
            self._recreate(deployment, replica_sets)
        else:
            self._roll(self._rollout(deployment, replica_sets, create=True))
        current = self._core.store.get("Deployment", *key)
        if current is not None:
            self._write_status(current, self._claim(current))

    # Finding and making ReplicaSets

    def _claim(self, deployment: Object) -> list[Object]:
        """The ReplicaSets of the Deployment, oldest first; orphans that match are adopted, misfits released."""
        selector = deployment["spec"]["selector"]
        owned = []
        for ref in self._core.store.owned_by(uid_of(deployment)):
            replica_set = self._core.store.get(*ref) if ref[0] == "ReplicaSet" else None
            if replica_set is None:
                continue
            if selector_matches(selector, labels_of(replica_set)):
                owned.append(replica_set)
            else:
                owners = [one for one in replica_set["metadata"]["ownerReferences"] if one["uid"] != uid_of(deployment)]
                self._core.store.put(with_field(replica_set, "metadata.ownerReferences", owners))
        if not is_deleting(deployment):
            for replica_set in matching(self._core, "ReplicaSet", namespace_of(deployment), selector):
                if controller_of(replica_set) is None and not is_deleting(replica_set):
                    owners = [*(replica_set["metadata"].get("ownerReferences") or ()), controller_reference(deployment)]
                    owned.append(self._core.store.put(with_field(replica_set, "metadata.ownerReferences", owners)))
        return sorted(owned, key=lambda one: (one["metadata"]["creationTimestamp"], revision_number(one), name_of(one)))

    def _rollout(self, deployment: Object, replica_sets: list[Object], *, create: bool) -> Rollout:
        new = next((one for one in replica_sets if templates_equal(one, deployment)), None)
        old = [one for one in replica_sets if new is None or uid_of(one) != uid_of(new)]
        revision = max((revision_number(one) for one in old), default=0) + 1
        if new is not None:
            new = self._renew(deployment, new, revision)
        elif create:
            new = self._create(deployment, old, revision)
        deployment = self._core.store.get("Deployment", namespace_of(deployment), name_of(deployment)) or deployment
        if new is not None:
            deployment = self._note_revision(deployment, new)
        return Rollout(deployment, new, old)

    def _renew(self, deployment: Object, new: Object, revision: int) -> Object:
        """Bring the new ReplicaSet's annotations up to date: a template used again becomes the newest revision."""
        annotations = {**annotations_of(new), **self._copied_annotations(deployment)}
        if revision_number(new) < revision:
            annotations[REVISION] = str(revision)
        spec, seconds = new["spec"], deployment["spec"].get("minReadySeconds", 0)
        if spec.get("minReadySeconds", 0) != seconds:
            spec = {**spec, "minReadySeconds": seconds}
        if annotations == annotations_of(new) and spec is new["spec"]:
            return new
        return self._core.store.put(with_field({**new, "spec": spec}, "metadata.annotations", annotations))

    def _create(self, deployment: Object, old: list[Object], revision: int) -> Object | None:
        spec = deployment["spec"]
        digest = template_hash(spec["template"], (deployment.get("status") or {}).get("collisionCount", 0))
        labels = {**(spec["template"].get("metadata") or {}).get("labels", {}), HASH_LABEL: digest}
        selector = spec["selector"]
        wanted = new_replica_set_replicas(deployment, None, old)
        name = f"{name_of(deployment)}-{digest}"
        replica_set: Object = {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "annotations": {
                    **self._copied_annotations(deployment),
                    **scale_annotations(deployment),
                    REVISION: str(revision),
                },
                "labels": labels,
                "name": name,
                "namespace": namespace_of(deployment),
                "ownerReferences": [controller_reference(deployment)],
            },
            "spec": {
                **({"minReadySeconds": spec["minReadySeconds"]} if spec.get("minReadySeconds") else {}),
                "replicas": wanted,
                "selector": {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), HASH_LABEL: digest}},
                "template": {
                    **spec["template"],
                    "metadata": {**(spec["template"].get("metadata") or {}), "labels": labels},
                },
            },
        }
        try:
            created = self._core.api.create(replica_set, namespace_of(deployment), trusted=True)
        except ApiError as refused:
            self._refused(deployment, name, refused)
            return None
        if wanted:
            self._tell(deployment, "up", name, 0, wanted)
        deploymentstatus.set_progressing(
            self._core, deployment, "True", "NewReplicaSetCreated", f'Created new replica set "{name}"'
        )
        return created

    def _refused(self, deployment: Object, name: str, refused: ApiError) -> None:
        if refused.status.reason == "AlreadyExists":
            # Another template hashed to the same name: count the collision and hash anew.
            count = (deployment.get("status") or {}).get("collisionCount", 0) + 1
            self._core.store.put(with_field(deployment, "status.collisionCount", count))
            self._core.clock.soon("deployment", namespace_of(deployment), name_of(deployment))
            return
        message = f'Failed to create new replica set "{name}": {refused.status.message}'
        self._recorder.record(deployment, SOURCE, "FailedCreate", message, warning=True)
        deploymentstatus.set_progressing(self._core, deployment, "False", "ReplicaSetCreateError", message)

    def _copied_annotations(self, deployment: Object) -> dict[str, str]:
        return {key: value for key, value in annotations_of(deployment).items() if key not in _NOT_COPIED}

    def _note_revision(self, deployment: Object, new: Object) -> Object:
        revision = annotations_of(new).get(REVISION, "1")
        if annotations_of(deployment).get(REVISION) == revision:
            return deployment
        annotations = {**annotations_of(deployment), REVISION: revision}
        return self._core.store.put(with_field(deployment, "metadata.annotations", annotations))

    # Scaling

    def _scale(self, deployment: Object, replica_set: Object, wanted: int) -> Object:
        """Give one ReplicaSet its size, and annotations that remember for which Deployment size that was worked out."""
        before = replicas_of(replica_set)
        annotations = {**annotations_of(replica_set), **scale_annotations(deployment)}
        if before == wanted and annotations == annotations_of(replica_set):
            return replica_set
        changed = with_field(with_field(replica_set, "spec.replicas", wanted), "metadata.annotations", annotations)
        if before != wanted:
            changed = with_field(changed, "metadata.generation", changed["metadata"].get("generation", 1) + 1)
        stored = self._core.store.put(changed)
        if before != wanted:
            self._tell(deployment, "up" if wanted > before else "down", name_of(replica_set), before, wanted)
        return stored

    def _tell(self, deployment: Object, way: str, name: str, before: int, wanted: int) -> None:
        message = f"Scaled {way} replica set {name} from {before} to {wanted}"
        self._recorder.record(deployment, SOURCE, "ScalingReplicaSet", message)

    def _is_scaling(self, deployment: Object, replica_sets: list[Object]) -> bool:
        """Whether the Deployment's own size changed since its ReplicaSets were last sized."""
        wanted = str(replicas_of(deployment))
        return any(
            annotations_of(one).get(DESIRED_REPLICAS, wanted) != wanted for one in replica_sets if replicas_of(one) > 0
        )

    def _scale_in_proportion(self, rollout: Rollout) -> None:
        deployment, everything = rollout.deployment, rollout.all
        active = [one for one in everything if replicas_of(one) > 0]
        wanted = replicas_of(deployment)
        if len(active) <= 1:
            only = active[0] if active else rollout.new or (everything[-1] if everything else None)
            if only is not None:
                self._scale(deployment, only, wanted)
            return
        if rollout.new is not None and self._is_saturated(deployment, rollout.new):
            for one in rollout.old:
                if replicas_of(one) > 0:
                    self._scale(deployment, one, 0)
            return
        if (deployment["spec"].get("strategy") or {}).get("type") != "Recreate":
            allowed = wanted + max_surge(deployment) if wanted > 0 else 0
            for one, size in proportions(active, allowed - sum(map(replicas_of, active)), deployment):
                self._scale(deployment, one, size)

    def _is_saturated(self, deployment: Object, new: Object) -> bool:
        wanted = replicas_of(deployment)
        return (
            replicas_of(new) == wanted
            and annotations_of(new).get(DESIRED_REPLICAS) == str(wanted)
            and (new.get("status") or {}).get("availableReplicas", 0) == wanted
        )

    # Strategies

    def _roll(self, rollout: Rollout) -> None:
        if rollout.new is None:
            return
        deployment = rollout.deployment
        wanted = new_replica_set_replicas(deployment, rollout.new, rollout.old)
        rollout = rollout.with_new(self._scale(deployment, rollout.new, wanted))
        self._roll_old(rollout)
        self._clean_up(rollout)

    def _roll_old(self, rollout: Rollout) -> None:
        """Scale old ReplicaSets down, unhealthy Pods first, never below what must stay available."""
        deployment, new = rollout.deployment, rollout.new
        old = [one for one in rollout.old if replicas_of(one) > 0]
        if not old or new is None:
            return
        minimum = replicas_of(deployment) - max_unavailable(deployment)
        unavailable_new = replicas_of(new) - _available(new)
        spare = sum(map(replicas_of, rollout.all)) - minimum - unavailable_new
        if spare <= 0:
            return
        kept = []
        for one in old:
            unhealthy = replicas_of(one) - _available(one)
            gone = max(0, min(spare, unhealthy))
            spare -= gone
            kept.append(self._scale(deployment, one, replicas_of(one) - gone) if gone else one)
        available = sum(_available(one) for one in [*kept, new])
        room = available - minimum
        for one in kept:
            gone = max(0, min(room, replicas_of(one)))
            room -= gone
            if gone:
                self._scale(deployment, one, replicas_of(one) - gone)

    def _recreate(self, deployment: Object, replica_sets: list[Object]) -> None:
        rollout = self._rollout(deployment, replica_sets, create=False)
        for one in rollout.old:
            self._scale(rollout.deployment, one, 0)
        for one in rollout.old:
            for ref in self._core.store.owned_by(uid_of(one)):
                pod = self._core.store.get(*ref)
                if pod is not None and pod["kind"] == "Pod" and not is_finished(pod):
                    return
        rollout = self._rollout(rollout.deployment, rollout.all, create=True)
        if rollout.new is not None:
            self._scale(rollout.deployment, rollout.new, replicas_of(rollout.deployment))
            self._clean_up(rollout)

    def _clean_up(self, rollout: Rollout) -> None:
        """Drop old ReplicaSets beyond the history limit once the roll is complete."""
        limit = rollout.deployment["spec"].get("revisionHistoryLimit", 10)
        idle = [one for one in rollout.old if replicas_of(one) == 0 and not (one.get("status") or {}).get("replicas")]
        if len(idle) <= limit or not deploymentstatus.is_complete(rollout.deployment):
            return
        for one in sorted(idle, key=revision_number)[: len(idle) - limit]:
            self._core.api.delete(REPLICA_SET, name_of(one), namespace_of(one))

    # Status

    def _write_status(self, deployment: Object, replica_sets: list[Object]) -> None:
        new = next((one for one in replica_sets if templates_equal(one, deployment)), None)
        status = deploymentstatus.status_of(self._core, deployment, replica_sets, new)
        if status != deployment.get("status"):
            self._core.store.put({**deployment, "status": status})
        wait = deploymentstatus.seconds_to_deadline(self._core, deployment, status)
        if wait is not None:
            self._core.clock.after(wait, "deployment", namespace_of(deployment), name_of(deployment), background=True)


def _available(replica_set: Object) -> int:
    available: int = (replica_set.get("status") or {}).get("availableReplicas", 0)
    return available
