"""The API of the cluster: create, read, change, delete and watch objects.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

from tutor.engine import admission, allocation
from tutor.engine.addresses import Addresses, AddressState
from tutor.engine.binding import bound
from tutor.engine.clock import Clock
from tutor.engine.decoding import decode
from tutor.engine.deletion import begin_deletion
from tutor.engine.dice import Dice
from tutor.engine.disruption import EVICTED, disrupted
from tutor.engine.errors import ApiError, Status, already_exists, bad_request, conflict, go_value, invalid, not_found
from tutor.engine.kinds import KINDS
from tutor.engine.kinds.base import Kind
from tutor.engine.managed.managers import By, Managers, applied, is_reset, read, updated, with_managers
from tutor.engine.managed.origin import managers_of
from tutor.engine.objects import Object, is_deleting, name_of, namespace_of, uid_of
from tutor.engine.patching import PatchKind, check_place, check_unchanged_since, patched
from tutor.engine.queries import Query, WatchEvent, WatchEvents
from tutor.engine.resources import NAMESPACE, POD, Resource, find_kind
from tutor.engine.store import Store
from tutor.engine.table import Row, Table
from tutor.engine.validation import check_metadata, not_negative

__all__ = ["Api", "WatchEvent"]

Objects: TypeAlias = list[Object]
Paths: TypeAlias = list[str]

_GENERATED_LENGTH: Final = 58
"""Bytes kept of a generateName, so that with its 5 random letters it fits a DNS label."""


class Api:
    """What kube-apiserver is to a real cluster.

    Args:
        store: where objects are kept.
        clock: what time it is.
        dice: names, uids and addresses where none are asked for.
    """

    def __init__(self, store: Store, clock: Clock, dice: Dice) -> None:
        self._store, self._clock, self._dice = store, clock, dice
        self.addresses = Addresses(dice)
        store.subscribe(self.addresses.follow, "Service")

    # Reading

    def get(self, resource: Resource, name: str, namespace: str = "") -> Object:
        """The object of that name.

        Raises:
            ApiError: NotFound.
        """
        obj = self._store.get(resource.kind, namespace if resource.namespaced else "", name)
        if obj is None:
            raise not_found(resource.plural, resource.group, name)
        return obj

    def list(self, resource: Resource, namespace: str | None = None, *, labels: str = "", fields: str = "") -> Objects:
        """The objects of a resource that match, ordered by namespace and name.

        Args:
            resource: of which kind.
            namespace: only in this one; None for all.
            labels: a label selector, as `-l` takes it.
            fields: a field selector, as `--field-selector` takes it.

        Raises:
            ApiError: BadRequest, for a selector that cannot be read.
        """
        query = Query(resource, labels, fields)
        if not resource.namespaced:
            namespace = ""
        equalities = query.labels.equalities
        if equalities:
            found = (
                obj
                for space in (self._store.namespaces_of(resource.kind) if namespace is None else [namespace])
                for obj in self._store.select(resource.kind, space, equalities)
            )
            return [obj for obj in found if query.matches(obj)]
        return [obj for obj in self._store.list(resource.kind, namespace) if query.matches(obj)]

    def watch(
        self, resource: Resource, namespace: str | None, since: int, *, labels: str = "", fields: str = ""
    ) -> WatchEvents:
        """What happened after a resourceVersion to the objects that match, oldest first.

        An object that stops matching counts as DELETED, one that starts to as ADDED.

        Raises:
            ApiError: BadRequest, for a selector that cannot be read.
        """
        query = Query(resource, labels, fields)
        events = []
        for change in self._store.changes_since(since):
            if change.kind == resource.kind and namespace in {None, namespace_of(change.object)}:
                event = query.event(change)
                if event is not None:
                    events.append(event)
        return events

    def table(self, resource: Resource, objects: Iterable[Object]) -> Table:
        """The objects as kubectl lists them."""
        kind = KINDS[resource.kind]
        return Table(kind.columns, tuple(Row(kind.cells(obj, self._clock), obj) for obj in objects))

    # Writing

    def create(
        self,
        obj: Object,
        namespace: str = "",
        *,
        dry_run: bool = False,
        trusted: bool = False,
        unknown: Paths | None = None,
        by: By | None = None,
    ) -> Object:
        """Store a new object; return it with everything the API fills in.

        Args:
            obj: the manifest; not changed.
            namespace: where it goes; its own `metadata.namespace` or `default` if empty.
            dry_run: do everything but storing.
            trusted: the engine built the object itself: skip decoding and validation.
            unknown: takes the paths of fields the kind does not have, which are dropped; they are refused if None.
            by: who is to manage its fields; nobody in particular if None.

        Raises:
            ApiError: BadRequest, NotFound (the namespace), Forbidden, Invalid or AlreadyExists.
        """
        resource = _resource_of(obj)
        if not trusted:
            obj = decode(obj, resource.kind, resource.api_version, unknown)
        obj = {**obj, "metadata": obj.get("metadata") or {}}
        managers: Managers = {}
        if by is not None:
            given = obj["metadata"].get("managedFields")
            defaulted = _unadmitted(KINDS[resource.kind].default(obj), obj)
            managers = updated(resource, {}, defaulted, read(given), by, self._clock.timestamp())
        return self._create(resource, obj, namespace, managers, dry_run=dry_run, trusted=trusted)

    def _create(
        self, resource: Resource, obj: Object, namespace: str, managers: Managers, *, dry_run: bool, trusted: bool
    ) -> Object:
        """Store a decoded object."""
        kind = KINDS[resource.kind]
        obj = {**obj, "metadata": self._new_metadata(resource, obj.get("metadata") or {}, namespace)}
        self._generate_name(resource, obj["metadata"])
        admission.admit_create(obj, resource, self._store, trusted=trusted)
        obj = kind.default(obj)
        if resource.kind == "Pod":
            if not trusted:
                admission.check_service_account(obj, self._store)
            obj = admission.mount_token(obj, self._dice)
        if kind.status is not None and not (trusted and "status" in obj):
            obj["status"] = kind.status(obj)
        if kind.generation:
            obj["metadata"].setdefault("generation", 1)
        if resource.kind == "Service":
            obj = allocation.normalize(obj)
        if not trusted:
            self._check(kind, [*check_metadata(obj, resource, kind.name_problems), *kind.validate(obj)], obj)
        if resource.kind == "Service":
            obj = allocation.allocate(obj, self.addresses.for_dry_run if dry_run else self.addresses)
        if self._store.get(resource.kind, namespace_of(obj), name_of(obj)) is not None:
            raise already_exists(resource.plural, resource.group, name_of(obj))
        if managers:
            obj = with_managers(obj, managers)
        return obj if dry_run else self._store.put(obj)

    def _new_metadata(self, resource: Resource, given: Mapping[str, Any], namespace: str) -> Object:
        if given.get("resourceVersion"):
            raise ApiError(Status(500, "", "resourceVersion should not be set on objects to be created"))
        metadata = {**given, "uid": self._dice.uuid()}
        metadata["creationTimestamp"] = self._clock.timestamp()
        for field in ("deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink", "generation"):
            metadata.pop(field, None)
        if resource.namespaced:
            own = given.get("namespace", "")
            if own and namespace and own != namespace:
                raise bad_request(
                    "the namespace of the provided object does not match the namespace sent on the request"
                )
            metadata["namespace"] = namespace or own or "default"
        else:
            metadata.pop("namespace", None)
        return metadata

    def _generate_name(self, resource: Resource, metadata: Object) -> None:
        """Put a name nobody has yet where only a generateName is given."""
        prefix = metadata.get("generateName", "")[:_GENERATED_LENGTH]
        while prefix and not metadata.get("name"):
            name = prefix + self._dice.suffix()
            if self._store.get(resource.kind, metadata.get("namespace", ""), name) is None:
                metadata["name"] = name

    def update(
        self,
        obj: Object,
        *,
        subresource: str = "",
        dry_run: bool = False,
        trusted: bool = False,
        unknown: Paths | None = None,
        by: By | None = None,
    ) -> Object:
        """Put an object in the place of the stored one of its name.

        Args:
            obj: the whole object. With a resourceVersion, the stored one must still have the same.
            subresource: empty, `status` (only the status changes) or `scale` (only spec.replicas does).
            dry_run: do everything but storing.
            trusted: the engine built the object itself: skip decoding and validation.
            unknown: as for `create`.
            by: who is to manage what this changes; managers stay as they are if None.

        Raises:
            ApiError: BadRequest, NotFound, Conflict or Invalid.
        """
        resource = _resource_of(obj)
        if not trusted:
            obj = decode(obj, resource.kind, resource.api_version, unknown)
        metadata = obj.get("metadata") or {}
        namespace = metadata.get("namespace") or "default"
        old = self.get(resource, metadata.get("name", ""), namespace)
        check_unchanged_since(resource, metadata, old)
        return self._replace(resource, obj, old, subresource, by, dry_run=dry_run, trusted=trusted)

    def _replace(
        self,
        resource: Resource,
        obj: Object,
        old: Object,
        subresource: str,
        by: By | None,
        *,
        dry_run: bool,
        trusted: bool = False,
        managers: Managers | None = None,
    ) -> Object:
        """Store what a decoded object changes of the old one.

        Args:
            resource: of which kind it is.
            obj: the object as it is wanted.
            old: the object as it is stored.
            subresource: as for `update`.
            by: as for `update`.
            dry_run: as for `update`.
            trusted: as for `update`.
            managers: those it is to have, if they are known already.
        """
        kind = KINDS[resource.kind]
        new = self._changed(kind, obj, old, subresource)
        if by is not None and managers is None:
            managers = self._managers_after(resource, obj, old, new, by)
        if resource.kind == "Service" and subresource == "":
            new = allocation.drop_type_dependent(allocation.normalize(new, old), old)
        if subresource == "" and not trusted:
            problems = [*check_metadata(new, resource, kind.name_problems), *kind.validate_update(new, old)]
            self._check(kind, [*problems, *kind.validate(new)], new)
        if resource.kind == "Service" and subresource == "":
            new = allocation.allocate(new, self.addresses.for_dry_run if dry_run else self.addresses, old)
        if new == old and managers in (None, managers_of(old)):
            return old
        if managers is not None:
            new = with_managers(new, managers)
        if kind.generation and subresource != "status" and _wanted(new) != _wanted(old):
            new["metadata"] = {**new["metadata"], "generation": old["metadata"].get("generation", 0) + 1}
        return new if dry_run else self._store.put(new)

    def _managers_after(self, resource: Resource, obj: Object, old: Object, new: Object, by: By) -> Managers:
        """The managers after somebody's update; those of the request are heeded as the API server does."""
        given = (obj.get("metadata") or {}).get("managedFields") if not by.subresource else None
        if is_reset(given):
            return {}
        return updated(resource, old, new, read(given) or managers_of(old), by, self._clock.timestamp())

    def _changed(self, kind: Kind, obj: Object, old: Object, subresource: str) -> Object:
        """The old object with what an update of that subresource may change."""
        if subresource and not kind.has_subresource(subresource):
            raise _no_such_resource()
        if subresource == "status":
            return {**old, "status": obj.get("status") or {}}
        if subresource == "scale":
            replicas = (obj.get("spec") or {}).get("replicas", 0)
            problems = list(not_negative("spec.replicas", replicas))
            if problems:
                raise invalid("Scale", "autoscaling", name_of(old), problems)
            return {**old, "spec": {**old["spec"], "replicas": replicas}}
        metadata = dict(obj["metadata"])
        for field in (
            "uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds",
            "resourceVersion", "namespace", "generateName", "selfLink", "managedFields",
        ):  # fmt: skip
            if field in old["metadata"]:
                metadata[field] = old["metadata"][field]
            else:
                metadata.pop(field, None)
        new = kind.default({**obj, "metadata": metadata})
        if kind.status is not None:
            new["status"] = old.get("status") or {}
        return new

    def _check(self, kind: Kind, errors: Sequence[Any], obj: Object) -> None:
        if errors:
            raise invalid(kind.resource.kind, kind.resource.group, name_of(obj), errors)

    def patch(
        self,
        resource: Resource,
        name: str,
        namespace: str,
        change: Any,
        kind: PatchKind,
        *,
        subresource: str = "",
        dry_run: bool = False,
        unknown: Paths | None = None,
        by: By | None = None,
    ) -> Object:
        """Change part of an object.

        Args:
            resource: of which kind.
            name: which one.
            namespace: where; ignored for cluster-scoped kinds.
            change: the patch: a mapping, or for `json` a list of operations.
            kind: how to read it.
            subresource: as for `update`.
            dry_run: do everything but storing.
            unknown: as for `create`.
            by: as for `update`.

        Raises:
            ApiError: as for `update`.
        """
        old = self.get(resource, name, namespace)
        base = with_managers(old, managers_of(old)) if by is not None else old
        obj = patched(resource, base, change, kind, unknown)
        metadata = obj.get("metadata") or {}
        check_unchanged_since(resource, metadata, old)
        check_place(metadata, old["metadata"])
        obj = {**obj, "apiVersion": resource.api_version, "kind": resource.kind}
        return self._replace(resource, obj, old, subresource, by, dry_run=dry_run)

    def apply(
        self,
        resource: Resource,
        name: str,
        namespace: str,
        config: Object,
        by: By,
        *,
        force: bool = False,
        dry_run: bool = False,
    ) -> Object:
        """Make an object what a manager's configuration says, and keep what others manage (server-side apply).

        Args:
            resource: of which kind.
            name: which one; it is created if there is none.
            namespace: where; ignored for cluster-scoped kinds.
            config: all that the manager wants of the object.
            by: the manager, and the subresource it uses.
            force: whether to take over fields that others manage.
            dry_run: do everything but storing.

        Raises:
            ApiError: as for `create` and `update`; Conflict also for fields that others manage.
        """
        space = namespace if resource.namespaced else ""
        old = self._store.get(resource.kind, space, name)
        now = self._clock.timestamp()
        if old is None:
            if by.subresource:
                raise not_found(resource.plural, resource.group, name)
            found = applied(resource, {}, config, {}, by, now, force=force)
            obj = decode(found.object, resource.kind, resource.api_version)
            check_place(obj.get("metadata") or {}, {"name": name, "namespace": space})
            return self._create(resource, obj, space, found.managers, dry_run=dry_run, trusted=False)
        found = applied(resource, old, config, managers_of(old), by, now, force=force)
        obj = decode(found.object, resource.kind, resource.api_version)
        metadata = obj.get("metadata") or {}
        check_unchanged_since(resource, (config.get("metadata") or {}), old)
        check_place(metadata, old["metadata"])
        return self._replace(resource, obj, old, by.subresource, by, dry_run=dry_run, managers=found.managers)

    def bind(self, name: str, namespace: str, node: str, *, dry_run: bool = False) -> None:
        """Assign a Pod to a node.

        Raises:
            ApiError: NotFound, or Conflict for a Pod that has a node or is going.
        """
        pod = self.get(POD, name, namespace)
        why = ""
        if is_deleting(pod):
            why = f"pod {name} is being deleted, cannot be assigned to a host"
        elif pod["spec"].get("nodeName"):
            why = f"pod {name} is already assigned to node {go_value(pod['spec']['nodeName'])}"
        if why:
            raise conflict("pods/binding", "", name, why)
        if not dry_run:
            self._store.put(bound(pod, node, self._clock))

    def evict(self, name: str, namespace: str, *, grace: int | None = None, dry_run: bool = False) -> None:
        """Have a Pod go as `kubectl drain` makes it go: it says why, and is deleted.

        Raises:
            ApiError: NotFound.
        """
        pod = self.get(POD, name, namespace)
        if not dry_run:
            self._store.put(disrupted(pod, EVICTED, self._clock))
        self.delete(POD, name, namespace, grace=grace, dry_run=dry_run)

    def finalize(self, name: str, finalizers: Sequence[str], *, dry_run: bool = False) -> Object:
        """Set what has to happen before a namespace may go; one that is going and waits for nothing goes.

        Raises:
            ApiError: NotFound.
        """
        old = self.get(NAMESPACE, name)
        new = {**old, "spec": {**(old.get("spec") or {}), "finalizers": list(finalizers)}}
        if dry_run or new == old:
            return new
        if is_deleting(new) and not finalizers:
            return self._store.remove("Namespace", "", name) or new
        return self._store.put(new)

    def delete(
        self,
        resource: Resource,
        name: str,
        namespace: str = "",
        *,
        grace: int | None = None,
        propagation: Literal["Background", "Foreground", "Orphan"] = "Background",
        dry_run: bool = False,
    ) -> Object:
        """Delete an object, or begin to.

        A Pod that runs is marked and goes when its kubelet has stopped it; a namespace when it is empty. Whatever the
        object owned is collected by the garbage collector, unless orphaned.

        Args:
            resource: of which kind.
            name: which one.
            namespace: where; ignored for cluster-scoped kinds.
            grace: seconds a Pod has to stop; its own terminationGracePeriodSeconds if None, 0 to drop it at once.
            propagation: what becomes of the objects it owns.
            dry_run: do everything but deleting.

        Returns:
            The object as it last was, or as it is now that its deletion has begun.

        Raises:
            ApiError: NotFound, or Forbidden for the namespaces a cluster needs.
        """
        obj = self.get(resource, name, namespace)
        admission.admit_delete(obj, resource)
        if propagation == "Orphan" and not dry_run:
            self._orphan(obj)
        marked = begin_deletion(obj, grace, self._clock)
        if dry_run:
            return marked or obj
        if marked is None:
            return self._store.remove(resource.kind, namespace_of(obj), name) or obj
        return self._store.put(marked) if marked != obj else obj

    def _orphan(self, owner: Object) -> None:
        """Have what the object owns belong to nobody, so that the garbage collector leaves it."""
        for kind, namespace, name in self._store.owned_by(uid_of(owner)):
            owned = self._store.get(kind, namespace, name)
            if owned is not None:
                metadata = dict(owned["metadata"])
                references = [item for item in metadata.pop("ownerReferences", ()) if item["uid"] != uid_of(owner)]
                if references:
                    metadata["ownerReferences"] = references
                self._store.put({**owned, "metadata": metadata})

    # Snapshots

    def snapshot(self) -> AddressState:
        """All that changes here and is not in the store."""
        return self.addresses.snapshot()

    def restore(self, state: object) -> None:
        """Go back to a snapshot."""
        assert isinstance(state, AddressState)  # noqa: S101  # only ever what snapshot() gave
        self.addresses.restore(state)


def _resource_of(obj: Mapping[str, Any]) -> Resource:
    resource = find_kind(str(obj.get("apiVersion", "")), str(obj.get("kind", "")))
    if resource is None:
        raise _no_such_resource()
    return resource


def _no_such_resource() -> ApiError:
    return ApiError(Status(404, "NotFound", "the server could not find the requested resource"))


_ADMITTED: Final = ("serviceAccountName", "serviceAccount", "tolerations", "priority", "preemptionPolicy")
"""Fields of a Pod that admission fills in, not the client and its defaults."""


def _unadmitted(obj: Object, given: Object) -> Object:
    """A new object with its defaults, as it is before admission: what its creator is taken to want."""
    if obj["kind"] != "Pod":
        return obj
    asked = given.get("spec") or {}
    return {**obj, "spec": {key: value for key, value in obj["spec"].items() if key in asked or key not in _ADMITTED}}


def _wanted(obj: Object) -> Object:
    """The parts of an object that its generation counts changes of."""
    return {key: value for key, value in obj.items() if key not in {"metadata", "status"}}
