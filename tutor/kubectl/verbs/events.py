"""`kubectl events`.

Source: https://github.com/kubernetes/kubectl/tree/master/pkg/cmd/events
"""

from __future__ import annotations

from collections.abc import Sequence

from tutor.engine.objects import Object, namespace_of, revision_of
from tutor.engine.resources import EVENT
from tutor.kubectl import common_flags as common
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.lookup import resource_for
from tutor.kubectl.printers.describe.page import About
from tutor.kubectl.printers.objects import object_printer
from tutor.kubectl.printers.tabwriter import ColumnWriter
from tutor.kubectl.printers.text import escape_terminal


async def events(call: Invocation) -> int:
    """List events, the newest last; `-w` waits for more."""
    if any(each.lower() not in {"normal", "warning"} for each in call.many("types")):
        raise KubectlError("valid --types are Normal or Warning")
    namespace = None if call.on("all-namespaces") else call.namespace
    fields = _fields(call)
    since = call.context.cluster.store.revision
    about = About(call.client, call.context.cluster.clock)
    found = sorted(_wanted(call, call.client.list(EVENT, namespace, fields=fields)), key=about.last_seen)
    show = _Printer(call, about)
    if not found and not call.on("watch"):
        where = "" if call.on("all-namespaces") else f" in {call.namespace} namespace"
        await call.err(f"No events found{where}.\n")
        return 0
    await call.out(show.list(found))
    while call.on("watch") and await call.context.pacing.idle():
        changes = call.client.watch(EVENT, namespace, since, fields=fields)
        since = max([since, *(revision_of(change.object) for change in changes)])
        news = _wanted(call, [change.object for change in changes if change.type != "DELETED"])
        await call.out("".join(show.one(event) for event in news))
    return 0


def _fields(call: Invocation) -> str:
    about = call.text("for")
    if not about:
        return ""
    if about.count("/") > 1:
        raise KubectlError("arguments in resource/name form may not have more than one slash")
    word, slash, name = about.partition("/")
    if not slash:
        raise KubectlError("--for must be in resource/name form")
    resource = resource_for(word)
    return (
        f"involvedObject.kind={resource.kind},involvedObject.apiVersion={resource.api_version},"
        f"involvedObject.name={name}"
    )


def _wanted(call: Invocation, found: Sequence[Object]) -> list[Object]:
    types = {each.lower() for each in call.many("types")}
    return [event for event in found if not types or str(event.get("type", "")).lower() in types]


class _Printer:
    """Turns events into rows under one line of headers, or into what `-o` asks for."""

    def __init__(self, call: Invocation, about: About) -> None:
        self._call = call
        self._about = about
        self._writer = ColumnWriter()
        self._headers_due = not call.on("no-headers")
        self._printer = object_printer(call) if call.text("output") or call.text("template") else None

    def list(self, found: Sequence[Object]) -> str:
        """Events that were there."""
        if self._printer is not None:
            return self._printer({"apiVersion": "v1", "items": list(found), "kind": "EventList", "metadata": {}})
        return self._rows(found)

    def one(self, event: Object) -> str:
        """An event that came."""
        return self._printer(event) if self._printer is not None else self._rows([event])

    def _rows(self, found: Sequence[Object]) -> str:
        everywhere = self._call.on("all-namespaces")
        rows: list[list[str]] = []
        if self._headers_due and found:
            self._headers_due = False
            rows.append(["NAMESPACE"] * everywhere + ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"])
        for event in found:
            involved = event.get("involvedObject") or {}
            cells = [
                self._about.interval(event),
                event.get("type", ""),
                event.get("reason", ""),
                f"{involved.get('kind', '')}/{involved.get('name', '')}",
                str(event.get("message", "")).strip(),
            ]
            rows.append([namespace_of(event)] * everywhere + [escape_terminal(cell) for cell in cells])
        return self._writer.rows(rows)


COMMAND = Command(
    name="events",
    short="List events",
    handler=events,
    long="""Display events.

 Prints a table of the most important information about events. You can request events for a namespace, for all namespace, or filtered to only those pertaining to a specified resource.""",  # noqa: E501
    examples="""
# List recent events in the default namespace
kubectl events

# List recent events in all namespaces
kubectl events --all-namespaces

# List recent events for the specified pod, then wait for more events and list them as they arrive
kubectl events --for pod/web-pod-13je7 --watch

# List recent events in YAML format
kubectl events -oyaml

# List recent only events of type 'Warning' or 'Normal'
kubectl events --types=Warning,Normal
""",
    usage="[(-o|--output=)json|yaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json"
    "|jsonpath-file] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]",
    flags=(
        common.ALL_NAMESPACES,
        common.ALLOW_MISSING_TEMPLATE_KEYS,
        common.CHUNK_SIZE,
        Flag("for", "Filter events to only those pertaining to the specified resource."),
        Flag("no-headers", "When using the default output format, don't print headers.", kind="bool"),
        common.output(),
        common.SHOW_MANAGED_FIELDS,
        common.TEMPLATE,
        Flag("types", "Output only events of given types.", kind="list"),
        Flag("watch", "After listing the requested events, watch for more events.", kind="bool", short="w"),
    ),
)
