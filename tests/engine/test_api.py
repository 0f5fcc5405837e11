"""What requests do to objects: create, read, update, patch, delete, watch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.support import Bench, deployment, pod, service
from tutor.engine.api import WatchEvent
from tutor.engine.errors import ApiError, Status
from tutor.engine.objects import Object, name_of
from tutor.engine.resources import BY_KIND, CONFIG_MAP, DEPLOYMENT, NAMESPACE, POD, SERVICE, Resource


@pytest.fixture
def bench() -> Bench:
    return Bench()


def failure(call: Any, *args: Any, **options: Any) -> Status:
    with pytest.raises(ApiError) as caught:
        call(*args, **options)
    return caught.value.status


# Creating


def test_create_fills_in_metadata(bench: Bench) -> None:
    bench.clock.advance(60)
    metadata = bench.api.create(service())["metadata"]
    assert metadata["namespace"] == "default"
    assert metadata["creationTimestamp"] == bench.clock.timestamp()
    assert len(metadata["uid"]) == 36
    assert int(metadata["resourceVersion"]) == bench.store.revision


def test_create_leaves_the_manifest_as_it_was(bench: Bench) -> None:
    manifest = deployment()
    bench.api.create(manifest)
    assert manifest == deployment()


def test_generated_names(bench: Bench) -> None:
    manifest = service()
    manifest["metadata"] = {"generateName": "web-"}
    names = {name_of(bench.api.create(manifest)) for _ in range(5)}
    assert len(names) == 5
    assert all(name.startswith("web-") and len(name) == 9 for name in names)


def test_dry_run_answers_and_stores_nothing(bench: Bench) -> None:
    before = bench.store.snapshot()
    assert bench.api.create(service(), dry_run=True)["spec"]["type"] == "ClusterIP"
    assert bench.store.snapshot() is before


def test_namespaces_must_exist_and_not_be_going(bench: Bench) -> None:
    assert failure(bench.api.create, service(), "nowhere").message == 'namespaces "nowhere" not found'
    bench.api.delete(NAMESPACE, "shop")
    status = failure(bench.api.create, service(), "shop")
    assert status.message == (
        'services "web" is forbidden: unable to create new content in namespace shop because it is being terminated'
    )
    assert (status.code, status.reason) == (403, "Forbidden")


def test_the_namespace_of_object_and_request_must_agree(bench: Bench) -> None:
    manifest = service()
    manifest["metadata"]["namespace"] = "shop"
    assert bench.api.create(manifest)["metadata"]["namespace"] == "shop"
    assert failure(bench.api.create, manifest, "default").message == (
        "the namespace of the provided object does not match the namespace sent on the request"
    )


def test_unknown_kinds(bench: Bench) -> None:
    assert bench.refusal({"apiVersion": "v1", "kind": "Servce"}).code == 404
    assert bench.refusal({"apiVersion": "apps/v1", "kind": "Service"}).code == 404


def test_names_must_be_given(bench: Bench) -> None:
    manifest = service()
    manifest["metadata"] = {}
    assert bench.refusal(manifest).message == (
        'Service "" is invalid: metadata.name: Required value: name or generateName is required'
    )


def test_already_exists(bench: Bench) -> None:
    bench.api.create(deployment())
    status = bench.refusal(deployment())
    assert (status.code, status.message) == (409, 'deployments.apps "web" already exists')
    assert status.to_object()["details"] == {"name": "web", "group": "apps", "kind": "deployments"}


def test_trusted_objects_get_defaults_too(bench: Bench) -> None:
    assert bench.api.create(service(), trusted=True)["spec"]["clusterIP"].startswith("10.254.")


def test_unknown_fields_may_be_dropped_instead(bench: Bench) -> None:
    unknown: list[str] = []
    created = bench.api.create(service(portz=1), unknown=unknown)
    assert (unknown, "portz" in created["spec"]) == (["spec.portz"], False)
    bench.api.patch(SERVICE, "web", "default", {"nope": {}}, "strategic", unknown=unknown)
    assert unknown == ["spec.portz", "nope"]


# Reading


def test_get_says_what_is_missing(bench: Bench) -> None:
    status = failure(bench.api.get, DEPLOYMENT, "web", "default")
    assert (status.code, status.reason, status.message) == (404, "NotFound", 'deployments.apps "web" not found')


def test_list_by_namespace_label_and_field(bench: Bench) -> None:
    for name, namespace, labels in (("a", "default", {"app": "x"}), ("b", "shop", {"app": "x"}), ("c", "shop", {})):
        manifest = pod(name)
        manifest["metadata"]["labels"] = labels
        bench.api.create(manifest, namespace)

    def listed(namespace: str | None = None, **options: str) -> list[str]:
        return [name_of(obj) for obj in bench.api.list(POD, namespace, **options)]

    assert listed() == ["a", "b", "c"]
    assert listed("shop") == ["b", "c"]
    assert listed(labels="app=x") == ["a", "b"]
    assert listed("shop", labels="app=x") == ["b"]
    assert listed(labels="!app") == ["c"]
    assert listed(labels="app in (x,y),app!=y") == ["a", "b"]
    assert listed(fields="metadata.name=b") == ["b"]
    assert listed(fields="metadata.name!=b,status.phase=Pending") == ["a", "c"]
    assert listed(fields="spec.nodeName=node-1") == []
    assert listed("nowhere") == []


@pytest.mark.parametrize(
    ("resource", "options", "message"),
    [
        (POD, {"labels": "="}, "found '=', expected: !, identifier, or 'end of string'"),
        (SERVICE, {"fields": "spec.nope=1"}, "field label not supported: spec.nope"),
        (
            CONFIG_MAP,
            {"fields": "data.a=1"},
            '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
        ),
    ],
)
def test_selectors_that_cannot_be_read(bench: Bench, resource: Resource, options: dict[str, str], message: str) -> None:
    status = failure(bench.api.list, resource, **options)
    assert (status.code, status.message) == (400, message)


# Changing


def test_update_replaces_and_keeps_what_the_server_owns(bench: Bench) -> None:
    created = bench.api.create(service())
    manifest = service(selector={"app": "x"})
    manifest["metadata"]["uid"] = created["metadata"]["uid"]
    changed = bench.api.update(manifest)
    assert changed["spec"] == {**created["spec"], "selector": {"app": "x"}}
    assert changed["status"] == created["status"]
    kept = ("uid", "creationTimestamp", "namespace")
    assert [changed["metadata"][key] for key in kept] == [created["metadata"][key] for key in kept]


def test_an_update_that_changes_nothing_makes_no_new_version(bench: Bench) -> None:
    created = bench.api.create(deployment())
    assert bench.api.update(deployment()) == created
    assert bench.api.patch(DEPLOYMENT, "web", "default", {}, "merge") == created


def test_generation_counts_changes_of_the_spec(bench: Bench) -> None:
    created = bench.api.create(deployment())
    labelled = bench.api.patch(DEPLOYMENT, "web", "default", {"metadata": {"labels": {"a": "b"}}}, "merge")
    scaled = bench.api.patch(DEPLOYMENT, "web", "default", {"spec": {"replicas": 3}}, "merge")
    status = bench.api.update({**scaled, "status": {"replicas": 3}}, subresource="status")
    assert [obj["metadata"]["generation"] for obj in (created, labelled, scaled, status)] == [1, 1, 2, 2]
    assert "generation" not in bench.api.create(service())["metadata"]


def test_a_stale_version_conflicts(bench: Bench) -> None:
    created = bench.api.create(service())
    bench.api.patch(SERVICE, "web", "default", {"metadata": {"labels": {"a": "b"}}}, "merge")
    status = failure(bench.api.update, created)
    assert (status.code, status.reason) == (409, "Conflict")
    assert status.message == (
        'Operation cannot be fulfilled on services "web": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


def test_status_and_spec_change_apart(bench: Bench) -> None:
    created = bench.api.create(deployment())
    both = {**created, "spec": {**created["spec"], "replicas": 9}, "status": {"replicas": 1}}
    changed = bench.api.update(both, subresource="status")
    assert (changed["spec"], changed["status"]) == (created["spec"], {"replicas": 1})
    both["metadata"] = changed["metadata"]
    both["status"] = {"replicas": 5}
    changed = bench.api.update(both)
    assert (changed["spec"]["replicas"], changed["status"]) == (9, {"replicas": 1})


def test_scale(bench: Bench) -> None:
    bench.api.create(deployment())
    change = {"spec": {"replicas": 5}}
    assert bench.api.patch(DEPLOYMENT, "web", "default", change, "merge", subresource="scale")["spec"]["replicas"] == 5
    status = failure(
        bench.api.patch, DEPLOYMENT, "web", "default", {"spec": {"replicas": -1}}, "merge", subresource="scale"
    )
    assert status.message == (
        'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0'
    )


@pytest.mark.parametrize("subresource", ["scale", "status"])
def test_a_config_map_has_neither_scale_nor_status(bench: Bench, subresource: str) -> None:
    bench.api.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}})
    status = failure(bench.api.patch, BY_KIND["ConfigMap"], "a", "default", {}, "merge", subresource=subresource)
    assert (status.code, status.message) == (404, "the server could not find the requested resource")


def test_the_cluster_ip_may_not_change(bench: Bench) -> None:
    bench.api.create(service("fixed", clusterIP="10.254.201.125"))
    for ip in ("10.254.201.127", "None"):
        status = failure(bench.api.patch, SERVICE, "fixed", "default", {"spec": {"clusterIP": ip}}, "strategic")
        assert status.message == (
            f'Service "fixed" is invalid: spec.clusterIPs[0]: Invalid value: ["{ip}"]: may not change once set'
        )


@pytest.mark.parametrize(
    ("change", "kind", "status"),
    [
        ({"spec": {"nope": 1}}, "strategic", ' "" is invalid: patch: Invalid value: "map[spec:map[nope:1]]": strict '
         'decoding error: unknown field "spec.nope"'),
        ({"spec": {"ports": [{"port": "80"}]}}, "strategic", ' "" is invalid: patch: Invalid value: '
         '"map[spec:map[ports:[map[port:80]]]]": unrecognized type: int32'),
        ([], "merge", "json: cannot unmarshal array into Go value of type map[string]interface {}"),
        ([{"op": "remove", "path": "/spec/nope"}], "json", "the server rejected our request due to an error in our "
         "request"),
        ({"metadata": {"name": "other"}}, "merge", "the name of the object (other) does not match the name on the URL "
         "(web)"),
        ({"spec": {"ports": [{"name": "x"}]}}, "strategic", "map: map[name:x] does not contain declared merge key: "
         "port"),
    ],
)  # fmt: skip
def test_patches_that_do_not_fit(bench: Bench, change: Any, kind: Any, status: str) -> None:
    bench.api.create(service())
    assert failure(bench.api.patch, SERVICE, "web", "default", change, kind).message == status


# Deleting


def test_delete_returns_what_is_gone(bench: Bench) -> None:
    created = bench.api.create(service())
    gone = bench.api.delete(SERVICE, "web", "default")
    assert gone["spec"] == created["spec"]
    assert failure(bench.api.delete, SERVICE, "web", "default").message == 'services "web" not found'


def running(bench: Bench, **spec: Any) -> Object:
    return bench.api.create(pod(nodeName="node-1", **spec))


def test_a_scheduled_pod_is_given_time(bench: Bench) -> None:
    running(bench)
    marked = bench.api.delete(POD, "web", "default")
    assert marked["metadata"]["deletionGracePeriodSeconds"] == 30
    assert bench.clock.seconds(marked["metadata"]["deletionTimestamp"]) == 30
    assert bench.api.get(POD, "web", "default") == marked
    assert bench.api.delete(POD, "web", "default") == marked


def test_a_second_deletion_may_only_shorten_the_time(bench: Bench) -> None:
    running(bench)
    bench.api.delete(POD, "web", "default", grace=20)
    bench.clock.advance(5)
    assert bench.api.delete(POD, "web", "default", grace=60)["metadata"]["deletionGracePeriodSeconds"] == 20
    shorter = bench.api.delete(POD, "web", "default", grace=10)
    assert bench.clock.seconds(shorter["metadata"]["deletionTimestamp"]) == 10
    bench.api.delete(POD, "web", "default", grace=0)
    assert bench.api.list(POD) == []


def test_a_pod_without_a_node_goes_at_once(bench: Bench) -> None:
    bench.api.create(pod())
    bench.api.delete(POD, "web", "default")
    assert bench.api.list(POD) == []


def test_a_namespace_is_marked(bench: Bench) -> None:
    assert bench.api.delete(NAMESPACE, "shop")["status"] == {"phase": "Terminating"}
    status = failure(bench.api.delete, NAMESPACE, "default")
    assert status.message == 'namespaces "default" is forbidden: this namespace may not be deleted'


def test_orphans_are_let_go(bench: Bench) -> None:
    owner = bench.api.create(deployment())
    owned = pod("owned")
    owned["metadata"]["ownerReferences"] = [
        {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": owner["metadata"]["uid"]}
    ]
    bench.api.create(owned)
    bench.api.delete(DEPLOYMENT, "web", "default", propagation="Orphan")
    assert "ownerReferences" not in bench.api.get(POD, "owned", "default")["metadata"]


def test_dry_run_deletes_nothing(bench: Bench) -> None:
    bench.api.create(service())
    before = bench.store.snapshot()
    bench.api.delete(SERVICE, "web", "default", dry_run=True)
    assert bench.store.snapshot() is before


# Watching


def test_watch_tells_what_enters_and_leaves_a_selector(bench: Bench) -> None:
    since = bench.store.revision
    bench.api.create(pod("a"))
    for labels in ({"app": "x"}, {"app": "x", "b": "c"}, {"app": "y"}):
        bench.api.patch(POD, "a", "default", {"metadata": {"labels": labels}}, "merge")
    bench.api.create(pod("elsewhere"), "shop")
    events = bench.api.watch(POD, "default", since, labels="app=x")
    assert [event.type for event in events] == ["ADDED", "MODIFIED", "DELETED"]
    assert [event.type for event in bench.api.watch(POD, None, since)] == ["ADDED", *["MODIFIED"] * 3, "ADDED"]
    assert bench.api.watch(POD, None, bench.store.revision) == []


operations = st.lists(
    st.tuples(st.sampled_from(["create", "label", "delete"]), st.sampled_from("abc"), st.sampled_from("xy")),
    max_size=20,
)


@settings(max_examples=50)
@given(operations, st.integers(0, 20), st.sampled_from(["", "app=x", "app!=x"]))
def test_watch_since_any_revision_rebuilds_the_list(
    changes: list[tuple[str, str, str]], split: int, labels: str
) -> None:
    bench = Bench()
    known, since = dict[str, Object](), 0
    for index, (action, name, value) in enumerate(changes):
        if index == split:
            known = {name_of(obj): obj for obj in bench.api.list(POD, labels=labels)}
            since = bench.store.revision
        try:
            match action:
                case "create":
                    bench.api.create(pod(name))
                case "label":
                    bench.api.patch(POD, name, "default", {"metadata": {"labels": {"app": value}}}, "merge")
                case _:
                    bench.api.delete(POD, name, "default")
        except ApiError:
            continue
    for event in bench.api.watch(POD, None, since, labels=labels):
        replay(event, known)
    assert [known[name] for name in sorted(known)] == bench.api.list(POD, labels=labels)


def replay(event: WatchEvent, known: dict[str, Object]) -> None:
    name = name_of(event.object)
    assert (event.type == "ADDED") == (name not in known)
    if event.type == "DELETED":
        del known[name]
    else:
        known[name] = event.object


# Snapshots and odd input


def test_snapshots_bring_back_addresses(bench: Bench) -> None:
    bench.api.create(service("a", clusterIP="10.254.7.7"))
    state = bench.store.snapshot(), bench.api.snapshot()
    bench.api.delete(SERVICE, "a", "default")
    bench.store.restore(state[0])
    bench.api.restore(state[1])
    assert "already allocated" in bench.refusal(service("b", clusterIP="10.254.7.7")).message


KEYS = ["metadata", "name", "labels", "spec", "ports", "port", "selector", "template", "containers", "$patch", "type",
        "$setElementOrder/ports", "$retainKeys", "strategy", "clusterIPs", "image", "finalizers"]  # fmt: skip
json = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 70000) | st.sampled_from(["web", "", "None", "10.254.9.9", "é\0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=100)
@given(st.sampled_from([SERVICE, DEPLOYMENT, POD]), json, st.sampled_from(["strategic", "merge", "json"]))
def test_any_patch_is_applied_or_refused(resource: Resource, change: Any, kind: Any) -> None:
    bench = Bench()
    bench.api.create(service())
    bench.api.create(deployment())
    bench.api.create(pod())
    before = bench.store.snapshot()
    try:
        changed = bench.api.patch(resource, "web", "default", change, kind)
    except ApiError:
        assert bench.store.snapshot() is before
        return
    assert bench.api.get(resource, "web", "default") == changed
    bench.api.table(resource, [changed])


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything inside a JSON value."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(item, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, dict):
        return {**value, path[0]: replaced(value[path[0]], path[1:], new)}
    return [*value[: path[0]], replaced(value[path[0]], path[1:], new), *value[path[0] + 1 :]]


MANIFESTS = [
    service(selector={"app": "x"}, type="NodePort", sessionAffinity="ClientIP", externalIPs=["192.0.2.1"],
            clusterIPs=["10.254.7.7"], clusterIP="10.254.7.7", ipFamilies=["IPv4"]),
    deployment(strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}),
    pod(
        containers=[
            {
                "name": "a", "image": "b", "ports": [{"containerPort": 80, "name": "http"}],
                "env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
                "readinessProbe": {"httpGet": {"port": 80}}, "resources": {"limits": {"cpu": 1}},
                "volumeMounts": [{"name": "v", "mountPath": "/v"}],
            }
        ],
        volumes=[{"name": "v", "configMap": {"name": "c"}}], tolerations=[{"operator": "Exists"}],
    ),
    {"kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": "b"}, "binaryData": {"c": "ZA=="}},
    {"kind": "Endpoints", "metadata": {"name": "a"},
     "subsets": [{"addresses": [{"ip": "192.0.2.1"}], "ports": [{"port": 1}]}]},
    {"kind": "EndpointSlice", "metadata": {"name": "a"}, "addressType": "IPv4", "ports": [{"port": 1}],
     "endpoints": [{"addresses": ["192.0.2.1"], "conditions": {"ready": True}}]},
    {"kind": "NetworkPolicy", "metadata": {"name": "a"}, "spec": {"podSelector": {"matchExpressions": [
        {"key": "a", "operator": "In", "values": ["b"]}]}, "ingress": [
        {"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [{"port": 80}]}]}},
    {"kind": "Namespace", "metadata": {"name": "a", "labels": {"a": "b"}}},
    {"kind": "Event", "metadata": {"name": "a"}, "involvedObject": {"kind": "Pod"}, "count": 2, "message": "x"},
]  # fmt: skip


@settings(max_examples=1000)
@given(st.sampled_from(MANIFESTS), st.data())
def test_any_broken_manifest_is_created_or_refused(manifest: Object, data: st.DataObject) -> None:
    bench, resource = Bench(), BY_KIND[manifest["kind"]]
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from([path for path in places(manifest) if path != ("kind",)]))
        manifest = replaced(manifest, path, data.draw(json))
    before = bench.store.snapshot()
    try:
        created = bench.api.create({**manifest, "apiVersion": resource.api_version})
        bench.api.table(resource, [created])
        bench.api.update(created)
    except ApiError:
        assert bench.store.snapshot() is before
