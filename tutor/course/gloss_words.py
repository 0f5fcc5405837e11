"""Plain lines about words that kubectl does not know: kinds, flags, formats, programs, and what a call leaves out."""

from __future__ import annotations

import difflib
import re
from typing import Final

from tutor.course.conditions.evidence import HOST, Played
from tutor.course.conditions.kubectl_call import read_call
from tutor.engine.objects import field, name_of
from tutor.engine.resources import RESOURCES, find_resource
from tutor.engine.store import Store
from tutor.kubectl.completion import flags_of

_NO_KIND: Final = re.compile(r'the server doesn\'t have a resource type "([^"]+)"')
_NO_FLAG: Final = re.compile(r"unknown flag: --([\w-]+)")
_NO_PROGRAM: Final = re.compile(r"bash: ([\w.-]+): command not found")
_NO_FORMAT: Final = re.compile(r'output format "([^"]+)", allowed formats are: ([\w,-]+)')
_NO_TLS: Final = re.compile(r"curl: \(35\) .*wrong version number")
_NO_CONTAINER: Final = re.compile(r"container (\S+) is not valid for pod (\S+)")
_LABELLED: Final = re.compile(r"'([^']+)' already has a value \(([^)]*)\), and --overwrite is false")
_NO_SERVICE_PORT: Final = re.compile(r"Service ([\w.-]+) does not have a service port (\w+)")
_PROGRAMS: Final = ("kubectl", "curl", "cat", "grep", "head", "clear", "history")


def unknown_word(played: Played, store: Store) -> str:  # noqa: ARG001  # the shape of an explainer
    """What a word that is not known may have been meant to be; empty if nothing is near."""
    if match := _NO_KIND.search(played.output):
        words = [word for each in RESOURCES for word in (each.plural, each.singular, *each.short_names)]
        near = difflib.get_close_matches(match[1].lower(), words, n=1, cutoff=0.7)
        resource = find_resource(near[0]) if near else None
        return f"No kind is called {match[1]}; there are {resource.plural}." if resource else ""
    if match := _NO_FLAG.search(played.output):
        near = difflib.get_close_matches(match[1], _flags(played), n=1)
        return f"No flag is called --{match[1]} here; --{near[0]} is near." if near else ""
    if match := _NO_FORMAT.search(played.output):
        near = difflib.get_close_matches(match[1], match[2].split(","), n=1)
        return f"No format is called {match[1]}; there is {near[0]}." if near else ""
    if played.where == HOST and (match := _NO_PROGRAM.search(played.output)):
        near = difflib.get_close_matches(match[1], _PROGRAMS, n=1, cutoff=0.75)
        return f"No command here is called {match[1]}; there is {near[0]}." if near else ""
    return ""


def _flags(played: Played) -> list[str]:
    """The long flags that the newest kubectl command of a line takes."""
    calls = [call.argv for call in played.calls if read_call(call.argv) is not None]
    return [flag.name for flag in flags_of(calls[-1][1:] if calls else ()) if not flag.hidden]


def left_out(played: Played, store: Store) -> str:
    """What a call left out, or what it asked for that the object does not have."""
    output = played.output
    if "you must specify at least one command for the container" in output:
        return "What to run in the Pod goes behind two dashes, such as: -- ls"
    if "couldn't find port via --port flag or introspection" in output:
        return "What is to be exposed names no port of its own, so kubectl needs one: --port=80, say."
    if _NO_TLS.search(output):
        return "Who answers there speaks HTTP without TLS: http:// and the same port reach it."
    if match := _NO_CONTAINER.search(output):
        pods = [each for each in store.list("Pod") if name_of(each) == match[2]]
        names = [each["name"] for each in field(pods[0], "spec.containers") or ()] if pods else []
        return f"The Pod {match[2]} has no container {match[1]}; it has {' and '.join(names)}." if names else ""
    if match := _LABELLED.search(output):
        return f"The label {match[1]} is {match[2]} already; with --overwrite kubectl replaces it."
    if match := _NO_SERVICE_PORT.search(output):
        services = [each for each in store.list("Service") if name_of(each) == match[1]]
        ports = [str(port["port"]) for port in field(services[0], "spec.ports") or ()] if services else []
        return f"The Service {match[1]} has no port {match[2]}; it has {' and '.join(ports)}." if ports else ""
    return ""
