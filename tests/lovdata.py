"""Laws in Lovdata's format that we have written ourselves."""

from __future__ import annotations

import re

HEAD = {
    "legacyID": "LOV-2020-02-03-4",
    "dokid": "NL/lov/2020-02-03-4",
    "dateInForce": "2021-01-01, 2021-07-01, Kongen bestemmer",
    "lastChangeInForce": "2024-07-01",
    "lastChangedBy": '<a href="lov/2024-05-06-7">lov/2024-05-06-7</a> fra 2024-07-01',
    "changesToDocuments": "<ul><li>lov/1999-01-02-3</li></ul>",
    "dateOfPublication": "2020-02-04 11:00",
    "titleShort": "Benkeloven – benkl",
    "title": "Lov om benker på torget (benkeloven)",
    "refid": "lov/2020-02-03-4",
}

BODY = """
<h1>Lov om benker på torget (benkeloven)</h1>
<section class="section" data-name="kap1" id="kapittel-1"><h2>Kapittel 1. Om benker</h2>
<article class="legalArticle" data-name="§1-1" id="kapittel-1-paragraf-1"><h3 class="legalArticleHeader"><span
 class="legalArticleValue">§&#160;1-1</span>. <span class="legalArticleTitle">Formål</span></h3><article
 class="legalP" id="a">Loven skal gi alle et sted å sitte.<sup class="footnotereference">1</sup> Den gjelder på
 torget, jf. <a href="lov/1997-06-13-55/§15">serveringsloven § 15</a>.</article><article class="legalP" id="b">Den
 gjelder ikke<ol class="defaultList" type="a"><li data-name="a." value="1"><article class="listArticle"><article
 class="legalP">på taket,</article></article></li><li data-name="b." value="2"><article class="listArticle"><article
 class="legalP">i kjelleren når<ol type="1"><li data-name="1." value="1"><article class="listArticle"><article
 class="legalP">den er låst, eller</article></article></li><li data-name="2." value="2"><article
 class="listArticle"><article class="legalP">Kommunen sier nei.</article></article></li></ol></article><article
 class="legalP">Nr. 2 gjelder bare om vinteren.</article></article></li></ol><p class="leddfortsettelse">Dette
 avgjøres av <i>torgmesteren</i>.</p></article><article class="changesToParent">Endret ved lov <a
 href="lov/2024-05-06-7">6 mai 2024 nr. 7</a>.</article><footer class="footnotes"><article class="footnote"
 data-unique-footnote-counter="1"><span class="footnoteLabel">1</span> En fotnote.</article></footer></article>
<article class="legalArticle" data-name="§1-1a"><h3 class="legalArticleHeader"><span class="legalArticleValue">§ 1-1
 a</span>.</h3><article class="numberedLegalP" data-numerator="1">(1) Benker males grønne.</article><article
 class="numberedLegalP" data-numerator="2">(2) Gebyret er:<table><thead><tr><th>Benk</th><th>Kroner</th></tr></thead>
 <tbody><tr><td>Lang<br/>benk</td><td>100</td></tr><tr><td/><td>50</td></tr></tbody></table></article></article>
</section>
<section class="section" data-name="kap2"><h2>Kapittel 2. Slutt</h2>
<section class="section"><h3>I. Gamle regler</h3>
<article class="legalArticle" data-name="§2-1"><h4 class="legalArticleHeader"><span
 class="legalArticleValue">§ 2-1</span>. <span class="legalArticleTitle">(Opphevet)</span></h4><article
 class="changesToParent">Opphevet ved lov 6 mai 2024 nr. 7.</article></article>
<article class="legalArticle" data-name="§2-2"><h4 class="legalArticleHeader"><span
 class="legalArticleValue">§ 2-2</span>. <span class="legalArticleTitle">Nye benker</span></h4><article
 class="changesToParent"><strong>Tilføyes</strong> ved lov 6 mai 2024 nr. 7 (i kraft 1 jan 2031).</article></article>
<article class="legalArticle" data-name="§2-3"><h4 class="legalArticleHeader"><span
 class="legalArticleValue">§ 2-3</span>. <span class="legalArticleTitle">Bord</span><sup class="footnotereference"
 data-unique-footnote-counter="2">1</sup></h4><article class="legalP">Bord er benker.</article><footer
 class="footnotes"><article class="footnote" data-unique-footnote-counter="2"><span class="footnoteLabel">1</span> Ikke
 ikr.</article></footer></article></section></section>
<section class="section"><h2>Vedlegg 1. Farger</h2><article class="defaultP">Tillatt er:</article><ul
 class="defaultList"><li data-li-identifier="-" data-name="-"><article class="listArticle"><article
 class="legalP">grønt</article></article></li></ul></section>
"""


def law(body: str = BODY, lang: str = "no", **head: str) -> str:
    """A law in Lovdata's format: its header says what HEAD does but for `head`, where "" leaves an entry out."""
    entries = {name: text for name, text in (HEAD | head).items() if text}
    said = "".join(f'<dt class="{name}">{name}</dt><dd class="{name}">{text}</dd>' for name, text in entries.items())
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>Lov</title><base href="https://lovdata.no/" /></head><body>'
        f'<header class="documentHeader"><dl class="data-document-key-info">{said}</dl></header>'
        f'<main class="documentBody" id="dokument">{body}</main></body></html>'
    )


def paragraphs(**texts: str) -> str:
    """The body of a law: `p1="..."` is § 1 with these words, a ledd each, given as XML."""
    return "".join(
        f'<article class="legalArticle" data-name="§{name[1:]}"><h2 class="legalArticleHeader"><span'
        f' class="legalArticleValue">§ {name[1:]}</span>.</h2>'
        + "".join(f'<article class="legalP">{ledd}</article>' for ledd in text.split("\n"))
        + "</article>"
        for name, text in texts.items()
    )


def numbered(body: str) -> str:
    """The paragraphs with a number on each ledd that begins with one."""
    return re.sub(r'class="legalP">\((\d)\)', r'class="numberedLegalP" data-numerator="\1">(\1)', body)
