"""Streams as the real kubectl opens them: over SPDY in 1.27, over WebSockets in 1.33."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import struct
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.programs import kubectl_of
from tutor.apiserver.server import ApiServer
from tutor.shell.simulation import Simulation

fcntl = pytest.importorskip("fcntl", reason="this platform has no terminals to test with")
pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")

PATIENCE = 15.0
SPEED = 5.0
"""Simulated seconds a real second."""
PODS = """
kubectl run shell --image=busybox --command -- sleep infinity
kubectl run web --image=nginx:1.14.2 --labels app=web --port 80
kubectl expose pod web --port 8000 --target-port 80
""".strip().splitlines()


class Bench:
    """A real kubectl in front of a served cluster.

    Args:
        simulation: the world.
        server: its server, started.
        kubectl: the program.
        folder: an empty folder.
    """

    def __init__(self, simulation: Simulation, server: ApiServer, kubectl: Path, folder: Path) -> None:
        self.simulation, self.server, self.kubectl, self.folder = simulation, server, kubectl, folder
        (folder / "config").write_text(json.dumps(server.kubeconfig), encoding="utf-8")
        self.environ = {
            "KUBECONFIG": str(folder / "config"),
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "TERM": "xterm",
        }

    async def start(self, *words: str, stdin: int = DEVNULL) -> Process:
        return await asyncio.create_subprocess_exec(
            self.kubectl, *words, stdin=stdin, stdout=PIPE, stderr=PIPE, env=self.environ, cwd=self.folder
        )

    async def run(self, *words: str, given: str | None = None) -> tuple[int, str, str]:
        """The exit code, the output and the errors of a command."""
        process = await self.start(*words, stdin=DEVNULL if given is None else PIPE)
        text = None if given is None else given.encode()
        out, err = await asyncio.wait_for(process.communicate(text), PATIENCE)
        return process.returncode or 0, out.decode(), err.decode()

    @asynccontextmanager
    async def typing(self, *words: str) -> AsyncIterator[Keyboard]:
        """A command on a terminal of its own, 90 wide."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 90, 0, 0))
        process = await asyncio.create_subprocess_exec(
            self.kubectl, *words, stdin=theirs, stdout=theirs, stderr=theirs, env=self.environ, cwd=self.folder,
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        keyboard = Keyboard(ours, process)
        try:
            yield keyboard
        finally:
            keyboard.close()
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


class Keyboard:
    """A terminal with a program on it."""

    def __init__(self, fd: int, process: Process) -> None:
        self._fd, self.process = fd, process
        self.shown = ""
        self._came = asyncio.Event()
        asyncio.get_running_loop().add_reader(fd, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._fd, 65536)
        except OSError:  # the program's end is closed
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._fd)
        self.shown += data.decode()
        self._came.set()

    def type(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def resize(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process.send_signal(signal.SIGWINCH)

    async def until(self, text: str) -> str:
        """Wait for a text; what was shown before it. All of that has been read then."""
        async with asyncio.timeout(PATIENCE):
            while text not in self.shown:
                self._came.clear()
                await self._came.wait()
        before, _, self.shown = self.shown.partition(text)
        return before

    async def end(self) -> int:
        return await asyncio.wait_for(self.process.wait(), PATIENCE)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._fd)
        os.close(self._fd)


@pytest.fixture(params=["1.27", "1.33"])
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    kubectl = kubectl_of(request.param)
    simulation = Simulation(live=True)
    with simulation.at_once():
        for line in PODS:
            await simulation.terminal.submit(line)
        await simulation.settle()
    server = ApiServer(simulation)
    await server.start()

    async def pass_time() -> None:
        while True:
            await asyncio.sleep(0.02)
            simulation.tick(0.02 * SPEED)

    time = asyncio.create_task(pass_time())
    yield Bench(simulation, server, kubectl, tmp_path)
    time.cancel()
    await server.close()
    await simulation.close()


async def test_commands_with_streams_that_end(bench: Bench) -> None:
    assert await bench.run("exec", "shell", "--", "sh", "-c", "echo hi; echo no >&2; exit 3") == (
        3, "hi\n", "no\ncommand terminated with exit code 3\n",
    )  # fmt: skip
    assert await bench.run("exec", "-i", "shell", "--", "wc", "-c", given="x" * 200_000) == (0, "200000\n", "")
    assert await bench.run("exec", "shell", "--", "cat") == (0, "", "")
    code, out, err = await bench.run("exec", "shell", "--", "seq", "50000")
    assert (code, out.count("\n"), err) == (0, 50000, "")
    code, _, err = await bench.run("exec", "shell", "--", "nope")
    assert code == 1
    assert err.endswith('exec: "nope": executable file not found in $PATH\n')
    code, _, err = await bench.run("exec", "shell", "-c", "other", "--", "ls")
    assert (code, err) == (1, "Error from server (BadRequest): container other is not valid for pod shell\n")


async def test_files_are_copied_in_and_out(bench: Bench) -> None:
    (bench.folder / "site").mkdir()
    (bench.folder / "site" / "a.txt").write_text("hello\n", encoding="utf-8")
    assert (await bench.run("cp", "site", "shell:/tmp/"))[0] == 0
    assert await bench.run("exec", "shell", "--", "cat", "/tmp/site/a.txt") == (0, "hello\n", "")
    assert (await bench.run("cp", "shell:/etc/hostname", "name"))[0] == 0
    assert (bench.folder / "name").read_text(encoding="utf-8") == "shell\n"


async def test_a_shell_on_a_terminal(bench: Bench) -> None:
    async with bench.typing("exec", "-it", "shell", "--", "sh") as keyboard:
        await keyboard.until("/ # ")
        keyboard.type("echo wrong\x7f\x7f\x7f\x7f\x7fright | cat\r")
        await keyboard.until("\r\nright\r\n")
        await keyboard.until("/ # ")
        keyboard.type("sleep 1000\r")
        await keyboard.until("sleep 1000\r\n")
        keyboard.type("\x03")
        await keyboard.until("^C")
        await keyboard.until("/ # ")
        keyboard.type("echo $?\r")
        await keyboard.until("\r\n130\r\n")
        await keyboard.until("/ # ")
        keyboard.type("exit 7\r")
        assert await keyboard.end() == 7
        await keyboard.until("command terminated with exit code 7")


async def test_ctrl_d_leaves_and_the_size_is_known(bench: Bench) -> None:
    async with bench.typing("exec", "-it", "shell", "--", "sh") as keyboard:
        await keyboard.until("/ # ")
        keyboard.resize(40, 61)
        keyboard.type("\x04")
        assert await keyboard.end() == 0


async def test_a_temporary_pod_is_attached_to_and_goes(bench: Bench) -> None:
    async with bench.typing("run", "temp", "-it", "--rm", "--restart=Never", "--image=busybox", "--", "sh") as keyboard:
        await keyboard.until("If you don't see a command prompt, try pressing enter.")
        keyboard.type("\r")
        await keyboard.until("/ # ")
        keyboard.type("wget -qO- http://web:8000 | head -n 4\r")
        await keyboard.until("<title>Welcome to nginx!</title>")
        await keyboard.until("/ # ")
        keyboard.type("exit 4\r")
        await keyboard.until('pod "temp" deleted')
        assert "attach" not in await keyboard.until("pod default/temp terminated (Error)")
        assert await keyboard.end() == 4
    # kubectl does not wait until the Pod is gone.
    pod = bench.simulation.cluster.store.get("Pod", "default", "temp")
    assert pod is None or "deletionTimestamp" in pod["metadata"]


async def test_logs_are_followed(bench: Bench) -> None:
    process = await bench.start("logs", "-f", "web", "--tail=1")
    assert process.stdout is not None
    for page in ("one", "two"):
        await bench.run("exec", "shell", "--", "wget", "-qO", "/dev/null", f"http://web:8000/?{page}")
        line = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
        assert f'"GET /?{page} HTTP/1.1" 200' in line.decode()
    await bench.run("delete", "pod", "web", "--now")
    assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
    code, _, err = await bench.run("logs", "shell", "--previous")
    assert code == 1
    assert "previous terminated container" in err


@asynccontextmanager
async def forwarding(bench: Bench, *words: str) -> AsyncIterator[tuple[Process, int]]:
    process = await bench.start("port-forward", "--address=127.0.0.1", *words)
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode()
    found = re.fullmatch(r"Forwarding from 127\.0\.0\.1:(\d+) -> \d+\n", line)
    assert found, line
    try:
        yield process, int(found[1])
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _get(port: int, paths: list[str]) -> list[str]:
    """The status lines of requests made one after the other over one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    statuses = []
    for path in paths:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"Content-Length: (\d+)", head)
        assert length
        await reader.readexactly(int(length[1]))
        statuses.append(head.split("\r\n")[0])
    writer.close()
    return statuses


async def test_ports_are_forwarded_to_real_clients(bench: Bench) -> None:
    async with forwarding(bench, "svc/web", ":8000") as (process, port):
        pages = await asyncio.gather(*(asyncio.wait_for(_get(port, ["/", "/nope", "/"]), PATIENCE) for _ in range(8)))
        assert pages == [["HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found", "HTTP/1.1 200 OK"]] * 8
        await bench.run("delete", "pod", "web", "--now")
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await _get(port, ["/"])
        assert process.stderr is not None
        assert "lost connection to pod" in (await asyncio.wait_for(process.stderr.read(), PATIENCE)).decode()
        assert await process.wait() == 1


async def test_a_port_nobody_listens_on(bench: Bench) -> None:
    async with forwarding(bench, "pod/web", ":81") as (process, port):
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await _get(port, ["/"])
        assert process.stderr is not None
        line = (await asyncio.wait_for(process.stderr.readline(), PATIENCE)).decode()
        assert "an error occurred forwarding" in line
        assert "connect: connection refused" in line


async def test_the_server_stops_while_streams_are_open(bench: Bench) -> None:
    async with bench.typing("exec", "-it", "shell", "--", "sh") as keyboard, forwarding(bench, "pod/web", ":80"):
        await keyboard.until("/ # ")
        await asyncio.wait_for(bench.server.close(), PATIENCE)
        # Over SPDY a connection that ends without a word counts as success to kubectl; what matters is that it ends.
        await keyboard.end()
