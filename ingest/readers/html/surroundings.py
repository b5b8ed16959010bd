"""Tells the content of a web page from what stands around it, and what is folded in from what is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.readers.reading import one_line

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

_TAGS = set(
    "script style noscript template iframe object embed svg canvas audio video head nav footer dialog menu input select"
    " textarea label datalist option progress meter".split()
)
_ROLES = set(
    "navigation banner contentinfo search dialog alertdialog menu menubar toolbar tablist tooltip progressbar".split()
)
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|breadcrumbs?(?:-?list)?|brodsmuler?|share|sharing|sharedaddy|deling|social"
    r"|feedback|tilbakemelding|skip-?link|readspeaker|pagination|sr-only|visually-?hidden|screen-reader-text)"
    r"(?:$|[\s_-])",
    re.I,
)
_INVISIBLE = str.maketrans(dict.fromkeys("\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NO-BREAK SPACE}"))
_FOLDED = re.compile(r"accordi|collaps|expand|toggle|panel|fold|trekkspill|faq|tab-?(?:pane|content)|details", re.I)
_BOX = re.compile(
    r"(?:les|se|sjå) også|relater\w*(?: \w+)?|lignende sider|aktuelt|siste nytt|nyheter|nyhende|snarveg?ar|snarveier"
    r"|del(?: (?:dette|siden|sida|artikkelen|på .*))?|(?:fant|fann) du\b.*"
    r"|var (?:denne|dette|informasjon|sid[ae]n?)\b.*"
    r"|(?:gi|gje) (?:oss )?(?:ei |en )?tilbakemelding|(?:innhold|innhald)?\s?på denne sid[ae]n?|related(?: \w+)?"
    r"|share(?: this.*)?|(?:was this|did you find)\b.*|on this page",
    re.I,
)
_TOOL = re.compile(
    r"skriv ut(?: sid[ae]n?)?|(?:gå )?til toppen|tilbake til toppen|lytt(?: til .*)?|tips en venn|tips ein ven"
    r"|del(?: på .*)?|print(?: this page)?|share(?: on .*)?|(?:back )?to (?:the )?top|hopp til .*|skip to .*|abonner",
    re.I,
)
_LONGEST_TOOL = 40
_MORE = re.compile(
    r"(?:vis|les|se|sjå|show|read) (?:mer|meir|mindre|alle?|more|less|all)|åpne|opne|lukk|open|close", re.I
)
_OPENERS = "[aria-expanded], [role=tab][aria-controls], [data-toggle=collapse], [data-bs-toggle=collapse]"


class Surroundings:
    """What of one page is not its content.

    Most of a municipality's text is folded in: hidden until one presses a button that controls it. Such panels are
    content, and the button's text is their heading; what else is hidden (menus, dialogs, icons) is not.
    """

    def __init__(self, tree: LexborHTMLParser) -> None:
        self._panels = dict(_panels(tree))
        self._openers = {opener.mem_id for opener in self._panels.values()}
        self._spine = _above(tree.css("h1") + tree.css("main, [role=main]"), {"html"})
        leading = _above(tree.css("header nav, header form, header [role=search]"), {"html"})
        self._banners = {node.mem_id for node in tree.css("header") if node.mem_id in leading}

    def hold(self, node: LexborNode) -> bool:
        """Whether the element, with all that is in it, is none of the page's content."""
        tag = node.tag or ""
        if tag in _TAGS or tag.startswith("!") or node.mem_id in self._spine:
            return node.mem_id not in self._spine
        if tag == "a":
            return len(text := one_line(node.text())) < _LONGEST_TOOL and bool(_TOOL.fullmatch(text))
        return self._is_marked(node, tag)

    def _is_marked(self, node: LexborNode, tag: str) -> bool:
        attributes = node.attributes
        if not attributes and node.mem_id not in self._banners and node.mem_id not in self._panels:
            return tag == "form"
        if tag == "form" or node.mem_id in self._banners or (attributes.get("role") or "") in _ROLES:
            return True
        if _NAMED.search(f"{attributes.get('id') or ''} {attributes.get('class') or ''}"):
            return True
        opener = self.opener(node)
        if opener is not None:
            return is_box(label(opener))
        return _is_hidden(attributes) and not _folds(node)

    def opener(self, panel: LexborNode) -> LexborNode | None:
        """The button that folds this element out and in."""
        return self._panels.get(panel.mem_id)


def _panels(tree: LexborHTMLParser) -> Iterator[tuple[int, LexborNode]]:
    openers = tree.css(_OPENERS)
    named = {node.id: node for node in tree.css("[id]")} if openers else {}
    for opener in openers:
        target = _value(opener, "aria-controls", "data-target", "data-bs-target", "href").lstrip("#")
        heading = opener.parent
        is_headed = heading is not None and heading.tag in HEADINGS
        panel = named.get(target) or beside(heading if heading is not None and is_headed else opener, "next")
        if panel is not None:
            yield panel.mem_id, opener


def _above(nodes: list[LexborNode], outside: set[str]) -> set[int]:
    found: set[int] = set()
    for node in nodes:
        at: LexborNode | None = node
        while at is not None and at.mem_id not in found and at.tag not in outside:
            found.add(at.mem_id)
            at = at.parent
    return found


def beside(node: LexborNode, side: Literal["next", "prev"]) -> LexborNode | None:
    """The next or the previous element with the same parent."""
    at: LexborNode | None = getattr(node, side)
    while at is not None and not at.is_element_node:
        at = getattr(at, side)
    return at


def _folds(node: LexborNode) -> bool:
    before = beside(node, "prev")
    named = f"{node.attributes.get('class') or ''} {node.id or ''}"
    return bool(_FOLDED.search(named)) or (before is not None and before.tag in HEADINGS)


def is_list_of_links(node: LexborNode) -> bool:
    """Whether most of the text of a box is links to other pages."""
    links = sum(len(one_line(link.text())) for link in node.css("a[href]:not([href^='tel:'], [href^='mailto:'])"))
    return links * 2 > len(one_line(node.text()))


def is_box(heading: str) -> bool:
    """Whether what stands under such a heading is not of the page: links to others, sharing, asking for feedback."""
    return bool(_BOX.fullmatch(heading.strip(" ?:!.…")))


def names_nothing(text: str) -> bool:
    """Whether a button says only that there is more."""
    return not text or bool(_MORE.fullmatch(text))


def label(node: LexborNode) -> str:
    """The text of a heading or a button as it is seen, without icons and what only screen readers say."""
    words: list[str] = []
    stack = [node]
    while stack:
        at = stack.pop()
        if at.tag == "-text":
            words.append(at.text(deep=False))
        elif at.tag == "br":
            words.append(" ")
        elif at is node or not (at.tag in _TAGS or _is_hidden(at.attributes) or _is_spoken(at)):
            stack += reversed(list(at.iter(include_text=True)))
    return visible("".join(words))


def visible(text: str) -> str:
    """The text on one line, without the soft hyphens and other characters that only tell where a line may end."""
    return one_line(text.translate(_INVISIBLE))


def anchor_of(node: LexborNode) -> str:
    """The name by which the page's address leads to a heading; empty where there is none."""
    inner = node.css_first("[id], a[name]")
    own = _value(node, "id") or (_value(inner, "id", "name") if inner else "")
    part = node.parent
    if part is not None and part.tag == "summary":
        part = part.parent
    is_first = part is not None and part.tag in {"section", "details"} and beside(node, "prev") is None
    return own or (_value(part, "id") if part is not None and is_first else "")


def _value(node: LexborNode, *names: str) -> str:
    attributes = node.attributes
    return next(filter(None, (attributes.get(name) for name in names)), "") or ""


def _is_spoken(node: LexborNode) -> bool:
    return bool(re.search(r"sr-only|visually-?hidden|screen-reader", node.attributes.get("class") or "", re.I))


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or bool(re.search(r"display\s*:\s*none", attributes.get("style") or "", re.I))
    )
