"""The objects that `create`, `run` and `expose` make out of flags, with the fields in the order Go's types have them.

They carry what Go's encoder writes of an unset field (`creationTimestamp: null`, `status: {}`), because a dry run shows
it. Source: pkg/generate/versioned and pkg/cmd/create of https://github.com/kubernetes/kubectl, and the output of the
real tool.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tutor.engine.objects import Object
from tutor.kubectl.errors import KubectlError

Labels = Mapping[str, str]

_SHORT_INT = re.compile(r"[+-]?[0-9]+")


def metadata(name: str, namespace: str = "", labels: Labels | None = None, annotations: Labels | None = None) -> Object:
    """The metadata of an object not yet created; an empty namespace is left out."""
    made: Object = {"name": name}
    if namespace:
        made["namespace"] = namespace
    made["creationTimestamp"] = None
    if labels:
        made["labels"] = dict(labels)
    if annotations:
        made["annotations"] = dict(annotations)
    return made


def namespace_object(name: str) -> Object:
    """A Namespace."""
    return {"kind": "Namespace", "apiVersion": "v1", "metadata": metadata(name), "spec": {}, "status": {}}


def service_account(name: str, namespace: str) -> Object:
    """A ServiceAccount."""
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata(name, namespace)}


def config_map(name: str, namespace: str, data: Mapping[str, str]) -> Object:
    """A ConfigMap."""
    made: Object = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": metadata(name, namespace)}
    return {**made, "data": dict(data)} if data else made


def deployment(
    name: str,
    namespace: str,
    images: Sequence[str],
    *,
    replicas: int,
    port: int,
    command: Sequence[str],
    suffix: Callable[[], str],
) -> Object:
    """A Deployment with a container for each image.

    Args:
        name: also the value of the `app` label that ties it to its Pods.
        namespace: empty to leave it out.
        images: one or more.
        replicas: how many Pods.
        port: what the first container says it listens on; negative for nothing.
        command: what containers run instead of their image's own command; may be empty.
        suffix: gives five random letters, for the names of containers whose image's name is no container name.
    """
    containers: list[Object] = []
    for image in images:
        container: Object = {"name": container_name(image, suffix), "image": image}
        if command:
            container["command"] = list(command)
        if port >= 0 and not containers:
            container["ports"] = [{"containerPort": port}]
        containers.append({**container, "resources": {}})
    labels = {"app": name}
    return {
        "kind": "Deployment",
        "apiVersion": "apps/v1",
        "metadata": metadata(name, namespace, labels),
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"creationTimestamp": None, "labels": labels},
                "spec": {"containers": containers},
            },
            "strategy": {},
        },
        "status": {},
    }


def container_name(image: str, suffix: Callable[[], str]) -> str:
    """The name of a container made for an image: its last part, without tag or digest."""
    name = image.rsplit("/", 1)[-1].split(":")[0].split("@")[0]
    plain = name.replace("_", "-").replace(".", "-")
    return name if plain == name else f"{plain}-{suffix()}"


def service(
    name: str,
    namespace: str,
    *,
    ports: Sequence[Object],
    selector: Labels,
    labels: Labels | None = None,
    spec: Mapping[str, Any] | None = None,
) -> Object:
    """A Service.

    Args:
        name: its name.
        namespace: empty to leave it out.
        ports: its ports as the API has them; may be empty.
        selector: the labels of its Pods.
        labels: its own labels.
        spec: more fields of its spec.
    """
    made: Object = {}
    if ports:
        made["ports"] = list(ports)
    if selector:
        made["selector"] = dict(selector)
    return {
        "kind": "Service",
        "apiVersion": "v1",
        "metadata": metadata(name, namespace, labels),
        "spec": {**made, **(spec or {})},
        "status": {"loadBalancer": {}},
    }


def pod(
    name: str,
    namespace: str,
    image: str,
    *,
    labels: Labels,
    annotations: Labels,
    restart: str,
    container: Mapping[str, Any],
) -> Object:
    """A Pod with one container of the same name.

    Args:
        name: its name.
        namespace: empty to leave it out.
        image: what its container runs.
        labels: its labels; `run=NAME` if empty.
        annotations: its annotations; may be empty.
        restart: its restart policy.
        container: more fields of the container, in order.
    """
    return {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": metadata(name, namespace, labels or {"run": name}, annotations),
        "spec": {
            "containers": [{"name": name, "image": image, **container, "resources": {}}],
            "restartPolicy": restart,
            "dnsPolicy": "ClusterFirst",
        },
        "status": {},
    }


def to_send(obj: Any) -> Any:
    """The object without the nulls that only a dry run shows."""
    if isinstance(obj, dict):
        return {key: to_send(value) for key, value in obj.items() if value is not None}
    return [to_send(item) for item in obj] if isinstance(obj, list) else obj


def int_or_string(text: str) -> int | str:
    """What a port given as text means: a number, or a name."""
    return int(text) if _SHORT_INT.fullmatch(text) and len(text) < 11 else text


def parse_labels(text: str) -> dict[str, str]:
    """Labels written as `a=b,c=d`.

    Raises:
        KubectlError: with the generators' own words.
    """
    if not text:
        raise KubectlError("no label spec passed")
    labels = {}
    for spec in text.split(","):
        parts = spec.split("=")
        if len(parts) != 2:
            raise KubectlError(f"unexpected label spec: {spec}")
        if not parts[0]:
            raise KubectlError("unexpected empty label key")
        labels[parts[0]] = parts[1]
    return labels


_ENV_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")


def parse_env(words: Sequence[str]) -> list[Object]:
    """Environment variables written as `NAME=value`.

    Raises:
        KubectlError: with the generators' own words.
    """
    variables = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not _ENV_NAME.fullmatch(name):
            raise KubectlError(f"invalid env: {word}")
        variables.append({"name": name, "value": value} if value else {"name": name})
    return variables


def parse_pairs(words: Sequence[str], what: str) -> dict[str, str]:
    """Annotations written as `key=value`.

    Raises:
        KubectlError: naming the words that are not, such as `invalid annotations format: x`.
    """
    pairs = {}
    bad = []
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            bad.append(word)
        pairs[key] = value
    if bad:
        raise KubectlError(f"invalid {what} format: {', '.join(bad)}")
    return pairs
