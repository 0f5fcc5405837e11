"""Words of the glossary in the texts of a lesson: the first of each is a link to its explanation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import quote, unquote

from textual.content import Content
from textual.style import Style

SCHEME: Final = "term:"
_UNTOUCHED: Final = re.compile(r"^(```|~~~).*?^\1.*?$|`[^`]*`|\[[^\]]*\]\([^)]*\)|^#.*?$", re.MULTILINE | re.DOTALL)
"""Code, links and headings."""


class TermLinks:
    """Makes words of the glossary into links to their explanation: the first of each in the texts it is given.

    Args:
        terms: the words; the plural with `s` is meant too.
    """

    def __init__(self, terms: Iterable[str] = ()) -> None:
        words = sorted(terms, key=len, reverse=True)
        self._exact = {word.lower(): word for word in words}
        alternatives = "|".join(map(re.escape, words))
        self._wanted = re.compile(rf"\b({alternatives})(s?)\b", re.IGNORECASE) if words else None
        self._seen: set[str] = set()

    def markdown(self, text: str) -> str:
        """Markdown with links; code, headings and links stay as they are."""
        return "".join(part if kept else self._link_all(part) for kept, part in _parts(text))

    def content(self, content: Content) -> Content:
        """Content with links that a click on them opens."""
        for start, end, term in self._find(content.plain):
            opens = Style(underline=True) + Style.from_meta({"@click": f"screen.explain({term!r})"})
            content = content.stylize(opens, start, end)
        return content

    def _link_all(self, text: str) -> str:
        for start, end, term in reversed(list(self._find(text))):
            text = f"{text[:start]}[{text[start:end]}]({SCHEME}{quote(term)}){text[end:]}"
        return text

    def _find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where a word begins and ends that was not met before, and which it is."""
        for match in self._wanted.finditer(text) if self._wanted else ():
            term = self._exact[match[1].lower()]
            # A Service is a kind of object, a service may be any.
            if term not in self._seen and (term.islower() or match[1] == term):
                self._seen.add(term)
                yield match.start(), match.end(), term


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """The text in pieces, each with whether it is to be kept as it is."""
    position = 0
    for match in _UNTOUCHED.finditer(text):
        yield False, text[position : match.start()]
        yield True, match[0]
        position = match.end()
    yield False, text[position:]


def term_of(link: str) -> str:
    """The term a link is for; empty for other links."""
    return unquote(link.removeprefix(SCHEME)) if link.startswith(SCHEME) else ""


def terms_page(terms: Iterable[tuple[str, str]]) -> str:
    """All terms with their explanations, as Markdown."""
    return "\n\n".join(["# Words of this lesson", *(f"**{term}**: {text}" for term, text in terms)])


def explanation(terms: Iterable[tuple[str, str]], term: str) -> str:
    """What a term means, as Markdown; empty if it is not known."""
    known: Mapping[str, str] = dict(terms)
    return f"**{term}**: {known[term]}" if known.get(term) else ""
