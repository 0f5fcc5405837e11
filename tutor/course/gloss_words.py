"""Plain lines about words that kubectl does not know: kinds, flags, formats, programs."""

from __future__ import annotations

import difflib
import re
from typing import Final

from tutor.course.conditions.evidence import HOST, Played
from tutor.course.conditions.kubectl_call import read_call
from tutor.engine.objects import name_of
from tutor.engine.resources import DEPLOYMENT, POD, RESOURCES, SERVICE, find_resource
from tutor.engine.store import Store
from tutor.kubectl.completion import flags_of

_NO_KIND: Final = re.compile(r'the server doesn\'t have a resource type "([^"]+)"')
_NO_FLAG: Final = re.compile(r"unknown flag: --([\w-]+)")
_NO_PROGRAM: Final = re.compile(r"bash: ([\w.-]+): command not found")
_NO_FORMAT: Final = re.compile(r'output format "([^"]+)", allowed formats are: ([\w,-]+)')
_NAMED: Final = (SERVICE, DEPLOYMENT, POD)
_PROGRAMS: Final = ("kubectl", "curl", "cat", "grep", "head", "clear", "history")


def unknown_word(played: Played, store: Store) -> str:
    """What a word that is not known may have been meant to be; empty if nothing is near."""
    if match := _NO_KIND.search(played.output):
        words = [word for each in RESOURCES for word in (each.plural, each.singular, *each.short_names)]
        near = difflib.get_close_matches(match[1].lower(), words, n=1, cutoff=0.7)
        resource = find_resource(near[0]) if near else None
        return f"No kind is called {match[1]}; there are {resource.plural}." if resource else _kind_of(match[1], store)
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


def _kind_of(name: str, store: Store) -> str:
    """That a word which stands where a kind should is the name of an object."""
    found = next((each.kind for each in _NAMED for obj in store.list(each.kind) if name_of(obj) == name), None)
    return f"{name} is the name of a {found}: its kind goes before it, {found.lower()} {name}." if found else ""


def _flags(played: Played) -> list[str]:
    """The long flags that the newest kubectl command of a line takes."""
    calls = [call.argv for call in played.calls if read_call(call.argv) is not None]
    return [flag.name for flag in flags_of(calls[-1][1:] if calls else ()) if not flag.hidden]
