"""`kubectl edit`: the object in an editor, again and again until the API takes it.

Source: pkg/cmd/util/editor of https://github.com/kubernetes/kubectl
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tutor.engine.errors import ApiError, FieldError, invalid
from tutor.engine.managed.origin import with_all_managers
from tutor.engine.objects import Object, name_of, uid_of, with_field, without_field
from tutor.engine.patch import PatchError, go_syntax, three_way_merge
from tutor.kubectl import common_flags as common
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.field_validation import VALIDATE, validation_of
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.last_applied import updated
from tutor.kubectl.manifests import Manifest, parse_manifests, placed_in, problems
from tutor.kubectl.resource_args import Target, select
from tutor.kubectl.results import print_result
from tutor.kubectl.verbs.create import SAVE_CONFIG

_HEADER = """\
# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
"""


@dataclass
class _Round:
    """What came of one time in the editor.

    Args:
        path: where the text is kept.
        reasons: why the file must be edited again, as comment lines.
        again: whether the API found an object invalid.
        conflicts: how many objects could not be patched for other reasons.
        missing: how many objects are not there any more.
    """

    path: str = ""
    reasons: list[str] = field(default_factory=list)
    again: bool = False
    conflicts: int = 0
    missing: int = 0


async def edit(call: Invocation) -> int:
    """Let the learner edit the objects meant."""
    validation_of(call)
    output = call.text("output")
    if output not in {"", "yaml", "json"}:
        raise KubectlError(f"the output format {output} is not supported; use yaml or json")
    selection = await select(
        call,
        call.args,
        filenames=call.many("filename"),
        recursive=call.on("recursive"),
        bare_types=True,
        fetch="latest",
    )
    selection.raise_errors()
    if not selection.targets:
        raise KubectlError("edit cancelled, no objects found")
    if call.context.edit is None:
        raise KubectlError(
            "no editor here: this shell has no screen; change the object with 'kubectl patch' or 'kubectl apply'"
        )
    return await _edit(call, selection.targets)


async def _edit(call: Invocation, targets: list[Target]) -> int:
    """Open the editor until the text is taken, or given up."""
    original = _shown(call, targets)
    body, kept = original, ""
    result = _Round()
    while True:
        text = _with_header(call, result.reasons, body)
        path = result.path or f"/tmp/kubectl-edit-{call.context.cluster.core.dice.below(10**10)}{_extension(call)}"  # noqa: S108
        edited = await _launch(call, path, text)
        if result.reasons and _same(edited, kept):
            return await _preserved(call, path, edited, "Edit cancelled, no valid changes were saved.")
        kept, body = edited, _strip(edited)
        result = _Round(path)
        problem = "" if validation_of(call) == "ignore" else _problem(body)
        if problem:
            await call.err(_note(result, targets[0], _unreadable(problem)))
            continue
        if _same(edited, original):
            await call.err("Edit cancelled, no changes made.\n")
            return 0
        if not body.strip():
            await call.err("Edit cancelled, saved file was empty.\n")
            return 0
        items = list(parse_manifests(body, "edited-file", validate=False))
        errors = [item.message for item in items if not isinstance(item, Manifest)]
        if errors:
            shown = errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]"
            result.reasons.append(f"# The edited file had a syntax error: {_commented(shown)}\n#\n")
            continue
        try:
            await _send_all(call, targets, [item for item in items if isinstance(item, Manifest)], result)
        except KubectlError as error:
            return await _preserved(call, path, edited, error.message)
        code = await _verdict(call, result, edited)
        if code is not None:
            return code


def _same(one: str, other: str) -> bool:
    """Whether two texts mean the same, comments aside; whether they are the same where they mean nothing."""
    from tutor.kubectl import go_yaml

    try:
        return bool(go_yaml.parse_yaml(one) == go_yaml.parse_yaml(other))
    except go_yaml.YamlError:
        return _strip(one) == _strip(other)


def _problem(text: str) -> str:
    """What kubectl finds wrong with a text before it looks for objects in it."""
    from tutor.kubectl import go_yaml

    try:
        return problems(go_yaml.parse_yaml(text))
    except go_yaml.YamlError as error:
        return str(error)


def _unreadable(problem: str) -> ApiError:
    """What is wrong with an edited text, as a refusal that has it edited again."""
    return invalid("", "", "", [FieldError("<nil>", "FieldValueInvalid", "The edited file failed validation", problem)])


async def _launch(call: Invocation, path: str, text: str) -> str:
    editor = call.context.edit
    assert editor is not None  # noqa: S101  # checked before the first round
    edited = await editor(path, text)
    return text if edited is None else edited


def _extension(call: Invocation) -> str:
    return ".json" if call.text("output") == "json" else ".yaml"


def _shown(call: Invocation, targets: list[Target]) -> str:
    """The objects as the editor shows them: one by itself, several as a List."""
    from tutor.kubectl.printers.text import to_json, to_yaml

    objects = [_without_managers(target.obj) for target in targets]
    shown = objects[0] if len(objects) == 1 else {"apiVersion": "v1", "items": objects, "kind": "List", "metadata": {}}
    return to_json(shown, sort=True) + "\n" if call.text("output") == "json" else to_yaml(shown)


def _with_header(call: Invocation, reasons: list[str], body: str) -> str:
    return body if call.text("output") == "json" else _HEADER + "".join(reasons) + body


def _strip(text: str) -> str:
    """The text without comment lines."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("#"))


def _commented(text: str) -> str:
    return text.replace("\n", "\n# ")


async def _send_all(call: Invocation, targets: list[Target], items: list[Manifest], result: _Round) -> None:
    """Patch the edited objects.

    Raises:
        KubectlError: one has another namespace, or the last one is not one that was opened; kubectl forgets what is
            wrong with one when it goes on to the next.
    """
    placed = [placed_in(item, call.namespace, enforce=True) for item in items]
    for each in placed:
        if isinstance(each, KubectlError):
            raise each
    problem: KubectlError | None = None
    for each in placed:
        if isinstance(each, Manifest):
            problem = await _send(call, targets, each.object, result)
    if problem is not None:
        raise problem


async def _send(call: Invocation, targets: list[Target], obj: Object, result: _Round) -> KubectlError | None:
    """Patch one edited object; what the API says against it is for the next round.

    Returns:
        What kubectl says against it.
    """
    metadata = obj.get("metadata") or {}
    target = next((each for each in targets if uid_of(each.obj) == metadata.get("uid")), None)
    if target is None:
        return KubectlError(f"no original object found for &unstructured.Unstructured{{Object:{go_syntax(obj)}}}")
    before = _without_managers(target.obj)
    if before == obj:
        await print_result(call, obj, "skipped")
        return None
    same = all(before.get(key) == obj.get(key) for key in ("apiVersion", "kind"))
    if not same or name_of(before) != metadata.get("name"):
        return KubectlError("At least one of apiVersion, kind and name was changed")
    managers = with_all_managers(target.obj)["metadata"].get("managedFields")
    recorded = updated(with_field(obj, "metadata.managedFields", managers), save=call.on("save-config"))
    obj = _without_managers(recorded)
    try:
        patch = three_way_merge(target.resource.kind, before, obj, before)
        patched = call.client.patch(target.resource, target.name, target.namespace, patch, "strategic")
    except PatchError as error:
        return KubectlError(str(error))
    except ApiError as error:
        await call.err(_note(result, target, error))
        return None
    await print_result(call, patched, "edited")
    return None


def _without_managers(obj: Object) -> Object:
    """The object as the editor shows it."""
    return without_field(obj, "metadata.managedFields")


def _note(result: _Round, target: Target, error: ApiError) -> str:
    """Remember a refusal; the line that says so."""
    what = f'{target.resource.qualified_plural} "{target.name}"'
    if error.status.reason == "Invalid":
        result.again = True
        causes = "".join(f"# * {_commented(str(cause))}\n" for cause in error.status.causes)
        result.reasons.append(f"# {what} was not valid{':' if causes else ''}\n{causes}#\n")
        return f"error: {what} is invalid\n"
    if error.status.reason == "NotFound":
        result.missing += 1
        return f"error: {what} could not be found on the server\n"
    result.conflicts += 1
    return f"error: {what} could not be patched: {error.status.message}\n"


async def _verdict(call: Invocation, result: _Round, edited: str) -> int | None:
    """The exit code, or None to go round again."""
    if result.conflicts:
        call.context.files.write(result.path, edited)
        await call.err(f"You can run `kubectl replace -f {result.path}` to try this update again.\n")
        return 1
    if result.missing:
        call.context.files.write(result.path, edited)
        await call.err(f'The edits you made on deleted resources have been saved to "{result.path}"\n')
        return 1
    return None if result.again else 0


async def _preserved(call: Invocation, path: str, edited: str, why: str) -> int:
    call.context.files.write(path, edited)
    await call.err(f'A copy of your changes has been stored to "{path}"\n')
    raise KubectlError(why)


COMMAND = Command(
    name="edit",
    short="Edit a resource on the server",
    long=(
        "Edit a resource from the default editor.\n\n"
        " The edit command allows you to directly edit any API resource you can retrieve via the command-line tools. "
        "It "
        "will open the editor of this terminal.\n\n"
        " You can edit multiple objects, although changes are applied one at a time. The command accepts file names as "
        "well as command-line arguments, although the files you point to must be previously saved versions of "
        "resources.\n\n"
        ' The default format is YAML. To edit in JSON, specify "-o json".\n\n'
        " In the event an error occurs while updating, a temporary file will be created on disk that contains your "
        "unapplied changes. The most common error when updating a resource is another editor changing the resource on "
        "the server. When this occurs, you will have to apply your changes to the newer version of the resource, or "
        "update your temporary saved copy to include the latest resource version."
    ),
    examples="""
# Edit the service named 'registry'
kubectl edit svc/registry

# Edit the deployment 'mydeployment' in JSON
kubectl edit deployment/mydeployment -o json

# Edit the deployment 'mydeployment' in YAML and save the modified config in its annotation
kubectl edit deployment/mydeployment -o yaml --save-config
""",
    usage="(RESOURCE/NAME | -f FILENAME)",
    flags=(
        common.field_manager("kubectl-edit"),
        common.filename("to use to edit the resource"),
        Flag("output", "Output format. One of: (json, yaml).", short="o", choices=("json", "yaml")),
        common.RECORD,
        common.RECURSIVE,
        SAVE_CONFIG,
        VALIDATE,
    ),
    lacks=(
        "allow-missing-template-keys", "k", "kustomize", "output-patch", "show-managed-fields", "subresource",
        "template", "windows-line-endings",
    ),
    handler=edit,
)  # fmt: skip
