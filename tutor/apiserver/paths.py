"""What a request's path means.

Source: k8s.io/apiserver/pkg/endpoints/request/requestinfo.go.
"""

from __future__ import annotations

from dataclasses import dataclass

from tutor.engine.resources import EVENT, EVENTS_V1, RESOURCES, Resource

SERVED = (*RESOURCES, EVENTS_V1)
"""Every resource that has a path."""
_BY_PLACE = {(each.group, each.version, each.plural): each for each in SERVED}
GROUP_VERSIONS = frozenset((each.group, each.version) for each in SERVED)


@dataclass(frozen=True)
class Target:
    """The objects a request is about.

    Args:
        served: their kind, as the path has it.
        namespace: the namespace in the path; None if it names none.
        name: the object's name; empty for all of them.
        subresource: such as `status`; empty for the object itself.
        watch: whether the path is of the old form `/watch/`.
    """

    served: Resource
    namespace: str | None
    name: str
    subresource: str
    watch: bool = False

    @property
    def resource(self) -> Resource:
        """Their kind, as the cluster keeps it."""
        return EVENT if self.served is EVENTS_V1 else self.served


def group_version_of(path: str) -> tuple[str, str] | None:
    """The group and version a path lies in, such as `("apps", "v1")`; None if it lies in none that is served."""
    match path.strip("/").split("/"):
        case ["api", version, *_]:
            found = "", version
        case ["apis", group, version, *_]:
            found = group, version
        case _:
            return None
    return found if found in GROUP_VERSIONS else None


def target_of(path: str) -> Target | None:
    """What a path like `/apis/apps/v1/namespaces/shop/deployments/web/scale` is about; None if it is nothing here."""
    place = group_version_of(path)
    if place is None:
        return None
    steps = path.strip("/").split("/")[3 if place[0] else 2 :]
    watch = steps[:1] == ["watch"] and len(steps) > 1
    if watch:
        del steps[0]
    namespace: str | None = None
    if steps[:1] == ["namespaces"] and len(steps) > 2 and steps[2] not in {"status", "finalize"}:
        namespace = steps[1]
        del steps[:2]
    if not 1 <= len(steps) <= 3:
        return None
    plural, name, subresource = [*steps, "", ""][:3]
    resource = _BY_PLACE.get((*place, plural))
    if resource is None or (namespace is not None and not resource.namespaced):
        return None
    if resource.namespaced and namespace is None and name:
        return None
    return Target(resource, namespace, name, subresource, watch)
