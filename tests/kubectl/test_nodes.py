"""`kubectl cordon`, `uncordon`, `drain` and `taint`. Texts: kubectl 1.33 against a simulated cluster."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.kubectl.conftest import Kubectl
from tutor.engine.objects import Object, name_of
from tutor.engine.resources import NODE, POD

KUBE_SYSTEM = "k8s-app=kube-dns"


def pod(name: str, node: str = "node-1", **changes: Any) -> Object:
    spec = {"nodeName": node, "containers": [{"name": "c", "image": "nginx:1.27"}], **changes.pop("spec", {})}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, **changes}, "spec": spec}


def pods_on(kubectl: Kubectl, node: str) -> list[str]:
    return [name_of(each) for each in kubectl.cluster.api.list(POD, None, fields=f"spec.nodeName={node}")]


# cordon and uncordon


async def test_cordon_and_uncordon(kubectl: Kubectl) -> None:
    for line, said in [
        ("cordon node-1 --dry-run=client", "node/node-1 cordoned (dry run)\n"),
        ("cordon node-1 --dry-run=server", "node/node-1 cordoned (server dry run)\n"),
        ("cordon node-1 node/node-2", "node/node-1 cordoned\nnode/node-2 cordoned\n"),
        ("cordon -l kubernetes.io/hostname=node-1", "node/node-1 already cordoned\n"),
        ("cordon node-1 --dry-run=client", "node/node-1 already cordoned (dry run)\n"),
        ("uncordon node-2", "node/node-2 uncordoned\n"),
        ("uncordon node-2", "node/node-2 already uncordoned\n"),
        ("uncordon -l nope=x", ""),
    ]:
        result = await kubectl(line)
        assert (result.stdout, result.stderr, result.rc) == (said, "", 0), line
    lines = (await kubectl("get nodes --no-headers")).stdout.splitlines()
    assert [line.split()[1] for line in lines] == ["Ready,SchedulingDisabled", "Ready", "Ready"]


async def test_one_node_that_is_not_there_stops_all(kubectl: Kubectl) -> None:
    result = await kubectl("cordon node-1 nope node-2")
    assert (result.stdout, result.stderr) == ("", 'Error from server (NotFound): nodes "nope" not found\n')
    assert "unschedulable" not in kubectl.cluster.api.get(NODE, "node-1")["spec"]


async def test_describe_node_shows_what_a_node_repels(kubectl: Kubectl) -> None:
    await kubectl("taint nodes node-1 z=1:PreferNoSchedule b:NoSchedule a=x:NoSchedule")
    await kubectl("cordon node-1")
    kubectl.cluster.advance(11)
    text = (await kubectl("describe node node-1")).stdout
    assert (
        "Taints:             a=x:NoSchedule\n"
        "                    b:NoSchedule\n"
        "                    node.kubernetes.io/unschedulable:NoSchedule\n"
        "                    z=1:PreferNoSchedule\n"
        "Unschedulable:      true\n"
    ) in text
    assert "NodeNotSchedulable  1s    kubelet  Node node-1 status is now: NodeNotSchedulable" in text
    await kubectl("uncordon node-1")
    await kubectl("taint nodes node-1 a- b- z-")
    assert "Taints:             <none>\nUnschedulable:      false\n" in (await kubectl("describe node node-1")).stdout


# drain


async def test_drain_moves_pods_and_endpoints_follow(kubectl: Kubectl) -> None:
    await kubectl("create deployment web --image=nginx:1.27 --replicas=3")
    await kubectl("expose deployment web --port=80")
    going = pods_on(kubectl, "node-1")
    result = await kubectl("drain node-1")
    places = {name_of(each): each["metadata"]["namespace"] for each in kubectl.cluster.api.list(POD)}
    assert result.stderr == ""
    assert result.stdout == (
        "node/node-1 cordoned\n"
        + "".join(f"evicting pod {'default' if name.startswith('web') else 'kube-system'}/{name}\n" for name in going)
        + "".join(f"pod/{name} evicted\n" for name in going)
        + "node/node-1 drained\n"
    )
    assert pods_on(kubectl, "node-1") == []
    assert sum(place == "default" for place in places.values()) == 3
    shown = await kubectl(
        "get endpointslices -l kubernetes.io/service-name=web -o jsonpath={.items[*].endpoints[*].nodeName}"
    )
    assert set(shown.stdout.split()) == {"node-2", "node-3"}
    assert len(shown.stdout.split()) == 3
    assert (await kubectl("drain node-1")).stdout == "node/node-1 already cordoned\nnode/node-1 drained\n"


async def test_dry_runs_of_drain_leave_everything(kubectl: Kubectl) -> None:
    kubectl.cluster.api.create(pod("solo"))
    kubectl.cluster.settle()
    (system,) = [name for name in pods_on(kubectl, "node-1") if name != "solo"]
    for kind, suffix in (("client", " (dry run)"), ("server", " (server dry run)")):
        result = await kubectl(f"drain node-1 --force --dry-run={kind}")
        assert result.stderr == "Warning: deleting Pods that declare no controller: default/solo\n"
        assert result.stdout == (
            f"node/node-1 cordoned{suffix}\nevicting pod default/solo{suffix}\n"
            f"evicting pod kube-system/{system}{suffix}\nnode/node-1 drained{suffix}\n"
        )
    deleting = await kubectl("drain node-1 --force --disable-eviction --dry-run=server")
    assert deleting.stdout == "node/node-1 cordoned (server dry run)\nnode/node-1 drained (server dry run)\n"
    assert pods_on(kubectl, "node-1") == ["solo", system]


async def test_pods_that_hold_a_node_up(kubectl: Kubectl) -> None:
    kubectl.cluster.api.create(pod("solo"))
    kubectl.cluster.api.create(pod("scratch", spec={"volumes": [{"name": "v", "emptyDir": {}}]}))
    kubectl.cluster.settle()
    unmanaged = "cannot delete cannot delete Pods that declare no controller (use --force to override)"
    local = "cannot delete Pods with local storage (use --delete-emptydir-data to override)"

    async def refused(flags: str, shown: str, lines: str) -> None:
        result = await kubectl(f"drain node-1 --pod-selector=!k8s-app{flags}")
        assert result.rc == 1
        assert result.stderr == (
            f'error: unable to drain node "node-1" due to error: {shown}, continuing command...\n'
            f"There are pending nodes to be drained:\n node-1\n{lines}"
        )

    both = f"{local}: default/scratch\n{unmanaged}: default/solo\n"
    await refused("", f"[{local}: default/scratch, {unmanaged}: default/solo]", both)
    await refused(" --force", f"{local}: default/scratch", f"{local}: default/scratch\n")
    names = f"{unmanaged}: default/scratch, default/solo"
    await refused(" --delete-emptydir-data", names, f"{names}\n")
    result = await kubectl("drain node-1 --pod-selector=!k8s-app --force --delete-emptydir-data --disable-eviction")
    assert result.stdout == (
        "node/node-1 already cordoned\npod/scratch deleted\npod/solo deleted\nnode/node-1 drained\n"
    )
    assert result.stderr == "Warning: deleting Pods that declare no controller: default/scratch, default/solo\n"


async def test_a_node_that_cannot_be_drained_does_not_hold_up_the_next(kubectl: Kubectl) -> None:
    for node in ("node-1", "node-2"):
        kubectl.cluster.api.create(pod(f"on-{node}", node))
    kubectl.cluster.settle()
    why = "cannot delete cannot delete Pods that declare no controller (use --force to override): default"
    result = await kubectl("drain node-1 node-2 node-3")
    assert result.stdout.endswith("node/node-3 drained\n")
    assert result.stderr == (
        f'error: unable to drain node "node-1" due to error: {why}/on-node-1, continuing command...\n'
        f'error: unable to drain node "node-2" due to error: {why}/on-node-2, continuing command...\n'
        "There are pending nodes to be drained:\n node-1\n node-2\n"
        f"{why}/on-node-1\n{why}/on-node-2\n"
    )


async def test_what_goes_anyway_and_what_never_goes(kubectl: Kubectl) -> None:
    kubectl.cluster.api.create(pod("mirror", annotations={"kubernetes.io/config.mirror": "x"}))
    done = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "busybox", "command": ["true"]}]}
    kubectl.cluster.api.create(pod("done", spec=done))
    kubectl.cluster.settle()
    result = await kubectl("drain node-1 --pod-selector=!k8s-app")
    assert result.stdout == "node/node-1 cordoned\nevicting pod default/done\npod/done evicted\nnode/node-1 drained\n"
    assert "mirror" in pods_on(kubectl, "node-1")


async def test_pods_of_daemon_sets(kubectl: Kubectl) -> None:
    """There are no DaemonSets here, so that one is always missing; the Pod is gone once the cluster looks at it.

    Of several warnings about a Pod the last filter's counts, and that one has none.
    """
    owner = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "agent", "uid": "u", "controller": True}
    missing = "the server could not find the requested resource (get daemonsets.apps agent)"
    kubectl.cluster.api.create(pod("agent", ownerReferences=[owner]))
    result = await kubectl("drain node-1 --ignore-daemonsets --dry-run=client --pod-selector=!k8s-app", settle=False)
    assert f"due to error: cannot delete {missing}: default/agent, continuing" in result.stderr
    kubectl.cluster.settle()
    kubectl.cluster.api.create(pod("agent", ownerReferences=[owner]))
    result = await kubectl("drain node-1 --force --dry-run=client --pod-selector=!k8s-app", settle=False)
    assert (result.stdout.splitlines()[1:], result.stderr) == (
        ["evicting pod default/agent (dry run)", "node/node-1 drained (dry run)"],
        "",
    )


STUBBORN = {"containers": [{"name": "c", "image": "busybox", "command": ["sleep", "9999"]}]}


@pytest.mark.parametrize(
    ("flags", "error", "last"),
    [
        (
            "",
            'error when waiting for pod "stubborn" in namespace "default" to terminate: context deadline exceeded',
            'error when waiting for pod "stubborn" in namespace "default" to terminate: context deadline exceeded',
        ),
        (" --disable-eviction", "context deadline exceeded", "error: context deadline exceeded"),
    ],
)
async def test_patience_ends(kubectl: Kubectl, flags: str, error: str, last: str) -> None:
    kubectl.cluster.api.create(pod("stubborn", spec={**STUBBORN, "terminationGracePeriodSeconds": 60}))
    kubectl.cluster.settle()
    before = kubectl.cluster.clock.now
    result = await kubectl(f"drain node-1 --force --timeout=2s --pod-selector=!k8s-app{flags}", settle=False)
    assert kubectl.cluster.clock.now == before + 2
    assert result.stderr == (
        "Warning: deleting Pods that declare no controller: default/stubborn\n"
        f'There are pending pods in node "node-1" when an error occurred: {error}\npod/stubborn\n'
        f'error: unable to drain node "node-1" due to error: {error}, continuing command...\n'
        f"There are pending nodes to be drained:\n node-1\n{last}\n"
    )
    assert result.rc == 1


async def test_grace_period(kubectl: Kubectl) -> None:
    for seconds in (5, 0):
        kubectl.cluster.api.create(pod("stubborn", spec={**STUBBORN, "terminationGracePeriodSeconds": 60}))
        kubectl.cluster.settle()
        before = kubectl.cluster.clock.now
        line = f"drain node-1 --force --grace-period={seconds} --pod-selector=!k8s-app"
        assert (await kubectl(line, settle=False)).stdout.endswith("pod/stubborn evicted\nnode/node-1 drained\n")
        assert kubectl.cluster.clock.now == before + seconds


# taint


async def test_what_is_said_of_each_taint(kubectl: Kubectl) -> None:
    for line, said in [
        ("taint nodes node-1 a=b:NoSchedule --dry-run=client", "node/node-1 tainted\n"),
        ("taint nodes node-1 a=b:NoSchedule --dry-run=server", "node/node-1 tainted\n"),
        ("taint nodes node-1 a=b:NoSchedule", "node/node-1 tainted\n"),
        ("taint nodes node-1 a=c:NoSchedule --overwrite", "node/node-1 modified\n"),
        ("taint no node-1 b=d:PreferNoSchedule a:NoSchedule-", "node/node-1 modified\n"),
        ("taint node --all z:NoSchedule", "node/node-1 tainted\nnode/node-2 tainted\nnode/node-3 tainted\n"),
        ("taint nodes.v1 --all z-", "node/node-1 untainted\nnode/node-2 untainted\nnode/node-3 untainted\n"),
        ("taint nodes -l kubernetes.io/hostname=node-2 y:NoExecute", "node/node-2 tainted\n"),
        ("taint nodes node-3 -l kubernetes.io/hostname=node-2 y-", "node/node-2 untainted\n"),
        ("taint nodes -l nope=x y:NoSchedule", ""),
        ("taint nodes node-3 x=1:NoSchedule -o name", "node/node-3\n"),
        ("taint nodes node-3 x- -o jsonpath={.spec.taints}", ""),
        ("taint nodes node-3 w:NoSchedule -o jsonpath={.spec.taints}", '[{"effect":"NoSchedule","key":"w"}]'),
    ]:
        result = await kubectl(line)
        assert (result.stdout, result.stderr, result.rc) == (said, "", 0), line
    assert kubectl.cluster.api.get(NODE, "node-1")["spec"]["taints"] == [
        {"effect": "PreferNoSchedule", "key": "b", "value": "d"}
    ]


async def test_a_pretended_taint_can_be_shown(kubectl: Kubectl) -> None:
    result = await kubectl("taint nodes node-1 a=b:NoSchedule --dry-run=client -o yaml")
    assert yaml.safe_load(result.stdout)["spec"]["taints"] == [{"effect": "NoSchedule", "key": "a", "value": "b"}]
    assert "taints" not in kubectl.cluster.api.get(NODE, "node-1")["spec"]


async def test_every_node_is_tried(kubectl: Kubectl) -> None:
    result = await kubectl("taint nodes node-1 nope node-2 z:NoSchedule")
    assert result.stdout == "node/node-1 tainted\nnode/node-2 tainted\n"
    assert (result.stderr, result.rc) == ('Error from server (NotFound): nodes "nope" not found\n', 1)
    result = await kubectl("taint nodes node-3 nope z- y:NoExecute-")
    assert result.stderr == (
        '[taint "z" not found, taint "y:NoExecute" not found]\nError from server (NotFound): nodes "nope" not found\n'
    )


NAME_PART = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
TAINT_HELP = "\nSee 'kubectl taint -h' for help and examples"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("cordon", "USAGE: cordon NODE [flags]\nSee 'kubectl cordon -h' for help and examples"),
        ("drain", "USAGE: drain NODE [flags]\nSee 'kubectl drain -h' for help and examples"),
        (
            "uncordon node-1 -l a=b",
            "cannot specify both a node name and a --selector option\nSee 'kubectl uncordon -h' for help and examples",
        ),
        ("cordon node-1 -o yaml", "unknown shorthand flag: 'o' in -o\nSee 'kubectl cordon --help' for usage."),
        ("cordon svc/kubernetes", 'expected resource of type node, got "/v1, Resource=services"'),
        ("drain node-1 --pod-selector='a b'", "--pod-selector=<pod_selector> must be a valid label selector"),
        ("drain node-1 --dry-run=x", 'Invalid dry-run value (x). Must be "none", "server", or "client".'),
        ("taint", "one or more resources must be specified as <resource> <name>"),
        ("taint nodes node-1", "at least one taint update is required"),
        ("taint nodes a:NoExecute", "at least one resource name must be specified since 'all' parameter is not set"),
        ("taint nodes node-1 a:NoExecute x", "all resources must be specified before taint changes: x"),
        ("taint pods web a:NoExecute", "invalid resource type pods, only node types are supported"),
        (
            "taint nodes --all -l a=b a:NoExecute",
            "setting 'all' parameter with a non empty selector is prohibited",
        ),
        ("taint nodes node-1 a=b", f"invalid taint spec: a=b, {NAME_PART}{TAINT_HELP}"),
        ("taint nodes node-1 a", "at least one taint update is required"),
        (
            "taint nodes node-1 =b:NoExecute",
            f"invalid taint spec: =b:NoExecute, name part must be non-empty; {NAME_PART}{TAINT_HELP}",
        ),
        ("taint nodes node-1 a:Nope", f"invalid taint effect: Nope, unsupported taint effect{TAINT_HELP}"),
        ("taint nodes node-1 a=b=c:NoExecute", f"invalid taint spec: a=b=c:NoExecute{TAINT_HELP}"),
        ("taint nodes node-1 a:NoExecute:x", f"invalid taint spec: a:NoExecute:x{TAINT_HELP}"),
        (
            "taint nodes node-1 a=b:NoExecute a=c:NoExecute",
            f"duplicated taints with the same key and effect: {{a c NoExecute <nil>}}{TAINT_HELP}",
        ),
        (
            "taint nodes node-1 a=b:NoExecute a-",
            "can not both modify and remove the following taint(s) in the same command: a=",
        ),
        ("taint nodes node-1 a-", 'taint "a" not found'),
        (
            "taint nodes node-1 a:NoExecute --validate=x",
            'invalid - validate option "x"; must be one of: strict (or true), warn, ignore (or false)',
        ),
    ],
)
async def test_slips(kubectl: Kubectl, line: str, message: str) -> None:
    result = await kubectl(line)
    assert (result.stdout, result.stderr, result.rc) == ("", f"error: {message}\n", 1)


async def test_a_taint_that_is_there_is_kept_unless_overwritten(kubectl: Kubectl) -> None:
    await kubectl("taint nodes node-1 a=b:NoSchedule")
    result = await kubectl("taint nodes node-1 a=c:NoSchedule d:NoSchedule")
    assert result.stderr == "error: node node-1 already has a taint(s) with same effect(s) and --overwrite is false\n"
    assert (await kubectl("taint nope x a:NoSchedule")).stderr == 'the server doesn\'t have a resource type "nope"\n'
