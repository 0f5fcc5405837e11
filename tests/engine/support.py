"""An API alone, without controllers, and manifests for it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, settings

from tutor.engine.api import Api
from tutor.engine.clock import Clock
from tutor.engine.dice import Dice
from tutor.engine.errors import ApiError, Status
from tutor.engine.objects import Object
from tutor.engine.store import Store

# How long an example takes says more of the machine than of the code.
settings.register_profile("tutor", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tutor")


class Bench:
    """An API over an empty store with the namespaces `default` and `shop`."""

    def __init__(self, seed: int = 1) -> None:
        self.store, self.clock, self.dice = Store(), Clock(), Dice(seed)
        self.api = Api(self.store, self.clock, self.dice)
        for name in ("default", "shop"):
            self.api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})

    def apply(self, text: str) -> Object:
        """Create the one object of a YAML text."""
        return self.api.create(yaml.safe_load(text))

    def refusal(self, manifest: str | dict[str, Any]) -> Status:
        """The Status with which the API refuses a manifest; the store stays as it was."""
        before = self.store.snapshot(), self.api.snapshot()
        with pytest.raises(ApiError) as caught:
            self.api.create(yaml.safe_load(manifest) if isinstance(manifest, str) else manifest)
        assert (self.store.snapshot(), self.api.snapshot()) == before
        return caught.value.status


def service(name: str = "web", **spec: Any) -> Object:
    """A Service manifest with one port 80, unless told otherwise."""
    spec.setdefault("ports", [{"port": 80}])
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def pod(name: str = "web", **spec: Any) -> Object:
    """A Pod manifest with one nginx container, unless told otherwise."""
    spec.setdefault("containers", [{"name": "nginx", "image": "nginx:1.27"}])
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def deployment(name: str = "web", labels: dict[str, str] | None = None, **spec: Any) -> Object:
    """A Deployment manifest of one nginx container; its Pods carry `labels`, app=NAME unless told otherwise."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name} if labels is None else labels},
                "spec": {"containers": [{"name": "nginx", "image": "nginx:1.27"}]},
            },
            **spec,
        },
    }
