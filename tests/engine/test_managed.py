"""Server-side apply and who manages which field. The texts of conflicts are those of kubectl against a v1.36 server."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.support import Bench
from tutor.engine.errors import ApiError
from tutor.engine.managed.managers import By
from tutor.engine.managed.paths import from_fields, path_text, to_fields
from tutor.engine.resources import SERVICE

ME, OTHER = By("me"), By("other")


def config(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}


def apply(bench: Bench, by: By, *, force: bool = False, **spec: Any) -> dict[str, Any]:
    return bench.api.apply(SERVICE, "web", "default", config(**spec), by, force=force)


def managers(obj: dict[str, Any]) -> dict[str, Any]:
    return {entry["manager"]: entry["fieldsV1"] for entry in obj["metadata"]["managedFields"]}


PORT = {"f:ports": {'k:{"port":80,"protocol":"TCP"}': {".": {}, "f:port": {}}}}


def test_who_applies_first_creates_and_manages_what_was_said() -> None:
    made = apply(Bench(), ME, ports=[{"port": 80}])
    assert made["spec"]["clusterIP"].startswith("10.254.")
    assert managers(made) == {"me": {"f:spec": PORT}}


def test_a_field_of_another_manager_is_refused_until_forced() -> None:
    bench = Bench()
    apply(bench, ME, ports=[{"port": 80}], selector={"app": "web"})
    with pytest.raises(ApiError) as refused:
        apply(bench, OTHER, ports=[{"port": 80}], selector={"app": "other"})
    status = refused.value.status
    assert (status.code, status.reason) == (409, "Conflict")
    assert status.message == 'Apply failed with 1 conflict: conflict with "me": .spec.selector'
    forced = apply(bench, OTHER, force=True, ports=[{"port": 80}], selector={"app": "other"})
    assert forced["spec"]["selector"] == {"app": "other"}
    assert managers(forced) == {"me": {"f:spec": PORT}, "other": {"f:spec": {**PORT, "f:selector": {}}}}


def test_conflicts_with_an_update_name_the_version() -> None:
    bench = Bench()
    bench.api.create(config(ports=[{"port": 80}], type="ClusterIP"), "default", by=By("kubectl-create"))
    with pytest.raises(ApiError) as refused:
        apply(bench, ME, ports=[{"port": 80, "targetPort": 8080}], sessionAffinity="ClientIP")
    assert refused.value.status.message == (
        'Apply failed with 2 conflicts: conflicts with "kubectl-create" using v1:\n'
        '- .spec.ports[port=80,protocol="TCP"].targetPort\n- .spec.sessionAffinity'
    )


def test_what_is_no_longer_applied_goes_unless_somebody_else_wants_it() -> None:
    bench = Bench()
    apply(bench, ME, ports=[{"port": 80, "name": "a"}, {"port": 81, "name": "b"}])
    apply(bench, OTHER, ports=[{"port": 81, "name": "b"}])
    left = apply(bench, ME, ports=[{"port": 80, "name": "a"}])
    assert [port["port"] for port in left["spec"]["ports"]] == [80, 81]
    left = apply(bench, OTHER, externalIPs=["192.0.2.7"])
    assert [port["port"] for port in left["spec"]["ports"]] == [80]


def test_applying_the_same_again_changes_nothing() -> None:
    bench = Bench()
    first = apply(bench, ME, ports=[{"port": 80}])
    assert apply(bench, ME, ports=[{"port": 80}]) == first


def test_an_unknown_field_is_told_with_its_path() -> None:
    with pytest.raises(ApiError) as refused:
        apply(Bench(), ME, portz=1)
    assert refused.value.status.message.endswith("(/web; /v1, Kind=Service): .spec.portz: field not declared in schema")


def test_fields_are_written_and_read_back() -> None:
    fields = {"f:metadata": {"f:labels": {".": {}, "f:a": {}}}, "f:spec": PORT}
    assert to_fields(from_fields(fields)) == fields
    assert path_text(("f:spec", "f:finalizers", 'v:"x"')) == '.spec.finalizers[="x"]'
