"""Several who ask the same, other teams, officers who watch, and askers who no longer want to know."""

from __future__ import annotations

import asyncio

import pytest

from bot.database import Database
from bot.desk.case import CaseState, IllegalMove, Move, Refusal
from bot.desk.desk import Desk
from bot.desk.finding import CaseFilter
from bot.desk.notices import CaseNotice
from bot.desk.outbox import Outbox
from bot.people import Asker, Place
from knowledge.model import Audience
from tests.desk.examples import ASKER, KARI, OLA, brought, request

BAKER = Asker(id="baker", name="Bakeriet")
THERE = Place(platform="slack", channel="C1", thread="1.1")


async def news(outbox: Outbox) -> list[tuple[str, str]]:
    """What askers are told: the kind, and the thread."""
    told = [each for each in await brought(outbox, "web", "slack") if each.kind not in {"case.opened", "case.changed"}]
    return sorted((each.kind, CaseNotice.model_validate(each.payload).place.thread) for each in told)


async def test_one_answer_comes_to_all_who_asked_the_same(desk: Desk, outbox: Outbox) -> None:
    main = await desk.open(request())
    same = await desk.open(request("reply-2", asker=BAKER, place=THERE))
    merged = await desk.merge(same.id, KARI, main.id)
    assert (merged.state, merged.merged_into) == (CaseState.MERGED, main.id)
    assert await news(outbox) == [("case.merged", "1.1")]
    await desk.answer(main.id, KARI, "Ja, til klokka 02.")
    assert await news(outbox) == [("case.answered", "1.1"), ("case.answered", "t1")]
    await desk.supplement(main.id, KARI, "Fra neste år til 01.", "G1:3")
    assert await news(outbox) == [("case.supplemented", "1.1"), ("case.supplemented", "t1")]
    assert [each.answer for each in await desk.list()] == ["Ja, til klokka 02."] * 2
    await desk.close(main.id, KARI)
    assert {each.state for each in await desk.list()} == {CaseState.CLOSED}


async def test_what_is_merged_into_an_answered_case_is_answered_at_once(desk: Desk, outbox: Outbox) -> None:
    main = await desk.open(request())
    await desk.answer(main.id, KARI, "Ja.")
    same = await desk.open(request("reply-2", asker=BAKER, place=THERE))
    await news(outbox)
    merged = await desk.merge(same.id, OLA, main.id)
    assert (merged.state, merged.answer, merged.officer) == (CaseState.ANSWERED, "Ja.", KARI)
    assert await news(outbox) == [("case.answered", "1.1"), ("case.merged", "1.1")]


async def test_what_was_merged_into_a_merged_case_goes_with_it(desk: Desk, outbox: Outbox) -> None:
    first, second, third = [await desk.open(request(f"reply-{number}")) for number in range(3)]
    await desk.merge(first.id, KARI, second.id)
    await desk.merge(second.id, KARI, third.id)
    assert {each.id for each in await desk.merged_into(third.id)} == {first.id, second.id}
    await desk.answer(third.id, KARI, "Ja.")
    assert [each.answer for each in await desk.list()] == ["Ja."] * 3


async def test_a_merged_case_is_parted_by_reopening_and_when_the_other_is_withdrawn(desk: Desk) -> None:
    main, same, third = [await desk.open(request(f"reply-{number}")) for number in range(3)]
    for each in (same, third):
        await desk.merge(each.id, KARI, main.id)
    assert (await desk.reopen(same.id, KARI)).due == same.due
    await desk.withdraw(main.id, ASKER)
    states = {each.id: each.state for each in await desk.list()}
    assert states == {
        main.id: CaseState.WITHDRAWN,
        same.id: CaseState.FORWARDED,
        third.id: CaseState.FORWARDED,
    }


@pytest.mark.parametrize("unfit", ["itself", "closed", "merged", "internal"])
async def test_only_what_belongs_together_is_merged(desk: Desk, unfit: str) -> None:
    case = await desk.open(request())
    other = await desk.open(request("reply-2", audience=Audience.INTERNAL if unfit == "internal" else Audience.PUBLIC))
    third = await desk.open(request("reply-3"))
    if unfit == "closed":
        await desk.close(other.id, KARI)
    if unfit == "merged":
        await desk.merge(other.id, KARI, third.id)
    with pytest.raises(IllegalMove) as refused:
        await desk.merge(case.id, KARI, case.id if unfit == "itself" else other.id)
    assert refused.value.refusal is Refusal.UNFIT
    assert await desk.get(case.id) == case


async def test_a_case_goes_to_another_team_and_to_none_that_is_not_there(desk: Desk) -> None:
    case = await desk.open(request())
    with pytest.raises(IllegalMove, match="there is no team 'bygg'"):
        await desk.route(case.id, KARI, "bygg")
    assert await desk.get(case.id) == case


async def test_who_watches_hears_what_others_do(desk: Desk, outbox: Outbox) -> None:
    case = await desk.open(request())
    watcher = OLA.model_copy(update={"id": "slack:UOLA"})
    assert (await desk.watch(case.id, watcher)).watchers == (watcher,)
    assert await desk.find(CaseFilter(watcher=watcher.id)) == [await desk.get(case.id)]
    assert not await desk.find(CaseFilter(watcher="slack:UOL"))
    await brought(outbox, "web", "slack")
    await desk.claim(case.id, KARI)
    told = [each for each in await brought(outbox, "slack") if each.kind == "case.watched"]
    assert [CaseNotice.model_validate(each.payload).watcher for each in told] == [watcher]
    await desk.unwatch(case.id, watcher)
    await desk.answer(case.id, KARI, "Ja.")
    assert "case.watched" not in {each.kind for each in await brought(outbox, "web", "slack")}


async def test_an_asker_withdraws_their_own_case_only(desk: Desk, outbox: Outbox) -> None:
    case = await desk.open(request())
    with pytest.raises(IllegalMove, match="only whoever asked"):
        await desk.withdraw(case.id, BAKER)
    withdrawn = await desk.withdraw(case.id, ASKER, "Fant det selv.")
    assert (withdrawn.state, withdrawn.closed is not None) == (CaseState.WITHDRAWN, True)
    assert await news(outbox) == []
    assert [(event.move, event.text) for event in await desk.events(case.id)][1:] == [
        (Move.WITHDRAWN, "Fant det selv.")
    ]


async def test_that_the_answer_helped_ends_the_case_and_that_it_did_not_reopens_it(desk: Desk) -> None:
    case = await desk.open(request())
    await desk.answer(case.id, KARI, "Ja.")
    helped = await desk.helped(case.id, ASKER)
    assert (helped.helped, helped.state) == (True, CaseState.CLOSED)
    reopened = await desk.reopen(case.id, ASKER, "Gjelder det også ute?")
    assert (reopened.helped, reopened.state) == (False, CaseState.FORWARDED)
    assert (await desk.events(case.id))[-1].text == "Gjelder det også ute?"
    await desk.withdraw(case.id, ASKER)
    assert (await desk.reopen(case.id, ASKER, "Likevel.")).helped is None  # there was no answer to be of help


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (CaseFilter(), [3, 2, 1]),
        (CaseFilter(words="ØLTELT"), [2]),
        (CaseFilter(words="kringla telt"), [2]),
        (CaseFilter(words="bakeriet"), [3]),
        (CaseFilter(words="100%"), []),
        (CaseFilter(officer=KARI.id), [1]),
        (CaseFilter(officer=""), [3, 2]),
        (CaseFilter(language="nn"), [3]),
        (CaseFilter(not_ours=True), [2]),
        (CaseFilter(asker="web/baker"), [3]),
        (CaseFilter(team="bygg"), []),
    ],
)
async def test_cases_are_found(desk: Desk, wanted: CaseFilter, found: list[int]) -> None:
    first = await desk.open(request())
    second = await desk.open(request("reply-2", question="Kan vi sette opp et øltelt?"))
    await desk.open(request("reply-3", asker=BAKER, language="nn"))
    await desk.claim(first.id, KARI)
    await desk.send_back(second.id, OLA)
    assert [case.number for case in await desk.find(wanted)] == found
    assert await desk.count(wanted) == len(found)
    assert [case.number for case in await desk.find(wanted, limit=1, before=3)] == [n for n in found if n < 3][:1]
    assert {actor.id: count for actor, count in (await desk.burdens()).items()} == {KARI.id: 1}


async def test_who_answers_and_who_merges_at_once_do_not_wait_for_each_other(
    desk: Desk, other: Database, outbox: Outbox
) -> None:
    elsewhere = Desk(other, Outbox(other), ("slack",))
    for turn in range(8):
        cases = [await desk.open(request(f"reply-{turn}-{number}")) for number in range(3)]
        first, main, last = cases
        outcomes = await asyncio.gather(
            desk.merge(first.id, KARI, main.id),
            elsewhere.merge(last.id, OLA, main.id),
            elsewhere.answer(main.id, KARI, "Ja."),
            desk.withdraw(main.id, ASKER),
            return_exceptions=True,
        )
        assert not [each for each in outcomes if isinstance(each, Exception) and not isinstance(each, IllegalMove)]
        after = [await desk.get(each.id) for each in cases]
        assert after[1].state in {CaseState.ANSWERED, CaseState.WITHDRAWN}
        waiting_for_nothing = [each for each in after if each.state is CaseState.MERGED]
        assert not waiting_for_nothing


async def test_closing_parts_a_case_whose_asker_has_just_written(desk: Desk, outbox: Outbox) -> None:
    main = await desk.open(request())
    wrote, silent = [await desk.open(request(f"reply-{n}", asker=BAKER, place=THERE)) for n in (2, 3)]
    for each in (wrote, silent):
        await desk.merge(each.id, KARI, main.id)
    await desk.follow_up(wrote.id, BAKER, "Det gjelder også terrassen.", "C1:2")
    await news(outbox)
    await desk.close(main.id, KARI)
    parted, closed = await desk.get(wrote.id), await desk.get(silent.id)
    assert (parted.state, parted.merged_into, parted.due) == (CaseState.FORWARDED, None, wrote.due)
    assert closed.state is CaseState.CLOSED
    assert await news(outbox) == [("case.closed", "1.1"), ("case.closed", "t1"), ("case.reopened", "1.1")]


@pytest.mark.parametrize(
    ("heard", "state"), [(False, CaseState.FORWARDED), (True, CaseState.CLOSED)], ids=["unheard", "heard"]
)
async def test_closing_what_is_answered_parts_a_case_whose_asker_got_no_word_since(
    desk: Desk, heard: bool, state: CaseState
) -> None:
    main = await desk.open(request())
    same = await desk.open(request("reply-2", asker=BAKER, place=THERE))
    await desk.merge(same.id, KARI, main.id)
    await desk.answer(main.id, KARI, "Ja.")
    await desk.follow_up(same.id, BAKER, "Og på søndager?", "C1:2")
    if heard:
        await desk.supplement(main.id, KARI, "Også på søndager.", "G1:3")
    await desk.close(main.id, KARI)
    assert (await desk.get(same.id)).state is state


async def test_a_reason_that_comes_after_not_ours_is_kept_and_a_press_twice_is_one(desk: Desk) -> None:
    case = await desk.open(request())
    for reason in ("", "", "Fylket eier veien.", "Fylket eier veien.", ""):
        await desk.send_back(case.id, KARI, reason)
    events = [(event.move, event.text) for event in await desk.events(case.id)][1:]
    assert events == [(Move.RETURNED, ""), (Move.RETURNED, "Fylket eier veien.")]
    await desk.claim(case.id, OLA)
    await desk.send_back(case.id, OLA, "Fylket eier veien.")
    assert len(await desk.events(case.id)) == 5


async def test_whoever_was_away_hears_that_the_case_was_taken_over(desk: Desk, outbox: Outbox) -> None:
    case = await desk.open(request())
    away = OLA.model_copy(update={"id": "slack:UOLA"})
    await desk.claim(case.id, away)
    await brought(outbox, "web", "slack")
    taken = await desk.claim(case.id, KARI, standing_in=True)
    assert (taken.officer, taken.watchers) == (KARI, (away,))
    (told,) = [each for each in await brought(outbox, "slack") if each.kind == "case.watched"]
    notice = CaseNotice.model_validate(told.payload)
    assert (notice.watcher, notice.move, notice.officer) == (away, Move.CLAIMED, KARI)
    await desk.claim(case.id, away, standing_in=True)
    assert {each.id for each in (await desk.get(case.id)).watchers} == {away.id, KARI.id}
