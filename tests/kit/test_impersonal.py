"""Words that many read hold no number or address of anybody; dates, times, places and counts they may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        "0812.9999.7777",
        "08.12.34.56.78.90",
        "0812-2026-3456",
        "+62 2024 2025",
        "(024) 2024 2025",
        "Rp 081234567890",
        "hubungi budi @example.org",
        "RT 03/05 0812 3456 7890",
        "10.00-11.30 081234567890",
        "Pak RT 024-7601-2345",
        "Pak RT 081-2345-67890",
        "Ketua RW 081 325 123 456",
        "Hub Bu RT 085 640 123 456",
        "NPWP 09.254.294.3-504.000",
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
        "RT 03/05 10.00-11.30",
        "RT 01/RW 02 08.00-11.00",
        "RT/RW 05/06 08.00-10.00, 120 karung",
        "Bersih 08.30 - 10.15 30 karung",
        "10.00-11.30 1250 karung",
        "Rp 1.000.000.000",
        "Karcis 25.000 - 150.000",
        "Karcis 25.000-150.000",
        "RT 03/05 120 karung",
        "2024 2025 2026",
        "Kirab 2025 2026 150 peserta",
        "Semarang Night Carnival 2026 (08.00-22.00)",
        "Jazz @ Kota Lama",
        "",
    ],
)
def test_dates_times_places_and_counts_are_nobodys(text: str) -> None:
    assert not is_personal(text)
    require_impersonal(text, "note")


_BETWEEN = st.sampled_from([",", " ", ". ", " - ", " / ", "; ", " ("])
_DIGITS = st.text("0123456789", min_size=4, max_size=4)
_HARMLESS = st.one_of(
    st.builds("{:02}.{:02}".format, st.integers(0, 23), st.integers(0, 59)),
    st.builds("{}.{:02}-{}.{:02}".format, *[st.integers(0, 23), st.integers(0, 59)] * 2),
    st.builds("RT {:02}/{:02}".format, st.integers(1, 99), st.integers(1, 99)),
    st.builds("RT {:02}/RW {}".format, st.integers(1, 99), st.integers(1, 99)),
    st.builds("{}-{}-{}".format, st.integers(1, 31), st.integers(1, 12), st.integers(1990, 2090)),
    st.integers(1990, 2090).map(str),
    st.integers(1, 9_999_999).map(lambda amount: f"Rp {amount * 1000:,}".replace(",", ".")),
)
_NUMBERS = st.one_of(
    st.tuples(st.sampled_from(["0812", "+62812", "+62 812", "0 812", "(0812)"]), _DIGITS, _DIGITS),
    st.tuples(st.sampled_from(["337401", "33.74.01", "33 74 01"]), st.just("010190"), _DIGITS),
)


@given(st.lists(_HARMLESS, min_size=1, max_size=6), _BETWEEN)
def test_dates_times_neighbourhoods_and_amounts_side_by_side_are_nobodys(parts: list[str], between: str) -> None:
    assert not is_personal(between.join(parts))


@given(
    _NUMBERS,
    st.sampled_from(["", " ", ".", "-", " - "]),
    st.lists(_HARMLESS, max_size=3),
    st.lists(_HARMLESS, max_size=3),
)
def test_a_number_of_somebody_is_found_however_it_is_written_and_whatever_stands_beside_it(
    number: tuple[str, ...], separator: str, before: list[str], after: list[str]
) -> None:
    assert is_personal(", ".join([*before, separator.join(number), *after]))


@given(_NUMBERS, _HARMLESS, _HARMLESS)
def test_a_number_of_somebody_is_found_between_what_is_nobodys_without_a_comma(
    number: tuple[str, ...], before: str, after: str
) -> None:
    assert is_personal(" ".join([before, "".join(number), after]))
