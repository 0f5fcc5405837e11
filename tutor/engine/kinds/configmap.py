"""ConfigMaps.

Source: https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/config-map-v1/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tutor.engine import names
from tutor.engine.clock import Clock
from tutor.engine.errors import FieldError
from tutor.engine.kinds.base import Kind, age_of, columns
from tutor.engine.objects import Object, name_of
from tutor.engine.resources import CONFIG_MAP
from tutor.engine.validation import each, forbidden, wrong

MOST_BYTES: Final = 1024 * 1024


def _cells(config_map: Object, clock: Clock) -> tuple[str, ...]:
    count = len(config_map.get("data") or ()) + len(config_map.get("binaryData") or ())
    return name_of(config_map), str(count), age_of(config_map, clock)


def _validate(config_map: Object) -> Iterator[FieldError]:
    data, binary = config_map.get("data") or {}, config_map.get("binaryData") or {}
    for key in data:
        yield from each(f"data[{key}]", key, names.config_key_problems(key))
        if key in binary:
            yield wrong(f"data[{key}]", key, "duplicate of key present in binaryData")
    for key in binary:
        yield from each(f"binaryData[{key}]", key, names.config_key_problems(key))
    if sum(len(value.encode()) for value in (*data.values(), *binary.values())) > MOST_BYTES:
        yield FieldError("[]", "FieldValueTooLong", None, f"may not be more than {MOST_BYTES} bytes")


def _validate_update(new: Object, old: Object) -> Iterator[FieldError]:
    if old.get("immutable"):
        if not new.get("immutable"):
            yield forbidden("immutable", "field is immutable when `immutable` is set")
        for field in ("data", "binaryData"):
            if new.get(field) != old.get(field):
                yield forbidden(field, "field is immutable when `immutable` is set")


KIND: Final = Kind(
    CONFIG_MAP, columns("Name", "Data", "Age"), _cells, validate=_validate, validate_update=_validate_update
)
