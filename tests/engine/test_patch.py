"""Merge, JSON, strategic and three-way patches."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.support import deployment
from tutor.engine.patch import PatchError, json_patch, merge_patch, strategic_merge, three_way_merge

SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web", "finalizers": ["a", "b"]},
    "spec": {
        "ports": [{"name": "http", "port": 80}, {"name": "tls", "port": 443}],
        "selector": {"app": "web"},
        "externalIPs": ["1.1.1.1"],
    },
}


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"a": "foo"}, None, None),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch_does_as_the_examples_of_rfc_7386(target: Any, patch: Any, result: Any) -> None:
    assert merge_patch(target, patch) == result


def test_json_patch() -> None:
    result = json_patch(
        SERVICE,
        [
            {"op": "test", "path": "/spec/ports/0/port", "value": 80},
            {"op": "replace", "path": "/spec/ports/0/port", "value": 8080},
            {"op": "add", "path": "/spec/ports/-", "value": {"port": 1}},
            {"op": "remove", "path": "/spec/ports/1"},
            {"op": "add", "path": "/metadata/annotations", "value": {}},
            {"op": "add", "path": "/metadata/annotations/a~1b", "value": "c"},
            {"op": "move", "from": "/spec/selector", "path": "/spec/moved"},
            {"op": "copy", "from": "/spec/moved/app", "path": "/spec/copied"},
        ],
    )
    assert result["spec"]["ports"] == [{"name": "http", "port": 8080}, {"port": 1}]
    assert result["metadata"]["annotations"] == {"a/b": "c"}
    assert (result["spec"]["moved"], result["spec"]["copied"]) == ({"app": "web"}, "web")
    assert "selector" not in result["spec"]
    assert SERVICE["spec"]["selector"] == {"app": "web"}


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/spec/nope"},
        {"op": "replace", "path": "/spec/ports/2", "value": 1},
        {"op": "test", "path": "/kind", "value": "Pod"},
        {"op": "dance", "path": "/kind"},
        {"op": "add", "path": "spec"},
        {"op": "add", "path": "/spec/ports/x", "value": 1},
    ],
)
def test_json_patch_refuses(operation: dict[str, Any]) -> None:
    with pytest.raises(PatchError):
        json_patch(SERVICE, [operation])


def test_strategic_merge_tells_list_items_apart_by_merge_key() -> None:
    patch = {"spec": {"ports": [{"port": 443, "name": "https"}, {"port": 9090, "name": "metrics"}]}}
    assert strategic_merge("Service", SERVICE, patch)["spec"]["ports"] == [
        {"name": "http", "port": 80},
        {"name": "https", "port": 443},
        {"name": "metrics", "port": 9090},
    ]


def test_strategic_merge_replaces_lists_without_merge_key_and_merges_maps() -> None:
    patched = strategic_merge("Service", SERVICE, {"spec": {"externalIPs": ["2.2.2.2"], "selector": {"tier": "x"}}})
    assert patched["spec"]["externalIPs"] == ["2.2.2.2"]
    assert patched["spec"]["selector"] == {"app": "web", "tier": "x"}


@pytest.mark.parametrize(
    ("patch", "ports"),
    [
        ({"ports": [{"port": 80, "$patch": "delete"}]}, [443]),
        ({"ports": [{"$patch": "replace"}, {"port": 1}]}, [1]),
        ({"ports": None}, None),
        ({"$setElementOrder/ports": [{"port": 443}, {"port": 80}]}, [443, 80]),
        ({"$setElementOrder/ports": [{"port": 443}, {"port": 1}], "ports": [{"port": 1}]}, [80, 443, 1]),
        ({"$patch": "replace", "ports": [{"port": 5}]}, [5]),
        ({"$patch": "delete"}, None),
    ],
)
def test_strategic_merge_directives(patch: dict[str, Any], ports: list[int] | None) -> None:
    spec = strategic_merge("Service", SERVICE, {"spec": patch})["spec"]
    assert ([port["port"] for port in spec["ports"]] if "ports" in spec else None) == ports


def test_strategic_merge_of_plain_lists() -> None:
    added = strategic_merge("Service", SERVICE, {"metadata": {"finalizers": ["c", "a"]}})
    assert added["metadata"]["finalizers"] == ["a", "b", "c"]
    fewer = strategic_merge("Service", SERVICE, {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"]}})
    assert fewer["metadata"]["finalizers"] == ["b"]


def test_retain_keys_drops_the_rest_of_a_union() -> None:
    before = deployment(strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}})
    patch = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    assert strategic_merge("Deployment", before, patch)["spec"]["strategy"] == {"type": "Recreate"}


def test_strategic_merge_wants_the_merge_key() -> None:
    with pytest.raises(PatchError, match=r"^map: map\[name:x\] does not contain declared merge key: port$"):
        strategic_merge("Service", SERVICE, {"spec": {"ports": [{"name": "x"}]}})


def test_three_way_deletes_what_was_applied_and_keeps_what_others_set() -> None:
    original = {"metadata": {"labels": {"a": "1", "b": "2"}}, "spec": {"ports": [{"port": 80}, {"port": 81}]}}
    current = {
        "metadata": {"labels": {"a": "1", "b": "2", "theirs": "3"}},
        "spec": {"ports": [{"port": 80, "targetPort": 80}, {"port": 81, "targetPort": 81}, {"port": 9}]},
    }
    modified = {"metadata": {"labels": {"a": "9"}}, "spec": {"ports": [{"port": 80}]}}
    patch = three_way_merge("Service", original, modified, current)
    assert strategic_merge("Service", current, patch) == {
        "metadata": {"labels": {"a": "9", "theirs": "3"}},
        "spec": {"ports": [{"port": 80, "targetPort": 80}, {"port": 9}]},
    }


def test_three_way_keeps_the_order_of_the_manifest() -> None:
    before, after = {"spec": {"ports": [{"port": 1}, {"port": 2}]}}, {"spec": {"ports": [{"port": 2}, {"port": 1}]}}
    patch = three_way_merge("Service", before, after, before)
    assert patch == {"spec": {"$setElementOrder/ports": [{"port": 2}, {"port": 1}]}}
    assert strategic_merge("Service", before, patch) == after


def test_three_way_tells_ports_of_two_protocols_apart() -> None:
    ports = [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]
    manifest = {"spec": {"ports": ports}}
    assert three_way_merge("Service", manifest, manifest, manifest) == {}


labels = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy"), max_size=3)
ports = st.lists(
    st.fixed_dictionaries(
        {"port": st.sampled_from([1, 2, 3])},
        optional={"name": st.sampled_from("pq"), "targetPort": st.sampled_from([7, "web"])},
    ),
    unique_by=lambda port: port["port"],
    max_size=3,
)
manifests = st.fixed_dictionaries(
    {"metadata": st.fixed_dictionaries({}, optional={"labels": labels, "annotations": labels})},
    optional={
        "spec": st.fixed_dictionaries(
            {},
            optional={
                "selector": labels,
                "ports": ports,
                "externalIPs": st.lists(st.sampled_from("abc"), max_size=2),
                "type": st.sampled_from(["ClusterIP", "NodePort"]),
            },
        )
    },
)


def without_empty(value: Any) -> Any:
    """A manifest without empty maps and lists, which mean the same as none."""
    if isinstance(value, dict):
        found = {key: without_empty(item) for key, item in value.items()}
        return {key: item for key, item in found.items() if item not in ({}, [])}
    return [without_empty(item) for item in value] if isinstance(value, list) else value


@given(manifests, manifests)
def test_applying_a_three_way_patch_gives_the_modified_manifest(
    original: dict[str, Any], modified: dict[str, Any]
) -> None:
    patch = three_way_merge("Service", original, modified, original)
    assert without_empty(strategic_merge("Service", original, patch)) == without_empty(modified)


@given(manifests, manifests, manifests)
def test_applying_the_same_manifest_again_changes_nothing(
    original: dict[str, Any], modified: dict[str, Any], live: dict[str, Any]
) -> None:
    patch = three_way_merge("Service", original, modified, live)
    applied = strategic_merge("Service", live, patch)
    again = three_way_merge("Service", modified, modified, applied)
    assert without_empty(strategic_merge("Service", applied, again)) == without_empty(applied)


@given(ports, ports)
def test_strategic_merge_keeps_one_item_a_key(before: list[dict[str, Any]], change: list[dict[str, Any]]) -> None:
    merged = strategic_merge("Service", {"spec": {"ports": before}}, {"spec": {"ports": change}})["spec"]["ports"]
    by_key = {item["port"]: item for item in before}
    for item in change:
        by_key[item["port"]] = {**by_key.get(item["port"], {}), **item}
    assert merged == list(by_key.values())
