"""Makes small Word files by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STYLES = {"Title": "Title", "Overskrift1": "heading 1", "Overskrift2": "heading 2", "INNH1": "toc 1"}
_BULLETS = (
    '<w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl>'
    '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
    "<dc:title>{title}</dc:title><dcterms:modified>2025-03-04T10:00:00Z</dcterms:modified></cp:coreProperties>"
)


def paragraph(text: str, style: str = "", bullet: int | None = None) -> str:
    """A paragraph; `text` may hold runs of its own."""
    runs = text if text.startswith("<") else f"<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>"
    of_style = f'<w:pStyle w:val="{style}"/>' if style else ""
    of_list = f'<w:numPr><w:ilvl w:val="{bullet}"/><w:numId w:val="1"/></w:numPr>' if bullet is not None else ""
    return f"<w:p><w:pPr>{of_style}{of_list}</w:pPr>{runs}</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    """A table of these rows."""
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def docx(*body: str, title: str = "", parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """A Word file; `parts` are put in as they are, in the place of ours too."""
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{id_}"><w:name w:val="{name}"/></w:style>'
        for id_, name in _STYLES.items()
    )
    ours: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{_RELATIONS}/officeDocument" Target="word/document.xml"/></Relationships>'
        ),
        "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{"".join(body)}</w:body></w:document>',
        "word/styles.xml": f'<w:styles xmlns:w="{_W}">{styles}</w:styles>',
        "word/numbering.xml": f'<w:numbering xmlns:w="{_W}">{_BULLETS}</w:numbering>',
        "docProps/core.xml": _CORE.format(title=title),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (ours | dict(parts or {})).items():
            archive.writestr(name, content)
    return file.getvalue()


def footnotes(*texts: str) -> str:
    """The part that holds the notes, numbered from 1."""
    notes = "".join(
        f'<w:footnote w:id="{number}">{paragraph(text)}</w:footnote>' for number, text in enumerate(texts, start=1)
    )
    return f'<w:footnotes xmlns:w="{_W}">{notes}</w:footnotes>'
