"""What fuzzed input is made of: manifests and command lines that are right, and ways to spoil them."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import yaml
from hypothesis import strategies as st

from tests.kubectl.recordings import NAMES, load
from tutor.engine.objects import Object
from tutor.kubectl.command import Command
from tutor.kubectl.common_flags import GLOBAL_FLAGS
from tutor.kubectl.overview import verb_names
from tutor.kubectl.verbs import find_verb

HANG = 30
"""Seconds after which an example counts as one that never ends."""

_OWN = """
apiVersion: v1
kind: Pod
metadata: {name: solo, namespace: default, labels: {app: web}, annotations: {note: x}, finalizers: []}
spec:
  restartPolicy: Always
  terminationGracePeriodSeconds: 3
  nodeSelector: {kubernetes.io/os: linux}
  serviceAccountName: default
  hostname: solo
  dnsPolicy: ClusterFirst
  dnsConfig: {nameservers: [10.254.0.10], searches: [shop.svc.cluster.local], options: [{name: ndots, value: "5"}]}
  hostAliases: [{ip: 10.0.0.1, hostnames: [old]}]
  tolerations: [{key: a, operator: Exists, effect: NoSchedule}]
  volumes: [{name: conf, configMap: {name: settings}}, {name: empty, emptyDir: {}}]
  initContainers: [{name: first, image: busybox, command: [sh, -c, "echo hello"]}]
  containers:
  - name: main
    image: nginx:1.27
    imagePullPolicy: IfNotPresent
    command: [nginx]
    args: [-g, daemon off;]
    workingDir: /
    env: [{name: A, value: b}, {name: C, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
    envFrom: [{configMapRef: {name: settings}}]
    ports: [{name: http, containerPort: 80, protocol: TCP}]
    resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 128Mi}}
    readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 1, failureThreshold: 1}
    livenessProbe: {tcpSocket: {port: 80}, initialDelaySeconds: 1}
    startupProbe: {exec: {command: [cat, /etc/hostname]}}
    volumeMounts: [{name: conf, mountPath: /etc/conf}]
    lifecycle: {preStop: {exec: {command: [sleep, "1"]}}}
    securityContext: {runAsUser: 0}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  minReadySeconds: 1
  revisionHistoryLimit: 2
  progressDeadlineSeconds: 60
  paused: false
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 1}}
  selector: {matchLabels: {app: web}, matchExpressions: [{key: app, operator: In, values: [web, api]}]}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: nginx:1.27, ports: [{containerPort: 80}]}]}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: set}
spec:
  replicas: 1
  selector: {matchLabels: {app: set}}
  template:
    metadata: {labels: {app: set}}
    spec: {containers: [{name: nginx, image: nginx:1.27}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  selector: {app: web}
  clusterIP: 10.254.9.9
  externalIPs: [198.51.100.7]
  sessionAffinity: ClientIP
  sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}
  internalTrafficPolicy: Cluster
  externalTrafficPolicy: Cluster
  ipFamilies: [IPv4]
  ipFamilyPolicy: SingleStack
  publishNotReadyAddresses: true
  ports: [{name: http, port: 80, targetPort: http, nodePort: 30080, protocol: TCP}, {name: other, port: 81}]
---
apiVersion: v1
kind: Service
metadata: {name: external}
spec: {type: ExternalName, externalName: db.example.com, ports: [{port: 80}]}
---
apiVersion: v1
kind: Endpoints
metadata: {name: bare}
subsets: [{addresses: [{ip: 10.244.1.5, nodeName: node-1}], notReadyAddresses: [{ip: 10.244.1.6}], ports: [{port: 80}]}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: bare-1, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: http, port: 80, protocol: TCP}]
endpoints:
- {addresses: [10.244.1.5], conditions: {ready: true, serving: true, terminating: false}, nodeName: node-1,
   hostname: a, targetRef: {kind: Pod, name: solo, namespace: default}, zone: a}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: blue, page.html: "<p>hello</p>"}
binaryData: {bin: aGVsbG8=}
immutable: false
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: friends}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress:
  - from:
    - {podSelector: {matchLabels: {role: friend}}, namespaceSelector: {}}
    - {ipBlock: {cidr: 10.244.0.0/16, except: [10.244.1.0/24]}}
    ports: [{port: http, protocol: TCP}, {port: 8000, endPort: 9000}]
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: a}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot}
automountServiceAccountToken: false
---
apiVersion: v1
kind: Node
metadata: {name: node-9, labels: {kubernetes.io/os: linux}}
spec: {unschedulable: false, taints: [{key: a, value: b, effect: NoSchedule}], podCIDR: 10.244.9.0/24}
---
apiVersion: v1
kind: Event
metadata: {name: happened, namespace: default}
involvedObject: {kind: Pod, name: solo, namespace: default}
reason: Because
message: it did
type: Normal
count: 1
firstTimestamp: "2026-11-23T09:00:00Z"
lastTimestamp: "2026-11-23T09:00:00Z"
source: {component: kubelet}
"""

RECORDINGS = [load(name) for name in NAMES]
MANIFESTS: list[Object] = list(yaml.load_all(_OWN, yaml.CSafeLoader))
"""One of each kind or more, with most of the fields that mean something to the simulation."""
TEXTS = [_OWN, *(text for each in RECORDINGS for name, text in each.files.items() if name.endswith(("yaml", "json")))]
"""Texts of manifests, right ones and wrong ones."""
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|[^\s|;&<>]+")
COMMANDS: list[list[str]] = sorted(
    {
        tuple(word.strip("'\"") for word in _QUOTED.findall(step.cmd)[1:])
        for recording in RECORDINGS
        for step in recording.steps
        if step.cmd.startswith("kubectl")
    }
    | {
        tuple(line.split())
        for line in (
            "get pods -o jsonpath={range.items[?(@.metadata.name=='solo')]}{.metadata.name}{'\\n'}{end}",
            "get pods,svc -o custom-columns=A:.metadata.name,B:.spec['clusterIP','type'] --sort-by=.metadata.name",
            "get pods -o go-template={{range.items}}{{.metadata.name}}{{end}}",
            "get pods -A -l app=web,tier!=a,x,!y,z|in|(a,b) --field-selector status.phase=Running -L app --show-labels",
            "create deployment x --image=nginx:1.27 --replicas=2 --port=80 -o yaml --dry-run=client",
            "create service nodeport x --tcp=80:8080 --node-port=30001",
            "create configmap x --from-literal=a=b --from-literal=c=d",
            "create namespace x",
            "expose deployment web --name=x --port=80 --target-port=http --type=NodePort --selector=app=web",
            "run x --image=nginx:1.27 --env=A=b --labels=app=x --port=80 --restart=Never --command -- sleep 5",
            "scale deployment web --replicas=3 --current-replicas=2",
            "set image deployment/web nginx=nginx:1.28",
            "set env deployment/web A=b C-",
            "set selector service web app=x",
            "label pod solo a=b app- --overwrite",
            "annotate service web a=b note-",
            "patch service web --type=json -p [{\"op\":\"replace\",\"path\":\"/spec/type\",\"value\":\"ClusterIP\"}]",
            "patch service web --type=merge -p {\"spec\":{\"selector\":null}}",
            "patch deployment web -p {\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"nginx\",\"$patch\":\"delete\"}]}}}}",
            "rollout status deployment/web --timeout=5s",
            "rollout undo deployment/web --to-revision=1",
            "rollout history deployment/web --revision=1",
            "rollout restart deployment/web",
            "wait pod/solo --for=condition=Ready --timeout=3s",
            "wait pod/solo --for=jsonpath={.status.phase}=Running --timeout=3s",
            "delete pod solo --grace-period=0 --force",
            "delete deployment,svc -l app=web --wait=false",
            "logs solo -c main --tail=3 --since=1h --previous",
            "describe pods,services,nodes",
            "explain pods.spec.containers --recursive",
            "api-resources --namespaced=true -o name",
            "auth can-i create pods",
            "config set-context --current --namespace=shop",
            "events --for pod/solo --types=Warning",
            "top pods",
            "version -o json",
            "cluster-info",
            "port-forward service/web 8080:80",
            "cp /etc/hostname solo:/tmp/x",
            "diff -f bad-port.yaml",
        )
    }
)  # fmt: skip
"""Command lines, each as the words after `kubectl`."""

ODD_TEXT = st.sampled_from(
    ["", " ", "-", "--", "=", ",", "/", ".", "..", "*", "%s", "{}", "{.a", "null", "~", "0", "-1", "1e9", "99999999999999999999"]
    + ["é", "e\u0301", "日本語", "\u202eabc", "\U0001f600", "\ufeff", "\u2028", "\x1b[31m", "\x00", "\n", "\t", "ı", "ß", "A"]
    + ["a" * 64, "a" * 254, "a" * 5000, "a/b/c", "a=b=c", "app in (", "10.254.1.1", "10.254.300.1", "::1", "nginx:1.27@x"]
)  # fmt: skip
TEXT = st.one_of(ODD_TEXT, st.text(max_size=8))
NUMBERS = st.sampled_from(
    [0, 1, -1, 2, 80, 65536, 2**31, -(2**31) - 1, 2**53 + 1, 2**63, 2**64, 10**40, 0.5, -0.0, 1e300]
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXT)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)


def deep(levels: int) -> Any:
    """Lists in lists."""
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything in a value, itself first."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from places(each, (*path, key))


def _changed(value: Any, path: tuple[Any, ...], how: str, new: Any) -> Any:
    """A copy of the value, different at one place."""
    if not path:
        return new
    key, *rest = path
    copy = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        copy[key] = _changed(value[key], tuple(rest), how, new)
    elif how == "drop":
        del copy[key]
    elif how == "add" and isinstance(copy, dict):
        copy[new if isinstance(new, str) else "surprise"] = new
    elif how == "twice" and isinstance(copy, list):
        copy.insert(key, copy[key])
    elif how == "wrap":
        copy[key] = [copy[key]]
    else:
        copy[key] = new
    return copy


@st.composite
def spoiled(draw: st.DrawFn, values: list[Any]) -> Any:
    """One of the values with one to three things in it wrong, or at least other."""
    value = draw(st.sampled_from(values))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(value))[1:] or [()]))
        how = draw(st.sampled_from(["put", "put", "put", "drop", "add", "twice", "wrap"]))
        value = _changed(value, path, how, draw(VALUES))
        if not isinstance(value, dict):
            break
    return value


@st.composite
def spoiled_words(draw: st.DrawFn) -> list[str]:
    """A command line with one to three words wrong."""
    words = list(draw(st.sampled_from(COMMANDS)))
    others = sorted({word for command in COMMANDS for word in command})
    for _ in range(draw(st.integers(1, 3))):
        first = 0 if draw(st.integers(0, 9)) == 0 else min(1, len(words) - 1)  # another verb ends most command lines
        at = draw(st.integers(max(0, first), max(0, len(words) - 1)))
        how = draw(st.sampled_from(["drop", "twice", "swap", "odd", "other", "cut", "insert", "value"]))
        if how == "insert" or not words:
            words.insert(at, draw(st.one_of(TEXT, st.sampled_from(others))))
        elif how == "drop":
            del words[at]
        elif how == "twice":
            words.insert(at, words[at])
        elif how == "swap":
            words[at], words[-1] = words[-1], words[at]
        elif how == "odd":
            words[at] = draw(TEXT)
        elif how == "other":
            words[at] = draw(st.sampled_from(others))
        elif how == "cut":
            words[at] = words[at][: draw(st.integers(0, len(words[at])))]
        else:
            words[at] = words[at].partition("=")[0] + "=" + draw(TEXT)
    return words


def _leaves() -> Iterator[tuple[list[str], Command]]:
    """Every command that does something, with the words that lead to it."""
    waiting = [([name], command) for name in verb_names() if (command := find_verb(name))]
    while waiting:
        words, command = waiting.pop()
        waiting += [([*words, each.name], each) for each in command.subcommands]
        if command.handler is not None:
            yield words, command


LEAVES = list(_leaves())
_ARGUMENTS = """pods svc deploy all no ns ep web solo pod/solo svc/web deployment/web deploy/web node-1 default x
    a=b a- nginx=nginx:1.28 8080:80 solo:/tmp/x /etc/hostname pods.spec endpointslices netpol events cm""".split()
_TEXTS = """web app=web app!=web,x json yaml wide name jsonpath={.items[*].metadata.name} 1 3 client server none default shop all
    bad-port.yaml dup.yaml multi.yaml nginx:1.27 80:8080 delete condition=Ready jsonpath={.status.phase}=Running
    .metadata.name status.phase=Running ClusterIP NodePort custom-columns=A:.metadata.name {"spec":{"replicas":1}} merge
    json pod/solo Always Never a=b - main 10.254.3.3 None db.example.com go-template={{.kind}}""".split()
_LIKELY = {
    "bool": ["true", "false"],
    "int": ["0", "1", "2", "-1", "100"],
    "duration": ["0s", "1s", "3s", "-1s", "1h"],
    "string": _TEXTS,
    "list": _TEXTS,
    "array": _TEXTS,
}
_ENDLESS = {"watch", "watch-only", "follow", "help", "server"}
_EVERYWHERE = [flag for flag in GLOBAL_FLAGS if flag.name == "namespace"]


@st.composite
def declared_words(draw: st.DrawFn) -> list[str]:
    """A command line of a real command, arguments it may know, and flags it has, with likely and unlikely values."""
    words, command = draw(st.sampled_from(LEAVES))
    argument = st.one_of(*[st.sampled_from(_ARGUMENTS)] * 5, TEXT)
    words = [*words, *draw(st.lists(argument, max_size=3))]
    known = [flag for flag in (*command.flags, *_EVERYWHERE) if flag.name not in _ENDLESS]
    chosen = [flag for flag in known if flag.required] + draw(st.lists(st.sampled_from(known), max_size=4))
    for flag in chosen:
        likely = st.sampled_from([*_LIKELY[flag.kind], *flag.choices])
        value = draw(st.one_of(*[likely] * 8, ODD_TEXT))
        words.append(f"--{flag.name}" if flag.bare and draw(st.booleans()) else f"--{flag.name}={value}")
    if draw(st.integers(0, 5)) == 0:
        words += ["--", *draw(st.lists(TEXT, max_size=2))]
    return words


@st.composite
def spoiled_text(draw: st.DrawFn) -> str:
    """A manifest's text with pieces cut out, put in, or exchanged."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 12)))
        text = (
            text[:start]
            + draw(
                st.one_of(
                    TEXT,
                    st.sampled_from([":", "- ", "{", "[", "&a ", "*a", "!!int ", "|\n", "---\n", "#", '"', "<<: "]),
                )
            )
            + text[end:]
        )
    return text


@contextmanager
def no_hang() -> Iterator[None]:
    """Fail, rather than wait for ever, if what is inside does not end."""

    def ring(_signal: int, _frame: object) -> None:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(HANG)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
