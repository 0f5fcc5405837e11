"""Validation of what all kinds share: metadata, labels and label selectors; and short ways to say what is wrong.

Source of the messages: k8s.io/apimachinery/pkg/{apis/meta/v1,api}/validation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Final

from tutor.engine import names
from tutor.engine.errors import FieldError
from tutor.engine.objects import Object
from tutor.engine.resources import Resource

IMMUTABLE: Final = "field is immutable"
ANNOTATION_BYTES: Final = 256 * 1024
PROTOCOLS: Final = ("SCTP", "TCP", "UDP")


# Ways to say it


def wrong(path: str, value: Any, detail: str) -> FieldError:
    """The value may not be."""
    return FieldError(path, "FieldValueInvalid", value, detail)


def required(path: str, detail: str = "") -> FieldError:
    """The field must be given."""
    return FieldError(path, "FieldValueRequired", None, detail)


def forbidden(path: str, detail: str) -> FieldError:
    """The field may not be given."""
    return FieldError(path, "FieldValueForbidden", None, detail)


def duplicate(path: str, value: Any) -> FieldError:
    """The value is there already."""
    return FieldError(path, "FieldValueDuplicate", value)


def unsupported(path: str, value: Any, supported: Sequence[str]) -> FieldError:
    """The value is none of those supported."""
    shown = ", ".join(f'"{item}"' for item in supported)
    return FieldError(path, "FieldValueNotSupported", value, f"supported values: {shown}")


def each(path: str, value: Any, problems: Sequence[str]) -> Iterator[FieldError]:
    """One error a problem of the same value."""
    return (wrong(path, value, problem) for problem in problems)


def not_negative(path: str, value: int) -> Iterator[FieldError]:
    """A number must be at least 0."""
    if value < 0:
        yield wrong(path, value, "must be greater than or equal to 0")


def one_of(path: str, value: str | None, supported: Sequence[str]) -> Iterator[FieldError]:
    """A word must be given and supported."""
    if not value:
        yield required(path)
    elif value not in supported:
        yield unsupported(path, value, supported)


def port_or_name(path: str, value: int | str) -> Iterator[FieldError]:
    """A port must be a number or a name a port can have."""
    problems = names.port_problems(value) if isinstance(value, int) else names.port_name_problems(value)
    yield from each(path, value, problems)


def cidr_of(text: str) -> IPv4Network | IPv6Network | None:
    """The network that a text like `10.9.8.0/24` stands for; None if it stands for none."""
    bits = text.partition("/")[2]
    try:
        return ip_network(text, strict=False) if bits.isascii() and bits.isdecimal() else None
    except ValueError:
        return None


def cidr(path: str, text: str) -> Iterator[FieldError]:
    """A text must stand for a network."""
    if cidr_of(text) is None:
        yield wrong(path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")


# Metadata


def check_metadata(obj: Object, resource: Resource, name_problems: names.Check) -> Iterator[FieldError]:
    """What is wrong with an object's metadata."""
    metadata = obj["metadata"]
    prefix = metadata.get("generateName")
    if prefix:
        yield from each("metadata.generateName", prefix, name_problems(prefix.rstrip("-") or prefix))
    name = metadata.get("name")
    if not name:
        yield required("metadata.name", "name or generateName is required")
    else:
        yield from each("metadata.name", name, name_problems(name))
    if resource.namespaced:
        yield from each("metadata.namespace", metadata["namespace"], names.label_problems(metadata["namespace"]))
    yield from check_labels("metadata.labels", metadata.get("labels"))
    yield from check_annotations("metadata.annotations", metadata.get("annotations"))


def check_labels(path: str, labels: Mapping[str, str] | None) -> Iterator[FieldError]:
    """What is wrong with a map of labels."""
    for key, value in (labels or {}).items():
        yield from each(path, key, names.label_key_problems(key))
        yield from each(path, value, names.label_value_problems(value))


def check_annotations(path: str, annotations: Mapping[str, str] | None) -> Iterator[FieldError]:
    """What is wrong with annotations: their keys, or their size together."""
    if not annotations:
        return
    size = 0
    for key, value in annotations.items():
        yield from each(path, key, names.label_key_problems(key.lower()))
        size += len(key) + len(value)
    if size > ANNOTATION_BYTES:
        yield FieldError(path, "FieldValueTooLong", None, f"may not be more than {ANNOTATION_BYTES} bytes")


# Label selectors


def check_label_selector(path: str, selector: Mapping[str, Any] | None) -> Iterator[FieldError]:
    """What is wrong with a LabelSelector."""
    if selector is None:
        return
    yield from check_labels(f"{path}.matchLabels", selector.get("matchLabels"))
    for index, requirement in enumerate(selector.get("matchExpressions") or ()):
        yield from _check_requirement(f"{path}.matchExpressions[{index}]", requirement)


def _check_requirement(path: str, requirement: Mapping[str, Any]) -> Iterator[FieldError]:
    operator, values = requirement.get("operator", ""), requirement.get("values") or []
    if operator in {"In", "NotIn"}:
        if not values:
            yield required(f"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'")
    elif operator in {"Exists", "DoesNotExist"}:
        if values:
            yield forbidden(f"{path}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
    else:
        yield wrong(f"{path}.operator", operator, "not a valid selector operator")
    key = requirement.get("key", "")
    yield from each(f"{path}.key", key, names.label_key_problems(key))
    for index, value in enumerate(values):
        yield from each(f"{path}.values[{index}]", value, names.label_value_problems(value))
