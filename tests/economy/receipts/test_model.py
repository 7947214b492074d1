"""Numbers, text and seal of a receipt."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from services.economy.receipts import model as receipt
from services.economy.receipts.model import Facts
from services.kit import codes
from services.kit.signing import Signer

FACTS = Facts(
    number="SMG-2026-0000123-K",
    bill="SMGT-7K4P2M8-92",
    tariff="pasar-kios",
    object="Pasar Johar, kios B-12",
    period="2026-11",
    quantity=6,
    currency="IDR",
    amount=3000,
    method="qris_dynamic",
    payment_code="SMGP-7K4P2M8-92",
    agency="disdag",
    area="33.74.01.1010",
    paid_at=datetime(2026, 11, 24, 2, 0, tzinfo=UTC),
    issued_at=datetime(2026, 11, 24, 2, 0, 1, tzinfo=UTC),
    exercise=False,
)
words = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=20)
kinds = {
    str: words,
    int: st.integers(0, 10**12),
    bool: st.booleans(),
    datetime: st.datetimes(timezones=st.just(UTC)),
}
facts = st.builds(Facts, **{name: kinds[type(value)] for name, value in vars(FACTS).items()})


@given(st.sampled_from(["SMG", "SMGX"]), st.integers(2000, 9999), st.integers(1, 10**8))
def test_a_number_is_read_back_however_it_is_typed(series: str, year: int, count: int) -> None:
    number = receipt.number(series, year, count)
    for typed in (number, number.lower(), number.replace("-", " "), number.replace("-", "."), f" {number}\n"):
        assert receipt.parse_number("SMG", typed) == number
    assert receipt.parse_number("SMG", number.replace("0", "O")) == number


@given(st.integers(1, 9_999_999), st.integers(0, 10), st.sampled_from("0123456789"))
def test_every_wrong_digit_is_found(count: int, place: int, digit: str) -> None:
    number = receipt.number("SMG", 2026, count)
    at = [index for index, character in enumerate(number[:-2]) if character.isdigit()][place]
    assume(number[at] != digit)
    assert receipt.parse_number("SMG", number[:at] + digit + number[at + 1 :]) is None


@given(st.text(max_size=80))
def test_any_text_is_read_or_not_a_number(text: str) -> None:
    receipt.parse_number("SMG", text)
    assert receipt.seal_fits("7K4P-2M8Q-1RTB-93ZC", text) in (True, False)


@given(facts, facts)
def test_different_facts_never_have_one_text(one: Facts, other: Facts) -> None:
    assume(one != other)
    assert receipt.text(one) != receipt.text(other)


def test_the_text_is_stable() -> None:
    assert receipt.text(FACTS).splitlines() == [
        "smartcity-levy-receipt-1",
        "SMG-2026-0000123-K",
        "SMGT-7K4P2M8-92",
        "pasar-kios",
        "Pasar Johar, kios B-12",
        "2026-11",
        "6",
        "IDR",
        "3000",
        "qris_dynamic",
        "SMGP-7K4P2M8-92",
        "disdag",
        "33.74.01.1010",
        "2026-11-24T02:00:00.000000Z",
        "2026-11-24T02:00:01.000000Z",
        "",
    ]


def test_no_fact_holds_a_line_break() -> None:
    with pytest.raises(ValueError, match="line break"):
        receipt.text(replace(FACTS, object="a\nb"))


@pytest.mark.parametrize("change", [{"amount": 3001}, {"exercise": True}, {"paid_at": FACTS.paid_at + timedelta(1)}])
def test_a_seal_is_of_one_text_and_signature_alone(change: dict[str, Any]) -> None:
    signer = Signer.load(json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True)))
    one, other = receipt.text(FACTS), receipt.text(replace(FACTS, **change))
    seal = receipt.seal(one, signer.sign(one.encode()))
    assert seal != receipt.seal(other, signer.sign(other.encode()))
    assert seal != receipt.seal(one, signer.sign(other.encode()))


def test_a_seal_is_sixteen_characters_by_four_and_forgiving() -> None:
    seal = receipt.seal("text", "signature")
    parts = seal.split("-")
    assert [len(part) for part in parts] == [4, 4, 4, 4]
    assert set("".join(parts)) <= set(codes.ALPHABET)
    typed = seal.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert receipt.seal_fits(seal, typed)
    assert not receipt.seal_fits(seal, seal[:-1])
    assert not receipt.seal_fits(seal, "")
    assert not receipt.seal_fits(seal, seal[:-1] + ("A" if seal[-1] != "A" else "B"))
