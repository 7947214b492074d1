"""Words that many read hold no number or address of anybody; dates, times, places and counts they may hold."""

import pytest

from services.kit.errors import DomainError
from services.kit.impersonal import is_personal, require_impersonal


@pytest.mark.parametrize(
    "text",
    [
        "NIK 3374010101900001",
        "33.74.01.010190.0001",
        "Hubungi 0812-9999-7777.",
        "telp +62 (812) 345678 sejak 30-11-2026",
        "zulaikha@example.org tidak di rumah",
        "０８１２３４５６７８",
    ],
)
def test_a_number_or_an_address_of_somebody_is_found(text: str) -> None:
    assert is_personal(text)
    with pytest.raises(DomainError, match="leave out every NIK, telephone"):
        require_impersonal(text, "note")


@pytest.mark.parametrize(
    "text",
    [
        "Dua truk sampah diangkut 30/11/2026 08.00-10.00, lokasi disapu.",
        "Diangkut 2026-11-30 09.15 di Jl. Pemuda 148 RT 01/02.",
        "Pengurus RW 3, Kelurahan Kauman",
        "Festival 2026",
        "",
    ],
)
def test_dates_times_places_and_counts_are_nobodys(text: str) -> None:
    assert not is_personal(text)
    require_impersonal(text, "note")
