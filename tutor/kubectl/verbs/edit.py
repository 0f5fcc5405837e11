"""`kubectl edit`: the object in an editor, again and again until the API takes it.

Source: pkg/cmd/util/editor of https://github.com/kubernetes/kubectl
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tutor.engine.errors import ApiError
from tutor.engine.objects import Object, name_of, uid_of
from tutor.kubectl import common_flags as common
from tutor.kubectl.changes import two_way_patch
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.errors import KubectlError
from tutor.kubectl.field_validation import VALIDATE, validation_of
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.last_applied import updated
from tutor.kubectl.manifests import Manifest, parse_manifests
from tutor.kubectl.resource_args import Target, select
from tutor.kubectl.results import print_result
from tutor.kubectl.verbs.create import SAVE_CONFIG

_HEADER = """\
# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
"""
_SAME_KEYS = "At least one of apiVersion, kind and name was changed"


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
        failed = bool(result.reasons)
        if failed and _strip(edited) == _strip(kept):
            return await _preserved(call, path, edited, "Edit cancelled, no valid changes were saved.")
        kept = edited
        if _strip(edited) == _strip(original):
            await call.err("Edit cancelled, no changes made.\n")
            return 0
        if not _strip(edited).strip():
            await call.err("Edit cancelled, saved file was empty.\n")
            return 0
        result = _Round(path)
        body = _strip(edited)
        manifests = list(parse_manifests(_strip(edited), "edited-file", validate=False))
        problems = [item for item in manifests if not isinstance(item, Manifest)]
        if problems:
            result.reasons.append(f"# The edited file had a syntax error: {_commented(problems[0].message)}\n#\n")
            continue
        for item in manifests:
            if isinstance(item, Manifest):
                await _send(call, targets, item.object, result)
        code = await _verdict(call, result, edited)
        if code is not None:
            return code


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

    objects = [target.obj for target in targets]
    shown = objects[0] if len(objects) == 1 else {"apiVersion": "v1", "items": objects, "kind": "List", "metadata": {}}
    return to_json(shown, sort=True) + "\n" if call.text("output") == "json" else to_yaml(shown)


def _with_header(call: Invocation, reasons: list[str], body: str) -> str:
    return body if call.text("output") == "json" else _HEADER + "".join(reasons) + body


def _strip(text: str) -> str:
    """The text without comment lines."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("#"))


def _commented(text: str) -> str:
    return text.replace("\n", "\n# ")


async def _send(call: Invocation, targets: list[Target], obj: Object, result: _Round) -> None:
    """Patch one edited object; what the API says against it is for the next round.

    Raises:
        KubectlError: the edited object is not the one that was opened.
    """
    metadata = obj.get("metadata")
    if not isinstance(metadata, dict):
        raise KubectlError(_SAME_KEYS)
    target = next((each for each in targets if uid_of(each.obj) == metadata.get("uid")), None)
    if target is None:
        raise KubectlError(f'no original object found for "{metadata.get("name", "")}"')
    before = target.obj
    if before == obj:
        await print_result(call, obj, "skipped")
        return
    if any(before.get(key) != obj.get(key) for key in ("apiVersion", "kind")) or name_of(before) != name_of(obj):
        raise KubectlError(_SAME_KEYS)
    if before["metadata"].get("namespace") != metadata.get("namespace"):
        raise KubectlError(
            f'the namespace from the provided object "{metadata.get("namespace", "")}" does not match the namespace '
            f"\"{target.namespace}\". You must pass '--namespace={metadata.get('namespace', '')}' to perform this "
            "operation."
        )
    obj = updated(obj, save=call.on("save-config"))
    try:
        patched = call.client.patch(
            target.resource, target.name, target.namespace, two_way_patch(before, obj), "strategic"
        )
    except ApiError as error:
        await call.err(_note(result, target, error))
        return
    await print_result(call, patched, "edited")


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
