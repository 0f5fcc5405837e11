"""curl beyond the recordings: options, outputs, releases. Texts are those of curl 7.88.1 unless a release is named."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.network_support import asker, put_pod, put_service, put_slice
from tests.shell.tools_support import Bench
from tutor.engine.network.clients import HOST
from tutor.shell.tools.curl_meter import amount, clock
from tutor.shell.tools.urls import UrlError, expand, join, parse_url


@pytest.fixture
def bench() -> Bench:
    return Bench()


def requests_of(bench: Bench) -> list[str]:
    """The last line of nginx-1's log, and of nginx-2's."""
    lines = []
    for pod in ("nginx-1", "nginx-2"):
        lines += [line.text for line in bench.cluster.logs.read((f"uid-{pod}", "main", 0))]
    return lines


async def test_the_whole_connect_time_of_the_kernel(bench: Bench) -> None:
    outcome = await bench.run("curl -s -S http://10.254.77.77")
    assert outcome.code == 28
    assert outcome.stderr.startswith("curl: (28) Failed to connect to 10.254.77.77 port 80 after 1351")
    assert outcome.stderr.endswith(" ms: Couldn't connect to server\n")
    assert 135 < outcome.seconds < 136


async def test_the_meter_ticks_while_it_waits(bench: Bench) -> None:
    outcome = await bench.run("curl -m 5 http://10.254.77.77")
    assert outcome.stderr.count("\r") == 6
    assert "--:--:--  0:00:04 --:--:--" in outcome.stderr


async def test_output_into_a_file_shows_the_meter_on_a_terminal_too(bench: Bench) -> None:
    outcome = await bench.run("curl -o page.html http://nginx-clusterip", tty=True)
    assert "% Total" in outcome.stdout
    assert bench.files.texts["/page.html"].startswith("<!DOCTYPE html>")
    assert (await bench.run("curl -sO http://nginx-clusterip/index.html")).code == 0
    assert len(bench.files.texts["/index.html"]) == 615


async def test_output_that_cannot_be_written(bench: Bench) -> None:
    outcome = await bench.run("curl -s -o /nonexist/x http://nginx-clusterip")
    assert (outcome.code, outcome.stderr) == (
        23,
        "Warning: Failed to open the file /nonexist/x: No such file or directory\n",
    )


async def test_include_shows_headers_and_body(bench: Bench) -> None:
    outcome = await bench.run("curl -si http://nginx-clusterip/nope")
    head, _, body = outcome.stdout.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 404 Not Found\r\nServer: nginx/1.22.1\r\n")
    assert body.startswith("<html>\r\n")


async def test_fail(bench: Bench) -> None:
    outcome = await bench.run("curl -sSf http://nginx-clusterip/nope")
    assert (outcome.code, outcome.stdout) == (22, "")
    assert outcome.stderr == "curl: (22) The requested URL returned error: 404\n"
    with_body = await bench.run("curl -s --fail-with-body http://nginx-clusterip/nope")
    assert (with_body.code, "404 Not Found" in with_body.stdout) == (22, True)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ("-A me", '"GET / HTTP/1.1" 200 615 "-" "me" "-"'),
        ("-e http://from", '"GET / HTTP/1.1" 200 615 "http://from" "curl/7.88.1" "-"'),
        ("-X DELETE", '"DELETE / HTTP/1.1" 405'),
        ("-d a=1 -d b=2", '"POST / HTTP/1.1" 405'),
        ("-G -d a=1 -d b=2", '"GET /?a=1&b=2 HTTP/1.1" 200'),
        ("--json '{}'", '"POST / HTTP/1.1" 405'),
        ("-I", '"HEAD / HTTP/1.1" 200'),
        ("-H 'User-Agent: x'", '"x" "-"'),
        ("-H 'X-Forwarded-For: 1.2.3.4'", '"curl/7.88.1" "1.2.3.4"'),
        ("-sSLk4m9", '"GET / HTTP/1.1" 200'),
    ],
)
async def test_what_the_server_gets(bench: Bench, options: str, line: str) -> None:
    assert (await bench.run(f"curl {options} -s -o /dev/null http://nginx-clusterip")).code == 0
    assert line in requests_of(bench)[-1]


async def test_what_is_sent_is_told(bench: Bench) -> None:
    outcome = await bench.run("curl -sv -u me:secret -H 'Host: shop' -d x=1 http://10.244.1.11/")
    assert (
        "> POST / HTTP/1.1\r\n> Host: shop\r\n> Authorization: Basic bWU6c2VjcmV0\r\n> User-Agent: curl/7.88.1\r\n"
        "> Accept: */*\r\n> Content-Length: 3\r\n> Content-Type: application/x-www-form-urlencoded\r\n> \r\n"
        "} [3 bytes data]\n< HTTP/1.1 405 Not Allowed\r\n"
    ) in outcome.stderr


async def test_data_from_files_and_from_standard_input(bench: Bench) -> None:
    bench.files.texts["/body"] = "a\nb\n"
    assert "Content-Length: 2\r" in (await bench.run("curl -sv -d @body http://10.244.1.11")).stderr
    assert "Content-Length: 4\r" in (await bench.run("curl -sv --data-binary @body http://10.244.1.11")).stderr
    assert "Content-Length: 5\r" in (await bench.run("curl -sv -d @- http://10.244.1.11", stdin="hello")).stderr


async def test_resolve_goes_to_the_address_it_is_told(bench: Bench) -> None:
    outcome = await bench.run("curl -s -o /dev/null -w '%{remote_ip}' --resolve shop:80:10.244.2.12 http://shop/")
    assert outcome.stdout == "10.244.2.12"


async def test_redirects_are_followed_only_when_asked(bench: Bench) -> None:
    docs = {("uid-nginx-1", "main", "/usr/share/nginx/html/docs/index.html"): b"docs\n"}
    bench.cluster.core.files.written.update(docs)  # type: ignore[attr-defined]
    plain = await bench.run("curl -s -o /dev/null -w '%{http_code} %{redirect_url}' http://10.244.1.11/docs")
    assert plain.stdout == "301 http://10.244.1.11/docs/"
    followed = await bench.run("curl -sL -w '%{num_redirects} %{url_effective}' http://10.244.1.11/docs")
    assert followed.stdout == "docs\n1 http://10.244.1.11/docs/"


async def test_several_urls_use_one_connection_and_so_one_pod(bench: Bench) -> None:
    outcome = await bench.run("curl -sv 'http://nginx-clusterip/?[1-4]'")
    assert outcome.stderr.count("* Re-using existing connection #0 with host nginx-clusterip\n") == 3
    assert len({trace.backend for trace in bench.cluster.network.log.all()}) == 1


async def test_a_connection_that_the_server_closes_is_made_anew(bench: Bench) -> None:
    outcome = await bench.run("curl -sv -H 'Connection: close' http://nginx-clusterip http://nginx-clusterip")
    assert outcome.stderr.count("< Connection: close") == 2
    assert "Re-using" not in outcome.stderr
    assert "* Closing connection 0\n* Hostname nginx-clusterip was found in DNS cache\n" in outcome.stderr
    assert outcome.stderr.endswith("* Closing connection 1\n")
    first, second = bench.cluster.network.log.all()[-2:]
    assert first.questions
    assert not second.questions


async def test_retry(bench: Bench) -> None:
    outcome = await bench.run("curl -sS --retry 2 --retry-connrefused http://empty")
    assert outcome.code == 7
    assert outcome.stderr.count("curl: (7)") == 3
    assert (
        "Warning: Problem : connection refused. Will retry in 1 seconds. 2 retries \nWarning: left.\n" in outcome.stderr
    )
    assert 3 <= outcome.seconds < 3.1
    assert (await bench.run("curl -sS --retry 2 http://empty")).stderr.count("curl: (7)") == 1


async def test_write_out(bench: Bench) -> None:
    pattern = r"%{http_code}|%{size_download}|%{content_type}|%{time_total}|%%|%{nope}|\t%{scheme}\n"
    outcome = await bench.run(f"curl -s -o /dev/null -w '{pattern}' http://nginx-clusterip")
    assert outcome.stdout == "200|615|text/html|0.001600|%||\tHTTP\n"
    assert outcome.stderr == "curl: unknown --write-out variable: 'nope'\n"
    failed = await bench.run("curl -s -w '%{http_code} %{exitcode} %{errormsg}' http://empty")
    assert failed.stdout == "000 7 Failed to connect to empty port 80 after 1 ms: Couldn't connect to server"


@pytest.mark.parametrize(
    ("line", "code", "text"),
    [
        ("curl -Y", 2, "curl: option -Y: requires parameter\n"),
        (
            "curl --connect-timeout x http://a",
            2,
            "curl: option --connect-timeout: expected a proper numerical parameter\n",
        ),
        ("curl --max-time -1 http://a", 2, "curl: option --max-time: expected a positive numerical parameter\n"),
        ("curl --re http://a", 2, "curl: option --re: is ambiguous\n"),
        ("curl -T x http://a", 2, "curl: --upload-file is not simulated here; "),
        ("curl ftp://nginx-clusterip", 1, 'curl: (1) Protocol "ftp" not supported or disabled in libcurl\n'),
    ],
)
async def test_wrong_calls(bench: Bench, line: str, code: int, text: str) -> None:
    outcome = await bench.run(line)
    assert (outcome.code, outcome.stderr[: len(text)]) == (code, text)


async def test_long_options_may_be_shortened(bench: Bench) -> None:
    assert (await bench.run("curl --sil --head --max-t 3 http://nginx-clusterip")).stderr == ""


async def test_help_and_version(bench: Bench) -> None:
    assert (await bench.run("curl --help")).stdout.startswith("Usage: curl [options...] <url>\n -d, --data <data>")
    assert (await bench.run("curl -h all")).stdout.count("\n") == 251
    assert (await bench.run("curl --help nope")).stdout.splitlines()[1].startswith("Invalid category provided")
    assert (await bench.run("curl --version")).stdout.startswith("curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1 ")


async def test_tls(bench: Bench) -> None:
    untrusted = await bench.run("curl -sS https://kubernetes")
    assert untrusted.code == 60
    assert untrusted.stderr.startswith(
        "curl: (60) SSL certificate problem: unable to get local issuer certificate\nMore details here: "
    )
    insecure = await bench.run("curl -sk https://kubernetes/api")
    assert insecure.stdout.endswith(
        'cannot get path \\"/api\\"",\n  "reason": "Forbidden",\n  "details": {},\n  "code": 403\n}'
    )
    own = "--cacert /var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
    assert (await bench.run(f"curl -s {own} https://kubernetes/healthz")).stdout == "ok"
    plain = await bench.run("curl -sS https://nginx-clusterip:80")
    assert (plain.code, plain.stderr) == (
        35,
        "curl: (35) OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number\n",
    )


async def test_a_server_that_speaks_no_http(bench: Bench) -> None:
    put_pod(bench.cluster, "cache", "10.244.1.90", "redis:7")
    outcome = await bench.run("curl -sS http://10.244.1.90:6379")
    assert (outcome.code, outcome.stderr) == (52, "curl: (52) Empty reply from server\n")


async def test_from_the_laptop(bench: Bench) -> None:
    bench.client = HOST
    assert (
        await bench.run("curl -sS -m 3 http://10.254.201.125")
    ).stderr == "curl: (28) Connection timed out after 3000 milliseconds\n"
    assert (await bench.run("curl -sS http://nginx-clusterip")).code == 6


async def test_ctrl_c_ends_the_wait(bench: Bench) -> None:
    outcome = await bench.run("curl -s http://10.254.77.77", interrupt_after=10)
    assert (outcome.code, outcome.stderr) == (130, "")
    assert bench.cluster.network.log.all()[-1].outcome == "timeout"


async def test_name_servers_that_do_not_answer_use_the_patience_up(bench: Bench) -> None:
    files: dict[Any, Any] = bench.cluster.core.files.written  # type: ignore[attr-defined]
    files["uid-asker", "main", "/etc/resolv.conf"] = b"nameserver 10.254.99.99\n"
    quick = await bench.run("curl -sS -m 2 http://nginx-clusterip")
    assert (quick.code, quick.stderr) == (28, "curl: (28) Resolving timed out after 2000 milliseconds\n")
    patient = await bench.run("curl -sS http://nginx-clusterip")
    assert (patient.code, patient.seconds) == (6, 10)


RELEASES = {
    "7.52.1": (
        "*   Trying 10.254.44.44...\n* TCP_NODELAY set\n* connect to 10.254.44.44 port 80 failed: Connection refused\n"
        "* Failed to connect to empty port 80: Connection refused\n* Closing connection 0\n"
        "curl: (7) Failed to connect to empty port 80: Connection refused\n"
    ),
    "8.5.0": (
        "* Host empty:80 was resolved.\n* IPv6: (none)\n* IPv4: 10.254.44.44\n*   Trying 10.254.44.44:80...\n"
        "* connect to 10.254.44.44 port 80 from 10.244.3.7 port 32805 failed: Connection refused\n"
        "* Failed to connect to empty port 80 after 1 ms: Couldn't connect to server\n* Closing connection\n"
        "curl: (7) Failed to connect to empty port 80 after 1 ms: Couldn't connect to server\n"
    ),
    "8.14.1": (
        "* Host empty:80 was resolved.\n* IPv6: (none)\n* IPv4: 10.254.44.44\n*   Trying 10.254.44.44:80...\n"
        "* connect to 10.254.44.44 port 80 from 10.244.3.7 port 32805 failed: Connection refused\n"
        "* Failed to connect to empty port 80 after 1 ms: Could not connect to server\n* closing connection #0\n"
        "curl: (7) Failed to connect to empty port 80 after 1 ms: Could not connect to server\n"
    ),
}


@pytest.mark.parametrize("release", RELEASES)
async def test_releases_say_it_differently(bench: Bench, release: str) -> None:
    outcome = await bench.run("curl -sSv http://empty/", flavour=release)
    assert outcome.stderr == RELEASES[release]


async def test_a_connection_as_the_newest_release_tells_it(bench: Bench) -> None:
    outcome = await bench.run("curl -sv -o /dev/null http://nginx-clusterip", flavour="8.17.0")
    assert outcome.stderr.startswith(
        "* Host nginx-clusterip:80 was resolved.\n* IPv6: (none)\n* IPv4: 10.254.201.125\n"
        "*   Trying 10.254.201.125:80...\n"
        "* Established connection to nginx-clusterip (10.254.201.125 port 80) from 10.244.3.7 port 32805 \n"
        "* using HTTP/1.x\n> GET / HTTP/1.1\r\n"
    )
    assert "> \r\n* Request completely sent off\n< HTTP/1.1 200 OK\r\n" in outcome.stderr
    assert outcome.stderr.endswith("* Connection #0 to host nginx-clusterip:80 left intact\n")


@pytest.mark.parametrize(
    ("release", "line"),
    [
        ("7.88.1", "curl: (3) URL using bad/illegal format or missing URL\n"),
        ("8.5.0", "curl: (3) URL rejected: Port number was not a decimal number between 0 and 65535\n"),
    ],
)
async def test_releases_differ_about_urls(bench: Bench, release: str, line: str) -> None:
    assert (await bench.run("curl http://nginx-clusterip:x", flavour=release)).stderr == line


async def test_a_port_that_is_not_the_services(bench: Bench) -> None:
    put_service(bench.cluster, "other", "10.254.5.5", ports=[{"name": "web", "port": 8080, "protocol": "TCP"}])
    put_slice(bench.cluster, "other", "10.244.1.11", port_name="web")
    assert (await bench.run("curl -s -o /dev/null http://other:8080")).code == 0
    assert (await bench.run("curl -s -m 1 http://other")).code == 28
    assert asker(bench.cluster).pod == "asker"


# Parts


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "    0"),
        (99999, "99999"),
        (153_000, " 149k"),
        (12_345_678, "11.7M"),
        (200 << 20, " 200M"),
        (20_000 << 20, "  19G"),
    ],
)
def test_amounts_in_five_columns(count: int, text: str) -> None:
    assert amount(count) == text


def test_durations_in_eight_columns() -> None:
    assert [clock(1), clock(3661), clock(400_000), clock(200_000_000)] == [
        " 0:00:01",
        " 1:01:01",
        "  4d 15h",
        "   2314d",
    ]


def test_urls() -> None:
    assert str(parse_url("web")) == "http://web/"
    assert str(parse_url("HTTP://u:p@web:8080/a?b#c")) == "http://web:8080/a?b"
    assert parse_url("web?x").path == "/?x"
    assert str(join(parse_url("http://web/a/b"), "c")) == "http://web/a/c"
    assert str(join(parse_url("http://web/a/b"), "https://x")) == "https://x/"
    assert list(expand("http://{a,b}/[8-10]"))[-1] == "http://b/10"
    for bad in ("http://", "http://we b/", "http://web:99999", "htp://web"):
        with pytest.raises(UrlError):
            parse_url(bad)
