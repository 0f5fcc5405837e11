"""What a kubectl command line asks for, however it was written: `k get svc -owide` is `kubectl get services -o wide`.

Flags that take a value and their short forms: `kubectl options` and `kubectl VERB --help` of v1.33.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tutor.engine.resources import find_resource

_SHORT: Final = {
    "A": "all-namespaces",
    "R": "recursive",
    "c": "container",
    "e": "env",
    "f": "filename",
    "h": "help",
    "i": "stdin",
    "k": "kustomize",
    "l": "selector",
    "L": "label-columns",
    "n": "namespace",
    "o": "output",
    "p": "patch",
    "q": "quiet",
    "r": "replicas",
    "s": "server",
    "t": "tty",
    "v": "v",
    "w": "watch",
}
_SHORT_FOR_LOGS: Final = {**_SHORT, "f": "follow", "p": "previous"}
_SWITCHES: Final = frozenset({
    "all", "all-containers", "all-namespaces", "allow-missing-template-keys", "attach", "command", "expose", "force",
    "help", "ignore-not-found", "include-uninitialized", "list", "local", "no-headers", "overwrite", "now", "prefix",
    "previous", "quiet", "recursive", "rm", "save-config", "server-print", "server-side", "show-events", "show-kind",
    "show-labels", "show-managed-fields", "stdin", "timestamps", "tty", "wait", "watch", "watch-only",
    "force-conflicts", "leave-stdin-open", "privileged", "append-server-path", "follow", "edit", "record",
    "disable-compression", "insecure-skip-tls-verify", "match-server-version", "warnings-as-errors", "client",
    "ignore-errors", "show-capacity", "reverse", "windows-line-endings", "output-watch-events", "prune",
    "ignore-daemonsets", "delete-emptydir-data", "disable-eviction",
})  # fmt: skip
_OPTIONAL_VALUE: Final = frozenset({"dry-run", "validate", "cascade"})
_WITH_RESOURCE: Final = frozenset({
    "get", "describe", "delete", "edit", "patch", "label", "annotate", "scale", "expose", "wait", "autoscale", "create",
    "set", "rollout", "explain", "port-forward", "logs", "exec", "taint",
})  # fmt: skip
_SUBCOMMANDS: Final = frozenset({"set", "rollout", "config", "auth", "create"})
_PODS_BY_DEFAULT: Final = frozenset({"logs", "exec", "port-forward", "attach"})
_OF_NODES: Final = frozenset({"cordon", "uncordon", "drain"})
"""Verbs that are about nodes, whose names come right after them, perhaps as `node/NAME`."""


@dataclass(frozen=True)
class KubectlCall:
    """One invocation of kubectl.

    Args:
        verb: its command, such as `get`.
        resources: plural names of the kinds it is about; for `create` the kind created.
        names: the names of objects given.
        flags: long flag names with their values; `true` for switches.
    """

    verb: str
    resources: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    flags: dict[str, str] = field(default_factory=dict)

    @property
    def namespace(self) -> str:
        """The namespace asked for; `default` if none was."""
        return self.flags.get("namespace", "default")

    def has_flag(self, flag: str, value: str | bool | int) -> bool:
        """Whether the flag (long name) was given this value; False means it was not given or switched off."""
        given = self.flags.get(flag)
        if isinstance(value, bool):
            return (given not in {None, "false"}) is value
        return given == str(value)


def plain_flag(flag: str) -> str:
    """The long name of a flag written `-o`, `o`, `--output` or `output`."""
    bare = flag.lstrip("-")
    return _SHORT.get(bare, bare)


def read_call(argv: Sequence[str]) -> KubectlCall | None:
    """The kubectl invocation an argv is; None if it is another program or has no verb."""
    if not argv or argv[0].rpartition("/")[2] not in {"kubectl", "k"}:
        return None
    words, flags = _split(argv[1:])
    if not words:
        return None
    verb, *rest = words
    if verb in _SUBCOMMANDS and verb != "create" and rest:
        rest = rest[1:]
    resources: set[str] = set()
    names: set[str] = set()
    if verb in _WITH_RESOURCE:
        _read_subjects(rest, resources, names)
    if verb in _PODS_BY_DEFAULT and not resources:
        resources.add("pods")
        names.update(rest[:1])
    if verb in _OF_NODES:
        resources.add("nodes")
        names.update(word.rpartition("/")[2] for word in rest)
    if verb == "taint":
        names -= {word for word in names if "=" in word or ":" in word or word.endswith("-")}
    return KubectlCall(verb, frozenset(resources), frozenset(names), flags)


def _read_subjects(words: Sequence[str], resources: set[str], names: set[str]) -> None:
    """Read `pods,svc a b` or `pod/a svc/b` into kinds and names."""
    if not words:
        return
    if "/" in words[0]:
        for word in words:
            kind, slash, name = word.partition("/")
            resource = find_resource(kind)
            if slash and resource is not None:
                resources.add(resource.plural)
                names.add(name)
        return
    found = [find_resource(kind) for kind in words[0].split(",")]
    resources.update(resource.plural for resource in found if resource is not None)
    if words[0] == "all":
        resources.update({"pods", "services", "deployments", "replicasets"})
    if resources:
        names.update(words[1:])


def _split(arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Separate words from flags; what follows `--` belongs to another program."""
    words: list[str] = []
    flags: dict[str, str] = {}
    rest = list(arguments)
    short = _SHORT_FOR_LOGS if "logs" in arguments else _SHORT
    while rest:
        word = rest.pop(0)
        if word == "--":
            break
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            flags[name] = value if equals else _value(name, rest)
        elif word.startswith("-") and word != "-":
            _read_short(word[1:], rest, flags, short)
        else:
            words.append(word)
    return words, flags


def _read_short(letters: str, rest: list[str], flags: dict[str, str], short: Mapping[str, str]) -> None:
    """Read `-it`, `-owide`, `-o=wide` or `-o wide`."""
    while letters:
        name, letters = short.get(letters[0], letters[0]), letters[1:]
        if name in _SWITCHES:
            flags[name] = "true"
            continue
        flags[name] = letters.removeprefix("=") if letters else _value(name, rest)
        return


def _value(name: str, rest: list[str]) -> str:
    if name in _SWITCHES or name in _OPTIONAL_VALUE or not rest:
        return "true"
    return rest.pop(0)
