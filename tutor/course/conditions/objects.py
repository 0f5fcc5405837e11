"""Conditions over the cluster's objects."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from tutor.course.conditions.base import (
    Amount,
    Leaf,
    ObjectPath,
    Pattern,
    Record,
    amount_in_words,
    find_object,
    in_words,
    is_amount,
    labels_in_words,
    split_name,
)
from tutor.course.conditions.evidence import Evidence
from tutor.course.conditions.path import parse_path, values_at
from tutor.engine.objects import Object, field, is_deleting, labels_of, selects
from tutor.engine.resources import POD, Resource, find_resource
from tutor.engine.store import Store


def _checked_path(text: str) -> str:
    parse_path(text)
    return text


FieldPath = Annotated[str, AfterValidator(_checked_path)]
"""Such as `spec.ports[0].port`; see `path.py`."""


class Exists(Leaf):
    """`exists: service/nginx`: there is such an object, and its deletion has not begun."""

    exists: ObjectPath

    def holds(self, evidence: Evidence) -> bool:
        """Whether it is there."""
        found = find_object(evidence.store, self.exists)
        return found is not None and not is_deleting(found)

    def described(self) -> str:
        """Such as `Service nginx exists`."""
        return f"{in_words(self.exists)} exists"


class Absent(Leaf):
    """`absent: pod/temp`: there is no such object."""

    absent: ObjectPath

    def holds(self, evidence: Evidence) -> bool:
        """Whether it is gone for good."""
        return find_object(evidence.store, self.absent) is None

    def described(self) -> str:
        """Such as `there is no Pod temp`."""
        return f"there is no {in_words(self.absent)}"


class FieldTest(Record):
    """A field of an object, and one test of its value; without a test, that the field is there.

    Several values (`[*]`) pass if one of them does.

    Args:
        object: such as `service/nginx`, or `shop/service/cart` in another namespace than default.
        path: such as `spec.ports[0].port`, `spec.ports[name=http].port` or `metadata.labels["app.kubernetes.io/name"]`.
        equals: the value, in its own type: 80 is a number, "80" a text.
        differs: (`not`) a value it is not to have.
        among: (`in`) values, one of which it is to have.
        matches: a regular expression, searched for anywhere in the value.
        at_least: the least number.
        at_most: the greatest number.
        absent: whether the field is not to be there.
    """

    object: ObjectPath
    path: FieldPath
    equals: Any = None
    differs: Any = Field(None, alias="not")
    among: list[Any] | None = Field(None, alias="in")
    matches: Pattern | None = None
    at_least: float | None = Field(None, alias="at-least", strict=False)
    at_most: float | None = Field(None, alias="at-most", strict=False)
    absent: bool = False

    @model_validator(mode="after")
    def _one_test(self) -> FieldTest:
        tests = self.model_fields_set - {"object", "path", "at_least", "at_most"}
        if len(tests) > 1:
            raise ValueError("write one test only: equals, not, in, matches, at-least, at-most or absent")
        return self

    def passes(self, value: Any) -> bool:
        """Whether one value passes the test."""
        given = self.model_fields_set
        if "equals" in given:
            return bool(value == self.equals)
        if "differs" in given:
            return bool(value != self.differs)
        if self.among is not None:
            return value in self.among
        if self.matches is not None:
            return re.search(self.matches, str(value)) is not None
        if self.at_least is not None or self.at_most is not None:
            number = isinstance(value, int | float) and not isinstance(value, bool)
            return (
                number
                and (self.at_least is None or value >= self.at_least)
                and (self.at_most is None or value <= self.at_most)
            )
        return True


class FieldIs(Leaf):
    """`field: {object: service/nginx, path: spec.type, equals: ClusterIP}`: a field of an object passes a test."""

    test: FieldTest = Field(alias="field")

    def holds(self, evidence: Evidence) -> bool:
        """Whether the object is there and its field passes; `absent: true` and `not` also hold without the field."""
        found = find_object(evidence.store, self.test.object)
        if found is None:
            return False
        values = values_at(found, self.test.path)
        if self.test.absent:
            return not values
        if "differs" in self.test.model_fields_set:
            return all(map(self.test.passes, values))
        return any(map(self.test.passes, values))

    def described(self) -> str:
        """Such as `spec.type of Service nginx is ClusterIP`."""
        test = self.test
        what = f"{test.path} of {in_words(test.object)}"
        if test.absent:
            return f"{what} is not set"
        if "differs" in test.model_fields_set:
            return f"{what} is not {test.differs}"
        if "equals" in test.model_fields_set:
            return f"{what} is {test.equals}"
        if test.among is not None:
            return f"{what} is one of {', '.join(map(str, test.among))}"
        if test.matches is not None:
            return f"{what} matches {test.matches}"
        bounds = (("at least", test.at_least), ("at most", test.at_most))
        said = " and ".join(f"{word} {bound:g}" for word, bound in bounds if bound is not None)
        return f"{what} is {said or 'set'}"


class FieldPlace(Record):
    """A field of an object.

    Args:
        object: such as `service/nginx`.
        path: such as `spec.clusterIP`.
    """

    object: ObjectPath
    path: FieldPath


class Unchanged(Leaf):
    """`unchanged: {object: service/nginx, path: spec.clusterIP}`: the field is what it was when the step began."""

    unchanged: FieldPlace

    def holds(self, evidence: Evidence) -> bool:
        """Whether the object is still there with the same value as then; false if it was not there then."""
        now, before = (find_object(store, self.unchanged.object) for store in (evidence.store, evidence.before))
        if now is None or before is None:
            return False
        return values_at(now, self.unchanged.path) == values_at(before, self.unchanged.path)

    def described(self) -> str:
        """Such as `spec.clusterIP of Service nginx is what it was`."""
        return f"{self.unchanged.path} of {in_words(self.unchanged.object)} is what it was"


def _checked_kind(text: str) -> str:
    if find_resource(text) is None:
        raise ValueError(f"there is no kind {text!r} in the simulated cluster")
    return text


class Counting(Record):
    """Which objects to count, and how many there are to be. Objects being deleted do not count.

    Args:
        kind: such as `pod`.
        namespace: where.
        labels: labels they all carry.
        ready: whether they are ready; either way without it.
        equals: how many: `3`, or a comparison such as `">=2"`.
        at_least: how many at least.
        at_most: how many at most.
    """

    kind: Annotated[str, AfterValidator(_checked_kind)]
    namespace: str = "default"
    labels: dict[str, str] = Field(default_factory=dict)
    ready: bool | None = None
    equals: Amount | None = None
    at_least: int | None = Field(None, alias="at-least")
    at_most: int | None = Field(None, alias="at-most")

    @model_validator(mode="after")
    def _says_how_many(self) -> Counting:
        if self.equals is None and self.at_least is None and self.at_most is None:
            raise ValueError("say how many: equals, at-least or at-most")
        return self

    @property
    def resource(self) -> Resource:
        """The kind counted."""
        resource = find_resource(self.kind)
        assert resource is not None  # noqa: S101  # the schema has checked it
        return resource

    def find(self, store: Store) -> list[Object]:
        """The objects that count."""
        return find_labelled(store, self.resource, self.namespace, self.labels, self.ready)


def find_labelled(
    store: Store, resource: Resource, namespace: str, labels: dict[str, str], ready: bool | None = None
) -> list[Object]:
    """Objects of a namespace that carry all the labels (none asked: all) and are ready or not (None: either)."""
    if resource.namespaced:
        objects = store.select(resource.kind, namespace, labels) if labels else store.list(resource.kind, namespace)
    else:
        objects = [obj for obj in store.list(resource.kind) if labels.items() <= labels_of(obj).items()]
    return [obj for obj in objects if not is_deleting(obj) and (ready is None or is_ready(obj) is ready)]


def is_ready(obj: Object) -> bool:
    """Whether the object's Ready condition is True."""
    conditions = field(obj, "status.conditions") or ()
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


class Count(Leaf):
    """`count: {kind: pod, labels: {app: nginx}, at-least: 2}`: so many objects are there."""

    count: Counting

    def holds(self, evidence: Evidence) -> bool:
        """Whether the number is right."""
        number = len(self.count.find(evidence.store))
        return (
            (self.count.equals is None or is_amount(number, self.count.equals))
            and (self.count.at_least is None or number >= self.count.at_least)
            and (self.count.at_most is None or number <= self.count.at_most)
        )

    def described(self) -> str:
        """Such as `at least 2 ready pods with app=nginx`."""
        count = self.count
        bounds = [
            amount_in_words(amount)
            for amount in (
                count.equals,
                None if count.at_least is None else f">={count.at_least}",
                None if count.at_most is None else f"<={count.at_most}",
            )
            if amount is not None
        ]
        ready = {None: "", True: "ready ", False: "unready "}[count.ready]
        labels = f" with {labels_in_words(count.labels)}" if count.labels else ""
        where = f" in namespace {count.namespace}" if count.resource.namespaced and count.namespace != "default" else ""
        return f"{' and '.join(bounds)} {ready}{count.resource.plural}{labels}{where}"


class ServicePods(Record):
    """A Service, and which Pods its selector is to match.

    Args:
        service: `web`, or `shop/cart` in another namespace than default.
        pods: how many Pods (`3`, `">=2"`), or the labels of exactly those Pods.
    """

    service: str
    pods: Amount | dict[str, str]


class Selects(Leaf):
    """`selects: {service: nginx, pods: 3}`: the selector matches so many Pods, or exactly those with these labels."""

    selects: ServicePods

    def holds(self, evidence: Evidence) -> bool:
        """Whether the Service is there and its selector matches what it should, ready or not."""
        namespace, name = split_name(self.selects.service)
        service = evidence.store.get("Service", namespace, name)
        if service is None:
            return False
        selector = field(service, "spec.selector")
        pods = [pod for pod in evidence.store.list("Pod", namespace) if not is_deleting(pod)]
        matched = [pod for pod in pods if selects(selector, labels_of(pod))]
        wanted = self.selects.pods
        if isinstance(wanted, dict):
            return bool(matched) and matched == [pod for pod in pods if selects(wanted, labels_of(pod))]
        return is_amount(len(matched), wanted)

    def described(self) -> str:
        """Such as `the selector of nginx matches 3 Pods`."""
        wanted = self.selects.pods
        which = (
            f"the Pods with {labels_in_words(wanted)}"
            if isinstance(wanted, dict)
            else f"{amount_in_words(wanted)} Pods"
        )
        return f"the selector of {self.selects.service} matches {which}"


class EndpointNumbers(Record):
    """A Service, and how many addresses stand behind it.

    Args:
        service: `web`, or `shop/cart` in another namespace than default.
        ready: how many ready ones: `3`, or a comparison such as `">=2"`.
        not_ready: how many others.
        total: how many of both.
        labels: only addresses of Pods with these labels count.
    """

    service: str
    labels: dict[str, str] = Field(default_factory=dict)
    ready: Amount | None = None
    not_ready: Amount | None = Field(None, alias="not-ready")
    total: Amount | None = None


class Endpoints(Leaf):
    """`endpoints: {service: nginx, ready: 3}`: so many addresses stand in the Service's EndpointSlices."""

    endpoints: EndpointNumbers

    def holds(self, evidence: Evidence) -> bool:
        """Whether every number given is right; false without the Service."""
        namespace, name = split_name(self.endpoints.service)
        if evidence.store.get("Service", namespace, name) is None:
            return False
        ready, waiting = endpoint_addresses(evidence.store, namespace, name)
        if self.endpoints.labels:
            pods = find_labelled(evidence.store, POD, namespace, self.endpoints.labels)
            meant = {field(pod, "status.podIP") for pod in pods}
            ready, waiting = ready & meant, waiting & meant
        return all(
            amount is None or is_amount(number, amount)
            for number, amount in (
                (len(ready), self.endpoints.ready),
                (len(waiting), self.endpoints.not_ready),
                (len(ready | waiting), self.endpoints.total),
            )
        )

    def described(self) -> str:
        """Such as `nginx has 3 ready endpoints`."""
        numbers = self.endpoints
        parts = [
            f"{amount_in_words(amount)} {word}endpoints"
            for amount, word in ((numbers.ready, "ready "), (numbers.not_ready, "unready "), (numbers.total, ""))
            if amount is not None
        ]
        of_these = f" of Pods with {labels_in_words(numbers.labels)}" if numbers.labels else ""
        return f"{numbers.service} has {' and '.join(parts) or 'endpoints'}{of_these}"


def endpoint_addresses(store: Store, namespace: str, service: str) -> tuple[set[str], set[str]]:
    """The ready and the other addresses in a Service's EndpointSlices."""
    ready: set[str] = set()
    waiting: set[str] = set()
    for endpoint_slice in store.select("EndpointSlice", namespace, {"kubernetes.io/service-name": service}):
        for endpoint in endpoint_slice.get("endpoints") or ():
            # The API reads a missing `ready` as true: endpoints written by hand often have none.
            known = (endpoint.get("conditions") or {}).get("ready")
            (waiting if known is False else ready).update(endpoint["addresses"])
    return ready, waiting - ready
