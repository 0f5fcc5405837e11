"""Plain lines about manifests the API does not take: no YAML, no such kind or field, values that may not be so."""

from __future__ import annotations

import difflib
import re
from typing import Final

from tutor.course.conditions.evidence import Played
from tutor.engine.addresses import SERVICE_RANGE
from tutor.engine.resources import RESOURCES
from tutor.engine.store import Store

_NO_YAML: Final = re.compile(r"error parsing (\S+): error converting YAML to JSON: yaml: (?:line (\d+))?")
_NO_PATCH: Final = re.compile(r'error: unable to parse "')
_NO_MATCH: Final = re.compile(r'no matches for kind "([^"]+)" in version "([^"]+)"')
_NO_FIELD: Final = re.compile(r'(\w+) in version "[^"]+" cannot be handled as .*unknown field "([\w.\[\]]+)"')
_IMMUTABLE: Final = re.compile(r'The (\w+) "([^"]+)" is invalid:.*spec\.selector: .*field is immutable', re.DOTALL)
_BAD_NAME: Final = re.compile(r'metadata\.name: Invalid value: "([^"]*)": a (?:DNS-\d+|lowercase RFC|RFC)')
_NO_PORT_NAME: Final = re.compile(r"spec\.ports\[\d+\]\.name: Required value")
_OUT_OF_RANGE: Final = re.compile(r"failed to allocate IP (\S+?): the provided network does not match")


def bad_manifest(played: Played, store: Store) -> str:  # noqa: ARG001  # the shape of an explainer
    """What is wrong with a manifest, and where."""
    output = played.output
    if match := _NO_YAML.search(output):
        where = f" near line {match[2]}" if match[2] else ""
        return f"{match[1]} is no YAML{where}: look at the indents and colons there."
    if _NO_PATCH.search(output):
        return "What stands behind -p is not complete: every bracket and quote that opens must close."
    if match := _NO_MATCH.search(output):
        return _no_kind(match[1], match[2])
    if match := _NO_FIELD.search(output):
        return no_field(match[1], match[2])
    if match := _IMMUTABLE.search(output):
        return f"A {match[1]} keeps the selector it was made with: to change it, delete {match[2]} and make it anew."
    if match := _BAD_NAME.search(output):
        return f"{match[1]} is no name here: lower-case letters, digits and dashes only, no dash at either end."
    if _NO_PORT_NAME.search(output):
        return "A Service with more than one port needs a name for every one of them."
    if match := _OUT_OF_RANGE.search(output):
        return f"{match[1]} is not in this cluster's Service range, {SERVICE_RANGE}."
    return ""


def no_field(kind: str, path: str) -> str:
    """That a kind has no such field, and where those it has are listed."""
    above = ".".join(filter(None, (kind.lower(), path.split("[")[0].rpartition(".")[0])))
    return f"A {kind} has no field {path}; kubectl explain {above} lists those it has."


def _no_kind(kind: str, version: str) -> str:
    versions = {each.kind: each.api_version for each in RESOURCES}
    if kind in versions:
        return f"A {kind} belongs to apiVersion {versions[kind]}, not {version}."
    near = difflib.get_close_matches(kind, versions, n=1)
    return f"No kind is called {kind}; there is {near[0]}, in apiVersion {versions[near[0]]}." if near else ""
