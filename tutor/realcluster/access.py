"""The way to a real cluster: the kubectl on this computer, a kubeconfig, and a namespace of our own.

Everything goes through kubectl, so that every way to log in that it knows works, and nothing but the given kubeconfig
is ever read.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shlex
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PREFIX: Final = "tutor-"
"""What the names of our namespaces begin with."""
LABEL: Final = "app.kubernetes.io/managed-by=tutor"
"""The label they carry."""
PATIENCE: Final = 30.0
"""Real seconds a command that only asks or tells the server something may take."""


class RealClusterError(Exception):
    """The real cluster cannot be used; the message says why and what may help."""


@dataclass(frozen=True)
class Finished:
    """What a kubectl command wrote, and its exit code."""

    code: int
    out: str
    err: str


class Access:
    """A namespace of our own in a real cluster. Make it with `open`, end it with `close`.

    Args:
        program: the kubectl to run.
        folder: a folder of our own, for the kubeconfig.
        namespace: the namespace.
        way: the words by which a person points kubectl at the same cluster.
    """

    def __init__(self, program: str, folder: Path, namespace: str, way: Sequence[str]) -> None:
        self.program, self.folder, self.namespace = program, folder, namespace
        self._way = way
        self.kubeconfig = folder / "kubeconfig"

    @classmethod
    async def open(cls, kubeconfig: Path, context: str = "") -> Access:
        """Take a copy of what a context needs, and make a namespace.

        Args:
            kubeconfig: the file to use; it is not changed.
            context: the context in it; its current one if empty.

        Raises:
            RealClusterError: there is no kubectl, no such context, or no namespace may be made.
        """
        program = shutil.which("kubectl")
        if program is None:
            raise RealClusterError("there is no kubectl on this computer; lessons on a real cluster need it")
        if not await asyncio.to_thread(kubeconfig.is_file):
            raise RealClusterError(f"{kubeconfig}: there is no such kubeconfig")
        folder = Path(tempfile.mkdtemp(prefix="tutor-"))
        way = ["--kubeconfig", str(kubeconfig), *(["--context", context] if context else [])]
        access = cls(program, folder, PREFIX + secrets.token_hex(4), way)
        try:
            await access._copy(kubeconfig, context)
            labels = dict([LABEL.split("=")])
            metadata = {"name": access.namespace, "labels": labels}
            manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
            made = await access.ask("create", "--validate=false", "--filename", "-", given=json.dumps(manifest))
            if made.code:
                raise RealClusterError(f"no namespace can be made there: {_last_line(made.err)}")
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return access

    async def _copy(self, kubeconfig: Path, context: str) -> None:
        words = ["config", "view", "--raw", "--minify", "--flatten", "--output", "json"]
        words += ["--context", context] if context else []
        shown = await self._run(words, {**os.environ, "KUBECONFIG": str(kubeconfig)})
        if shown.code:
            raise RealClusterError(f"{kubeconfig}: {_last_line(shown.err)}")
        config = json.loads(shown.out)
        for each in config.get("contexts") or ():
            each["context"]["namespace"] = self.namespace
        _write_secret(self.kubeconfig, json.dumps(config))

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment for kubectl: this process's, with our kubeconfig."""
        return {**os.environ, "KUBECONFIG": str(self.kubeconfig)}

    async def ask(self, *words: str, given: str = "") -> Finished:
        """Run a kubectl command that ends by itself.

        Args:
            words: its words.
            given: what it reads.

        Raises:
            RealClusterError: it took too long.
        """
        return await self._run(words, self.environ, given)

    async def _run(self, words: Sequence[str], environ: Mapping[str, str], given: str = "") -> Finished:
        process = await asyncio.create_subprocess_exec(
            self.program,
            *words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environ,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(given.encode("utf-8")), PATIENCE)
        except TimeoutError:
            process.kill()
            raise RealClusterError(f"kubectl {words[0]} had no answer from the cluster for {PATIENCE:.0f} s") from None
        return Finished(process.returncode or 0, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))

    def removal(self, namespace: str) -> str:
        """The command line with which a person removes a namespace there."""
        return shlex.join(["kubectl", *self._way, "delete", "namespace", namespace])

    async def leftovers(self) -> list[str]:
        """Namespaces of lessons that were never tidied up, ours left out."""
        found = await self.ask("get", "namespaces", "--selector", LABEL, "--output", "name")
        names = [line.partition("/")[2] for line in found.out.splitlines()]
        return [name for name in names if name.startswith(PREFIX) and name != self.namespace]

    async def close(self) -> str:
        """Delete the namespace; what to tell the learner if that failed, else an empty text."""
        try:
            gone = await self.ask("delete", "namespace", self.namespace, "--wait=false", "--ignore-not-found")
            why = gone.err.strip() if gone.code else ""
        except RealClusterError as error:
            why = str(error)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
        if not why:
            return ""
        return f"the namespace could not be removed ({why}); do it with: {self.removal(self.namespace)}"


def _last_line(text: str) -> str:
    """What kubectl says in the end; what stands before it are its attempts."""
    return text.strip().rpartition("\n")[2]


def _write_secret(path: Path, text: str) -> None:
    """Write a new file that nobody else may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
