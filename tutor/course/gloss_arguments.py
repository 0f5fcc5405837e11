"""Plain lines about what a call leaves out, or asks for that the object does not have."""

from __future__ import annotations

import re
from typing import Final

from tutor.course.conditions.evidence import Played
from tutor.course.conditions.kubectl_call import KubectlCall, read_call
from tutor.course.gloss_manifests import no_field
from tutor.engine.objects import field, name_of
from tutor.engine.resources import find_resource
from tutor.engine.store import Store

_COMMAND: Final = "What to run in the Pod goes behind two dashes, such as: -- ls"
_REMARKS: Final = (
    ("you must specify at least one command for the container", _COMMAND),
    ("exec [POD] [COMMAND] is not supported anymore", _COMMAND),
    (
        "couldn't find port via --port flag or introspection",
        "What is to be exposed names no port of its own, so kubectl needs one: --port=80, say.",
    ),
    ("at least one tcp port specifier must be provided", "A Service needs a port: --tcp=80, say."),
    ('required flag(s) "image" not set', "kubectl needs to know which image to run: --image=nginx, say."),
    ("at least one label update is required", "A label is written key=value, such as app=nginx; app- takes it away."),
    ("only key=value pairs are supported on this object", "A selector is written key=value, such as app=nginx."),
    (
        "must specify one of -f and -k",
        "What is wanted stands in a file, and -f names it: -f web.yaml, say.",
    ),
    (
        "TYPE/NAME and list of ports are required for port-forward",
        "The ports are missing: 8080:80 leads from port 8080 of your computer to port 80 there.",
    ),
    ("no context exists with the name", "kubectl knows the way to this cluster already: no other context is needed."),
    ("Metrics API not available", "No metrics-server runs in this cluster, so nobody measures what Pods use."),
    ("no rollout history found for", "Its Pods have had one template only, so there is none to go back to."),
    ("unable to find specified revision", "kubectl rollout history lists the revisions there are."),
    (
        "looking for beginning of object key string",
        "JSON wants its names in double quotes; single quotes go around the whole patch.",
    ),
    (
        "cannot unmarshal number into Go struct field ObjectMeta.metadata.labels",
        'The value of a label is a text: a number needs quotes, such as "1".',
    ),
    ("strconv.Atoi: parsing", "A port is a number, from 1 to 65535."),
    (
        "--rm should only be used for attached containers",
        "--rm removes the Pod when you leave it: it wants -it too.",
    ),
    ("invalid restart policy", "A Pod's containers are started again Always, OnFailure or Never."),
)
"""What is said of an error whatever the cluster holds, by words of its message."""
_NO_TLS: Final = re.compile(r"curl: \(35\) .*wrong version number")
_NO_CONTAINER: Final = re.compile(r"container (\S+) is not valid for pod (\S+)")
_NO_TEMPLATE_CONTAINER: Final = re.compile(r'unable to find container named "([^"]+)"')
_LABELLED: Final = re.compile(r"'([^']+)' already has a value \(([^)]*)\), and --overwrite is false")
_NO_SERVICE_PORT: Final = re.compile(r"Service ([\w.-]+) does not have a service port (\w+)")
_UNSCALABLE: Final = "the server could not find the requested resource"
_UNKNOWN_FIELD: Final = re.compile(r'strict decoding error: unknown field "([\w.\[\]]+)"')
_UNTYPED: Final = re.compile(r"unknown flag: --tcp\b")
_NO_GENERATOR: Final = re.compile(r"error: Unexpected args: \[(\w+) \S+\]")


def left_out(played: Played, store: Store) -> str:
    """What a call left out, or what it asked for that the object does not have."""
    output = played.output
    for words, remark in _REMARKS:
        if words in output:
            return remark
    if _NO_TLS.search(output):
        return "Who answers there speaks HTTP without TLS: http:// and the same port reach it."
    if match := _NO_CONTAINER.search(output):
        return _containers(f"The Pod {match[2]}", "Pod", match[2], "spec.containers", match[1], store)
    if match := _LABELLED.search(output):
        return f"The label {match[1]} is {match[2]} already; with --overwrite kubectl replaces it."
    if match := _NO_SERVICE_PORT.search(output):
        services = [each for each in store.list("Service") if name_of(each) == match[1]]
        ports = [str(port["port"]) for port in field(services[0], "spec.ports") or ()] if services else []
        return f"The Service {match[1]} has no port {match[2]}; it has {' and '.join(ports)}." if ports else ""
    call = _last_call(played)
    return _of_call(call, output, store) if call is not None else ""


def _of_call(call: KubectlCall, output: str, store: Store) -> str:
    if call.verb == "scale" and _UNSCALABLE in output:
        return "Only what makes Pods has replicas, a Deployment or a ReplicaSet."
    if call.verb == "rollout" and " is not supported" in output:
        return "Only what makes Pods from a template rolls out, such as a Deployment."
    kind = next((found.kind for each in call.resources if (found := find_resource(each))), "")
    if call.verb == "edit" and kind and (match := _UNKNOWN_FIELD.search(output)):
        return no_field(kind, match[1])
    if call.verb == "patch" and "the server rejected our request due to an error in our request" in output:
        return "A path of the patch leads to nothing in this object: only add makes what is not there yet."
    if call.verb == "create" and _UNTYPED.search(output):
        return "The type is missing: kubectl create service clusterip, then the name."
    if call.verb == "create" and (match := _NO_GENERATOR.search(output)):
        return f"kubectl create makes no {match[1]} by flags: write it into a file, and kubectl apply -f that."
    if (match := _NO_TEMPLATE_CONTAINER.search(output)) and call.names:
        name = sorted(call.names)[0]
        path = "spec.template.spec.containers"
        return _containers(f"The Deployment {name}", "Deployment", name, path, match[1], store)
    return ""


def _containers(owner: str, kind: str, name: str, path: str, wanted: str, store: Store) -> str:
    found = next((each for each in store.list(kind) if name_of(each) == name), None)
    names = [each["name"] for each in field(found or {}, path) or ()]
    return f"{owner} has no container {wanted}; it has {' and '.join(names)}." if names else ""


def _last_call(played: Played) -> KubectlCall | None:
    calls = [call for each in played.calls if (call := read_call(each.argv)) is not None]
    return calls[-1] if calls else None
