"""Manifests refused as a real API server refused them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine.support import Bench, service
from tutor.engine.errors import Status

GOLDEN = Path(__file__).parents[1] / "golden" / "kubectl"
CLIENT_SIDE = ("error: ", "Error from server (AlreadyExists)")


def as_kubectl_prints(status: Status, file: str) -> str:
    """Kubectl's own wrapping of a Status, so that recordings can be compared."""
    if status.reason != "Invalid":
        return f'Error from server ({status.reason}): error when creating "{file}": {status.message}\n'
    head = f'The {status.resource} "{status.name}" is invalid: '
    if len(status.causes) == 1:
        return f"{head}{status.causes[0]}\n"
    return head + "".join(f"\n* {cause}" for cause in status.causes) + "\n"


def refused() -> Iterator[Any]:
    for recording in ("02-clusterip-allocation", "03-invalid-manifests"):
        record = yaml.safe_load((GOLDEN / f"{recording}.yaml").read_text(encoding="utf-8"))
        for step in record["steps"]:
            words = shlex.split(step["cmd"])
            if words[1:3] in (["apply", "-f"], ["create", "-f"]) and step["rc"] and words[3] in record["files"]:
                manifest, text = record["files"][words[3]], step["stderr"]
                if not text.startswith(CLIENT_SIDE) and words[3] != "moved.yaml":
                    yield pytest.param(words[3], manifest, text, id=step["cmd"])


@pytest.mark.parametrize(("file", "manifest", "text"), refused())
def test_refuses_as_recorded(file: str, manifest: str, text: str) -> None:
    bench = Bench()
    if file == "dup.yaml":
        bench.api.create(service("fixed", clusterIP="10.254.201.125"))
    assert as_kubectl_prints(bench.refusal(manifest), file) == text


@pytest.mark.parametrize("file", ["minimal", "multi", "external", "nodeport", "lb"])
def test_accepts_each_type(file: str) -> None:
    record = yaml.safe_load((GOLDEN / "06-kinds-of-service.yaml").read_text(encoding="utf-8"))
    created = Bench().apply(record["files"][f"{file}.yaml"])
    assert ("clusterIP" in created["spec"]) == (file != "external")
