"""What the learner likes, kept on disk beside the progress: versioned JSON, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from tutor.course.datafile import NewerFileError, data_dir, locked, set_aside, write_atomically

VERSION: Final = 1
FILE_NAME: Final = "settings.json"
SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0)
"""How many times as fast as usual requests are played."""


@dataclass(frozen=True)
class Settings:
    """How the app looks and moves.

    Args:
        theme: name of the theme; empty for the app's own dark one.
        projector: whether it is shown to a room: large contrast, and nothing on top of the work.
        reduced_motion: whether nothing moves by itself.
        ascii: whether only ASCII is drawn.
        speed: how many times as fast as usual requests are played.
        language: the language to read lessons in, such as `de`; empty for that of the locale.
        welcomed: whether the keys that matter have been shown.
        keys: keys (with commas between) by id of the binding, where they are not the usual ones.
    """

    theme: str = ""
    projector: bool = False
    reduced_motion: bool = False
    ascii: bool = False
    speed: float = 1.0
    language: str = ""
    welcomed: bool = False
    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class SettingsFile:
    """The settings, and where they are kept.

    Several programs may keep them in one file: each writes what it has changed over what the others have written.

    Args:
        path: the file; None keeps them in memory.
        settings: what they are now.
        notice: what the learner should know about the file, in a line or several; may be empty.
    """

    def __init__(self, path: Path | None = None, settings: Settings | None = None, notice: str = "") -> None:
        self.path = path
        self.settings = settings or Settings()
        self.notice = notice
        self._unsaved: dict[str, Any] = {}
        self._unsaved_keys: dict[str, str] = {}  # an empty text for a binding on its usual key again

    @classmethod
    def load(cls, path: Path | None = None) -> SettingsFile:
        """Read the file (of the data folder, unless a path is given). A corrupt one is set aside, and said."""
        path = path or data_dir() / FILE_NAME
        try:
            settings, notice = _read(path)
            return cls(path, settings, notice)
        except FileNotFoundError:
            return cls(path)
        except NewerFileError:
            return cls(None, notice=f"{path} was written by a newer tutor: settings are not kept this time.")
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return cls(path, notice=set_aside(path, error, "settings file", "all settings are as usual"))
        except OSError as error:
            return cls(None, notice=f"{path} cannot be read ({error.strerror}): settings are not kept this time.")

    def change(self, **changes: Any) -> Settings:
        """Change some of them, and keep that; the settings as they are then.

        Args:
            changes: new values by the name of the field.
        """
        before, changed = self.settings, replace(self.settings, **changes)
        if changed != before:
            self.settings = changed
            self._unsaved |= {name: value for name, value in changes.items() if value != getattr(before, name)}
            if self._unsaved.pop("keys", None) is not None:
                old, new = before.keys, changed.keys
                self._unsaved_keys |= {each: "" for each in old if each not in new}
                self._unsaved_keys |= {each: keys for each, keys in new.items() if keys != old.get(each)}
            self._save()
        return self.settings

    def _save(self) -> None:
        if self.path is None:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with locked(self.path.parent):
                kept = self._with_changes(self.path)
                if self.path is not None:
                    written = {each.name: getattr(kept, each.name) for each in fields(Settings)}
                    data = {"version": VERSION, **written, "keys": dict(kept.keys)}
                    write_atomically(self.path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")
                    self._unsaved.clear()
                    self._unsaved_keys.clear()
        except OSError as error:
            self.notice = f"Settings could not be saved to {self.path}: {error.strerror}."

    def _with_changes(self, path: Path) -> Settings:
        """What is to stand in the file: what is there now, but for what was changed here."""
        try:
            there, _ = _read(path)
        except FileNotFoundError:
            return self.settings
        except NewerFileError:
            self.path, self.notice = None, f"{path} was written by a newer tutor: settings are no longer kept."
            return self.settings
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            self.notice = set_aside(path, error, "settings file", "the settings are written again")
            return self.settings
        keys = {each: name for each, name in {**there.keys, **self._unsaved_keys}.items() if name}
        return replace(there, **self._unsaved, keys=keys)


def kept_language() -> str:
    """The language of lessons, as the settings have it; what is wrong with their file is left to others to tell."""
    with suppress(ValueError, TypeError, KeyError, AttributeError, OSError, NewerFileError):
        return _read(data_dir() / FILE_NAME)[0].language
    return ""


def _read(path: Path) -> tuple[Settings, str]:
    """The settings in a file, where what it does not mention is as usual; and what is to be said about it.

    Raises:
        OSError: it cannot be read.
        NewerFileError: it was written by a version of the program that knows more than this one.
        TypeError: a value is of the wrong type.
        ValueError: it is no JSON, or the speed is none that there is.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    if data["version"] > VERSION:
        raise NewerFileError
    usual: dict[str, Any] = {each.name: getattr(Settings(), each.name) for each in fields(Settings)} | {"keys": {}}
    values = {name: data.get(name, value) for name, value in usual.items()}
    for name, value in values.items():
        if not isinstance(value, int | float if name == "speed" else type(usual[name])):
            raise TypeError(f"{name} is {value!r}")
    if values["speed"] not in SPEEDS:
        raise ValueError(f"speed is {values['speed']!r}")
    if not all(isinstance(keys, str) and keys for keys in values["keys"].values()):
        raise TypeError(f"keys is {values['keys']!r}")
    known, unknown = _known_keys(values["keys"])
    named = ", ".join(f"{key} (for {binding})" for binding, key in unknown)
    told = f"There is no such key as {path} names: {named}. That is left out." if named else ""
    return Settings(**{**values, "keys": MappingProxyType(known)}), told


def _known_keys(named: Mapping[str, str]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The keys of each binding as the app calls them; and those that it does not know, as they were written."""
    known: dict[str, str] = {}
    unknown = []
    if named:
        # Whoever has changed no key needs no names of keys: the command line starts without them.
        from tutor.ui.keys import read_key

        for binding, keys in named.items():
            read = {each: read_key(each) for each in keys.split(",")}
            unknown += [(binding, each.strip()) for each, key in read.items() if not key]
            if any(read.values()):
                known[binding] = ",".join(filter(None, read.values()))
    return known, unknown
