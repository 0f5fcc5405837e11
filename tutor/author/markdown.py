"""The parts of a Markdown text that can be wrong: code, links, pictures, and how wide its lines are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token


@dataclass(frozen=True)
class Block:
    """A code block.

    Args:
        language: the word after its fence; empty without one.
        text: its lines.
        words: what else stands after its fence: of a drawing, what it shows.
    """

    language: str
    text: str
    words: str = ""


@dataclass
class Parts:
    """A text taken apart.

    Args:
        blocks: its code blocks.
        codes: its inline code.
        links: where its links lead.
        pictures: the files its pictures name.
        tags: what looks like HTML, which is not shown; comments are none.
        lines: lines of code blocks, which are shown as they are, with their widths.
        tables: the first cell of each table, with the width of the whole.
        words: words between which a line may be broken.
    """

    blocks: list[Block] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    lines: list[tuple[str, int]] = field(default_factory=list)
    tables: list[tuple[str, int]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


_TAG: Final = re.compile(r"</?[A-Za-z][^>]*>")


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


@lru_cache(maxsize=1024)
def take_apart(text: str) -> Parts:
    """The parts of a Markdown text."""
    parts = Parts()
    tokens = _parser().parse(text)
    for token in tokens:
        if token.type in {"fence", "code_block"}:
            language, _, words = token.info.strip().partition(" ")
            parts.blocks.append(Block(language, token.content, words.strip()))
            parts.lines += ((line, cells(line)) for line in token.content.splitlines())
        elif token.type == "html_block":
            parts.tags += _TAG.findall(token.content)
        elif token.type == "inline":
            _take_inline(token.children or (), parts)
    parts.tables += _tables(tokens)
    return parts


def _take_inline(tokens: Sequence[Token], parts: Parts) -> None:
    run: list[str] = []
    for token in tokens:
        if token.type == "code_inline":
            parts.codes.append(token.content)
        elif token.type == "link_open":
            parts.links.append(str(token.attrGet("href") or ""))
        elif token.type == "image":
            parts.pictures.append(str(token.attrGet("src") or ""))
            continue
        elif token.type == "html_inline":
            parts.tags += _TAG.findall(token.content)
        run.append(" " if token.type in {"softbreak", "hardbreak"} else token.content)
    parts.words += "".join(run).split()


def _tables(tokens: Sequence[Token]) -> Iterator[tuple[str, int]]:
    """For each table its first row, and how wide the table is: the longest cell of each column, and frames."""
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows:
            rows[-1].append("".join(child.content for child in token.children or ()))
        elif token.type == "table_close":
            columns = zip(*rows, strict=True)
            yield rows[0][0], sum(max(map(cells, column)) + 2 for column in columns)
            rows = []


def cells(text: str) -> int:
    """How many cells of a terminal a text takes."""
    return len(text) if text.isascii() else sum(map(_cells_of, text))


def _cells_of(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in {"W", "F"} else 1
