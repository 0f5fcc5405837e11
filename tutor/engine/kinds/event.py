"""Events.

Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tutor.engine.clock import Clock
from tutor.engine.kinds.base import Kind, age, columns
from tutor.engine.objects import Object, name_of
from tutor.engine.resources import EVENT

_INVOLVED: Final = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")


def _cells(event: Object, clock: Clock) -> tuple[str, ...]:
    """Source: `printEvent` of kubernetes/pkg/printers/internalversion/printers.go."""
    involved = event.get("involvedObject") or {}
    first = age(event.get("firstTimestamp") or event.get("eventTime"), clock)
    last = age(event["lastTimestamp"], clock) if event.get("lastTimestamp") else first
    return (
        last,
        event.get("type", ""),
        event.get("reason", ""),
        f"{involved.get('kind', '').lower()}/{involved.get('name', '')}",
        involved.get("fieldPath", ""),
        _source(event),
        event.get("message", "").strip(),
        first,
        str(event.get("count") or 1),
        name_of(event),
    )


def _source(event: Object) -> str:
    source = event.get("source") or {}
    component = source.get("component") or event.get("reportingComponent", "")
    host = source.get("host") or event.get("reportingInstance", "")
    return f"{component}, {host}" if host else str(component)


def _fields(event: Object) -> Mapping[str, str]:
    involved = event.get("involvedObject") or {}
    return {
        **{f"involvedObject.{name}": str(involved.get(name, "")) for name in _INVOLVED},
        "reason": event.get("reason", ""),
        "reportingComponent": event.get("reportingComponent", ""),
        "source": (event.get("source") or {}).get("component") or event.get("reportingComponent", ""),
        "type": event.get("type", ""),
    }


KIND: Final = Kind(
    EVENT,
    (
        *columns("Last Seen", "Type", "Reason", "Object", wide=("Subobject", "Source")),
        *columns("Message", wide=("First Seen", "Count", "Name")),
    ),
    _cells,
    fields=_fields,
)
