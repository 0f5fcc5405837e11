"""curl's progress meter.

Source: lib/progress.c of curl 7.88.1; tests/golden/network/net-pipe.yaml.
"""

from __future__ import annotations

from typing import Final

HEADING: Final = (
    "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
    "                                 Dload  Upload   Total   Spent    Left  Speed\n"
)
_NO_TIME: Final = "--:--:--"


def meter_line(total: int, received: int, upload: int, seconds: float, current: int) -> str:
    """One state of the meter, from its carriage return on.

    Args:
        total: bytes expected in both directions; 0 if unknown.
        received: bytes received.
        upload: bytes sent as a body.
        seconds: time since the start.
        current: bytes a second lately.
    """
    download = total - upload if total else 0
    done = received + upload
    overall = 100 * done // total if total else 0
    percent = 100 * received // download if download > 0 else 0
    down = int(received / seconds) if seconds else 0
    up = int(upload / seconds) if seconds else 0
    spent = clock(int(seconds)) if seconds >= 1 else _NO_TIME
    return (
        f"\r{overall:3} {amount(total)}  {percent:3} {amount(received)}  {100 if upload else 0:3} {amount(upload)}"
        f"  {amount(down)}  {amount(up)} {_NO_TIME} {spent} {_NO_TIME} {amount(current)}"
    )


def clock(seconds: int) -> str:
    """A duration in eight columns: `0:00:01`."""
    hours, rest = divmod(seconds, 3600)
    if hours <= 99:
        return f"{hours:2}:{rest // 60:02}:{rest % 60:02}"
    days, hours = divmod(hours, 24)
    return f"{days:3}d {hours:02}h" if days <= 999 else f"{days:7}d"


def amount(count: int) -> str:
    """A number of bytes in five columns: `80568`, `149k`, `12.3M`."""
    if count < 100_000:
        return f"{count:5}"
    if count < 10_000 << 10:
        return f"{count >> 10:4}k"
    if count < 100 << 20:
        return f"{count >> 20:2}.{(count % (1 << 20)) // ((1 << 20) // 10)}M"
    if count < 10_000 << 20:
        return f"{count >> 20:4}M"
    return f"{count >> 30:4}G"
