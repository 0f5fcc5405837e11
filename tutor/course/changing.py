"""Which command lines change something worth undoing, and which only look."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tutor.course.conditions.evidence import HOST, Call, Played
from tutor.engine.store import Change
from tutor.shell.files import Tree
from tutor.shell.simulation import SimulationState

_LOOKING_VERBS: Final = frozenset({
    "api-resources", "api-versions", "auth", "cluster-info", "completion", "describe", "diff", "events", "explain",
    "get", "help", "logs", "options", "port-forward", "top", "version", "wait",
})  # fmt: skip
_LOOKING_PROGRAMS: Final = frozenset({
    "cat", "curl", "dig", "du", "echo", "env", "getent", "grep", "head", "history", "host", "hostname", "id", "ls",
    "nc", "nslookup", "ping", "printenv", "ps", "pwd", "stat", "tail", "wget", "whoami", "clear", "date", "wc", "which",
    "less",
})  # fmt: skip
_WRITES: Final = re.compile(r"(?<![0-9&])>|\btee\b|-o\b|-O\b")
_WORD: Final = re.compile(r"\s*([\w./-]+)")


def opened_or_left(before: str, after: str) -> bool:
    """Whether the prompt moved to another computer."""
    return before != after


def could_change(played: Played, changes: Sequence[Change]) -> bool:
    """Whether a line is to be taken for one that changed the cluster, a container or the shell it was typed in."""
    if any(is_to_change(call) for call in played.calls) and any(change.kind != "Event" for change in changes):
        return True
    return played.where != HOST and not _only_looks(played.command)


def is_to_change(call: Call) -> bool:
    """Whether a call means to change the cluster, whatever comes of it."""
    if len(call.argv) < 2 or call.argv[0] not in {"kubectl", "k"}:
        return False
    words = [word for word in call.argv[1:] if not word.startswith("-")]
    return bool(words) and words[0] not in _LOOKING_VERBS and words[0] != "exec"


def _only_looks(line: str) -> bool:
    match = _WORD.match(line)
    return match is not None and match[1] in _LOOKING_PROGRAMS and _WRITES.search(line) is None


def trees_differ(before: SimulationState, after: SimulationState) -> bool:
    """Whether files changed: the learner's own, the kubeconfig, or those of a container looked into then and now."""
    if before.host_files != after.host_files or (before.contexts, before.context) != (after.contexts, after.context):
        return True
    return any(
        _contents(before.containers[key].tree) != _contents(state.tree)
        for key, state in after.containers.items()
        if key in before.containers and before.containers[key].tree != state.tree
    )


def _contents(tree: Tree) -> dict[str, tuple[str, int, bytes]]:
    """What is in a container's files, without dates: after an undo its processes write theirs again."""
    return {path: (node.kind, node.mode, node.content) for path, node in tree.items()}
