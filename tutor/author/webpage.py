"""A handout as one web page that needs nothing else: styles and pictures are in it."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from tutor.course.languages import WRITTEN_IN
from tutor.course.loader import DRAWING
from tutor.paths import assets_dir

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1d2733; --paper: #fff; --soft: #f3f5f8; --line: #d5dbe3; --accent: #1f5fbf; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #dde3ea; --paper: #14181d; --soft: #1e242b; --line: #38424d; --accent: #7fb0ff; }
}
body { margin: 0 auto; max-width: 46rem; padding: 2rem 1rem 4rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.6 system-ui, sans-serif; }
h1 { line-height: 1.2; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875rem; }
code { background: var(--soft); padding: .1em .3em; border-radius: 4px; }
pre { background: var(--soft); padding: .8rem 1rem; border-radius: 8px; overflow-x: auto; line-height: 1.4; }
pre code { background: none; padding: 0; } pre b { white-space: pre-wrap; overflow-wrap: anywhere; }
figure { margin: 1rem 0; } figcaption { font-size: .875rem; }
a { color: var(--accent); } img { max-width: 100%; height: auto; background: #fff; border-radius: 8px; }
li.check { list-style: none; margin-left: -1.4rem; }
@media print {
  body { max-width: none; padding: 0; font-size: 11pt; color: #000; background: #fff; }
  pre { white-space: pre-wrap; border: 1px solid #ccc; background: #fff; } h2 { break-after: avoid; }
  pre, img, li { break-inside: avoid; }
}
"""
_DESCRIPTION: Final = re.compile(r"<desc[^>]*>([^<]*)</desc>")
_CONSOLE: Final = re.compile(r'(<pre><code class="language-console">)([^<]*)')
_TYPED: Final = re.compile(r"^(?:[\w.-]+@[\w.-]+:\S*|[~/]\S*|\w*) ?[$#] .+(?:\n&gt; .*)*$", re.MULTILINE)
"""A line at a prompt of the learner's computer or of a container, with those that continue it."""
_BOX: Final = re.compile(r"<li>(<p>)?\[([ x])\] ")


class _Renderer(RendererHTML):
    """Shows drawings as what they are, and all else as it always is."""

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A code block, or a drawing."""
        language, _, words = tokens[idx].info.strip().partition(" ")
        if language != DRAWING:
            return super().fence(tokens, idx, options, env)
        return _drawing(tokens[idx].content.rstrip("\n"), words.strip())


def to_html(markdown: str, title: str, language: str = "") -> str:
    """The page.

    Args:
        markdown: the handout.
        title: what the browser's tab says.
        language: the language it is in; empty for the one lessons are written in.
    """
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table")
    body = parser.render(markdown)
    body = _BOX.sub(lambda box: f'<li class="check">{box[1] or ""}{"☑" if box[2] == "x" else "☐"} ', body)
    body = _CONSOLE.sub(lambda block: block[1] + _TYPED.sub(r"<b>\g<0></b>", block[2]), body)
    return (
        f'<!doctype html>\n<html lang="{language or WRITTEN_IN}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )


def _drawing(drawing: str, words: str) -> str:
    """A drawing as an element: as the picture that there is of it, or else as it was drawn, with what it shows."""
    said, pictures = html.escape(words), _pictures()
    if drawing in pictures:
        data = base64.b64encode(pictures[drawing].encode("utf-8")).decode("ascii")
        described = _DESCRIPTION.search(pictures[drawing])
        alt = said or (html.escape(described[1]) if described else "")
        return f'<p><img src="data:image/svg+xml;base64,{data}" alt="{alt}"></p>\n'
    drawn = f'<pre role="img" aria-label="{said}">{html.escape(drawing)}\n</pre>'
    return f"<figure>{drawn}<figcaption>{said}</figcaption></figure>\n"


@lru_cache(maxsize=1)
def _pictures() -> Mapping[str, str]:
    """The drawings that there are pictures of too, each with the SVG."""
    drawings = sorted((assets_dir() / "diagrams").glob("*.txt"))
    pictures = {drawing: drawing.with_suffix(".svg") for drawing in drawings}
    return {
        drawing.read_text(encoding="utf-8").rstrip("\n"): picture.read_text(encoding="utf-8")
        for drawing, picture in pictures.items()
        if picture.is_file()
    }
