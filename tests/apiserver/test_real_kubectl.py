"""The recordings played by the real kubectl against the simulated cluster, and compared with ours.

`TUTOR_FULL=1` plays every recording with every kubectl of this machine; otherwise a sample with the newest one.
`python -m tests.apiserver.scores` prints the score of each.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.apiserver.real_kubectl import FULL_SCORE, SCORES, bench, differing_steps
from tests.kubectl.recordings import NAMES, load
from tests.programs import kubectls

FOUND = kubectls()
NEWEST = max(
    (version for version in FOUND if version != "newest"), key=lambda each: int(each.split(".")[1]), default=""
)
EVERYTHING = bool(os.environ.get("TUTOR_FULL"))
SAMPLE = ("02-clusterip-allocation", "05-endpoints-follow-pods")

pytestmark = pytest.mark.skipif(not NEWEST, reason="this machine has no real kubectl (kubectl.1.27 to kubectl.1.33)")


@pytest.mark.parametrize("name", NAMES if EVERYTHING else SAMPLE)
async def test_the_newest_kubectl_answers_as_recorded(name: str, tmp_path: Path) -> None:
    if SCORES.get(NEWEST) != FULL_SCORE:
        pytest.skip(f"kubectl {NEWEST} has texts of its own")
    async with bench(FOUND[NEWEST], tmp_path) as at:
        differing = await differing_steps(at, load(name))
    assert not differing, "\n".join(differing)


@pytest.mark.skipif(not EVERYTHING, reason="TUTOR_FULL=1 plays every kubectl")
@pytest.mark.parametrize("version", sorted(SCORES))
async def test_older_kubectls_differ_by_their_own_texts_alone(version: str, tmp_path: Path) -> None:
    if version not in FOUND:
        pytest.skip(f"this machine has no kubectl {version}")
    differing = 0
    for name in NAMES:
        folder = tmp_path / name
        folder.mkdir()
        async with bench(FOUND[version], folder) as at:
            differing += len(await differing_steps(at, load(name)))
    assert FULL_SCORE - differing >= SCORES[version]
