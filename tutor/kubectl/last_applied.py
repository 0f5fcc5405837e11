"""The `last-applied-configuration` annotation, by which `kubectl apply` remembers what a file said.

Source: pkg/util/apply.go of https://github.com/kubernetes/kubectl and tests/golden (`01-seed-walkthrough`).
"""

from __future__ import annotations

import json
from typing import Any, Final

from tutor.engine.objects import Object, annotations_of, with_field
from tutor.kubectl.printers.text import to_compact_json

LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"


def configuration(obj: Object) -> str:
    """The object as the annotation records it: one line of JSON and a newline, without the annotation itself."""
    rest = {key: value for key, value in _annotations(obj).items() if key != LAST_APPLIED}
    return to_compact_json(_with_annotations(obj, rest)) + "\n"


def annotated(obj: Object) -> Object:
    """The object, recording itself in its annotation."""
    return _with_annotations(obj, {**_annotations(obj), LAST_APPLIED: configuration(obj)})


def annotated_as_struct(obj: Object) -> Object:
    """The object a verb has made, recording itself as Go writes its struct: fields in order, and no empty annotations.

    Source: `CreateOrUpdateAnnotation` of pkg/util/apply.go, with the encoder of pkg/scheme.
    """
    from tutor.kubectl.printers.typed import typed

    struct = {"kind": obj["kind"], "apiVersion": obj["apiVersion"], **typed(obj)}
    text = json.dumps(struct, separators=(",", ":"), ensure_ascii=False) + "\n"
    return _with_annotations(obj, {**_annotations(obj), LAST_APPLIED: text})


def updated(obj: Object, *, save: bool) -> Object:
    """The object with its annotation brought up to date, or added if `save` asks for it."""
    return annotated(obj) if save or _annotations(obj).get(LAST_APPLIED) else obj


def original_of(obj: Object) -> Object | None:
    """What was last applied to a live object; None if it never was, or not legibly."""
    text = annotations_of(obj).get(LAST_APPLIED)
    if not text:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _annotations(obj: Object) -> dict[str, Any]:
    metadata = obj.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    return dict(annotations) if isinstance(annotations, dict) else {}


def _with_annotations(obj: Object, annotations: dict[str, Any]) -> Object:
    return with_field(obj, "metadata.annotations", annotations)
