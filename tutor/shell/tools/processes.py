"""`ps` and `top`: the container's own process, and the shell that looks."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.shell.command import Ctx


@dataclass(frozen=True)
class _Row:
    pid: int
    user: str
    tty: str
    seconds: int
    command: str


def _rows(ctx: Ctx) -> list[_Row]:
    session = ctx.session
    assert session is not None  # noqa: S101  # every command runs in a shell
    computer, user = session.computer, session.computer.user.name
    tty = _tty(ctx)
    rows = []
    image = computer.image
    if image is not None:
        main = " ".join(computer.main_command or image.command) or "/pause"
        if image.behaviour == "http" and "nginx" in image.name:
            rows.append(_Row(1, "root", "?", 0, f"nginx: master process {main}"))
            rows.append(_Row(29, "nginx", "?", 0, "nginx: worker process"))
        else:
            rows.append(_Row(1, user, "?", 0, main))
    else:
        rows.append(_Row(1, "root", "?", 2, "/sbin/init"))
        rows.append(_Row(1204, user, "pts/0", 0, "-bash"))
    last = 37 if image is not None else 1311
    if (
        image is not None
        and session.is_shell
        and (computer.main_command or image.command)[:1]
        not in {
            ("sh",),
            ("bash",),
            ("/bin/sh",),
            ("/bin/bash",),
        }
    ):
        rows.append(_Row(last, user, tty, 0, session.personality.name))
    rows.append(_Row(last + 6, user, tty, 0, " ".join(ctx.argv)))
    return rows


def _tty(ctx: Ctx) -> str:
    return "pts/0" if ctx.terminal else "?"


async def ps(ctx: Ctx) -> int:
    """List processes."""
    rows, words = _rows(ctx), "".join(ctx.args)
    if ctx.flavour == "busybox":
        text = "PID   USER     TIME  COMMAND\n"
        text += "".join(
            f"{row.pid:5} {row.user[:8]:<8} {row.seconds // 60:3}:{row.seconds % 60:02} {row.command}\n" for row in rows
        )
    elif "u" in words and "f" not in words:
        text = "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n"
        start = ctx.cluster.clock.datetime.strftime("%H:%M")
        text += "".join(
            f"{row.user:<8} {row.pid:7}  0.0  0.1 {11400 + row.pid * 8:6} {7200 - row.pid:5} {row.tty:<8} Ss   "
            f"{start}   0:00 {row.command}\n"
            for row in rows
        )
    elif "f" in words:
        text = "UID          PID    PPID  C STIME TTY          TIME CMD\n"
        start = ctx.cluster.clock.datetime.strftime("%H:%M")
        text += "".join(
            f"{row.user:<8} {row.pid:7} {0 if row.pid == 1 else 1:7}  0 {start} {row.tty:<8} 00:00:00 {row.command}\n"
            for row in rows
        )
    else:
        every = "e" in words or "A" in words or "a" in words
        text = "    PID TTY          TIME CMD\n"
        text += "".join(
            f"{row.pid:7} {row.tty:<8} 00:00:00 {row.command.split()[0].rstrip(':').rpartition('/')[2]}\n"
            for row in rows
            if every or row.tty == _tty(ctx)
        )
    await ctx.say(text)
    return 0


async def top(ctx: Ctx) -> int:
    """Show the processes once: there is nothing here that would change."""
    rows = _rows(ctx)
    clock = ctx.cluster.clock.datetime.strftime("%H:%M:%S")
    text = f"top - {clock} up 14 days,  1 user,  load average: 0.08, 0.03, 0.01\n"
    text += f"Tasks: {len(rows)} total,   1 running, {len(rows) - 1} sleeping,   0 stopped,   0 zombie\n\n"
    text += "    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n"
    for row in rows:
        numbers = f"  20   0   11400   7200   5800 S   0.0   0.1   0:00.{row.pid % 100:02}"
        text += f"{row.pid:7} {row.user:<8}{numbers} {row.command.split()[0]}\n"
    await ctx.say(text)
    return 0
