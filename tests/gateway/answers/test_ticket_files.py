"""Tickets on paper: names in any letters that the fonts have, and lines that stay on the page."""

from reportlab.pdfbase.pdfmetrics import stringWidth

from gateway.answers import ticket_files


def test_a_name_is_written_with_its_own_letters_or_their_base_and_what_is_lacking_is_known() -> None:
    assert ticket_files.plain("Şükrü Łukasz") == "Şükrü Łukasz"
    assert ticket_files.plain("Nguyễn Thị Ĺ") == "Nguyen Thi L"
    assert not ticket_files.lacking("Şükrü Nguyễn")
    assert ticket_files.lacking("陈美玲 😀")
    made = ticket_files.pdf("Lawang Sewu", ["Şükrü"], "SMGE-7K4P2M8Q-92", "SCT1.x", "")
    assert b"Vera" in made, "letters that the standard fonts lack are embedded"
    assert b"Vera" not in ticket_files.pdf("Lawang Sewu", ["Siti – Rahma"], "SMGE-7K4P2M8Q-92", "SCT1.x", "")


def test_a_word_that_is_wider_than_a_line_is_cut() -> None:
    lines = ticket_files.wrapped("Sri " + "Wahyuningsih" * 8, "Helvetica", 9.5, 120)
    assert "".join(lines) == "Sri" + "Wahyuningsih" * 8
    assert max(stringWidth(line, "Helvetica", 9.5) for line in lines) <= 120
