from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot import markdown
from bot.desk.case import Case, CaseState, Move, Officer
from bot.desk.notices import CaseNotice
from bot.handlers.slack.blocks import Message, said
from bot.handlers.slack.cases.card import card
from bot.handlers.slack.cases.rendering import answered
from bot.handlers.slack.mrkdwn import clip, escape, link, literal, plain, split
from bot.handlers.slack.replies.rendering import MOST_PARTS, parts, replied
from bot.people import Asker, Place
from bot.question import Reply, Status
from bot.texts import LANGUAGES, Texts
from knowledge.model import Audience, Citation, Claim
from tests.peers.slack import texts, validate
from tests.peers.slack.blocks import validate_blocks
from tests.slack.examples import ALCOHOL

TEXTS = Texts()
NOW = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
PLACE = Place(platform="slack", channel="C1", thread="1.1")

wild = st.one_of(
    st.text(),
    st.text(alphabet="<>&!@#|*_~` \n;amplgt"),
    st.sampled_from(["<!channel>", "<@U1>", "&amp;", "&lt;!here>", "<https://evil.no|trygt>", "x\n>y"]),
    st.builds(lambda text, times: text * times, st.sampled_from(["&", "<ord> ", "ø", "a\n\n"]), st.integers(1, 3_000)),
)
citations = st.builds(
    Citation,
    document=st.just("d"),
    section=st.sampled_from("st"),
    title=wild,
    url=st.one_of(wild, wild.map("https://example.no/".__add__)),
    quote=wild,
    date=st.one_of(st.none(), st.dates()),
    audience=st.sampled_from(Audience),
)
claims = st.lists(st.builds(Claim, text=wild, citation=citations), max_size=20).map(tuple)
replies = st.builds(
    Reply,
    id=st.just("r" * 16),
    status=st.sampled_from(Status),
    language=st.sampled_from(LANGUAGES),
    lead=wild.filter(str.strip),
    claims=claims,
    note=wild,
    nearest=st.lists(citations, max_size=20).map(tuple),
)
many = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

_OURS = re.compile(r"<(?:https?://[^<>|\s]+|!date\^\d+\^[^<>|]+)\|[^<>\n]+>|<#C1>|^>", re.MULTILINE)
_ENTITY = re.compile(r"&(amp|lt|gt);")


def check(message: Message) -> None:
    """Slack takes the message, and nothing in it is markup but our own links and quotation bars."""
    blocks = [block.to_dict() for block in message.blocks]
    validate({"text": message.text, "blocks": blocks})
    marked = [block for block in blocks if block["type"] not in {"actions", "context_actions", "markdown"}]
    for text in [*(text for block in marked for text in texts(block)), message.text]:
        assert not re.search(r"[<>]", _OURS.sub("", text))
        assert "&" not in _ENTITY.sub("", text)
    assert all(text["verbatim"] for text in _markups(marked))


def _markups(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = [block["text"] for block in blocks if "text" in block]
    return found + [each for block in blocks if block["type"] == "context" for each in block["elements"]]


@many
@given(replies)
def test_slack_takes_every_reply_and_none_of_it_is_markup_from_outside(reply: Reply) -> None:
    found = parts(reply, TEXTS)
    assert 1 <= len(found) <= MOST_PARTS
    for part in found:
        check(part.message)
        validate({"markdown_text": part.text or "-"})
        validate_blocks([block.to_dict() for block in part.blocks])
    check(replied(reply, TEXTS))


@many
@given(replies)
def test_the_text_of_a_reply_grows_with_its_claims(reply: Reply) -> None:
    whole = parts(reply, TEXTS)[0].text
    for number in range(len(reply.claims)):
        begun = reply.model_copy(update={"claims": reply.claims[:number]})
        assert whole.startswith(parts(begun, TEXTS)[0].text)


@many
@given(wild.filter(str.strip), wild.filter(str.strip))
def test_slack_takes_every_answer_and_nothing_of_it_is_lost(text: str, name: str) -> None:
    notice = CaseNotice(
        case_id="c",
        label="M-1",
        move=Move.ANSWERED,
        state=CaseState.ANSWERED,
        language="nb",
        reply_id="r",
        place=PLACE,
        officer=Officer(id="o", name=name[:80]),
        text=text[:10_000],
    )
    messages = answered(notice, TEXTS)
    for message in messages:
        check(message)
    told = [text for message in messages for block in message.blocks for text in texts(block.to_dict())]
    kept = "".join(html.unescape("".join(told[1:])).split())
    assert kept == "".join(html.unescape(escape(text[:10_000])).split())


@many
@given(wild.filter(str.strip), wild, st.sampled_from(LANGUAGES))
def test_slack_takes_every_case(question: str, name: str, language: str) -> None:
    case = Case(
        reply_id="r",
        question=question,
        language="nb",
        asker=Asker(id="u", name="n"),
        place=PLACE,
        id="c",
        number=17,
        opened=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
        officer=Officer(id="o", name=name[:255]),
    )
    check(card(case, "https://bot.example.no/saker/c", TEXTS, language, NOW))
    check(said(question))


@many
@given(wild, st.integers(20, 200))
def test_pieces_are_within_the_limit_and_together_the_text(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(0 < len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(escape(text).split())
    assert all("&" not in _ENTITY.sub("", piece) for piece in [*pieces, clip(text, limit)])
    assert len(clip(text, limit)) <= limit


def long(count: int) -> Reply:
    sources = [ALCOHOL.model_copy(update={"section": str(n), "quote": f"Ord {n} " * 70}) for n in range(count)]
    claims = tuple(Claim(text=f"Claim {n}.", citation=source) for n, source in enumerate(sources))
    return Reply(id="r", status=Status.ANSWERED, language="en", lead="Here:", claims=claims)


def shown(message: Message) -> str:
    return "\n".join(text for block in message.blocks for text in texts(block.to_dict()))


def test_what_one_message_cannot_hold_goes_on_in_the_next_each_claim_with_its_source() -> None:
    found = parts(long(18), TEXTS)
    assert 1 < len(found) < MOST_PARTS
    told = []
    for part in found:
        claimed = re.findall(r"^Claim \d+\. \[(\d+)\]$", shown(part.message), re.MULTILINE)
        assert re.findall(r"^\[(\d+)\] <https", shown(part.message), re.MULTILINE) == claimed
        told += claimed
    assert told == [str(number) for number in range(1, 19)]
    assert ["forward" in str(part.blocks[-1].to_dict()) for part in found] == [*[False] * (len(found) - 1), True]


def test_what_there_is_no_room_for_at_all_is_left_out_aloud_with_the_way_to_it() -> None:
    found = parts(long(90), TEXTS)
    assert len(found) == MOST_PARTS
    assert "The rest is not shown. It is in the source: <https://example.no" in shown(found[-1].message)
    assert "The rest is not shown" in shown(replied(long(90), TEXTS))


def test_a_claim_of_twelve_thousand_characters_is_told_whole() -> None:
    text = " ".join(f"Ledd {number}." for number in range(1_200))[:12_000]
    claim = Claim(text=text, citation=ALCOHOL)
    found = parts(Reply(id="r", status=Status.ANSWERED, language="nb", lead="Her:", claims=(claim,)), TEXTS)
    told = " ".join(part.text for part in found).removeprefix("Her:")
    assert told.replace("[1]", "").replace("\\", "").split() == text.split()
    assert all("[1] <https" in shown(part.message) for part in found)


def test_a_section_that_is_cited_twice_has_one_number_and_one_line_with_each_quote() -> None:
    other = ALCOHOL.model_copy(update={"section": "gebyr", "quote": "Gebyret er 5 000 kroner."})
    again = ALCOHOL.model_copy(update={"quote": "Den gjelder i fire år."})
    sources = (("A", ALCOHOL), ("B", other), ("C", again), ("D", ALCOHOL))
    claims = tuple(Claim(text=text, citation=source) for text, source in sources)
    reply = Reply(id="r", status=Status.ANSWERED, language="nb", lead="Her:", claims=claims)
    (part,) = parts(reply, TEXTS)
    assert part.text.split("\n\n") == ["Her:", "A [1]", "B [2]", "C [1]", "D [1]"]
    lines = [line for line in shown(part.message).splitlines() if line.startswith(("[", ">"))]
    assert [line[:4] for line in lines if line.startswith("[")] == ["[1] ", "[2] "]
    assert [line for line in lines if line.startswith(">")] == [
        f">{ALCOHOL.quote}",
        f">{again.quote}",
        f">{other.quote}",
    ]
    assert lines[1:3] == [f">{ALCOHOL.quote}", f">{again.quote}"]


def test_internal_sources_are_marked_and_public_ones_are_not() -> None:
    inside = ALCOHOL.model_copy(update={"audience": Audience.INTERNAL, "section": "s"})
    claims = tuple(Claim(text="Ja.", citation=source) for source in (ALCOHOL, inside))
    told = shown(replied(Reply(id="r", status=Status.ANSWERED, language="nb", lead="Her:", claims=claims), TEXTS))
    assert ["Internt" in line for line in told.splitlines() if line.startswith("[")] == [False, True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_what_a_model_wrote_is_labelled_so(language: str) -> None:
    claim = Claim(text="Ja.", citation=ALCOHOL)
    for key in ("reply.lead.written", "reply.lead.similar"):
        lead = TEXTS(language, key)
        reply = Reply(id="r", status=Status.ANSWERED, language=language, lead=lead, claims=(claim,))
        assert (TEXTS(language, "reply.written") in shown(replied(reply, TEXTS))) == (key == "reply.lead.written")


@many
@given(st.one_of(wild, st.text(alphabet="-+=#>|*_`~[]()!\\&<@.:19 \nabhere")))
def test_markdown_shows_what_was_meant_and_nothing_more(text: str) -> None:
    pieces = markdown.split(text, 300)
    assert all(len(piece) <= 300 for piece in pieces)
    assert read("\n".join(map(markdown.escape, [text]))) == said_in(text)
    assert "".join(map(read, pieces)) == said_in(text)
    assert all("<" not in piece for piece in pieces)


def read(text: str) -> str:
    """What Markdown shows of the text, without spaces; fails where it is anything but paragraphs of words."""
    found = ""
    for block in MarkdownIt("commonmark").enable(["strikethrough", "table"]).parse(text):
        assert block.type in {"paragraph_open", "inline", "paragraph_close"}, (block.type, text)
        for each in block.children or ():
            assert each.type in {"text", "text_special", "softbreak", "hardbreak"}, (each.type, text)
            found += each.content
    return "".join(found.replace("\u2060", "").split())


def said_in(text: str) -> str:
    return "".join(text.replace("\0", "\ufffd").replace("\u2060", "").split())


def test_claims_and_nearest_sources_share_the_room() -> None:
    sources = tuple(ALCOHOL.model_copy(update={"section": str(n), "quote": f"Ord {n} " * 70}) for n in range(30))
    claims = tuple(Claim(text=f"Claim {n}.", citation=source) for n, source in enumerate(sources))
    check(
        replied(
            Reply(id="r", status=Status.ANSWERED, language="nb", lead="Her:", claims=claims, nearest=sources), TEXTS
        )
    )


def test_words_that_are_the_claim_itself_are_not_quoted_again() -> None:
    claim = Claim(text=ALCOHOL.quote, citation=ALCOHOL)
    reply = Reply(id="r", status=Status.ANSWERED, language="nn", lead="Her:", claims=(claim,))
    told = shown(replied(reply, TEXTS))
    assert told.count(ALCOHOL.quote) == 1
    assert "Send til saksbehandlar" in told


@pytest.mark.parametrize("status", [Status.REFUSED, Status.SAID])
def test_what_asks_nothing_goes_to_no_officer(status: Status) -> None:
    reply = Reply(id="r", status=status, language="nb", lead="Meldingen er tom.")
    assert [block.type for block in replied(reply, TEXTS).blocks] == ["markdown"]


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("<@UBOT> hei <@U1|kari>", "hei"),
        ("<!here> <!subteam^S1|@alle> hei", "hei"),
        ("i <#C1|bygg> og <#C2>", "i #bygg og"),
        ("se <https://x.no/a|x.no> og <https://y.no>", "se x.no og https://y.no"),
        ("<mailto:kari@x.no|kari@x.no> <mailto:ola@x.no> <tel:99887766|998 87 766>", "kari@x.no ola@x.no 998 87 766"),
        ("1 &lt; 2 &amp;amp; 3 &gt; 2", "1 < 2 &amp; 3 > 2"),
    ],
)
def test_what_people_type_is_read_as_they_see_it(typed: str, seen: str) -> None:
    assert plain(typed) == seen


@pytest.mark.parametrize("text", ["*fet*", "_kursiv_", "~strøket~", "`kode`", "* a *", "_"])
def test_signs_at_the_edges_of_words_are_kept_from_being_formatting(text: str) -> None:
    assert literal(text).replace("\u2060", "") == text
    assert not re.search(r"(?:^|[^\u2060\w])[*_~`]", literal(text))
    assert literal("snake_case") == "snake_case"


def test_an_address_that_is_none_of_the_web_is_no_link() -> None:
    assert link("javascript:alert(1)", "Kilde") == "Kilde"
    assert link("https://x.no/?a=1&b=<|>", "To\nlinjer") == "<https://x.no/?a=1&amp;b=%3C%7C%3E|To linjer>"
