from __future__ import annotations

import datetime as dt

from hypothesis import example, given
from hypothesis import strategies as st

from ingest.passages import LONGEST, passages_of
from knowledge.model import Audience, Document, LegalReference, Section

SENTENCE = "Den som vil drive serveringssted, må ha bevilling fra kommunen, jf. serveringsloven § 3. "


def document(*sections: Section, **values: object) -> Document:
    of_all = {"title": "Servering", "kind": "guidance", "audience": Audience.PUBLIC, "language": "nb"}
    return Document.model_validate({"id": "guides/servering", **of_all, "sections": sections, **values})


def test_a_short_section_is_one_passage_that_knows_its_document() -> None:
    basis = LegalReference(label="serveringsloven § 3", url="https://lovdata.no/x", key="law:serveringsloven/3")
    section = Section(
        anchor="krav", heading="Krav", text=SENTENCE.strip(), path=("Del 1",), page=3, keys=("k",), rests_on=(basis,)
    )
    checked, changed = dt.date(2026, 11, 24), dt.date(2026, 1, 2)
    (passage,) = passages_of(
        document(section, area="A", topic="t", url="https://k.no", checked=checked, changed=changed)
    )
    assert (passage.id, passage.document, passage.section) == ("guides/servering#krav", "guides/servering", "krav")
    assert (passage.title, passage.heading, passage.path, passage.page) == ("Servering", "Krav", ("Del 1",), 3)
    assert (passage.kind, passage.audience, passage.language) == ("guidance", Audience.PUBLIC, "nb")
    assert (passage.area, passage.topic, passage.url, passage.date) == ("A", "t", "https://k.no", checked)
    assert (passage.keys, passage.rests_on, passage.text) == (("k",), (basis,), section.text)


def test_a_long_section_is_split_after_sentences_and_numbered() -> None:
    passages = passages_of(
        document(Section(anchor="a", heading="A", text=SENTENCE * 25), Section(anchor="b", heading="B", text="b"))
    )
    assert [passage.id.partition("#")[2] for passage in passages] == ["a", "a~2", "a~3", "b"]
    assert all(passage.text.startswith("Den som") and passage.text.endswith("§ 3.") for passage in passages[:3])


def test_paragraphs_are_kept_whole_where_they_can_be() -> None:
    paragraph = (SENTENCE * 6).strip()
    passages = passages_of(
        document(Section(anchor="a", heading="A", text=f"{paragraph}\n\n{paragraph}\n\n{paragraph}"))
    )
    assert [passage.text for passage in passages] == [paragraph] * 3


def test_each_part_rests_on_the_paragraphs_it_names() -> None:
    labels = ["serveringsloven § 3", "alkoholloven § 1-5", "x" * 2000]
    references = tuple(LegalReference(label=label, url="https://lovdata.no/x", key=label[:20]) for label in labels)
    text = SENTENCE * 9 + "Etter alkoholloven § 1-5 gjelder mer. " + "Mer om dette. " * 60
    passages = passages_of(document(Section(anchor="a", heading="A", text=text, rests_on=references)))
    for passage in passages:
        named = [label for label in labels[:2] if label in passage.text]
        assert [reference.label for reference in passage.rests_on] == [*named, labels[2]]


@given(st.lists(st.text(st.sampled_from("aÆøå §.,;:!?\n-–«»(1\u00a0\u2028"), max_size=1500), min_size=1, max_size=3))
@example(["x" * 2000])
@example([" " * 2000])
@example(["a. B\n" * 400])
def test_passages_hold_all_of_a_section_verbatim_and_in_order(texts: list[str]) -> None:
    sections = [Section(anchor=f"s{number}", heading="S", text=text) for number, text in enumerate(texts)]
    passages = passages_of(document(*sections))
    assert len({passage.id for passage in passages}) == len(passages)
    for section in sections:
        rest = section.text
        for passage in (passage for passage in passages if passage.section == section.anchor):
            assert 0 < len(passage.text) <= LONGEST
            before, found, rest = rest.partition(passage.text)
            assert found
            assert not before.strip()
        assert not rest.strip()
