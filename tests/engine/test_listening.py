"""Where servers listen by their configuration and command line.

The texts of nginx are those of nginx 1.22.1 (`nginx -t`) for the same files.
"""

import fnmatch
from collections.abc import Sequence

import pytest

from tutor.engine.cluster import NoFiles
from tutor.engine.images import Image
from tutor.engine.listening import sockets_of
from tutor.engine.nginx_conf import ConfError, nginx_sockets
from tutor.engine.objects import Object
from tutor.engine.sockets import ANY, Socket

CONF = "/etc/nginx/nginx.conf"
SITE = "/etc/nginx/conf.d/default.conf"
HERE = "10.244.1.7"


def listens(site: str) -> list[str]:
    """The sockets of nginx with a configuration of one site, as `ss` writes them."""
    files = {CONF: "events { }\nhttp { include /etc/nginx/conf.d/*.conf; }\n", SITE: site}

    def names(folder: str) -> Sequence[str]:
        return [path.rpartition("/")[2] for path in files if fnmatch.fnmatchcase(path, f"{folder}/*")]

    found = nginx_sockets(CONF, lambda path: files[path].encode() if path in files else None, names, HERE)
    assert found is not None
    return [f"{one.address} {one.port}" for one in found]


@pytest.mark.parametrize(
    ("site", "sockets"),
    [
        ("server { listen 127.0.0.1:8080; }", ["127.0.0.1 8080"]),
        ("server { listen 127.0.0.1; listen [::1]:8081; listen *:8082; listen unix:/tmp/x.sock; }",
         ["127.0.0.1 80", "::1 8081", "0.0.0.0 8082"]),
        ("server { listen 80; listen [::]:80; }", ["0.0.0.0 80", ":: 80"]),
        ("server { listen [::]:80 ipv6only=off default_server; }", ["* 80"]),
        ("server { listen localhost:8085; }", ["127.0.0.1 8085"]),
        ("server { server_name x; }", ["0.0.0.0 80"]),
        ("server { listen 80; } server { listen 80; server_name b; }", ["0.0.0.0 80"]),
        ("server { listen 127.0.0.1:80; } server { listen 80; }", ["0.0.0.0 80"]),
        ("# listen 81;\nserver { listen 80; location / { return 200 'a; b }'; } }", ["0.0.0.0 80"]),
        (f"server {{ listen {HERE}:80; }}", [f"{HERE} 80"]),
        ("", []),
    ],
)  # fmt: skip
def test_where_nginx_listens(site: str, sockets: list[str]) -> None:
    assert listens(site) == sockets


@pytest.mark.parametrize(
    ("site", "why"),
    [
        ("server { listen 127.0.0.1:8080 }\n", 'unexpected "}" in %s:1'),
        ("server {\n listen 127.0.0.1:8080;\n", 'unexpected end of file, expecting "}" in %s:3'),
        ("server { listen 127.0.0.1:8080; } }\n", 'unexpected "}" in %s:1'),
        ('server { listen "80; }\n', 'unexpected end of file, expecting ";" or "}" in %s:2'),
        (
            "server { listen 127.0.0.1:99999; }",
            'invalid port in "127.0.0.1:99999" of the "listen" directive in %s:1',
        ),
        ("server { listen nohost:80; }", 'host not found in "nohost:80" of the "listen" directive in %s:1'),
        ("server { listen 80x; }", 'host not found in "80x" of the "listen" directive in %s:1'),
        ("server {\n listen 80\n root /x;\n}\n", 'invalid parameter "root" in %s:3'),
        ("server { listen [::]:80 ipv6only=maybe; }", 'invalid parameter "ipv6only=maybe" in %s:1'),
        ("server { listen; }", 'invalid number of arguments in "listen" directive in %s:1'),
        ("listen 80;", '"listen" directive is not allowed here in %s:1'),
        ("server { listen 80; listen 80; }", "a duplicate listen 0.0.0.0:80 in %s:1"),
        ("server { listen 10.9.9.9:8080; }", "bind() to 10.9.9.9:8080 failed (99: Cannot assign requested address)"),
    ],
)
def test_why_nginx_does_not_start(site: str, why: str) -> None:
    with pytest.raises(ConfError) as error:
        listens(site)
    assert str(error.value) == why.replace("%s", SITE)


PYTHON = Image("python", "3.12", "exit", ("python3",), modes={"http.server": (8000,)})
REDIS = Image("redis", "7", "tcp", ("redis-server",), (6379,), binds=(ANY, "::"))
POD: Object = {"metadata": {"name": "a", "uid": "1"}, "status": {"podIP": HERE}}


@pytest.mark.parametrize(
    ("image", "command", "sockets"),
    [
        (PYTHON, ["python", "-m", "http.server"], [Socket(ANY, 8000)]),
        (PYTHON, ["python", "-m", "http.server", "8080", "--bind", "127.0.0.1"], [Socket("127.0.0.1", 8080)]),
        (PYTHON, ["python", "-m", "http.server", "-b", "localhost", "80"], [Socket("127.0.0.1", 80)]),
        (PYTHON, ["python", "-m", "http.server", "--bind=::", "80"], [Socket("*", 80)]),
        (PYTHON, ["python", "-m", "http.server", "80", "--bind", "$(IP)"], [Socket(HERE, 80)]),
        (PYTHON, ["sh", "-c", "date > x && exec python -m http.server 81 -b 127.0.0.1"], [Socket("127.0.0.1", 81)]),
        (PYTHON, ["python", "app.py"], []),
        (REDIS, [], [Socket(ANY, 6379), Socket("::", 6379)]),
        (REDIS, ["redis-server", "--bind", "127.0.0.1", "::1"], [Socket("127.0.0.1", 6379), Socket("::1", 6379)]),
        (REDIS, ["redis-server", "--port", "6380", "--bind", "127.0.0.1"], [Socket("127.0.0.1", 6380)]),
    ],
)
def test_where_a_command_line_has_a_server_listen(image: Image, command: list[str], sockets: list[Socket]) -> None:
    container = {"name": "main", "image": "x", **({"command": command} if command else {})}
    assert list(sockets_of(POD, container, image, NoFiles())) == sockets
