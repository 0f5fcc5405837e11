"""Text tools over kubectl output answer as real bash and coreutils did: `tests/golden/shell/pipelines.yaml`."""

from pathlib import Path

import pytest
import yaml

from tutor.shell.simulation import Simulation

GOLDEN = yaml.load(
    (Path(__file__).parents[1] / "golden" / "shell" / "pipelines.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader
)
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def simulation():
    return Simulation(files=GOLDEN["files"], apart=True)


@pytest.mark.parametrize("step", GOLDEN["steps"], ids=[step["cmd"] for step in GOLDEN["steps"]])
async def test_pipeline(simulation, step):
    result = await simulation.terminal.submit(step["cmd"])
    assert (result.stdout, result.stderr, result.exit_code) == (step["stdout"], step["stderr"], step["rc"])
