"""Reads Markdown: guides and routines, with what their front matter says about them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import yaml  # type: ignore[import-untyped]
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from pydantic import BaseModel, ConfigDict, ValidationError
from selectolax.lexbor import LexborHTMLParser

from ingest.fetching import Fetched
from ingest.readers.html.nesting import limit_nesting
from ingest.readers.legal import legal_reference
from ingest.readers.outline import Outline
from ingest.readers.reading import AudienceUnclear, ReadError, decode, document, one_line, refuse_html, title_of
from ingest.sources import Kind, Language, Source, Text
from knowledge.model import Audience, Document, LegalReference

_CHECKED = re.compile(r"(?:Veiledning|Rettleiing|Intern rutine), kontrollert ")


class _FrontMatter(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: Text | None = None
    language: Language | None = None
    topic: Text | None = None
    area: Text | None = None
    audience: Audience | None = None
    kind: Kind | None = None
    published: dt.date | None = None
    changed: dt.date | None = None
    checked: dt.date | None = None


def read_markdown(fetched: Fetched, source: Source) -> Document:
    """The document of a Markdown file. Its front matter overrides the source, but it may only narrow the audience.

    Every heading but the title begins a section. Links are reduced to their text; those to Lovdata stay as references.
    """
    text = decode(fetched).lstrip()
    refuse_html(fetched, text)
    said, body = _front_matter(fetched, text)
    _refuse_widening(fetched, said, source)
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(body))
    first = next((node for node in tree.children if node.tag == "h1"), None)
    title = title_of(fetched, source, said.get("title"), source.title, _text(first) if first else "")
    outline = Outline(title)
    for node in tree.children:
        if node is not first:
            _add(node, outline)
    return document(fetched, source, title, outline.sections(), **said)


def _front_matter(fetched: Fetched, text: str) -> tuple[dict[str, Any], str]:
    handler = YAMLHandler()
    if not handler.detect(text):
        return {}, text
    try:
        head, body = handler.split(text)
        said = _FrontMatter.model_validate(handler.load(head) or {})
    except ValidationError as error:
        detail = error.errors()[0]
        key = ".".join(str(part) for part in detail["loc"]) or "the whole of it"
        raise _fault(text)(fetched, f"front matter, {key}: {detail['msg'].lower()}", "correct it") from error
    except yaml.YAMLError as error:
        raise _fault(text)(fetched, f"front matter is not YAML ({one_line(str(error))})", "correct it") from error
    except ValueError as error:
        raise _fault(text)(fetched, "front matter has no end", "put a line of --- after it") from error
    return said.model_dump(exclude_none=True), body


def _fault(text: str) -> type[ReadError]:
    """Whether front matter that can't be read might have said who may read the text."""
    return AudienceUnclear if re.search(r"^\s*audience\b", text, re.M | re.I) else ReadError


def _refuse_widening(fetched: Fetched, said: dict[str, Any], source: Source) -> None:
    if source.audience is Audience.INTERNAL and said.get("audience") is Audience.PUBLIC:
        raise ReadError(
            fetched,
            f"is marked public but source '{source.name}' is internal",
            "mark it internal, or move it to a public source",
        )


def _add(node: SyntaxTreeNode, outline: Outline) -> None:
    if node.type == "heading":
        outline.heading(int(node.tag[1]), _text(node))
        return
    text = _block(node)
    if not (outline.is_at_start and _CHECKED.match(text)):
        outline.block(text, _references(node))


def _references(node: SyntaxTreeNode) -> Iterator[LegalReference]:
    for link in node.walk():
        if link.type == "link":
            reference = legal_reference(_text(link), str(link.attrs.get("href", "")))
            if reference:
                yield reference


def _block(node: SyntaxTreeNode) -> str:
    match node.type:
        case "bullet_list" | "ordered_list":
            return "\n".join(_lines(node))
        case "table":
            rows = (row for part in node.children for row in part.children)
            return "\n".join(" | ".join(_text(cell) for cell in row.children) for row in rows)
        case "blockquote":
            return "\n\n".join(filter(None, map(_block, node.children)))
        case "code_block" | "fence":
            return node.content.rstrip()
        case "html_block":
            return _html_text(node.content)
        case _:
            return _text(node)


def _lines(items: SyntaxTreeNode) -> Iterator[str]:
    for item in items.children:
        lines = [line for block in item.children for line in _block(block).splitlines()]
        for number, line in enumerate(lines):
            yield f"- {line}" if number == 0 else f"  {line}"


def _text(node: SyntaxTreeNode) -> str:
    return "\n".join(one_line(line) for line in _inline(node).split("\n")).strip()


def _inline(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text" | "code_inline":
            return node.content.replace("\n", " ")
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "html_inline":
            return ""
        case _:
            return "".join(_inline(child) for child in node.children)


def _html_text(html: str) -> str:
    tree = LexborHTMLParser(limit_nesting(html))
    tree.strip_tags(["script", "style", "template"])
    return one_line(tree.body.text(separator=" ")) if tree.body else ""
