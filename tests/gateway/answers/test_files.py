"""Files for people: QR codes as pictures and CSV for spreadsheets."""

import csv
import io

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gateway.answers import qr, sheets
from gateway.answers.problems import Problem

TEXT = (
    "00020101021226670016COM.NOBUBANK.WWW01189360050300000879140214844519767362640303UMI51440014ID.CO.QRIS.WWW"
    "0215ID20243345184510303UMI5204541153033605802ID5920YANTO SHOP OK18846346005DEPOK61051641162070703A0163046879"
)


def test_a_picture_has_four_white_modules_around_a_code_of_level_m() -> None:
    code = segno.make(TEXT, error="m", boost_error=False, micro=False)
    assert code.error == "M"
    image = Image.open(io.BytesIO(qr.picture(TEXT, "png"))).convert("L")
    modules = len(code.matrix) + 8
    assert image.size == (modules * qr.PIXELS, modules * qr.PIXELS)
    seen = [[image.getpixel((x * qr.PIXELS + 4, y * qr.PIXELS + 4)) for x in range(modules)] for y in range(modules)]
    assert [row[4:-4] for row in seen[4:-4]] == [[0 if dark else 255 for dark in row] for row in code.matrix]
    assert all(pixel == 255 for row in (*seen[:4], *seen[-4:]) for pixel in row)


def test_a_drawing_needs_no_script_and_names_its_size() -> None:
    drawn = qr.picture(TEXT, "svg").decode()
    assert 'width="' in drawn
    assert "<script" not in drawn


def test_without_a_text_there_is_no_picture() -> None:
    with pytest.raises(Problem) as refused:
        qr.answer("", "png", "x")
    assert (refused.value.status, refused.value.reason) == (404, "QR_NOT_PRESENTED")


async def test_lines_end_as_rfc_4180_has_it_and_quotes_are_doubled() -> None:
    made = await sheets.sheet("x", ("name", "units"), [('Toko "Jaya", los B\nA', -5)])
    assert bytes(made.body) == b'name,units\r\n"Toko ""Jaya"", los B\nA",-5\r\n'
    assert made.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert made.headers["content-disposition"] == 'attachment; filename="x.csv"'


@given(st.lists(st.one_of(st.text(), st.integers()), min_size=2, max_size=4))
async def test_no_cell_is_a_formula_and_every_cell_comes_back(row: list[str | int]) -> None:
    made = await sheets.sheet("x", ("a",), [row])
    cells = list(csv.reader(io.StringIO(bytes(made.body).decode(), newline="")))[1]
    for given_, cell in zip(row, cells, strict=True):
        if isinstance(given_, int):
            assert cell == str(given_)
        else:
            assert not cell.startswith(sheets.FORMULA)
            assert cell.replace("'", "") == given_.replace("'", "")


@given(st.lists(st.text(st.sampled_from("=+-@＝＋－＠;\t,\"'\r\na ")), min_size=1, max_size=4))
async def test_no_cell_is_a_formula_whatever_a_spreadsheet_takes_for_the_end_of_a_cell(row: list[str]) -> None:
    """Where the comma is for decimals, as in Indonesia, cells end at semicolons, whatever a file says."""
    made = bytes((await sheets.sheet("x", ("a",), [row])).body).decode()
    for delimiter in (",", ";", "\t"):
        for cells in csv.reader(io.StringIO(made, newline=""), delimiter=delimiter):
            assert not [cell for cell in cells if cell.startswith(sheets.SIGNS)], delimiter


async def test_a_formula_after_a_semicolon_is_text() -> None:
    made = await sheets.sheet("x", ("name",), [("Tk;=1+1",), ("Tk; 2",)])
    assert bytes(made.body) == b"name\r\nTk;'=1+1\r\nTk; 2\r\n"
