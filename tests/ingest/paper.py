"""Makes small PDF files: pages of plain lines, or of texts and rules in their places."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import NamedTuple

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject, StreamObject
from pypdfium2 import PdfBitmap, PdfDocument  # type: ignore[import-untyped]

WIDTH, HEIGHT = 595, 842


class Text(NamedTuple):
    """A line of text; `y` is counted from the top of the page."""

    text: str
    x: float = 60
    y: float = 60
    size: float = 11
    bold: bool = False


class Ruled(NamedTuple):
    """A straight line, from the left or the top; `y` is counted from the top of the page."""

    x: float
    y: float
    to_x: float
    to_y: float


def pdf(*pages: Sequence[str], title: str = "", password: str = "", owner: str = "", changed: str = "") -> bytes:
    """A PDF of these pages, given as lines. With `owner` it opens for everybody but may not be changed."""
    writer = PdfWriter()
    for lines in pages:
        text = "T* ".join(f"({_escaped(line)}) Tj " for line in lines)
        _page(writer, f"BT /F 11 Tf 14 TL 60 780 Td {text} ET" if lines else "")
    if title:
        writer.add_metadata({"/Title": title})
    if changed:
        writer.add_metadata({"/ModDate": changed})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    if owner:
        writer.encrypt("", owner, algorithm="AES-256")
    return written(writer)


def drawn(
    *pages: Sequence[Text | Ruled], turned: int = 0, bookmarks: Sequence[tuple[str, int]] = (), title: str = ""
) -> bytes:
    """A PDF of pages on which everything has its place, written in the order given. `turned` are degrees that pages are
    shown at, `bookmarks` titles and pages, counted from 1.
    """
    writer = PdfWriter()
    for marks in pages:
        page = _page(writer, "\n".join(map(_drawn, marks)))
        if turned:
            writer.pages[page].rotate(turned)
    for name, number in bookmarks:
        writer.add_outline_item(name, number - 1)
    if title:
        writer.add_metadata({"/Title": title})
    return written(writer)


def scanned(content: bytes) -> bytes:
    """The same pages as pictures of themselves, without text."""
    writer = PdfWriter()
    with PdfDocument(content) as file:
        for page in file:
            bitmap = page.render(scale=200 / 72, grayscale=True)
            picture = StreamObject()
            picture.set_data(b"".join(bytes(row)[: bitmap.width] for row in _rows(bitmap)))
            size = {"/Width": NumberObject(bitmap.width), "/Height": NumberObject(bitmap.height)}
            kind = {"/Subtype": NameObject("/Image"), "/ColorSpace": NameObject("/DeviceGray")}
            values = {"/Type": NameObject("/XObject"), "/BitsPerComponent": NumberObject(8), **size, **kind}
            picture.update({NameObject(name): value for name, value in values.items()})
            drawing = writer.pages[_page(writer, f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /P Do Q")]
            named = DictionaryObject({NameObject("/P"): writer._add_object(picture.flate_encode())})
            resources = drawing["/Resources"]
            assert isinstance(resources, DictionaryObject)
            resources[NameObject("/XObject")] = named
    return written(writer)


def joined(*files: bytes) -> bytes:
    """One file of all their pages."""
    writer = PdfWriter()
    for file in files:
        writer.append(io.BytesIO(file))
    return written(writer)


def _rows(bitmap: PdfBitmap) -> list[memoryview]:
    content = memoryview(bitmap.buffer).cast("B")
    return [content[row * bitmap.stride : (row + 1) * bitmap.stride] for row in range(bitmap.height)]


def written(writer: PdfWriter) -> bytes:
    """The file that a writer holds."""
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def lines(texts: Sequence[str], x: float = 60, y: float = 60, size: float = 11, bold: bool = False) -> list[Text]:
    """Lines below each other, as near as in a paragraph."""
    return [Text(text, x, y + index * size * 1.25, size, bold) for index, text in enumerate(texts)]


def table(rows: Sequence[Sequence[str]], columns: Sequence[float], y: float, height: float = 18) -> list[Text | Ruled]:
    """A ruled table; `columns` are where its upright lines stand."""
    marks: list[Text | Ruled] = [Ruled(x, y, x, y + height * len(rows)) for x in columns]
    marks += [Ruled(columns[0], y + height * row, columns[-1], y + height * row) for row in range(len(rows) + 1)]
    for row, cells in enumerate(rows):
        marks += [Text(cell, x + 3, y + height * row + 13) for cell, x in zip(cells, columns, strict=False) if cell]
    return marks


def _drawn(mark: Text | Ruled) -> str:
    if isinstance(mark, Ruled):
        return f"{mark.x} {HEIGHT - mark.y} m {mark.to_x} {HEIGHT - mark.to_y} l S"
    font = "B" if mark.bold else "F"
    return f"BT /{font} {mark.size} Tf {mark.x} {HEIGHT - mark.y} Td ({_escaped(mark.text)}) Tj ET"


def _page(writer: PdfWriter, content: str) -> int:
    page = writer.add_blank_page(width=WIDTH, height=HEIGHT)
    if content:
        fonts = {"/F": _font("Helvetica"), "/B": _font("Helvetica-Bold")}
        named = DictionaryObject({NameObject(name): font for name, font in fonts.items()})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): named})
        stream = DecodedStreamObject()
        stream.set_data(content.encode("cp1252"))
        page[NameObject("/Contents")] = writer._add_object(stream)
    return len(writer.pages) - 1


def _font(name: str) -> DictionaryObject:
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject(f"/{name}"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
