"""Free play: a lesson of a single page that asks for nothing, so that the same session and screen serve it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tutor.course.loader import read_beside
from tutor.course.schema import Lesson
from tutor.paths import lessons_dir

SANDBOX: Final = "sandbox"
"""The sandbox's lesson id. Nobody's progress is kept by it."""
_FILES: Final = ("nginx-deployment.yaml", "nginx-clusterip.yaml")
_BODY: Final = """\
This cluster is yours: nothing to do, nothing to break. What you change, `undo` takes back, and `reset` begins anew.

The files in your home folder make a Deployment of nginx and a Service in front of it.
"""


def sandbox_lesson(files: Mapping[str, str] | None = None) -> Lesson:
    """The lesson that is free play.

    Args:
        files: what lies in the home folder; two manifests to begin with unless given.
    """
    if files is None:
        files = {name: read_beside(lessons_dir() / "index.yaml", f"manifests/{name}") for name in _FILES}
    return Lesson.model_validate({
        "format": 1,
        "id": SANDBOX,
        "title": "Sandbox",
        "minutes": 1,
        "files": dict(files),
        "steps": [{
            "id": "play",
            "kind": "read",
            "title": "Play freely",
            "body": _BODY,
            "commands": ["kubectl apply -f nginx-deployment.yaml", "kubectl get pods -o wide"],
        }],
    })  # fmt: skip
