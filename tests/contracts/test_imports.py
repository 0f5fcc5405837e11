"""What a start-up must not load.

A static graph cannot see whether a deferred import is really deferred, so each case runs in a process of its own and
looks at what is in memory afterwards.
"""

import subprocess
import sys

import pytest

HEAVY = ("textual", "rich", "pydantic", "bashkit", "yaml", "asyncio")

CASES = {
    "import tutor.cli": HEAVY,
    "import contextlib, tutor.cli\nwith contextlib.suppress(SystemExit): tutor.cli.main(['--version'])": HEAVY,
    "import tutor.ui.run, tutor.course.packs": ("pydantic", "bashkit", "yaml", "aiohttp", "hashlib"),
    "import tutor.author.check": ("textual", "rich", "pydantic", "bashkit", "asyncio"),
    "import tutor.engine.cluster": ("textual", "rich", "pydantic", "bashkit", "yaml", "asyncio"),
    "import tutor.kubectl.main": ("textual", "rich", "pydantic", "bashkit"),
    "import tutor.shell.simulation": ("textual", "rich", "pydantic"),
    "import tutor.course.session": ("textual", "rich"),
}


def loaded_after(code: str) -> set[str]:
    """The top-level modules in memory after the code ran in a new interpreter."""
    report = f"{code}\nimport sys\nprint('\\n'.join(sorted(name for name in sys.modules if '.' not in name)))"
    result = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


@pytest.mark.parametrize("code", CASES)
def test_heavy_modules_stay_unloaded(code: str) -> None:
    assert loaded_after(code).isdisjoint(CASES[code])


def test_the_probe_sees_what_is_loaded() -> None:
    assert "yaml" in loaded_after("import yaml")
