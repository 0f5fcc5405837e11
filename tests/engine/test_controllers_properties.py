"""Whatever is done to a cluster, once it has settled its endpoints are right and nobody is left without an owner."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.conftest import deployment, make_cluster, pod, service
from tutor.engine.cluster import Cluster
from tutor.engine.controllers.podruntime import LAST_BACKOFF
from tutor.engine.errors import ApiError
from tutor.engine.objects import Object, is_deleting, labels_of, name_of, namespace_of, owner_uids, selects, uid_of
from tutor.engine.resources import BY_KIND

NAMES = st.sampled_from(["a", "b"])
SPACES = st.sampled_from(["default", "shop"])
Step = tuple[Any, ...]
STEPS = st.one_of(
    st.tuples(st.just("deploy"), SPACES, NAMES, st.integers(0, 4)),
    st.tuples(st.just("run"), SPACES, NAMES, NAMES),
    st.tuples(st.just("serve"), SPACES, NAMES, NAMES, st.booleans()),
    st.tuples(st.just("scale"), SPACES, NAMES, st.integers(0, 4)),
    st.tuples(st.just("image"), SPACES, NAMES, st.sampled_from(["nginx:1.28", "nginx:none", "busybox"])),
    st.tuples(st.just("relabel"), SPACES, st.integers(0, 9), st.sampled_from(["a", "b", None])),
    st.tuples(st.just("select"), SPACES, NAMES, st.sampled_from(["a", "b", None])),
    st.tuples(
        st.just("delete"), SPACES, st.sampled_from(["Deployment", "Service", "Pod", "ReplicaSet"]), st.integers(0, 9)
    ),
    st.tuples(st.just("orphan"), SPACES, st.sampled_from(["Deployment", "ReplicaSet"]), st.integers(0, 9)),
    st.tuples(st.just("kill"), SPACES, st.integers(0, 9), st.integers(0, 1)),
    st.tuples(st.just("spoil"), SPACES, st.sampled_from(["EndpointSlice", "Endpoints"]), st.integers(0, 9)),
    st.tuples(st.just("namespace"), st.booleans()),
    st.tuples(st.just("advance"), st.floats(0, 40)),
)
SEQUENCES = st.lists(STEPS, min_size=1, max_size=12)


def furnished(seed: int = 1) -> Cluster:
    """A cluster with something of everything in it, so that each step finds something to act on."""
    cluster = make_cluster(seed)
    cluster.api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
    for namespace in ("default", "shop"):
        _do(cluster, "run", namespace, "a", "a")
        _do(cluster, "serve", namespace, "a", "a", False)
    _do(cluster, "deploy", "default", "b", 2)
    _do(cluster, "serve", "default", "b", "b", False)
    cluster.settle()
    return cluster


def play(cluster: Cluster, steps: list[Step]) -> None:
    """Do the steps; what the API refuses is left undone."""
    for step in steps:
        try:
            _do(cluster, *step)
        except ApiError:
            continue
        finally:
            cluster.clock.run_due()


def _pick(cluster: Cluster, kind: str, namespace: str, number: int) -> Object | None:
    found = cluster.store.list(kind, namespace)
    return found[number % len(found)] if found else None


def _do(cluster: Cluster, verb: str, *given: Any) -> None:
    api = cluster.api
    if verb == "advance":
        cluster.advance(given[0])
    elif verb == "namespace":
        if given[0]:
            api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
        else:
            api.delete(BY_KIND["Namespace"], "shop")
    elif verb == "deploy":
        api.create(deployment(given[1], given[2]), given[0])
    elif verb == "run":
        labels = {"app": given[2]}
        probe = {"readinessProbe": {"httpGet": {"path": "/never", "port": 80}}} if given[1] == "b" else {}
        api.create(pod(f"solo-{given[1]}", labels=labels, container=probe), given[0])
    elif verb == "serve":
        api.create(service(given[1], {"app": given[2]}, publishNotReadyAddresses=given[3]), given[0])
    elif verb == "scale":
        api.patch(BY_KIND["Deployment"], given[1], given[0], {"spec": {"replicas": given[2]}}, "merge")
    elif verb == "image":
        change = {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": given[2]}]}}}}
        api.patch(BY_KIND["Deployment"], given[1], given[0], change, "strategic")
    elif verb == "select":
        selector = {"app": given[2]} if given[2] else {"app": "a", "tier": "none"}
        api.patch(BY_KIND["Service"], given[1], given[0], {"spec": {"selector": selector}}, "merge")
    elif verb == "relabel" and (found := _pick(cluster, "Pod", given[0], given[1])):
        api.patch(BY_KIND["Pod"], name_of(found), given[0], {"metadata": {"labels": {"app": given[2]}}}, "merge")
    elif verb == "kill" and (found := _pick(cluster, "Pod", given[0], given[1])):
        cluster.exit_container(uid_of(found), "main", given[2])
    elif verb in {"delete", "orphan", "spoil"} and (found := _pick(cluster, given[1], given[0], given[2])):
        propagation = "Orphan" if verb == "orphan" else "Background"
        if name_of(found) != "kubernetes":
            api.delete(BY_KIND[given[1]], name_of(found), given[0], propagation=propagation)


def fingerprint(cluster: Cluster) -> object:
    """Everything a later moment could depend on or show."""
    kinds = [(kind, cluster.store.list(kind)) for kind in BY_KIND]
    return cluster.store.revision, cluster.clock.now, cluster.core.dice.state, kinds, cluster.clock.snapshot().queue


def backends(cluster: Cluster, one: Object) -> dict[str, bool]:
    """Address to readiness, for the Pods that should stand behind a Service."""
    tolerant = one["spec"].get("publishNotReadyAddresses", False)
    found = {}
    for candidate in cluster.store.list("Pod", namespace_of(one)):
        status = candidate["status"]
        if status.get("podIP") and status["phase"] in {"Pending", "Running"}:
            ready = any(each["type"] == "Ready" and each["status"] == "True" for each in status["conditions"])
            if selects(one["spec"]["selector"], labels_of(candidate)):
                found[status["podIP"]] = tolerant or (ready and not is_deleting(candidate))
    return found


def in_slices(cluster: Cluster, one: Object) -> dict[str, bool]:
    chosen = {"kubernetes.io/service-name": name_of(one)}
    slices = cluster.store.select("EndpointSlice", namespace_of(one), chosen)
    assert slices, "a Service with a selector has a slice even with no Pods"
    shown = [
        (endpoint["addresses"][0], endpoint["conditions"]["ready"])
        for each in slices
        for endpoint in each["endpoints"] or ()
    ]
    assert len(shown) == len(dict(shown)), "no address twice"
    return dict(shown)


def in_endpoints(cluster: Cluster, one: Object) -> dict[str, bool]:
    endpoints = cluster.store.get("Endpoints", namespace_of(one), name_of(one))
    assert endpoints is not None
    return {
        address["ip"]: ready
        for subset in endpoints.get("subsets") or ()
        for field, ready in (("addresses", True), ("notReadyAddresses", False))
        for address in subset.get(field) or ()
    }


def check_settled(cluster: Cluster) -> None:
    """All that must hold when nothing is under way."""
    for one in cluster.store.list("Service"):
        if one["spec"].get("selector"):
            expected = backends(cluster, one)
            assert in_slices(cluster, one) == expected
            assert in_endpoints(cluster, one) == expected
    everything = [obj for kind in BY_KIND for obj in cluster.store.list(kind)]
    uids = {uid_of(obj) for obj in everything}
    for obj in everything:
        owners = list(owner_uids(obj))
        assert not owners or set(owners) & uids, f"{obj['kind']} {name_of(obj)} outlives its owners"
        assert not namespace_of(obj) or cluster.store.get("Namespace", "", namespace_of(obj)), "lost its namespace"
    for endpoints in cluster.store.list("Endpoints"):
        assert cluster.store.get("Service", namespace_of(endpoints), name_of(endpoints)), "Endpoints of no Service"
    for one in cluster.store.list("ReplicaSet"):
        owned = [pod for pod in cluster.store.list("Pod", namespace_of(one)) if uid_of(one) in owner_uids(pod)]
        active = [each for each in owned if each["status"]["phase"] not in {"Succeeded", "Failed"}]
        assert len(active) == one["spec"]["replicas"] == one["status"]["replicas"]
    for one in cluster.store.list("Deployment"):
        if not _broken(one):
            assert one["status"].get("updatedReplicas", 0) == one["spec"]["replicas"]
            assert one["status"].get("availableReplicas", 0) == one["spec"]["replicas"]
    addresses = [each["status"]["podIP"] for each in cluster.store.list("Pod") if each["status"].get("podIP")]
    assert len(addresses) == len(set(addresses))


def _broken(one: Object) -> bool:
    return one["spec"]["template"]["spec"]["containers"][0]["image"] in {"nginx:none", "busybox"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SEQUENCES)
def test_a_settled_cluster_is_consistent(steps: list[Step]) -> None:
    cluster = furnished()
    play(cluster, steps)
    assert cluster.settle()
    cluster.advance(LAST_BACKOFF)  # a container killed twice is waited for no longer than this
    assert cluster.settle()
    check_settled(cluster)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SEQUENCES, st.integers(0, 5))
def test_the_same_seed_replays_identically(steps: list[Step], seed: int) -> None:
    first, second = furnished(seed), furnished(seed)
    for one in (first, second):
        play(one, steps)
        one.settle()
    assert fingerprint(first) == fingerprint(second)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SEQUENCES, SEQUENCES, SEQUENCES)
def test_a_restored_cluster_is_the_one_it_was_and_goes_on_like_it(
    before: list[Step], undone: list[Step], after: list[Step]
) -> None:
    cluster, twin = furnished(), furnished()
    play(cluster, before)
    state, seen = cluster.snapshot(), fingerprint(cluster)
    play(cluster, undone)
    cluster.settle()
    cluster.restore(state)
    assert fingerprint(cluster) == seen
    play(cluster, after)
    play(twin, before)
    play(twin, after)
    cluster.settle()
    twin.settle()
    assert fingerprint(cluster) == fingerprint(twin)
