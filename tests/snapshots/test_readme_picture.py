"""The README's pictures show the app as it is."""

from __future__ import annotations

import html
import re

import pytest

from tests.snapshots.readme_picture import FOLDER, PICTURES, picture


def words(svg: str) -> list[str]:
    """The texts of a picture in their order, whatever their colours and places."""
    return [html.unescape(text).strip() for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


@pytest.mark.parametrize("name", PICTURES)
async def test_the_picture_is_current(name: str) -> None:
    """`python -m tests.snapshots.readme_picture` makes it anew."""
    kept = (FOLDER / name).read_text(encoding="utf-8")
    assert words(await picture(name)) == words(kept)
