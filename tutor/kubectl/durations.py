"""Go's durations: `1h15m30.5s`, read and written as Go's time package does.

Source: https://pkg.go.dev/time#ParseDuration and https://pkg.go.dev/time#Duration.String
"""

from __future__ import annotations

import re

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"([0-9]*\.?[0-9]*)([^0-9.]*)")


class DurationError(ValueError):
    """The text is no duration; the message is Go's own."""


def parse_duration(text: str) -> float:
    """Seconds of a duration such as `90s`, `1h15m` or `-1.5h`.

    Raises:
        DurationError: with Go's wording, such as `time: missing unit in duration "5"`.
    """
    sign, rest = (-1.0, text[1:]) if text[:1] == "-" else (1.0, text.removeprefix("+"))
    if rest == "0":
        return 0.0
    if not rest:
        raise DurationError(f'time: invalid duration "{text}"')
    seconds = 0.0
    while rest:
        match = _PART.match(rest)
        number, unit = match.groups() if match else ("", "")
        if number in {"", "."}:
            raise DurationError(f'time: invalid duration "{text}"')
        if not unit:
            raise DurationError(f'time: missing unit in duration "{text}"')
        if unit not in _UNITS:
            raise DurationError(f'time: unknown unit "{unit}" in duration "{text}"')
        seconds += float(number) * _UNITS[unit]
        rest = rest[len(number) + len(unit) :]
    return sign * seconds


def format_duration(seconds: float) -> str:
    """A duration as Go writes it: `0s`, `1.5s`, `1m30s`, `1h0m0s`, `250ms`."""
    if seconds < 0:
        return "-" + format_duration(-seconds)
    if seconds == 0:
        return "0s"
    if seconds < 1:
        return f"{seconds * 1000:g}ms"
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours:.0f}h{minutes:.0f}m{left:g}s"
    return f"{minutes:.0f}m{left:g}s" if minutes else f"{left:g}s"
