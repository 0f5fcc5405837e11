"""What a client asks about itself: who it is, and what it may do. Here it may do everything.

Source: https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from tutor.apiserver.answers import answer
from tutor.apiserver.bodies import read_body, read_object

_ALL: Final = {
    "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
    "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
    "incomplete": False,
}
_ANSWERS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews": ("SelfSubjectAccessReview", {"allowed": True}),
    "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews": ("SelfSubjectRulesReview", _ALL),
    "/apis/authentication.k8s.io/v1/selfsubjectreviews": (
        "SelfSubjectReview",
        {"userInfo": {"username": "learner", "groups": ["system:masters", "system:authenticated"]}},
    ),
}


async def review(request: web.Request) -> web.Response | None:
    """The answer to a question of a client about itself; None if the request is none.

    Raises:
        ApiError: for a body that cannot be read.
    """
    found = _ANSWERS.get(request.path)
    if found is None or request.method != "POST":
        return None
    kind, status = found
    asked = read_object(request, await read_body(request), kind)
    group = request.path.split("/")[2]
    return answer(request, {"kind": kind, "apiVersion": f"{group}/v1", **asked, "status": status}, 201)
