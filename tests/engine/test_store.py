"""Reading by label and owner, the watch log, snapshots."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tutor.engine.objects import Object, name_of, revision_of
from tutor.engine.store import Change, Store


def thing(name: str, labels: dict[str, str] | None = None, owner: str = "", namespace: str = "default") -> Object:
    metadata: dict[str, Any] = {"name": name, "namespace": namespace}
    if labels:
        metadata["labels"] = labels
    if owner:
        metadata["ownerReferences"] = [{"uid": owner}]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata}


def test_every_put_gets_the_next_resource_version() -> None:
    store = Store()
    assert [revision_of(store.put(thing("a"))) for _ in range(3)] == [1, 2, 3]


def test_lists_in_order_of_namespace_and_name() -> None:
    store = Store()
    for namespace, name in (("b", "z"), ("a", "y"), ("b", "x")):
        store.put(thing(name, namespace=namespace))
    assert [name_of(obj) for obj in store.list("Pod")] == ["y", "x", "z"]
    assert [name_of(obj) for obj in store.list("Pod", "b")] == ["x", "z"]
    assert store.namespaces_of("Pod") == ["a", "b"]
    assert (store.count("Pod"), store.count("Pod", "b"), store.count("Pod", "c")) == (3, 2, 0)


def test_select_follows_labels_as_they_change() -> None:
    store = Store()
    store.put(thing("a", {"app": "web", "tier": "front"}))
    store.put(thing("b", {"app": "web"}))
    assert [name_of(obj) for obj in store.select("Pod", "default", {"app": "web"})] == ["a", "b"]
    assert [name_of(obj) for obj in store.select("Pod", "default", {"app": "web", "tier": "front"})] == ["a"]
    store.put(thing("a", {"app": "other"}))
    assert [name_of(obj) for obj in store.select("Pod", "default", {"app": "web"})] == ["b"]
    store.remove("Pod", "default", "b")
    assert store.select("Pod", "default", {"app": "web"}) == []
    assert store.select("Pod", "elsewhere", {"app": "other"}) == []


def test_owned_by_follows_owner_references() -> None:
    store = Store()
    store.put(thing("a", owner="u1"))
    store.put(thing("b", owner="u1"))
    assert store.owned_by("u1") == [("Pod", "default", "a"), ("Pod", "default", "b")]
    store.put(thing("a"))
    store.remove("Pod", "default", "b")
    assert store.owned_by("u1") == []


def test_listeners_hear_each_change_with_the_object_before_and_after() -> None:
    store, heard = Store(), list[Change]()
    store.subscribe(heard.append)
    first = store.put(thing("a"))
    second = store.put(thing("a", {"x": "y"}))
    last = store.remove("Pod", "default", "a")
    assert [(change.type, change.revision) for change in heard] == [("ADDED", 1), ("MODIFIED", 2), ("DELETED", 3)]
    assert [change.old for change in heard] == [None, first, second]
    assert heard[-1].object == last
    assert store.changes_since(1) == heard[1:]


def test_listeners_to_some_kinds_hear_of_no_others_and_keep_their_turn() -> None:
    store, heard = Store(), list[str]()
    store.subscribe(lambda change: heard.append(f"first {change.kind}"))
    store.subscribe(lambda change: heard.append(f"nodes {change.kind}"), "Node")
    store.subscribe(lambda change: heard.append(f"last {change.kind}"))
    store.put(thing("a"))
    store.put({"kind": "Node", "metadata": {"name": "n"}})
    assert heard == ["first Pod", "last Pod", "first Node", "nodes Node", "last Node"]


def test_removing_nothing_changes_nothing() -> None:
    store = Store()
    assert store.remove("Pod", "default", "a") is None
    assert store.revision == 0


steps = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.dictionaries(st.sampled_from("xyz"), st.sampled_from("12"), max_size=2) | st.none(),
    ),
    max_size=25,
)


def play(store: Store, changes: list[tuple[str, dict[str, str] | None]]) -> None:
    for name, labels in changes:
        if labels is None:
            store.remove("Pod", "default", name)
        else:
            store.put(thing(name, labels))


@given(steps)
def test_label_index_finds_what_a_full_look_would(changes: list[tuple[str, dict[str, str] | None]]) -> None:
    store = Store()
    play(store, changes)
    for wanted in ({"x": "1"}, {"x": "1", "y": "2"}, {"z": "2"}):
        looked = [
            obj for obj in store.list("Pod") if wanted.items() <= dict(obj["metadata"].get("labels") or {}).items()
        ]
        assert store.select("Pod", "default", wanted) == looked


@given(steps, steps)
def test_restore_brings_back_everything(
    before: list[tuple[str, dict[str, str] | None]], after: list[tuple[str, dict[str, str] | None]]
) -> None:
    store = Store()
    play(store, before)
    state, listed = store.snapshot(), store.list("Pod")
    play(store, after)
    store.restore(state)
    assert store.list("Pod") == listed
    assert store.snapshot() is state


@given(steps, st.integers(0, 25))
def test_changes_since_any_revision_rebuild_the_list(
    changes: list[tuple[str, dict[str, str] | None]], since: int
) -> None:
    store, known = Store(), dict[str, Object]()
    for change in changes:
        play(store, [change])
        if store.revision <= since:
            known = {name_of(obj): obj for obj in store.list("Pod")}
    if not changes or store.revision <= since:
        return
    for change in store.changes_since(since):
        if change.type == "DELETED":
            del known[name_of(change.object)]
        else:
            known[name_of(change.object)] = change.object
    assert sorted(known) == [name_of(obj) for obj in store.list("Pod")]
    assert all(known[name_of(obj)] == obj for obj in store.list("Pod"))


def test_what_is_gone_is_still_known_as_it_last_was() -> None:
    store = Store()
    for label in ("old", "new"):
        store.put({"kind": "Pod", "metadata": {"name": "a", "namespace": "x", "labels": {"app": label}}})
    store.put({"kind": "Pod", "metadata": {"name": "a", "namespace": "y"}})
    store.remove("Pod", "x", "a")
    seen = store.last_seen("Pod", "x", "a")
    assert seen is not None
    assert seen["metadata"]["labels"] == {"app": "new"}
    assert store.last_seen("Pod", "x", "b") is None
