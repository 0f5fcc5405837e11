"""wget, nslookup, dig, host, getent, ping and nc beyond the recordings."""

from __future__ import annotations

import pytest

from tests.shell.tools_support import Bench
from tutor.engine.network.clients import HOST
from tutor.shell.tools.dig import columns


@pytest.fixture
def bench() -> Bench:
    return Bench()


# wget


async def test_wget_saves_under_the_name_in_the_url_and_never_overwrites(bench: Bench) -> None:
    for _ in range(2):
        assert (await bench.run("wget -q http://nginx-clusterip")).code == 0
    assert set(bench.files.texts) == {"/index.html", "/index.html.1"}


async def test_wget_errors_of_the_server(bench: Bench) -> None:
    outcome = await bench.run("wget http://nginx-clusterip/nope")
    assert outcome.code == 8
    assert outcome.stderr.endswith("awaiting response... 404 Not Found\n2026-11-23 09:00:00 ERROR 404: Not Found.\n\n")


async def test_wget_spider_and_headers(bench: Bench) -> None:
    outcome = await bench.run("wget --spider -S http://nginx-clusterip")
    assert outcome.code == 0
    assert outcome.stderr.startswith("Spider mode enabled. Check if remote file exists.\n--2026-11-23 09:00:00--  ")
    assert "\n  HTTP/1.1 200 OK\n  Server: nginx/1.22.1\n" in outcome.stderr
    assert outcome.stderr.endswith("but recursion is disabled -- not retrieving.\n\n")
    missing = await bench.run("wget -q --spider http://nginx-clusterip/nope")
    assert (missing.code, missing.stderr) == (8, "")


async def test_wget_tries_again_after_a_time_out(bench: Bench) -> None:
    outcome = await bench.run("wget -T 2 -t 2 http://nginx-clusterip:81")
    assert outcome.code == 4
    assert (
        "failed: Connection timed out.\nRetrying.\n\n--2026-11-23 09:00:00--  (try: 2)  http://nginx-clusterip:81/\n"
        in outcome.stderr
    )
    assert outcome.stderr.endswith("Giving up.\n\n")
    assert 5 <= outcome.seconds < 5.1


async def test_busybox_wget(bench: Bench) -> None:
    timeout = await bench.run("busybox wget -T 2 http://nginx-clusterip:81")
    assert (timeout.code, timeout.stderr.splitlines()[-1]) == (1, "wget: download timed out")
    missing = await bench.run("busybox wget -q http://nginx-clusterip/nope")
    assert missing.stderr == "wget: server returned error: HTTP/1.1 404 Not Found\n"
    assert (await bench.run("busybox wget -q http://nginx-clusterip")).code == 0
    again = await bench.run("busybox wget http://nginx-clusterip")
    assert again.stderr.splitlines()[-1] == "wget: can't open 'index.html': File exists"
    assert (await bench.run("busybox wget -qO- http://nginx-clusterip")).stdout.startswith("<!DOCTYPE html>")
    assert (await bench.run("busybox wget --spider http://nginx-clusterip")).stderr.endswith("remote file exists\n")


# Names


async def test_a_lookup_leaves_one_trace(bench: Bench) -> None:
    await bench.run("nslookup nginx-clusterip")
    (trace,) = bench.cluster.network.log.all()
    assert (trace.protocol, trace.port, trace.host, trace.outcome) == ("UDP", 53, "nginx-clusterip", "ok")
    assert trace.service is not None
    assert trace.service.name == "kube-dns"
    assert [(question.type, question.rcode) for question in trace.questions] == [("A", "NOERROR"), ("AAAA", "NOERROR")]


async def test_a_failed_lookup_says_so_in_its_trace(bench: Bench) -> None:
    await bench.run("dig +short nope")
    assert bench.cluster.network.log.all()[-1].outcome == "nxdomain"
    await bench.run("nslookup -type=AAAA nginx-clusterip")
    assert bench.cluster.network.log.all()[-1].outcome == "no-address"
    await bench.run("nslookup nginx-clusterip 10.254.99.99")
    assert bench.cluster.network.log.all()[-1].outcome == "dns-timeout"


async def test_nslookup_without_a_name_reads_them(bench: Bench) -> None:
    stdin = "nginx-clusterip\nset type=SRV\n_http._tcp.cart.shop\nserver 10.254.0.10\nexit\n"
    outcome = await bench.run("nslookup", stdin=stdin)
    server = "Server:\t\t10.254.0.10\nAddress:\t10.254.0.10#53\n\n"
    assert outcome.stdout == (
        f"{server}Name:\tnginx-clusterip.default.svc.cluster.local\nAddress: 10.254.201.125\n"
        f"{server}_http._tcp.cart.shop.svc.cluster.local\tservice = 0 100 80 cart.shop.svc.cluster.local.\n"
        "Default server: 10.254.0.10\nAddress: 10.254.0.10#53\n\n"
    )


async def test_nslookup_of_a_server_by_name(bench: Bench) -> None:
    outcome = await bench.run("nslookup cart.shop kube-dns.kube-system.svc")
    assert outcome.stdout.startswith("Server:\t\tkube-dns.kube-system.svc\nAddress:\t10.254.0.10#53\n\n")


async def test_on_the_laptop_names_of_the_cluster_are_unknown(bench: Bench) -> None:
    bench.client = HOST
    outcome = await bench.run("nslookup nginx-clusterip")
    assert (outcome.code, outcome.stdout.splitlines()[0]) == (1, "Server:\t\t192.168.1.1")


async def test_dig_shows_the_addresses_of_srv_targets(bench: Bench) -> None:
    outcome = await bench.run("dig SRV _http._tcp.headless.default.svc.cluster.local")
    assert "ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 3\n" in outcome.stdout
    assert (
        ";; ADDITIONAL SECTION:\n10-244-1-11.headless.default.svc.cluster.local.\t30 IN A\t10.244.1.11\n"
        in outcome.stdout
    )


async def test_a_question_over_tcp_meets_the_tcp_port(bench: Bench) -> None:
    ports = [{"name": "dns-tcp", "port": 53, "protocol": "TCP"}]
    spec = {"clusterIP": "10.254.0.53", "selector": {"k8s-app": "kube-dns"}, "ports": ports}
    meta = {"name": "dns", "namespace": "kube-system"}
    bench.cluster.api.create({"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec})
    bench.cluster.settle()
    name = "nginx-clusterip.default.svc.cluster.local"
    over_udp = await bench.run(f"dig +time=2 +tries=1 @10.254.0.53 {name}")
    assert over_udp.stdout.startswith(";; communications error to 10.254.0.53#53: timed out\n")
    assert (await bench.run(f"dig +tcp +short @10.254.0.53 {name}")).stdout == "10.254.201.125\n"
    assert bench.cluster.network.log.all()[-1].protocol == "TCP"
    assert "(10.254.0.53) (TCP)\n" in (await bench.run(f"dig +tcp @10.254.0.53 {name}")).stdout
    assert (await bench.run(f"nslookup -vc {name} 10.254.0.53")).code == 0
    assert (await bench.run(f"host -T {name} 10.254.0.53")).code == 0
    silent = await bench.run("dig +tcp +tries=1 @10.254.99.99 web")
    assert (silent.code, silent.stdout) == (
        9,
        ";; Connection to 10.254.99.99#53(10.254.99.99) for web failed: timed out.\n;; no servers could be reached\n",
    )


async def test_dig_warns_of_unreadable_options(bench: Bench) -> None:
    assert (await bench.run("dig -Z x")).stderr.startswith("Invalid option: -Z\nUsage:  dig ")


def test_columns_use_tabs_where_they_reach() -> None:
    assert columns(("cluster.local.", "30", "IN"), (24, 32)) == "cluster.local.\t\t30\tIN"
    assert columns(("a" * 30, "IN", "AAAA"), (32, 40)) == "a" * 30 + "\tIN\tAAAA"
    assert columns(("a" * 42, "30", "IN", "A"), (24, 32, 40)) == "a" * 42 + " 30 IN A"


async def test_getent_databases(bench: Bench) -> None:
    bench.files.texts["/etc/passwd"] = "root:x:0:0:root:/root:/bin/bash\n"
    assert (await bench.run("getent passwd root")).stdout == "root:x:0:0:root:/root:/bin/bash\n"
    assert (await bench.run("getent passwd 0")).stdout == "root:x:0:0:root:/root:/bin/bash\n"
    assert (await bench.run("getent passwd nobody")).code == 2
    assert (await bench.run("getent ahostsv6 nginx-clusterip")).stdout.startswith("::ffff:10.254.201.125 STREAM ")


# ping


async def test_ping_goes_on_until_ctrl_c_and_then_tells_what_came_of_it(bench: Bench) -> None:
    outcome = await bench.run("ping 10.244.1.11", interrupt_after=2.5)
    assert outcome.code == 0
    assert outcome.stdout.count("64 bytes from 10.244.1.11: icmp_seq=") == 3
    assert "3 packets transmitted, 3 received, 0% packet loss, time 2000ms\nrtt min/avg/max/mdev = " in outcome.stdout


async def test_ping_of_a_service_interrupted(bench: Bench) -> None:
    outcome = await bench.run("ping nginx-clusterip", interrupt_after=3.5)
    assert outcome.code == 1
    assert outcome.stdout.endswith("4 packets transmitted, 0 received, 100% packet loss, time 3000ms\n\n")


async def test_ping_options(bench: Bench) -> None:
    quiet = await bench.run("ping -q -c 3 -i 0.2 10.244.1.11")
    assert "icmp_seq" not in quiet.stdout
    assert quiet.seconds == pytest.approx(0.4)
    assert (await bench.run("ping -w 3 -i 1 10.244.1.11")).stdout.count("icmp_seq") == 3
    assert (await bench.run("ping -c x 10.244.1.11")).stderr == "ping: invalid argument: 'x'\n"
    patient = await bench.run("ping -c 1 nginx-clusterip")
    assert (patient.code, round(patient.seconds)) == (1, 10)


async def test_each_packet_finds_the_cluster_as_it_then_is(bench: Bench) -> None:
    bench.cluster.store.remove("Pod", "default", "nginx-1")
    outcome = await bench.run("ping -c 1 -W 1 10.244.1.11")
    assert "100% packet loss" in outcome.stdout


async def test_busybox_ping_without_a_host(bench: Bench) -> None:
    outcome = await bench.run("busybox ping")
    assert (outcome.code, outcome.stderr.startswith("BusyBox v1.")) == (1, True)


# nc


async def test_nc_scans_ports(bench: Bench) -> None:
    outcome = await bench.run("nc -zv 10.244.1.11 79-80")
    assert outcome.stderr == (
        "nc: connect to 10.244.1.11 port 79 (tcp) failed: Connection refused\n"
        "Connection to 10.244.1.11 80 port [tcp/http] succeeded!\n"
    )


async def test_nc_speaks_http_by_hand(bench: Bench) -> None:
    outcome = await bench.run("nc nginx-clusterip 80", stdin="GET /nope HTTP/1.0\r\nHost: x\r\n\r\n")
    assert outcome.stdout.startswith("HTTP/1.1 404 Not Found\r\nServer: nginx/1.22.1\r\n")
    assert outcome.stdout.endswith("</html>\r\n")


async def test_nc_without_verbose_says_nothing(bench: Bench) -> None:
    outcome = await bench.run("nc -z empty 80")
    assert (outcome.code, outcome.stderr) == (1, "")


async def test_nc_does_not_listen_here(bench: Bench) -> None:
    assert (
        await bench.run("nc -l -p 8080")
    ).stderr == "nc: listening (-l) is not simulated here; nc connects as a client\n"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("busybox nc empty 80", "nc: can't connect to remote host (10.254.44.44): Connection refused\n"),
        ("busybox nc -w 1 nginx-clusterip 81", "nc: timed out\n"),
        ("busybox nc -zv nginx-clusterip 80", "nginx-clusterip (10.254.201.125:80) open\n"),
        ("busybox nc -zv empty 80", "nc: empty (10.254.44.44:80): Connection refused\n"),
    ],
)
async def test_busybox_nc(bench: Bench, line: str, text: str) -> None:
    assert (await bench.run(line)).stderr == text
