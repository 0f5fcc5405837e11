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


async def test_tar_makes_lists_and_unpacks(run):
    assert (await run("mkdir -p d/e && echo one > d/a && echo two > d/e/b && tar -czvf x.tgz d")).output.split() == [
        "d/", "d/a", "d/e/", "d/e/b",
    ]  # fmt: skip
    assert (await run("tar tf x.tgz d/e")).output == "d/e/\nd/e/b\n"
    await run("mkdir f && tar xzf x.tgz -C f --strip-components=1 && rm -r d")
    assert (await run("cat f/a f/e/b")).output == "one\ntwo\n"
    assert (await run("tar cf - f | tar -xmf - -C /tmp && cat /tmp/f/a")).output == "one\n"
    assert (await run("tar xOf x.tgz d/a")).output == "one\n"
    result = await run("tar cf y.tar nope; tar xf nope.tar; tar -q; echo no > z; tar tf z")
    assert result.output.splitlines() == [
        "tar: nope: Cannot stat: No such file or directory",
        "tar: Exiting with failure status due to previous errors",
        "tar: nope.tar: Cannot open: No such file or directory",
        "tar: Error is not recoverable: exiting now",
        "tar: invalid option -- 'q'",
        "Try 'tar --help' or 'tar --usage' for more information.",
        "tar: This does not look like a tar archive",
        "tar: Exiting with failure status due to previous errors",
    ]
