"""Words of the glossary in the text of a lesson: the first of each is a link to its explanation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import quote, unquote

SCHEME: Final = "term:"
_UNTOUCHED: Final = re.compile(r"^(```|~~~).*?^\1.*?$|`[^`]*`|\[[^\]]*\]\([^)]*\)|^#.*?$", re.MULTILINE | re.DOTALL)
"""Code, links and headings."""


def linked(text: str, terms: Iterable[str]) -> str:
    """Markdown with the first of each term made a link.

    Args:
        text: Markdown.
        terms: the words; the plural with `s` is meant too.
    """
    words = sorted(terms, key=len, reverse=True)
    if not words:
        return text
    wanted = re.compile(r"\b(" + "|".join(map(re.escape, words)) + r")(s?)\b", re.IGNORECASE)
    exact = {word.lower(): word for word in words}
    seen: set[str] = set()

    def link(match: re.Match[str]) -> str:
        term = exact[match[1].lower()]
        # A Service is a kind of object, a service may be any.
        if term in seen or not (term.islower() or match[1] == term):
            return match[0]
        seen.add(term)
        return f"[{match[0]}]({SCHEME}{quote(term)})"

    return "".join(part if kept else wanted.sub(link, part) for kept, part in _parts(text))


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
