"""The sandbox: a lesson with nothing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tutor.course.schema import Lesson

SANDBOX: Final = "sandbox"
_BODY: Final = "A cluster to try anything in. `undo` takes a command back, `reset` begins anew, `lessons` leads back."
_MANIFEST: Final = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: nginx
        image: nginx:1.14.2
        ports:
        - containerPort: 80
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
  - port: 80
"""


def sandbox_lesson() -> Lesson:
    """A lesson of one step that only wants to be read, with a manifest to start from."""
    from tutor.course.schema import Lesson

    step = {"id": "play", "kind": "read", "title": "Sandbox", "body": _BODY}
    files = {"web.yaml": _MANIFEST}
    return Lesson.model_validate(
        {"format": 1, "id": SANDBOX, "title": "Sandbox", "minutes": 1, "files": files, "steps": [step]}
    )
