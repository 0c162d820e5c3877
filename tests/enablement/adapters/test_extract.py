"""What is found in files of each format."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from enablement.adapters.extract import Extracted, ExtractedPage, Limits, UnreadableFile, extract
from enablement.adapters.extract.contents import Refused
from enablement.adapters.extract.read import read
from tests.enablement.adapters.extract_corpus import (
    Slide,
    deck,
    deck_of_one_slide,
    document,
    office_file,
    paragraph_xml,
    pdf,
    relations_xml,
    shape_xml,
    with_slides_reversed,
    word_xml,
)

Written = Callable[[str, str | bytes], Extracted]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Write a file of that name and content, and read it."""

    def write_and_read(name: str, content: str | bytes) -> Extracted:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read(path, Limits())

    return write_and_read


def titles(found: Extracted) -> list[str]:
    return [page.title for page in found.pages]


def test_a_deck_gives_titles_bodies_tables_groups_and_notes(tmp_path: Path) -> None:
    slides = [
        Slide(
            "Pricing",
            "Three plans",
            notes="Pause here",
            grouped="In a group",
            table=[["Plan", "Price"], ["Pro", "9"]],
        ),
        Slide("Security", "ISO 27001"),
    ]

    found = extract(deck(tmp_path / "deck.pptx", slides))

    assert found.media_type == "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    assert found.title == "Pricing"
    assert found.pages == (
        ExtractedPage(1, "Pricing", "Three plans\nIn a group\nPlan\tPrice\nPro\t9\n\nPause here"),
        ExtractedPage(2, "Security", "ISO 27001"),
    )
    assert found.front_matter == {}
    assert not found.truncated


def test_slides_come_in_the_order_in_which_they_are_shown(tmp_path: Path) -> None:
    path = with_slides_reversed(deck(tmp_path / "deck.pptx", [Slide("A"), Slide("B"), Slide("C")]))

    found = read(path, Limits())

    assert titles(found) == ["C", "B", "A"]
    assert [page.number for page in found.pages] == [1, 2, 3]


def test_slide_numbers_dates_and_footers_are_left_out(tmp_path: Path) -> None:
    shapes = (
        shape_xml("7", placeholder="sldNum") + shape_xml("Acme 2026", placeholder="ftr") + shape_xml("Words")
    )

    found = read(deck_of_one_slide(tmp_path / "deck.pptx", shapes), Limits())

    assert found.pages == (ExtractedPage(1, "", "Words"),)


def test_what_a_slide_says_twice_for_old_programs_is_read_once(tmp_path: Path) -> None:
    both = f"<mc:Choice>{shape_xml('New')}</mc:Choice><mc:Fallback>{shape_xml('Old')}</mc:Fallback>"

    found = read(
        deck_of_one_slide(tmp_path / "deck.pptx", f"<mc:AlternateContent>{both}</mc:AlternateContent>"),
        Limits(),
    )

    assert found.pages[0].text == "New"


def test_the_words_of_a_diagram_are_found(tmp_path: Path) -> None:
    frame = '<p:graphicFrame><a:graphic><d:relIds r:dm="diagram"/></a:graphic></p:graphicFrame>'
    data = b'<m xmlns:a="a"><a:p><a:t>Plan</a:t></a:p><a:p/><a:p><a:t>Build</a:t></a:p></m>'

    found = read(deck_of_one_slide(tmp_path / "deck.pptx", frame, diagram=data), Limits())

    assert found.pages[0].text == "Plan\nBuild"


def test_a_word_document_is_cut_at_its_headings(tmp_path: Path) -> None:
    found = extract(document(tmp_path / "doc.docx"))

    assert found.title == "Security overview"
    assert found.pages == (
        ExtractedPage(1, "Security overview", "How we keep data safe."),
        ExtractedPage(
            2,
            "Encryption",
            "Data is encrypted with AES-256.\tAlways.\nLayer\tKey\nDisk\tKMS\nRotation\nKeys rotate yearly.",
        ),
        ExtractedPage(3, "Access", "Only people who need it."),
    )


def test_headings_are_known_in_every_language_of_word(tmp_path: Path) -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    styles = (
        f'<w:styles {space}><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:styleId="Hausstil"><w:name w:val="Unsere"/><w:basedOn w:val="berschrift1"/></w:style>'
        '<w:style w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style></w:styles>'
    )
    styled = '<w:p><w:pPr><w:pStyle w:val="{}"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    body = (
        styled.format("Verzeichnis1", "Preise …… 1")
        + styled.format("Hausstil", "Preise")
        + paragraph_xml("Neun Euro")
    )
    parts = {
        "document.xml": word_xml(body),
        "_rels/document.xml.rels": relations_xml(styles="styles.xml"),
        "styles.xml": styles.encode(),
    }

    found = read(office_file(tmp_path / "doc.docx", parts), Limits())

    assert found.pages == (ExtractedPage(1, "Preise", "Neun Euro"),)


def test_deleted_words_are_not_read_and_inserted_ones_and_boxes_are(tmp_path: Path) -> None:
    box = f"<w:r><w:pict><w:txbxContent>{paragraph_xml('Boxed')}</w:txbxContent></w:pict></w:r>"
    both = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    choice = f"<w:r><mc:AlternateContent>{both}</mc:AlternateContent></w:r>"
    body = (
        f"<w:p><w:del><w:r><w:delText>Gone</w:delText></w:r></w:del>"
        f"<w:moveFrom><w:r><w:t>Moved</w:t></w:r></w:moveFrom><w:ins><w:r><w:t>Added</w:t></w:r></w:ins>{choice}</w:p>"
    )

    found = read(office_file(tmp_path / "doc.docx", {"document.xml": word_xml(body)}), Limits())

    assert found.pages[0].text == "Added\nBoxed"


def test_a_table_inside_a_table_is_read_once(tmp_path: Path) -> None:
    inner = f"<w:tbl><w:tr><w:tc>{paragraph_xml('in')}</w:tc></w:tr></w:tbl>"
    cells = f"<w:tc>{paragraph_xml('out')}{inner}</w:tc><w:tc>{paragraph_xml('next')}</w:tc>"
    body = f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"

    found = read(office_file(tmp_path / "doc.docx", {"document.xml": word_xml(body)}), Limits())

    assert found.pages[0].text == "out in\tnext"


def test_a_pdf_gives_its_pages_with_titles_from_bookmarks(tmp_path: Path) -> None:
    path = pdf(
        tmp_path / "p.pdf", ["First words", "", "Third"], title="Microsoft Word - Guide", bookmarks=True
    )

    found = extract(path)

    assert found.media_type == "application/pdf"
    assert found.title == "Guide"
    assert found.pages == (
        ExtractedPage(1, "Chapter 1", "First words"),
        ExtractedPage(2, "Chapter 2", ""),
        ExtractedPage(3, "Chapter 3", "Third"),
    )


def test_a_word_parted_at_the_end_of_a_line_is_put_together(tmp_path: Path) -> None:
    path = pdf(tmp_path / "p.pdf", ["We sell inter-\nnational things"])

    assert read(path, Limits()).pages[0].text == "We sell international things"


def test_a_title_that_a_program_made_up_is_no_title(tmp_path: Path) -> None:
    assert read(pdf(tmp_path / "p.pdf", ["words"], title="Untitled"), Limits()).title is None
    assert read(deck(tmp_path / "d.pptx", [Slide(body="words")]), Limits()).title is None


def test_markdown_gives_front_matter_and_sections(written: Written) -> None:
    found = written(
        "guide.md",
        "---\ntitle: Pricing guide\nvalid_until: 2027-01-31\ntags: [plans, emea]\n---\n"
        "Intro with **bold**, a [link](https://example.com) and `code`.\n\n# Plans\n\n"
        "| Plan | Price |\n|---|---|\n| Pro | 9 |\n\n"
        "```py\n# not a heading\nx = 1\n```\n\n"
        "Discounts\n---------\n\n- ten\n- twenty\n\n#### Fine print\n\n<b>None</b>\n",
    )

    assert found.media_type == "text/markdown"
    assert found.title == "Pricing guide"
    assert found.front_matter == {
        "title": "Pricing guide",
        "valid_until": "2027-01-31",
        "tags": ["plans", "emea"],
    }
    assert found.pages == (
        ExtractedPage(1, "", "Intro with bold, a link and code."),
        ExtractedPage(2, "Plans", "Plan\tPrice\nPro\t9\n# not a heading\nx = 1"),
        ExtractedPage(3, "Discounts", "ten\ntwenty\nFine print\nNone"),
    )


def test_markdown_without_front_matter_takes_its_title_from_the_first_heading(written: Written) -> None:
    assert written("a.markdown", "\ufeff# Welcome\r\n\r\nHello\r\n").title == "Welcome"


def test_a_line_of_dashes_that_opens_a_text_is_text(written: Written) -> None:
    assert "just words" in written("a.md", "---\n\njust words\n\n---\n\nmore\n").pages[0].text


@pytest.mark.parametrize(
    "front_matter",
    ["a: b: c", "a: [1", "a: 2026-13-45", "a: &x [1]\nb: *x", "a: !!python/name:os.system", "[" * 5000],
)
def test_front_matter_that_cannot_be_trusted_is_refused(written: Written, front_matter: str) -> None:
    with pytest.raises(Refused, match="invalid front matter"):
        written("a.md", f"---\n{front_matter}\n---\n\nSecret\n")


def test_a_web_page_gives_what_a_reader_sees(written: Written) -> None:
    found = written(
        "page.html",
        "<!doctype html><html><head><title>Plans &amp; prices</title><style>p{}</style></head>"
        "<body><script>evil()</script>"
        "<p>From <b>nine</b>\n euros&nbsp;a month<br>or less</p><h2>Details</h2><ul><li>one<li>two</ul>"
        "<table><tr><th>Plan<th>Price<tr><td>Pro<td>9</table>"
        "<pre>a\n  b</pre><p hidden>no</p><h4>Deep</h4>end</body></html>",
    )

    assert found.media_type == "text/html"
    assert found.title == "Plans & prices"
    assert found.pages == (
        ExtractedPage(1, "", "From nine euros\u00a0a month\nor less"),
        ExtractedPage(2, "Details", "one\ntwo\nPlan\tPrice\nPro\t9\na\n  b\nDeep\nend"),
    )


@pytest.mark.parametrize(
    ("declaration", "encoding", "text"),
    [
        ('<meta charset="tis-620">', "cp874", "ราคาแผน"),
        ("<meta http-equiv=Content-Type content='text/html; charset=gb2312'>", "gbk", "价格方案"),
        ("<meta charset=big5>", "big5", "價格方案"),
        ("<meta charset=EUC-KR>", "cp949", "가격표"),
        ("<meta charset=iso-8859-1>", "cp1252", "“Preço”"),
        ("", "utf-16", "가격표"),
        ("", "cp1252", "Promoção já começou"),
        ('<meta charset="utf-8">', "utf-8", "ราคา"),
        ("<meta charset=no-such-thing>", "utf-8", "ราคา"),
    ],
)
def test_a_web_page_is_read_in_its_own_encoding(
    written: Written, declaration: str, encoding: str, text: str
) -> None:
    assert written("page.htm", f"{declaration}<p>{text}".encode(encoding)).pages[0].text == text


def test_text_of_unknown_encoding_is_refused_rather_than_garbled(written: Written) -> None:
    with pytest.raises(Refused, match="UTF-8"):
        written("price.txt", "价格方案".encode("gbk"))


def test_plain_text_has_a_page_to_each_form_feed(written: Written) -> None:
    found = written("notes.TXT", "one\ntwo\f\fthree\n")

    assert found.pages == (ExtractedPage(1, "", "one\ntwo"), ExtractedPage(2, "", "three"))
    assert found.title is None


def test_text_is_normalised_and_free_of_control_characters(written: Written) -> None:
    found = written("notes.txt", "cafe\u0301\x07\x1b[0m \tend  \r\n\r\n\r\n\r\nnext\ufeff\u2028last")

    assert found.pages[0].text == "caf\u00e9[0m \tend\n\nnext\nlast"


def test_front_matter_is_clean_too(written: Written) -> None:
    found = written(
        "a.md", '---\n"k\\0ey": ["\\ud800", .inf, 1.5, {2: true}]\nat: 2026-01-01 10:00:00\n---\nx\n'
    )

    when = datetime.datetime(2026, 1, 1, 10, 0)  # noqa: DTZ001  YAML gave no time zone.
    assert found.front_matter == {"key": ["\ufffd", "inf", 1.5, {"2": True}], "at": when.isoformat()}


def test_long_files_are_cut_and_say_so(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("abce\u0323\u0302de\f" + "x" * 10 + "\flast")

    by_page = read(path, Limits(max_chars_per_page=4))
    by_pages = read(path, Limits(max_pages=1))
    by_all = read(path, Limits(max_chars=8))

    assert [page.text for page in by_page.pages] == ["abc\u1ec7", "xxxx", "last"]
    assert [page.text for page in by_pages.pages] == ["abc\u1ec7de"]
    assert [page.text for page in by_all.pages] == ["abc\u1ec7de", "xx", ""]
    assert by_page.truncated
    assert by_pages.truncated
    assert by_all.truncated


def test_no_letter_loses_its_accents_at_the_cut(tmp_path: Path) -> None:
    path = tmp_path / "thai.txt"
    path.write_text("กก" + "ก\u0e48" * 3)

    assert read(path, Limits(max_chars_per_page=3)).pages[0].text == "กก"


def test_an_unreadable_file_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "plan\nB.pptx"
    path.write_bytes(b"")

    with pytest.raises(UnreadableFile) as told:
        extract(path)

    assert (
        str(told.value)
        == "“plan B.pptx” is empty. Check that it was saved or copied whole, and add it again."
    )
