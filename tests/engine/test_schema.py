"""Strict decoding, in the words of Go's decoders."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.support import deployment, pod, service
from tutor.engine.decoding import DecodeError, decode, decode_strictly
from tutor.engine.errors import ApiError
from tutor.engine.schema import struct_of_kind


def complaint(manifest: dict[str, Any], *, from_patch: bool = False) -> str:
    with pytest.raises(DecodeError) as caught:
        decode_strictly(manifest, manifest["kind"], from_patch=from_patch)
    return str(caught.value)


def field_of(struct: str, path: str, found: str, go: str) -> str:
    return f"json: cannot unmarshal {found} into Go struct field {struct}.{path} of type {go}"


TEMPLATE = "spec.template.spec.containers"


@pytest.mark.parametrize(
    ("manifest", "text"),
    [
        (service(ports=[{"port": "80"}]), field_of("ServicePort", "spec.ports.port", "string", "int32")),
        (service(ports=[{"port": 80.5}]), field_of("ServicePort", "spec.ports.port", "number 80.5", "int32")),
        (
            service(ports=[{"port": 3000000000}]),
            field_of("ServicePort", "spec.ports.port", "number 3000000000", "int32"),
        ),
        (service(ports=[{"port": True}]), field_of("ServicePort", "spec.ports.port", "bool", "int32")),
        (service(ports={"port": 80}), field_of("ServiceSpec", "spec.ports", "object", "[]v1.ServicePort")),
        (service(ports=[80]), field_of("ServiceSpec", "spec.ports", "number", "v1.ServicePort")),
        (service(selector=["app"]), field_of("ServiceSpec", "spec.selector", "array", "map[string]string")),
        (service(selector={"app": 5}), field_of("ServiceSpec", "spec.selector", "number", "string")),
        (service(type=5), field_of("ServiceSpec", "spec.type", "number", "v1.ServiceType")),
        (
            service(ports=[{"port": 80, "targetPort": True}]),
            field_of("ServicePort", "spec.ports.targetPort", "bool", "int32"),
        ),
        (deployment(replicas="3"), field_of("DeploymentSpec", "spec.replicas", "string", "int32")),
        (
            deployment(template={"spec": {"containers": [{"env": [{"name": "a", "value": 1}]}]}}),
            field_of("EnvVar", f"{TEMPLATE}.env.value", "number", "string"),
        ),
        (
            deployment(template={"spec": {"containers": [{"env": {"a": "b"}}]}}),
            field_of("Container", f"{TEMPLATE}.env", "object", "[]v1.EnvVar"),
        ),
        (
            deployment(template={"spec": {"containers": {"name": "x"}}}),
            field_of("PodSpec", TEMPLATE, "object", "[]v1.Container"),
        ),
        ({**service(), "metadata": "web"}, field_of("Service", "metadata", "string", "v1.ObjectMeta")),
        ({**service(), "spec": []}, field_of("Service", "spec", "array", "v1.ServiceSpec")),
    ],
)
def test_wrong_types(manifest: dict[str, Any], text: str) -> None:
    assert complaint(manifest) == text


def test_unknown_fields_are_all_named_in_order() -> None:
    manifest = service(selectors={}, ports=[{"port": 80}, {"prt": 1, "name": "x"}])
    manifest["metadata"]["label"] = {}
    assert complaint(manifest) == (
        'strict decoding error: unknown field "metadata.label", unknown field "spec.ports[1].prt", '
        'unknown field "spec.selectors"'
    )


def test_a_wrong_type_is_told_before_unknown_fields() -> None:
    assert "cannot unmarshal" in complaint(service(aaa=1, ports="80"))


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ({"ports": [{"port": "80"}]}, "unrecognized type: int32"),
        ({"ports": [{"port": 80.5}]}, "cannot convert float64 to int32"),
        ({"selector": {"app": 5}}, "cannot convert int64 to string"),
        ({"selector": {"app": True}}, "unrecognized type: string"),
        ({"type": 5}, "cannot convert int64 to v1.ServiceType"),
        ({"ports": "80"}, "cannot restore slice from string"),
        ({"selector": []}, "cannot restore map from slice"),
        ({"ports": [80]}, "cannot restore struct from: int64"),
        ({"nope": 1}, 'strict decoding error: unknown field "spec.nope"'),
    ],
)
def test_what_a_strategic_merge_made_is_read_by_another_decoder(spec: dict[str, Any], text: str) -> None:
    assert complaint({**service(), "spec": spec}, from_patch=True) == text


def test_the_api_says_which_kind_it_could_not_read() -> None:
    with pytest.raises(ApiError) as caught:
        decode(deployment(nope=1), "Deployment", "apps/v1")
    assert caught.value.status.message == (
        'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.nope"'
    )
    assert (caught.value.status.code, caught.value.status.reason) == (400, "BadRequest")


def test_nulls_and_empty_leftovers_are_dropped_and_meaningful_empties_kept() -> None:
    manifest = service(selector={}, clusterIP="", ports=[{"port": 80, "nodePort": 0}], publishNotReadyAddresses=False)
    manifest["metadata"].update(creationTimestamp=None, labels={}, annotations={"a": ""})
    assert decode_strictly(manifest, "Service") == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "annotations": {"a": ""}},
        "spec": {"ports": [{"port": 80}]},
    }
    kept = decode_strictly(deployment(replicas=0), "Deployment")
    assert kept["spec"]["replicas"] == 0
    volumes = decode_strictly(pod(volumes=[{"name": "tmp", "emptyDir": {}}]), "Pod")["spec"]["volumes"]
    assert volumes == [{"name": "tmp", "emptyDir": {}}]


def test_quantities_and_times_are_checked() -> None:
    limits = [{"name": "a", "resources": {"limits": {"cpu": "half"}}}]
    assert complaint(pod(containers=limits)).startswith("quantities must match the regular expression")
    assert decode_strictly(pod(containers=[{"name": "a", "resources": {"limits": {"cpu": 1}}}]), "Pod")["spec"][
        "containers"
    ][0]["resources"] == {"limits": {"cpu": "1"}}
    manifest = service()
    manifest["metadata"]["creationTimestamp"] = "yesterday"
    assert complaint(manifest).startswith('parsing time "yesterday"')


json = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 1 << 40) | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["metadata", "name", "labels", "spec", "ports", "port", "selector", "targetPort", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.sampled_from(["metadata", "spec", "status", "nope"]), json))
def test_any_data_is_decoded_or_refused_and_decoding_twice_is_decoding_once(data: dict[str, Any]) -> None:
    try:
        decoded = decode_strictly(data, "Service")
    except DecodeError:
        return
    assert decode_strictly(decoded, "Service") == decoded


def test_merge_keys_come_from_the_schema() -> None:
    spec = struct_of_kind("Service").fields["spec"]
    assert spec.struct == "v1.ServiceSpec"
