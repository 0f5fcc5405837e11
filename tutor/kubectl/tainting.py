"""Taints as a command line writes them, and what they make of those a node has.

Source: pkg/cmd/taint/utils.go of https://github.com/kubernetes/kubectl.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from tutor.engine.names import label_key_problems, label_value_problems
from tutor.engine.objects import Object
from tutor.engine.taints import EFFECTS, Taint

Operation: TypeAlias = Literal["tainted", "untainted", "modified"]

_CLIENT_TEXT: Final = ("a valid label key must", "a qualified name must")
"""What newer servers call a key with two slashes, and what this kubectl does."""


class TaintError(ValueError):
    """A word that is no taint; the message is kubectl's own."""


@dataclass(frozen=True)
class Taints:
    """What a command line asks for.

    Args:
        added: the taints to set.
        removed: keys with effects to remove; an empty effect stands for all.
    """

    added: tuple[Taint, ...]
    removed: tuple[tuple[str, str], ...]

    @property
    def clashing(self) -> list[str]:
        """Those that are both to be set and removed."""
        return [
            f"{key}={effect}"
            for taint in self.added
            for key, effect in self.removed
            if taint["key"] == key and effect in {"", taint["effect"]}
        ]


def split_words(args: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words before the taints, and the taints.

    Raises:
        TaintError: a word that is no taint comes after one.
    """
    resources: list[str] = []
    taints: list[str] = []
    for word in args:
        if "=" in word or ":" in word or word.endswith("-"):
            taints.append(word)
        elif taints:
            raise TaintError(f"all resources must be specified before taint changes: {word}")
        else:
            resources.append(word)
    return resources, taints


def parse(words: Iterable[str]) -> Taints:
    """Read `key=value:effect`, `key:effect`, `key:effect-` and `key-`.

    Raises:
        TaintError: with kubectl's text.
    """
    added: list[Taint] = []
    removed: list[tuple[str, str]] = []
    seen: set[tuple[str, str]] = set()
    for word in words:
        if word.endswith("-"):
            key, _, effect = _parse_one(word[:-1])
            removed.append((key, effect))
            continue
        key, value, effect = _parse_one(word)
        if not effect:
            raise TaintError(f"invalid taint spec: {word}")
        if (key, effect) in seen:
            shown = f"{{{key} {value} {effect} <nil>}}"
            raise TaintError(f"duplicated taints with the same key and effect: {shown}")
        seen.add((key, effect))
        added.append({"effect": effect, "key": key, **({"value": value} if value else {})})
    return Taints(tuple(added), tuple(removed))


def _parse_one(word: str) -> tuple[str, str, str]:
    """Key, value and effect."""
    parts = word.split(":")
    if len(parts) > 2:
        raise TaintError(f"invalid taint spec: {word}")
    key, value, effect = parts[0], "", ""
    if len(parts) == 2:
        effect = parts[1]
        if effect not in EFFECTS:
            raise TaintError(f"invalid taint effect: {effect}, unsupported taint effect")
        if key.count("=") > 1:
            raise TaintError(f"invalid taint spec: {word}")
        key, _, value = key.partition("=")
        _refuse(word, label_value_problems(value))
    _refuse(word, [problem.replace(*_CLIENT_TEXT) for problem in label_key_problems(key)])
    return key, value, effect


def _refuse(word: str, problems: Sequence[str]) -> None:
    if problems:
        raise TaintError(f"invalid taint spec: {word}, {'; '.join(problems)}")


def already_there(old: Sequence[Taint], asked: Taints) -> str:
    """The keys of taints that a node has with the same effect, with commas between."""
    return ",".join(taint["key"] for taint in asked.added for other in old if _same(taint, other))


def _same(one: Taint, other: Taint) -> bool:
    return bool(one["key"] == other["key"] and one["effect"] == other["effect"])


def reorganized(old: Sequence[Taint], asked: Taints, *, overwrite: bool) -> tuple[Operation, list[Object], list[str]]:
    """What was done, the taints a node has after it, and what was to be removed and was not there."""
    new = [dict(taint) for taint in asked.added]
    new += [dict(taint) for taint in old if not any(_same(taint, other) for other in asked.added)]
    added, deleted = len(old) != len(new), False
    missing: list[str] = []
    for key, effect in asked.removed:
        kept = [taint for taint in new if taint["key"] != key or effect not in {"", taint["effect"]}]
        # As there, whether anything was removed is whether the last one was.
        deleted = len(kept) != len(new)
        new = kept
        if not deleted:
            missing.append(f'taint "{key}:{effect}" not found' if effect else f'taint "{key}" not found')
    if (added and deleted) or overwrite:
        return "modified", new, missing
    return ("tainted" if added else "untainted"), new, missing
