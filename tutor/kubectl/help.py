"""`--help`, laid out as kubectl lays it out.

Source: https://github.com/kubernetes/kubectl/blob/master/pkg/util/templates (templates.go, help_flags_printer.go) and
the real tool.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tutor.kubectl.command import Command, Flag, FlagValue
from tutor.kubectl.durations import format_duration

_NAME_WIDTH = 11
"""The least width of the column of subcommands: cobra's minNamePadding."""
_OPTIONS_TIP = 'Use "kubectl options" for a list of global command-line options (applies to all commands).\n'


def help_text(command: Command, path: str, exists: Iterable[str] | None = None) -> str:
    """What `PATH --help` prints.

    Args:
        command: the verb.
        path: its words, such as `kubectl create service`.
        exists: names of subcommands to show, if not all.
    """
    sections = [(command.long or command.short).strip()]
    if command.aliases:
        sections.append("Aliases:\n" + ", ".join((command.name, *command.aliases)))
    if command.examples:
        sections.append("Examples:\n" + _indent(command.examples))
    shown = [sub for sub in command.subcommands if exists is None or sub.name in exists]
    if shown:
        sections.append("Available Commands:\n" + _subcommands(shown))
    visible = [flag for flag in command.flags if not flag.hidden]
    if visible:
        sections.append("Options:\n" + flags_text(visible))
    sections.append("Usage:\n  " + usage_line(command, path))
    tips = f'Use "{path} <command> --help" for more information about a given command.\n' if shown else ""
    return "\n\n".join(sections) + "\n\n" + tips + _OPTIONS_TIP


def usage_line(command: Command, path: str) -> str:
    """The line under "Usage:"."""
    words = [path, command.usage]
    if "[options]" not in command.usage:
        words.append("[options]")
    return " ".join(word for word in words if word)


def flags_text(flags: Sequence[Flag]) -> str:
    """The paragraphs under "Options:", sorted by name."""
    return "\n\n".join(_flag_text(flag) for flag in sorted(flags, key=lambda flag: flag.name))


def _flag_text(flag: Flag) -> str:
    short = f"-{flag.short}, " if flag.short else ""
    return f"    {short}--{flag.name}={_default_text(flag, flag.initial)}:\n\t{flag.help}"


def _default_text(flag: Flag, value: FlagValue) -> str:
    if flag.kind == "duration" and isinstance(value, (int, float)):
        return format_duration(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{','.join(value)}]"
    return f"'{value}'" if isinstance(value, str) else str(value)


def _subcommands(commands: Sequence[Command]) -> str:
    width = max(_NAME_WIDTH, *(len(command.name) for command in commands))
    return "\n".join(f"  {command.name:<{width}}   {command.short}" for command in commands)


def _indent(text: str) -> str:
    return "\n".join(f"  {line.strip()}" for line in text.strip().split("\n"))
