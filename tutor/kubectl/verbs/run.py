"""`kubectl run`: one Pod out of an image, perhaps with a terminal in it.

Source: pkg/cmd/run of https://github.com/kubernetes/kubectl and tests/golden.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from tutor.engine import patch as patches
from tutor.engine.decoding import DecodeError, decode_strictly
from tutor.engine.errors import ApiError, bad_request, not_found
from tutor.engine.objects import Object, field, name_of, namespace_of, uid_of
from tutor.engine.resources import BY_KIND, POD
from tutor.kubectl import common_flags as common
from tutor.kubectl import generators
from tutor.kubectl.attachable import container_of, is_ready
from tutor.kubectl.attaching import Wish, attach_to
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError, PlainError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.last_applied import annotated_as_struct
from tutor.kubectl.results import DryRun, dry_run_of, print_typed, ready_printer
from tutor.kubectl.verbs.create import SAVE_CONFIG
from tutor.kubectl.verbs.exec import POD_RUNNING_TIMEOUT, running_timeout

_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_IMAGE = re.compile(
    rf"(?:(?:[a-zA-Z0-9.-]+(?::[0-9]+)?|\[[0-9a-fA-F:]+\](?::[0-9]+)?)/)?{_PART}(?:/{_PART})*"
    r"(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?"
)
"""Source: https://github.com/distribution/reference/blob/main/reference.go"""
_POLICIES = ("Always", "OnFailure", "Never")
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")


async def run(call: Invocation) -> int:
    """Create a Pod, and a Service or a session in it if asked to."""
    dry_run = await dry_run_of(call)
    ready_printer(call)
    _validate(call, dry_run)
    pod = _create(call, _pod(call), dry_run)
    created = [pod]
    if call.on("expose"):
        service = _create(call, _service(call, pod), dry_run)
        created.append(service)
        await print_typed(call, service, "created", dry_run)
        if call.text("output") == "yaml":
            await call.out("---\n")
    if not _attaches(call):
        await print_typed(call, pod, "created", dry_run)
        return 0
    try:
        return await _session(call, pod)
    finally:
        if call.on("rm"):
            await _remove(call, created)


def _attaches(call: Invocation) -> bool:
    return call.on("attach") if call.given("attach") else call.on("stdin")


def _validate(call: Invocation, dry_run: DryRun) -> None:
    if not call.args or call.dash == 0:
        raise call.usage_error("NAME is required for run")
    running_timeout(call)
    image = call.text("image")
    if not image:
        raise KubectlError("--image is required")
    if not _IMAGE.fullmatch(image):
        raise KubectlError(f'Invalid image name "{image}": invalid reference format')
    if call.on("tty") and not call.on("stdin"):
        raise call.usage_error("-i/--stdin is required for containers with -t/--tty=true")
    if call.on("expose") and not call.text("port"):
        raise call.usage_error("--port must be set when exposing a service")
    restart = call.text("restart")
    if restart and restart not in _POLICIES:
        raise call.usage_error(f"invalid restart policy: {restart}")
    if call.on("rm") and not _attaches(call):
        raise call.usage_error("--rm should only be used for attached containers")
    if _attaches(call) and dry_run != "none":
        raise call.usage_error(
            "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)"
        )
    pull_policy = call.text("image-pull-policy")
    if pull_policy and pull_policy not in _PULL_POLICIES:
        raise call.usage_error(f"invalid image pull policy: {pull_policy}")


# What is made


def _pod(call: Invocation) -> Object:
    """The Pod that the flags describe."""
    labels = call.text("labels")
    pod = generators.pod(
        call.args[0],
        call.namespace if call.namespace_given else "",
        call.text("image"),
        labels=generators.parse_labels(labels) if labels else {},
        annotations=generators.parse_pairs(call.many("annotations"), "annotations"),
        restart=_restart_policy(call),
        container=_container(call, call.args[1:]),
    )
    return _overridden(call, pod)


def _restart_policy(call: Invocation) -> str:
    return call.text("restart") or ("OnFailure" if call.on("stdin") else "Always")


def _container(call: Invocation, words: Sequence[str]) -> Object:
    """The fields of the Pod's one container that flags set."""
    made: Object = {}
    if words:
        made["command" if call.on("command") else "args"] = list(words)
    if call.text("port"):
        made["ports"] = [{"containerPort": _parse_port(call.text("port"))}]
    env = generators.parse_env(call.many("env"))
    if env:
        made["env"] = env
    if call.text("image-pull-policy"):
        made["imagePullPolicy"] = call.text("image-pull-policy")
    if call.on("privileged"):
        made["securityContext"] = {"privileged": True}
    if call.on("stdin"):
        made["stdin"] = True
        if not call.on("leave-stdin-open"):
            made["stdinOnce"] = True
    if call.on("tty"):
        made["tty"] = True
    return made


def _parse_port(word: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise KubectlError(f'strconv.Atoi: parsing "{word}": invalid syntax') from None


def _overridden(call: Invocation, pod: Object) -> Object:
    """The Pod with `--overrides` laid over it."""
    from tutor.kubectl import go_yaml

    text, kind = call.text("overrides"), call.text("override-type")
    if kind not in {"json", "merge", "strategic"}:
        raise KubectlError(f"invalid override type: {kind}")
    if not text:
        return pod
    try:
        change = go_yaml.parse_json(text)
    except go_yaml.YamlError as error:
        raise KubectlError(_NO_JSON.get(kind, str(error))) from None
    if kind != "json" and not isinstance(change, dict):
        raise KubectlError(_NO_JSON[kind])
    try:
        if kind == "json":
            changed = patches.json_patch(pod, change)
        elif kind == "merge":
            changed = patches.merge_patch(pod, change)
        else:
            changed = patches.strategic_merge("Pod", pod, change)
    except (patches.PatchError, TypeError, AttributeError) as error:
        raise KubectlError(f"Invalid JSON override: {error}") from None
    return _decoded(changed)


_NO_JSON = {"merge": "Invalid JSON Patch", "strategic": "invalid JSON document"}


def _decoded(changed: Any) -> Object:
    """What the overrides made of the Pod, as kubectl reads it: without fields no Pod has.

    Raises:
        KubectlError: it does not have a Pod's shape.
        ApiError: it is something else that the API knows.
    """
    kind, version = str(changed.get("kind")), str(changed.get("apiVersion"))
    resource = BY_KIND.get(kind)
    if resource is None or version != resource.api_version:
        raise KubectlError(
            f'no kind "{kind}" is registered for version "{version}" in scheme "pkg/scheme/scheme.go:28"'
        )
    if resource is not POD:
        raise bad_request(
            f'{kind} in version "{resource.version}" cannot be handled as a Pod: '
            f"converting ({resource.version}.{kind}) to (core.Pod): unknown conversion"
        )
    try:
        decoded = decode_strictly(changed, "Pod", [])
    except DecodeError as error:
        raise KubectlError(str(error)) from None
    return {"kind": kind, "apiVersion": version, **decoded, "status": {}}


def _service(call: Invocation, pod: Object) -> Object:
    """The Service of `--expose`."""
    port = _parse_port(call.text("port"))
    return generators.service(
        name_of(pod),
        call.namespace if call.namespace_given else "",
        ports=[{"protocol": "TCP", "port": port, "targetPort": port}],
        selector=pod["metadata"].get("labels") or {"run": name_of(pod)},
    )


def _create(call: Invocation, obj: Object, dry_run: DryRun) -> Object:
    obj = call.client.with_cause(obj)
    if dry_run == "client":
        return obj
    if call.on("save-config"):
        obj = annotated_as_struct(obj)
    return call.client.create(generators.to_send(obj), call.namespace, dry_run=dry_run == "server")


# The session


async def _session(call: Invocation, pod: Object) -> int:
    """Wait for the Pod to run, attach to it, and say how it ended."""
    timeout = running_timeout(call)
    pod = await _wait_for(call, pod, _runs_or_ended, timeout)
    container, _ = container_of(pod, "")
    if _ended(pod):
        await call.out(_log_of(call, pod, str(container["name"])))
    else:
        await attach_to(call, pod, container, Wish(call.on("stdin"), call.on("tty"), call.on("quiet")))
    if call.on("leave-stdin-open") or _restart_policy(call) == "Always":
        return 0
    wanted = _ended if _restart_policy(call) == "Never" else _succeeded
    pod = await _wait_for(call, pod, wanted, timeout)
    if _succeeded(pod):
        return 0
    raise _failure(pod)


async def _wait_for(call: Invocation, pod: Object, condition: Callable[[Object], bool], limit: float) -> Object:
    """The Pod once it meets the condition.

    Raises:
        KubectlError: it does not in that time.
        ApiError: it is gone.
    """
    store, uid = call.context.cluster.store, uid_of(pod)

    def now() -> Object | None:
        found = store.get("Pod", namespace_of(pod), name_of(pod))
        return found if found is not None and uid_of(found) == uid else None

    def met() -> bool:
        found = now()
        return found is None or condition(found)

    if not await call.context.pacing.until(met, limit):
        raise KubectlError("timed out waiting for the condition")
    found = now()
    if found is None:
        raise not_found("pods", "", "")
    return found


def _ended(pod: Object) -> bool:
    return field(pod, "status.phase") in {"Succeeded", "Failed"}


def _succeeded(pod: Object) -> bool:
    return bool(field(pod, "status.phase") == "Succeeded")


def _runs_or_ended(pod: Object) -> bool:
    return _ended(pod) or (field(pod, "status.phase") == "Running" and is_ready(pod))


def _log_of(call: Invocation, pod: Object, container: str) -> str:
    lines = call.context.cluster.logs.read((uid_of(pod), container, 0))
    return "".join(f"{line.text}\n" for line in lines)


def _failure(pod: Object) -> KubectlError:
    """How a Pod that failed is reported, with its container's exit code."""
    where = f"pod {namespace_of(pod)}/{name_of(pod)}"
    statuses = field(pod, "status.containerStatuses") or ()
    ended = field(statuses[0], "state.terminated") if statuses else None
    if not ended or not ended.get("exitCode"):
        return KubectlError(f"{where} failed with unknown exit code")
    text = f"{where} terminated ({ended.get('reason', '')})\n{ended.get('message', '')}"
    return PlainError(text, int(ended["exitCode"]))


async def _remove(call: Invocation, created: Sequence[Object]) -> None:
    """Delete what was made, and say so."""
    for obj in created:
        resource = BY_KIND[obj["kind"]]
        try:
            call.client.delete(resource, name_of(obj), namespace_of(obj))
        except ApiError as error:
            if error.status.reason != "NotFound":
                raise
            await call.out("No resources found\n")
            continue
        if not call.on("quiet"):
            await call.out(f'{resource.qualified_singular} "{name_of(obj)}" deleted\n')


COMMAND = Command(
    name="run",
    short="Run a particular image on the cluster",
    long="Create and run a particular image in a pod.",
    examples="""
# Start a nginx pod
kubectl run nginx --image=nginx

# Start a hazelcast pod and let the container expose port 5701
kubectl run hazelcast --image=hazelcast/hazelcast --port=5701

# Start a hazelcast pod and set environment variables "DNS_DOMAIN=cluster" and "POD_NAMESPACE=default" in the container
kubectl run hazelcast --image=hazelcast/hazelcast --env="DNS_DOMAIN=cluster" --env="POD_NAMESPACE=default"

# Start a hazelcast pod and set labels "app=hazelcast" and "env=prod" in the container
kubectl run hazelcast --image=hazelcast/hazelcast --labels="app=hazelcast,env=prod"

# Dry run; print the corresponding API objects without creating them
kubectl run nginx --image=nginx --dry-run=client

# Start a nginx pod, but overload the spec with a partial set of values parsed from JSON
kubectl run nginx --image=nginx --overrides='{ "apiVersion": "v1", "spec": { ... } }'

# Start a busybox pod and keep it in the foreground, don't restart it if it exits
kubectl run -i -t busybox --image=busybox --restart=Never

# Start the nginx pod using the default command, but use custom arguments (arg1 .. argN) for that command
kubectl run nginx --image=nginx -- <arg1> <arg2> ... <argN>

# Start the nginx pod using a different command and custom arguments
kubectl run nginx --image=nginx --command -- <cmd> <arg1> ... <argN>
""",
    usage=(
        'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] '
        "[--command] -- [COMMAND] [args...]"
    ),
    flags=(
        *common.print_flags(),
        Flag("annotations", "Annotations to apply to the pod.", kind="array"),
        Flag(
            "attach",
            "If true, wait for the Pod to start running, and then attach to the Pod as if 'kubectl attach ...' were "
            "called.  Default false, unless '-i/--stdin' is set, in which case the default is true. With "
            "'--restart=Never' the exit code of the container process is returned.",
            kind="bool",
        ),
        Flag(
            "command",
            "If true and extra arguments are present, use them as the 'command' field in the container, rather than "
            "the 'args' field which is the default.",
            kind="bool",
        ),
        common.DRY_RUN,
        Flag("env", "Environment variables to set in the container.", kind="array"),
        Flag(
            "expose",
            "If true, create a ClusterIP service associated with the pod.  Requires `--port`.",
            kind="bool",
        ),
        common.field_manager("kubectl-run"),
        Flag("image", "The image for the container to run.", required=True),
        Flag(
            "image-pull-policy",
            "The image pull policy for the container.  If left empty, this value will not be specified by the client "
            "and defaulted by the server.",
            choices=_PULL_POLICIES,
        ),
        Flag(
            "labels",
            "Comma separated labels to apply to the pod. Will override previous values.",
            short="l",
        ),
        Flag(
            "leave-stdin-open",
            "If the pod is started in interactive mode or with stdin, leave stdin open after the first attach "
            "completes. By default, stdin will be closed after the first attach completes.",
            kind="bool",
        ),
        Flag(
            "override-type",
            "The method used to override the generated object: json, merge, or strategic.",
            default="merge",
            choices=("json", "merge", "strategic"),
        ),
        Flag(
            "overrides",
            "An inline JSON override for the generated object. If this is non-empty, it is used to override the "
            "generated object. Requires that the object supply a valid apiVersion field.",
        ),
        POD_RUNNING_TIMEOUT,
        Flag("port", "The port that this container exposes."),
        Flag("privileged", "If true, run the container in privileged mode.", kind="bool"),
        Flag("quiet", "If true, suppress prompt messages.", kind="bool", short="q"),
        common.RECORD,
        Flag(
            "restart",
            "The restart policy for this Pod.  Legal values [Always, OnFailure, Never].",
            default="Always",
            choices=_POLICIES,
        ),
        Flag(
            "rm",
            "If true, delete the pod after it exits.  Only valid when attaching to the container, e.g. with '--attach' "
            "or with '-i/--stdin'.",
            kind="bool",
        ),
        SAVE_CONFIG,
        Flag(
            "stdin", "Keep stdin open on the container in the pod, even if nothing is attached.", kind="bool", short="i"
        ),
        Flag("tty", "Allocate a TTY for the container in the pod.", kind="bool", short="t"),
    ),
    lacks=(
        "cascade", "f", "filename", "force", "grace-period", "k", "kustomize", "R", "recursive", "timeout", "wait",
    ),
    handler=run,
)  # fmt: skip
