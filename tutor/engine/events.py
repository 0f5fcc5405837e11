"""The event recorder: what controllers and kubelets say about the objects they work on.

An event that says the same again within ten minutes raises the count of the first instead of adding another.
Source: k8s.io/client-go/tools/record/events_cache.go; https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from rpds import HashTrieMap, Queue

from tutor.engine.clock import Clock
from tutor.engine.dice import Dice
from tutor.engine.objects import Object, name_of, namespace_of, uid_of
from tutor.engine.store import Store

LIFETIME: Final = 3600.0
"""Seconds the API server keeps an event (`--event-ttl`)."""
SAME_WITHIN: Final = 600.0
"""Seconds within which a repeated event is counted rather than added."""
SCHEDULER: Final = "default-scheduler"

Said: TypeAlias = tuple[str, str, str, str, str]
"""Uid and field path of the object, who spoke, reason and message."""
Where: TypeAlias = tuple[str, str]
"""Namespace and name of an event."""
if TYPE_CHECKING:  # rpds types take no parameters at run time
    _Known: TypeAlias = HashTrieMap[Said, Where]
    _Written: TypeAlias = Queue[tuple[float, Where, Said]]
    RecorderState: TypeAlias = tuple[_Known, _Written]


class Source(NamedTuple):
    """Who speaks: a component, and the node it runs on if it is a kubelet."""

    component: str
    host: str = ""


class Recorder:
    """Writes events. Registers the background worker that lets old ones expire."""

    def __init__(self, store: Store, clock: Clock, dice: Dice) -> None:
        self._store, self._clock, self._dice = store, clock, dice
        self._known: _Known = HashTrieMap()
        # The events still kept, each with when to look whether it has expired, in that order.
        self._written: _Written = Queue()
        self._born = clock.born.timestamp()
        clock.register("event-expiry", self._expire)

    def record(
        self,
        about: Mapping[str, Any],
        source: Source,
        reason: str,
        message: str,
        *,
        warning: bool = False,
        field_path: str = "",
        action: str = "",
    ) -> None:
        """Say something about an object.

        Args:
            about: the stored object.
            source: who speaks.
            reason: one CamelCase word.
            message: the sentence.
            warning: whether the type is Warning rather than Normal.
            field_path: the part meant, such as `spec.containers{nginx}`.
            action: for events of the events.k8s.io kind (the scheduler's), what was being done.
        """
        said = (uid_of(about), field_path, source.component + source.host, reason, message)
        where = self._known.get(said)
        earlier = self._store.get("Event", *where) if where else None
        now = self._clock.timestamp()
        if earlier is not None and self._clock.now - self._clock.seconds(_last_seen(earlier)) < SAME_WITHIN:
            self._store.put(_counted(earlier, now))
            return
        event = self._new(about, source, reason, message, warning, field_path, action, now)
        self._store.put(event)
        where = (namespace_of(event), name_of(event))
        self._known = self._known.insert(said, where)
        if not len(self._written):
            self._clock.after(LIFETIME, "event-expiry", background=True)
        self._written = self._written.enqueue((self._clock.now + LIFETIME, where, said))

    def _new(
        self,
        about: Mapping[str, Any],
        source: Source,
        reason: str,
        message: str,
        warning: bool,
        field_path: str,
        action: str,
        now: str,
    ) -> Object:
        name, namespace = name_of(about), namespace_of(about)
        # A real name ends in the nanosecond; the revision makes up for events of the same simulated instant.
        nanos = int((self._born + self._clock.now) * 1e6) * 1000 + self._store.revision % 1_000_000
        involved = {
            "apiVersion": about["apiVersion"],
            "kind": about["kind"],
            "name": name,
            "namespace": namespace,
            "resourceVersion": about["metadata"].get("resourceVersion", ""),
            "uid": uid_of(about),
        }
        if not namespace:
            del involved["namespace"]
        if field_path:
            involved["fieldPath"] = field_path
        event: Object = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "creationTimestamp": now,
                "name": f"{name}.{nanos:x}",
                "namespace": namespace or "default",
                "uid": self._dice.uuid(),
            },
            "involvedObject": involved,
            "message": message,
            "reason": reason,
            "type": "Warning" if warning else "Normal",
            "reportingComponent": source.component,
            "reportingInstance": source.host,
        }
        if action:
            event["action"] = action
            event["eventTime"] = now[:-1] + f".{int(self._clock.now % 1 * 1e6):06d}Z"
            event["firstTimestamp"] = event["lastTimestamp"] = None
            event["reportingInstance"] = f"{source.component}-control-plane"
            event["source"] = {}
        else:
            event["count"] = 1
            event["eventTime"] = None
            event["firstTimestamp"] = event["lastTimestamp"] = now
            event["source"] = {"component": source.component, **({"host": source.host} if source.host else {})}
        return event

    def _expire(self, _key: tuple[str, ...]) -> None:
        while len(self._written):
            at, where, said = next(iter(self._written))
            if at > self._clock.now:
                self._clock.after(at - self._clock.now, "event-expiry", background=True)
                return
            self._written = self._written.dequeue()  # type: ignore[call-arg]  # its stub wants a value: a mistake
            event = self._store.get("Event", *where)
            until = self._clock.seconds(_last_seen(event)) + LIFETIME if event is not None else 0.0
            if until > self._clock.now:  # it was counted up meanwhile: keep it as long again
                self._written = self._written.enqueue((until, where, said))
                continue
            self._store.remove("Event", *where)
            if self._known.get(said) == where:
                self._known = self._known.remove(said)

    def snapshot(self) -> RecorderState:
        """All that changes here beside the events themselves."""
        return self._known, self._written

    def restore(self, state: RecorderState) -> None:
        """Go back to a snapshot."""
        self._known, self._written = state


def _last_seen(event: Mapping[str, Any]) -> str:
    series = event.get("series")
    if series:
        return str(series["lastObservedTime"])
    return str(event.get("lastTimestamp") or event["eventTime"])


def _counted(event: Object, now: str) -> Object:
    if event.get("action"):
        count = (event.get("series") or {}).get("count", 1) + 1
        return {**event, "series": {"count": count, "lastObservedTime": now}}
    return {**event, "count": event["count"] + 1, "lastTimestamp": now}
