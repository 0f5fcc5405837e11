"""How objects look to a client: in the order and the version it asks for, with who manages what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tutor.apiserver.events import to_new
from tutor.apiserver.negotiate import Form
from tutor.apiserver.paths import Target
from tutor.apiserver.tables import partial, to_table
from tutor.engine.api import Api
from tutor.engine.managed.origin import with_all_managers
from tutor.engine.objects import Object
from tutor.engine.resources import EVENTS_V1
from tutor.engine.table import Row, Table

_FIRST = ("kind", "apiVersion", "metadata")


class View:
    """Objects of one kind, as one client wants them.

    Args:
        api: the cluster's API.
        target: what the request is about.
        form: what the answer is to look like.
    """

    def __init__(self, api: Api, target: Target, form: Form) -> None:
        self._api = api
        self._target = target
        self.form = form

    def shown(self, obj: Object) -> Object:
        """A whole object, its kind first, with the managers of its fields."""
        obj = with_all_managers(obj)
        if self._target.served is EVENTS_V1:
            obj = to_new(obj)
        return {**{key: obj[key] for key in _FIRST if key in obj}, **obj}

    def one(self, obj: Object, *, with_columns: bool = True) -> Mapping[str, Any]:
        """The answer for one object.

        Args:
            obj: the object.
            with_columns: whether a table says what its columns are.
        """
        match self.form.shape:
            case "Table":
                version = obj["metadata"].get("resourceVersion")
                return self._table([obj], {"resourceVersion": version} if version else {}, with_columns=with_columns)
            case "PartialObjectMetadata":
                return partial(self.shown(obj), self.form.version)
        return self.shown(obj)

    def many(self, objects: Sequence[Object], metadata: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer for a list.

        Args:
            objects: what is in it.
            metadata: the list's own.
        """
        version = f"meta.k8s.io/{self.form.version}"
        match self.form.shape:
            case "Table":
                return self._table(objects, metadata)
            case "PartialObjectMetadata":
                items = [partial(self.shown(obj), self.form.version) for obj in objects]
                return {
                    "kind": "PartialObjectMetadataList",
                    "apiVersion": version,
                    "metadata": metadata,
                    "items": items,
                }
        served = self._target.served
        return {
            "kind": f"{served.kind}List",
            "apiVersion": served.api_version,
            "metadata": metadata,
            "items": [self._item(obj) for obj in objects],
        }

    def _item(self, obj: Object) -> Object:
        """An object in a list: the list says of which kind it is.

        Source: the items of typed lists have no TypeMeta when they are encoded.
        """
        shown = dict(self.shown(obj))
        del shown["kind"], shown["apiVersion"]
        return shown

    def _table(
        self, objects: Sequence[Object], metadata: Mapping[str, Any], *, with_columns: bool = True
    ) -> Mapping[str, Any]:
        table = self._api.table(self._target.resource, objects)
        rows = tuple(Row(row.cells, self.shown(row.object)) for row in table.rows)
        kind = self._target.served.kind
        return to_table(kind, Table(table.columns, rows), self.form, metadata, with_columns=with_columns)
