"""`kubectl set`: the image, the environment, the resources, the service account or the selector of objects.

Source: pkg/cmd/set of https://github.com/kubernetes/kubectl and tests/golden.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from tutor.engine.errors import ApiError
from tutor.engine.objects import Object, name_of, with_field
from tutor.engine.resources import CONFIG_MAP, DEPLOYMENT, POD, REPLICA_SET, SERVICE
from tutor.engine.selectors import Requirement, SelectorError, parse_selector
from tutor.kubectl import common_flags as common
from tutor.kubectl.attachable import parse_name
from tutor.kubectl.changes import for_each, parse_changes, send_strategic, split_pairs, two_way_patch
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import AggregateError, KubectlError, PlainError, raise_all
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.printers.text import go_quote
from tutor.kubectl.quantities import QuantityError, canonical
from tutor.kubectl.resource_args import Selection, Target, select
from tutor.kubectl.results import dry_run_of, print_typed, ready_printer

_TEMPLATES = {POD: "spec", DEPLOYMENT: "spec.template.spec", REPLICA_SET: "spec.template.spec"}
"""Where each kind that has containers keeps them."""


async def set_image(call: Invocation) -> int:
    """Give containers other images."""
    resources, words = split_pairs(call.args, "image")
    images, _ = parse_changes(words, "image", removals=False)
    _refuse_all_with_selector(call)
    selection = await _select(call, resources)
    if not images:
        raise KubectlError("at least one image update is required")
    if len(images) > 1 and "*" in images:
        raise KubectlError(
            "all containers are already specified by *, but saw more than one container_name=container_image pairs"
        )
    missing: list[Exception] = []

    def change(container: Object) -> Object:
        image = images.get(str(container["name"]), images.get("*"))
        return container if image is None else {**container, "image": image}

    for target in selection.targets:
        path = _TEMPLATES.get(target.resource)
        names = {container["name"] for container in _containers(target.obj, path)} if path else set(images)
        missing += [
            KubectlError(f'error: unable to find container named "{name}"')
            for name in images
            if name != "*" and name not in names
        ]
    try:
        await _update(call, selection, "image updated", change, "image")
    except (KubectlError, AggregateError) as error:
        missing.append(error)
    raise_all(missing)
    return 0


def _refuse_all_with_selector(call: Invocation) -> None:
    if call.on("all") and call.text("selector"):
        raise KubectlError("cannot set --all and --selector at the same time")


async def _select(call: Invocation, resources: Sequence[str]) -> Selection:
    selection = await select(
        call,
        resources,
        filenames=call.many("filename"),
        recursive=call.on("recursive"),
        labels=call.text("selector") if call.has("selector") else "",
        bare_types=call.on("all"),
        fetch="latest",
    )
    selection.raise_errors()
    return selection


def _where(target: Target) -> str:
    """The field that holds the object's containers.

    Raises:
        PlainError: it has none.
    """
    path = _TEMPLATES.get(target.resource)
    if path is None:
        raise PlainError(
            f"error: {target.resource.plural}/{target.name} the object is not a pod or does not have a pod template: "
            f"*v1.{target.resource.kind}\n"
        )
    return path


def _containers(obj: Object, path: str) -> list[Object]:
    spec: Object = obj
    for step in path.split("."):
        spec = spec[step]
    return [*spec["containers"], *(spec.get("initContainers") or ())]


async def _update(
    call: Invocation, selection: Selection, operation: str, change: Callable[[Object], Object], what: str
) -> None:
    """Change the containers of every object, and say so of those that did change."""
    dry_run = await dry_run_of(call)
    ready_printer(call)

    async def one(target: Target) -> None:
        try:
            changed = call.client.with_cause(_with_containers(target.obj, _where(target), change))
        except _OverwriteError as error:
            raise PlainError(f"error: {target.resource.plural}/{target.name} {error}") from None
        patch = two_way_patch(target.obj, changed)
        if not patch:
            return
        if dry_run != "client":
            try:
                changed = send_strategic(call, target, patch, dry_run)
            except ApiError as error:
                raise KubectlError(f"failed to patch {what} update to pod template: {error.status.message}") from None
        await print_typed(call, changed, operation, dry_run)

    await for_each(selection, one)


def _with_containers(obj: Object, path: str, change: Callable[[Object], Object]) -> Object:
    spec: Object = obj
    for step in path.split("."):
        spec = spec[step]
    changed = {**spec, "containers": [change(container) for container in spec["containers"]]}
    if spec.get("initContainers"):
        changed["initContainers"] = [change(container) for container in spec["initContainers"]]
    return with_field(obj, path, changed)


# set env


async def set_env(call: Invocation) -> int:
    """Set, remove or list environment variables of containers."""
    _refuse_all_with_selector(call)
    resources, words = _split_env(call.args)
    variables, removed = _parse_env([*call.many("env"), *words])
    if not resources and not call.many("filename"):
        raise KubectlError("one or more resources must be specified as <resource> <name> or <resource>/<name>")
    if call.on("list") and call.text("output"):
        raise KubectlError("--list and --output may not be specified together")
    if call.many("keys") and not call.text("from"):
        raise KubectlError("when specifying --keys, a configmap or secret must be provided with --from")
    variables += _imported(call)
    variables = [{**each, "name": call.text("prefix") + each["name"]} for each in variables]

    def change(container: Object) -> Object:
        if not _matches(call, container):
            return container
        env = _updated_env(call, list(container.get("env") or ()), variables, removed)
        rest = {key: value for key, value in container.items() if key != "env"}
        return {**rest, "env": env} if env else rest

    selection = await _select(call, resources)
    await _warn_of_no_match(call, selection)
    if call.on("list"):
        for target in selection.targets:
            await call.out(_listing(call, target, change))
        return 0
    await _update(call, selection, "env updated", change, "env")
    return 0


async def _warn_of_no_match(call: Invocation, selection: Selection) -> None:
    """Say of which objects `--containers` matches nothing."""
    for target in selection.targets:
        path = _TEMPLATES.get(target.resource)
        if path and not any(_matches(call, container) for container in _containers(target.obj, path)):
            await call.err(
                f"Warning: {target.resource.kind}/{target.name} does not have any containers matching "
                f"{go_quote(call.text('containers'))}\n"
            )


def _split_env(args: Sequence[str]) -> tuple[list[str], list[str]]:
    resources: list[str] = []
    changes: list[str] = []
    for word in args:
        if "=" in word or (word.endswith("-") and word != "-"):
            changes.append(word)
        elif changes:
            raise KubectlError(f"all resources must be specified before environment changes: {' '.join(args)}")
        else:
            resources.append(word)
    return resources, changes


def _parse_env(words: Sequence[str]) -> tuple[list[Object], list[str]]:
    variables: list[Object] = []
    removed: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        if equals:
            if not re.fullmatch(r"[-._a-zA-Z][-._a-zA-Z0-9]*", name):
                raise KubectlError(
                    f'"{name}" is not a valid key name: a valid environment variable name must consist of alphabetic '
                    "characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or "
                    "'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')"
                )
            variables.append({"name": name, "value": value} if value else {"name": name})
        elif word.endswith("-"):
            removed.append(word[:-1])
        else:
            raise KubectlError(f"unknown environment change: {word}")
    both = [name for name in removed if any(each["name"] == name for each in variables)]
    if both:
        raise KubectlError("can not both modify and remove the same environment variable in the same command")
    return variables, removed


def _imported(call: Invocation) -> list[Object]:
    """The variables of a ConfigMap named with `--from`."""
    word = call.text("from")
    if not word:
        return []
    source = parse_name(call, word)
    if source.resource is not CONFIG_MAP:
        raise KubectlError("unsupported resource specified in --from")
    keys = call.many("keys")
    return [
        {
            "name": re.sub(r"[^a-zA-Z0-9_]", "_", key).upper(),
            "valueFrom": {"configMapKeyRef": {"name": source.name, "key": key}},
        }
        for key in source.obj.get("data") or {}
        if not keys or key in keys
    ]


def _matches(call: Invocation, container: Object) -> bool:
    return fnmatch.fnmatchcase(str(container["name"]), call.text("containers"))


class _OverwriteError(Exception):
    """A variable has another value, and may not get a new one."""


def _updated_env(
    call: Invocation, old: list[Object], variables: Sequence[Object], removed: Sequence[str]
) -> list[Object]:
    new = {each["name"]: each for each in variables}
    if not call.on("overwrite"):
        for each in old:
            given = new.get(each["name"])
            if given is not None and given.get("value") != each.get("value"):
                raise _OverwriteError(
                    f"'{each['name']}' already has a value ({each.get('value', '')}), and --overwrite is false"
                )
    kept = [new.pop(each["name"], each) for each in old if each["name"] not in removed]
    return [*kept, *(each for each in new.values() if each["name"] not in removed)]


def _listing(call: Invocation, target: Target, change: Callable[[Object], Object]) -> str:
    lines = []
    for container in _containers(target.obj, _where(target)):
        if not _matches(call, container):
            continue
        lines.append(f"# {target.resource.kind} {name_of(target.obj)}, container {container['name']}")
        for each in change(container).get("env") or ():
            source = each.get("valueFrom")
            lines.append(
                f"# {each['name']} from {_source_text(source)}" if source else f"{each['name']}={each.get('value', '')}"
            )
    return "".join(f"{line}\n" for line in lines)


def _source_text(source: Object) -> str:
    if "configMapKeyRef" in source:
        reference = source["configMapKeyRef"]
        return f"configmap {reference.get('name', '')}, key {reference.get('key', '')}"
    if "fieldRef" in source:
        return f"field path {source['fieldRef'].get('fieldPath', '')}"
    if "secretKeyRef" in source:
        reference = source["secretKeyRef"]
        return f"secret {reference.get('name', '')}, key {reference.get('key', '')}"
    return "invalid valueFrom"


# set selector


async def set_selector(call: Invocation) -> int:
    """Give Services another selector."""
    dry_run = await dry_run_of(call)
    ready_printer(call)
    if not call.args:
        raise KubectlError("one selector is required")
    *resources, expression = call.args
    try:
        parsed = parse_selector(expression)
    except SelectorError as error:
        raise KubectlError(f'couldn\'t parse the selector string "{expression}": {error}') from None
    for each in parsed.requirements:
        if each.operator in _UNSELECTABLE:
            raise KubectlError(_UNSELECTABLE[each.operator])
    selector = {each.key: next(iter(each.values)) for each in parsed.requirements if each.operator == "="}
    expressions = [each for each in parsed.requirements if each.operator != "="]
    selection = await select(
        call,
        resources,
        filenames=call.many("filename"),
        recursive=call.on("recursive"),
        bare_types=call.on("all"),
        fetch="latest",
    )
    version = call.text("resource-version")

    async def one(target: Target) -> None:
        if target.resource is not SERVICE:
            raise KubectlError("setting a selector is only supported for Services")
        if expressions:
            shown = " ".join(map(_expression_text, sorted(expressions, key=lambda each: each.key)))
            raise KubectlError(f"match expression [{shown}] not supported on this object")
        changed = call.client.with_cause(with_field(target.obj, "spec.selector", dict(selector)))
        if dry_run != "client":
            patch = two_way_patch(target.obj, changed)
            if version:
                patch = {**patch, "metadata": {"resourceVersion": version}}
            changed = send_strategic(call, target, patch, dry_run)
        await print_typed(call, changed, "selector updated", dry_run)

    await for_each(selection, one)
    return 0


_UNSELECTABLE = {
    "!=": '"!=" is not a valid label selector operator',
    ">": '"gt" isn\'t supported in label selectors',
    "<": '"lt" isn\'t supported in label selectors',
}
_GO_OPERATORS = {"in": "In", "notin": "NotIn", "exists": "Exists", "!": "DoesNotExist"}


def _expression_text(requirement: Requirement) -> str:
    """A requirement as Go prints the struct."""
    return f"{{{requirement.key} {_GO_OPERATORS[requirement.operator]} [{' '.join(sorted(requirement.values))}]}}"


# set resources


async def set_resources(call: Invocation) -> int:
    """Set what containers ask for and what they may use."""
    selection = await _select(call, call.args)
    _refuse_all_with_selector(call)
    if not call.text("limits") and not call.text("requests"):
        raise KubectlError("you must specify an update to requests or limits (in the form of --requests/--limits)")
    wanted = {kind: _amounts(call.text(kind)) for kind in ("limits", "requests")}
    missing: list[Exception] = []

    def change(container: Object) -> Object:
        if not _matches(call, container):
            return container
        old = container.get("resources") or {}
        new = {kind: {**(old.get(kind) or {}), **amounts} for kind, amounts in wanted.items() if amounts}
        return {**container, "resources": {**old, **new}}

    for target in selection.targets:
        path = _TEMPLATES.get(target.resource)
        if path and not any(_matches(call, container) for container in _containers(target.obj, path)):
            missing.append(KubectlError(f"error: unable to find container named {call.text('containers')}"))
    try:
        await _update(call, selection, "resource requirements updated", change, "resources")
    except (KubectlError, AggregateError) as error:
        missing.append(error)
    raise_all(missing)
    return 0


def _amounts(text: str) -> dict[str, str]:
    """The amounts of `cpu=200m,memory=512Mi`."""
    found = {}
    for statement in text.split(",") if text else ():
        parts = statement.split("=")
        if len(parts) != 2:
            raise KubectlError(f"Invalid argument syntax {statement}, expected <resource>=<value>")
        try:
            found[parts[0]] = canonical(parts[1])
        except QuantityError as error:
            raise KubectlError(str(error)) from None
    return found


# set serviceaccount


async def set_service_account(call: Invocation) -> int:
    """Have Pods act as another ServiceAccount."""
    dry_run = await dry_run_of(call)
    ready_printer(call)
    if not call.args:
        raise KubectlError("serviceaccount is required")
    *resources, name = call.args
    selection = await _select(call, resources)

    async def one(target: Target) -> None:
        changed = call.client.with_cause(with_field(target.obj, f"{_where(target)}.serviceAccountName", name))
        if dry_run != "client":
            try:
                changed = send_strategic(call, target, two_way_patch(target.obj, changed), dry_run)
            except ApiError as error:
                raise KubectlError(f"failed to patch ServiceAccountName {error.status.message}") from None
        await print_typed(call, changed, "serviceaccount updated", dry_run)

    await for_each(selection, one)
    return 0


_ALL = Flag("all", "Select all resources, in the namespace of the specified resource types", kind="bool")
_POSSIBLE = (
    "\n\n Possible resources include (case insensitive):\n\n"
    "        pod (po), replicationcontroller (rc), deployment (deploy), daemonset (ds), statefulset (sts), cronjob "
    "(cj), "
    "replicaset (rs)"
)
_IMAGE = Command(
    name="image",
    short="Update the image of a pod template",
    long="Update existing container image(s) of resources." + _POSSIBLE,
    examples="""
# Set a deployment's nginx container image to 'nginx:1.9.1', and its busybox container image to 'busybox'
kubectl set image deployment/nginx busybox=busybox nginx=nginx:1.9.1

# Update all deployments' nginx container's image to 'nginx:1.9.1'
kubectl set image deployments nginx=nginx:1.9.1 --all

# Update image of all containers of deployment abc to 'nginx:1.9.1'
kubectl set image deployment abc *=nginx:1.9.1
""",
    usage="(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N",
    flags=(
        _ALL,
        *common.print_flags(),
        common.DRY_RUN,
        common.field_manager("kubectl-set"),
        common.filename("identifying the resource to get from a server."),
        common.RECORD,
        common.RECURSIVE,
        common.SELECTOR,
    ),
    lacks=("k", "kustomize", "local"),
    handler=set_image,
)
_ENV = Command(
    name="env",
    short="Update environment variables on a pod template",
    long=(
        "Update environment variables on a pod template.\n\n"
        " List environment variable definitions in one or more pods, pod templates. Add, update, or remove container "
        "environment variable definitions in one or more pod templates (within replication controllers or deployment "
        "configurations). View or modify the environment variable definitions on all containers in the specified pods "
        "or pod templates, or just those that match a wildcard." + _POSSIBLE
    ),
    examples="""
# Update deployment 'registry' with a new environment variable
kubectl set env deployment/registry STORAGE_DIR=/local

# List the environment variables defined on a deployments 'sample-build'
kubectl set env deployment/sample-build --list

# List the environment variables defined on all pods
kubectl set env pods --all --list

# Output modified deployment in YAML, and does not alter the object on the server
kubectl set env deployment/sample-build STORAGE_DIR=/data -o yaml

# Import environment from a config map with a prefix
kubectl set env --from=configmap/myconfigmap --prefix=MYSQL_ deployment/myapp

# Import specific keys from a config map
kubectl set env --keys=my-example-key --from=configmap/myconfigmap deployment/myapp

# Remove the environment variable ENV from container 'c1' in all deployment configs
kubectl set env deployments --all --containers="c1" ENV-
""",
    usage="RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N",
    flags=(
        Flag("all", "If true, select all resources in the namespace of the specified resource types", kind="bool"),
        *common.print_flags(),
        Flag(
            "containers",
            "The names of containers in the selected pod templates to change - may use wildcards",
            short="c",
            default="*",
        ),
        common.DRY_RUN,
        Flag(
            "env",
            "Specify a key-value pair for an environment variable to set into each container.",
            kind="array",
            short="e",
        ),
        common.field_manager("kubectl-set"),
        common.filename("the resource to update the env"),
        Flag("from", "The name of a resource from which to inject environment variables"),
        Flag("keys", "Comma-separated list of keys to import from specified resource", kind="list"),
        Flag(
            "list",
            "If true, display the environment and any changes in the standard format. this flag will removed when we "
            "have kubectl view env.",
            kind="bool",
        ),
        Flag(
            "overwrite",
            "If true, allow environment to be overwritten, otherwise reject updates that overwrite existing "
            "environment.",
            kind="bool",
            default=True,
        ),
        Flag("prefix", "Prefix to append to variable names"),
        common.RECURSIVE,
        common.SELECTOR,
    ),
    lacks=("k", "kustomize", "local", "resolve"),
    handler=set_env,
)
_SELECTOR = Command(
    name="selector",
    short="Set the selector on a resource",
    long=(
        "Set the selector on a resource. Note that the new selector will overwrite the old selector if the resource "
        "had "
        "one prior to the invocation of 'set selector'.\n\n"
        " A selector must begin with a letter or number, and may contain letters, numbers, hyphens, dots, and "
        "underscores, up to 63 characters. If --resource-version is specified, then updates will use this resource "
        "version, otherwise the existing resource-version will be used. Note: currently selectors can only be set on "
        "Service objects."
    ),
    examples="""
# Have the service 'web' send to the pods that carry both labels
kubectl set selector service/web app=web,tier=front
""",
    usage="(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]",
    flags=(
        Flag("all", "Select all resources in the namespace of the specified resource types", kind="bool"),
        *common.print_flags(),
        common.DRY_RUN,
        common.field_manager("kubectl-set"),
        common.filename_as("identifying the resource."),
        common.RECORD,
        replace(common.RECURSIVE, default=True),
        Flag(
            "resource-version",
            "If non-empty, the selectors update will only succeed if this is the current resource-version for the "
            "object. Only valid when specifying a single resource.",
        ),
    ),
    lacks=("k", "kustomize", "local"),
    handler=set_selector,
)
_AMOUNTS_TEXT = (
    "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'.  Note that server "
    "side components may assign requests depending on the server configuration, such as limit ranges."
)
_RESOURCES = Command(
    name="resources",
    short="Update resource requests/limits on objects with pod templates",
    long=(
        "Specify compute resource requirements (CPU, memory) for any resource that defines a pod template.  If a pod "
        "is successfully scheduled, it is guaranteed the amount of resource requested, but may burst up to its "
        "specified limits.\n\n"
        " For each compute resource, if a limit is specified and a request is omitted, the request will default to the "
        "limit.\n\n"
        ' Possible resources include (case insensitive): Use "kubectl api-resources" for a complete list of supported '
        "resources.."
    ),
    examples="""
# Set a deployments nginx container cpu limits to "200m" and memory to "512Mi"
kubectl set resources deployment nginx -c=nginx --limits=cpu=200m,memory=512Mi

# Set the resource request and limits for all containers in nginx
kubectl set resources deployment nginx --limits=cpu=200m,memory=512Mi --requests=cpu=100m,memory=256Mi

# Remove the resource requests for resources on containers in nginx
kubectl set resources deployment nginx --limits=cpu=0,memory=0 --requests=cpu=0,memory=0
""",
    usage="(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]",
    flags=(
        Flag("all", "Select all resources, in the namespace of the specified resource types", kind="bool"),
        *common.print_flags(),
        Flag(
            "containers",
            "The names of containers in the selected pod templates to change, all containers are selected by default "
            "- may use wildcards",
            short="c",
            default="*",
        ),
        common.DRY_RUN,
        common.field_manager("kubectl-set"),
        common.filename("identifying the resource to get from a server."),
        Flag("limits", _AMOUNTS_TEXT),
        common.RECORD,
        common.RECURSIVE,
        Flag("requests", _AMOUNTS_TEXT),
        Flag(
            "selector",
            "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'.(e.g. -l "
            "key1=value1,key2=value2,key3 in (value3)). Matching objects must satisfy all of the specified label "
            "constraints.",
            short="l",
        ),
    ),
    lacks=("k", "kustomize", "local"),
    handler=set_resources,
)
_SERVICE_ACCOUNT = Command(
    name="serviceaccount",
    aliases=("sa",),
    short="Update the service account of a resource",
    long=(
        "Update the service account of pod template resources.\n\n"
        " Possible resources (case insensitive) can be:\n\n"
        " replicationcontroller (rc), deployment (deploy), daemonset (ds), job, replicaset (rs), statefulset"
    ),
    examples="""
# Set deployment nginx-deployment's service account to serviceaccount1
kubectl set serviceaccount deployment nginx-deployment serviceaccount1
""",
    usage="(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT",
    flags=(
        Flag("all", "Select all resources, in the namespace of the specified resource types", kind="bool"),
        *common.print_flags(),
        common.DRY_RUN,
        common.field_manager("kubectl-set"),
        common.filename("identifying the resource to get from a server."),
        common.RECORD,
        common.RECURSIVE,
    ),
    lacks=("k", "kustomize", "local"),
    handler=set_service_account,
)

COMMAND = Command(
    name="set",
    short="Set specific features on objects",
    long=(
        "Configure application resources.\n\n These commands help you make changes to existing application resources."
    ),
    usage="SUBCOMMAND",
    subcommands=(_ENV, _IMAGE, _RESOURCES, _SELECTOR, _SERVICE_ACCOUNT),
    missing={"subject": "'kubectl set subject' is not simulated; the nearest that works is 'kubectl set sa'"},
)
