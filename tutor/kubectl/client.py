"""The API as a kubectl invocation uses it, remembering the warnings the server sends along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from tutor.engine.api import Api, Paths, WatchEvent
from tutor.engine.decoding import unregistered
from tutor.engine.managed.managers import By
from tutor.engine.objects import Object, with_field, without_field
from tutor.engine.resources import BY_KIND, ENDPOINTS, Resource, find_kind_as_clients
from tutor.engine.table import Table

ENDPOINTS_WARNING: Final = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
"""Source: tests/golden/kubectl/01-seed-walkthrough.yaml."""
CHANGE_CAUSE: Final = "kubernetes.io/change-cause"


class Client:
    """Passes requests on to the API; `take_warnings` gives what is to be shown of them, each text once.

    Args:
        api: the cluster's API.
        manager: who is to be noted as the manager of the fields written.
        cause: the value of an annotation that objects written get; empty for none.
    """

    def __init__(self, api: Api, manager: str, cause: str = "") -> None:
        self._api, self._manager, self._cause = api, manager, cause
        self._warnings: list[str] = []
        self._shown: set[str] = set()

    def get(self, resource: Resource, name: str, namespace: str = "") -> Object:
        """One object, or ApiError."""
        self._notice(resource)
        return self._api.get(resource, name, namespace)

    def list(
        self, resource: Resource, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> Sequence[Object]:
        """Objects of one namespace, or (None) of all, that match the selectors."""
        self._notice(resource)
        return self._api.list(resource, namespace, labels=labels, fields=fields)

    def watch(
        self, resource: Resource, namespace: str | None, since: int, *, labels: str = "", fields: str = ""
    ) -> Sequence[WatchEvent]:
        """What changed after a resourceVersion."""
        self._notice(resource)
        return self._api.watch(resource, namespace, since, labels=labels, fields=fields)

    def create(
        self, obj: Object, namespace: str = "", *, dry_run: bool = False, unknown: Paths | None = None
    ) -> Object:
        """The object as created; a resourceVersion it may have from elsewhere is not sent.

        Source: `Helper.CreateWithOptions` of k8s.io/cli-runtime/pkg/resource.
        """
        self._notice(BY_KIND.get(str(obj.get("kind"))))
        _check_kind(obj)
        obj = self.with_cause(without_field(obj, "metadata.resourceVersion"))
        return self._api.create(obj, namespace, dry_run=dry_run, unknown=unknown, by=By(self._manager))

    def update(
        self, obj: Object, *, subresource: str = "", dry_run: bool = False, unknown: Paths | None = None
    ) -> Object:
        """The object as updated."""
        self._notice(BY_KIND.get(str(obj.get("kind"))))
        _check_kind(obj)
        by = By(self._manager, subresource)
        return self._api.update(obj, subresource=subresource, dry_run=dry_run, unknown=unknown, by=by)

    def patch(
        self,
        resource: Resource,
        name: str,
        namespace: str,
        patch: Any,
        kind: Literal["strategic", "merge", "json"],
        *,
        subresource: str = "",
        dry_run: bool = False,
        unknown: Paths | None = None,
        bare: bool = False,
    ) -> Object:
        """The object as patched.

        The cause goes into the patch, or by a patch of its own after one of a subresource; not at all if `bare`.
        """
        self._notice(resource)
        patched = self._api.patch(
            resource, name, namespace, patch if bare or subresource else self.with_cause(patch), kind,
            subresource=subresource, dry_run=dry_run, unknown=unknown, by=By(self._manager, subresource),
        )  # fmt: skip
        if bare or not subresource or dry_run:
            return patched
        return self.record(resource, name, namespace) or patched

    def record(self, resource: Resource, name: str, namespace: str) -> Object | None:
        """Note by a patch of its own what caused a change; the object then, or None if that is not wanted."""
        if not self._cause:
            return None
        return self._api.patch(resource, name, namespace, self.with_cause({}), "merge", by=By(self._manager))

    def with_cause(self, obj: Any) -> Any:
        """An object, or a patch of one, that notes what caused it, if that is wanted; a list of operations cannot."""
        if not self._cause or not isinstance(obj, Mapping):
            return obj
        metadata = obj.get("metadata")
        annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
        if not isinstance(annotations or {}, Mapping):
            return obj
        return with_field(obj, "metadata.annotations", {**(annotations or {}), CHANGE_CAUSE: self._cause})

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
        """The object as it was, or as it is while terminating."""
        self._notice(resource)
        return self._api.delete(resource, name, namespace, grace=grace, propagation=propagation, dry_run=dry_run)

    def evict(self, name: str, namespace: str, *, grace: int | None = None, dry_run: bool = False) -> None:
        """Have a Pod go, in the way that heeds what must not be disrupted."""
        self._api.evict(name, namespace, grace=grace, dry_run=dry_run)

    def table(self, resource: Resource, objects: Sequence[Object]) -> Table:
        """The objects as rows."""
        return self._api.table(resource, objects)

    def take_warnings(self) -> str:
        """The lines for standard error that have not been taken yet."""
        lines = "".join(f"Warning: {warning}\n" for warning in self._warnings)
        self._warnings.clear()
        return lines

    def warn(self, text: str) -> None:
        """Have a text shown as a warning of the server, unless it has been."""
        if text not in self._shown:
            self._shown.add(text)
            self._warnings.append(text)

    def _notice(self, resource: Resource | None) -> None:
        if resource is ENDPOINTS:
            self.warn(ENDPOINTS_WARNING)


def _check_kind(obj: Object) -> None:
    """Refuse, as the API does, a kind that is written small: clients find its resource all the same.

    Raises:
        ApiError: BadRequest.
    """
    kind, api_version = str(obj.get("kind", "")), str(obj.get("apiVersion", ""))
    resource = find_kind_as_clients(api_version, kind)
    if resource is not None and resource.kind != kind:
        raise unregistered(kind, api_version, resource.kind)
