"""The arithmetic of a rolling update: hashes, revisions and how many replicas each ReplicaSet gets.

Source: k8s.io/kubernetes/pkg/controller/deployment/util/deployment_util.go.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from tutor.engine.dice import SAFE_ALPHABET
from tutor.engine.objects import Object, annotations_of

DESIRED_REPLICAS: Final = "deployment.kubernetes.io/desired-replicas"
MAX_REPLICAS: Final = "deployment.kubernetes.io/max-replicas"


@dataclass(frozen=True)
class Rollout:
    """A Deployment, the ReplicaSet of its present template (None before it exists) and the others, oldest first."""

    deployment: Object
    new: Object | None
    old: list[Object]

    @property
    def all(self) -> list[Object]:
        """Every ReplicaSet, the new one last."""
        return [*self.old, self.new] if self.new is not None else list(self.old)

    def with_new(self, new: Object) -> Rollout:
        """The same with a newer version of the new ReplicaSet."""
        return replace(self, new=new)


def replicas_of(obj: Mapping[str, Any]) -> int:
    """`spec.replicas` of a Deployment or ReplicaSet; 1 where it is not said."""
    replicas = obj["spec"].get("replicas")
    return 1 if replicas is None else int(replicas)


def revision_number(replica_set: Mapping[str, Any]) -> int:
    """The revision a ReplicaSet stands for; 0 if it was never given one."""
    text = annotations_of(replica_set).get("deployment.kubernetes.io/revision", "0")
    return int(text) if text.isdigit() else 0


def scale_annotations(deployment: Mapping[str, Any]) -> dict[str, str]:
    """What a ReplicaSet remembers of the Deployment's size when it was itself sized."""
    wanted = replicas_of(deployment)
    return {DESIRED_REPLICAS: str(wanted), MAX_REPLICAS: str(wanted + max_surge(deployment))}


def template_hash(template: Mapping[str, Any], collisions: int) -> str:
    """The `pod-template-hash` of a Pod template: FNV-1a of its contents, spelled in letters that form no words.

    A real cluster hashes the memory layout of its Go types, so that the letters differ from these.
    """
    text = json.dumps(template, sort_keys=True, separators=(",", ":")) + (str(collisions) if collisions else "")
    digest = 0x811C9DC5
    for byte in text.encode():
        digest = (digest ^ byte) * 0x01000193 & 0xFFFFFFFF
    return "".join(SAFE_ALPHABET[ord(digit) % len(SAFE_ALPHABET)] for digit in str(digest))


def templates_equal(replica_set: Mapping[str, Any], deployment: Mapping[str, Any]) -> bool:
    """Whether a ReplicaSet was made from the Deployment's present template."""
    mine, wanted = replica_set["spec"]["template"], deployment["spec"]["template"]
    if mine.get("spec") != wanted.get("spec"):
        return False
    return _without_hash(mine) == _without_hash(wanted)


def _without_hash(template: Mapping[str, Any]) -> dict[str, Any]:
    metadata = dict(template.get("metadata") or {})
    labels: Mapping[str, str] = metadata.get("labels") or {}
    metadata["labels"] = {key: value for key, value in labels.items() if key != "pod-template-hash"}
    return {key: value for key, value in metadata.items() if value and key != "creationTimestamp"}


def _amount(value: int | str, total: int, *, up: bool) -> int:
    """A number, or a percentage of `total` rounded up or down."""
    if isinstance(value, str) and value.endswith("%"):
        share = int(value[:-1]) * total / 100
        return math.ceil(share) if up else math.floor(share)
    return int(value)


def _rolling(deployment: Mapping[str, Any]) -> tuple[int, int]:
    """The maxSurge and maxUnavailable as numbers; they are never both 0, or nothing could ever move."""
    strategy = deployment["spec"].get("strategy") or {}
    if strategy.get("type") == "Recreate":
        return 0, 0
    rolling = strategy.get("rollingUpdate") or {}
    wanted = replicas_of(deployment)
    surge = _amount(rolling.get("maxSurge", "25%"), wanted, up=True)
    unavailable = _amount(rolling.get("maxUnavailable", "25%"), wanted, up=False)
    if surge == 0 and unavailable == 0:
        unavailable = 1
    return surge, min(unavailable, wanted)


def max_surge(deployment: Mapping[str, Any]) -> int:
    """How many Pods above its size a Deployment may have during a roll."""
    return _rolling(deployment)[0]


def max_unavailable(deployment: Mapping[str, Any]) -> int:
    """How many Pods below its size a Deployment may have available during a roll."""
    return _rolling(deployment)[1]


def new_replica_set_replicas(deployment: Object, new: Object | None, old: list[Object]) -> int:
    """How large the new ReplicaSet may be now (`NewRSNewReplicas`)."""
    wanted = replicas_of(deployment)
    present = replicas_of(new) if new is not None else 0
    if (deployment["spec"].get("strategy") or {}).get("type") == "Recreate":
        return wanted
    if present >= wanted:
        return wanted
    room = wanted + max_surge(deployment) - present - sum(map(replicas_of, old))
    return present + max(0, min(room, wanted - present))


def proportions(active: list[Object], change: int, deployment: Object) -> list[tuple[Object, int]]:
    """Each active ReplicaSet and its size after `change` replicas are shared out (`GetReplicaSetProportion`)."""
    order = sorted(active, key=lambda one: (-replicas_of(one), revision_number(one) * (-1 if change > 0 else 1)))
    sizes = {id(one): replicas_of(one) for one in order}
    left = change
    allowed = replicas_of(deployment) + max_surge(deployment)
    for one in order:
        noted = annotations_of(one).get(MAX_REPLICAS)
        before = int(noted) if noted and noted.isdigit() and int(noted) else sum(map(replicas_of, active))
        share = round(replicas_of(one) * allowed / before) - replicas_of(one)
        share = min(share, left) if change > 0 else max(share, left)
        if (share > 0) == (change > 0) and share:
            sizes[id(one)] += share
            left -= share
    if order:
        sizes[id(order[0])] += left
    return [(one, max(0, sizes[id(one)])) for one in order]
