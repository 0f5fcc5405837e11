"""From the words a learner uses for kinds to the kinds."""

from __future__ import annotations

from tutor.engine.resources import RESOURCES, Resource, find_resource
from tutor.kubectl.errors import KubectlError


def resource_for(word: str) -> Resource:
    """The resource a word such as `svc`, `Service` or `deployments.apps` means.

    Raises:
        KubectlError: the server does not have it.
    """
    resource = find_resource(word)
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
