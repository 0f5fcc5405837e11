"""In which form a client wants the answer: objects, tables for people, or metadata alone.

Source: k8s.io/apiserver/pkg/endpoints/handlers/negotiation/negotiate.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from aiohttp import web

from tutor.apiserver.refusals import not_acceptable
from tutor.engine.errors import FieldError, bad_request

Shape = Literal["object", "Table", "PartialObjectMetadata"]
Include = Literal["None", "Metadata", "Object"]

_SHAPES: Final[Mapping[str, Shape]] = {
    "Table": "Table",
    "PartialObjectMetadata": "PartialObjectMetadata",
    "PartialObjectMetadataList": "PartialObjectMetadata",
}


class MediaRange(NamedTuple):
    """One entry of an Accept header."""

    type: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Form:
    """What an answer is to look like.

    Args:
        shape: whole objects, rows of a table, or their metadata.
        version: version of `meta.k8s.io` for tables and metadata.
        yaml: whether to write YAML in place of JSON.
        include: what a table's rows carry of their objects.
    """

    shape: Shape = "object"
    version: str = "v1"
    yaml: bool = False
    include: Include = "Metadata"

    @property
    def content_type(self) -> str:
        """The media type of the answer."""
        return "application/yaml" if self.yaml else "application/json"


def accepted(header: str) -> Iterator[MediaRange]:
    """The entries of an Accept header, the most wanted first.

    Args:
        header: such as `application/json;as=Table;v=v1;g=meta.k8s.io,application/json`; empty for anything.
    """
    found = []
    for clause in header.split(",") if header.strip() else ["*/*"]:
        name, *rest = (part.strip() for part in clause.split(";"))
        parameters = {key.strip(): value.strip() for key, _, value in (part.partition("=") for part in rest)}
        found.append((_weight(parameters.pop("q", "1")), MediaRange(name.lower(), parameters)))
    found.sort(key=lambda entry: -entry[0])
    return (media for weight, media in found if weight > 0)


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def form_of(request: web.BaseRequest) -> Form:
    """The form the client of a request wants most of those there are.

    Raises:
        ApiError: NotAcceptable, or BadRequest for an `includeObject` that is none.
    """
    for media in accepted(request.headers.get("Accept", "")):
        if media.type in {"application/json", "application/*", "*/*"}:
            yaml = False
        elif media.type == "application/yaml":
            yaml = True
        else:
            continue
        asked = media.parameters.get("as", "")
        if not asked:
            return Form(yaml=yaml)
        version = media.parameters.get("v", "")
        if asked in _SHAPES and media.parameters.get("g") == "meta.k8s.io" and version in {"v1", "v1beta1"}:
            return Form(_SHAPES[asked], version, yaml, _include(request.query.get("includeObject", "")))
    raise not_acceptable()


def _include(text: str) -> Include:
    match text:
        case "" | "Metadata":
            return "Metadata"
        case "None" | "Object":
            return text
    wrong = FieldError("includeObject", "FieldValueInvalid", text, "must be 'Metadata', 'Object', 'None', or empty")
    raise bad_request(f"Unable to convert to Table as requested: {wrong}")
