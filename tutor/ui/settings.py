"""What the learner likes, kept on disk beside the progress: versioned JSON, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from tutor.course.progress import data_dir, set_aside, write_atomically

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

    Args:
        path: the file; None keeps them in memory.
        settings: what they are now.
        notice: what the learner should know about the file, in one line; may be empty.
    """

    def __init__(self, path: Path | None = None, settings: Settings | None = None, notice: str = "") -> None:
        self.path = path
        self.settings = settings or Settings()
        self.notice = notice

    @classmethod
    def load(cls, path: Path | None = None) -> SettingsFile:
        """Read the file (of the data folder, unless a path is given). A corrupt one is set aside, and said."""
        path = path or data_dir() / FILE_NAME
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            if data["version"] > VERSION:
                return cls(None, notice=f"{path} was written by a newer tutor: settings are not kept this time.")
            return cls(path, _read(data))
        except FileNotFoundError:
            return cls(path)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return cls(path, notice=set_aside(path, error, "settings file", "all settings are as usual"))
        except OSError as error:
            return cls(None, notice=f"{path} cannot be read ({error.strerror}): settings are not kept this time.")

    def change(self, **changes: Any) -> Settings:
        """Change some of them, and keep that; the settings as they are then.

        Args:
            changes: new values by the name of the field.
        """
        changed = replace(self.settings, **changes)
        if changed != self.settings:
            self.settings = changed
            self._save()
        return self.settings

    def _save(self) -> None:
        if self.path is None:
            return
        kept = {each.name: getattr(self.settings, each.name) for each in fields(Settings)}
        data = {"version": VERSION, **kept, "keys": dict(self.settings.keys)}
        try:
            write_atomically(self.path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")
        except OSError as error:
            self.notice = f"Settings could not be saved to {self.path}: {error.strerror}."


def _read(data: Mapping[str, Any]) -> Settings:
    """The settings in a file; what it does not mention is as usual.

    Raises:
        TypeError: a value is of the wrong type.
        ValueError: the speed is none that there is.
    """
    usual: dict[str, Any] = {each.name: getattr(Settings(), each.name) for each in fields(Settings)} | {"keys": {}}
    values = {name: data.get(name, value) for name, value in usual.items()}
    for name, value in values.items():
        if not isinstance(value, int | float if name == "speed" else type(usual[name])):
            raise TypeError(f"{name} is {value!r}")
    if values["speed"] not in SPEEDS:
        raise ValueError(f"speed is {values['speed']!r}")
    if not all(isinstance(keys, str) and keys for keys in values["keys"].values()):
        raise TypeError(f"keys is {values['keys']!r}")
    return Settings(**{**values, "keys": MappingProxyType(values["keys"])})
