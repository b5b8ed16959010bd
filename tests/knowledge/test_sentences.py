from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.sentences import sentences


@pytest.mark.parametrize(
    "parts",
    [
        ["Du må søke.", "Kommunen svarer."],
        ["Må du søke?", "Ja!", "Kommunen svarer."],
        ["Du må ha bevilling, jf. § 4-1.", "Kommunen svarer."],
        ["Du må ha bevilling, jf. serveringsloven § 3.", "Det gjelder alle."],
        ["Se nr. 2 og pkt. 3 i forskriften.", "Den gjelder alle."],
        ["Det gjelder bl.a. kafeer, kiosker mv. i sentrum.", "Andre må søke."],
        ["Fristen er 1. januar.", "Etter det er det for sent."],
        ["Stedet åpner kl. 06.00 og stenger ca. kl. 22.", "Da er det stengt."],
        ["Gjerdet kan være 1,8 meter.", "Muren kan være 0,5 m høy."],
        ["Antenner kan være inntil 5,0 m.", "Det gjelder også 4 m. høye master."],
        ["Du må ha bevilling, jf. § 4 a.", "Kommunen svarer etter § 4-1 b. første ledd."],
        ["Se plan- og bygningsloven kap. 20.", "Der står det mer."],
        ["Dokumentene er f.eks. tegninger.", "Send dem inn."],
        ["Han sa: «Du må søke.»", "Det gjorde hun."],
        ["The fee is due, e.g. on 1 May.", "Pay it."],
        ["Bevilling kreves for øl; vin er noe annet."],
        ["Du må sende inn: søknad og tegninger."],
        ["Du trenger:", "- søknad", "- tegninger, jf. § 5-4", "Send alt til kommunen."],
        ["Første ledd", "Andre ledd uten punktum"],
        ["Det er lov (men bare ute).", "Inne er det forbudt."],
    ],
    ids=lambda parts: parts[0],
)
def test_a_text_falls_into_its_sentences_and_list_items(parts: list[str]) -> None:
    text = (
        " ".join(parts).replace(" - ", "\n- ").replace(" Send alt", "\nSend alt").replace("ledd Andre", "ledd\nAndre")
    )
    assert sentences(text) == parts


@pytest.mark.parametrize("text", ["", " \n\n ", "—", "* * *\n---"])
def test_a_text_without_words_has_no_sentences(text: str) -> None:
    assert sentences(text) == []


@given(st.text(st.sampled_from('aBæ1 .!?:;\n\u00a0\u2028\t-§()«»"jfnr,'), max_size=200))
@example("jf. § 4-1. Nr. 2.\n\n1. A. b.")
def test_every_sentence_is_verbatim_and_in_order_and_no_word_is_lost(text: str) -> None:
    rest = text
    for sentence in sentences(text):
        before, found, rest = rest.partition(sentence)
        assert found
        assert sentence == sentence.strip()
        assert not any(character.isalnum() for character in before)
    assert not any(character.isalnum() for character in rest)
