"""What may be wrong with a Pod, and with the Pod template of a workload.

Source: `ValidatePodSpec` and `ValidatePodUpdate` of kubernetes/pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tutor.engine import names
from tutor.engine.errors import FieldError, go_value
from tutor.engine.objects import Object
from tutor.engine.validation import (
    PROTOCOLS,
    check_annotations,
    check_labels,
    duplicate,
    each,
    forbidden,
    not_negative,
    one_of,
    port_or_name,
    required,
    unsupported,
    wrong,
)

_RESTART_POLICIES: Final = ("Always", "OnFailure", "Never")
_DNS_POLICIES: Final = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_PULL_POLICIES: Final = ("Always", "IfNotPresent", "Never")
_HANDLERS: Final = ("exec", "httpGet", "tcpSocket", "grpc")
_EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_UPDATABLE: Final = ",".join((
    "`spec.containers[*].image`",
    "`spec.initContainers[*].image`",
    "`spec.activeDeadlineSeconds`",
    "`spec.tolerations` (only additions to existing tolerations)",
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
))  # fmt: skip


def validate_template(template: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    """What is wrong with a Pod template at that path."""
    metadata = template.get("metadata") or {}
    yield from check_labels(f"{path}.labels", metadata.get("labels"))
    yield from check_annotations(f"{path}.annotations", metadata.get("annotations"))
    yield from validate_pod_spec(template["spec"], f"{path}.spec")


def validate_pod_spec(spec: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    """What is wrong with a Pod spec at that path."""
    volumes = spec.get("volumes") or ()
    yield from _volumes(volumes, f"{path}.volumes")
    volume_names = {volume.get("name", "") for volume in volumes}
    containers = spec.get("containers") or ()
    if not containers:
        yield required(f"{path}.containers")
    yield from _containers(containers, volume_names, f"{path}.containers")
    init_containers = spec.get("initContainers") or ()
    taken = {container.get("name") for container in containers}
    yield from _containers(init_containers, volume_names, f"{path}.initContainers", taken)
    yield from one_of(f"{path}.restartPolicy", spec.get("restartPolicy"), _RESTART_POLICIES)
    yield from one_of(f"{path}.dnsPolicy", spec.get("dnsPolicy"), _DNS_POLICIES)
    yield from check_labels(f"{path}.nodeSelector", spec.get("nodeSelector"))
    for field in ("serviceAccountName", "nodeName"):
        if spec.get(field):
            yield from each(f"{path}.{field}", spec[field], names.subdomain_problems(spec[field]))
    yield from _deadline(spec.get("activeDeadlineSeconds"), path)
    for field in ("hostname", "subdomain"):
        if spec.get(field):
            yield from each(f"{path}.{field}", spec[field], names.label_problems(spec[field]))
    yield from _tolerations(spec.get("tolerations") or (), f"{path}.tolerations")
    yield from not_negative(f"{path}.terminationGracePeriodSeconds", spec.get("terminationGracePeriodSeconds", 0))


def _deadline(seconds: int | None, path: str) -> Iterator[FieldError]:
    if seconds is not None and not 1 <= seconds <= 2147483647:
        yield wrong(f"{path}.activeDeadlineSeconds", seconds, "must be between 1 and 2147483647, inclusive")


def _volumes(volumes: Sequence[Mapping[str, Any]], path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, volume in enumerate(volumes):
        place, name = f"{path}[{index}]", volume.get("name", "")
        if len([key for key in volume if key != "name"]) > 1:
            second = sorted(key for key in volume if key != "name")[1]
            yield forbidden(f"{place}.{second}", "may not specify more than 1 volume type")
        if not name:
            yield required(f"{place}.name")
        else:
            yield from each(f"{place}.name", name, names.label_problems(name))
        if name in seen:
            yield duplicate(f"{place}.name", name)
        seen.add(name)


def _containers(
    containers: Sequence[Mapping[str, Any]], volumes: set[str], path: str, taken: set[Any] | None = None
) -> Iterator[FieldError]:
    seen: set[str] = set()
    host_ports: set[str] = set()
    for index, container in enumerate(containers):
        place, name = f"{path}[{index}]", container.get("name", "")
        yield from _container(container, volumes, place)
        if name in seen or name in (taken or ()):
            yield duplicate(f"{place}.name", name)
        seen.add(name)
        for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
            if probe in container:
                yield from _probe(container[probe], f"{place}.{probe}", readiness=probe == "readinessProbe")
        if taken is None and "restartPolicy" in container:
            yield forbidden(f"{place}.restartPolicy", "may not be set for non-init containers")
        elif container.get("restartPolicy", "Always") != "Always":
            yield unsupported(f"{place}.restartPolicy", container["restartPolicy"], ("Always",))
    for index, container in enumerate(containers):
        for number, port in enumerate(container.get("ports") or ()):
            if port.get("hostPort"):
                key = f"{port.get('protocol')}/{port.get('hostIP', '')}/{port['hostPort']}"
                if key in host_ports:
                    yield duplicate(f"{path}[{index}].ports[{number}].hostPort", key)
                host_ports.add(key)


def _container(container: Mapping[str, Any], volumes: set[str], path: str) -> Iterator[FieldError]:
    name = container.get("name")
    if name:
        yield from each(f"{path}.name", name, names.label_problems(name))
    else:
        yield required(f"{path}.name")
    if not container.get("image"):
        yield required(f"{path}.image")
    policy = container.get("terminationMessagePolicy")
    yield from one_of(f"{path}.terminationMessagePolicy", policy, ("File", "FallbackToLogsOnError"))
    yield from _ports(container.get("ports") or (), f"{path}.ports")
    for index, variable in enumerate(container.get("env") or ()):
        yield from _variable(variable, f"{path}.env[{index}]")
    yield from _mounts(container.get("volumeMounts") or (), volumes, f"{path}.volumeMounts")
    yield from one_of(f"{path}.imagePullPolicy", container.get("imagePullPolicy"), _PULL_POLICIES)


def _ports(ports: Sequence[Mapping[str, Any]], path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, port in enumerate(ports):
        place, name = f"{path}[{index}]", port.get("name")
        if name:
            problems = names.port_name_problems(name)
            yield from each(f"{place}.name", name, problems)
            if not problems and name in seen:
                yield duplicate(f"{place}.name", name)
            seen.add(name)
        number = port.get("containerPort", 0)
        if number:
            yield from each(f"{place}.containerPort", number, names.port_problems(number))
        else:
            yield required(f"{place}.containerPort")
        if port.get("hostPort"):
            yield from each(f"{place}.hostPort", port["hostPort"], names.port_problems(port["hostPort"]))
        yield from one_of(f"{place}.protocol", port.get("protocol"), PROTOCOLS)


def _variable(variable: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    name, source = variable.get("name", ""), variable.get("valueFrom")
    if name:
        yield from each(f"{path}.name", name, names.env_name_problems(name))
    else:
        yield required(f"{path}.name")
    if source is None:
        return
    if not source:
        yield wrong(
            f"{path}.valueFrom", "",
            "must specify one of: `configMapKeyRef`, `fieldRef`, `fileKeyRef`, `resourceFieldRef` or `secretKeyRef`",
        )  # fmt: skip
    if variable.get("value"):
        yield wrong(f"{path}.valueFrom", "", "may not be specified when `value` is not empty")
    elif len(source) > 1:
        yield wrong(f"{path}.valueFrom", "", "may not have more than one field specified at a time")


def _mounts(mounts: Sequence[Mapping[str, Any]], volumes: set[str], path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, mount in enumerate(mounts):
        place, name, target = f"{path}[{index}]", mount.get("name", ""), mount.get("mountPath", "")
        if not name:
            yield required(f"{place}.name")
        if name not in volumes:
            yield FieldError(f"{place}.name", "FieldValueNotFound", name)
        if not target:
            yield required(f"{place}.mountPath")
        if target in seen:
            yield wrong(f"{place}.mountPath", target, "must be unique")
        seen.add(target)
        if ".." in posixpath.normpath(mount.get("subPath", "")).split("/"):
            yield wrong(f"{path}.subPath", mount["subPath"], "must not contain '..'")


def _probe(probe: Mapping[str, Any], path: str, *, readiness: bool) -> Iterator[FieldError]:
    yield from _handler(probe, path)
    counts = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
    for field in counts:
        yield from not_negative(f"{path}.{field}", probe.get(field, 0))
    if not readiness and probe.get("successThreshold") != 1:
        yield wrong(f"{path}.successThreshold", probe.get("successThreshold"), "must be 1")
    if readiness and "terminationGracePeriodSeconds" in probe:
        seconds = probe["terminationGracePeriodSeconds"]
        yield wrong(f"{path}.terminationGracePeriodSeconds", seconds, "must not be set for readinessProbes")


def _handler(probe: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    given = [handler for handler in _HANDLERS if handler in probe]
    if not given:
        yield required(path, "must specify a handler type")
    for extra in given[1:]:
        yield forbidden(f"{path}.{extra}", "may not specify more than 1 handler type")
    match given[:1]:
        case ["exec"] if not probe["exec"].get("command"):
            yield required(f"{path}.exec.command")
        case ["httpGet"]:
            yield from port_or_name(f"{path}.httpGet.port", probe["httpGet"].get("port", 0))
            scheme = probe["httpGet"].get("scheme")
            if scheme not in {"HTTP", "HTTPS"}:
                yield unsupported(f"{path}.httpGet.scheme", scheme, ("HTTP", "HTTPS"))
        case ["tcpSocket"]:
            yield from port_or_name(f"{path}.tcpSocket.port", probe["tcpSocket"].get("port", 0))


def _tolerations(tolerations: Sequence[Mapping[str, Any]], path: str) -> Iterator[FieldError]:
    for index, toleration in enumerate(tolerations):
        place, key, operator = f"{path}[{index}]", toleration.get("key"), toleration.get("operator", "")
        if key:
            yield from each(f"{place}.key", key, names.label_key_problems(key))
        elif operator != "Exists":
            detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
            yield wrong(f"{place}.operator", operator, detail)
        if operator == "Exists" and toleration.get("value"):
            yield wrong(f"{place}.operator", dict(toleration), "value must be empty when `operator` is 'Exists'")
        elif operator not in {"", "Equal", "Exists"}:
            yield unsupported(f"{place}.operator", operator, ("Equal", "Exists"))
        effect = toleration.get("effect")
        if effect and effect not in _EFFECTS:
            yield unsupported(f"{place}.effect", effect, _EFFECTS)


# Changes


def validate_pod_update(new: Object, old: Object) -> Iterator[FieldError]:
    """What a change of a Pod may not do: nearly everything of its spec stays as it was created."""
    spec, before = new["spec"], old["spec"]
    for group in ("containers", "initContainers"):
        if len(spec.get(group) or ()) != len(before.get(group) or ()):
            yield forbidden(f"spec.{group}", "pod updates may not add or remove containers")
            return
    added = [item for item in spec.get("tolerations") or () if item not in (before.get("tolerations") or ())]
    if len(spec.get("tolerations") or ()) != len(before.get("tolerations") or ()) + len(added):
        yield forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")
    if _without_updatable(spec) != _without_updatable(before):
        difference = _difference(_without_updatable(before), _without_updatable(spec))
        yield forbidden("spec", f"pod updates may not change fields other than {_UPDATABLE}\n{difference}")


def _without_updatable(spec: Mapping[str, Any]) -> Object:
    kept = {key: value for key, value in spec.items() if key not in {"activeDeadlineSeconds", "tolerations"}}
    for group in ("containers", "initContainers"):
        if group in kept:
            kept[group] = [
                {key: value for key, value in container.items() if key != "image"} for container in kept[group]
            ]
    return kept


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The fields that differ, one old and one new line each.

    The server prints a Go comparison of its own types here; this names the same fields in the manifest's terms.
    """
    lines = ["  core.PodSpec{"]
    for key in sorted({*before, *after}):
        if before.get(key) != after.get(key):
            name = key[0].upper() + key[1:]
            lines += [
                f"{sign} \t{name}: {go_value(spec[key])},"
                for sign, spec in (("-", before), ("+", after))
                if key in spec
            ]
    return "\n".join([*lines, "  }\n"])
