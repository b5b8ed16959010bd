from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.desk.case import LONGEST_ANSWER, SYSTEM, Actor, Officer
from bot.publishing.answer import (
    LONGEST_QUESTION,
    Act,
    AnswerState,
    Concern,
    Event,
    IllegalAct,
    PublishedAnswer,
    Refusal,
    Source,
    Why,
    Wording,
)
from bot.publishing.concerns import told
from bot.publishing.rules import apply, due_for_review
from bot.publishing.sources import Current
from bot.texts import LANGUAGES
from tests.desk.examples import KARI, OLA
from tests.publishing.examples import ANSWER, NEXT_YEAR, NOON, QUESTION, TEXTS, proposed

TODAY = NOON.date()
KARI_IN_SLACK = Officer(id="slack:U1", name="kari  BERG")
WORDING = Wording(question=QUESTION, answer=ANSWER)
OTHER = Wording(question=QUESTION, answer="Nei.")
SOURCE = Source(document="guides/ute", title="Uteservering", digest="d1")
CHANGED = Concern(why=Why.CHANGED, document="guides/ute", title="Uteservering")
GONE = Concern(why=Why.GONE, document="guides/ute", title="Uteservering")
MISSING = Concern(why=Why.MISSING, document="guides/ute", title="Uteservering", since=TODAY)
DUE = Concern(why=Why.DUE)


def current(*digests: str, missing: dt.date | None = None) -> Current:
    return Current(digests=frozenset(digests), missing=missing)


def event(act: Act, actor: Actor = OLA, **about: Any) -> Event:
    return Event(act=act, actor=actor, moment=NOON, **about)


def after(*events: Event, four_eyes: bool = True) -> PublishedAnswer:
    answer = proposed()
    for each in events:
        answer = apply(answer, each, four_eyes=four_eyes)
    return answer


APPROVE = event(Act.APPROVED, sources=(SOURCE,))
REJECT = event(Act.REJECTED, reason="Uklart")
WITHDRAW = event(Act.WITHDRAWN)
SUPERSEDE = event(Act.SUPERSEDED)
RENEW = event(Act.RENEWED, sources=(SOURCE,), review_on=NEXT_YEAR + dt.timedelta(days=365))
FLAG = event(Act.FLAGGED, SYSTEM, concerns=(CHANGED,))


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ((), AnswerState.PROPOSED),
        ((APPROVE,), AnswerState.PUBLISHED),
        ((REJECT,), AnswerState.REJECTED),
        ((WITHDRAW,), AnswerState.WITHDRAWN),
        ((APPROVE, WITHDRAW), AnswerState.WITHDRAWN),
        ((APPROVE, SUPERSEDE), AnswerState.SUPERSEDED),
        ((APPROVE, RENEW), AnswerState.PUBLISHED),
        ((APPROVE, FLAG), AnswerState.PUBLISHED),
        ((APPROVE, FLAG, RENEW, WITHDRAW), AnswerState.WITHDRAWN),
    ],
    ids=lambda value: "-".join(each.act for each in value) if isinstance(value, tuple) else None,
)
def test_an_answer_goes_this_way(events: tuple[Event, ...], state: AnswerState) -> None:
    assert after(*events).state is state


@pytest.mark.parametrize(
    ("events", "refused", "refusal"),
    [
        ((), event(Act.APPROVED, KARI), Refusal.OWN),
        ((), event(Act.APPROVED, KARI_IN_SLACK), Refusal.OWN),
        ((), event(Act.APPROVED, wording=Wording(question=" ", answer=ANSWER)), Refusal.EMPTY),
        ((), event(Act.APPROVED, wording=Wording(question=QUESTION, answer="")), Refusal.EMPTY),
        ((), event(Act.APPROVED, wording=Wording(question="a" * (LONGEST_QUESTION + 1), answer="b")), Refusal.LONG),
        ((), event(Act.APPROVED, wording=Wording(question="a", answer="b" * (LONGEST_ANSWER + 1))), Refusal.LONG),
        ((), event(Act.APPROVED, review_on=TODAY), Refusal.DATE),
        ((), SUPERSEDE, Refusal.REPLACED),
        ((), RENEW, Refusal.NOT_PUBLISHED),
        ((), FLAG, Refusal.NOT_PUBLISHED),
        ((), event(Act.PROPOSED), Refusal.ENDED),
        ((APPROVE,), event(Act.APPROVED, Officer(id="liv", name="Liv Moe")), Refusal.PUBLISHED),
        ((APPROVE,), event(Act.APPROVED, wording=OTHER), Refusal.PUBLISHED),
        ((APPROVE,), REJECT, Refusal.PUBLISHED),
        ((APPROVE,), event(Act.RENEWED, review_on=TODAY), Refusal.DATE),
        ((REJECT,), APPROVE, Refusal.ENDED),
        ((REJECT,), WITHDRAW, Refusal.ENDED),
        ((WITHDRAW,), APPROVE, Refusal.ENDED),
        ((WITHDRAW,), REJECT, Refusal.ENDED),
        ((APPROVE, WITHDRAW), RENEW, Refusal.NOT_PUBLISHED),
        ((APPROVE, SUPERSEDE), WITHDRAW, Refusal.ENDED),
    ],
    ids=lambda value: "-".join(each.act for each in value) if isinstance(value, tuple) else None,
)
def test_what_an_answer_does_not_allow_is_refused(events: tuple[Event, ...], refused: Event, refusal: Refusal) -> None:
    answer = after(*events)
    with pytest.raises(IllegalAct) as error:
        apply(answer, refused)
    assert error.value.refusal is refusal


@pytest.mark.parametrize(
    "events", [(APPROVE,), (REJECT,), (WITHDRAW,), (APPROVE, RENEW), (APPROVE, FLAG)], ids=lambda events: events[-1].act
)
def test_what_is_done_already_is_not_done_again(events: tuple[Event, ...]) -> None:
    answer = after(*events)
    assert apply(answer, events[-1]) is answer


def test_one_officer_is_enough_where_that_is_said() -> None:
    approved = after(event(Act.APPROVED, KARI), four_eyes=False)
    assert (approved.state, approved.approver) == (AnswerState.PUBLISHED, KARI)


def test_two_whose_names_nobody_knows_are_two() -> None:
    nameless = proposed(proposer=Officer(id="u1", name=""))
    assert apply(nameless, event(Act.APPROVED, Officer(id="u2", name=""))).state is AnswerState.PUBLISHED
    with pytest.raises(IllegalAct):
        apply(nameless, event(Act.APPROVED, Officer(id="u1", name="")))


def test_what_the_approver_makes_of_it_is_published_and_that_is_noted() -> None:
    assert (after(APPROVE).edited, after(APPROVE).wording) == (False, WORDING)
    edited = after(event(Act.APPROVED, wording=OTHER))
    assert (edited.edited, edited.wording) == (True, OTHER)


@pytest.mark.parametrize(
    ("today", "found", "why"),
    [
        (TODAY, {"guides/ute": current("d1")}, ()),
        (TODAY, {"guides/ute": current("d0", "d1")}, ()),
        (TODAY, {"guides/ute": current("d2")}, (CHANGED,)),
        (TODAY, {"guides/annet": current("d1")}, (GONE,)),
        (TODAY, {}, (GONE,)),
        (TODAY, None, ()),
        (TODAY, {"guides/ute": current("d1", missing=TODAY)}, (MISSING,)),
        (TODAY, {"guides/ute": current("d2", missing=TODAY)}, (CHANGED, MISSING)),
        (NEXT_YEAR - dt.timedelta(days=1), {"guides/ute": current("d1")}, ()),
        (NEXT_YEAR, {"guides/ute": current("d1")}, (DUE,)),
        (NEXT_YEAR + dt.timedelta(days=9), {}, (DUE, GONE)),
        (NEXT_YEAR, None, (DUE,)),
    ],
)
def test_a_published_answer_needs_review_for_these_reasons(
    today: dt.date, found: dict[str, Current] | None, why: tuple[Concern, ...]
) -> None:
    answer = after(APPROVE)
    assert due_for_review([answer], today, found) == ([(answer, why)] if why else [])


def test_of_a_document_each_section_is_a_concern_of_its_own_and_that_it_is_missing_is_one_for_all() -> None:
    sections = [SOURCE.model_copy(update={"section": name, "heading": name.title()}) for name in ("tid", "stoy")]
    answer = after(event(Act.APPROVED, sources=tuple(sections)))
    found = {"guides/ute#tid": current("d2", missing=TODAY), "guides/ute#stoy": current("d1", missing=TODAY)}
    ((_, why),) = due_for_review([answer], TODAY, found)
    changed = Concern(why=Why.CHANGED, document="guides/ute", section="tid", title="Uteservering – Tid")
    assert why == (changed, MISSING)
    assert {told(each, language, TEXTS) for each in why for language in LANGUAGES} >= {
        "Kilden «Uteservering – Tid» er endret siden svaret ble godkjent.",
        "Kilden «Uteservering» har vært borte der den kommer fra, siden 12. mars 2026.",
    }


def test_each_reason_is_told_once_until_somebody_has_looked() -> None:
    flagged = after(APPROVE, FLAG)
    assert flagged.needs_review
    assert due_for_review([flagged], TODAY, {"guides/ute": current("d2")}) == []
    assert due_for_review([flagged], TODAY, {}) == [(flagged, (GONE,))]
    renewed = after(APPROVE, FLAG, RENEW)
    assert not renewed.needs_review
    assert due_for_review([renewed], TODAY, {"guides/ute": current("d2")}) == [(renewed, (CHANGED,))]


def test_only_what_is_published_needs_review() -> None:
    assert due_for_review([after(), after(REJECT), after(APPROVE, WITHDRAW)], NEXT_YEAR, {}) == []


@given(
    some.lists(
        some.sampled_from([APPROVE, event(Act.APPROVED, KARI), REJECT, WITHDRAW, SUPERSEDE, RENEW, FLAG]), max_size=12
    )
)
def test_whatever_happens_nothing_ended_comes_back_and_every_change_is_counted(events: list[Event]) -> None:
    answer = proposed()
    for each in events:
        before = answer
        try:
            answer = apply(before, each)
        except IllegalAct:
            continue
        assert answer.version == before.version + (answer is not before)
        if before.ended:
            assert answer is before
        assert (answer.state is AnswerState.PUBLISHED) == bool(answer.published and not answer.ended)
        assert answer.approver is None or answer.approver != answer.proposer


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_can_be_told_to_people(language: str) -> None:
    values = {"name": "Kari", "case": "M-1", "length": 9, "limit": 8, "date": TODAY, "document": "guides/ute"}
    concerns = [TEXTS(language, each.key, title=each.title) for each in (CHANGED, GONE, DUE)]
    told = [
        *(TEXTS(language, state.key) for state in AnswerState),
        *(TEXTS(language, act.key, name="Kari") for act in Act),
        *(TEXTS(language, IllegalAct(why, **values).key, **values) for why in Refusal),
        *concerns,
    ]
    assert len(set(told)) == len(told)
    assert not any(character in text for text in told for character in "{}")
