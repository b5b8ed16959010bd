from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.handlers.slack.blocks import Message
from bot.handlers.slack.questions import modals, rendering
from bot.handlers.slack.questions.modals import About
from bot.lookup import Found
from bot.question import Reply, Status
from bot.texts import LANGUAGES, Texts
from knowledge.model import Claim
from knowledge.strategies import Strategy
from tests.peers.slack import texts, validate
from tests.peers.slack.methods.views import checked
from tests.slack.examples import ALCOHOL

TEXTS = Texts()
wild = st.one_of(
    st.text(min_size=1),
    st.text(alphabet="<>&!@#|*_~` \n;amplgt", min_size=1),
    st.builds(
        lambda text, times: text * times, st.sampled_from(["&", "<ord> ", "ø", "a\n\n", "*_~`"]), st.integers(1, 3_000)
    ),
).filter(str.strip)
strategies = st.lists(
    st.builds(
        Strategy,
        code=st.sampled_from(["A1", "B3"]),
        area=st.just("klima"),
        area_title=wild,
        text=wild,
        document=wild,
        anchor=st.just("a1"),
    ),
    max_size=60,
).map(tuple)


def are_fit_for_slack(*messages: Message) -> None:
    for message in messages:
        blocks = [block.to_dict() for block in message.blocks]
        validate({"text": message.text, "blocks": blocks})
        told = "".join(text for block in blocks for text in texts(block) if block["type"] in {"section", "context"})
        assert not any(mark in told for mark in ("<!", "<#", "<@UEVIL"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(question=wild, claim=wild, language=st.sampled_from(LANGUAGES), status=st.sampled_from(Status))
def test_whatever_is_asked_and_answered_fits(question: str, claim: str, language: str, status: Status) -> None:
    claims = (Claim(text=claim, citation=ALCOHOL),)
    reply = Reply(id="r1", status=status, language=language, lead=claim, claims=claims, note=claim[:500])
    are_fit_for_slack(
        rendering.aside(question, reply, TEXTS, shareable=True),
        rendering.asked("U1", question, reply, TEXTS),
        rendering.shared("U1", question, reply, TEXTS),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(found=strategies, exact=st.booleans(), unknown=st.one_of(st.just(""), wild), language=st.sampled_from(LANGUAGES))
def test_whatever_strategies_there_are_fit(
    found: tuple[Strategy, ...], exact: bool, unknown: str, language: str
) -> None:
    there = Found(strategies=found, exact=exact, unknown=unknown)
    are_fit_for_slack(rendering.looked_up(there, "https://bot.example.no", language, TEXTS, shareable=True))
    if found:
        are_fit_for_slack(rendering.shared_strategies("U1", found, "https://bot.example.no", language, TEXTS))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.one_of(st.just(""), wild), names=st.lists(wild, max_size=60), language=st.sampled_from(LANGUAGES))
def test_whatever_a_message_says_fits_into_a_modal(text: str, names: list[str], language: str) -> None:
    files = tuple({"id": "F1", "name": name[:80]} for name in names)
    about = About(workspace="T1", channel="C1", thread="1.1", language=language, files=files)
    for modal in (modals.asking, modals.forwarding):
        checked(modal(text, about, TEXTS).to_dict(), "modal")
