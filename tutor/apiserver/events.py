"""Events as `events.k8s.io/v1` has them, and as the core group does.

Source: `Convert_v1_Event_To_core_Event` of kubernetes/pkg/apis/events/v1/conversion.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tutor.engine.objects import Object
from tutor.engine.resources import EVENT, EVENTS_V1

_TO_NEW: Final = {
    "involvedObject": "regarding",
    "message": "note",
    "source": "deprecatedSource",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "lastTimestamp": "deprecatedLastTimestamp",
    "count": "deprecatedCount",
    "reportingComponent": "reportingController",
}
_TO_CORE: Final = {new: old for old, new in _TO_NEW.items()}


def to_new(event: Object) -> Object:
    """A core event as `events.k8s.io/v1` has it."""
    return _renamed(event, _TO_NEW, EVENTS_V1.api_version)


def to_core(event: Mapping[str, Any]) -> Object:
    """An event of `events.k8s.io/v1` as the core group has it."""
    return _renamed(event, _TO_CORE, EVENT.api_version)


def _renamed(event: Mapping[str, Any], names: Mapping[str, str], version: str) -> Object:
    return {**{names.get(key, key): value for key, value in event.items()}, "apiVersion": version}
