from __future__ import annotations

from pathlib import Path

import pytest

from bot.evaluation.plot import plot_risk_coverage
from bot.evaluation.records import KnownQuestion, Query, Record
from bot.evaluation.runs import Outcome, fill, measure_retrieval
from bot.evaluation.scores import score_answers
from bot.question import Reply, Status
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience, Citation, Claim
from knowledge.retriever import Retriever
from tests.knowledge.conftest import embeddings, shelf

__all__ = ["embeddings", "shelf"]

ANSWERED, ABSTAINED, REFUSED = Status.ANSWERED, Status.ABSTAINED, Status.REFUSED


def outcome(
    status: Status = ANSWERED,
    cited: str = "a",
    ranking: str = "abc",
    gold: str = "a",
    *,
    answerable: bool = True,
    must_contain: tuple[str, ...] = (),
    sure: float = 0.9,
) -> Outcome:
    """A question whose right records are the letters of `gold`, and a reply that cites and ranks such letters."""
    claims = tuple(
        Claim(
            text=f"Svaret står i {each}.",
            citation=Citation(
                document=each, section="text", title="T", url="u", quote=f"Ordrett\N{NO-BREAK SPACE}fra {each}"
            ),
        )
        for each in cited
    )
    reply = Reply(
        id="1",
        status=status,
        language="nb",
        lead="Dette står i kildene:",
        claims=claims if status is ANSWERED else (),
        draft=claims,
        nearest=tuple(claim.citation for claim in claims) if status is ABSTAINED else (),
        ranking=tuple((each, section) for each in ranking for section in ("1", "2")),
        confidence=sure,
    )
    question = KnownQuestion(id="1", text="Hva?", answerable=answerable, gold=tuple(gold), must_contain=must_contain)
    return Outcome(question, reply)


def unanswerable(status: Status, **about: float) -> Outcome:
    return outcome(status, gold="", answerable=False, **about)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([outcome()], {"answered": 1, "gold_first": 1, "gold_in_3": 1, "contains": 1, "wrong": 0}),
        ([outcome(ABSTAINED)], {"answered": 0, "gold_first": 1, "gold_in_3": 1, "contains": 0, "wrong": 0}),
        ([outcome(REFUSED)], {"answered": 0, "contains": 0, "wrong": 0}),
        ([outcome(gold="b")], {"answered": 1, "gold_first": 0, "gold_in_3": 1, "wrong": 1}),
        ([outcome(gold="c", cited="abc")], {"gold_first": 0, "gold_in_3": 1, "wrong": 0}),
        ([outcome(gold="d", ranking="abcd")], {"gold_first": 0, "gold_in_3": 0, "wrong": 1}),
        ([outcome(gold="x")], {"gold_first": 0, "gold_in_3": 0, "wrong": 1}),
        ([outcome(gold="xb", cited="b")], {"gold_first": 0, "gold_in_3": 1, "wrong": 0}),
        (
            [outcome(), outcome(ABSTAINED), outcome(gold="b")],
            {"answered": 0.6667, "gold_first": 0.6667, "wrong": 0.3333},
        ),
        ([unanswerable(ABSTAINED)], {"abstained_unanswerable": 1, "wrong": 0, "answered": 0}),
        ([unanswerable(REFUSED)], {"abstained_unanswerable": 1, "wrong": 0}),
        ([unanswerable(ANSWERED)], {"abstained_unanswerable": 0, "wrong": 1, "answered": 0}),
        (
            [outcome(), unanswerable(ANSWERED), unanswerable(ABSTAINED), unanswerable(ABSTAINED)],
            {"n": 4, "answered": 1, "abstained_unanswerable": 0.6667, "wrong": 0.25},
        ),
    ],
)
def test_answers_are_scored_as_by_hand(outcomes: list[Outcome], expected: dict[str, float]) -> None:
    scores = score_answers(outcomes).model_dump()
    assert {name: scores[name] for name in expected} == expected
    assert scores.keys() == {
        *("n", "answered", "gold_first", "gold_in_3", "contains", "abstained_unanswerable", "wrong")
    }


@pytest.mark.parametrize(
    ("words", "contains"),
    [
        (("svaret står",), 1),
        (("ORDRETT FRA A",), 1),
        (("Ordrett  fra\na",), 1),
        (("svaret", "ordrett"), 1),
        (("svaret", "noe annet"), 0),
        ((), 1),
    ],
)
def test_an_answer_or_its_quotes_must_hold_all_words_however_they_are_spaced(
    words: tuple[str, ...], contains: float
) -> None:
    assert score_answers([outcome(must_contain=words)]).contains == contains


async def test_a_corpus_is_what_its_records_are(shelf: Library) -> None:
    told: list[tuple[int, int]] = []

    async def filled(*records: Record) -> dict[str, str]:
        await fill(shelf, records, lambda done, total: told.append((done, total)))
        return {each.id: each.sections[0].text for each in await shelf.reader(Audience.PUBLIC).documents()}

    first = await filled(Record(id="a", text="Skilt."), Record(id="b", text="Taxi."))
    again = await filled(Record(id="a", text="Skilt."), Record(id="b", text="Drosje."))
    fewer = await filled(Record(id="b", text="Drosje."))
    assert [first, again, fewer] == [{"a": "Skilt.", "b": "Taxi."}, {"a": "Skilt.", "b": "Drosje."}, {"b": "Drosje."}]
    assert [total for done, total in told if done == total] == [2, 1, 0]


async def test_retrieval_is_measured_by_record_whatever_its_passages(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    long = "Skilt på fasaden må omsøkes. " * 150
    records = [
        Record(id="lang", text=long),
        Record(id="taxi", text="Drosje krever løyve."),
        Record(id="is", text="Is."),
    ]
    await fill(shelf, records, lambda done, total: None)
    retriever = Retriever(reader=shelf.reader(Audience.PUBLIC), embeddings=embeddings, count=50)
    queries = [
        Query(id="1", text="skilt på fasaden", gold=("lang",)),
        Query(id="2", text="skilt på fasaden", gold=("lang", "borte")),
    ]
    scores = await measure_retrieval(retriever, queries, lambda done, total: None)
    assert (scores.n, scores.recall_1, scores.recall_10, scores.mrr_10) == (2, 0.75, 0.75, 1.0)
    assert scores.ndcg_10 == pytest.approx((1 + 1 / 1.6309) / 2, abs=1e-4)
    assert scores.ms_per_query > 0
    assert {"n", "recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "ms_per_query"} == set(
        scores.model_dump(by_alias=True)
    )


@pytest.mark.parametrize(
    "outcomes",
    [
        [outcome(sure=0.9), outcome(gold="b", sure=0.7), unanswerable(ABSTAINED, sure=0.2)],
        [outcome(sure=1.0), outcome(sure=1.0)],
        [outcome(ABSTAINED, sure=0.1)],
        [outcome(REFUSED, cited="", sure=0.0)],
    ],
    ids=["mixed", "equally sure", "nothing answered", "no draft"],
)
def test_the_risk_coverage_curve_is_drawn(tmp_path: Path, outcomes: list[Outcome]) -> None:
    plot_risk_coverage(outcomes, 0.5, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_a_curve_that_can_not_be_written_is_an_error_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="curve"):
        plot_risk_coverage([outcome()], 0.5, tmp_path / "nowhere" / "curve.png")
