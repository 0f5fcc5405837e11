"""What Tab offers on a kubectl command line: verbs, nouns, kinds, names, namespaces, flags and their values.

Source: https://github.com/kubernetes/kubectl/blob/master/pkg/util/completion/completion.go
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tutor.engine.cluster import Cluster
from tutor.engine.objects import name_of
from tutor.engine.resources import DEPLOYMENT, NODE, POD, REPLICA_SET, RESOURCES, SERVICE, find_resource
from tutor.kubectl import overview
from tutor.kubectl.command import Command, Flag
from tutor.kubectl.common_flags import GLOBAL_FLAGS
from tutor.kubectl.context import KubeConfig
from tutor.kubectl.verbs import find_verb

_TYPED = frozenset({
    "kubectl annotate", "kubectl delete", "kubectl describe", "kubectl edit", "kubectl explain", "kubectl expose",
    "kubectl get", "kubectl label", "kubectl patch", "kubectl scale", "kubectl taint", "kubectl wait",
    "kubectl set env", "kubectl set image", "kubectl set selector", "kubectl rollout history", "kubectl rollout pause",
    "kubectl rollout restart", "kubectl rollout resume", "kubectl rollout status", "kubectl rollout undo",
})  # fmt: skip
"""Commands whose arguments are a kind and names of it."""
_ROLLED = (DEPLOYMENT,)
_LIMITED = {"kubectl rollout": _ROLLED, "kubectl scale": (DEPLOYMENT, REPLICA_SET), "kubectl taint": (NODE,)}
_NODE_FIRST = frozenset({"kubectl cordon", "kubectl drain", "kubectl uncordon"})
"""Commands whose first argument is a node."""
_POD_FIRST = frozenset({"kubectl attach", "kubectl exec", "kubectl logs", "kubectl port-forward"})
"""Commands whose first argument is a Pod, or something that has Pods."""
_CONTAINER_FLAGS = frozenset({"container", "c"})


def complete(words: Sequence[str], cluster: Cluster, config: KubeConfig) -> list[str]:
    """The words that the last one may become, sorted; empty where only a file may stand, or nothing is known.

    Args:
        words: what stands before the cursor, `kubectl` itself left out; the last one is being typed, perhaps empty.
        cluster: for the names of its objects.
        config: for contexts and the current namespace.
    """
    *before, typed = words
    line = _read(before, cluster, config)
    return sorted({each for each in _candidates(line, typed) if each.startswith(typed)})


@dataclass
class _Line:
    """The words before the cursor, as far as completion cares.

    Args:
        cluster: for names.
        config: for contexts.
        path: the words of the command, such as `kubectl create service`.
        command: the command; None before the verb.
        args: its arguments so far.
        waiting: the flag that the cursor's word is the value of.
        namespace: what -n gave.
        after_dash: whether `--` was passed.
    """

    cluster: Cluster
    config: KubeConfig
    path: str = "kubectl"
    command: Command | None = None
    args: list[str] = field(default_factory=list)
    waiting: Flag | None = None
    namespace: str = ""
    after_dash: bool = False


def _read(words: Sequence[str], cluster: Cluster, config: KubeConfig) -> _Line:
    line = _Line(cluster, config)
    for word in words:
        if line.waiting is not None:
            _value(line, line.waiting, word)
            line.waiting = None
        elif line.after_dash:
            line.args.append(word)
        elif word == "--":
            line.after_dash = True
        elif word.startswith("-") and len(word) > 1:
            _flag(line, word)
        else:
            _word(line, word)
    return line


def _word(line: _Line, word: str) -> None:
    if line.command is None:
        line.command = find_verb(word)
        line.path = f"kubectl {word}"
        return
    found = None if line.args else line.command.find(word)
    if found is None:
        line.args.append(word)
    else:
        line.command, line.path = found, f"{line.path} {found.name}"


def _flag(line: _Line, word: str) -> None:
    name, equals, value = word.partition("=")
    flag = _find_flag(line, name)
    if flag is None:
        return
    if equals:
        _value(line, flag, value)
    elif not flag.bare:
        line.waiting = flag


def _find_flag(line: _Line, word: str) -> Flag | None:
    """The flag of `--name`, or of the last letter of `-it`."""
    for flag in _flags(line.command):
        if word == f"--{flag.name}" or (not word.startswith("--") and flag.short and flag.short == word[-1]):
            return flag
    return None


def flags_of(words: Sequence[str]) -> tuple[Flag, ...]:
    """The flags that the command of a kubectl line takes; without a verb, those that every command does.

    Args:
        words: the line's words after `kubectl`.
    """
    command: Command | None = None
    for word in words:
        if not word.startswith("-"):
            found = find_verb(word) if command is None else command.find(word)
            if command is not None and found is None:
                break
            command = found
    return _flags(command)


def _flags(command: Command | None) -> tuple[Flag, ...]:
    return (*(command.flags if command else ()), *GLOBAL_FLAGS)


def _value(line: _Line, flag: Flag, value: str) -> None:
    if flag.name == "namespace":
        line.namespace = value


def _candidates(line: _Line, typed: str) -> Iterable[str]:
    if line.after_dash:
        return ()
    if line.waiting is not None:
        return _values(line, line.waiting, typed)
    if typed.startswith("-"):
        name, equals, _ = typed.partition("=")
        flag = _find_flag(line, name) if equals else None
        if flag is not None:
            return [f"{name}={value}" for value in _values(line, flag, typed.partition("=")[2])]
        return _flag_words(line.command)
    if line.command is None:
        return [name for name in overview.verb_names() if find_verb(name) is not None]
    if line.command.subcommands and not line.args:
        return [sub.name for sub in line.command.subcommands] + list(_arguments(line, typed))
    return _arguments(line, typed)


def _flag_words(command: Command | None) -> list[str]:
    words = ["--help"]
    for flag in _flags(command):
        if not flag.hidden:
            words.append(f"--{flag.name}" if flag.bare else f"--{flag.name}=")
            words += [f"-{flag.short}"] if flag.short else []
    return words


def _values(line: _Line, flag: Flag, typed: str) -> Iterable[str]:
    if flag.name == "namespace":
        return _names("namespaces", line)
    if flag.name == "context":
        return list(line.config.contexts)
    if flag.name in _CONTAINER_FLAGS and line.args:
        return _containers(line)
    if flag.name == "for" and line.path == "kubectl events":
        return _pairs(line, typed) if "/" in typed else [f"{each.plural}/" for each in RESOURCES]
    return flag.choices


def _arguments(line: _Line, typed: str) -> Iterable[str]:
    if line.path in _TYPED:
        return _typed_arguments(line, typed)
    if line.path in _NODE_FIRST:
        return _names("nodes", line) if not line.args else ()
    if line.path in _POD_FIRST:
        if line.args:
            return _containers(line) if line.path == "kubectl logs" else ()
        owners = [each for each in (DEPLOYMENT, REPLICA_SET, SERVICE) if line.path != "kubectl attach"]
        if "/" in typed:
            return _pairs(line, typed)
        return [*_names("pods", line), *(f"{each.plural}/" for each in (POD, *owners))]
    if line.path in {"kubectl config use-context", "kubectl config get-contexts", "kubectl config set-context"}:
        return list(line.config.contexts) if not line.args else ()
    if line.path == "kubectl completion" and not line.args:
        return ("bash", "fish", "powershell", "zsh")
    if line.path.startswith("kubectl top ") and not line.args:
        return _names("pods" if line.path.endswith("pod") else "nodes", line)
    if line.path == "kubectl cp":
        return [f"{name}:" for name in _names("pods", line)]
    return ()


def _typed_arguments(line: _Line, typed: str) -> Iterable[str]:
    resources = next((some for path, some in _LIMITED.items() if line.path.startswith(path)), RESOURCES)
    if not line.args:
        if "/" in typed:
            return _pairs(line, typed)
        before, comma, _ = typed.rpartition(",")
        words = [resource.plural for resource in resources]
        words += [name for resource in resources for name in (resource.singular, *resource.short_names)]
        if resources is RESOURCES and line.path == "kubectl get":
            words.append("all")
        return [f"{before}{comma}{word}" for word in words]
    if line.path == "kubectl explain":
        return ()
    if any("/" in arg for arg in line.args):
        return _pairs(line, typed) if "/" in typed else [f"{each.plural}/" for each in resources]
    taken = set(line.args[1:])
    return [name for name in _names(line.args[0], line) if name not in taken]


def _pairs(line: _Line, typed: str) -> list[str]:
    word = typed.partition("/")[0]
    return [f"{word}/{name}" for name in _names(word, line)]


def _names(words: str, line: _Line) -> list[str]:
    """The names of all objects of the kinds in `words`."""
    found: list[str] = []
    for word in words.split(","):
        resource = find_resource(word)
        if resource is not None:
            namespace = (line.namespace or line.config.namespace) if resource.namespaced else ""
            found += [name_of(obj) for obj in line.cluster.store.list(resource.kind, namespace)]
    return found


def _containers(line: _Line) -> list[str]:
    name = line.args[0].removeprefix("pod/").removeprefix("pods/")
    pod = line.cluster.store.get("Pod", line.namespace or line.config.namespace, name)
    return [container["name"] for container in pod["spec"]["containers"]] if pod else []
