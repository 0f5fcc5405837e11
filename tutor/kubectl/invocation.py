"""One run of one verb: its words sorted out, and what it may read and write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tutor.engine.objects import Object
from tutor.kubectl.client import Client
from tutor.kubectl.command import Command
from tutor.kubectl.context import Context
from tutor.kubectl.errors import KubectlError, usage_error
from tutor.kubectl.flags import ParsedFlags

_RECORD_DEPRECATED: Final = "Flag --record has been deprecated, --record will be removed in the future\n"


class Invocation:
    """What a verb's handler gets.

    Args:
        command: the verb.
        path: its words, such as `kubectl create deployment`.
        parsed: its flags and arguments.
        context: everything around it.
    """

    def __init__(self, command: Command, path: str, parsed: ParsedFlags, context: Context) -> None:
        self.command = command
        self.path = path
        self.args = parsed.args
        self.dash = parsed.dash
        self.context = context
        self._parsed = parsed
        self.change_cause = self._change_cause()
        """The command line, for an annotation of what it changes; empty unless `--record` asks for that."""
        self.client = Client(context.cluster.api, self._manager(), self.change_cause)
        self.printer: Callable[[Object], str] | None = None
        """What prints the objects of this run as `-o` asks, once there has been one to print."""
        self.warned = 0
        """How many warnings of the server have been shown."""
        self._notice = _RECORD_DEPRECATED if self.has("record") and self.given("record") else ""

    # Flags

    def text(self, flag: str) -> str:
        """The value of a string flag."""
        value = self._parsed.values[flag]
        assert isinstance(value, str)  # noqa: S101  # the declaration says so
        return value

    def on(self, flag: str) -> bool:
        """The value of a bool flag."""
        value = self._parsed.values[flag]
        assert isinstance(value, bool)  # noqa: S101
        return value

    def number(self, flag: str) -> int:
        """The value of an int flag."""
        value = self._parsed.values[flag]
        assert isinstance(value, int)  # noqa: S101
        return value

    def seconds(self, flag: str) -> float:
        """The value of a duration flag, in seconds."""
        value = self._parsed.values[flag]
        assert isinstance(value, (int, float))  # noqa: S101
        return float(value)

    def many(self, flag: str) -> tuple[str, ...]:
        """The values of a flag that may be repeated."""
        value = self._parsed.values[flag]
        assert isinstance(value, tuple)  # noqa: S101
        return value

    def given(self, flag: str) -> bool:
        """Whether the flag was on the command line."""
        return flag in self._parsed.given

    def has(self, flag: str) -> bool:
        """Whether the verb takes the flag at all."""
        return flag in self._parsed.values

    def _manager(self) -> str:
        """Who is noted as the manager of what this run writes."""
        return (self.text("field-manager") if self.has("field-manager") else "") or "kubectl"

    def _change_cause(self) -> str:
        """Source: `parseCommandArguments` of https://github.com/kubernetes/cli-runtime (record_flags.go)."""
        if not self.has("record") or not self.on("record"):
            return ""
        flags = [f"--{name}={text}" for name, text in self._parsed.words]
        return " ".join([self.path, *self.args, *flags])

    # Namespaces

    @property
    def namespace(self) -> str:
        """The namespace meant: that of -n, else the context's."""
        return self.text("namespace") or self._context_namespace

    @property
    def namespace_given(self) -> bool:
        """Whether -n names one."""
        return bool(self.text("namespace"))

    @property
    def _context_namespace(self) -> str:
        config, name = self.context.config, self.text("context")
        return config.namespace_of(name) if name else config.namespace

    # Streams

    async def out(self, text: str) -> None:
        """Write to standard output, after any warnings of the server."""
        await self._show_warnings()
        if text:
            await self.context.stdout.write(text)

    async def err(self, text: str) -> None:
        """Write to standard error, after any warnings of the server."""
        await self._show_warnings()
        if text:
            await self.context.stderr.write(text)

    async def finish(self) -> None:
        """Show the warnings still to be shown."""
        await self._show_warnings()

    async def _show_warnings(self) -> None:
        if self._notice:
            notice, self._notice = self._notice, ""
            await self.context.stderr.write(notice)
        warnings = self.client.take_warnings()
        if warnings:
            self.warned += warnings.count("\n")
            await self.context.stderr.write(warnings)

    # Errors

    def usage_error(self, message: str) -> KubectlError:
        """An error that points to this verb's help."""
        return usage_error(self.path, message)
