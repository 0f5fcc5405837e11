"""What the kubelet puts into a container besides its image: environment, hosts, DNS settings, volumes, credentials."""

from __future__ import annotations

import base64
import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tutor.engine.api import Api
from tutor.engine.errors import ApiError
from tutor.engine.network.resolver import hosts_of, resolv_conf_of
from tutor.engine.objects import Object, annotations_of, field, labels_of, name_of, namespace_of, uid_of
from tutor.engine.resources import CONFIG_MAP, SERVICE
from tutor.shell.files import Node, Tree, in_folders
from tutor.shell.images import ShellImage

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


def container_environ(pod: Object, spec: Mapping[str, Any], image: ShellImage, api: Api) -> Mapping[str, str]:
    """The environment variables a container starts with.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables

    Args:
        pod: its Pod.
        spec: its part of the Pod's spec.
        image: its image.
        api: where Services and ConfigMaps are.
    """
    environ = {"PATH": PATH, "HOSTNAME": name_of(pod), **image.env}
    environ.update(_service_environ(pod, api))
    for source in spec.get("envFrom") or ():
        if reference := source.get("configMapRef"):
            environ.update(
                {source.get("prefix", "") + key: text for key, text in _config_map(pod, reference["name"], api).items()}
            )
    for each in spec.get("env") or ():
        value = _value(pod, each, api)
        if value is not None:
            environ[each["name"]] = _expand(value, environ)
    # The runtime adds it last, and only where nobody else has.
    environ.setdefault("HOME", image.account.home)
    return environ


def _expand(value: str, environ: Mapping[str, str]) -> str:
    """Replace `$(NAME)` by what is known before, as the kubelet does."""
    for name, known in environ.items():
        value = value.replace(f"$({name})", known)
    return value


def _value(pod: Object, each: Mapping[str, Any], api: Api) -> str | None:
    source = each.get("valueFrom")
    if source is None:
        return str(each.get("value") or "")
    if reference := source.get("fieldRef"):
        return _field(pod, reference["fieldPath"])
    if reference := source.get("configMapKeyRef"):
        return _config_map(pod, reference["name"], api).get(reference["key"])
    return None


def _field(pod: Object, path: str) -> str:
    """A field of the Pod by the downward API's path, such as `metadata.labels['app']`."""
    for prefix, values in (("metadata.labels", labels_of(pod)), ("metadata.annotations", annotations_of(pod))):
        if path.startswith(prefix + "["):
            return values.get(path[len(prefix) :].strip("[]'\""), "")
    return str(field(pod, path) or "")


def _config_map(pod: Object, name: str, api: Api) -> Mapping[str, str]:
    try:
        data: Mapping[str, str] = api.get(CONFIG_MAP, name, namespace_of(pod)).get("data") or {}
    except ApiError:
        return {}
    return data


def _service_environ(pod: Object, api: Api) -> dict[str, str]:
    """`NAME_SERVICE_HOST` and the rest, for Services that were there when the Pod started."""
    namespace, started = namespace_of(pod), field(pod, "status.startTime") or "9999"
    environ: dict[str, str] = {}
    services = api.list(SERVICE, "default") if namespace != "default" else []
    for service in [*services, *api.list(SERVICE, namespace)]:
        own = namespace_of(service) == namespace and pod["spec"].get("enableServiceLinks", True)
        if not own and name_of(service) != "kubernetes":
            continue
        address = service["spec"].get("clusterIP")
        if address and address != "None" and service["metadata"]["creationTimestamp"] <= started:
            environ.update(_links(name_of(service), address, service["spec"].get("ports") or ()))
    return environ


def _links(name: str, address: str, ports: Any) -> Iterator[tuple[str, str]]:
    prefix = name.upper().replace("-", "_")
    yield f"{prefix}_SERVICE_HOST", address
    for number, port in enumerate(ports):
        if number == 0:
            yield f"{prefix}_SERVICE_PORT", str(port["port"])
            yield f"{prefix}_PORT", f"{port['protocol'].lower()}://{address}:{port['port']}"
        if port.get("name"):
            yield f"{prefix}_SERVICE_PORT_{port['name'].upper().replace('-', '_')}", str(port["port"])
        link = f"{prefix}_PORT_{port['port']}_{port['protocol']}"
        yield link, f"{port['protocol'].lower()}://{address}:{port['port']}"
        yield f"{link}_PROTO", port["protocol"].lower()
        yield f"{link}_PORT", str(port["port"])
        yield f"{link}_ADDR", address


def container_tree(pod: Object, spec: Mapping[str, Any], image: ShellImage, api: Api, now: float | None = None) -> Tree:
    """The files a container starts with: its image's, the kubelet's and its volumes', those dated `now`."""
    texts = {
        **{path: text(pod) for path, text in _KUBELET_FILES.items()},
        f"{SERVICE_ACCOUNT}/namespace": namespace_of(pod),
        f"{SERVICE_ACCOUNT}/token": _token(pod),
        f"{SERVICE_ACCOUNT}/ca.crt": "-----BEGIN CERTIFICATE-----\n"
        + _base64(b"tutor cluster CA")
        + "\n-----END CERTIFICATE-----\n",
    }
    if pod["spec"].get("automountServiceAccountToken") is False:
        texts = {path: text for path, text in texts.items() if not path.startswith(SERVICE_ACCOUNT)}
    mounted = dict(_volumes(pod, spec, api))
    for path, text in texts.items():
        mounted[path] = Node("file", 0o644, text.encode())
    hidden = [
        f"{mount['mountPath'].rstrip('/')}/" for mount in spec.get("volumeMounts") or () if not mount.get("subPath")
    ]
    own = image.tree
    if hidden:  # a volume stands before what the image has in that folder
        own = {path: node for path, node in own.items() if not any(path.startswith(each) for each in hidden)}
    tree = {**own, **{path: replace(node, date=now) for path, node in mounted.items()}}
    if spec.get("workingDir"):
        tree[spec["workingDir"]] = Node("directory", 0o755)
    for path in list(tree):
        while (path := posixpath.dirname(path)) not in tree and path != "/":
            tree[path] = Node("directory", 0o755)
    return dict(sorted(tree.items()))


def first_contents(pod: Object, spec: Mapping[str, Any], image: ShellImage, api: Api, path: str) -> bytes | None:
    """One file as the container starts with it, without building all the others; None if there is no such file."""
    if any(f"{path}/".startswith(f"{mount['mountPath'].rstrip('/')}/") for mount in spec.get("volumeMounts") or ()):
        node = container_tree(pod, spec, image, api).get(path)
    elif text := _KUBELET_FILES.get(path):
        return text(pod).encode()
    else:
        node = image.tree.get(path)
    return node.content if node and node.kind == "file" else None


def first_names(pod: Object, spec: Mapping[str, Any], image: ShellImage, api: Api, folder: str) -> Sequence[str]:
    """What is in a folder as the container starts with it."""
    start = f"{folder.rstrip('/')}/"
    paths = [f"{mount['mountPath'].rstrip('/')}/" for mount in spec.get("volumeMounts") or ()]
    mounted = any(path.startswith(start) or start.startswith(path) for path in paths)
    folders = in_folders(container_tree(pod, spec, image, api)) if mounted else image.in_folders
    return folders.get(folder.rstrip("/") or "/", ())


def mounted_texts(pod: Object, spec: Mapping[str, Any], api: Api, config_map: str) -> Mapping[str, str]:
    """The files by which a container sees a ConfigMap and its changes: those mounted with a `subPath` stay as they are.

    Source: https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically
    """
    volumes = {each["name"]: each.get("configMap") or {} for each in pod["spec"].get("volumes") or ()}
    mounts = [
        mount
        for mount in spec.get("volumeMounts") or ()
        if not mount.get("subPath") and volumes.get(mount["name"], {}).get("name") == config_map
    ]
    nodes = _volumes(pod, {"volumeMounts": mounts}, api)
    return {path: node.content.decode() for path, node in nodes if node.kind == "file"}


def _volumes(pod: Object, spec: Mapping[str, Any], api: Api) -> Iterator[tuple[str, Node]]:
    volumes = {each["name"]: each for each in pod["spec"].get("volumes") or ()}
    for mount in spec.get("volumeMounts") or ():
        volume, path = volumes.get(mount["name"], {}), mount["mountPath"]
        if source := volume.get("configMap"):
            texts = _config_map(pod, source.get("name", ""), api)
            items = source.get("items") or [{"key": key, "path": key} for key in texts]
            chosen = {each["path"]: texts[each["key"]] for each in items if each["key"] in texts}
            if mount.get("subPath"):
                if mount["subPath"] in chosen:
                    yield path, Node("file", 0o644, chosen[mount["subPath"]].encode())
                continue
            yield path, Node("directory", 0o755)
            for name, text in chosen.items():
                yield posixpath.join(path, name), Node("file", 0o644, text.encode())
        else:
            yield path, Node("directory", 0o755)


def _token(pod: Object) -> str:
    """A token of the right shape, signed by nobody."""
    header = _base64(b'{"alg":"RS256","kid":"tutor"}')
    claims = _base64(f'{{"sub":"system:serviceaccount:{namespace_of(pod)}:default","pod":"{uid_of(pod)}"}}'.encode())
    return f"{header}.{claims}.{_base64(b'not a signature')}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


_KUBELET_FILES: Mapping[str, Callable[[Object], str]] = {
    "/etc/hostname": lambda pod: name_of(pod) + "\n",
    "/etc/hosts": hosts_of,
    "/etc/resolv.conf": lambda pod: resolv_conf_of(pod).text,
}
