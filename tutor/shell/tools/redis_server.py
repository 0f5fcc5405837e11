"""What a Redis server answers: the commands a learner tries, over a small store of strings, lists and hashes.

Source: redis-server 7.0.15, asked by hand.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

WRONG_TYPE: Final = "WRONGTYPE Operation against a key holding the wrong kind of value"
NO_INTEGER: Final = "ERR value is not an integer or out of range"


@dataclass(frozen=True)
class Status:
    """A short word that is no value: `OK`, `PONG`."""

    text: str


@dataclass(frozen=True)
class Failure:
    """A refusal."""

    text: str


Reply: TypeAlias = "Status | Failure | int | str | list[str | None] | None"


class Refused(Exception):  # noqa: N818  # an answer, not a fault
    """The command is refused with this message."""


@dataclass
class Database:
    """The keys of one server.

    Args:
        values: by key: a string, a list, or a hash.
        expiry: when keys with an end end, in seconds since the cluster's birth.
    """

    values: dict[str, Any] = field(default_factory=dict)
    expiry: dict[str, float] = field(default_factory=dict)

    def execute(self, words: list[str], now: float) -> Reply:
        """Run a command."""
        for key in [key for key, end in self.expiry.items() if end <= now]:
            self.values.pop(key, None)
            del self.expiry[key]
        name = words[0].lower()
        command = _COMMANDS.get(name)
        if command is None:
            given = "".join(f"'{word}' " for word in words[1:])
            return Failure(f"ERR unknown command '{words[0]}', with args beginning with: {given}")
        least, most, run = command
        if not least <= len(words) - 1 <= most:
            return Failure(f"ERR wrong number of arguments for '{name}' command")
        try:
            return run(self, words[1:], now)
        except Refused as refusal:
            return Failure(str(refusal))

    def get(self, key: str, kind: type) -> Any:
        """The value of a key, or None; refused if it is of another kind."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, kind):
            raise Refused(WRONG_TYPE)
        return value

    def put(self, key: str, value: Any) -> None:
        """Set a key; one whose value is empty is gone."""
        if value in ([], {}):
            self.delete(key)
        else:
            self.values[key] = value

    def delete(self, key: str) -> bool:
        """Remove a key; whether it was there."""
        self.expiry.pop(key, None)
        return self.values.pop(key, None) is not None


def _ping(_database: Database, words: list[str], _now: float) -> Reply:
    return words[0] if words else Status("PONG")


def _set(database: Database, words: list[str], now: float) -> Reply:
    key, value, *options = words
    flags = [option.lower() for option in options]
    exists = key in database.values
    if ("nx" in flags and exists) or ("xx" in flags and not exists):
        return None
    database.delete(key)
    database.values[key] = value
    for flag, unit in (("ex", 1.0), ("px", 0.001)):
        if flag in flags:
            database.expiry[key] = now + _integer(options[flags.index(flag) + 1]) * unit
    return Status("OK")


def _add(database: Database, key: str, number: int) -> Reply:
    value = _integer(database.get(key, str) or "0") + number
    database.values[key] = str(value)
    return value


def _append(database: Database, words: list[str], _now: float) -> Reply:
    database.values[words[0]] = (database.get(words[0], str) or "") + words[1]
    return len(database.values[words[0]])


def _push(left: bool) -> Callable[[Database, list[str], float], Reply]:
    def push(database: Database, words: list[str], _now: float) -> Reply:
        key, *values = words
        known: list[str] = database.get(key, list) or []
        database.put(key, values[::-1] + known if left else known + values)
        return len(known) + len(values)

    return push


def _pop(left: bool) -> Callable[[Database, list[str], float], Reply]:
    def pop(database: Database, words: list[str], _now: float) -> Reply:
        known: list[str] = list(database.get(words[0], list) or [])
        value = known.pop(0 if left else -1) if known else None
        database.put(words[0], known)
        return value

    return pop


def _range(database: Database, words: list[str], _now: float) -> Reply:
    known: list[str] = database.get(words[0], list) or []
    first, last = (_integer(word) for word in words[1:])
    first, last = (at + len(known) if at < 0 else at for at in (first, last))
    return list(known[max(0, first) : last + 1])


def _hash_set(database: Database, words: list[str], _now: float) -> Reply:
    key, *pairs = words
    if len(pairs) % 2:
        raise Refused("ERR wrong number of arguments for 'hset' command")
    known: Mapping[str, str] = database.get(key, dict) or {}
    given = dict(zip(pairs[::2], pairs[1::2], strict=True))
    database.put(key, {**known, **given})
    return len(given.keys() - known.keys())


def _hash_all(database: Database, words: list[str], _now: float) -> Reply:
    known: Mapping[str, str] = database.get(words[0], dict) or {}
    return [text for pair in known.items() for text in pair]


def _hash_get(database: Database, words: list[str], _now: float) -> Reply:
    found: str | None = (database.get(words[0], dict) or {}).get(words[1])
    return found


def _type(database: Database, words: list[str], _now: float) -> Reply:
    names = {str: "string", list: "list", dict: "hash", type(None): "none"}
    return Status(names[type(database.values.get(words[0]))])


def _expire(database: Database, words: list[str], now: float) -> Reply:
    if words[0] not in database.values:
        return 0
    database.expiry[words[0]] = now + _integer(words[1])
    return 1


def _time_left(database: Database, words: list[str], now: float) -> Reply:
    if words[0] not in database.values:
        return -2
    end = database.expiry.get(words[0])
    return -1 if end is None else round(end - now)


def _many(database: Database, words: list[str], _now: float) -> Reply:
    found = (database.values.get(key) for key in words)
    return [value if isinstance(value, str) else None for value in found]


def _set_many(database: Database, words: list[str], _now: float) -> Reply:
    if len(words) % 2:
        raise Refused("ERR wrong number of arguments for 'mset' command")
    database.values.update(zip(words[::2], words[1::2], strict=True))
    return Status("OK")


def _flush(database: Database, _words: list[str], _now: float) -> Reply:
    database.values.clear()
    database.expiry.clear()
    return Status("OK")


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Refused(NO_INTEGER) from None


_ANY: Final = 10_000
_COMMANDS: Final[Mapping[str, tuple[int, int, Callable[[Database, list[str], float], Reply]]]] = {
    "ping": (0, 1, _ping),
    "echo": (1, 1, lambda _, words, __: words[0]),
    "set": (2, 6, _set),
    "get": (1, 1, lambda database, words, _: database.get(words[0], str)),
    "append": (2, 2, _append),
    "strlen": (1, 1, lambda database, words, _: len(database.get(words[0], str) or "")),
    "incr": (1, 1, lambda database, words, _: _add(database, words[0], 1)),
    "decr": (1, 1, lambda database, words, _: _add(database, words[0], -1)),
    "incrby": (2, 2, lambda database, words, _: _add(database, words[0], _integer(words[1]))),
    "decrby": (2, 2, lambda database, words, _: _add(database, words[0], -_integer(words[1]))),
    "mget": (1, _ANY, _many),
    "mset": (2, _ANY, _set_many),
    "del": (1, _ANY, lambda database, words, _: sum(database.delete(key) for key in words)),
    "exists": (1, _ANY, lambda database, words, _: sum(key in database.values for key in words)),
    "keys": (1, 1, lambda database, words, _: [key for key in database.values if fnmatch.fnmatchcase(key, words[0])]),
    "dbsize": (0, 0, lambda database, _, __: len(database.values)),
    "type": (1, 1, _type),
    "expire": (2, 3, _expire),
    "ttl": (1, 1, _time_left),
    "lpush": (2, _ANY, _push(left=True)),
    "rpush": (2, _ANY, _push(left=False)),
    "lpop": (1, 1, _pop(left=True)),
    "rpop": (1, 1, _pop(left=False)),
    "llen": (1, 1, lambda database, words, _: len(database.get(words[0], list) or [])),
    "lrange": (3, 3, _range),
    "hset": (3, _ANY, _hash_set),
    "hget": (2, 2, _hash_get),
    "hgetall": (1, 1, _hash_all),
    "flushall": (0, 1, _flush),
    "flushdb": (0, 1, _flush),
    "select": (1, 1, lambda _, words, __: Status("OK") if words[0] == "0" else Failure("ERR DB index is out of range")),
}
"""Each command with the fewest and the most words it takes."""
