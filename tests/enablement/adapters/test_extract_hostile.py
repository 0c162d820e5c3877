"""Files made to do harm, or come to harm: each is refused in words, in time, and the caller goes on."""

import os
import random
import zipfile
from pathlib import Path

import pytest

from enablement.adapters.extract import Extracted, Limits, UnreadableFile, extract_many
from enablement.adapters.extract.contents import Refused
from enablement.adapters.extract.read import read
from tests.enablement.adapters.extract_corpus import (
    ALL_BYTES,
    BILLION_LAUGHS,
    TYPED,
    Slide,
    deck,
    deeply_nested_pdf,
    document,
    mutated,
    mutated_parts,
    office_file,
    overlapping_zip,
    paragraph_xml,
    pdf,
    sample,
    word_xml,
)

WORDS = word_xml(paragraph_xml("words"))
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def refusal(path: Path) -> str:
    with pytest.raises(Refused) as told:
        read(path, Limits())
    return str(told.value)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pptx", b"MZ\x90\0" + bytes(100), "not a PowerPoint deck but a Windows program"),
        ("a.md", b"MZ\x90\0" + bytes(100), "not a Markdown file but a Windows program"),
        ("a.pdf", b"PK\x03\x04" + bytes(100), "not a PDF but a zip archive"),
        ("a.txt", b"%PDF-1.7\n", "not a text file but a PDF"),
        ("a.txt", b"a\0b", "not a text file"),
        ("a.docx", OLD_OFFICE, "format before 2007"),
        ("a.docx", OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        ("a.docx", b"PK\x03\x04" + bytes(100), "damaged"),
        ("a.pdf", b"%PDF-1.7\n", "damaged"),
        ("a.exe", b"MZ", "of a kind that cannot be read"),
        ("a.md", b"", "empty"),
        ("a.md", b" \n\n", "nothing to read"),
        ("a.html", b"<!-- -->", "nothing to read"),
        ("a.html", b"<div>" * 5000, "nested too deeply"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    assert reason in refusal(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")

    assert "not there" in refusal(tmp_path / "none.md")
    assert "not there" in refusal(tmp_path / "nul\0.md")
    assert "not a file" in refusal(tmp_path)
    assert "not a file" in refusal(tmp_path / "pipe.txt")


def test_a_text_may_speak_of_formats(tmp_path: Path) -> None:
    path = tmp_path / "formats.md"
    path.write_text("MZ begins a program, PK a zip and %PDF- a PDF.")

    assert read(path, Limits()).pages[0].text == path.read_text()


def test_a_document_named_as_a_deck_is_refused(tmp_path: Path) -> None:
    assert "not a PowerPoint deck inside" in refusal(
        document(tmp_path / "a.docx").rename(tmp_path / "a.pptx")
    )
    assert "not a Word document inside" in refusal(
        deck(tmp_path / "b.pptx", [Slide()]).rename(tmp_path / "b.docx")
    )


def test_an_encrypted_pdf_is_refused(tmp_path: Path) -> None:
    assert "protected by a password" in refusal(pdf(tmp_path / "a.pdf", ["secret"], password="s3cret"))


def test_a_damaged_pdf_is_not_called_encrypted_after_one_that_is(tmp_path: Path) -> None:
    refusal(pdf(tmp_path / "encrypted.pdf", ["secret"], password="s3cret"))

    assert "damaged" in refusal(deeply_nested_pdf(tmp_path / "deep.pdf", depth=200_000))


def test_a_protected_part_is_refused(tmp_path: Path) -> None:
    path = office_file(tmp_path / "a.docx", {"document.xml": WORDS})
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)

    assert "protected by a password" in refusal(path)


@pytest.mark.parametrize(
    "parts",
    [
        {"big.bin": bytes(40_000_000)},
        {f"{number}.bin": b"" for number in range(2_001)},
    ],
    ids=["high ratio", "many parts"],
)
def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path: Path, parts: dict[str, bytes]) -> None:
    path = office_file(tmp_path / "a.docx", {"document.xml": WORDS} | parts)

    assert "more than a real document holds" in refusal(path)


def test_stored_zeros_past_the_limit_are_refused(tmp_path: Path) -> None:
    parts = {"document.xml": WORDS, "media.bin": bytes(1_000_000)}
    path = office_file(tmp_path / "a.docx", parts, compression=zipfile.ZIP_STORED)

    with pytest.raises(Refused, match="more than a real document holds"):
        read(path, Limits(max_unpacked_bytes=1_000_000))


def test_parts_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    assert "more than a real document holds" in refusal(overlapping_zip(tmp_path / "a.docx", entries=100))


@pytest.mark.parametrize(
    "name", ["../up.xml", "/root.xml", "a\\b.xml", "c:d.xml", "DOCUMENT.xml", "a/../../b"]
)
def test_part_names_that_lead_astray_are_refused(tmp_path: Path, name: str) -> None:
    path = office_file(tmp_path / "a.docx", {"document.xml": WORDS, name: b""})

    assert "names that no real document has" in refusal(path)


@pytest.mark.parametrize(
    ("main", "reason"),
    [
        (word_xml(paragraph_xml("&a9;"), doctype=BILLION_LAUGHS), "document type declaration"),
        (word_xml("", doctype='<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'), "document type declaration"),
        (
            word_xml(paragraph_xml("&f;"), doctype='<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'),
            "document type declaration",
        ),
        (word_xml("<w:sdt>" * 80 + "</w:sdt>" * 80), "nested too deeply"),
        (WORDS[:-20], "damaged"),
        (b"", "damaged"),
    ],
)
def test_hostile_xml_is_refused(tmp_path: Path, main: bytes, reason: str) -> None:
    assert reason in refusal(office_file(tmp_path / "a.docx", {"document.xml": main}))


def test_too_large_a_file_is_refused_unopened(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.touch()
    os.truncate(path, 100_000_001)

    assert "larger than 100 MB" in refusal(path)


@pytest.mark.parametrize("suffix", ["pptx", "docx", "pdf"])
def test_every_truncation_is_called_damaged(tmp_path: Path, suffix: str) -> None:
    data = sample(tmp_path / f"whole.{suffix}").read_bytes()
    paths = [tmp_path / f"{number}.{suffix}" for number in range(1, 20)]
    for number, path in enumerate(paths, start=1):
        path.write_bytes(data[: len(data) * number // 20])

    outcomes = [outcome for _, outcome in extract_many(paths)]

    assert len(outcomes) == len(paths)
    assert all("damaged" in str(outcome) for outcome in outcomes if isinstance(outcome, UnreadableFile))
    # PDFium rebuilds a file that lost its end; the parts of an Office file are listed there.
    assert suffix == "pdf" or not any(isinstance(outcome, Extracted) for outcome in outcomes)


@pytest.mark.parametrize("suffix", ["pptx", "docx", "pdf", "html", "md", "txt"])
def test_damaged_files_never_harm_the_caller(
    tmp_path: Path, suffix: str, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(suffix)
    whole = sample(tmp_path / f"whole.{suffix}")
    paths = [tmp_path / f"{number}.{suffix}" for number in range(60)]
    for number, path in enumerate(paths):
        if suffix in ("pptx", "docx") and number % 2:
            path.write_bytes(mutated_parts(whole.read_bytes(), chance))
        else:
            path.write_bytes(mutated(whole.read_bytes(), chance, alphabet=TYPED if number % 2 else ALL_BYTES))

    outcomes = dict(extract_many([*paths, whole]))

    assert list(outcomes) == [*paths, whole]
    assert isinstance(outcomes[whole], Extracted)
    assert not caplog.records
