"""What may happen to a published answer, act by act. Pure: it is decided here and nowhere else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from bot.desk.calendar import OSLO
from bot.desk.case import LONGEST_ANSWER, Actor, Officer
from bot.publishing.answer import (
    LONGEST_QUESTION,
    Act,
    AnswerState,
    Concern,
    Event,
    IllegalAct,
    PublishedAnswer,
    Refusal,
    Why,
    Wording,
)
from bot.publishing.sources import Current


def apply(answer: PublishedAnswer, event: Event, *, four_eyes: bool = True) -> PublishedAnswer:
    """The answer after the event. With `four_eyes` nobody approves what they have proposed.

    What has been done already is not done again: a repeated act returns the very same answer. Raises IllegalAct, with
    the reason, where the answer does not allow the act.
    """
    if event.act is Act.APPROVED and four_eyes and _is_same(event.actor, answer.proposer):
        raise IllegalAct(Refusal.OWN, name=answer.proposer.name)
    return _ACTS[event.act](answer, event)


def refuse_unsayable(wording: Wording) -> None:
    """Raise IllegalAct where question or answer is empty or too long."""
    for text, limit in ((wording.question, LONGEST_QUESTION), (wording.answer, LONGEST_ANSWER)):
        if not text.strip():
            raise IllegalAct(Refusal.EMPTY)
        if len(text) > limit:
            raise IllegalAct(Refusal.LONG, length=len(text), limit=limit)


def refuse_past(review_on: dt.date, moment: dt.datetime) -> None:
    """Raise IllegalAct where the day is not after that moment's."""
    if review_on <= day(moment):
        raise IllegalAct(Refusal.DATE, date=review_on)


def day(moment: dt.datetime) -> dt.date:
    """The day that it is then, in Norway."""
    return moment.astimezone(OSLO).date()


def concerns(answer: PublishedAnswer, today: dt.date, current: Mapping[str, Current] | None) -> tuple[Concern, ...]:
    """Why a published answer needs review and nobody has been told yet; `current` are those of its sources that there
    are, by id, None where that can't be told now."""
    found = [Concern(why=Why.DUE)] if answer.review_on <= today else []
    found += [] if current is None else _astray(answer, current)
    return tuple(concern for concern in found if concern not in answer.concerns)


def _astray(answer: PublishedAnswer, current: Mapping[str, Current]) -> list[Concern]:
    found = []
    for source in answer.sources:
        about = {"document": source.document, "section": source.section, "title": source.name}
        now = current.get(source.id)
        if now is None:
            found.append(Concern(why=Why.GONE, **about))
        elif source.digest not in now.digests:
            found.append(Concern(why=Why.CHANGED, **about))
        if now and now.missing:
            missing = {"document": source.document, "title": source.title}
            found.append(Concern(why=Why.MISSING, since=now.missing, **missing))
    return list(dict.fromkeys(found))


def due_for_review(
    answers: Sequence[PublishedAnswer], today: dt.date, current: Mapping[str, Current] | None
) -> list[tuple[PublishedAnswer, tuple[Concern, ...]]]:
    """The published ones among the answers that have come to need review, and why."""
    looked_at = [(answer, concerns(answer, today, current)) for answer in answers if _is_published(answer)]
    return [(answer, found) for answer, found in looked_at if found]


def _propose(answer: PublishedAnswer, event: Event) -> PublishedAnswer:
    raise IllegalAct(Refusal.ENDED)  # an answer begins by being proposed, and never is again


def _approve(answer: PublishedAnswer, event: Event) -> PublishedAnswer:
    wording = event.wording or answer.wording
    if _is_published(answer):
        approver = answer.approver or answer.proposer
        if _is_same(event.actor, approver) and wording == answer.wording:
            return answer
        raise IllegalAct(Refusal.PUBLISHED, name=approver.name)
    _refuse_if_ended(answer)
    refuse_unsayable(wording)
    review_on = event.review_on or answer.review_on
    refuse_past(review_on, event.moment)
    return _changed(
        answer,
        **dict(wording),
        state=AnswerState.PUBLISHED,
        edited=wording != answer.wording,
        sources=event.sources,
        review_on=review_on,
        approver=_officer(event),
        published=event.moment,
        seen=event.moment,
    )


def _reject(answer: PublishedAnswer, event: Event) -> PublishedAnswer:
    if answer.state is AnswerState.REJECTED:
        return answer
    if _is_published(answer):
        raise IllegalAct(Refusal.PUBLISHED, name=(answer.approver or answer.proposer).name)
    _refuse_if_ended(answer)
    return _changed(answer, state=AnswerState.REJECTED, ended=event.moment)


def _withdraw(answer: PublishedAnswer, event: Event) -> PublishedAnswer:
    # Of what is proposed, it is the proposal that is taken back. Anybody may, and at once: a wrong answer harms.
    if answer.state is AnswerState.WITHDRAWN:
        return answer
    _refuse_if_ended(answer)
    return _changed(answer, state=AnswerState.WITHDRAWN, ended=event.moment, concerns=())


def _supersede(answer: PublishedAnswer, event: Event) -> PublishedAnswer:
    if not _is_published(answer):
        raise IllegalAct(Refusal.REPLACED)
    return _changed(answer, state=AnswerState.SUPERSEDED, ended=event.moment, concerns=())


def _renew(answer: PublishedAnswer, event: Event) -> PublishedAnswer:
    if not _is_published(answer):
        raise IllegalAct(Refusal.NOT_PUBLISHED)
    review_on = event.review_on or answer.review_on
    refuse_past(review_on, event.moment)
    if (review_on, event.sources, ()) == (answer.review_on, answer.sources, answer.concerns):
        return answer
    return _changed(answer, review_on=review_on, sources=event.sources, seen=event.moment, concerns=())


def _flag(answer: PublishedAnswer, event: Event) -> PublishedAnswer:
    if not _is_published(answer):
        raise IllegalAct(Refusal.NOT_PUBLISHED)
    fresh = tuple(concern for concern in event.concerns if concern not in answer.concerns)
    return _changed(answer, concerns=(*answer.concerns, *fresh)) if fresh else answer


_ACTS: dict[Act, Callable[[PublishedAnswer, Event], PublishedAnswer]] = {
    Act.PROPOSED: _propose,
    Act.APPROVED: _approve,
    Act.REJECTED: _reject,
    Act.WITHDRAWN: _withdraw,
    Act.SUPERSEDED: _supersede,
    Act.RENEWED: _renew,
    Act.FLAGGED: _flag,
}


def _refuse_if_ended(answer: PublishedAnswer) -> None:
    if answer.state not in {AnswerState.PROPOSED, AnswerState.PUBLISHED}:
        raise IllegalAct(Refusal.ENDED)


def _is_published(answer: PublishedAnswer) -> bool:
    return answer.state is AnswerState.PUBLISHED


def _is_same(one: Actor, other: Actor) -> bool:
    """Are they one person? Platforms know the same person by different ids, but hardly by another name."""
    names = [" ".join(each.name.casefold().split()) for each in (one, other)]
    return one.id == other.id or names[0] == names[1] != ""


def _officer(event: Event) -> Officer:
    return Officer(id=event.actor.id, name=event.actor.name)


def _changed(answer: PublishedAnswer, /, **changes: object) -> PublishedAnswer:
    return answer.model_copy(update={**changes, "version": answer.version + 1})
