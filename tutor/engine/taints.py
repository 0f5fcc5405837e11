"""Taints of nodes, and the tolerations of Pods that bear with them.

Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ and `ToleratesTaint` of
k8s.io/api/core/v1/toleration.go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

from tutor.engine.objects import Object

Effect: TypeAlias = Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]
Taint: TypeAlias = Mapping[str, Any]

EFFECTS: Final[tuple[Effect, ...]] = ("NoSchedule", "PreferNoSchedule", "NoExecute")
UNSCHEDULABLE: Final = "node.kubernetes.io/unschedulable"
NOT_READY: Final = "node.kubernetes.io/not-ready"


def taints_of(node: Mapping[str, Any], *effects: Effect) -> list[Taint]:
    """The taints of a node, in its order; only those of these effects, if any are named."""
    found = (node.get("spec") or {}).get("taints") or ()
    return [taint for taint in found if not effects or taint.get("effect") in effects]


def tolerations_of(pod: Object) -> Sequence[Mapping[str, Any]]:
    """The tolerations of a Pod."""
    found: Sequence[Mapping[str, Any]] = pod["spec"].get("tolerations") or ()
    return found


def tolerates(toleration: Mapping[str, Any], taint: Taint) -> bool:
    """Whether a toleration bears with a taint."""
    if toleration.get("effect") and toleration["effect"] != taint.get("effect"):
        return False
    if toleration.get("key") and toleration["key"] != taint.get("key"):
        return False
    if toleration.get("operator") == "Exists":
        return True
    return bool(toleration.get("value", "") == taint.get("value", ""))


def untolerated(taints: Sequence[Taint], tolerations: Sequence[Mapping[str, Any]]) -> list[Taint]:
    """The taints that none of the tolerations bears with."""
    return [taint for taint in taints if not any(tolerates(each, taint) for each in tolerations)]


def tolerated_for(taints: Sequence[Taint], tolerations: Sequence[Mapping[str, Any]]) -> float | None:
    """How many seconds a Pod with these tolerations may stay on a node with these taints; None for ever.

    Source: `getMinTolerationTime` of kubernetes/pkg/controller/tainteviction/taint_eviction.go; the first toleration
    that bears with a taint is the one that counts.
    """
    if untolerated(taints, tolerations):
        return 0.0
    used = [next(each for each in tolerations if tolerates(each, taint)) for taint in taints]
    limits = [max(float(each["tolerationSeconds"]), 0.0) for each in used if each.get("tolerationSeconds") is not None]
    return min(limits, default=None)
