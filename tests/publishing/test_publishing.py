from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest

from bot.database import Database
from bot.desk.audit import Audit
from bot.desk.case import Officer
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.desk.store import CaseNotFound
from bot.people import Asker
from bot.publishing.answer import Act, AnswerState, IllegalAct, PublishedAnswer, Refusal, Wording
from bot.publishing.drafting import Proposal
from bot.publishing.notices import AnswerNotice
from bot.publishing.sources import Sources
from bot.publishing.store import AnswerNotFound
from knowledge.library import Library
from knowledge.model import Audience
from tests.desk.examples import KARI, OLA, request
from tests.knowledge.examples import RUTINE, SERVERING, split
from tests.publishing.examples import ANSWER, NEXT_YEAR, NOON, QUESTION, Office

LIV = Officer(id="liv", name="Liv Moe")


async def test_what_an_officer_proposes_waits_for_another(office: Office) -> None:
    await office.library.put_all([split(SERVERING)])
    case = await office.answered()
    new = await office.new(cases=(case.id,), sources=("guides/servering",))
    answer = (await office.publishing.propose(new, KARI)).answer
    assert answer == await office.publishing.get(answer.id)
    assert (answer.state, answer.proposer, answer.proposed) == (AnswerState.PROPOSED, KARI, NOON)
    assert (answer.wording, answer.language) == (Wording(question=QUESTION, answer=ANSWER), "nb")
    assert [(source.id, source.name) for source in answer.sources] == [("guides/servering", "Serveringsbevilling")]
    assert [each.kind for each in await office.news()] == ["answer.proposed"]
    assert await office.publishing.of_case(case.id) == [answer]

    with pytest.raises(IllegalAct) as error:
        await office.publishing.approve(answer.id, KARI)
    assert error.value.refusal is Refusal.OWN
    published = (await office.publishing.approve(answer.id, OLA)).answer
    assert (published.state, published.approver) == (AnswerState.PUBLISHED, OLA)
    assert [each.act for each in await office.acts(answer.id)] == [Act.PROPOSED, Act.APPROVED]


async def test_one_officer_is_enough_where_four_eyes_are_not_asked_for(
    database: Database, outbox: Outbox, desk: Desk, library: Library
) -> None:
    office = Office(database, outbox, desk, library, four_eyes=False)
    assert (await office.published(approver=KARI)).state is AnswerState.PUBLISHED
    assert await office.held() == [ANSWER]


async def test_personal_data_is_shown_for_confirmation_and_kept_nowhere(office: Office, database: Database) -> None:
    case = await office.answered()
    same = await office.desk.open(request("reply-2", asker=Asker(id="per", name="Per Bakke")))
    await office.desk.merge(same.id, KARI, case.id)
    text = "Ja, sier Kari Berg til Kafé Kringla og Bakke. Ring 900 11 223, eller kontoret på 32 04 00 00."
    new = await office.new(cases=(case.id,), answer=text, keep=("32 04 00 00",))

    seen = await office.publishing.preview(new, OLA)
    told = "Ja, sier [navn] til [navn] og [navn]. Ring [telefonnummer], eller kontoret på 32 04 00 00."
    assert (seen.answer.answer, set(seen.stripped)) == (told, {"Kari Berg", "Kafé Kringla", "Bakke", "900 11 223"})
    assert await office.publishing.list() == [], "a preview keeps nothing"

    proposal = await office.publishing.propose(new, OLA)
    assert (proposal.answer.answer, proposal.stripped) == (told, seen.stripped)
    kept = [await office.publishing.get(proposal.answer.id), *await office.acts(proposal.answer.id)]
    assert not any("900 11 223" in each.model_dump_json() for each in kept)
    assert not any("900 11 223" in str(each.payload) for each in await office.news())


async def test_what_the_approver_writes_instead_is_published_without_personal_data(office: Office) -> None:
    proposal = await office.publishing.propose(await office.new(), KARI)
    edited = Wording(question=QUESTION, answer="Ja, til klokka 02. Hilsen Ola")
    approval = await office.publishing.approve(proposal.answer.id, OLA, edited)
    assert (approval.answer.answer, approval.stripped) == ("Ja, til klokka 02. Hilsen [navn]", ("Ola",))
    assert approval.answer.edited
    was, is_ = [each.wording for each in await office.acts(proposal.answer.id)]
    assert (was, is_) == (proposal.answer.wording, approval.answer.wording)
    await office.carry()
    assert await office.held() == ["Ja, til klokka 02. Hilsen [navn]"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"question": " \n"}, Refusal.EMPTY),
        ({"answer": ""}, Refusal.EMPTY),
        ({"question": "a" * 301}, Refusal.LONG),
        ({"review_on": NOON.date()}, Refusal.DATE),
        ({"sources": ("guides/finnes-ikke",)}, Refusal.SOURCE),
        ({"sources": (RUTINE.id,)}, Refusal.SOURCE),
    ],
    ids=["no question", "no answer", "long", "date", "no source", "internal source"],
)
async def test_what_can_not_be_proposed_is_refused(office: Office, changes: dict[str, Any], refusal: Refusal) -> None:
    await office.library.put_all([split(RUTINE)])
    with pytest.raises(IllegalAct) as error:
        await office.publishing.propose(await office.new(**changes), KARI)
    assert error.value.refusal is refusal
    assert await office.publishing.list() == []


async def test_only_answered_cases_become_published_answers(office: Office) -> None:
    open_ = await office.desk.open(request())
    for cases, error in {(open_.id,): IllegalAct, ("nothing",): CaseNotFound, (): IllegalAct}.items():
        with pytest.raises(error):
            await office.publishing.propose(
                (await office.new(reply_id="other")).model_copy(update={"cases": cases}), KARI
            )


async def test_pressing_twice_proposes_once(office: Office) -> None:
    new = await office.new()
    first, second = await office.publishing.propose(new, KARI), await office.publishing.propose(new, KARI)
    assert first.answer.id == second.answer.id
    assert len(await office.news()) == 1
    await office.publishing.reject(first.answer.id, OLA, "Uklart")
    assert (await office.publishing.propose(new, KARI)).answer.id != first.answer.id


async def test_of_two_who_approve_at_once_one_does(office: Office, other: Database) -> None:
    answer = (await office.publishing.propose(await office.new(), KARI)).answer
    beside = Office(other, Outbox(other), Desk(other, Outbox(other)), office.library)
    both = await asyncio.gather(
        office.publishing.approve(answer.id, OLA), beside.publishing.approve(answer.id, LIV), return_exceptions=True
    )
    done = [each for each in both if isinstance(each, Proposal)]
    refused = [each for each in both if isinstance(each, IllegalAct)]
    assert (len(done), len(refused)) == (1, 1)
    assert refused[0].values["name"] == (done[0].answer.approver or KARI).name
    assert len(await office.carry()) == 1


async def test_a_rejected_proposal_says_why_and_is_not_published(office: Office) -> None:
    answer = (await office.publishing.propose(await office.new(), KARI)).answer
    with pytest.raises(IllegalAct):
        await office.publishing.reject(answer.id, OLA, " ")
    rejected = await office.publishing.reject(answer.id, OLA, "Gjelder bare i år")
    assert rejected.state is AnswerState.REJECTED
    assert (await office.acts(answer.id))[-1].reason == "Gjelder bare i år"
    assert (await office.carry(), await office.held()) == ([], [])


async def test_a_new_answer_takes_the_place_of_the_one_it_replaces(office: Office) -> None:
    old = await office.published()
    new = await office.published(reply_id="reply-2", answer="Nei, bare til klokka 01.", replaces=old.id)
    assert (await office.publishing.get(old.id)).state is AnswerState.SUPERSEDED
    assert await office.held() == [new.answer]
    late = await office.publishing.propose(await office.new(reply_id="reply-3", replaces=old.id), KARI)
    with pytest.raises(IllegalAct) as error:
        await office.publishing.approve(late.answer.id, OLA)
    assert error.value.refusal is Refusal.REPLACED
    assert (await office.publishing.get(late.answer.id)).state is AnswerState.PROPOSED, "nothing has changed"


async def test_renewing_sets_a_date_and_takes_the_sources_as_they_are_now(office: Office) -> None:
    await office.library.put_all([split(SERVERING)])
    answer = await office.published(sources=("guides/servering",))
    changed = SERVERING.model_copy(update={"sections": SERVERING.sections[:1]})
    await office.library.put_all([split(changed)])
    office.moment = NOON + dt.timedelta(days=300)
    later = NEXT_YEAR + dt.timedelta(days=365)
    renewed = await office.publishing.renew(answer.id, OLA, later)
    assert renewed.review_on == later
    assert renewed.sources != answer.sources
    assert renewed.sources == await Sources(office.library).of(("guides/servering",), Audience.PUBLIC)
    await office.carry()
    document = await office.library.reader(Audience.PUBLIC).document(answer.document)
    assert document is not None
    assert (document.published, document.checked) == (NOON.date(), office.moment.date())

    await office.library.remove("guides/servering")
    with pytest.raises(IllegalAct) as error:
        await office.publishing.renew(answer.id, OLA, later + dt.timedelta(days=1))
    assert error.value.refusal is Refusal.SOURCE
    assert (await office.publishing.renew(answer.id, OLA, later, sources=())).sources == ()


async def test_everything_that_happens_stands_in_the_audit_log(office: Office, database: Database) -> None:
    answer = await office.published()
    await office.publishing.withdraw(answer.id, OLA)
    await office.publishing.withdraw(answer.id, OLA)
    audit = Audit(database)
    entries = await audit.entries(f"answer:{answer.id}")
    assert [(each.what, each.actor_name, each.version) for each in entries] == [
        ("proposed", "Kari Berg", 1),
        ("approved", "Ola Lie", 2),
        ("withdrawn", "Ola Lie", 3),
    ]
    assert (await audit.verify()).faults == ()


async def test_answers_are_found_by_state_and_counted(office: Office) -> None:
    made: list[PublishedAnswer] = []
    for number in range(3):
        office.moment = NOON + dt.timedelta(minutes=number)
        made.append((await office.publishing.propose(await office.new(reply_id=f"r{number}"), KARI)).answer)
    await office.publishing.approve(made[1].id, OLA)
    found = await office.publishing.list({AnswerState.PROPOSED})
    assert [each.id for each in found] == [made[2].id, made[0].id]
    assert [each.id for each in await office.publishing.list(limit=2)] == [made[2].id, made[1].id]
    counts = await office.publishing.counts()
    assert (counts[AnswerState.PROPOSED], counts[AnswerState.PUBLISHED], counts[AnswerState.WITHDRAWN]) == (2, 1, 0)
    with pytest.raises(AnswerNotFound):
        await office.publishing.get("nothing")


async def test_officers_hear_all_that_they_need_to_know(office: Office) -> None:
    answer = await office.published()
    (proposed, changed) = await office.news()
    assert (proposed.kind, changed.kind) == ("answer.proposed", "answer.changed")
    notice = AnswerNotice.model_validate(changed.payload)
    assert (notice.answer, notice.event.actor.name) == (answer, "Ola Lie")
    assert proposed.lane == changed.lane
