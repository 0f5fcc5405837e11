"""Tests of the screen, in an environment that is the same everywhere."""

from __future__ import annotations

import os

# Textual reads these when it is imported.
_OURS = "TEXTUAL_SNAPSHOT_TEMPDIR"  # set by pytest-textual-snapshot, which needs it to the end
for _name in [n for n in os.environ if (n.startswith("TEXTUAL") and n != _OURS) or n in {"NO_COLOR", "TUTOR_ASCII"}]:
    del os.environ[_name]
os.environ["LANG"] = os.environ["LC_ALL"] = "C.UTF-8"
