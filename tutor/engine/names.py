"""What names, label keys and label values may look like, in the API's own words.

Each function returns what is wrong with a text, nothing if it is right.

Source: k8s.io/apimachinery/pkg/util/validation and
https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import Final

Check = Callable[[str], list[str]]

_LABEL: Final = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN: Final = rf"{_LABEL}(\.{_LABEL})*"
_QUALIFIED: Final = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_VALUE: Final = rf"({_QUALIFIED})?"
_CONFIG_KEY: Final = r"[-._a-zA-Z0-9]+"
_matches_label: Final = re.compile(_LABEL).fullmatch
_matches_subdomain: Final = re.compile(_SUBDOMAIN).fullmatch
_matches_qualified: Final = re.compile(_QUALIFIED).fullmatch
_matches_value: Final = re.compile(_VALUE).fullmatch
_matches_config_key: Final = re.compile(_CONFIG_KEY).fullmatch


def too_long(limit: int) -> str:
    """The words for a text over its limit."""
    return f"must be no more than {limit} characters"


def _pattern(what: str, regex: str, *examples: str) -> str:
    shown = "',  or '".join(examples)
    return f"{what} (e.g. '{shown}', regex used for validation is '{regex}')"


_LABEL_TEXT: Final = _pattern(
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    "with an alphanumeric character",
    _LABEL, "my-name", "123-abc",
)  # fmt: skip
_SUBDOMAIN_TEXT: Final = _pattern(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    "and end with an alphanumeric character",
    _SUBDOMAIN, "example.com",
)  # fmt: skip
_QUALIFIED_TEXT: Final = _pattern(
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    _QUALIFIED, "MyName", "my.name", "123-abc",
)  # fmt: skip
_VALUE_TEXT: Final = _pattern(
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
    "and end with an alphanumeric character",
    _VALUE, "MyValue", "my_value", "12345",
)  # fmt: skip
_CONFIG_KEY_TEXT: Final = _pattern(
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    _CONFIG_KEY, "key.name", "KEY_NAME", "key-name",
)  # fmt: skip


def label_problems(name: str) -> list[str]:
    """A DNS label, as names of Services, namespaces, containers and ports' hosts are (at most 63 bytes)."""
    problems = [too_long(63)] if len(name) > 63 else []
    if _matches_label(name):
        return problems
    return [*problems, "must not contain dots" if _matches_subdomain(name) else _LABEL_TEXT]


def subdomain_problems(name: str) -> list[str]:
    """A DNS subdomain, as most names are (at most 253 bytes)."""
    problems = [too_long(253)] if len(name) > 253 else []
    return problems if _matches_subdomain(name) else [*problems, _SUBDOMAIN_TEXT]


def label_key_problems(key: str) -> list[str]:
    """A label or annotation key: a name, or a prefix and a name with a slash between."""
    prefix, slash, name = key.rpartition("/")
    problems: list[str] = []
    if "/" in prefix:
        described = f"a valid label key {_QUALIFIED_TEXT}"
        return [described + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"]
    if slash and not prefix:
        problems.append("prefix part must be non-empty")
    elif slash:
        problems += [f"prefix part {problem}" for problem in subdomain_problems(prefix)]
    if not name:
        problems.append("name part must be non-empty")
    elif len(name) > 63:
        problems.append("name part " + too_long(63))
    return problems if _matches_qualified(name) else [*problems, f"name part {_QUALIFIED_TEXT}"]


def label_value_problems(value: str) -> list[str]:
    """A label value (at most 63 bytes, may be empty)."""
    problems = [too_long(63)] if len(value) > 63 else []
    return problems if _matches_value(value) else [*problems, _VALUE_TEXT]


def env_name_problems(name: str) -> list[str]:
    """The name of an environment variable."""
    if all(" " <= letter <= "~" and letter != "=" for letter in name):
        return []
    return ["a valid environment variable name must consist only of printable ASCII characters other than '='"]


def config_key_problems(key: str) -> list[str]:
    """A key of a ConfigMap."""
    problems = [too_long(253)] if len(key) > 253 else []
    if not _matches_config_key(key):
        problems.append(_CONFIG_KEY_TEXT)
    elif key == ".":
        problems.append("must not be '.'")
    elif key == "..":
        problems.append("must not be '..'")
    elif key.startswith(".."):
        problems.append("must not start with '..'")
    return problems


def port_name_problems(name: str) -> list[str]:
    """The name of a container port, as a targetPort refers to it."""
    problems = []
    if len(name) > 15:
        problems.append(too_long(15))
    if not re.fullmatch(r"[-a-z0-9]+", name):
        problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search(r"[a-z]", name):
        problems.append("must contain at least one letter (a-z)")
    if "--" in name:
        problems.append("must not contain consecutive hyphens")
    if name.startswith("-") or name.endswith("-"):
        problems.append("must not begin or end with a hyphen")
    return problems


def port_problems(port: int) -> list[str]:
    """A port number."""
    return [] if 1 <= port <= 65535 else ["must be between 1 and 65535, inclusive"]


def ip_problems(text: str) -> list[str]:
    """An IPv4 or IPv6 address."""
    try:
        ip_address(text)
    except ValueError:
        return ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]
    return []
