"""What papers share: names in any letters that the fonts have, codes, and lines that stay on the page."""

import io
import re
from datetime import UTC, datetime

import segno
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from gateway.answers import papers, ticket_files


def test_a_name_is_written_with_its_own_letters_or_their_base_and_what_is_lacking_is_known() -> None:
    assert papers.plain("Şükrü Łukasz") == "Şükrü Łukasz"
    assert papers.plain("Nguyễn Thị Ĺ") == "Nguyen Thi L"
    assert not papers.lacking("Şükrü Nguyễn")
    assert papers.lacking("陈美玲 😀")
    assert b"Vera" in _pdf("Şükrü"), "letters that the standard fonts lack are embedded"
    assert b"Vera" not in _pdf("Siti – Rahma")


def test_a_paper_says_whose_it_is_in_which_language_and_what_it_is_called() -> None:
    made = _pdf("Siti Rahma")
    for part in (b"/Lang (id)", b"/Author (Kota Semarang)", b"/Title (Lawang Sewu)", b"/DisplayDocTitle true"):
        assert part in made
    assert b"anonymous" not in made
    assert f"/CreationDate (D:{datetime.now(UTC):%Y}".encode() in made, "no paper was made in another year"


def test_the_code_on_a_paper_has_the_dark_modules_of_its_text_and_no_other() -> None:
    text, written = "SCT1.7K4P2M8Q", io.BytesIO()
    modules = [[bool(dark) for dark in row] for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
    side = len(modules)
    canvas = Canvas(written, pageCompression=0)
    papers.qr_code(canvas, text, 0, 0, side)
    canvas.save()
    drawn = [[False] * side for _ in modules]
    for found in re.findall(rb"n ([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re f", written.getvalue()):
        left, bottom, width, height = (round(float(each)) for each in found)
        assert height == 1
        for place in range(left, left + width):
            drawn[side - 1 - bottom][place] = True
    assert drawn == modules


def _pdf(holder: str) -> bytes:
    return ticket_files.pdf(
        "Lawang Sewu", [holder], "SMGE-7K4P2M8Q-92", "SCT1.x", "", by="Kota Semarang", language="id"
    )  # fmt: skip


def test_a_word_that_is_wider_than_a_line_is_cut() -> None:
    lines = papers.wrapped("Sri " + "Wahyuningsih" * 8, "Helvetica", 9.5, 120)
    assert "".join(lines) == "Sri" + "Wahyuningsih" * 8
    assert max(stringWidth(line, "Helvetica", 9.5) for line in lines) <= 120
