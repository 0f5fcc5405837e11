"""The IP families of Services in a cluster that has one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.support import Bench, service
from tutor.engine.errors import ApiError
from tutor.engine.resources import SERVICE


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_headless_service_without_selector_has_both_families(bench: Bench) -> None:
    spec = bench.api.create(service(clusterIP="None"))["spec"]
    assert (spec["ipFamilyPolicy"], spec["ipFamilies"]) == ("RequireDualStack", ["IPv4", "IPv6"])
    single = bench.api.create(service("a", clusterIP="None", ipFamilyPolicy="SingleStack"))["spec"]
    assert (single["ipFamilyPolicy"], single["ipFamilies"]) == ("SingleStack", ["IPv4"])


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"ipFamilyPolicy": "RequireDualStack"},
         'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack '
         "services"),
        ({"ipFamilies": ["IPv6"]}, 'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'),
        ({"clusterIP": "fd00::1"},
         'spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster'),
        ({"ipFamilies": ["IPv4", "IPv6"]},
         'spec.ipFamilyPolicy: Invalid value: "SingleStack": must be \'RequireDualStack\' or \'PreferDualStack\' when '
         "multiple IP families are specified"),
    ],
)  # fmt: skip
def test_families_there_are_not(bench: Bench, asked: dict[str, Any], problem: str) -> None:
    with pytest.raises(ApiError) as caught:
        bench.api.create(service(**asked))
    assert str(caught.value) == f'Service "web" is invalid: {problem}'


def test_a_selector_ends_the_exception_for_headless_services(bench: Bench) -> None:
    bench.api.create(service(clusterIP="None"))
    with pytest.raises(ApiError, match="not configured for dual-stack services"):
        bench.api.patch(SERVICE, "web", "default", {"spec": {"selector": {"app": "web"}}}, "merge")
    with pytest.raises(ApiError, match="must be 'SingleStack' to release the secondary IP family"):
        bench.api.patch(SERVICE, "web", "default", {"spec": {"ipFamilies": ["IPv4"]}}, "merge")


def test_prefer_dual_stack_is_content_with_one(bench: Bench) -> None:
    spec = bench.api.create(service(ipFamilyPolicy="PreferDualStack"))["spec"]
    assert (spec["ipFamilyPolicy"], spec["ipFamilies"]) == ("PreferDualStack", ["IPv4"])
