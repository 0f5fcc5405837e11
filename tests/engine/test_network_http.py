"""HTTP in the cluster: what servers answer and what they log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.engine.network_support import PAGE, asker, put_pod, recorded_cluster
from tutor.engine.cluster import Cluster
from tutor.engine.network.clients import HOST
from tutor.engine.network.http import Exchange, HttpRequest


@pytest.fixture
def cluster() -> Cluster:
    return recorded_cluster()


def get(cluster: Cluster, host: str, path: str = "/", **more: Any) -> Exchange:
    headers = (("Host", host), ("User-Agent", "curl/7.88.1"))
    request = HttpRequest(f"http://{host}{path}", host, path=path, headers=headers, **more)
    return cluster.network.web.request(asker(cluster), request)


def log_of(cluster: Cluster, pod: str) -> list[str]:
    return [line.text for line in cluster.logs.read((f"uid-{pod}", "main", 0))]


def write(cluster: Cluster, pod: str, path: str, content: bytes | None) -> None:
    cluster.core.files.written[f"uid-{pod}", "main", path] = content  # type: ignore[attr-defined]


def test_the_welcome_page(cluster: Cluster) -> None:
    exchange = get(cluster, "10.244.1.11")
    response = exchange.response
    assert response is not None
    assert (response.status, response.reason, response.body) == (200, "OK", PAGE)
    assert response.headers == (
        ("Server", "nginx/1.22.1"),
        ("Date", "Mon, 23 Nov 2026 09:00:00 GMT"),
        ("Content-Type", "text/html"),
        ("Content-Length", "615"),
        ("Last-Modified", "Wed, 19 Oct 2022 08:02:20 GMT"),
        ("Connection", "keep-alive"),
        ("ETag", '"634faf0c-267"'),
        ("Accept-Ranges", "bytes"),
    )
    assert (exchange.trace.outcome, exchange.trace.status) == ("ok", 200)
    assert log_of(cluster, "nginx-1") == [
        '10.244.3.7 - - [23/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 615 "-" "curl/7.88.1" "-"'
    ]


def test_a_page_that_does_not_exist(cluster: Cluster) -> None:
    exchange = get(cluster, "10.244.1.11", "/nope?x=1")
    assert exchange.response is not None
    assert exchange.response.status == 404
    assert exchange.response.body.count(b"\r\n") == 7
    assert (exchange.trace.outcome, exchange.trace.status) == ("http-error", 404)
    error, access = log_of(cluster, "nginx-1")
    assert error == (
        '2026/11/23 09:00:00 [error] 29#29: *1 open() "/usr/share/nginx/html/nope" failed'
        " (2: No such file or directory),"
        ' client: 10.244.3.7, server: localhost, request: "GET /nope?x=1 HTTP/1.1", host: "10.244.1.11"'
    )
    assert '"GET /nope?x=1 HTTP/1.1" 404 153 ' in access


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/../etc/passwd", "GET", 400),
        ("/%2e%2e/etc/passwd", "GET", 400),
        ("/a/../index.html", "GET", 200),
        ("//index.html", "GET", 200),
        ("/", "POST", 405),
        ("/none/", "GET", 404),
        ("/docs", "GET", 301),
        ("/docs/", "GET", 200),
    ],
)
def test_paths_and_methods(cluster: Cluster, path: str, method: str, status: int) -> None:
    write(cluster, "nginx-1", "/usr/share/nginx/html/docs/index.html", b"docs")
    response = get(cluster, "10.244.1.11", path, method=method).response
    assert response is not None
    assert response.status == status
    assert response.header("location") == ("http://10.244.1.11/docs/" if status == 301 else "")


def test_without_an_index_the_folder_is_forbidden(cluster: Cluster) -> None:
    cluster.core.files.read = lambda *_: None  # type: ignore[method-assign]
    response = get(cluster, "10.244.1.11").response
    assert response is not None
    assert (response.status, response.reason) == (403, "Forbidden")
    assert 'directory index of "/usr/share/nginx/html/" is forbidden' in log_of(cluster, "nginx-1")[0]


def test_head_has_the_headers_alone(cluster: Cluster) -> None:
    response = get(cluster, "10.244.1.11", method="HEAD").response
    assert response is not None
    assert (response.header("Content-Length"), response.body) == ("615", b"")
    assert '"HEAD / HTTP/1.1" 200 0 ' in log_of(cluster, "nginx-1")[0]


def test_what_somebody_writes_into_the_page_is_what_comes_back(cluster: Cluster) -> None:
    write(cluster, "nginx-2", "/usr/share/nginx/html/index.html", b"I am nginx-2\n")
    bodies = {get(cluster, "nginx-clusterip").response.body for _ in range(20)}  # type: ignore[union-attr]
    assert bodies == {PAGE, b"I am nginx-2\n"}


def test_a_file_that_was_written_says_when(cluster: Cluster) -> None:
    moment = cluster.clock.seconds("2026-11-23T08:00:00Z")
    cluster.core.files.modified = lambda *_: moment  # type: ignore[attr-defined]
    response = get(cluster, "10.244.1.11").response
    assert response is not None
    assert response.header("Last-Modified") == "Mon, 23 Nov 2026 08:00:00 GMT"
    stamp = int(datetime(2026, 11, 23, 8, tzinfo=UTC).timestamp())
    assert response.header("ETag") == f'"{stamp:x}-267"'


def test_old_nginx_paints_its_error_pages_white(cluster: Cluster) -> None:
    put_pod(cluster, "old", "10.244.1.80", "nginx:1.14.2")
    response = get(cluster, "10.244.1.80", "/nope").response
    assert response is not None
    assert b'<body bgcolor="white">' in response.body
    assert len(response.body) == 169


def test_the_next_connection_has_the_next_number(cluster: Cluster) -> None:
    for _ in range(2):
        get(cluster, "10.244.1.11", "/nope")
    assert [line.partition("*")[2][:1] for line in log_of(cluster, "nginx-1") if "[error]" in line] == ["1", "2"]


def test_an_open_connection_stays_with_its_pod(cluster: Cluster) -> None:
    first = get(cluster, "nginx-clusterip")
    again = [get(cluster, "nginx-clusterip", over=first).trace for _ in range(10)]
    assert {trace.backend for trace in again} == {first.trace.backend}
    assert all(not trace.questions for trace in again)


def test_a_server_that_speaks_no_http_answers_nothing(cluster: Cluster) -> None:
    put_pod(cluster, "cache", "10.244.1.90", "redis:7")
    exchange = get(cluster, "10.244.1.90", port=6379)
    assert (exchange.response, exchange.trace.outcome) == (None, "ok")
    pod = cluster.store.get("Pod", "default", "cache")
    assert pod is not None
    assert not cluster.network.prober.probe_http(pod, 6379, "/").ok


# What listens


@pytest.mark.parametrize(
    ("container", "listens"),
    [
        ({}, True),
        ({"command": ["sleep", "3600"]}, False),
        ({"args": ["sleep", "3600"]}, False),
        ({"args": ["sh", "-c", "while true; do date; sleep 1; done"]}, False),
        ({"command": ["nginx", "-g", "daemon off;"]}, True),
        (
            {"command": ["sh", "-c", "echo $HOSTNAME > /usr/share/nginx/html/index.html && nginx -g 'daemon off;'"]},
            True,
        ),
        ({"command": ["sh", "-c", "echo $HOSTNAME > /tmp/x; sleep infinity"]}, False),
    ],
)
def test_a_command_of_its_own_may_keep_the_server_from_running(
    cluster: Cluster, container: dict[str, Any], listens: bool
) -> None:
    put_pod(cluster, "other", "10.244.1.91", container=container)
    assert get(cluster, "10.244.1.91").trace.outcome == ("ok" if listens else "refused")


def test_agnhost_tells_its_name_at_the_port_it_is_told(cluster: Cluster) -> None:
    image = "registry.k8s.io/e2e-test-images/agnhost:2.40"
    put_pod(cluster, "who", "10.244.1.92", image, container={"args": ["netexec", "--http-port=8090"]})
    put_pod(cluster, "me", "10.244.1.93", image, container={"command": ["/agnhost", "serve-hostname"]})
    put_pod(cluster, "idle", "10.244.1.94", image)
    assert get(cluster, "10.244.1.92", "/hostname", port=8090).response.body == b"who"  # type: ignore[union-attr]
    assert get(cluster, "10.244.1.92", "/echo?msg=hi", port=8090).response.body == b"hi"  # type: ignore[union-attr]
    assert get(cluster, "10.244.1.92", "/hostname", port=8080).trace.outcome == "refused"
    assert get(cluster, "10.244.1.93", port=9376).response.body == b"me"  # type: ignore[union-attr]
    assert get(cluster, "10.244.1.94", port=8080).trace.outcome == "refused"


# The API server


def test_the_api_server_speaks_tls_to_those_who_trust_it(cluster: Cluster) -> None:
    assert get(cluster, "kubernetes", port=443, tls=True).tls == "untrusted"
    exchange = get(cluster, "kubernetes", port=443, tls=True, trust=True)
    assert exchange.response is not None
    assert (exchange.response.status, exchange.response.version) == (403, "HTTP/2")
    assert b'User \\"system:anonymous\\" cannot get path \\"/\\"' in exchange.response.body
    assert get(cluster, "kubernetes", "/healthz", port=443, tls=True, trust=True).response.body == b"ok"  # type: ignore[union-attr]


def test_plain_http_at_a_tls_port_and_tls_at_a_plain_one(cluster: Cluster) -> None:
    response = get(cluster, "kubernetes", port=443).response
    assert response is not None
    assert (response.status, response.body) == (400, b"Client sent an HTTP request to an HTTPS server.\n")
    assert get(cluster, "nginx-clusterip", tls=True).tls == "not-tls"


def test_a_request_through_a_forwarded_port_comes_from_the_pod_itself(cluster: Cluster) -> None:
    pod = cluster.store.get("Pod", "default", "nginx-1")
    assert pod is not None
    cluster.network.forward(8080, pod, 80)
    cluster.network.web.request(HOST, HttpRequest("http://localhost:8080", "localhost", 8080))
    assert log_of(cluster, "nginx-1")[0].startswith("127.0.0.1 - - ")
