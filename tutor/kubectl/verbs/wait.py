"""`kubectl wait`: until a condition holds, or an object is there, or gone.

Source: https://github.com/kubernetes/kubectl/tree/master/pkg/cmd/wait
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tutor.engine.errors import ApiError, not_found
from tutor.engine.objects import Object, field
from tutor.kubectl import common_flags as common
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError, raise_all
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.printers.jsonpath import JsonPath, relaxed
from tutor.kubectl.printers.jsonpath_parser import JsonPathError
from tutor.kubectl.printers.objects import object_printer
from tutor.kubectl.printers.text import go_value
from tutor.kubectl.resource_args import Selection, Target, select
from tutor.kubectl.waiting import FOREVER, gone

Condition: TypeAlias = Callable[[Object], bool]

_TIMED_OUT = "timed out waiting for the condition"


async def wait(call: Invocation) -> int:
    """Wait for every object meant, one after the other."""
    condition = _condition(call.text("for"))
    limit = call.seconds("timeout")
    end = call.context.cluster.clock.now + (FOREVER if limit < 0 else limit)
    word = call.text("for").lower()
    if word == "create":
        await _until_there(call, end)
    selection = await _select(call)
    errors: list[Exception] = []
    for target in selection.order:
        try:
            if isinstance(target, Exception):
                raise target
            if word == "delete":
                met = await _gone(call, target, end, limit)
            else:
                met = await _met(call, target, condition, end, limit)
            await _say(call, target, met)
        except (ApiError, KubectlError) as error:
            if not (word == "delete" and _is_not_found(error)):
                errors.append(error)
    raise_all(errors)
    if not selection.targets and word != "delete":
        raise KubectlError("no matching resources found")
    return 0


async def _select(call: Invocation) -> Selection:
    return await select(
        call,
        call.args,
        filenames=call.many("filename"),
        recursive=call.on("recursive"),
        labels=call.text("selector"),
        fields=call.text("field-selector"),
        bare_types=call.on("all"),
        all_namespaces=call.on("all-namespaces"),
        fetch="latest",
    )


def _is_not_found(error: Exception) -> bool:
    return isinstance(error, ApiError) and error.status.reason == "NotFound"


async def _say(call: Invocation, target: Target, obj: Object) -> None:
    if call.text("output"):
        await call.out(object_printer(call)(obj))
    else:
        await call.out(f"{target.resource.qualified_singular}/{target.name} condition met\n")


# Conditions


def _condition(text: str) -> Condition:
    """What `--for` asks of an object.

    Raises:
        KubectlError: it asks for nothing known.
    """
    if text.lower() in {"create", "delete"}:
        return lambda _: True
    kind, _, rest = text.partition("=")
    if kind == "condition" and "=" in text:
        name, equals, value = rest.partition("=")
        return lambda obj: _has_condition(obj, name, value if equals else "true")
    if kind == "jsonpath" and "=" in text:
        return _jsonpath_condition(rest)
    raise KubectlError(f'unrecognized condition: "{text}"')


def _has_condition(obj: Object, name: str, value: str) -> bool:
    for condition in field(obj, "status.conditions") or ():
        if str(condition.get("type", "")).casefold() == name.casefold():
            observed = condition.get("observedGeneration", field(obj, "status.observedGeneration"))
            generation = obj["metadata"].get("generation")
            if generation is not None and observed is not None and observed < generation:
                return False
            return str(condition.get("status", "")).casefold() == value.casefold()
    return False


def _jsonpath_condition(text: str) -> Condition:
    expression, value = _split(text)
    try:
        path = JsonPath(relaxed(expression) if expression else "")
    except JsonPathError as error:
        raise KubectlError(str(error)) from None
    if not expression:
        raise KubectlError("jsonpath expression cannot be empty")

    def holds(obj: Object) -> bool:
        try:
            results = path.find(obj)
        except JsonPathError as error:
            raise KubectlError(str(error)) from None
        if not results or not results[0]:
            return False
        if len(results) > 1 or len(results[0]) > 1:
            what = "list" if len(results) > 1 else "value"
            raise KubectlError(f"given jsonpath expression matches more than one {what}")
        found = results[0][0]
        if value is None:
            return True
        if isinstance(found, (dict, list)):
            raise KubectlError("jsonpath leads to a nested object or list which is not supported")
        return go_value(found).strip() == value.strip()

    return holds


def _split(text: str) -> tuple[str, str | None]:
    """The expression and the value of `{.status.phase}=Running`; `==` belongs to the expression."""
    parts = text.replace("==", "\0").split("=")
    if len(parts) > 2:
        raise KubectlError(
            "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 "
            "or --for=jsonpath='{.status.readyReplicas}'"
        )
    expression = parts[0].replace("\0", "==")
    if len(parts) == 1:
        return expression, None
    value = parts[1].replace("\0", "==").strip("'\"")
    if not value:
        raise KubectlError(
            "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3"
        )
    return expression, value


# Waiting


async def _until_there(call: Invocation, end: float) -> None:
    while True:
        selection = await _select(call)
        if selection.targets and not selection.errors:
            return
        for error in selection.errors:
            if not _is_not_found(error):
                raise error
        revision = call.context.cluster.store.revision
        left = end - call.context.cluster.clock.now
        store = call.context.cluster.store
        if left <= 0 or not await call.context.pacing.until(lambda: store.revision != revision, left):  # noqa: B023
            raise KubectlError(_TIMED_OUT)


async def _gone(call: Invocation, target: Target, end: float, limit: float) -> Object:
    left = end - call.context.cluster.clock.now
    if limit == 0 and _now(call, target) is not None:
        raise KubectlError(f"condition not met for {target.resource.plural}/{target.name}")
    if left <= 0 < limit:
        raise KubectlError("client rate limiter Wait returned an error: context deadline exceeded")
    await gone(call, target.resource, [target.obj], max(left, 0.001))
    return target.obj


async def _met(call: Invocation, target: Target, condition: Condition, end: float, limit: float) -> Object:
    if limit == 0 and not condition(target.obj):
        raise KubectlError(f"condition not met for {target.resource.plural}/{target.name}")

    def over() -> bool:
        now = _now(call, target)
        return now is None or condition(now)

    left = end - call.context.cluster.clock.now
    # Once the time is up, what is there already does not count any more.
    if limit != 0 and not (left > 0 and (over() or await call.context.pacing.until(over, left))):
        raise KubectlError(f"{_TIMED_OUT} on {target.resource.plural}/{target.name}")
    obj = _now(call, target)
    if obj is None:
        raise not_found(target.resource.plural, target.resource.group, target.name)
    return obj


def _now(call: Invocation, target: Target) -> Object | None:
    return call.context.cluster.store.get(target.resource.kind, target.namespace, target.name)


COMMAND = Command(
    name="wait",
    short="Experimental: Wait for a specific condition on one or many resources",
    handler=wait,
    long="""Experimental: Wait for a specific condition on one or many resources.

 The command takes multiple resources and waits until the specified condition is seen in the Status field of every given resource.

 Alternatively, the command can wait for the given set of resources to be created or deleted by providing the "create" or "delete" keyword as the value to the --for flag.

 A successful message will be printed to stdout indicating when the specified condition has been met. You can use -o option to change to output destination.""",  # noqa: E501
    examples="""
# Wait for the pod "busybox1" to contain the status condition of type "Ready"
kubectl wait --for=condition=Ready pod/busybox1

# The default value of status condition is true; you can wait for other targets after an equal delimiter (compared after Unicode simple case folding, which is a more general form of case-insensitivity)
kubectl wait --for=condition=Ready=false pod/busybox1

# Wait for the pod "busybox1" to contain the status phase to be "Running"
kubectl wait --for=jsonpath='{.status.phase}'=Running pod/busybox1

# Wait for pod "busybox1" to be Ready
kubectl wait --for='jsonpath={.status.conditions[?(@.type=="Ready")].status}=True' pod/busybox1

# Wait for the service "loadbalancer" to have ingress
kubectl wait --for=jsonpath='{.status.loadBalancer.ingress}' service/loadbalancer

# Wait for the pod "busybox1" to be deleted, with a timeout of 60s, after having issued the "delete" command
kubectl delete pod/busybox1
kubectl wait --for=delete pod/busybox1 --timeout=60s
""",  # noqa: E501
    usage="([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) "
    "[--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
    flags=(
        Flag("all", "Select all resources in the namespace of the specified resource types", kind="bool"),
        common.ALL_NAMESPACES,
        common.ALLOW_MISSING_TEMPLATE_KEYS,
        common.FIELD_SELECTOR,
        common.filename_as("identifying the resource."),
        Flag(
            "for",
            "The condition to wait on: [create|delete|condition=condition-name[=condition-value]|"
            "jsonpath='{JSONPath expression}'=[JSONPath value]]. The default condition-value is true. Condition "
            "values are compared after Unicode simple case folding, which is a more general form of "
            "case-insensitivity.",
        ),
        common.output(),
        Flag("recursive", common.RECURSIVE.help, kind="bool", short="R", default=True),
        Flag(
            "selector",
            "Selector (label query) to filter on, supports '=', '==', and '!='.(e.g. -l key1=value1,key2=value2)",
            short="l",
        ),
        common.SHOW_MANAGED_FIELDS,
        common.TEMPLATE,
        Flag(
            "timeout",
            "The length of time to wait before giving up. Zero means check once and don't wait, negative means wait "
            "for a week.",
            kind="duration",
            default=30.0,
        ),
    ),
    lacks=("local",),
)
