"""The parts descriptions are made of: indented lines, label lists, events, ages.

Source: https://github.com/kubernetes/kubectl/blob/master/pkg/describe/describe.go
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tutor.engine.clock import Clock
from tutor.engine.durations import human_duration
from tutor.engine.objects import Object, name_of, namespace_of, uid_of
from tutor.engine.resources import EVENT
from tutor.kubectl.client import Client
from tutor.kubectl.last_applied import LAST_APPLIED
from tutor.kubectl.printers.tabwriter import align

_LONGEST_ANNOTATION = 140


@dataclass
class Page:
    """A description being written; tabs become columns in the end."""

    _parts: list[str] = field(default_factory=list)

    def line(self, text: str = "", level: int = 0) -> None:
        """Add a line, two spaces further in for each level."""
        self._parts.append(f"{'  ' * level}{text}\n")

    def part(self, text: str, level: int = 0) -> None:
        """Add text that goes on with what comes next."""
        self._parts.append("  " * level + text)

    def pairs(self, title: str, pairs: Mapping[str, str] | None) -> None:
        """Add labels, one a line under each other."""
        self.items(title, [f"{key}={value}" for key, value in sorted((pairs or {}).items())])

    def items(self, title: str, items: Sequence[str]) -> None:
        """Add texts, one a line under each other; `<none>` for none."""
        self.line(f"{title}:\t" + "\n\t".join(items or ["<none>"]))

    def annotations(self, title: str, annotations: Mapping[str, str] | None) -> None:
        """Add annotations, long ones shortened; what `apply` remembers is left out."""
        shown = {key: value for key, value in (annotations or {}).items() if key != LAST_APPLIED}
        lines: list[str] = []
        for key, value in sorted(shown.items()):
            text = value.removesuffix("\n")
            if len(text) + len(key) + 2 > _LONGEST_ANNOTATION or "\n" in text:
                lines.append(f"{key}:")
                lines += [f"  {_shorten(each, _LONGEST_ANNOTATION - 2)}" for each in text.split("\n")]
            else:
                lines.append(f"{key}: {text}")
        self.items(title, lines)

    def head(self, obj: Object, *, namespaced: bool = True) -> None:
        """Add name, namespace, labels and annotations."""
        self.line(f"Name:\t{name_of(obj)}")
        if namespaced:
            self.line(f"Namespace:\t{namespace_of(obj)}")
        self.pairs("Labels", obj["metadata"].get("labels"))
        self.annotations("Annotations", obj["metadata"].get("annotations"))

    def text(self) -> str:
        """The description, aligned."""
        return align(self.raw())

    def raw(self) -> str:
        """The description with its tabs, as `kubectl rollout history --revision` prints it."""
        return "".join(self._parts)


def _shorten(text: str, length: int) -> str:
    return text[:length] + "..." if len(text) > length else text


@dataclass(frozen=True)
class About:
    """What a description may look at beside its object.

    Args:
        client: the API.
        clock: for ages.
        show_events: whether events are shown at all.
    """

    client: Client
    clock: Clock
    show_events: bool = True

    def age(self, timestamp: str | None) -> str:
        """How long ago an instant was."""
        return human_duration(self.clock.now - self.clock.seconds(timestamp)) if timestamp else "<unknown>"

    def events(self, page: Page, obj: Object, kind: str = "") -> None:
        """Add the events about the object."""
        if not self.show_events:
            return
        found = self._events_about(obj, kind)
        if not found:
            page.line("Events:\t<none>")
            return
        page.line("Events:")
        page.line("Type\tReason\tAge\tFrom\tMessage", 1)
        page.line("----\t------\t----\t----\t-------", 1)
        for event in found:
            source = event.get("source", {}).get("component") or event.get("reportingComponent", "")
            message = str(event.get("message", "")).strip()
            page.line(
                f"{event.get('type', '')}\t{event.get('reason', '')}\t{self.interval(event)}\t{source}\t{message}", 1
            )

    def _events_about(self, obj: Object, kind: str) -> list[Object]:
        # The default namespace holds the events of cluster-scoped objects.
        namespace = namespace_of(obj) or None
        fields = [f"involvedObject.name={name_of(obj)}", f"involvedObject.uid={uid_of(obj)}"]
        if kind:
            fields.append(f"involvedObject.kind={kind}")
        found = self.client.list(EVENT, namespace, fields=",".join(fields))
        # As kubectl sorts them: events that have no lastTimestamp, such as the scheduler's, come first.
        return sorted(found, key=lambda event: str(event.get("lastTimestamp") or ""))

    def last_seen(self, event: Mapping[str, Any]) -> float:
        """When an event last came, in seconds since the cluster's birth."""
        series = event.get("series") or {}
        timestamp = series.get("lastObservedTime") or event.get("lastTimestamp") or event.get("eventTime")
        return self.clock.seconds(timestamp) if timestamp else 0.0

    def interval(self, event: Mapping[str, Any]) -> str:
        """How long ago an event was, and how often it came."""
        first = self.age(event.get("eventTime") or event.get("firstTimestamp"))
        series = event.get("series")
        if series:
            return f"{self.age(series.get('lastObservedTime'))} (x{series.get('count', 0)} over {first})"
        if (event.get("count") or 0) > 1:
            return f"{self.age(event.get('lastTimestamp'))} (x{event['count']} over {first})"
        return first


def long_time(timestamp: str | None) -> str:
    """An instant as Go's RFC1123Z: `Mon, 23 Nov 2026 09:00:00 +0000`."""
    if not timestamp:
        return "Mon, 01 Jan 0001 00:00:00 +0000"
    moment = datetime.fromisoformat(timestamp.replace("Z", "+00:00"))
    return moment.strftime("%a, %d %b %Y %H:%M:%S +0000")


def controlled_by(obj: Object) -> str:
    """The controller as `ReplicaSet/web-1234`; empty without one."""
    from tutor.engine.objects import controller_of

    owner = controller_of(obj)
    return f"{owner['kind']}/{owner['name']}" if owner else ""


def joined(values: Iterable[Any], none: str = "<none>") -> str:
    """Values with commas between."""
    return ",".join(str(value) for value in values) or none
