"""Containers as computers: their files, and commands run in them by exec, attach and run."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.engine.images import ImageCatalog
from tutor.engine.objects import Object, field, name_of, namespace_of, uid_of
from tutor.engine.process import command_of
from tutor.engine.store import Change
from tutor.kubectl.context import Context, ExecError, Input
from tutor.shell.bashkit_engine import new_disk
from tutor.shell.computer import Computer
from tutor.shell.containerfiles import container_environ, container_tree, first_contents, first_names, mounted_texts
from tutor.shell.files import ShellFiles, Tree
from tutor.shell.images import ShellImage
from tutor.shell.install import installed_commands
from tutor.shell.session import ShellSession
from tutor.shell.streams import PipeOutput, TextInput
from tutor.shell.terminal import Terminal
from tutor.shell.world import Streams, World

KILLED = 137
"""Exit code of what was in a container that is gone: 128 + SIGKILL."""
NOT_STARTED = 128
"""Exit code the runtime gives a container whose command could not be started."""

Key = tuple[str, str, int]
"""Pod uid, container name, and how often it had restarted."""


class Containers:
    """Reaches into the containers of a cluster.

    Args:
        world: what all shells share.
        terminal: where interactive shells open.
        images: the registry.
    """

    def __init__(self, world: World, terminal: Terminal, images: ImageCatalog) -> None:
        self._world, self._terminal, self._images = world, terminal, images
        self._computers: dict[Key, Computer] = {}
        self._names: dict[str, tuple[str, str]] = {}
        self._sessions: dict[Key, dict[ShellSession, Terminal]] = {}
        world.files_of = self._first_files
        world.cluster.store.subscribe(self._changed)

    # Computers

    def computer(self, pod: Object, container: str) -> Computer:
        """The computer that a running container is.

        Raises:
            ExecError: its image holds nothing to run.
        """
        key = (uid_of(pod), container, restarts(pod, container))
        if key not in self._computers:
            self._computers[key] = self._build(pod, container)
        return self._computers[key]

    def _image(self, pod: Object, container: str) -> ShellImage:
        image = self._images.find(spec_of(pod, container)["image"])
        assert isinstance(image, ShellImage)  # noqa: S101  # a container runs, so its image was found; ours hold shells
        return image

    def _build(self, pod: Object, container: str) -> Computer:
        image, cluster = self._image(pod, container), self._world.cluster
        spec = spec_of(pod, container)
        commands, natives = installed_commands(image.all_commands, self._world.native_names)
        return Computer(
            name=f"{namespace_of(pod)}/{name_of(pod)}/{container}",
            hostname=field(pod, "spec.hostname") or name_of(pod)[:63],
            disk=new_disk(container_tree(pod, spec, image, cluster.api, cluster.clock.now), self._world.timeline.at),
            commands=commands,
            client=cluster.network.clients.of(pod, container),
            user=image.account,
            environ=container_environ(pod, spec, image, cluster.api),
            cwd=spec.get("workingDir") or image.working_dir,
            sh=image.os.sh,
            natives=natives,
            image=image,
            main_command=command_of(spec, image),
            end=lambda code: cluster.exit_container(uid_of(pod), container, code),
        )

    def _first_files(self, namespace: str, name: str) -> ShellFiles | None:
        """The files of the first container of a Pod; None if it does not run."""
        pod = self._world.cluster.store.get("Pod", namespace, name)
        if pod is None or field(pod, "status.phase") != "Running":
            return None
        return self.computer(pod, pod["spec"]["containers"][0]["name"]).files()

    def files(self, pod: Object, container: str) -> Any:
        """The container's files."""
        return self.computer(pod, container).files()

    def read(self, pod_uid: str, container: str, path: str) -> bytes | None:
        """A file's contents as the container has it now, or None."""
        runs = [key for key in self._computers if key[:2] == (pod_uid, container)]
        if runs:
            try:
                return self._computers[max(runs)].files().read_bytes(path)
            except (FileNotFoundError, IsADirectoryError):
                return None
        pod = self._pod(pod_uid)
        if pod is None:
            return None
        spec = spec_of(pod, container)
        image = self._images.find(spec["image"])
        if not isinstance(image, ShellImage):
            return None
        return first_contents(pod, spec, image, self._world.cluster.api, path)

    def names(self, pod_uid: str, container: str, folder: str) -> Sequence[str]:
        """What is in a folder of the container now; nothing if it is none."""
        runs = [key for key in self._computers if key[:2] == (pod_uid, container)]
        if runs:
            files = self._computers[max(runs)].files()
            return files.listdir(folder) if files.is_dir(folder) else ()
        pod = self._pod(pod_uid)
        if pod is None:
            return ()
        spec = spec_of(pod, container)
        image = self._images.find(spec["image"])
        return first_names(pod, spec, image, self._world.cluster.api, folder) if isinstance(image, ShellImage) else ()

    def modified(self, pod_uid: str, container: str, path: str) -> float | None:
        """When a file last changed, in seconds since the cluster's birth; None if it is as its image has it."""
        runs = [key for key in self._computers if key[:2] == (pod_uid, container)]
        return self._computers[max(runs)].files().date(path) if runs else None

    def _pod(self, uid: str) -> Object | None:
        store = self._world.cluster.store
        pod = store.get("Pod", *self._names[uid]) if uid in self._names else None
        if pod is None or uid_of(pod) != uid:
            # After an undo, Pods are there that no change told of.
            pod = next((pod for pod in store.list("Pod") if uid_of(pod) == uid), None)
        return pod

    def _changed(self, change: Change) -> None:
        """A container's files and shells go with it; a ConfigMap is seen changed where it is mounted."""
        if change.kind == "ConfigMap" and change.type == "MODIFIED":
            self._remount(namespace_of(change.object), name_of(change.object))
        if change.kind != "Pod":
            return
        uid = uid_of(change.object)
        self._names[uid] = (namespace_of(change.object), name_of(change.object))
        for key in [key for key in self._sessions if key[0] == uid]:
            if change.type == "DELETED" or not is_running(change.object, key[1], key[2]):
                for session, terminal in tuple(self._sessions[key].items()):
                    session.gone = True
                    terminal.kill(session, KILLED)
        if change.type == "DELETED":
            del self._names[uid]
            for key in [key for key in self._computers if key[0] == uid]:
                del self._computers[key]

    def _remount(self, namespace: str, config_map: str) -> None:
        for (uid, container, run), computer in self._computers.items():
            pod = self._pod(uid)
            if pod is not None and namespace_of(pod) == namespace and is_running(pod, container, run):
                texts = mounted_texts(pod, spec_of(pod, container), self._world.cluster.api, config_map)
                for path, text in texts.items():
                    computer.files().write(path, text)

    # Commands

    async def exec(
        self,
        pod: Object,
        container: str,
        command: Sequence[str],
        *,
        stdin: bool,
        tty: bool,
        context: Context,
        terminal: Terminal | None = None,
    ) -> int:
        """Run a command in a running container with this context's streams; its exit code.

        Args:
            pod: the Pod.
            container: the name of the container.
            command: its words.
            stdin: whether it may read.
            tty: whether it is on a terminal.
            context: the streams.
            terminal: a terminal of its own that it is on, with `tty`; the learner's if None.

        Raises:
            ExecError: the runtime could not start the command.
        """
        computer = self.computer(pod, container)
        self.check_executable(computer, command[0])
        return await self._run(pod, container, command, stdin=stdin, tty=tty, context=context, terminal=terminal)

    def check_executable(self, computer: Computer, name: str) -> None:
        """Refuse, as the container runtime (runc) does, a command that is not there.

        Raises:
            ExecError: it is not.
        """
        if computer.locate(name, computer.environ["PATH"], computer.cwd) is None:
            why = f"stat {name}: no such file or directory" if "/" in name else "executable file not found in $PATH"
            start = "OCI runtime exec failed: exec failed: unable to start container process"
            raise ExecError(f'{start}: exec: "{name}": {why}: unknown', 126)

    async def _run(
        self,
        pod: Object,
        container: str,
        command: Sequence[str],
        *,
        stdin: bool,
        tty: bool,
        context: Context,
        terminal: Terminal | None,
    ) -> int:
        seat = terminal or self._terminal
        computer = self.computer(pod, container)
        source: Input = context.stdin if stdin else TextInput()
        environ = {**computer.environ, **({"TERM": "xterm"} if tty else {})}
        direct = tty and (terminal is not None or (isinstance(context.stdout, PipeOutput) and context.stdout.direct))
        session = ShellSession(
            self._world,
            computer,
            Streams(source, context.stdout.write, None if tty else context.stderr.write, tty, direct),
            kind=computer.sh,
            name="sh",
            environ=environ,
            columns=lambda: seat.columns,
            terminal=seat if tty else None,
        )
        key = (uid_of(pod), container, restarts(pod, container))
        self._sessions.setdefault(key, {})[session] = seat
        try:
            if tty and terminal is not None:
                code = await terminal.run_alone(session, shlex.join(command))
            elif terminal is not None:
                code = await session.run(shlex.join(command))
            else:
                with seat.foreground(session, boundary=tty):
                    code = await session.run(shlex.join(command))
            if session.unread:
                # kubectl writes to the same reader, and ends as the command did.
                raise BrokenPipeError
            return KILLED if session.gone else code
        finally:
            sessions = self._sessions.get(key, {})
            sessions.pop(session, None)
            if not sessions:
                self._sessions.pop(key, None)

    async def attach(
        self,
        pod: Object,
        container: str,
        *,
        stdin: bool,
        tty: bool,
        context: Context,
        terminal: Terminal | None = None,
    ) -> int:
        """Join the container's own process, as `kubectl run -it` does; its exit code."""
        image, spec = self._image(pod, container), spec_of(pod, container)
        uid, run = uid_of(pod), restarts(pod, container)
        if stdin and spec.get("stdin") and is_running(pod, container, run):
            command = self.with_entrypoint(pod, container, command_of(spec, image) or image.command)
            code = await self._run(pod, container, command, stdin=True, tty=tty, context=context, terminal=terminal)
            self._world.cluster.exit_container(uid, container, code)
            return code
        return await self._follow(pod, container, context)

    def with_entrypoint(self, pod: Object, container: str, command: tuple[str, ...]) -> tuple[str, ...]:
        """A command line with the image's entry point in front, where the image would put it."""
        image, computer = self._image(pod, container), self.computer(pod, container)
        if image.entrypoint and computer.locate(command[0], computer.environ["PATH"], computer.cwd) is None:
            return (image.entrypoint, *command)
        return command

    async def _follow(self, pod: Object, container: str, context: Context) -> int:
        """Show what a container's process writes until it ends; its exit code."""
        cluster, last = self._world.cluster, 0
        namespace, name, uid, run = namespace_of(pod), name_of(pod), uid_of(pod), restarts(pod, container)
        while True:
            lines = cluster.logs.read((uid, container, run), last)
            if lines:
                last = lines[-1].number
                await context.stdout.write("".join(line.text + "\n" for line in lines))
            now = cluster.store.get("Pod", namespace, name)
            if now is None or uid_of(now) != uid:
                return KILLED
            if not is_running(now, container, run):
                return exit_code(now, container)
            if not await context.pacing.idle():
                return 0

    # Undo

    def snapshot(self) -> Mapping[Key, ComputerState]:
        """The files and commands of all containers that anybody has looked into."""
        return {
            key: ComputerState(computer, computer.disk.snapshot(), computer.commands.snapshot(), computer.natives)
            for key, computer in self._computers.items()
        }

    def restore(self, state: Mapping[Key, ComputerState]) -> None:
        """Make all containers what they were."""
        self._computers = {key: each.computer for key, each in state.items()}
        for sessions in self._sessions.values():
            for session, terminal in tuple(sessions.items()):
                # The learner's own terminal has been cleared by whoever restores.
                if terminal is not self._terminal:
                    session.gone = True
                    terminal.kill(session, KILLED)
        self._sessions.clear()
        for each in state.values():
            each.computer.disk.restore(each.tree)
            each.computer.commands.restore(each.commands)
            each.computer.natives = each.natives


@dataclass(frozen=True)
class ComputerState:
    """One container's files and commands at a snapshot."""

    computer: Computer
    tree: Tree
    commands: Mapping[str, Any]
    natives: frozenset[str]


def spec_of(pod: Mapping[str, Any], container: str) -> Mapping[str, Any]:
    """A container's part of its Pod's spec."""
    spec = pod["spec"]
    every = [*spec["containers"], *(spec.get("initContainers") or ()), *(spec.get("ephemeralContainers") or ())]
    found: Mapping[str, Any] = next(each for each in every if each["name"] == container)
    return found


def status_of(pod: Mapping[str, Any], container: str) -> Mapping[str, Any]:
    """A container's part of its Pod's status; empty before the kubelet has written one."""
    status = pod.get("status") or {}
    every = [*(status.get("containerStatuses") or ()), *(status.get("initContainerStatuses") or ())]
    return next((each for each in every if each["name"] == container), {})


def restarts(pod: Mapping[str, Any], container: str) -> int:
    """How often a container has restarted."""
    return int(status_of(pod, container).get("restartCount", 0))


def is_running(pod: Mapping[str, Any], container: str, run: int) -> bool:
    """Whether that run of a container goes on."""
    status = status_of(pod, container)
    return "running" in status.get("state", {}) and status.get("restartCount", 0) == run


def exit_code(pod: Mapping[str, Any], container: str) -> int:
    """How a container that has ended did so."""
    status = status_of(pod, container)
    ended = status.get("state", {}).get("terminated") or status.get("lastState", {}).get("terminated") or {}
    return int(ended.get("exitCode", 0))
