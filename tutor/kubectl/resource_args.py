"""The objects a command line means: `svc web`, `pod/a deploy/b`, `pods,svc -l app=web`, `-f web.yaml`.

Source: the Builder of https://github.com/kubernetes/cli-runtime/blob/master/pkg/resource/builder.go
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from tutor.engine.errors import ApiError, bad_request
from tutor.engine.objects import Object, name_of, namespace_of
from tutor.engine.resources import NAMESPACE, Resource
from tutor.kubectl.errors import KubectlError, PlainError, raise_all
from tutor.kubectl.invocation import Invocation
from tutor.kubectl.lookup import resource_for, split_types
from tutor.kubectl.manifests import Manifest, read_manifests

_MISSING = (
    "You must provide one or more resources by argument or filename.\n"
    "Example resource specifications include:\n"
    "   '-f rsrc.yaml'\n"
    "   '--filename=rsrc.json'\n"
    "   '<resource> <name>'\n"
    "   '<resource>'"
)


@dataclass(frozen=True)
class Target:
    """One object meant.

    Args:
        resource: its kind.
        name: its name.
        namespace: its namespace; empty for cluster-scoped kinds.
        object: the object, from the API or a file; None if it was only named and nothing was fetched.
        source: the file it was named in, if any.
    """

    resource: Resource
    name: str
    namespace: str
    object: Object | None = None
    source: str = ""

    @property
    def obj(self) -> Object:
        """The object, where it is known that it was fetched."""
        assert self.object is not None  # noqa: S101
        return self.object


@dataclass(frozen=True)
class Selection:
    """What a command line means.

    Args:
        targets: the objects, in the order asked for.
        errors: what went wrong with others.
        single: whether exactly one object was named.
        by_name: whether objects were named, rather than selected.
        resources: the kinds that were selected from.
        from_files: whether they come out of files.
        mixed: targets and errors in the order of the arguments, where they are known to be in one.
    """

    targets: list[Target]
    errors: list[Exception] = field(default_factory=list)
    single: bool = False
    by_name: bool = False
    resources: tuple[Resource, ...] = ()
    from_files: bool = False
    mixed: tuple[Target | Exception, ...] = ()

    @property
    def order(self) -> Sequence[Target | Exception]:
        """Targets and errors in the order in which kubectl comes to them."""
        return self.mixed or (*self.errors, *self.targets)

    def bare(self) -> Selection:
        """The same for verbs that collect these errors with others: kubectl prints those of files bare then."""
        if not self.from_files:
            return self
        errors = [PlainError(each.message) if type(each) is KubectlError else each for each in self.errors]
        return replace(self, errors=errors)

    def raise_errors(self) -> None:
        """Raise what went wrong, if anything did."""
        raise_all(self.errors)


@dataclass(frozen=True)
class _Words:
    """Arguments taken apart: types with names, or pairs of type and name."""

    types: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()


async def select(
    call: Invocation,
    args: Sequence[str],
    *,
    filenames: Sequence[str] = (),
    recursive: bool = False,
    labels: str = "",
    fields: str = "",
    everything: bool = False,
    all_namespaces: bool = False,
    bare_types: bool = False,
    fetch: Literal["lazy", "latest", "never"] = "lazy",
    go_on: bool = True,
    one_type: bool = False,
) -> Selection:
    """Find the objects meant.

    Args:
        call: the invocation.
        args: the words after the verb.
        filenames: the values of -f.
        recursive: -R.
        labels: -l.
        fields: --field-selector.
        everything: --all.
        all_namespaces: -A.
        bare_types: whether a type alone means all objects of it (as for get, and not for delete).
        fetch: get named objects and leave those of files as written ("lazy"), get both ("latest"), or get neither.
        go_on: whether to go on after an object that cannot be had.
        one_type: whether several types are an error.

    Raises:
        KubectlError: the words make no sense together.
        ApiError: the server refuses a selector.
    """
    words = _take_apart(args)
    if "ev" in (*words.types, *(word for word, _ in words.pairs)):
        call.client.warn('short name "ev" could also match lower priority resource events.events.k8s.io')
    namespace = None if all_namespaces else call.namespace
    if filenames:
        return await _from_files(call, words, filenames, recursive, labels, fetch)
    if labels or fields or everything or (bare_types and len(args) == 1 and not words.pairs):
        return _from_selector(call, words, namespace, labels, fields, one_type=one_type)
    if words.pairs:
        targets = [_named(word, name, namespace) for word, name in words.pairs]
        if one_type and len({target.resource for target in targets}) > 1:
            raise KubectlError("you may only specify a single resource type")
        return _fetched(call, targets, fetch, go_on=go_on)
    if words.names:
        if len(words.types) > 1:
            raise KubectlError("you must specify only one resource")
        return _fetched(call, [_named(words.types[0], name, namespace) for name in words.names], fetch, go_on=go_on)
    for word in words.types:
        resource_for(word)
    raise KubectlError("resource(s) were provided, but no name was specified" if words.types else _MISSING)


def _take_apart(args: Sequence[str]) -> _Words:
    args = _spread_types(args)
    slashes = sum("/" in arg for arg in args)
    if slashes and slashes < len(args):
        raise KubectlError(
            "there is no need to specify a resource type as a separate argument when passing arguments in "
            "resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of "
            "'kubectl get resource resource/<resource_name>'"
        )
    if slashes:
        return _Words(pairs=tuple(_pair(arg) for arg in args))
    if not args:
        return _Words()
    return _Words(types=tuple(split_types(args[0])), names=tuple(args[1:]))


def _spread_types(args: Sequence[str]) -> Sequence[str]:
    """`pod,svc web` as `pod/web svc/web`."""
    if len(args) < 2 or "," not in args[0]:
        return args
    types = list(dict.fromkeys(args[0].split(",")))
    return [f"{word}/{name}" for word in types for name in args[1:]] if len(types) > 1 else [types[0], *args[1:]]


def _pair(arg: str) -> tuple[str, str]:
    parts = arg.split("/")
    if len(parts) != 2:
        raise KubectlError("arguments in resource/name form may not have more than one slash")
    word, name = parts
    if not word or not name or "," in word:
        raise KubectlError("arguments in resource/name form must have a single resource and name")
    return word, name


def _refuse_words_with_files(words: _Words) -> None:
    if words.types:
        raise KubectlError(
            "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well"
        )
    if words.pairs:
        raise KubectlError("resource/name arguments cannot be provided when a path is specified")


def _named(word: str, name: str, namespace: str | None) -> Target:
    resource = resource_for(word)
    if not resource.namespaced:
        return Target(resource, name, "")
    if namespace is None:
        raise KubectlError("a resource cannot be retrieved by name across all namespaces")
    return Target(resource, name, namespace)


def _fetched(call: Invocation, targets: list[Target], fetch: str, *, go_on: bool) -> Selection:
    met: list[Target | Exception] = []
    for target in targets:
        try:
            met.append(target if fetch == "never" else get_target(call, target))
        except (ApiError, KubectlError) as error:
            met.append(error)
            if not go_on:
                break
    found = [each for each in met if isinstance(each, Target)]
    errors = [each for each in met if isinstance(each, Exception)]
    return Selection(found, errors, single=len(targets) == 1, by_name=True, mixed=tuple(met))


def get_target(call: Invocation, target: Target) -> Target:
    """The target with its object as the API has it now; where its namespace is not there either, that is the error.

    Source: `Info.Get` of https://github.com/kubernetes/cli-runtime/blob/master/pkg/resource/visitor.go

    Raises:
        ApiError: it is not there.
        KubectlError: it has no name.
    """
    if not target.name:
        raise KubectlError("resource name may not be empty")
    try:
        return replace(target, object=call.client.get(target.resource, target.name, target.namespace))
    except ApiError as error:
        if error.status.reason == "NotFound" and target.namespace:
            call.client.get(NAMESPACE, target.namespace)
        raise


async def _from_files(
    call: Invocation, words: _Words, filenames: Sequence[str], recursive: bool, labels: str, fetch: str
) -> Selection:
    items = await read_manifests(
        call.context,
        filenames,
        namespace=call.namespace,
        enforce=call.namespace_given,
        recursive=recursive,
        validate=False,
    )
    _refuse_words_with_files(words)
    targets = [_from_manifest(item) for item in items if isinstance(item, Manifest)]
    errors: list[Exception] = [item for item in items if not isinstance(item, Manifest)]
    if labels:
        from tutor.engine.selectors import parse_selector

        selector = parse_selector(labels)
        targets = [target for target in targets if selector.matches(target.obj["metadata"].get("labels") or {})]
    single = len(filenames) == 1 and len(targets) + len(errors) == 1
    if fetch == "latest":
        fetched = _fetched(call, targets, fetch, go_on=True)
        targets, errors = fetched.targets, errors + fetched.errors
    return Selection(targets, errors, single=single, by_name=True, from_files=True)


def _from_manifest(item: Manifest) -> Target:
    return Target(item.resource, item.name, item.namespace, item.object, item.source)


def _from_selector(
    call: Invocation, words: _Words, namespace: str | None, labels: str, fields: str, *, one_type: bool
) -> Selection:
    if words.names:
        raise KubectlError("name cannot be provided when a selector is specified")
    if words.pairs:
        raise KubectlError("selectors and the all flag cannot be used when passing resource/name arguments")
    if not words.types:
        raise KubectlError("at least one resource must be specified to use a selector")
    resources = list(dict.fromkeys(resource_for(word) for word in words.types))
    if one_type and len(resources) > 1:
        raise KubectlError("you may only specify a single resource type")
    targets: list[Target] = []
    errors: list[Exception] = []
    for resource in resources:
        try:
            targets += list_targets(call, resource, namespace, labels, fields)
        except ApiError as error:
            errors.append(error)
    return Selection(targets, errors, resources=tuple(resources))


def list_targets(
    call: Invocation, resource: Resource, namespace: str | None, labels: str = "", fields: str = ""
) -> list[Target]:
    """The objects of a kind that match; a selector the server refuses is explained as kubectl explains it.

    Raises:
        ApiError: the selector is no selector.
    """
    space = namespace if resource.namespaced else None
    try:
        objects = call.client.list(resource, space, labels=labels, fields=fields)
    except ApiError as error:
        if error.status.reason != "BadRequest" or not (labels or fields):
            raise
        raise bad_request(
            f'Unable to find "{_gvr(resource)}" that match label selector "{labels}", '
            f'field selector "{fields}": {error.status.message}'
        ) from None
    return [Target(resource, name_of(obj), namespace_of(obj), obj) for obj in objects]


def _gvr(resource: Resource) -> str:
    return f"{resource.group}/{resource.version}, Resource={resource.plural}"
