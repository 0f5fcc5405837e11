"""Text from the cluster, the shell or the learner, shown exactly as it is.

Textual reads plain strings given to most widgets as markup, in which `[/foo]` is an error and `[int]` disappears. Every
string that the app did not write itself goes through `literal` on its way to a widget.
"""

from __future__ import annotations

import re

from textual.content import Content
from textual.widgets import Static

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """The text without control characters (which could move the cursor or reverse the line), tabs as spaces."""
    return _CONTROL.sub("", text).expandtabs(8)


def shown_controls(text: str) -> str:
    """The text with a sign in place of every control character but tabs, each as long as before."""
    return _CONTROL.sub("\ufffd", text)


def literal(text: str, style: str = "") -> Content:
    """The text as content for a widget, in one style, with nothing in it read as markup.

    Args:
        text: anything at all.
        style: a Textual style such as `bold $success`; none if empty.
    """
    shown = plain(text)
    return Content.styled(shown, style) if style else Content(shown)


def show_in(widget: Static, content: Content) -> None:
    """Show content in a widget, at no cost if that is what it shows already."""
    shown = widget.content
    if not (isinstance(shown, Content) and shown.is_same(content)):
        widget.update(content)
