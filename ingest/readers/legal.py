"""Links to Lovdata, understood as references to paragraphs of laws."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from ingest.readers.reading import one_line
from knowledge.model import LegalReference
from knowledge.references import PARAGRAPH_NUMBER, law_key

_PARAGRAPH = re.compile(rf"§+\s*({PARAGRAPH_NUMBER})", re.I)
_NUMBERED_LAW = re.compile(r"(\d{4}-\d{2}-\d{2}(?:-\d+)?)")


def legal_reference(text: str, url: str) -> LegalReference | None:
    """What a link rests on, such as [serveringsloven § 15](https://lovdata.no/...); None where it leads elsewhere.

    A link that does not name its law ("§ 15") is keyed by the number that the law has in its address.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or parts.hostname not in {"lovdata.no", "www.lovdata.no"}:
        return None
    label, address = one_line(text), unquote(url)
    number = _PARAGRAPH.search(label) or _PARAGRAPH.search(address)
    dated = _NUMBERED_LAW.search(address)
    law = label.partition("§")[0].strip() or (dated[1] if dated else "")
    if not label or not law:
        return None
    return LegalReference(label=label, url=address, key=law_key(law, number[1] if number else "").rstrip("/"))
