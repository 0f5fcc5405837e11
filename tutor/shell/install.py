"""Which commands a computer has: the interpreter's own where they are faithful, ours where not or where it has none."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Final

from tutor.shell.command import Command, CommandRegistry, Ctx
from tutor.shell.computer import Computer
from tutor.shell.images import command_file

TOOLS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("sh", "bash", "dash", "ash", "rbash"), "sh:sh"),
    "__type": "which:type_",
    "which": "which:which",
    "command": "which:which",
    "cat": "cat:cat",
    "tee": "tee:tee",
    "tail": "tail:tail",
    "ls": "ls:ls",
    "stat": "stat:stat",
    "id": "users:id_",
    "whoami": "users:whoami",
    "groups": "users:groups",
    "su": "users:su",
    "sudo": "users:sudo",
    "ps": "processes:ps",
    "top": "processes:top",
    "hostname": "system:hostname",
    "uname": "system:uname",
    "date": "system:date",
    "uptime": "system:uptime",
    "free": "system:free",
    "df": "system:df",
    "mount": "system:mount",
    "nproc": "system:nproc",
    "tty": "system:tty",
    "arch": "system:arch",
    "env": "environ:env",
    "printenv": "environ:printenv",
    "sleep": "waiting:sleep",
    "watch": "waiting:watch",
    "timeout": "waiting:timeout",
    "yes": "waiting:yes",
    "clear": "screen:clear",
    "reset": "screen:clear",
    "less": "screen:less",
    "more": "screen:less",
    "man": "screen:man",
    "__history": "screen:history",
    **dict.fromkeys(("vi", "vim", "nano", "code", "view", "emacs"), "edit:edit"),
    "apt-get": "apt:apt_get",
    "apt": "apt:apt_get",
    "apt-cache": "apt:apt_cache",
    "dpkg": "apt:dpkg",
    "apk": "apk:apk",
    "nginx": "servers:nginx",
    "python": "python:python",
    "python3": "python:python",
    "jq": "jq:jq",
    "tar": "tar:tar",
    "ip": "network_state:ip",
    "ifconfig": "network_state:ifconfig",
    "route": "network_state:route",
    "arp": "network_state:arp",
    "netstat": "network_state:netstat",
    "ss": "network_state:ss",
    "telnet": "telnet:telnet",
    "traceroute": "telnet:traceroute",
    "redis-cli": "redis:redis_cli",
    "redis-server": "redis:redis_server",
    "busybox": "applets:busybox",
    **{name: f"{name}:{name}" for name in ("curl", "wget", "nslookup", "dig", "host", "getent", "ping", "nc")},
    "netcat": "nc:nc",
    "ncat": "nc:nc",
}
"""Where each Python command is: module and function under `tutor.shell.tools`."""

UNSIMULATED: Final = "unsimulated:unsimulated"
"""What stands for a program of an image that neither we nor the interpreter have."""
ALWAYS = ("__type", "__history")
"""Commands that are part of every shell, though nobody calls them by name."""
MASKED = frozenset(
    [
        "csv", "json", "http", "semver", "template", "tomlq", "verify", "retry", "parallel", "dotenv", "log",
        "assert", "glob", "rg", "tree",
    ]
)  # fmt: skip
"""Commands of the interpreter that no Linux has by that name."""


def tool(name: str) -> Command:
    """The Python command of that name, imported when it first runs."""
    module, _, function = TOOLS.get(name, UNSIMULATED).partition(":")

    async def run(ctx: Ctx) -> int:
        command: Command = getattr(import_module(f"tutor.shell.tools.{module}"), function)
        return await command(ctx)

    return run


def installed_commands(commands: Mapping[str, str], native: frozenset[str]) -> tuple[CommandRegistry, frozenset[str]]:
    """The Python commands and the interpreter's own that stand for a list of command names.

    Args:
        commands: names with flavours.
        native: the interpreter's own commands.
    """
    registry = CommandRegistry()
    for name in ALWAYS:
        registry.add(name, tool(name))
    natives = frozenset(name for name in commands if name in native and name not in TOOLS and name not in MASKED)
    for name, flavour in commands.items():
        if name not in natives:
            registry.add(name, tool(name), flavour)
    return registry, natives


def install(computer: Computer, name: str, flavour: str) -> None:
    """Add a command to a computer, as a package manager does: its file, and what runs."""
    if name in TOOLS:
        computer.commands.add(name, tool(name), flavour)
    else:
        computer.natives |= {name}
    computer.disk.raw.write_file(f"/usr/bin/{name}", command_file(name))
    computer.disk.raw.chmod(f"/usr/bin/{name}", 0o755)
    for shell in computer.shells:
        shell.learn(name)


def uninstall(computer: Computer, name: str) -> None:
    """Take a command away from a computer; what the image brought under that name comes back."""
    brought = computer.image.all_commands if computer.image else {}
    if name in brought:
        install(computer, name, brought[name])
        return
    computer.commands.remove(name)
    computer.natives -= {name}
    computer.files().remove(f"/usr/bin/{name}")
    for shell in computer.shells:
        shell.learn(name)
