"""Deployments.

Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tutor.engine.clock import Clock
from tutor.engine.errors import FieldError
from tutor.engine.kinds.base import Kind, age_of, columns, format_selector
from tutor.engine.kinds.workloads import container_images, container_names, default_template, validate_workload
from tutor.engine.objects import Object
from tutor.engine.resources import DEPLOYMENT
from tutor.engine.validation import IMMUTABLE, forbidden, not_negative, unsupported, wrong

_DEFAULTS: Final[Mapping[str, Any]] = {"progressDeadlineSeconds": 600, "replicas": 1, "revisionHistoryLimit": 10}
_PERCENT: Final = re.compile("[0-9]+%")
_PERCENT_TEXT: Final = (
    "a valid percent string must be a numeric string followed by an ending '%' "
    "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
)
_ROLLING: Final[Mapping[str, Any]] = {"maxSurge": "25%", "maxUnavailable": "25%"}


def _default(deployment: Object) -> Object:
    spec = {**_DEFAULTS, **(deployment.get("spec") or {})}
    strategy = {"type": "RollingUpdate", **spec.get("strategy", {})}
    if strategy["type"] == "RollingUpdate":
        strategy["rollingUpdate"] = {**_ROLLING, **strategy.get("rollingUpdate", {})}
    spec["strategy"] = strategy
    spec["template"] = default_template(spec.get("template") or {})
    return {**deployment, "spec": spec}


def _cells(deployment: Object, clock: Clock) -> tuple[str, ...]:
    spec, status = deployment["spec"], deployment.get("status") or {}
    return (
        deployment["metadata"]["name"],
        f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}",
        str(status.get("updatedReplicas", 0)),
        str(status.get("availableReplicas", 0)),
        age_of(deployment, clock),
        container_names(spec["template"]),
        container_images(spec["template"]),
        format_selector(spec.get("selector")),
    )


def _validate(deployment: Object) -> Iterator[FieldError]:
    spec = deployment["spec"]
    yield from validate_workload(spec, "deployment")
    yield from _strategy(spec["strategy"], "spec.strategy")
    yield from not_negative("spec.minReadySeconds", spec.get("minReadySeconds", 0))
    yield from not_negative("spec.revisionHistoryLimit", spec["revisionHistoryLimit"])
    deadline = spec["progressDeadlineSeconds"]
    yield from not_negative("spec.progressDeadlineSeconds", deadline)
    if deadline <= spec.get("minReadySeconds", 0):
        yield wrong("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")


def _strategy(strategy: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    rolling = strategy.get("rollingUpdate")
    match strategy["type"]:
        case "Recreate":
            if rolling is not None:
                detail = "may not be specified when strategy `type` is 'Recreate'"
                yield forbidden(f"{path}.rollingUpdate", detail)
        case "RollingUpdate":
            yield from _rolling(rolling or {}, f"{path}.rollingUpdate")
        case other:
            yield unsupported(path, {"Type": other, "RollingUpdate": rolling}, ("Recreate", "RollingUpdate"))


def _rolling(rolling: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    unavailable, surge = rolling["maxUnavailable"], rolling["maxSurge"]
    for field, value in (("maxUnavailable", unavailable), ("maxSurge", surge)):
        if isinstance(value, int):
            yield from not_negative(f"{path}.{field}", value)
        elif not _PERCENT.fullmatch(value):
            yield wrong(f"{path}.{field}", value, _PERCENT_TEXT)
    if unavailable in {0, "0%"} and surge in {0, "0%"}:
        yield wrong(f"{path}.maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0")
    if isinstance(unavailable, str) and _PERCENT.fullmatch(unavailable) and int(unavailable[:-1]) > 100:
        yield wrong(f"{path}.maxUnavailable", unavailable, "must not be greater than 100%")


def _validate_update(new: Object, old: Object) -> Iterator[FieldError]:
    if new["spec"].get("selector") != old["spec"].get("selector"):
        yield wrong("spec.selector", new["spec"].get("selector"), IMMUTABLE)


def _status(_deployment: Object) -> Object:
    return {}


KIND: Final = Kind(
    DEPLOYMENT,
    columns("Name", "Ready", "Up-to-date", "Available", "Age", wide=("Containers", "Images", "Selector")),
    _cells,
    default=_default,
    validate=_validate,
    validate_update=_validate_update,
    status=_status,
    generation=True,
    scales=True,
)
