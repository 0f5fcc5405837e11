"""Descriptions of ConfigMaps and ServiceAccounts, and of kinds that have no description of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tutor.engine.objects import Object
from tutor.kubectl.printers.describe.page import About, Page
from tutor.kubectl.printers.text import go_value

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_ACRONYMS = frozenset({"API", "URL", "UID", "OSB", "GUID"})
_SHOWN_ABOVE = frozenset({
    ".metadata.managedFields", ".metadata.name", ".metadata.namespace", ".metadata.labels", ".metadata.annotations",
})  # fmt: skip


def describe_config_map(page: Page, config_map: Object, about: About) -> None:
    """Add all there is to say of a ConfigMap."""
    page.head(config_map)
    page.part("\nData\n====\n")
    for key, value in sorted((config_map.get("data") or {}).items()):
        page.part(f"{key}:\n----\n{value}\n\n")
    page.part("\nBinaryData\n====\n")
    for key, value in sorted((config_map.get("binaryData") or {}).items()):
        page.line(f"{key}: {len(value) * 3 // 4 - value.count('=')} bytes")
    page.line()
    about.events(page, config_map, "ConfigMap")


def describe_service_account(page: Page, account: Object, about: About) -> None:
    """Add all there is to say of a ServiceAccount."""
    page.head(account)
    for title, key in (("Image pull secrets:", "imagePullSecrets"), ("Mountable secrets: ", "secrets")):
        names = [str(each.get("name", "")) for each in account.get(key) or ()] or ["<none>"]
        page.line(f"{title}\t{names[0]}")
        for name in names[1:]:
            page.line(f"{' ' * len(title)}\t{name}")
    page.line("Tokens:            \t<none>")
    about.events(page, account, "ServiceAccount")


def describe_anything(page: Page, obj: Object, about: About) -> None:
    """Add the fields of an object, each with its name spelled out."""
    page.head(obj)
    _fields(page, obj, 0, "")
    about.events(page, obj, str(obj["kind"]))


def _fields(page: Page, content: Mapping[str, Any], level: int, path: str) -> None:
    for name in sorted(content):
        here, value = f"{path}.{name}", content[name]
        if here in _SHOWN_ABOVE:
            continue
        if isinstance(value, Mapping):
            page.line(f"{_label(name)}:", level)
            _fields(page, value, level + 1, here)
        elif isinstance(value, list):
            page.line(f"{_label(name)}:", level)
            for child in value:
                if isinstance(child, Mapping):
                    _fields(page, child, level + 1, here)
                else:
                    page.line(go_value(child), level + 1)
        else:
            page.line(f"{_label(name)}:\t{go_value(value)}", level)


def _label(name: str) -> str:
    if not name.replace("-", "").isalpha():
        return name
    words = _WORD.findall(name)
    return " ".join(word.upper() if word.upper() in _ACRONYMS else word[:1].upper() + word[1:] for word in words)
