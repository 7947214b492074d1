"""The code of a merchant: static or dynamic, and in the letters and lengths that QRIS has."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
import qriskit
from hypothesis import given
from hypothesis import strategies as st

from services.economy.merchants import model
from services.economy.merchants.model import Application, Size
from services.economy.merchants.qr import for_merchant
from services.economy.qris.model import decode, encode, plain
from services.kit.city import load_city
from services.kit.errors import DomainError

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CITY = load_city("semarang")
_APPLIED = Application("Lumpia Bu Sri", "5814", "food", Size.UKE, "33.74.01.1007", "008", "1234567890")
MERCHANT = model.activate(
    model.apply(_APPLIED, UUID(int=1), "owner-1", UUID(int=2), NOW), "ID1020304050607", "9360000001234567896", NOW
)


def test_without_an_amount_a_code_is_static() -> None:
    code = for_merchant(MERCHANT, city=CITY)
    assert (code.is_static, code.amount, code.currency, code.country) == (True, None, "IDR", "ID")
    assert (code.nmid, code.pan, code.terminal, code.reference) == (MERCHANT.nmid, MERCHANT.pan, "", "")
    assert encode(code) == (
        "00020101021126690016ID.CO.CONTOH.WWW011993600000012345678960215ID10203040506070303UKE"
        "51440014ID.CO.QRIS.WWW0215ID10203040506070303UKE5204581453033605802ID5913LUMPIA BU SRI6008SEMARANG6304A84A"
    )


@given(st.integers(1, 10**12), st.sampled_from(["", "SMGP-ABC123XYZ"]), st.sampled_from(["", "T01"]))
def test_with_an_amount_it_is_dynamic_and_the_oracle_agrees(amount: int, reference: str, terminal: str) -> None:
    code = for_merchant(MERCHANT, terminal, amount, reference, city=CITY)
    text = encode(code)
    oracle = qriskit.parse(text, strict=True)
    assert (oracle.is_dynamic, oracle.amount, oracle.nmid) == (True, Decimal(amount), MERCHANT.nmid)
    assert (oracle.additional_data.reference_label or "", oracle.additional_data.terminal_label or "") == (
        reference,
        terminal,
    )
    assert replace(decode(text), order=()) == code


def test_the_acquirer_is_the_callers_to_name() -> None:
    code = decode(encode(for_merchant(MERCHANT, city=CITY, acquirer="ID.CO.BANKJATENG.WWW")))
    assert code.accounts["26"].get("00") == "ID.CO.BANKJATENG.WWW"


def test_the_kabupaten_is_told_from_the_city() -> None:
    assert for_merchant(MERCHANT, city=CITY).city == "SEMARANG"
    assert for_merchant(MERCHANT, city=load_city("kabupaten-semarang")).city == "KAB. SEMARANG"


def test_a_merchant_that_the_acquirer_does_not_know_has_no_code() -> None:
    with pytest.raises(DomainError) as caught:
        encode(for_merchant(replace(MERCHANT, nmid="", pan=""), city=CITY))
    assert caught.value.reason == "QRIS_NOT_AVAILABLE"


@given(st.text(max_size=60), st.integers(1, 25))
def test_any_name_becomes_printable_ascii_in_capitals_that_fits(text: str, most: int) -> None:
    made = plain(text, most)
    assert len(made) <= most
    assert made == made.strip() == made.upper()
    assert all(" " <= each <= "~" for each in made)


def test_accents_fall_away_and_long_names_are_cut() -> None:
    assert plain("Café Banyubirü", 25) == "CAFE BANYUBIRU"
    assert plain("Rumah Makan Sederhana Pak Eko", 25) == "RUMAH MAKAN SEDERHANA PAK"
    assert plain("Rumah Makan Sederhana Pak Eko", 22) == "RUMAH MAKAN SEDERHANA"
