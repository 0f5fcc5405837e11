"""Tables of the cluster and what they mark; the scene the diagram draws."""

from __future__ import annotations

import pytest

from tutor.engine.cluster import Cluster
from tutor.engine.objects import Object
from tutor.engine.resources import POD, SERVICE
from tutor.shell.images import Registry
from tutor.ui.cluster_rows import KINDS, ClusterRows
from tutor.ui.scene import make_scene


def service(name: str = "web", **selector: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": selector or {"app": "web"}, "ports": [{"port": 80}]},
    }


def pod(name: str, image: str = "nginx:1.14.2", **labels: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": labels},
        "spec": {"containers": [{"name": "main", "image": image}]},
    }


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster(Registry(), next_cluster_ips=("10.254.201.125",))
    cluster.settle()
    return cluster


def test_marks_say_what_the_last_command_did(cluster: Cluster) -> None:
    rows = ClusterRows(cluster)
    cluster.api.create(service())
    marks = {row.ref[2]: row.mark for row in rows.table("Service").rows}
    assert marks == {"kubernetes": "", "web": "new"}

    rows.begin()
    assert {row.mark for row in rows.table("Service").rows} == {""}

    changed = cluster.api.get(SERVICE, "web", "default")
    cluster.api.update({**changed, "spec": {**changed["spec"], "selector": {"app": "other"}}})
    assert {row.ref[2]: row.mark for row in rows.table("Service").rows}["web"] == "changed"

    rows.begin()
    cluster.api.delete(SERVICE, "web", "default")
    gone = next(row for row in rows.table("Service").rows if row.ref[2] == "web")
    assert gone.mark == "gone"
    assert "10.254.201.125" in gone.cells


def test_the_passing_of_time_alone_marks_nothing(cluster: Cluster) -> None:
    cluster.api.create(pod("one", app="web"))
    cluster.settle()
    rows = ClusterRows(cluster)
    cluster.advance(3600)
    assert {row.mark for row in rows.table("Pod").rows} == {""}


def test_every_kind_has_a_table(cluster: Cluster) -> None:
    rows = ClusterRows(cluster)
    for kind in KINDS:
        table = rows.table(kind)
        assert all(len(row.cells) == len(table.columns) for row in table.rows)


def test_namespaces_show_once_there_are_several(cluster: Cluster) -> None:
    rows = ClusterRows(cluster)
    assert "Namespace" not in rows.table("Service").columns
    cluster.api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
    cluster.api.create({**service(), "metadata": {"name": "web", "namespace": "shop"}})
    assert rows.table("Service").columns[0] == "Namespace"


def test_less_important_columns_make_room(cluster: Cluster) -> None:
    table = ClusterRows(cluster).table("Service")
    assert table.fitting(200).columns == table.columns
    narrow = table.fitting(34).columns
    assert "Name" in narrow
    assert "Cluster-IP" in narrow
    assert "Selector" not in narrow


def test_the_scene_says_how_each_pod_stands_and_why(cluster: Cluster) -> None:
    cluster.api.create(service())
    cluster.api.create(pod("good", app="web"))
    cluster.api.create(pod("wrong", app="other"))
    cluster.api.create(pod("bare"))
    cluster.api.create(pod("stuck", image="no-such-image:1", app="web"))
    cluster.advance(30)
    scene = make_scene(cluster.store, ())
    assert scene.service is not None
    assert scene.service.selector == "app=web"
    assert {box.name: (box.state, box.why) for box in scene.pods} == {
        "good": ("ready", ""),
        "stuck": ("not ready", ""),
        "bare": ("no match", "no label app"),
        "wrong": ("no match", "app=other"),
    }


def test_without_a_service_the_scene_has_the_pods_alone(cluster: Cluster) -> None:
    cluster.api.create(pod("good", app="web"))
    cluster.settle()
    scene = make_scene(cluster.store, ())
    assert scene.service is None
    assert [(box.name, box.state) for box in scene.pods] == [("good", "ready")]


def test_a_pod_on_its_way_out_is_leaving(cluster: Cluster) -> None:
    cluster.api.create(service())
    cluster.api.create(pod("good", app="web"))
    cluster.settle()
    cluster.api.delete(POD, "good", "default")
    cluster.clock.run_due()
    assert make_scene(cluster.store, ()).pods[0].state == "leaving"
