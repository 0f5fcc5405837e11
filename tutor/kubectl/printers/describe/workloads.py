"""Descriptions of Deployments and ReplicaSets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tutor.engine.kinds.base import format_selector
from tutor.engine.objects import Object, controller_of, field, name_of, namespace_of, uid_of
from tutor.engine.resources import POD, REPLICA_SET
from tutor.kubectl.printers.describe.page import About, Page, controlled_by, long_time
from tutor.kubectl.printers.describe.pods import describe_template


def describe_deployment(page: Page, deployment: Object, about: About) -> None:
    """Add all there is to say of a Deployment."""
    spec, status = deployment["spec"], deployment.get("status", {})
    page.line(f"Name:\t{name_of(deployment)}")
    page.line(f"Namespace:\t{namespace_of(deployment)}")
    page.line(f"CreationTimestamp:\t{long_time(deployment['metadata'].get('creationTimestamp'))}")
    page.pairs("Labels", deployment["metadata"].get("labels"))
    page.annotations("Annotations", deployment["metadata"].get("annotations"))
    page.line(f"Selector:\t{format_selector(spec.get('selector'))}")
    counts = {key: status.get(f"{key}Replicas", 0) for key in ("updated", "available", "unavailable")}
    page.line(
        f"Replicas:\t{spec.get('replicas', 1)} desired | {counts['updated']} updated | "
        f"{status.get('replicas', 0)} total | {counts['available']} available | {counts['unavailable']} unavailable"
    )
    strategy = spec.get("strategy") or {}
    page.line(f"StrategyType:\t{strategy.get('type', '')}")
    page.line(f"MinReadySeconds:\t{spec.get('minReadySeconds', 0)}")
    rolling = strategy.get("rollingUpdate")
    if rolling:
        page.line(
            f"RollingUpdateStrategy:\t{rolling.get('maxUnavailable')} max unavailable, "
            f"{rolling.get('maxSurge')} max surge"
        )
    describe_template(page, spec["template"])
    _conditions(page, status.get("conditions") or ())
    old, new = _replica_sets(deployment, about)
    if old or new:
        page.line(f"OldReplicaSets:\t{_listed(old)}")
        page.line(f"NewReplicaSet:\t{_listed(new)}")
    about.events(page, deployment, "Deployment")


def describe_replica_set(page: Page, replica_set: Object, about: About) -> None:
    """Add all there is to say of a ReplicaSet."""
    spec, status = replica_set["spec"], replica_set.get("status", {})
    page.line(f"Name:\t{name_of(replica_set)}")
    page.line(f"Namespace:\t{namespace_of(replica_set)}")
    page.line(f"Selector:\t{format_selector(spec.get('selector'))}")
    page.pairs("Labels", replica_set["metadata"].get("labels"))
    page.annotations("Annotations", replica_set["metadata"].get("annotations"))
    if owner := controlled_by(replica_set):
        page.line(f"Controlled By:\t{owner}")
    page.line(f"Replicas:\t{status.get('replicas', 0)} current / {spec.get('replicas', 1)} desired")
    phases = [field(pod, "status.phase") for pod in _owned(replica_set, about)]
    page.line(
        f"Pods Status:\t{phases.count('Running')} Running / {phases.count('Pending')} Waiting / "
        f"{phases.count('Succeeded')} Succeeded / {phases.count('Failed')} Failed"
    )
    describe_template(page, spec["template"])
    _conditions(page, status.get("conditions") or ())
    about.events(page, replica_set, "ReplicaSet")


def _conditions(page: Page, conditions: Sequence[Mapping[str, Any]]) -> None:
    if not conditions:
        return
    page.line("Conditions:")
    page.line("Type\tStatus\tReason", 1)
    page.line("----\t------\t------", 1)
    for condition in conditions:
        page.line(f"{condition['type']} \t{condition['status']}\t{condition.get('reason', '')}", 1)


def _owned(replica_set: Object, about: About) -> list[Object]:
    selector = format_selector(replica_set["spec"].get("selector"))
    pods = about.client.list(POD, namespace_of(replica_set), labels="" if selector == "<none>" else selector)
    return [pod for pod in pods if (controller_of(pod) or {}).get("uid") == uid_of(replica_set)]


def _replica_sets(deployment: Object, about: About) -> tuple[list[Object], list[Object]]:
    """The Deployment's ReplicaSets by age: the old ones, and the one of its present template."""
    owned = sorted(
        (
            each
            for each in about.client.list(REPLICA_SET, namespace_of(deployment))
            if (controller_of(each) or {}).get("uid") == uid_of(deployment)
        ),
        key=lambda each: (each["metadata"]["creationTimestamp"], name_of(each)),
    )
    template = deployment["spec"]["template"]
    new = [each for each in owned if _without_hash(each["spec"]["template"]) == _without_hash(template)]
    # kubectl shows all the old ones, also those without Pods.
    return [each for each in owned if each not in new[:1]], new[:1]


def _without_hash(template: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = template.get("metadata") or {}
    labels = {key: value for key, value in (metadata.get("labels") or {}).items() if key != "pod-template-hash"}
    kept = {key: value for key, value in metadata.items() if key not in {"labels", "creationTimestamp"}}
    return {**template, "metadata": {**kept, "labels": labels}}


def _listed(replica_sets: Sequence[Object]) -> str:
    return (
        ", ".join(
            f"{name_of(each)} ({field(each, 'status.replicas', 0)}/{each['spec'].get('replicas', 1)} replicas created)"
            for each in replica_sets
        )
        or "<none>"
    )
