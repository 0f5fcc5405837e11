"""Is an input complete, and which commands does it run on which streams?"""

from pathlib import Path

import pytest
import yaml

from tutor.shell.scanner import Verdict, scan

GOLDEN = Path(__file__).parents[1] / "golden" / "shell" / "incomplete-input.yaml"
CASES = yaml.load(GOLDEN.read_text(encoding="utf-8"), yaml.CSafeLoader)["cases"]


@pytest.mark.parametrize("case", CASES, ids=[repr(case["input"]) for case in CASES])
def test_asks_for_another_line_as_bash_does(case):
    assert (scan(case["input"]).verdict is Verdict.INCOMPLETE) == case["incomplete"]
