"""`kubectl set env`.

Source: pkg/cmd/set of https://github.com/kubernetes/kubectl and tests/golden.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tutor.engine.objects import Object, name_of
from tutor.engine.resources import CONFIG_MAP
from tutor.kubectl import common_flags as common
from tutor.kubectl.attachable import parse_name
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.printers.text import go_quote
from tutor.kubectl.resource_args import Selection, Target
from tutor.kubectl.setting.pod_templates import (
    POSSIBLE,
    TEMPLATES,
    OverwriteError,
    containers_of,
    matches,
    refuse_all_with_selector,
    select_templates,
    update,
    where,
)


async def set_env(call: Invocation) -> int:
    """Set, remove or list environment variables of containers."""
    refuse_all_with_selector(call)
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
        if not matches(call, container):
            return container
        env = _updated_env(call, list(container.get("env") or ()), variables, removed)
        rest = {key: value for key, value in container.items() if key != "env"}
        return {**rest, "env": env} if env else rest

    selection = await select_templates(call, resources)
    await _warn_of_no_match(call, selection)
    if call.on("list"):
        for target in selection.targets:
            await call.out(_listing(call, target, change))
        return 0
    await update(call, selection, "env updated", change, "env")
    return 0


async def _warn_of_no_match(call: Invocation, selection: Selection) -> None:
    """Say of which objects `--containers` matches nothing."""
    for target in selection.targets:
        path = TEMPLATES.get(target.resource)
        if path and not any(matches(call, container) for container in containers_of(target.obj, path)):
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


def _updated_env(
    call: Invocation, old: list[Object], variables: Sequence[Object], removed: Sequence[str]
) -> list[Object]:
    new = {each["name"]: each for each in variables}
    if not call.on("overwrite"):
        for each in old:
            given = new.get(each["name"])
            if given is not None and given.get("value") != each.get("value"):
                raise OverwriteError(
                    f"'{each['name']}' already has a value ({each.get('value', '')}), and --overwrite is false"
                )
    kept = [new.pop(each["name"], each) for each in old if each["name"] not in removed]
    return [*kept, *(each for each in new.values() if each["name"] not in removed)]


def _listing(call: Invocation, target: Target, change: Callable[[Object], Object]) -> str:
    lines = []
    for container in containers_of(target.obj, where(target)):
        if not matches(call, container):
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


COMMAND = Command(
    name="env",
    short="Update environment variables on a pod template",
    long=(
        "Update environment variables on a pod template.\n\n"
        " List environment variable definitions in one or more pods, pod templates. Add, update, or remove container "
        "environment variable definitions in one or more pod templates (within replication controllers or deployment "
        "configurations). View or modify the environment variable definitions on all containers in the specified pods "
        "or pod templates, or just those that match a wildcard." + POSSIBLE
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
