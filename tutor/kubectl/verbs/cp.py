"""`kubectl cp`: copy a file or a folder into a container or out of one.

Source: pkg/cmd/cp of https://github.com/kubernetes/kubectl
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from tutor.engine.objects import Object, field
from tutor.engine.resources import POD
from tutor.kubectl.attachable import is_running
from tutor.kubectl.command import Command
from tutor.kubectl.context import Files
from tutor.kubectl.errors import KubectlError, PlainError
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.verbs.exec import CONTAINER, chosen_container

_FORMAT = "filespec must match the canonical format: [[namespace/]pod:]file/path"


@dataclass(frozen=True)
class _Place:
    """One end of the copy; `pod` is empty for the shell's own files."""

    namespace: str
    pod: str
    path: str


async def cp(call: Invocation) -> int:
    """Copy from the first place to the second."""
    if len(call.args) != 2:
        raise KubectlError("source and destination are required")
    source, target = (_parse(call, word) for word in call.args)
    if source.pod and target.pod:
        raise KubectlError("one of src or dest must be a local file specification")
    if not source.path or not target.path:
        raise KubectlError("filepath can not be empty")
    if source.pod:
        await _from_pod(call, source, target.path)
    elif target.pod:
        await _to_pod(call, source.path, target)
    else:
        raise KubectlError("one of src or dest must be a remote file specification")
    return 0


async def _from_pod(call: Invocation, source: _Place, to: str) -> None:
    """Copy out of a Pod; what tar says there comes on standard output."""
    files, local = await _files_of(call, source), call.context.files
    if not files.exists(source.path):
        await call.out(
            f"tar: {source.path}: Cannot stat: No such file or directory\n"
            "tar: Exiting with failure status due to previous errors\n"
        )
        raise PlainError("command terminated with exit code 2", 2)
    if source.path.startswith("/"):
        await call.out("tar: Removing leading `/' from member names\n")
    if local.is_dir(to) and not files.is_dir(source.path):
        raise KubectlError(f"open {to}: is a directory")
    _copy(files, source.path, local, to)


async def _to_pod(call: Invocation, path: str, target: _Place) -> None:
    """Copy into a Pod; into the folder if one is there."""
    local = call.context.files
    if not local.exists(path):
        raise KubectlError(f"{path} doesn't exist in local filesystem")
    files, to = await _files_of(call, target), target.path
    if files.is_dir(to):
        to = posixpath.join(to, posixpath.basename(posixpath.normpath(path)))
    folder = posixpath.dirname(to)
    if folder and not files.is_dir(folder):
        raise PlainError(
            f"tar: {folder}: Cannot open: No such file or directory\n"
            "tar: Error is not recoverable: exiting now\n"
            "command terminated with exit code 2",
            2,
        )
    _copy(local, path, files, to)


def _parse(call: Invocation, word: str) -> _Place:
    pod, colon, path = word.partition(":")
    if not colon:
        return _Place("", "", word)
    parts = pod.split("/")
    if not pod or len(parts) > 2:
        raise KubectlError(_FORMAT)
    return _Place(parts[0] if len(parts) == 2 else call.namespace, parts[-1], path)


async def _files_of(call: Invocation, place: _Place) -> Files:
    """The files of the container meant."""
    pod: Object = call.client.get(POD, place.pod, place.namespace)
    phase = field(pod, "status.phase")
    if phase in {"Succeeded", "Failed"}:
        raise KubectlError(f"cannot exec into a container in a completed pod; current phase is {phase}")
    container, note = chosen_container(pod, call.text("container"))
    await call.err(note)
    name = str(container["name"])
    if not is_running(pod, name):
        raise KubectlError(f'Internal error occurred: unable to upgrade connection: container not found ("{name}")')
    return call.context.containers.files(pod, name)


def _copy(source: Files, path: str, target: Files, to: str) -> None:
    """Copy a file, or what is in a folder, making the folders it needs."""
    if source.is_dir(path):
        _make(target, to)
        for name in source.listdir(path):
            _copy(source, posixpath.join(path, name), target, posixpath.join(to, name))
        return
    _make(target, posixpath.dirname(to))
    try:
        target.write(to, source.read(path))
    except OSError as error:
        raise KubectlError(f"{to}: {error.strerror or error}") from None


def _make(files: Files, folder: str) -> None:
    if folder and not files.is_dir(folder):
        files.mkdir(folder)


COMMAND = Command(
    name="cp",
    short="Copy files and directories to and from containers",
    long="Copy files and directories to and from containers.",
    examples="""
# Copy /tmp/foo_dir local directory to /tmp/bar_dir in a remote pod in the default namespace
kubectl cp /tmp/foo_dir <some-pod>:/tmp/bar_dir

# Copy /tmp/foo local file to /tmp/bar in a remote pod in a specific container
kubectl cp /tmp/foo <some-pod>:/tmp/bar -c <specific-container>

# Copy /tmp/foo local file to /tmp/bar in a remote pod in namespace <some-namespace>
kubectl cp /tmp/foo <some-namespace>/<some-pod>:/tmp/bar

# Copy /tmp/foo from a remote pod to /tmp/bar locally
kubectl cp <some-namespace>/<some-pod>:/tmp/foo /tmp/bar
""",
    usage="<file-spec-src> <file-spec-dest>",
    flags=(CONTAINER,),
    lacks=("no-preserve", "retries"),
    handler=cp,
)
