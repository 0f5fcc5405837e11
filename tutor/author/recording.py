"""From what an instructor played to a lesson with one step: the commands, the files, and the conditions proposed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import yaml

from tutor.course.conditions.evidence import HOST, Evidence, Played
from tutor.course.conditions.objects import endpoint_addresses
from tutor.course.conditions.traffic import DNS_LOOKUP, Where
from tutor.course.schema import Task
from tutor.engine.bootstrap import SYSTEM_NAMESPACES
from tutor.engine.network.trace import Client, Outcome, Trace
from tutor.engine.objects import Object, name_of, namespace_of
from tutor.engine.resources import BY_KIND
from tutor.engine.store import Store

KINDS: Final = ("Namespace", "Deployment", "Pod", "Service", "ConfigMap", "NetworkPolicy")
"""What a step may be about; all else follows from these."""
FIELDS: Final = 3
"""How many changed fields of an object are asked for at most."""
REQUESTS: Final = 4
"""How many requests are asked for at most."""
_PLAIN_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_LEAVING: Final = frozenset({"exit", "logout"})
"""What ends the recording, and is no part of it."""
_HASH: Final = "pod-template-hash"
_WRITTEN: Final = re.compile(
    r"(?:(?P<from_input>(?:cat|tee)\s*>\s*|tee\s+)|(?:nano|vim?|code)\s+)(?P<file>[\w./-]+)\s*(?:<<.*)?", re.DOTALL
)
"""A line that does nothing but write a file, from what is typed then, or in an editor."""
_ENDED: Final[Mapping[Outcome, str]] = {
    "ok": "is answered",
    "http-error": "is answered with an error",
    "refused": "is refused",
    "timeout": "gets no answer",
    "nxdomain": "finds no such name",
    "no-address": "finds a name without an address",
    "dns-timeout": "gets no answer from DNS",
}
"""How a request ends, in a title."""


@dataclass(frozen=True)
class Recording:
    """What was played.

    Args:
        evidence: the cluster before and after, the lines and the requests.
        files: texts of the files in the home folder, by name.
        apply: manifests the cluster began with, by their names among the assets.
    """

    evidence: Evidence
    files: Mapping[str, str]
    apply: Sequence[str] = ()


def lesson_of(recording: Recording, lesson_id: str, title: str) -> dict[str, Any]:
    """The lesson, as data for a YAML file.

    Args:
        recording: what was played.
        lesson_id: its id.
        title: its title.
    """
    lines = _lines(recording.evidence, recording.files)
    asked = conditions(recording.evidence) or _looks(recording.evidence, lines)
    step: dict[str, Any] = {
        "id": "recorded",
        "kind": "task",
        "title": title,
        "body": "Bring this about:\n\n" + "\n".join(f"- {each['title']}" for each in asked) + "\n",
        "commands": lines,
        "until": {"all": asked},
        "hints": [{"text": "These commands do it, one after the other."}, *({"command": line} for line in lines)],
        "solve": lines,
    }
    applied = {name: {"from": f"manifests/{name}"} for name in recording.apply}
    made = {name for name in map(_written_by, lines) if name}
    used = {
        name: text
        for name, text in recording.files.items()
        if name not in applied and name not in made and any(name in line for line in lines)
    }
    lesson: dict[str, Any] = {"format": 1, "id": lesson_id, "title": title, "minutes": 2}
    if recording.apply:
        lesson["cluster"] = {"apply": list(recording.apply)}
    if applied or used:
        lesson["files"] = {**applied, **used}
    return {**lesson, "steps": [step]}


def to_yaml(lesson: Mapping[str, Any]) -> str:
    """The text of a lesson file."""
    return yaml.dump(lesson, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Short(dict[str, Any]):
    """A mapping that is written on one line."""


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such, and every list indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002  # PyYAML's own
        """Indent lists within mappings too."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # PyYAML's own signature
        """Write everything out."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _short(dumper: yaml.SafeDumper, mapping: _Short) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", mapping, flow_style=True)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Short, _short)


# Commands


def _lines(evidence: Evidence, files: Mapping[str, str]) -> list[str]:
    """The lines worth repeating: those that went well, and those whose failing request is the point.

    What only wrote a file is left out: the learner finds the file.
    """
    failed = [trace.host for trace in evidence.traces if trace.outcome not in {"ok", "http-error"}]
    typed = [
        each
        for each in evidence.played
        if each.command.strip() and not (each.where == HOST and each.command.split()[0] in _LEAVING)
    ]
    well = [each for each in typed if not each.exit_code or any(host in each.command for host in failed)]
    # If nothing but files were written, that is what is repeated.
    kept = [each for each in well if not (each.where == HOST and _written(each) in files)] or well or typed
    lines = [_whole(each) for each in kept]
    return [line for place, line in enumerate(lines) if place == 0 or line != lines[place - 1]]


def _written(played: Played) -> str:
    """The file that a line does nothing but write; empty if it does anything else."""
    match = _WRITTEN.fullmatch(played.command.strip())
    if match is None or not (match["from_input"] or played.edited):
        return ""
    return match["file"].removeprefix("./")


def _written_by(line: str) -> str:
    """The file that a line to be repeated writes; empty if it does anything else."""
    match = _WRITTEN.fullmatch(line.strip())
    return match["file"].removeprefix("./") if match and match["from_input"] else ""


def _whole(played: Played) -> str:
    """A line with what was typed for it to read, as a here-document."""
    reads = played.fed or (_written_by(played.command) and "<<" not in played.command)
    if not reads or played.where != HOST:
        return played.retyped
    return "\n".join((f"{played.command} <<'EOF'", *played.fed, "EOF"))


# Conditions


def conditions(evidence: Evidence) -> list[dict[str, Any]]:
    """What is asked for: what changed in the cluster and which requests were made, as far as it was not so before."""
    found = [*_of_objects(evidence.before, evidence.store), *_of_requests(evidence.traces)]
    before = replace(evidence, store=evidence.before, traces=(), played=())
    return [each for each in found if _holds(each, evidence) and not _holds(each, before)]


def _holds(condition: Mapping[str, Any], evidence: Evidence) -> bool:
    step = {"id": "x", "kind": "task", "until": condition, "solve": ["true"]}
    return Task.model_validate(step).until.holds(evidence)


def _looks(evidence: Evidence, lines: Sequence[str]) -> list[dict[str, Any]]:
    """For a recording that changed nothing: its last line that went well and is repeated."""
    well = (each for each in reversed(evidence.played) if not each.exit_code and _whole(each) in lines)
    last = next(well, None)
    line = (last.command if last is not None else lines[-1]).strip().splitlines()[0]
    return [{"ran": {"command": _pattern(line)}, "title": f"{line} was run", "else": f"Run {line}."}]


def _pattern(line: str) -> str:
    """A regular expression for a line, no harder to read than it must be."""
    return re.sub(r"\\([ #&~-])", r"\1", re.escape(line))


def _of_objects(before: Store, after: Store) -> Iterator[dict[str, Any]]:
    for kind in KINDS:
        old = {(namespace_of(obj), name_of(obj)): obj for obj in before.list(kind) if _counts(obj)}
        new = {(namespace_of(obj), name_of(obj)): obj for obj in after.list(kind) if _counts(obj)}
        for place in sorted({*old, *new}):
            path, words = _path(kind, *place), _words(kind, *place)
            if place not in old:
                yield {"exists": path, "title": f"{words} exists", "else": f"There is no {words} yet."}
            elif place not in new:
                yield {"absent": path, "title": f"{words} is gone", "else": f"{words} is still there."}
            else:
                yield from _of_fields(path, words, old[place], new[place])
            if kind == "Service" and place in new:
                yield from _of_endpoints(words, *place, after)


def _counts(obj: Object) -> bool:
    return not obj["metadata"].get("ownerReferences") and namespace_of(obj) not in SYSTEM_NAMESPACES


def _path(kind: str, namespace: str, name: str) -> str:
    place = f"{namespace}/" if namespace not in {"", "default"} else ""
    return f"{place}{BY_KIND[kind].singular}/{name}"


def _words(kind: str, namespace: str, name: str) -> str:
    where = f" in {namespace}" if namespace not in {"", "default"} else ""
    return f"{kind} {name}{where}"


def _of_fields(path: str, words: str, old: Object, new: Object) -> Iterator[dict[str, Any]]:
    changed = [
        (where, value)
        for part in ("spec", "data")
        for where, value in _leaves(new.get(part) or {}, part)
        if dict(_leaves(old.get(part) or {}, part)).get(where) != value
    ]
    for where, value in changed[:FIELDS]:
        yield {
            "field": _Short(object=path, path=where, equals=value),
            "title": f"{where} of {words} is {value}",
            "else": f"{where} of {words} is not {value} yet.",
        }


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The plain values within a value, each with its path."""
    if isinstance(value, dict):
        for key, each in value.items():
            if _PLAIN_KEY.fullmatch(key):
                yield from _leaves(each, f"{path}.{key}")
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _leaves(each, f"{path}[{place}]")
    elif value is not None:
        yield path, value


def _of_endpoints(words: str, namespace: str, name: str, store: Store) -> Iterator[dict[str, Any]]:
    ready, _ = endpoint_addresses(store, namespace, name)
    if ready:
        service = name if namespace == "default" else f"{namespace}/{name}"
        noun = "address" if len(ready) == 1 else "addresses"
        yield {
            "endpoints": _Short(service=service, ready=len(ready)),
            "title": f"{len(ready)} ready {noun} behind {words}",
            "else": f"Behind {words} there are not {len(ready)} ready {noun}.",
        }


def _of_requests(traces: Sequence[Trace]) -> Iterator[dict[str, Any]]:
    made: dict[tuple[str, str, str], dict[str, Any]] = {}
    for trace in traces:
        made.setdefault((_origin_words(trace.client), trace.target, trace.outcome), _of_request(trace))
    yield from list(made.values())[:REQUESTS]


def _of_request(trace: Trace) -> dict[str, Any]:
    where = _origin_words(trace.client)
    if (trace.protocol, trace.port) == DNS_LOOKUP:
        # nslookup tries every name of the search list, and so mostly meets some that there are not.
        unknown = trace.outcome == "nxdomain" and not any(question.answers for question in trace.questions)
        looked = _Short({"asked": trace.host, "from": _origin(trace.client)})
        return {
            "resolves": _Short(looked, to="NXDOMAIN") if unknown else looked,
            "title": f"{trace.host} looked up from {where}",
            "else": f"From {where}, look {trace.host} up.",
        }
    return {
        "request": _Short({"from": _origin(trace.client), "url": trace.target, "outcome": trace.outcome}),
        "title": f"A call of {trace.target} from {where} {_ENDED[trace.outcome]}",
        "else": f"From {where}, call {trace.target}.",
    }


def _origin(client: Client) -> str | dict[str, Any]:
    if client.is_host:
        return "host"
    labels = {key: value for key, value in client.labels if key != _HASH}
    place = {"namespace": client.namespace} if client.namespace != "default" else {}
    plain = labels.keys() & Where.model_fields.keys()
    return {**place, **({"labels": labels} if plain else labels)} if labels else {**place, "pod": client.pod}


def _origin_words(client: Client) -> str:
    if client.is_host:
        return "your own computer"
    labels = ",".join(f"{key}={value}" for key, value in client.labels if key != _HASH)
    where = f" in {client.namespace}" if client.namespace != "default" else ""
    return f"a Pod with {labels}{where}" if labels else f"Pod {client.pod}{where}"
