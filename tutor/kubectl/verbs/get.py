"""`kubectl get`: one or many objects as tables, or as `-o` asks; `-w` follows what happens to them.

Source: https://github.com/kubernetes/kubectl/blob/master/pkg/cmd/get/get.go
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from tutor.engine.errors import ApiError
from tutor.engine.managed.origin import with_all_managers
from tutor.engine.objects import Object, revision_of
from tutor.engine.resources import Resource
from tutor.kubectl import common_flags as common
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError, PlainError, raise_all
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.printers.jsonpath import relaxed
from tutor.kubectl.printers.jsonpath_parser import JsonPathError
from tutor.kubectl.printers.objects import GET_FORMATS, Printer, object_printer
from tutor.kubectl.printers.table import TableOptions, TablePrinter
from tutor.kubectl.printers.text import to_compact_json
from tutor.kubectl.resource_args import Selection, Target, select


async def get(call: Invocation) -> int:
    """Get what the words mean and print it."""
    _check_flags(call)
    if not call.args and not call.many("filename"):
        await call.err(
            "You must specify the type of resource to get. "
            'Use "kubectl api-resources" for a complete list of supported resources.\n\n'
        )
        raise call.usage_error(
            'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that '
            "resource (e.g. kubectl explain pods)."
        )
    if call.on("watch") or call.on("watch-only"):
        return await _watch(call)
    selection = await _select(call)
    if _is_table(call):
        await _print_tables(call, selection.bare())
    else:
        await _print_objects(call, selection)
    return 0


def _check_flags(call: Invocation) -> None:
    output = call.text("output")
    if call.on("show-labels") and output not in {"", "wide"}:
        raise KubectlError(f"--show-labels option cannot be used with {output} printer")
    if call.on("output-watch-events") and not (call.on("watch") or call.on("watch-only")):
        raise KubectlError("--output-watch-events option can only be used with --watch or --watch-only")


def _is_table(call: Invocation) -> bool:
    return call.text("output") == "wide" or not (call.text("output") or call.text("template"))


async def _select(call: Invocation, *, one_type: bool = False) -> Selection:
    selection = await select(
        call,
        call.args,
        filenames=call.many("filename"),
        recursive=call.on("recursive"),
        labels=call.text("selector"),
        fields=call.text("field-selector"),
        all_namespaces=call.on("all-namespaces"),
        bare_types=True,
        fetch="latest",
        one_type=one_type,
    )
    if call.on("ignore-not-found") and not (call.on("watch") or call.on("watch-only")):
        left = [error for error in selection.errors if not _is_not_found(error)]
        return replace(selection, errors=left)
    return selection


def _is_not_found(error: Exception) -> bool:
    return isinstance(error, ApiError) and error.status.reason == "NotFound"


# Tables


async def _print_tables(call: Invocation, selection: Selection) -> None:
    kinds = {*selection.resources, *(target.resource for target in selection.targets)}
    targets = _sorted_rows(call, selection)
    show_kind = call.on("show-kind") or len(kinds) > 1
    between = "" if call.on("no-headers") else "\n"
    tables = [_table_text(call, resource, objects, show_kind=show_kind) for resource, objects in _by_kind(targets)]
    await call.out(between.join(tables))
    if not targets and not selection.errors and not call.on("ignore-not-found"):
        everywhere = call.on("all-namespaces") or not all(kind.namespaced for kind in kinds)
        where = "" if everywhere else f" in {call.namespace} namespace."
        await call.err(f"No resources found{where}\n")
    raise_all(selection.errors)


def _sorted_rows(call: Invocation, selection: Selection) -> list[Target]:
    """What to show as rows, in the order `--sort-by` asks for.

    Raises:
        KubectlError: several tables would have to be sorted; kubectl then looks for the field in the tables themselves.
    """
    expression, targets = call.text("sort-by"), selection.targets
    if not expression:
        return targets
    if (len(targets) if selection.by_name else len(selection.resources)) > 1:
        try:
            path = relaxed(expression)
        except JsonPathError as error:
            raise KubectlError(str(error)) from None
        raise KubectlError(f'couldn\'t find any field with path "{path}" in the list of objects')
    if len(targets) < 2:
        return targets
    try:
        return _sorted(call, targets, "sorter.go:375] Field {} in [][][]reflect.Value")
    except PlainError:
        raise
    except KubectlError:
        return []  # kubectl forgets the error of the printer, and finds that it printed nothing


def _table_text(call: Invocation, resource: Resource, objects: Sequence[Object], *, show_kind: bool) -> str:
    printer = TablePrinter(resource, _table_options(call, resource, show_kind=show_kind))
    return printer.text(call.client.table(resource, objects))


def _table_options(call: Invocation, resource: Resource, *, show_kind: bool) -> TableOptions:
    return TableOptions(
        wide=call.text("output") == "wide",
        headers=not call.on("no-headers"),
        namespace=call.on("all-namespaces") and resource.namespaced,
        kind=show_kind,
        labels=call.many("label-columns"),
        show_labels=call.on("show-labels"),
    )


def _by_kind(targets: Sequence[Target]) -> Iterator[tuple[Resource, list[Object]]]:
    for resource, group in groupby(targets, key=lambda target: target.resource):
        yield resource, [target.obj for target in group]


def _sorted(call: Invocation, targets: Sequence[Target], where: str) -> list[Target]:
    """The targets in the order `--sort-by` asks for.

    Args:
        call: the invocation.
        targets: what to sort.
        where: what kubectl's log says before `is an unsortable type`, the path left out.

    Raises:
        KubectlError: no object has the field.
        PlainError: its values have no order.
    """
    from tutor.kubectl.printers.columns import UnsortableError, sort_objects

    objects = [target.obj for target in targets]
    try:
        ordered = sort_objects(objects, call.text("sort-by"))
    except UnsortableError as error:
        moment, place = call.context.cluster.clock.datetime, where.format(relaxed(call.text("sort-by")))
        raise PlainError(
            f"F{moment:%m%d %H:%M:%S.%f}    4711 {place} is an unsortable type: interface, err: "
            f"unsortable type: {error}"
        ) from None
    by_object = {id(target.obj): target for target in targets}
    return [by_object[id(obj)] for obj in ordered]


# Other formats


async def _print_objects(call: Invocation, selection: Selection) -> None:
    targets, errors = selection.targets, selection.errors
    if selection.single and errors:
        raise_all(errors)
    errors = selection.bare().errors
    if not targets and call.on("ignore-not-found"):
        raise_all(errors)
        return
    printer = object_printer(call, GET_FORMATS)
    if call.text("sort-by") and not selection.single:
        try:
            targets = _sorted(call, targets, "sorter.go:329] Field {} in *unstructured.Unstructured")
        except PlainError:
            raise
        except KubectlError as error:
            raise_all([*errors, error])
    objects = [target.obj for target in targets]
    await call.out(printer(objects[0] if selection.single and objects else _list_of(objects)))
    raise_all(errors)


def _list_of(objects: Sequence[Object]) -> Object:
    return {"apiVersion": "v1", "items": list(objects), "kind": "List", "metadata": {"resourceVersion": ""}}


# Watching


async def _watch(call: Invocation) -> int:
    if call.text("sort-by"):
        ending = "ignored for watch events received" if call.on("watch") else "ignored"
        flag = "--watch" if call.on("watch") else "--watch-only"
        await call.err(f"warning: {flag} requested, --sort-by will be {ending}\n")
    selection = await _select(call, one_type=True)
    raise_all(selection.errors)
    resource = selection.targets[0].resource if selection.targets else selection.resources[0]
    if len({target.resource for target in selection.targets}) > 1:
        raise KubectlError(
            "watch is only supported on individual resources and resource collections - more than 1 resource was found"
        )
    namespace = None if call.on("all-namespaces") or not resource.namespaced else call.namespace
    name = selection.targets[0].name if selection.by_name else ""
    since = call.context.cluster.store.revision
    show = _event_printer(call, resource)
    if not call.on("watch-only"):
        await call.out(show("ADDED", [target.obj for target in selection.targets]))
    if selection.by_name and len(selection.targets) > 1:
        raise KubectlError("you may only watch a single resource or type of resource at a time")
    while await call.context.pacing.idle():
        events = call.client.watch(
            resource, namespace, since, labels=call.text("selector"), fields=_watched_fields(call, name)
        )
        since = max([since, *(revision_of(event.object) for event in events)])
        await call.out("".join(show(event.type, [event.object]) for event in events))
    return 0


def _watched_fields(call: Invocation, name: str) -> str:
    fields = call.text("field-selector")
    return ",".join(part for part in (fields, f"metadata.name={name}" if name else "") if part)


def _event_printer(call: Invocation, resource: Resource) -> _ShowEvent:
    if _is_table(call):
        table = TablePrinter(resource, _table_options(call, resource, show_kind=call.on("show-kind")))
        return _ShowEvent(call, resource, table, None)
    return _ShowEvent(call, resource, None, object_printer(call, GET_FORMATS))


class _ShowEvent:
    """Turns what happened into text, as the flags ask."""

    def __init__(
        self, call: Invocation, resource: Resource, table: TablePrinter | None, printer: Printer | None
    ) -> None:
        self._call = call
        self._resource = resource
        self._table = table
        self._printer = printer
        self._events = call.on("output-watch-events") and call.text("output").lower() != "name"

    def __call__(self, event: str, objects: Sequence[Object]) -> str:
        if self._table is not None:
            rows = self._call.client.table(self._resource, objects)
            return self._table.text(rows, event if self._events else "")
        assert self._printer is not None  # noqa: S101  # one of the two is there
        if self._events and self._call.text("output").lower() == "json":
            # An event is no object: the printer writes it as Go's encoder does.
            return "".join(
                f'{{"type":"{event}","object":{to_compact_json(with_all_managers(obj))}}}\n' for obj in objects
            )
        shown = [{"object": obj, "type": event} if self._events else obj for obj in objects]
        return "".join(self._printer(obj) for obj in shown)


COMMAND = Command(
    name="get",
    short="Display one or many resources",
    handler=get,
    long="""Display one or many resources.

 Prints a table of the most important information about the specified resources. You can filter the list using a label selector and the --selector flag. If the desired resource type is namespaced you will only see results in the current namespace if you don't specify any namespace.

 By specifying the output as 'template' and providing a Go template as the value of the --template flag, you can filter the attributes of the fetched resources.

Use "kubectl api-resources" for a complete list of supported resources.""",  # noqa: E501
    examples="""
# List all pods in ps output format
kubectl get pods

# List all pods in ps output format with more information (such as node name)
kubectl get pods -o wide

# List deployments in JSON output format, in the "v1" version of the "apps" API group
kubectl get deployments.v1.apps -o json

# List a single pod in JSON output format
kubectl get -o json pod web-pod-13je7

# List a pod identified by type and name specified in "pod.yaml" in JSON output format
kubectl get -f pod.yaml -o json

# Return only the phase value of the specified pod
kubectl get -o template pod/web-pod-13je7 --template={{.status.phase}}

# List resource information in custom columns
kubectl get pod test-pod -o custom-columns=CONTAINER:.spec.containers[0].name,IMAGE:.spec.containers[0].image

# List one or more resources by their type and names
kubectl get service/frontend pods/web-pod-13je7

# List all deployments in namespace 'backend'
kubectl get deployments.apps --namespace backend

# List all pods existing in all namespaces
kubectl get pods --all-namespaces
""",
    usage="[(-o|--output=)json|yaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json"
    "|jsonpath-file|custom-columns|custom-columns-file|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | "
    "TYPE[.VERSION][.GROUP]/NAME ...) [flags]",
    flags=(
        common.ALL_NAMESPACES,
        common.ALLOW_MISSING_TEMPLATE_KEYS,
        common.CHUNK_SIZE,
        common.FIELD_SELECTOR,
        common.filename("identifying the resource to get from a server."),
        Flag(
            "ignore-not-found",
            "If the requested object does not exist the command will return exit code 0.",
            kind="bool",
        ),
        Flag(
            "label-columns",
            "Accepts a comma separated list of labels that are going to be presented as columns. Names are "
            "case-sensitive. You can also use multiple flag options like -L label1 -L label2...",
            kind="list",
            short="L",
        ),
        common.NO_HEADERS,
        Flag(
            "output",
            "Output format. One of: (json, yaml, name, go-template, go-template-file, template, templatefile, "
            "jsonpath, jsonpath-as-json, jsonpath-file, custom-columns, custom-columns-file, wide). See custom columns "
            "[https://kubernetes.io/docs/reference/kubectl/#custom-columns], golang template "
            "[http://golang.org/pkg/text/template/#pkg-overview] and jsonpath template "
            "[https://kubernetes.io/docs/reference/kubectl/jsonpath/].",
            short="o",
            choices=GET_FORMATS,
        ),
        Flag(
            "output-watch-events",
            "Output watch event objects when --watch or --watch-only is used. Existing objects are output as initial "
            "ADDED events.",
            kind="bool",
        ),
        common.RECURSIVE,
        common.SELECTOR,
        Flag(
            "show-kind",
            "If present, list the resource type for the requested object(s).",
            kind="bool",
        ),
        common.SHOW_LABELS,
        common.SHOW_MANAGED_FIELDS,
        Flag(
            "sort-by",
            "If non-empty, sort list types using this field specification.  The field specification is expressed as a "
            "JSONPath expression (e.g. '{.metadata.name}'). The field in the API resource specified by this JSONPath "
            "expression must be an integer or a string.",
        ),
        common.TEMPLATE,
        Flag(
            "watch",
            "After listing/getting the requested object, watch for changes.",
            kind="bool",
            short="w",
        ),
        Flag(
            "watch-only",
            "Watch for changes to the requested object(s), without listing/getting first.",
            kind="bool",
        ),
    ),
    lacks=("kustomize", "k", "raw", "server-print", "subresource"),
)
