from __future__ import annotations

import time

import pytest

from bot.handlers.slack.questions.addressed import (
    Written,
    calls_others,
    is_meant,
    is_open_question,
    may_be_meant,
    mentions,
)
from tests.slack.lines import KNOWN, UNSEEN, read

BOT = "UBOT"
ME, OTHER = "UKAFE", "UOLA"
SUBJECTS = ("Kan jeg skjenke øl på uteserveringen?", "Skjenking av alkohol krever skjenkebevilling.")


@pytest.mark.parametrize(("line", "expected"), read(KNOWN))
def test_a_question_for_whoever_knows_is_told_from_what_people_say_to_each_other(line: str, expected: bool) -> None:
    assert is_open_question(line, BOT) is expected


def test_on_lines_that_the_rules_were_not_written_after_few_are_missed_and_few_answered_in_vain() -> None:
    told = [(is_open_question(line, BOT), expected) for line, expected in read(UNSEEN)]
    right = sum(found and expected for found, expected in told)
    precision = right / sum(found for found, _ in told)
    recall = right / sum(expected for _, expected in told)
    # At the first try .957 and .938, over 104 lines. By the same writer as the rules, which flatters them.
    assert precision > 0.95
    assert recall > 0.93


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@UBOT> kan jeg?", True),
        ("Kan jeg, <@UBOT|moteplassen>?", True),
        ("<@UBOTTEN> kan jeg?", False),
        ("<#UBOT|kanal>", False),
        ("UBOT", False),
    ],
)
def test_a_mention_is_of_the_whole_id_and_may_stand_anywhere(text: str, expected: bool) -> None:
    assert mentions(text, BOT) is expected
    assert not mentions(text, "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@UOLA> hva tror du?", True),
        ("Hva tror du, <@UOLA|ola>?", True),
        ("<!subteam^S1|@saker> kan noen svare?", True),
        ("<!here> noen som vet?", True),
        ("Kari, har du sett dette?", True),
        ("Hei Kari! Gjelder det oss?", True),
        ("Anne Lise: gjelder det oss?", True),
        ("Per kan du sjekke om det gjelder oss?", True),
        ("@ola gjelder det oss?", True),
        ("<@UBOT> gjelder det oss?", False),
        ("Hei, gjelder det oss?", False),
        ("Takk! Gjelder det også vin?", False),
        ("Møteplassen, gjelder det oss?", False),
        ("Ok, og hva med vin?", False),
        ("Skjenkebevilling: hva koster det?", False),
        ("Uteservering, hvor søker jeg om det?", False),
        ("Hvor kan du søke om dette?", False),
        ("Gjelder det kari@kafe.no også?", False),
        ("Når må det være inne, og hva koster det?", False),
    ],
)
def test_who_is_called_by_name_or_mention_is_spoken_to(text: str, expected: bool) -> None:
    assert calls_others(text, BOT) is expected


ASKERS_ONLY, ANYBODY, NOBODY = "askers only", "anybody", "nobody"


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("Gjelder det også vin?", ANYBODY),
        ("Hva koster det?", ANYBODY),
        ("Og hva er fristen?", ANYBODY),
        ("hvor lenge varer den", ANYBODY),
        ("Kor søkjer eg?", ANYBODY),
        ("Does that include wine?", ANYBODY),
        ("jeg lurer på om det gjelder for lag og foreninger", ANYBODY),
        ("Og vin?", ANYBODY),
        ("Enn ute?", ANYBODY),
        ("What about wine?", ANYBODY),
        ("Kan du forklare det enklere?", ASKERS_ONLY),
        ("Er du sikker?", ASKERS_ONLY),
        ("Jeg mener uteservering på torget", ASKERS_ONLY),
        ("Nei, jeg mente et lukket selskap", ASKERS_ONLY),
        ("Det gjelder et arrangement i juni", ASKERS_ONLY),
        ("og på søndager", ASKERS_ONLY),
        ("I mean outdoors", ASKERS_ONLY),
        ("takk!", NOBODY),
        ("Tusen takk for hjelpen", NOBODY),
        ("thanks 🙏", NOBODY),
        ("👍", NOBODY),
        ("ok", NOBODY),
        ("Enig!", NOBODY),
        ("Supert, da søker vi på mandag", NOBODY),
        ("Jeg ringer dem i morgen", NOBODY),
        ("<@UOLA> gjelder det oss?", NOBODY),
        ("Kari, gjelder det oss?", NOBODY),
        ("Skal vi ta en lunsj og snakke om det?", NOBODY),
        ("Bra at det ble avklart", NOBODY),
        ("&gt; Hva koster det?\nDet koster 300 kroner", NOBODY),
        ("&gt; Det koster 300 kroner\nGjelder det også vin?", ANYBODY),
        ("Hva koster det? " * 200, NOBODY),
        ("", NOBODY),
    ],
)
def test_in_the_bots_thread_what_is_written_may_be_for_it(text: str, whose: str) -> None:
    assert may_be_meant(text, BOT, has_asked=False) is (whose == ANYBODY)
    assert may_be_meant(text, BOT, has_asked=True) is (whose != NOBODY)


@pytest.mark.parametrize("part", ["your ", "hei ", "jeg lurer ", "a.", "Kari ", "?? ", "> ", "kan ", "<@U1> ", "```"])
def test_no_text_takes_long_to_look_at(part: str) -> None:
    text = part * (40_000 // len(part))
    began = time.thread_time()
    for cut in (text, text[:1_990]):
        is_open_question(cut, BOT)
        may_be_meant(cut, BOT, has_asked=True)
    assert time.thread_time() - began < 1.0


def bot() -> Written:
    return Written(user="", text=SUBJECTS[1], ours=True)


def put(user: str) -> Written:
    return Written(user=user, text="<@UBOT> " + SUBJECTS[0], ours=True)


def says(user: str, text: str) -> Written:
    return Written(user=user, text=text)


@pytest.mark.parametrize(
    ("before", "text", "expected"),
    [
        ([put(ME), bot()], "Og vin?", True),
        ([put(OTHER), bot()], "Og vin?", True),
        ([put(ME), bot(), says(ME, "Vi er en kafé")], "Gjelder det oss?", True),
        ([put(ME), put(OTHER)], "Gjelder det også vin?", True),
        ([put(ME), bot(), says(ME, "Kari, hva tror du?")], "Gjelder det oss?", False),
        ([put(ME), bot(), says(ME, "<@UOLA> se her")], "Gjelder det oss?", False),
        ([put(ME), bot(), says(OTHER, "Det tror jeg ikke")], "Hvorfor ikke?", False),
        ([put(ME), bot(), says(OTHER, "Vi gjorde det i fjor")], "Hva sa de da?", False),
        ([put(ME), bot(), says(OTHER, "Vi gjorde det i fjor"), says(ME, "Ja")], "Gikk det bra?", False),
        ([put(ME), bot(), says(OTHER, "Vi gjorde det i fjor")], "Har du skjenkebevilling?", False),
        ([put(ME), bot(), says(OTHER, "Vi gjorde det i fjor")], "Hvor lenge varer skjenkebevillingen?", True),
        ([put(ME), bot(), says(OTHER, "Jeg ringer dem")], "Trenger uteserveringen egen tillatelse?", True),
        ([put(ME), bot(), says(OTHER, "Jeg ringer dem")], "Jeg mener uteserveringen på torget", False),
        ([put(ME), bot(), says(OTHER, "Takk"), put(OTHER), bot()], "Og vin?", True),
        ([put(ME), bot(), says(OTHER, "Interessant, takk for tipset.")], "Hvor lenge gjelder den?", True),
        ([put(ME), bot(), says(OTHER, "Takk, men hva med oss?")], "Hvor lenge gjelder den?", False),
    ],
)
def test_where_another_person_spoke_last_only_a_question_about_the_same_is_for_the_bot(
    before: list[Written], text: str, expected: bool
) -> None:
    assert is_meant(text, ME, before, SUBJECTS, BOT) is expected
