"""From the words a learner uses for kinds to the kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tutor.engine.resources import RESOURCES, Resource, find_resource
from tutor.kubectl.errors import KubectlError

_REAL_KINDS: Final[Mapping[str, str]] = {
    "ControllerRevision": "", "CronJob": "cj", "CustomResourceDefinition": "crd crds",
    "DaemonSet": "ds", "HorizontalPodAutoscaler": "hpa", "Ingress": "ing", "IngressClass": "", "Job": "",
    "Lease": "", "LimitRange": "limits", "PersistentVolume": "pv", "PersistentVolumeClaim": "pvc",
    "PodDisruptionBudget": "pdb", "PriorityClass": "pc", "ReplicationController": "rc", "ResourceQuota": "quota",
    "Role": "", "RoleBinding": "", "ClusterRole": "", "ClusterRoleBinding": "", "Secret": "",
    "StatefulSet": "sts", "StorageClass": "sc",
}  # fmt: skip
"""Kinds that every real cluster serves and this one does not, with their short names."""


def _plural(kind: str) -> str:
    word = kind.lower()
    return word + ("es" if word.endswith("s") else "s")


_REAL_WORDS: Final = {
    word: kind for kind, short in _REAL_KINDS.items() for word in (kind.lower(), _plural(kind), *short.split())
}


def not_simulated(word: str) -> str:
    """What to say of a kind, by any of its names, that a real cluster has and this one has not; empty for others."""
    kind = _REAL_WORDS.get(word.partition(".")[0].lower())
    if kind is None:
        return ""
    known = ", ".join(resource.plural for resource in RESOURCES)
    return f"{_plural(kind)} are not simulated; the kinds that are: {known}"


def resource_for(word: str) -> Resource:
    """The resource a word such as `svc`, `Service` or `deployments.apps` means.

    Raises:
        KubectlError: the server does not have it, or a real one would.
    """
    resource = find_resource(word)
    if resource is None and (reason := not_simulated(word)):
        raise KubectlError(reason)
    if resource is None:
        raise KubectlError(f'the server doesn\'t have a resource type "{word.partition(".")[0]}"')
    return resource


def split_types(words: str) -> list[str]:
    """The type words of an argument such as `pods,svc`, each once, with `all` and other categories spelled out."""
    found: dict[str, None] = {}
    for word in words.split(","):
        members = [resource for resource in RESOURCES if word in resource.categories]
        for each in [resource.qualified_plural for resource in members] or [word]:
            found[each] = None
    return list(found)
