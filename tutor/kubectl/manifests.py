"""Reading manifests: what `-f` names, as objects, with kubectl's own complaints about what it cannot read.

Source: the visitors of https://github.com/kubernetes/cli-runtime/tree/master/pkg/resource and tests/golden
(`03-invalid-manifests`).
"""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tutor.engine.decoding import DecodeError, check_metadata_types
from tutor.engine.objects import Object, with_field, without_field
from tutor.engine.resources import Resource, find_kind_as_clients
from tutor.kubectl.context import Context
from tutor.kubectl.errors import KubectlError, PlainError, raise_all
from tutor.kubectl.lookup import not_simulated

EXTENSIONS: Final = (".json", ".yaml", ".yml")
STDIN: Final = "STDIN"
_MAX_NESTED_LISTS: Final = 8
_NO_OBJECT: Final = "invalid object to validate"
_GO_TYPE_META: Final = (
    r'struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }'
)


@dataclass(frozen=True)
class Manifest:
    """One object out of a file.

    Args:
        object: as written, with its namespace filled in.
        resource: its kind, known to the API.
        source: the file, as errors name it; `STDIN` for `-`.
    """

    object: Object
    resource: Resource
    source: str

    @property
    def name(self) -> str:
        """Its `metadata.name`, or the empty string."""
        return _text(_metadata(self.object).get("name"))

    @property
    def namespace(self) -> str:
        """Its namespace; empty for cluster-scoped kinds."""
        return _text(_metadata(self.object).get("namespace"))

    @property
    def described(self) -> str:
        """The lines errors describe it with."""
        resource = self.resource
        where = f"{resource.group}/{resource.version}"
        kind = self.object["kind"]
        return (
            f'Resource: "{where}, Resource={resource.plural}", GroupVersionKind: "{where}, Kind={kind}"\n'
            f'Name: "{self.name}", Namespace: "{self.namespace}"'
        )


async def read_manifests(
    context: Context,
    filenames: Sequence[str],
    *,
    namespace: str,
    enforce: bool,
    recursive: bool = False,
    validate: bool = True,
) -> list[Manifest | KubectlError]:
    """The objects of files, folders, patterns and `-`, and the errors met on the way, in order.

    Args:
        context: where the files are.
        filenames: what `-f` was given.
        namespace: for objects that name none.
        enforce: whether that namespace was asked for, so that objects of another one are errors.
        recursive: whether to go into folders of folders.
        validate: whether a missing kind is found before the object is decoded.

    Raises:
        KubectlError, AggregateError: a path leads nowhere; nothing was read.
    """
    found: list[Manifest | KubectlError] = []
    for path in _expand_all(context, filenames, recursive):
        text = await context.stdin.read() if path == "-" else _read(context, path)
        if isinstance(text, KubectlError):
            found.append(text)
        else:
            found += parse_manifests(text, STDIN if path == "-" else path, validate=validate)
    return [item if isinstance(item, KubectlError) else placed_in(item, namespace, enforce=enforce) for item in found]


def parse_manifests(text: str, source: str, *, validate: bool) -> Iterator[Manifest | KubectlError]:
    """The objects of a text of YAML documents or JSON values, lists taken apart; an unreadable one ends it."""
    from tutor.kubectl import go_yaml  # the YAML library costs start-up time

    try:
        for value in go_yaml.documents(text):
            if value is None:
                continue
            if validate and (found := problems(value)):
                yield KubectlError(
                    f'error validating "{source}": error validating data: {found}; '
                    "if you choose to ignore these errors, turn validation off with --validate=false"
                )
                return
            yield from _objects(value, source)
    except go_yaml.YamlError as error:
        yield KubectlError(f"error parsing {source}: {error}")


def problems(value: Any) -> str:
    """What the client itself finds wrong with a document; the rest is for the server.

    Source: pkg/validation of https://github.com/kubernetes/kubectl.
    """
    found = _kind_problems(value)
    if not found and value["kind"] == "List" and value["apiVersion"] == "v1":
        items = value.get("items")
        found = (
            [problem for item in items for problem in _kind_problems(item)] if isinstance(items, list) else [_NO_OBJECT]
        )
    found = list(dict.fromkeys(found))
    return found[0] if len(found) == 1 else f"[{', '.join(found)}]" if found else ""


def _kind_problems(value: Any) -> list[str]:
    if not isinstance(value, dict):
        return [_NO_OBJECT]
    found = []
    for field in ("apiVersion", "kind"):
        if value.get(field) is None:
            found.append(f"{field} not set")
        elif not isinstance(value[field], str):
            found.append(f"{field} isn't string type")
    return found


def _objects(value: Any, source: str) -> Iterator[Manifest | KubectlError]:
    if not isinstance(value, dict):
        yield KubectlError(
            f'unable to decode "{source}": json: cannot unmarshal {_go_type(value)} into Go value of type '
            + _GO_TYPE_META
        )
        return
    if not isinstance(value.get("kind"), str) or not value["kind"]:
        from tutor.kubectl.printers.text import to_compact_json

        yield KubectlError(f"unable to decode \"{source}\": Object 'Kind' is missing in '{to_compact_json(value)}'")
        return
    try:
        check_metadata_types(value)
    except DecodeError as error:
        yield KubectlError(f'unable to decode "{source}": {error}')
        return
    if _is_list(value):
        yield from _items(value, source, 0)
    else:
        yield _manifest(value, source)


def _is_list(value: Object) -> bool:
    return str(value["kind"]).endswith("List") and isinstance(value.get("items"), list)


def _items(value: Object, source: str, depth: int) -> Iterator[Manifest | KubectlError]:
    """The objects of a list, and then the errors met.

    Source: `decodeToList` of k8s.io/apimachinery/pkg/apis/meta/v1/unstructured, and FlattenListVisitor.
    """
    errors: list[KubectlError] = []
    for item in value["items"]:
        if isinstance(item, dict) and not item.get("kind") and not item.get("apiVersion"):
            item = {**item, "apiVersion": value.get("apiVersion"), "kind": value["kind"].removesuffix("List")}
        problem = _item_problem(item, source)
        if problem is not None:
            errors.append(problem)
        elif _is_list(item) and depth < _MAX_NESTED_LISTS:
            yield from _items(item, source, depth + 1)
        else:
            yield _manifest(item, source)
    yield from errors


def _item_problem(item: Any, source: str) -> KubectlError | None:
    """Why an item of a list is no object of a kind there is."""
    if not isinstance(item, dict):
        return KubectlError(
            f'unable to decode "{source}": json: cannot unmarshal {_go_type(item)} into Go value of type '
            "map[string]interface {}"
        )
    kind, api_version = _text(item.get("kind")), _text(item.get("apiVersion"))
    why = ""
    if not kind:
        why = "Object 'Kind' is missing in 'object has no kind field '"
    elif not api_version:
        why = "Object 'apiVersion' is missing in 'object has no apiVersion field'"
    if why:
        return PlainError(f'unable to get type info from the object "*unstructured.Unstructured": {why}')
    if find_kind_as_clients(api_version, kind) is None and not kind.endswith("List") and not not_simulated(kind):
        return PlainError(f'unable to recognize no matches for kind "{kind}" in version "{api_version}"')
    return None


def _manifest(value: Object, source: str) -> Manifest | KubectlError:
    kind, api_version = value["kind"], _text(value.get("apiVersion"))
    metadata = _metadata(value)
    resource = find_kind_as_clients(api_version, kind)
    if resource is None and (reason := not_simulated(kind)):
        return KubectlError(f'"{_text(metadata.get("name"))}" from "{source}": {reason}')
    if resource is None:
        return KubectlError(
            f'resource mapping not found for name: "{_text(metadata.get("name"))}" '
            f'namespace: "{_text(metadata.get("namespace"))}" from "{source}": '
            f'no matches for kind "{kind}" in version "{api_version}"\nensure CRDs are installed first'
        )
    return Manifest(value, resource, source)


def placed_in(manifest: Manifest, namespace: str, *, enforce: bool) -> Manifest | KubectlError:
    """The manifest with its namespace settled.

    Args:
        manifest: as written.
        namespace: for an object that names none.
        enforce: whether objects of another namespace are errors.
    """
    written = manifest.namespace
    if not manifest.resource.namespaced:
        cleared = without_field(manifest.object, "metadata.namespace")
        return replace(manifest, object=cleared) if written else manifest
    if not written:
        return replace(manifest, object=with_field(manifest.object, "metadata.namespace", namespace))
    if enforce and written != namespace:
        return KubectlError(
            f'the namespace from the provided object "{written}" does not match the namespace "{namespace}". '
            f"You must pass '--namespace={written}' to perform this operation."
        )
    return manifest


def _metadata(obj: Any) -> dict[str, Any]:
    metadata = obj.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _go_type(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "number"


def _expand_all(context: Context, filenames: Sequence[str], recursive: bool) -> list[str]:
    """The files that `-f` words stand for, in order; `-` stays."""
    paths: list[str] = []
    errors: list[Exception] = []
    for word in filenames:
        try:
            paths += _expand(context, word, recursive)
        except KubectlError as error:
            errors.append(error)
    raise_all(errors)
    return paths


def _expand(context: Context, word: str, recursive: bool) -> list[str]:
    files = context.files
    if word == "-":
        return ["-"]
    if word.startswith(("http://", "https://")):
        raise KubectlError(f'unable to read URL "{word}": the simulation has no internet; use a file of this folder')
    if files.exists(word):
        matches = [word]
    else:
        matches = _glob(context, word)
        if not matches:
            raise KubectlError(f'the path "{word}" does not exist')
    found: list[str] = []
    for path in matches:
        found += _walk(context, path, recursive) if files.is_dir(path) else [path]
    if not found:
        raise KubectlError(
            f"error reading [{' '.join(matches)}]: recognized file extensions are [{' '.join(EXTENSIONS)}]"
        )
    return found


def _glob(context: Context, pattern: str) -> list[str]:
    """The paths a pattern matches in its last part."""
    folder, name = posixpath.split(pattern)
    if not any(char in name for char in "*?["):
        return []
    try:
        names = context.files.listdir(folder or ".")
    except OSError:
        return []
    return [posixpath.join(folder, each) for each in names if fnmatch.fnmatchcase(each, name)]


def _walk(context: Context, folder: str, recursive: bool) -> Iterator[str]:
    for name in context.files.listdir(folder):
        path = posixpath.join(folder, name)
        if not context.files.is_dir(path):
            if posixpath.splitext(name)[1] in EXTENSIONS:
                yield path
        elif recursive:
            yield from _walk(context, path, recursive)


def _read(context: Context, path: str) -> str | KubectlError:
    try:
        return context.files.read(path)
    except FileNotFoundError:
        return KubectlError(f"open {path}: no such file or directory")
    except (OSError, UnicodeError):
        return KubectlError(f"error parsing {path}: error converting YAML to JSON: yaml: invalid leading UTF-8 octet")
