"""ReplicaSets.

Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/replica-set-v1/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tutor.engine.clock import Clock
from tutor.engine.errors import FieldError
from tutor.engine.kinds.base import Kind, age_of, columns, format_selector
from tutor.engine.kinds.workloads import container_images, container_names, default_template, validate_workload
from tutor.engine.objects import Object
from tutor.engine.resources import REPLICA_SET
from tutor.engine.validation import IMMUTABLE, not_negative, wrong


def _default(replica_set: Object) -> Object:
    spec = {"replicas": 1, **(replica_set.get("spec") or {})}
    spec["template"] = default_template(spec.get("template") or {})
    return {**replica_set, "spec": spec}


def _cells(replica_set: Object, clock: Clock) -> tuple[str, ...]:
    spec, status = replica_set["spec"], replica_set.get("status") or {}
    return (
        replica_set["metadata"]["name"],
        str(spec.get("replicas", 0)),
        str(status.get("replicas", 0)),
        str(status.get("readyReplicas", 0)),
        age_of(replica_set, clock),
        container_names(spec["template"]),
        container_images(spec["template"]),
        format_selector(spec.get("selector")),
    )


def _validate(replica_set: Object) -> Iterator[FieldError]:
    yield from not_negative("spec.minReadySeconds", replica_set["spec"].get("minReadySeconds", 0))
    yield from validate_workload(replica_set["spec"], "replicaset")


def _validate_update(new: Object, old: Object) -> Iterator[FieldError]:
    if new["spec"].get("selector") != old["spec"].get("selector"):
        yield wrong("spec.selector", new["spec"].get("selector"), IMMUTABLE)


def _status(_replica_set: Object) -> Object:
    return {"replicas": 0}


KIND: Final = Kind(
    REPLICA_SET,
    columns("Name", "Desired", "Current", "Ready", "Age", wide=("Containers", "Images", "Selector")),
    _cells,
    default=_default,
    validate=_validate,
    validate_update=_validate_update,
    status=_status,
    generation=True,
    scales=True,
)
