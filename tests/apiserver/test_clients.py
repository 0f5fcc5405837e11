"""Client libraries others write programs with: each creates, watches, patches, applies and deletes."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from tutor.apiserver.server import ApiServer

SCRIPTS = Path(__file__).parent / "clients"


@pytest.mark.parametrize("library", ["kubernetes", "kr8s", "lightkube"])
async def test_a_script_of_the_library_works(library: str, server: ApiServer, tmp_path: Path) -> None:
    pytest.importorskip(library, reason=f"the Python package {library} is not installed (extra: clients)")
    config = tmp_path / "config"
    config.write_text(json.dumps(server.kubeconfig), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPTS / f"with_{library}.py"), env={"KUBECONFIG": str(config), "HOME": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    assert output.decode().splitlines()[-1] == "ADDED MODIFIED DELETED"
