"""What papers share: names in any letters that the fonts have, codes, and lines that stay on the page."""

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import segno
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from gateway.answers import papers, permit_papers, ticket_files
from gateway.portal.economy import permit_files
from gateway.portal.kit.texts import LANGUAGES, Texts


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


@pytest.mark.parametrize("letter", ["a", "W", "Ł"])
def test_however_long_what_is_permitted_is_the_code_stays_free(monkeypatch: pytest.MonkeyPatch, letter: str) -> None:
    drawn: list[float] = []
    monkeypatch.setattr(Canvas, "drawString", lambda _, left, bottom, text: drawn.append(bottom))
    words = f"{letter}JALAN KYAI HAJI WAHID HASYIM " * 10
    facts = [("Nomor", "SMGI-7K4P2M8-92"), ("Pemegang", words[:80]), ("Nama", words[:80]), ("Tempat", words[:220])]
    facts += [("NIB", "1234567890123"), ("Berlaku", "1 – 2"), ("Dasar", words[:60]), ("Terbit", "Senin")]
    kind = "Izin penutupan jalan sementara untuk kegiatan warga"
    permit_papers.pdf("Kota", "Dinas", kind, facts[0][1], facts, [], "http://x", "http://x", language="id")
    assert min(drawn) > permit_papers._MARGIN + 72 + permit_papers._SIDE


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_label_of_a_permit_s_paper_runs_into_what_stands_beside_it(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    drawn: list[tuple[float, str]] = []
    monkeypatch.setattr(Canvas, "drawString", lambda _, left, bottom, text: drawn.append((left, text)))
    texts = Texts(language)
    said = re.findall(r'texts\("([a-z_.]+)"\), ', Path(permit_files.__file__).read_text())
    labels = [texts(key) for key in said]
    permit_papers.pdf("Kota", "Dinas", "Izin", "1", [(label, "1") for label in labels], [], "", "x", language=language)
    written = [text for left, text in drawn if left == permit_papers._MARGIN]
    assert " ".join(filter(None, written)) == " ".join(labels)
    assert max(stringWidth(text, papers.PLAIN, 11) for text in written) < permit_papers._LABEL - 8


def test_the_paper_of_a_permit_is_titled_by_its_number_whatever_stands_first_on_it() -> None:
    facts = [("Keadaan", "Ditangguhkan"), ("Nomor", "SMGZ-7K4P2M8-92")]
    made = permit_papers.pdf("Kota", "Dinas", "Izin", facts[1][1], facts, [], "http://x", "http://x", language="id")
    assert b"/Title (Izin SMGZ-7K4P2M8-92)" in made


def test_a_word_that_fills_many_lines_is_cut_before_anybody_gives_up() -> None:
    assert "".join(papers.wrapped("W" * 4_000, papers.PLAIN, 12, 400)) == "W" * 4_000
