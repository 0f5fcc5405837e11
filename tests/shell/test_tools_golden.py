"""Every step of tests/golden/network, played by the tools over a cluster with the same Services.

What differs from run to run (times, speeds, message ids) is masked on both sides, and the streams are read as the
recorder read them: a carriage return counts as the end of a line.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine.network_support import asker, recorded_cluster
from tests.shell.tools_support import Bench
from tutor.engine.network.resolver import resolv_conf_of

GOLDEN = Path(__file__).parents[1] / "golden" / "network"
LEFT_OUT = {"busybox wget -T 2 http://nginx-clusterip:81": "the real one crashed there (exit code 139)"}
MASKS = (
    (r"after \d+ (ms|milliseconds)", r"after # \1"),
    (r"timeout after \d+ms", "timeout after #ms"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "#date#"),
    (r"Date(\x1b\[0m)?: .* GMT", "Date: #"),
    (r"WHEN: .*", "WHEN: #"),
    (r"Query time: \d+ msec", "Query time: #"),
    (r"\bid: \d+", "id: #"),
    (r"serial = \d+", "serial = #"),
    (r"MSG SIZE .*", "MSG SIZE #"),
    (r"9\.18\.49-1~deb12u\d", "9.18.49-1~deb12u#"),
    (r"SOA\tns\.dns\.cluster\.local\. hostmaster\.cluster\.local\. \d+", "SOA #"),
    (r"time=[\d.]+ ms", "time=#"),
    (r"time \d+ms", "time #"),
    (r"(rtt|round-trip) min/avg/max(/mdev)? = \S+ ms", "round trip #"),
    (r"\([\d.]+ [KM]?B/s\)", "(#)"),
    (r"100% +[\d.]+[KM]?=", "100% #="),
    # The meter's last line: average and current speed.
    (r"^(100.{28}  ).{5}(.{35}).{5}$", r"\1#####\2#####"),
)


def masked(text: str) -> str:
    """A text without what differs from run to run."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for pattern, instead in MASKS:
        text = re.sub(pattern, instead, text, flags=re.MULTILINE)
    return text


def on_terminal(text: str) -> str:
    """A text as a terminal's driver passes it on."""
    return text.replace("\n", "\r\n")


def steps(name: str) -> list[Any]:
    recorded = yaml.load((GOLDEN / name).read_text(encoding="utf-8"), yaml.CSafeLoader)
    return [pytest.param(step, id=step["cmd"]) for step in recorded if step["cmd"] not in LEFT_OUT]


async def play(command: str, *, tty: bool) -> tuple[str, str, int]:
    """Run a recorded command; a pipe into head and a redirection are ours to imitate."""
    bench = Bench()
    if command == "cat /etc/resolv.conf":
        pod = bench.cluster.store.get("Pod", "default", asker(bench.cluster).pod)
        assert pod is not None
        return resolv_conf_of(pod).text, "", 0
    line, _, head = command.partition(" | head -n ")
    outcome = await bench.run(line.removesuffix(" </dev/null"), tty=tty and not head)
    stdout = "".join(outcome.stdout.splitlines(keepends=True)[: int(head)]) if head else outcome.stdout
    return stdout, outcome.stderr, 0 if head else outcome.code


@pytest.mark.parametrize("step", steps("net-pipe.yaml"))
async def test_into_a_pipe(step: dict[str, Any]) -> None:
    stdout, stderr, code = await play(step["cmd"], tty=False)
    assert masked(stdout) == masked(step["stdout"])
    assert masked(stderr) == masked(step["stderr"])
    assert code == step["rc"]


@pytest.mark.parametrize("step", steps("names-pipe.yaml"))
async def test_names_into_a_pipe(step: dict[str, Any]) -> None:
    stdout, stderr, code = await play(step["cmd"], tty=False)
    assert masked(stdout) == masked(step["stdout"])
    assert masked(stderr) == masked(step["stderr"])
    assert code == step["rc"]


@pytest.mark.parametrize("step", steps("no-dns-pipe.yaml"))
async def test_without_a_name_server(step: dict[str, Any]) -> None:
    """No CoreDNS Pod is ready, so the node refuses what is sent to the kube-dns Service."""
    cluster = recorded_cluster()
    for endpoint_slice in cluster.store.select(
        "EndpointSlice", "kube-system", {"kubernetes.io/service-name": "kube-dns"}
    ):
        cluster.store.put({**endpoint_slice, "endpoints": []})
    outcome = await Bench(cluster).run(step["cmd"])
    assert masked(outcome.stdout) == masked(step["stdout"])
    assert masked(outcome.stderr) == masked(step["stderr"])
    assert outcome.code == step["rc"]


@pytest.mark.parametrize("step", steps("net-tty.yaml"))
async def test_on_a_terminal(step: dict[str, Any]) -> None:
    stdout, _, code = await play(step["cmd"], tty=True)
    assert masked(on_terminal(stdout)) == masked(step["stdout"])
    assert code == step["rc"]
