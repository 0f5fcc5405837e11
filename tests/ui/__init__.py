"""Tests of the screen, in an environment that is the same everywhere."""

from __future__ import annotations

import os

# Textual reads these when it is imported.
for _name in [name for name in os.environ if name.startswith("TEXTUAL") or name in {"NO_COLOR", "TUTOR_ASCII"}]:
    del os.environ[_name]
os.environ["LANG"] = os.environ["LC_ALL"] = "C.UTF-8"
