"""Whatever is handed to the API, it stores it or refuses it in its own words, and a refusal leaves no trace.

What it stores has been let in: controllers, tables, descriptions and the network have to live with it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.conftest import make_cluster
from tests.fuzz.materials import MANIFESTS, VALUES, no_hang, spoiled
from tutor.engine.cluster import Cluster, ClusterState
from tutor.engine.errors import ApiError, Status
from tutor.engine.objects import Object, name_of, namespace_of
from tutor.engine.resources import BY_KIND

EXAMPLES = settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)  # fmt: skip
REASONS = {"BadRequest", "Invalid", "NotFound", "AlreadyExists", "Conflict", "Forbidden", "MethodNotAllowed", ""}
PATCHABLE = [manifest for manifest in MANIFESTS if manifest["kind"] != "Node"]


@cache
def furnished() -> tuple[Cluster, ClusterState]:
    """A cluster that holds all the manifests, and the way back to it."""
    cluster = make_cluster()
    for manifest in MANIFESTS:
        cluster.api.create(manifest)
    cluster.settle()
    return cluster, cluster.snapshot()


def fresh() -> Cluster:
    """That cluster as it was at first."""
    cluster, start = furnished()
    cluster.restore(start)
    return cluster


def attempt(cluster: Cluster, call: Any, *arguments: Any, **options: Any) -> Any:
    """What the API gives; None for a refusal, which is in its own words and changed nothing."""
    before = cluster.store.snapshot(), cluster.api.snapshot()
    try:
        return call(*arguments, **options)
    except ApiError as refusal:
        status = refusal.status
        assert isinstance(status, Status)
        assert status.reason in REASONS
        assert 400 <= status.code < 500 or (status.code == 500 and not status.reason), status
        assert status.message
        after = cluster.store.snapshot(), cluster.api.snapshot()
        assert after[0].objects is before[0].objects
        assert after == before
        return None


def live_with(cluster: Cluster) -> None:
    """Let everything that reads objects read them all."""
    cluster.settle()
    for resource in BY_KIND.values():
        table = cluster.api.table(resource, cluster.store.list(resource.kind))
        assert all(len(row.cells) == len(table.columns) for row in table.rows)
    for pod in cluster.store.list("Pod", "default"):
        client = cluster.network.clients.of(pod)
        cluster.network.connect(client, "web", 80)
        cluster.network.connect(client, "10.254.9.9", 80)
        break


@EXAMPLES
@given(manifest=spoiled(MANIFESTS))
def test_create(manifest: Any) -> None:
    cluster = fresh()
    if not isinstance(manifest, dict):
        return
    metadata = manifest.get("metadata")
    if isinstance(metadata, dict) and metadata.get("name") in [each["metadata"]["name"] for each in MANIFESTS]:
        manifest = {**manifest, "metadata": {**metadata, "name": f"{metadata['name']}-2"}}
    with no_hang():
        if attempt(cluster, cluster.api.create, manifest):
            live_with(cluster)


@EXAMPLES
@given(manifest=spoiled(MANIFESTS))
def test_update(manifest: Any) -> None:
    cluster = fresh()
    if isinstance(manifest, dict):
        with no_hang():
            if attempt(cluster, cluster.api.update, manifest):
                live_with(cluster)


@EXAMPLES
@given(
    target=st.sampled_from(PATCHABLE),
    change=st.one_of(
        spoiled(PATCHABLE),
        VALUES,
        st.lists(
            st.fixed_dictionaries(
                {"op": st.sampled_from(["add", "remove", "replace", "copy", "move", "test", "x"])},
                optional={
                    "path": st.sampled_from(
                        ["/spec", "/spec/ports/0", "/metadata/labels", "/spec/ports/-", "", "/", "/~"]
                    ),
                    "from": st.sampled_from(["/spec", "/metadata/name", "nowhere"]),
                    "value": VALUES,
                },
            ),
            max_size=3,
        ),
    ),
    kind=st.sampled_from(["strategic", "merge", "json"]),
    subresource=st.sampled_from(["", "", "", "status", "scale"]),
)
def test_patch(target: Object, change: Any, kind: str, subresource: str) -> None:
    cluster = fresh()
    with no_hang():
        done = attempt(
            cluster,
            cluster.api.patch,
            BY_KIND[target["kind"]],
            name_of(target),
            namespace_of(target) or "default",
            change,
            kind,
            subresource=subresource,
        )
        if done:
            live_with(cluster)


@EXAMPLES
@given(labels=st.text(max_size=12), fields=st.text(max_size=12))
def test_selectors(labels: str, fields: str) -> None:
    cluster = fresh()
    for resource in BY_KIND.values():
        attempt(cluster, cluster.api.list, resource, None, labels=labels, fields=fields)
