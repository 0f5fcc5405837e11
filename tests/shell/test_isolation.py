"""Nothing typed reaches the computer that the simulation runs on: its files, environment, processes, network."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ABUSE = [
    "x=a; while :; do x=$x$x; done",
    "yes | xargs -n1 echo",
    "a=(); while :; do a+=(xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx); done",
    "cat /dev/zero | tr '\\0' a | base64",
    "awk 'BEGIN { s = \"a\"; while (1) s = s s }'",
    "jq -n '[range(1e9)]'",
    "i=0; while :; do head -c 1000000 /dev/zero > f$((i++)); done",
    "echo {1..99999}{1..99999}",
]
MEMORY = """
import asyncio, resource, sys
from tutor.shell.simulation import Simulation

async def main():
    simulation = Simulation()
    for line in sys.argv[1:]:
        await simulation.terminal.submit(line)
    await simulation.close()

asyncio.run(main())
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak / (1024 * 1024 if sys.platform == "darwin" else 1024))
"""


@pytest.fixture
def secret(tmp_path):
    file = tmp_path / "secret.txt"
    file.write_text("kept to itself", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "line",
    [
        "cat FILE",
        "ls -la FILE FILE/..",
        "echo $(< FILE)",
        "grep -r kept FILE",
        "find FILE -exec cat {} +",
        "cp FILE copy; cat copy",
        "ln -s FILE link; cat link",
        ". FILE",
        "kubectl apply -f FILE",
        "kubectl create configmap c --from-file=FILE && kubectl get configmap c -o yaml",
        "curl file://FILE",
        "bash FILE",
        "tar cf - FILE",
        "base64 FILE | base64 -d",
        "cat /proc/self/rootFILE",
        "cat /../../../..FILE",
    ],
)
async def test_no_file_can_be_read(run, secret, line):
    assert "kept to itself" not in (await run(line.replace("FILE", str(secret)))).output


async def test_no_file_can_be_changed(run, secret):
    folder = secret.parent
    await run(f"mkdir -p {folder}; echo changed > {secret}; echo more >> {secret}; sed -i s/kept/lost/ {secret}")
    await run(f"curl -o {secret} http://10.254.0.1; kubectl get ns | tee {secret}; cp /etc/hosts {folder}/copy")
    await run(f"chmod 777 {secret}; mv {secret} {folder}/gone; rm -rf {folder} /*")
    assert [each.name for each in folder.iterdir()] == ["secret.txt"]
    assert secret.read_text(encoding="utf-8") == "kept to itself"


async def test_no_variable_of_the_environment_shows(run, monkeypatch):
    monkeypatch.setenv("TUTOR_HIDDEN", "kept to itself")
    shown = await run("env; export -p; set; echo $TUTOR_HIDDEN; printenv TUTOR_HIDDEN; cat /proc/*/environ")
    assert "kept to itself" not in shown.output
    assert os.environ["PATH"] not in shown.output
    await run("export TUTOR_HIDDEN=changed")
    assert os.environ["TUTOR_HIDDEN"] == "kept to itself"


async def test_no_process_can_be_seen_started_or_ended(run, monkeypatch):
    def refuse(*_args, **_options):
        raise AssertionError("a process was started")

    for module, name in ((subprocess, "Popen"), (os, "system"), (os, "posix_spawn"), (os, "fork")):
        monkeypatch.setattr(module, name, refuse, raising=False)
    shown = await run(
        f"ps aux; ls /proc; kill -0 {os.getpid()}; kill -9 {os.getpid()}; sh -c 'kill -9 $PPID'; uname -n"
    )
    assert "pytest" not in shown.output
    assert socket.gethostname() not in shown.output.split()
    assert f"({os.getpid()}) - No such process" in shown.output
    assert (await run("echo alive")).output == "alive\n"


async def test_nothing_reaches_the_network(run):
    """A listening socket stays unheard of, by tools and by bash's own /dev/tcp, and no port is opened."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = server.getsockname()[1]
        assert (await run(f"curl -m 1 http://127.0.0.1:{port}")).exit_code == 7
        await run(f"exec 3<>/dev/tcp/127.0.0.1/{port}; echo hi >&3")
        await run(f"nc -w 1 127.0.0.1 {port}; wget -T 1 -t 1 http://127.0.0.1:{port}; ping -c 1 127.0.0.1")
        with pytest.raises(BlockingIOError):
            server.accept()
        await run("kubectl run web --image=nginx")
        await run(f"kubectl port-forward web {port + 1}:80 & sleep 1; curl -s http://127.0.0.1:{port + 1}")
        with socket.socket() as client:
            assert client.connect_ex(("127.0.0.1", port + 1)) != 0


@pytest.mark.skipif(sys.platform == "win32", reason="getrusage(2) is POSIX")
def test_memory_stays_bounded():
    """In a process of its own: what earlier tests took would count too."""
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, *ABUSE],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    # About 300 to 400; how far the allocator spreads over the interpreter's threads is chance.
    assert float(done.stdout) < 1500
