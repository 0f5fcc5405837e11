"""`kubectl rollout`: how a Deployment gets from one Pod template to the next, and back.

Source: pkg/cmd/rollout and pkg/polymorphichelpers of https://github.com/kubernetes/kubectl and tests/golden.
"""

from __future__ import annotations

from collections.abc import Callable

from tutor.engine.errors import ApiError
from tutor.engine.objects import Object, annotations_of, field, uid_of, with_field, without_field
from tutor.engine.resources import DEPLOYMENT
from tutor.kubectl import common_flags as common
from tutor.kubectl.changes import for_each, send_strategic, two_way_patch
from tutor.kubectl.command import Command, Flag, Handler
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.last_applied import LAST_APPLIED
from tutor.kubectl.resource_args import Selection, Target, select
from tutor.kubectl.results import dry_run_of, print_typed, qualified_name

REVISION = "deployment.kubernetes.io/revision"
_CHANGE_CAUSE = "kubernetes.io/change-cause"
_HASH = "pod-template-hash"
_RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
_OWN_ANNOTATIONS = frozenset(
    {
        LAST_APPLIED,
        REVISION,
        "deployment.kubernetes.io/revision-history",
        "deployment.kubernetes.io/desired-replicas",
        "deployment.kubernetes.io/max-replicas",
        "deprecated.deployment.rollback.to",
    }
)
"""What a Deployment keeps for itself when it takes over the annotations of an old ReplicaSet."""


async def _select(call: Invocation) -> Selection:
    if not call.args and not call.many("filename"):
        raise KubectlError("required resource not specified")
    return await select(
        call,
        call.args,
        filenames=call.many("filename"),
        recursive=call.on("recursive"),
        labels=call.text("selector"),
        bare_types=True,
        fetch="latest",
    )


async def _none_found(call: Invocation, selection: Selection) -> None:
    if not selection.targets and not selection.errors:
        await call.err(f"No resources found in {call.namespace} namespace.\n")


_VISITED = frozenset({"DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "ReplicationController", "StatefulSet"})
"""The kinds that kubectl's visitor of kinds knows, with or without a rollout: pkg/apps/kind_visitor.go."""


def _require_deployment(target: Target, what: str, retrieving: str = "") -> None:
    """Refuse what has no rollout.

    Args:
        target: the object.
        what: such as `no rollbacker has been implemented`.
        retrieving: such as `rollbacker`, for verbs that look for it by kind.
    """
    if target.resource is DEPLOYMENT:
        return
    kind, group = target.resource.kind, target.resource.group
    full = f"{kind}.{group}" if group else kind
    if not retrieving:
        raise KubectlError(f"{what} for {full}")
    if kind in _VISITED:
        raise KubectlError(f'{what} for "{full}"')
    raise KubectlError(f'error retrieving {retrieving} for "{full}", no visitor method exists for {{{group} {kind}}}')


# status


async def status(call: Invocation) -> int:
    """Say how far a rollout is, until it is done."""
    revision = call.number("revision")
    selection = await _select(call)
    if revision < 0:
        raise KubectlError(f"revision must be a positive integer: {revision}")
    await _none_found(call, selection)

    async def one(target: Target) -> None:
        _require_deployment(target, "no status viewer has been implemented")
        await _follow(call, target, revision)

    await for_each(selection, one)
    return 0


async def _follow(call: Invocation, target: Target, revision: int) -> None:
    store, pacing, clock = call.context.cluster.store, call.context.pacing, call.context.cluster.clock
    timeout = call.seconds("timeout")
    end = clock.now + timeout if timeout else None
    seen = ""
    while True:
        now = store.get("Deployment", target.namespace, target.name)
        if now is None or uid_of(now) != uid_of(target.obj):
            raise KubectlError("object has been deleted")
        version = now["metadata"]["resourceVersion"]
        if version != seen:
            seen = version
            text, done = rollout_status(now, revision)
            await call.out(text)
            if done or not call.on("watch"):
                return

        def changed(seen: str = seen) -> bool:
            found = store.get("Deployment", target.namespace, target.name)
            return found is None or found["metadata"]["resourceVersion"] != seen

        left = None if end is None else max(end - clock.now, 0.0)
        if not await pacing.until(changed, left):
            raise KubectlError("timed out waiting for the condition")


def rollout_status(deployment: Object, revision: int = 0) -> tuple[str, bool]:
    """What `rollout status` prints of a Deployment, and whether its rollout is done.

    Raises:
        KubectlError: it runs another revision, or has failed.
    """
    name = deployment["metadata"]["name"]
    running = annotations_of(deployment).get(REVISION, "0")
    if revision > 0 and running != str(revision):
        raise KubectlError(f"desired revision ({revision}) is different from the running revision ({running})")
    if deployment["metadata"].get("generation", 0) > field(deployment, "status.observedGeneration", 0):
        return "Waiting for deployment spec update to be observed...\n", False
    for condition in field(deployment, "status.conditions") or ():
        if condition["type"] == "Progressing" and condition.get("reason") == "ProgressDeadlineExceeded":
            raise KubectlError(f'deployment "{name}" exceeded its progress deadline')
    wanted = field(deployment, "spec.replicas", 1)
    total, new, available = (
        field(deployment, f"status.{count}", 0) for count in ("replicas", "updatedReplicas", "availableReplicas")
    )
    waiting = f'Waiting for deployment "{name}" rollout to finish: '
    if new < wanted:
        return f"{waiting}{new} out of {wanted} new replicas have been updated...\n", False
    if total > new:
        return f"{waiting}{total - new} old replicas are pending termination...\n", False
    if available < new:
        return f"{waiting}{available} of {new} updated replicas are available...\n", False
    return f'deployment "{name}" successfully rolled out\n', True


# history and undo


def _revisions(call: Invocation, deployment: Object) -> dict[int, Object]:
    """The Deployment's ReplicaSets by revision, oldest first."""
    store = call.context.cluster.store
    found: dict[int, Object] = {}
    for kind, namespace, name in store.owned_by(uid_of(deployment)):
        replica_set = store.get(kind, namespace, name) if kind == "ReplicaSet" else None
        number = annotations_of(replica_set).get(REVISION, "") if replica_set else ""
        if replica_set is not None and number.isdigit():
            found[int(number)] = replica_set
    return dict(sorted(found.items()))


async def history(call: Invocation) -> int:
    """List the revisions of Deployments, or show one."""
    revision = call.number("revision")
    selection = await _select(call)
    if revision < 0:
        raise KubectlError(f"revision must be a positive integer: {revision}")

    async def one(target: Target) -> None:
        _require_deployment(target, "no history viewer has been implemented", "history")
        revisions = _revisions(call, target.obj)
        if call.text("output"):
            shown = _one_or_all(revisions, revision)
            for replica_set in shown:
                await print_typed(call, replica_set, "")
            return
        title = f"with revision #{revision}" if revision else ""
        body = _detail(revisions, revision) if revision else _list(revisions)
        await call.out(f"{qualified_name(target.obj)} {title}\n{body}\n")

    await for_each(selection, one)
    return 0


def _one_or_all(revisions: dict[int, Object], revision: int) -> list[Object]:
    if not revision:
        return list(revisions.values())
    if revision not in revisions:
        raise KubectlError("unable to find the specified revision")
    return [revisions[revision]]


def _list(revisions: dict[int, Object]) -> str:
    if not revisions:
        return "No rollout history found."
    width = max(len("REVISION"), *(len(str(number)) for number in revisions)) + 2
    rows = [
        f"{number!s:<{width}}{annotations_of(replica_set).get(_CHANGE_CAUSE) or '<none>'}\n"
        for number, replica_set in revisions.items()
    ]
    return f"{'REVISION':<{width}}CHANGE-CAUSE\n" + "".join(rows)


def _detail(revisions: dict[int, Object], revision: int) -> str:
    (replica_set,) = _one_or_all(revisions, revision)
    template = field(replica_set, "spec.template")
    cause = annotations_of(replica_set).get(_CHANGE_CAUSE)
    if cause:
        metadata = template.get("metadata") or {}
        annotations = {**(metadata.get("annotations") or {}), _CHANGE_CAUSE: cause}
        template = with_field(template, "metadata.annotations", annotations)
    return _template_text(template)


def _template_text(template: Object) -> str:
    from tutor.kubectl.printers.describe.page import Page
    from tutor.kubectl.printers.describe.pods import describe_template

    page = Page()
    describe_template(page, template)
    return page.raw()


async def undo(call: Invocation) -> int:
    """Go back to an earlier revision."""
    dry_run = await dry_run_of(call)
    wanted = call.number("to-revision")
    selection = await _select(call)

    async def one(target: Target) -> None:
        _require_deployment(target, "no rollbacker has been implemented", "rollbacker")
        replica_set = _revision_to_restore(call, target.obj, wanted)
        if dry_run == "client":
            await print_typed(call, target.obj, _template_text(field(replica_set, "spec.template")), dry_run)
            return
        if field(target.obj, "spec.paused"):
            raise KubectlError(
                "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again"
            )
        template = _without_hash(field(replica_set, "spec.template"))
        if template == _without_hash(field(target.obj, "spec.template")):
            result = f"skipped rollback (current template already matches revision {wanted})"
            await print_typed(call, target.obj, result, dry_run)
            return
        _restore(call, target, template, replica_set, wanted, server_dry_run=dry_run == "server")
        await print_typed(call, target.obj, "rolled back", dry_run)

    await for_each(selection, one)
    return 0


def _revision_to_restore(call: Invocation, deployment: Object, wanted: int) -> Object:
    revisions = _revisions(call, deployment)
    if wanted == 0 and len(revisions) > 1:
        return list(revisions.values())[-2]
    if wanted == 0:
        raise KubectlError(f'no rollout history found for deployment "{deployment["metadata"]["name"]}"')
    if wanted not in revisions:
        raise KubectlError(f"unable to find specified revision {wanted} in history")
    return revisions[wanted]


def _without_hash(template: Object) -> Object:
    return without_field(template, f"metadata.labels.{_HASH}")


def _restore(
    call: Invocation, target: Target, template: Object, replica_set: Object, wanted: int, *, server_dry_run: bool
) -> None:
    own = {key: value for key, value in annotations_of(target.obj).items() if key in _OWN_ANNOTATIONS}
    others = {key: value for key, value in annotations_of(replica_set).items() if key not in _OWN_ANNOTATIONS}
    operations = [
        {"op": "replace", "path": "/spec/template", "value": template},
        {"op": "replace", "path": "/metadata/annotations", "value": {**own, **others}},
    ]
    try:
        call.client.patch(target.resource, target.name, target.namespace, operations, "json", dry_run=server_dry_run)
    except ApiError as error:
        raise KubectlError(f"failed restoring revision {wanted}: {error.status.message}") from None


# restart, pause, resume


def _restarted(call: Invocation, deployment: Object) -> Object:
    if field(deployment, "spec.paused"):
        raise KubectlError("can't restart paused deployment (run rollout resume first)")
    annotations = field(deployment, "spec.template.metadata.annotations") or {}
    stamp = {**annotations, _RESTARTED_AT: call.context.cluster.clock.timestamp()}
    return with_field(deployment, "spec.template.metadata.annotations", stamp)


def _paused(_call: Invocation, deployment: Object) -> Object:
    if field(deployment, "spec.paused"):
        raise KubectlError("is already paused")
    return with_field(deployment, "spec.paused", True)


def _resumed(_call: Invocation, deployment: Object) -> Object:
    if not field(deployment, "spec.paused"):
        raise KubectlError("is not paused")
    return without_field(deployment, "spec.paused")


def _changing(change: Callable[[Invocation, Object], Object], operation: str, verb: str) -> Handler:
    """A handler that changes each Deployment meant and says so."""

    async def handle(call: Invocation) -> int:
        selection = await _select(call)
        await _none_found(call, selection)

        async def one(target: Target) -> None:
            if target.resource is not DEPLOYMENT:
                raise KubectlError(f'error: {target.resource.qualified_plural} "{target.name}" {verb} is not supported')
            try:
                changed = change(call, target.obj)
            except KubectlError as error:
                raise KubectlError(
                    f'error: {target.resource.qualified_plural} "{target.name}" {error.message}'
                ) from None
            patch = two_way_patch(target.obj, changed)
            if not patch:
                raise KubectlError(
                    f"failed to create patch for {target.name}: if restart has already been triggered within the past "
                    "second, please wait before attempting to trigger another"
                )
            try:
                changed = send_strategic(call, target, patch, "none")
            except ApiError as error:
                raise KubectlError(f"failed to patch: {error.status.message}") from None
            await print_typed(call, changed, operation)

        await for_each(selection, one)
        return 0

    return handle


_FILES = (common.filename("identifying the resource to get from a server."), common.RECURSIVE, common.SELECTOR)
_LACKS = ("k", "kustomize")
_STATUS = Command(
    name="status",
    short="Show the status of the rollout",
    long=(
        "Show the status of the rollout.\n\n"
        " By default 'rollout status' will watch the status of the latest rollout until it's done. If you don't want "
        "to "
        "wait for the rollout to finish then you can use --watch=false. Note that if a new rollout starts in-between, "
        "then 'rollout status' will continue watching the latest revision. If you want to pin to a specific revision "
        "and abort if it is rolled over by another revision, use --revision=N where N is the revision you need to "
        "watch "
        "for."
    ),
    examples="""
# Watch the rollout status of a deployment
kubectl rollout status deployment/nginx
""",
    usage="(TYPE NAME | TYPE/NAME) [flags]",
    flags=(
        *_FILES,
        Flag(
            "revision",
            "Pin to a specific revision for showing its status. Defaults to 0 (last revision).",
            kind="int",
        ),
        Flag(
            "timeout",
            "The length of time to wait before ending watch, zero means never. Any other values should contain a "
            "corresponding time unit (e.g. 1s, 2m, 3h).",
            kind="duration",
        ),
        Flag("watch", "Watch the status of the rollout until it's done.", kind="bool", short="w", default=True),
    ),
    lacks=_LACKS,
    handler=status,
)
_HISTORY = Command(
    name="history",
    short="View rollout history",
    long="View previous rollout revisions and configurations.",
    examples="""
# View the rollout history of a deployment
kubectl rollout history deployment/abc

# View the details of deployment revision 3
kubectl rollout history deployment/abc --revision=3
""",
    usage="(TYPE NAME | TYPE/NAME) [flags]",
    flags=(
        *common.print_flags(),
        *_FILES,
        Flag("revision", "See the details, including podTemplate of the revision specified", kind="int"),
    ),
    lacks=_LACKS,
    handler=history,
)
_UNDO = Command(
    name="undo",
    short="Undo a previous rollout",
    long="Roll back to a previous rollout.",
    examples="""
# Roll back to the previous deployment
kubectl rollout undo deployment/abc

# Roll back to deployment revision 3
kubectl rollout undo deployment/abc --to-revision=3

# Roll back to the previous deployment with dry-run
kubectl rollout undo --dry-run=server deployment/abc
""",
    usage="(TYPE NAME | TYPE/NAME) [flags]",
    flags=(
        *common.print_flags(),
        common.DRY_RUN,
        *_FILES,
        Flag("to-revision", "The revision to rollback to. Default to 0 (last revision).", kind="int"),
    ),
    lacks=_LACKS,
    handler=undo,
)
_RESTART = Command(
    name="restart",
    short="Restart a resource",
    long="Restart a resource.\n\n        Resource rollout will be restarted.",
    examples="""
# Restart all deployments in the test-namespace namespace
kubectl rollout restart deployment -n test-namespace

# Restart a deployment
kubectl rollout restart deployment/nginx

# Restart deployments with the app=nginx label
kubectl rollout restart deployment --selector=app=nginx
""",
    usage="RESOURCE",
    flags=(*common.print_flags(), common.field_manager("kubectl-rollout"), *_FILES),
    lacks=_LACKS,
    handler=_changing(_restarted, "restarted", "restarting"),
)
_PAUSE = Command(
    name="pause",
    short="Mark the provided resource as paused",
    long=(
        "Mark the provided resource as paused.\n\n"
        ' Paused resources will not be reconciled by a controller. Use "kubectl rollout resume" to resume a paused '
        "resource. Currently only deployments support being paused."
    ),
    examples="""
# Mark the nginx deployment as paused
# Any current state of the deployment will continue its function; new updates
# to the deployment will not have an effect as long as the deployment is paused
kubectl rollout pause deployment/nginx
""",
    usage="RESOURCE",
    flags=(*common.print_flags(), common.field_manager("kubectl-rollout"), *_FILES),
    lacks=_LACKS,
    handler=_changing(_paused, "paused", "pausing"),
)
_RESUME = Command(
    name="resume",
    short="Resume a paused resource",
    long=(
        "Resume a paused resource.\n\n"
        " Paused resources will not be reconciled by a controller. By resuming a resource, we allow it to be "
        "reconciled "
        "again. Currently only deployments support being resumed."
    ),
    examples="""
# Resume an already paused deployment
kubectl rollout resume deployment/nginx
""",
    usage="RESOURCE",
    flags=(*common.print_flags(), common.field_manager("kubectl-rollout"), *_FILES),
    lacks=_LACKS,
    handler=_changing(_resumed, "resumed", "resuming"),
)

COMMAND = Command(
    name="rollout",
    short="Manage the rollout of a resource",
    long=(
        "Manage the rollout of one or many resources.\n        \n Valid resource types include:\n\n"
        "  *  deployments\n  *  daemonsets\n  *  statefulsets"
    ),
    examples="""
# Rollback to the previous deployment
kubectl rollout undo deployment/abc

# Check the rollout status of a deployment
kubectl rollout status deployment/foo

# Restart a deployment
kubectl rollout restart deployment/abc

# Restart deployments with the 'app=nginx' label
kubectl rollout restart deployment --selector=app=nginx
""",
    usage="SUBCOMMAND",
    help_on_stdout=True,
    subcommands=(_HISTORY, _PAUSE, _RESTART, _RESUME, _STATUS, _UNDO),
)
