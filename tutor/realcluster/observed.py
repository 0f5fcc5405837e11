"""Requests made in a real cluster, as far as they can be seen from outside: by their command and how it ended."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import Final

from tutor.course.conditions.kubectl_call import read_call
from tutor.engine.network.trace import Client, Outcome, Question, ServiceHop, Trace
from tutor.engine.objects import Object, field, labels_of, name_of
from tutor.engine.store import Store
from tutor.realcluster.mirror import HOME
from tutor.shell.tools.curl_options import CurlUsageError, parse

_CURL: Final[dict[int, Outcome]] = {0: "ok", 6: "nxdomain", 7: "refused", 22: "http-error", 28: "timeout"}
"""What curl's exit codes mean. Source: curl(1), EXIT CODES."""
_FAILED: Final = re.compile(r"^curl: \((\d+)\)", re.MULTILINE)
_BUSYBOX_WGET: Final = (("bad address", "nxdomain"), ("refused", "refused"), ("timed out", "timeout"))
_ANSWER: Final = re.compile(r"^Name:\s*(\S+)\nAddress(?: \d+)?: (\d[\d.]*)", re.MULTILINE)
_UNKNOWN: Final = re.compile(r"can't find (\S+?):? ?NXDOMAIN|can't resolve '([^']+)'")
_SEPARATORS: Final = frozenset({";", "&&", "||", "&", "|"})
_ASKERS: Final = frozenset({"nslookup", "dig", "host", "getent"})


def traces_of(
    argv: Sequence[str], code: int, output: str, store: Store, namespace: str, number: int, at: float
) -> list[Trace]:
    """The requests that a kubectl command made in Pods.

    Args:
        argv: its words.
        code: its exit code, which kubectl takes from the command in the Pod.
        output: what it showed.
        store: the mirror.
        namespace: what the mirror's namespace is really called.
        number: that of the first trace.
        at: seconds since the mirror's birth.
    """
    call = read_call(argv)
    if call is None or call.verb not in {"exec", "run"} or "--" not in argv:
        return []
    client = _client(argv, store)
    if client is None:
        return []
    programs = _programs(list(argv[list(argv).index("--") + 1 :]))
    return _requests(programs, code, output, client, store, namespace, number, at)


def traces_of_line(
    argv: Sequence[str], line: str, output: str, store: Store, namespace: str, number: int, at: float
) -> list[Trace]:
    """The requests that a line made which was typed into a shell in a Pod.

    Args:
        argv: the words of the kubectl command that opened the shell.
        line: the line.
        output: what came of it; how curl ended is read off it.
        store: the mirror.
        namespace: what the mirror's namespace is really called.
        number: that of the first trace.
        at: seconds since the mirror's birth.
    """
    client = _client(argv, store)
    if client is None:
        return []
    failed = _FAILED.search(output)
    code = int(failed[1]) if failed else 0
    return _requests(_programs(["sh", "-c", line]), code, output, client, store, namespace, number, at)


def _requests(
    programs: Sequence[list[str]],
    code: int,
    output: str,
    client: Client,
    store: Store,
    namespace: str,
    number: int,
    at: float,
) -> list[Trace]:
    made = []
    for words in programs:
        program = words[0].rpartition("/")[2]
        if program == "curl":
            made.append((_urls(words[1:]), _CURL.get(code)))
        elif program == "wget":
            urls = [word for word in words[1:] if "." in word or word.startswith("http")][-1:]
            made.append((urls, _wget(output) if code or "wget: " in output else "ok"))
        elif program in _ASKERS and len(words) > 1:
            trace = _look_up(words[-1], output, client, namespace, number + len(made), at)
            return [trace] if trace is not None else []
    # With several requests in one command, its exit code is that of the last one only.
    if len(made) != 1 or made[0][1] is None:
        return []
    urls, outcome = made[0]
    return [
        _request(url, outcome, client, store, namespace, number + place, at)
        for place, url in enumerate(urls)
        if outcome is not None
    ]


def _client(argv: Sequence[str], store: Store) -> Client | None:
    """The Pod in which the command ran; that of a temporary one may be gone by now."""
    call = read_call(argv)
    assert call is not None  # noqa: S101  # the caller has looked
    name = next(iter(call.names), "")
    if call.verb == "run":
        own = argv[2 : list(argv).index("--")] if "--" in argv else argv[2:]
        words = [word for word in own if not word.startswith("-")]
        pod = next((found for word in words if (found := store.last_seen("Pod", HOME, word))), None)
    elif call.resources <= {"pods"}:
        pod = store.last_seen("Pod", HOME, name)
    else:
        pod = _first_behind(call.resources, name, store)
    if pod is None:
        return None
    container = call.flags.get("container", pod["spec"]["containers"][0]["name"])
    labels = tuple(labels_of(pod).items())
    return Client(HOME, name_of(pod), container, str(field(pod, "status.podIP") or ""), labels)


def _first_behind(resources: frozenset[str], name: str, store: Store) -> Object | None:
    """A Pod that a Deployment or Service stands for; they are alike, so any will do."""
    kind = {"deployments": "Deployment", "services": "Service", "replicasets": "ReplicaSet"}.get(
        next(iter(resources), ""), ""
    )
    owner = store.get(kind, HOME, name) if kind else None
    if owner is None:
        return None
    selector = field(owner, "spec.selector") or {}
    labels = selector.get("matchLabels", {}) if kind != "Service" else selector
    return next(iter(store.select("Pod", HOME, labels)), None) if labels else None


def _programs(words: list[str]) -> list[list[str]]:
    """The programs that a command line runs, each with its words; one in a loop counts as several."""
    if words[:1] and words[0].rpartition("/")[2] in {"sh", "bash", "ash", "dash"} and "-c" in words[:-1]:
        text = words[words.index("-c") + 1]
        if re.search(r"\b(for|while|until|seq|xargs)\b", text):
            return []
        try:
            lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
            lexer.whitespace_split = True
            words = list(lexer)
        except ValueError:
            return []
    programs: list[list[str]] = [[]]
    for word in words:
        if word in _SEPARATORS:
            programs.append([])
        else:
            programs[-1].append(word)
    return [each for each in programs if each]


def _urls(words: Sequence[str]) -> list[str]:
    try:
        return list(parse(words).urls)
    except CurlUsageError:
        return []


def _wget(output: str) -> Outcome | None:
    outcomes: dict[str, Outcome] = {"nxdomain": "nxdomain", "refused": "refused", "timeout": "timeout"}
    return next((outcomes[outcome] for text, outcome in _BUSYBOX_WGET if text in output), None)


def _request(url: str, outcome: Outcome, client: Client, store: Store, namespace: str, number: int, at: float) -> Trace:
    rest = url.partition("://")[2] or url
    host, _, port = rest.partition("/")[0].partition(":")
    service = _service(host, store, namespace)
    hop = None
    if service is not None:
        hop = ServiceHop(HOME, name_of(service), str(field(service, "spec.clusterIP") or ""), int(port or 80))
    return Trace(number, at, client, url, host, int(port or 80), service=hop, outcome=outcome)


def _service(host: str, store: Store, namespace: str) -> Object | None:
    """The Service that a name or an address stands for."""
    for service in store.list("Service", HOME):
        if field(service, "spec.clusterIP") == host:
            return service
    name, _, rest = host.rstrip(".").partition(".")
    known = f"{namespace}.svc.cluster.local".split(".")
    return store.get("Service", HOME, name) if not rest or rest.split(".") == known[: rest.count(".") + 1] else None


def _look_up(name: str, output: str, client: Client, namespace: str, number: int, at: float) -> Trace | None:
    """A look-up with its answer, read off what the tool showed."""
    answer, unknown = _ANSWER.search(output), _UNKNOWN.search(output)
    if answer is not None:
        full = answer[1].replace(f".{namespace}.svc.", f".{HOME}.svc.")
        question = Question(full, "A", "NOERROR", (answer[2],))
    elif unknown is not None:
        question = Question(name, "A", "NXDOMAIN")
    else:
        return None
    outcome: Outcome = "ok" if answer else "nxdomain"
    return Trace(number, at, client, name, name, 53, "UDP", (question,), outcome=outcome)
