"""Plain lines about what commands print when they fail: for `gloss`, which tries them in order.

Each takes the command with its output and the cluster's objects, and gives a sentence, or an empty text when the facts
do not support one.
"""

from __future__ import annotations

import difflib
import re
from typing import Final

from tutor.course.conditions.evidence import HOST, Played
from tutor.course.conditions.kubectl_call import read_call
from tutor.course.gloss_arguments import left_out
from tutor.course.gloss_elsewhere import none_here
from tutor.course.gloss_manifests import bad_manifest
from tutor.course.gloss_pods import pod_not_up
from tutor.course.gloss_words import unknown_word
from tutor.engine.objects import Object, field, name_of, namespace_of
from tutor.engine.resources import Resource, find_resource
from tutor.engine.store import Store


def service_at(address: str, store: Store) -> Object | None:
    """The Service that has a cluster IP, if any has."""
    return next((each for each in store.list("Service") if field(each, "spec.clusterIP") == address), None)


_MISSING_EXECUTABLE: Final = (
    re.compile(r'exec: "([^"\s]+)": executable file not found'),
    re.compile(r"(?:bash|sh|-bash|-sh): (?:line )?(?:\d+: )?([\w.-]+): (?:command )?not found"),
)
_PACKAGES: Final = {
    "curl": "curl",
    "wget": "wget",
    "nslookup": "dnsutils",
    "dig": "dnsutils",
    "host": "dnsutils",
    "ping": "iputils-ping",
    "nc": "netcat-openbsd",
}
_APT: Final = frozenset({"apt", "apt-get"})
_DEBIAN: Final = frozenset({"nginx", "ubuntu", "debian", "httpd"})


def _not_installed(played: Played, store: Store) -> str:
    found = next((match for pattern in _MISSING_EXECUTABLE if (match := pattern.search(played.output))), None)
    if found is None:
        return ""
    command = found[1]
    if command in _APT and played.where == HOST and not any(read_call(call.argv) for call in played.calls):
        return f"This shell is your own computer. In a Pod, {command} runs behind kubectl exec … --."
    image = _image_used(played, store)
    if image is None:
        return ""
    package = _PACKAGES.get(command)
    if package and image.partition(":")[0] in _DEBIAN:
        return f"The image {image} has no {command}; apt-get update && apt-get install -y {package} puts it there."
    return f"The image {image} has no {command}."


def _image_used(played: Played, store: Store) -> str | None:
    """The image of the container a failed command was meant for: where the shell is, or the Pod exec names."""
    if played.where != HOST:
        namespace, name, container = played.where.split("/", 2)
        return _image(store.get("Pod", namespace, name), container)
    for call in reversed(played.calls):
        kubectl = read_call(call.argv)
        if kubectl is None or kubectl.verb != "exec":
            continue
        for kind in ("Pod", "Deployment", "ReplicaSet"):
            for name in kubectl.names:
                image = _image(store.get(kind, kubectl.namespace, name), kubectl.flags.get("container", ""))
                if image is not None:
                    return image
    return None


def _image(owner: Object | None, container: str) -> str | None:
    """The image of a container (the first, if unnamed) of a Pod, or of the Pods something makes."""
    pod_spec = field(owner or {}, "spec.template.spec") or field(owner or {}, "spec") or {}
    containers = pod_spec.get("containers") or ()
    return next((each["image"] for each in containers if container in {"", each["name"]}), None)


_NOT_FOUND: Final = re.compile(r'([\w.]+) "([^"]+)" not found')


def _not_found(played: Played, store: Store) -> str:
    match = _NOT_FOUND.search(played.output)
    resource = find_resource(match[1]) if match else None
    if match is None or resource is None:
        return ""
    name = match[2]
    objects = store.list(resource.kind)
    elsewhere = [namespace_of(obj) for obj in objects if name_of(obj) == name and namespace_of(obj)]
    if elsewhere:
        return f"There is a {resource.kind} {name} in namespace {elsewhere[0]}: add -n {elsewhere[0]}."
    namespaces = [name_of(each) for each in store.list("Namespace")]
    gone = next(filter(None, (store.last_seen(resource.kind, each, name) for each in namespaces)), None)
    if gone is not None:
        after = "; the one in its place has a name of its own" if field(gone, "metadata.ownerReferences") else ""
        return f"The {resource.kind} {name} has been deleted{after}."
    names = [name_of(obj) for obj in objects]
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.75) or [each for each in names if each.startswith(name)]
    if near:
        return f"There is no {resource.kind} {name}, but one called {near[0]}."
    calls = [kubectl for call in played.calls if (kubectl := read_call(call.argv)) is not None]
    return _what_there_is(resource, name, calls[-1].namespace, store) if calls else ""


def _what_there_is(resource: Resource, name: str, namespace: str, store: Store) -> str:
    where = f"Namespace {namespace}" if resource.namespaced else "The cluster"
    names = sorted(name_of(each) for each in store.list(resource.kind, namespace if resource.namespaced else None))
    if not names:
        return f"{where} has no {resource.kind} at all."
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{where} has no {resource.kind} {name}; it has {', '.join(names[:3])}{more}."


_TAKEN: Final = re.compile(r"failed to allocate IP ([\d.]+): provided IP is already allocated")


def _address_taken(played: Played, store: Store) -> str:
    match = _TAKEN.search(played.output)
    owner = service_at(match[1], store) if match else None
    if match is None or owner is None:
        return ""
    return (
        f"{match[1]} belongs to the Service {name_of(owner)} in namespace {namespace_of(owner)} until that is deleted."
    )


_EXISTS: Final = re.compile(r'([\w.]+) "([^"]+)" already exists')


def _exists_already(played: Played, store: Store) -> str:  # noqa: ARG001  # the shape of an explainer
    match = _EXISTS.search(played.output)
    resource = find_resource(match[1]) if match else None
    if match is None or resource is None:
        return ""
    return f"There is a {resource.kind} {match[2]} already; kubectl apply, edit or patch changes one that is there."


_NO_NAME: Final = (
    "error: pod, type/name or --filename must be specified",
    "error: resource(s) were provided, but no name was specified",
)
_VARIABLE: Final = re.compile(r'kubectl (?:exec|delete|label)\b[^\'|;&]*?\s"?\$\{?(\w+)\}?"?(?=\s|$)')


def _no_name(played: Played, store: Store) -> str:  # noqa: ARG001  # the shape of an explainer
    if not any(message in played.output for message in _NO_NAME):
        return ""
    variable = _VARIABLE.search(played.command.partition(" -- ")[0])
    if variable:
        return f"The variable {variable[1]} is empty in this shell, so kubectl got no name."
    return "The name is missing: kubectl wants to know which one. kubectl get lists the names."


_NO_PATH: Final = re.compile(r'error: the path "([^"]+)" does not exist')
_UNEXPECTED: Final = re.compile(r"error: Unexpected args: \[(\S+\.ya?ml)")


def _no_file(played: Played, store: Store) -> str:  # noqa: ARG001  # the shape of an explainer
    if match := _UNEXPECTED.search(played.output):
        return f"A file goes behind -f: kubectl apply -f {match[1]}."
    match = _NO_PATH.search(played.output)
    return f"No file here is called {match[1]}; ls lists the files." if match else ""


_UNLOCATED: Final = re.compile(r"E: Unable to locate package (\S+)")


def _no_package(played: Played, store: Store) -> str:  # noqa: ARG001  # the shape of an explainer
    match = _UNLOCATED.search(played.output)
    if match is None:
        return ""
    package = _PACKAGES.get(match[1], "")
    if package not in {"", match[1]}:
        return f"No package is called {match[1]}; the command comes with the package {package}."
    if match[1] in _PACKAGES.values() and "apt-get update" not in played.command:
        return "apt-get knows no packages until apt-get update has fetched its lists."
    return ""


_FIXED: Final = re.compile(
    r'The Service "([^"]+)" is invalid: .*spec\.clusterIPs?\[0\].*may not change once set', re.DOTALL
)


def _address_fixed(played: Played, store: Store) -> str:
    match = _FIXED.search(played.output)
    service = next((each for each in store.list("Service") if name_of(each) == match[1]), None) if match else None
    if match is None or service is None:
        return ""
    return f"The Service {match[1]} keeps {field(service, 'spec.clusterIP')} until it is deleted."


OUTPUT_EXPLAINERS: Final = (
    _not_installed,
    _not_found,
    _address_taken,
    _address_fixed,
    _exists_already,
    _no_name,
    _no_file,
    _no_package,
    pod_not_up,
    bad_manifest,
    unknown_word,
    left_out,
    none_here,
)
