"""Who waits for an answer goes before those who bring documents in, and keeps nobody waiting for ever."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from knowledge.embeddings import CachedEmbeddings, E5Embeddings
from knowledge.turns import Turns


def waited_for(reached: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not reached():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_what_presses_goes_first_and_keeps_its_place_between_its_turns() -> None:
    turns, order = Turns(patience=30), list[str]()

    def patiently() -> None:
        with turns.turn(patient=True):
            order.append("patient")

    with ThreadPoolExecutor(2) as pool:
        with turns.pressing():
            patient = pool.submit(patiently)
            for name in ("first", "second"):
                with turns.turn():
                    order.append(name)
                time.sleep(0.05)
        patient.result(10)
    assert order == ["first", "second", "patient"]


def test_who_takes_turn_after_turn_lets_others_have_theirs_between() -> None:
    turns, taken, over = Turns(), 0, threading.Event()

    def again_and_again() -> None:
        nonlocal taken
        with turns.pressing():
            while not over.is_set():
                with turns.turn():
                    taken += 1
                    time.sleep(0.005)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(again_and_again)
        waited_for(lambda: taken > 2)
        for _ in range(5):
            before = taken
            with turns.turn():
                assert taken <= before + 1
        over.set()


def test_who_is_patient_is_not_so_for_ever() -> None:
    turns = Turns(patience=0.05)
    with turns.pressing(), ThreadPoolExecutor(1) as pool:
        taken = threading.Event()

        def patiently() -> None:
            with turns.turn(patient=True):
                taken.set()

        pool.submit(patiently).result(10)
    assert taken.is_set()


def test_a_turn_that_fails_is_given_back() -> None:
    turns = Turns()
    for patient in (False, True):
        with contextlib.suppress(ZeroDivisionError), turns.turn(patient=patient):
            1 / 0  # noqa: B018 - raises
    with turns.turn():
        pass


def test_a_question_is_read_while_documents_come_in(tmp_path: Path) -> None:
    model = E5Embeddings()
    with contextlib.closing(CachedEmbeddings(model, tmp_path / "v.db")) as cached, ThreadPoolExecutor(4) as pool:
        cached.embed_query("Hei")
        done: list[int] = []

        def bring(part: int) -> None:
            for each in range(12):
                cached.patient.embed_documents(
                    [f"Del {part}, ledd {each}. " + "Søkeren skal få svar innen fire uker. " * 9]
                )
                done.append(each)

        bringing = [pool.submit(bring, part) for part in range(3)]
        waited_for(lambda: len(done) >= 3)
        before = len(done)
        cached.embed_query("Når får jeg svar?")
        cached.embed_documents([f"Svar {each}." for each in range(20)])
        # One may have been at it when each of the two began.
        assert len(done) <= before + 4
        for each in bringing:
            each.result(60)
    assert len(done) == 36
