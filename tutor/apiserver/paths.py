"""What a request's path means.

Source: k8s.io/apiserver/pkg/endpoints/request/requestinfo.go.
"""

from __future__ import annotations

from dataclasses import dataclass

from tutor.engine.resources import RESOURCES, Resource


@dataclass(frozen=True)
class Target:
    """The objects a request is about.

    Args:
        resource: their kind.
        namespace: the namespace in the path; None if it names none.
        name: the object's name; empty for all of them.
        subresource: such as `status`; empty for the object itself.
        watch: whether the path is of the old form `/watch/`.
    """

    resource: Resource
    namespace: str | None
    name: str
    subresource: str
    watch: bool = False


def target_of(path: str) -> Target | None:
    """What a path like `/apis/apps/v1/namespaces/shop/deployments/web/scale` is about; None if it is nothing here."""
    match path.strip("/").split("/"):
        case ["api", version, *rest] if rest:
            group = ""
        case ["apis", group, version, *rest] if rest:
            pass
        case _:
            return None
    watch = rest[0] == "watch" and len(rest) > 1
    rest = rest[watch:]
    namespace: str | None = None
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in {"status", "finalize"}:
        namespace, rest = rest[1], rest[2:]
    plural, name, subresource = rest[0], *[*rest[1:3], "", ""][:2]
    if len(rest) > 3:
        return None
    resource = next(
        (each for each in RESOURCES if (each.plural, each.group, each.version) == (plural, group, version)), None
    )
    if resource is None or (namespace is not None and not resource.namespaced):
        return None
    if resource.namespaced and namespace is None and name:
        return None
    return Target(resource, namespace, name, subresource, watch)
