"""What Deployments and ReplicaSets share: a selector and a Pod template.

Source: kubernetes/pkg/apis/apps/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tutor.engine.errors import FieldError
from tutor.engine.kinds.pod import default_pod_spec
from tutor.engine.kinds.pod_validation import validate_template
from tutor.engine.objects import Object
from tutor.engine.selectors import from_label_selector
from tutor.engine.validation import check_label_selector, forbidden, not_negative, required, unsupported, wrong


def default_template(template: Mapping[str, Any]) -> Object:
    """A Pod template with what the API fills in."""
    return {"metadata": {}, **template, "spec": default_pod_spec(template.get("spec") or {})}


def validate_workload(spec: Mapping[str, Any], kind: str) -> Iterator[FieldError]:
    """What is wrong with the replicas, selector and template of a Deployment or ReplicaSet.

    Args:
        spec: its spec.
        kind: the kind's name in lower case, as messages have it.
    """
    yield from not_negative("spec.replicas", spec["replicas"])
    selector = spec.get("selector")
    broken = list(check_label_selector("spec.selector", selector))
    if selector is None:
        yield required("spec.selector")
    else:
        yield from broken
        if not selector.get("matchLabels") and not selector.get("matchExpressions"):
            yield wrong("spec.selector", selector, f"empty selector is invalid for {kind}")
    template, path = spec["template"], "spec.template"
    labels = template["metadata"].get("labels")
    if broken:
        yield wrong("spec.selector", selector, "invalid label selector")
        return
    if not from_label_selector(selector).matches(labels or {}):
        yield wrong(f"{path}.metadata.labels", labels, "`selector` does not match template `labels`")
    yield from validate_template(template, path)
    policy = template["spec"].get("restartPolicy")
    if policy != "Always":
        yield unsupported(f"{path}.spec.restartPolicy", policy, ("Always",))
    if "activeDeadlineSeconds" in template["spec"]:
        detail = "activeDeadlineSeconds in ReplicaSet is not Supported"
        yield forbidden(f"{path}.spec.activeDeadlineSeconds", detail)


def container_names(template: Mapping[str, Any]) -> str:
    """The CONTAINERS column."""
    return ",".join(container["name"] for container in template["spec"].get("containers", ()))


def container_images(template: Mapping[str, Any]) -> str:
    """The IMAGES column."""
    return ",".join(container.get("image", "") for container in template["spec"].get("containers", ()))
