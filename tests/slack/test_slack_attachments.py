from __future__ import annotations

import io
import stat
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from bot.guard import LONGEST_QUESTION
from bot.handlers.slack.clients import OneWorkspace, connect
from bot.handlers.slack.questions.addresses import Addresses
from bot.handlers.slack.questions.attachments import LARGEST, Attached, Attachments, joined
from bot.handlers.slack.questions.documents import Documents
from tests.peers.slack import BOT_USER, TOKEN, File, Slack
from tests.slack.aside import said, settled
from tests.slack.examples import QUESTION, Bot, words

PICTURE = ("skilt.png", "image/png", b"\x89PNG\r\n")


def pdf(*pages: str) -> bytes:
    """A PDF with these words on its pages."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", ""]
    kids = []
    for text in pages:
        stream = f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET" if text else ""
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
        font = "<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>>>>>"
        contents = len(objects)
        objects.append(f"<</Type/Page/Parent 2 0 R/Resources{font}/Contents {contents} 0 R>>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Count {len(pages)}/Kids[{' '.join(kids)}]/MediaBox[0 0 600 800]>>"
    body, offsets = "%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj{each}endobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size, start = len(objects) + 1, len(body)
    body += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF"
    return body.encode("latin-1")


def locked(content: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(password, algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


@pytest.fixture
def attachments(slack: Slack) -> Attachments:
    return reading(slack, Documents())


def reading(slack: Slack, documents: Documents) -> Attachments:
    return Attachments(OneWorkspace(connect(TOKEN, slack.url)), Addresses(slack.url), documents)


def shown(slack: Slack, name: str, mimetype: str, content: bytes, **changes: Any) -> dict[str, Any]:
    file: File = slack.add_file(name, mimetype, content)
    return file.shown(slack.base) | changes


@pytest.mark.parametrize(
    ("file", "text", "note"),
    [
        (("brev.pdf", "application/pdf", pdf("Hei", "du")), "Hei\ndu", "read.pages"),
        (("ark.pdf", "application/pdf", pdf("Hei")), "Hei", "read.page"),
        (("mange.pdf", "application/pdf", pdf(*["Hei"] * 30)), "Hei\n" * 19 + "Hei", "read.first"),
        (("lang.pdf", "application/pdf", pdf(*["Hei du der " * 1_000] * 3)), None, "read.first"),
        (("åpen.pdf", "application/pdf", locked(pdf("Hei"), "")), "Hei", "read.page"),
        (("a.md", "text/plain", "# Å\nb".encode()), "# Å\nb", "read.text"),
        (("a.csv", "text/csv", "navn;sted\nKåre;Bø".encode("cp1252")), "navn;sted\nKåre;Bø", "read.text"),
        (("a.txt", "text/plain", b"Ring 41 23 45 67"), "Ring [telefonnummer]", "read.text"),
        (("låst.pdf", "application/pdf", locked(pdf("Hei"), "hemmelig")), "", "encrypted"),
        (("skann.pdf", "application/pdf", pdf("", "")), "", "scan"),
        (("rot.pdf", "application/pdf", b"%PDF-1.4 rot"), "", "broken"),
        (("tom.txt", "text/plain", b" \n"), "", "empty"),
        (("rot.txt", "text/plain", b"\0\1\2"), "", "broken"),
        (("stor.txt", "text/plain", b"a" * (LARGEST + 1)), "", "large"),
        (("brev.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"), "", "kind"),
        (PICTURE, "", "image"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
async def test_a_file_is_read_or_named_with_the_reason_why_not(
    attachments: Attachments, slack: Slack, file: tuple[str, str, bytes], text: str | None, note: str
) -> None:
    attached = await attachments.read("T1", [shown(slack, *file)])
    assert text in {None, attached.text}
    [(key, values)] = attached.notes
    assert key == f"slack.file.{note}"
    assert values["name"] == file[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"url_private_download": "https://evil.example/brev.txt"},
        {"url_private_download": "https://slack.com.evil.example/brev.txt"},
        {"url_private_download": "http://files.slack.com/brev.txt"},
        {"url_private_download": "https://files.slack.com@evil.example/brev.txt"},
        {"url_private_download": "file:///etc/passwd"},
        {"url_private_download": "", "url_private": "", "id": "FGONE"},
        {"file_access": "check_file_info", "id": "FGONE"},
    ],
)
async def test_nothing_is_fetched_from_elsewhere(
    attachments: Attachments, slack: Slack, changes: dict[str, str]
) -> None:
    attached = await attachments.read("T1", [shown(slack, "brev.txt", "text/plain", b"hei") | changes])
    assert (attached.text, attached.notes[0][0]) == ("", "slack.file.unreachable")


async def test_the_page_to_sign_in_at_is_not_taken_for_the_file(attachments: Attachments, slack: Slack) -> None:
    slack.scopes -= {"files:read"}
    attached = await attachments.read("T1", [shown(slack, "brev.txt", "text/plain", b"hei")])
    assert (attached.text, attached.notes[0][0]) == ("", "slack.file.unreachable")


async def test_a_size_that_is_told_wrong_is_found_out(attachments: Attachments, slack: Slack) -> None:
    attached = await attachments.read("T1", [shown(slack, "a.txt", "text/plain", b"a" * (LARGEST + 1), size=1)])
    assert attached.notes[0][0] == "slack.file.large"


async def test_of_many_files_each_is_named(attachments: Attachments, slack: Slack) -> None:
    files = [shown(slack, f"{number}.txt", "text/plain", b"hei") for number in range(7)]
    attached = await attachments.read("T1", files)
    assert [key.rpartition(".")[2] for key, _ in attached.notes] == ["text"] * 5 + ["many"] * 2
    assert [values["name"] for _, values in attached.notes] == [f"{number}.txt" for number in range(7)]


def program(folder: Path, script: str) -> str:
    """A text recognition of our own."""
    path = folder / "tesseract"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.parametrize(
    ("script", "text", "note"),
    [
        (
            '[ "$*" = "stdin stdout -l nor+eng" ] && cat > /dev/null && echo "Vi selger øl"',
            "Vi selger øl",
            "read.image",
        ),
        ("cat > /dev/null", "", "blank"),
        ("exit 1", "", "broken"),
        ("exec sleep 60", "", "slow"),
    ],
)
async def test_images_are_read_where_the_machine_can(
    slack: Slack, tmp_path: Path, script: str, text: str, note: str
) -> None:
    attachments = reading(slack, Documents(program(tmp_path, script), seconds=1.0))
    attached = await attachments.read("T1", [shown(slack, *PICTURE)])
    assert (attached.text, attached.notes[0][0]) == (text, f"slack.file.{note}")


@pytest.mark.parametrize(
    ("question", "document", "length", "notes"),
    [
        ("Hva?", "a" * 100, 106, []),
        ("Hva?", "a" * 5_000, LONGEST_QUESTION, ["clipped"]),
        ("a" * 1_900, "b" * 5_000, 1_900, ["room"]),
        ("", "a" * 5_000, LONGEST_QUESTION - 2, ["clipped", "question"]),
        ("Hva?", "", 4, []),
        ("", "", 0, []),
    ],
)
def test_a_document_takes_the_room_that_a_question_leaves(
    question: str, document: str, length: int, notes: list[str]
) -> None:
    together = joined(question, Attached(text=document))
    assert len(together.text) == length
    assert together.text.startswith(question)
    assert [key.rpartition(".")[2] for key, _ in together.notes] == notes


async def test_a_message_with_nothing_but_a_file_is_answered_from_what_it_says(bot: Bot, slack: Slack) -> None:
    file = slack.add_file("brev.pdf", "application/pdf", pdf("Kan vi skjenke \xf8l?", "Hilsen Kari"))
    await slack.say("D1", "UKAFE", "", files=[file])
    answer = words(await said(slack, "D1", "Det krever bevilling."))
    assert "Jeg leste brev.pdf, 2 sider.\nSkriv gjerne et spørsmål sammen med fila" in answer
    assert "Hilsen [navn]" in bot.librarian.asked[0].text


async def test_a_file_that_cannot_be_read_is_named_under_the_answer(bot: Bot, slack: Slack) -> None:
    await slack.say("D1", "UKAFE", QUESTION, files=[slack.add_file(*PICTURE), slack.add_file("x.zip", "x/zip", b"PK")])
    answer = words(await said(slack, "D1", "Det krever bevilling."))
    assert "x.zip: jeg kan lese PDF og ren tekst" in answer
    assert "skilt.png" in answer


async def test_what_is_not_even_a_question_says_why_its_file_was_not_read(bot: Bot, slack: Slack) -> None:
    await slack.say("D1", "UKAFE", "", files=[slack.add_file("x.zip", "x/zip", b"PK")])
    assert "x.zip" in words(await said(slack, "D1", "Meldingen er tom."))


async def test_a_file_of_another_company_is_asked_for_first(bot: Bot, slack: Slack) -> None:
    slack.add_team("T2", "Bryggeriet")
    slack.add_person("UBRYGG", "Bryggeriet", team_id="T2")
    slack.channels["C1"].members["UBRYGG"] = None
    slack.channels["C1"].is_ext_shared, slack.channels["C1"].teams = True, ("T1", "T2")
    await slack.say(
        "C1",
        "UBRYGG",
        "<@UBOT> Hva gjelder her?",
        files=[slack.add_file("brev.txt", "text/plain", "Vi har øl".encode(), "UBRYGG")],
    )
    answer = words(await said(slack, "C1", "Det krever bevilling."))
    assert "Jeg leste brev.txt." in answer
    assert slack.called("files.info")


def kept(folder: Path, words: bytes) -> list[Path]:
    """The files that hold these words."""
    return [path for path in folder.rglob("*") if path.is_file() and words in path.read_bytes()]


async def test_nothing_of_a_file_is_kept(bot: Bot, slack: Slack, tmp_path: Path) -> None:
    await slack.say("D1", "UKAFE", QUESTION, files=[slack.add_file("a.txt", "text/plain", b"Kanarifugl om torsdagen")])
    await said(slack, "D1", "Jeg leste a.txt.")
    assert "Kanarifugl" in bot.librarian.asked[0].text
    assert kept(tmp_path, b"a.txt")
    assert not kept(tmp_path, b"Kanarifugl")


async def test_a_file_without_a_word_is_a_follow_up_by_whoever_has_asked(bot: Bot, slack: Slack) -> None:
    root = await slack.say("C1", "UKAFE", f"<@{BOT_USER}> {QUESTION}")
    await bot.answer(root)
    file = slack.add_file("brev.txt", "text/plain", "Vi vil skjenke øl ute.".encode())
    await slack.say("C1", "UKAFE", "", root["ts"], [file])
    await said(slack, "C1", "Jeg leste brev.txt.")
    await slack.say("C1", "UOLA", "", root["ts"], [file])
    await settled(bot)
    assert [question.text for question in bot.librarian.asked] == [QUESTION, "Vi vil skjenke øl ute."]


async def test_a_file_without_a_word_to_somebody_else_is_left_alone(bot: Bot, slack: Slack) -> None:
    root = await slack.say("C1", "UKAFE", f"<@{BOT_USER}> {QUESTION}")
    await bot.answer(root)
    await slack.say("C1", "UOLA", "Send meg brevet, du", root["ts"])
    file = slack.add_file("brev.txt", "text/plain", "Vi vil skjenke øl ute.".encode())
    await slack.say("C1", "UKAFE", "", root["ts"], [file])
    await settled(bot)
    assert len(bot.librarian.asked) == 1
