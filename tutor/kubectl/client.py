"""The API as a kubectl invocation uses it, remembering the warnings the server sends along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from tutor.engine.api import Api, Paths, WatchEvent
from tutor.engine.objects import Object, without_field
from tutor.engine.resources import BY_KIND, ENDPOINTS, Resource
from tutor.engine.table import Table

ENDPOINTS_WARNING: Final = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
"""Source: tests/golden/kubectl/01-seed-walkthrough.yaml."""


class Client:
    """Passes requests on to the API; `take_warnings` gives what is to be shown of them, each text once.

    Args:
        api: the cluster's API.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
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
        obj = without_field(obj, "metadata.resourceVersion")
        return self._api.create(obj, namespace, dry_run=dry_run, unknown=unknown)

    def update(
        self, obj: Object, *, subresource: str = "", dry_run: bool = False, unknown: Paths | None = None
    ) -> Object:
        """The object as updated."""
        self._notice(BY_KIND.get(str(obj.get("kind"))))
        return self._api.update(obj, subresource=subresource, dry_run=dry_run, unknown=unknown)

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
    ) -> Object:
        """The object as patched."""
        self._notice(resource)
        return self._api.patch(
            resource, name, namespace, patch, kind, subresource=subresource, dry_run=dry_run, unknown=unknown
        )

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

    def table(self, resource: Resource, objects: Sequence[Object]) -> Table:
        """The objects as rows."""
        return self._api.table(resource, objects)

    def take_warnings(self) -> str:
        """The lines for standard error that have not been taken yet."""
        lines = "".join(f"Warning: {warning}\n" for warning in self._warnings)
        self._warnings.clear()
        return lines

    def warn(self, text: str) -> None:
        """Have a text shown as a warning of the server."""
        self._warnings.append(text)

    def _notice(self, resource: Resource | None) -> None:
        if resource is ENDPOINTS and ENDPOINTS_WARNING not in self._shown:
            self._shown.add(ENDPOINTS_WARNING)
            self._warnings.append(ENDPOINTS_WARNING)
