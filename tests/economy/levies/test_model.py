"""The rules of bills."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.economy.levies import model
from services.economy.levies.model import Bill, Claim, State
from services.economy.levies.tariffs import Tariff
from services.kit.errors import DomainError

ZONE = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
TARIFF = Tariff(
    id="pasar-kios",
    name_id="Retribusi pasar: kios",
    name_en="Market levy: kiosk",
    agency="disdag",
    amount=500,
    unit="m2",
    period="month",
    due_days=14,
)
CLAIM = Claim("Pasar Johar, kios B-12", "2026-11", 6, "33.74.01.1010")


def _bill(claim: Claim = CLAIM, tariff: Tariff = TARIFF) -> Bill:
    return model.issue(
        claim, tariff, "SMGT-7K4P2M8-92", UUID(int=1), by="officer", currency="IDR", now=NOW, timezone=ZONE
    )


def _refusal(claim: Claim, tariff: Tariff = TARIFF) -> str:
    with pytest.raises(DomainError) as caught:
        _bill(claim, tariff)
    return caught.value.reason


def test_a_bill_is_units_times_tariff_until_the_end_of_the_last_day() -> None:
    bill = _bill()
    assert (bill.amount, bill.state, bill.version) == (3000, State.ISSUED, 1)
    assert bill.due_at == datetime(2026, 12, 8, 23, 59, 59, tzinfo=ZONE)
    assert bill.correlation == str(bill.id)
    assert not bill.overdue(bill.due_at)
    assert bill.overdue(bill.due_at + timedelta(seconds=1))


def test_what_is_billed_is_one_line() -> None:
    assert _bill(replace(CLAIM, object="  Pasar\tJohar,\n kios  B-12 ​")).object == "Pasar Johar, kios B-12"


@pytest.mark.parametrize("text", ["", "  ", "B1", "B\u200b\u200b", "a\u0301e\u0301", "x" * 101, "\u0958" * 51])
def test_what_is_kept_of_an_object_has_three_to_a_hundred_characters(text: str) -> None:
    assert _refusal(replace(CLAIM, object=text)) == "OBJECT_INVALID"


@pytest.mark.parametrize(
    "text",
    [
        "3374010101900001",
        "NIK 33 7401 010190 0001",
        "Bu Sri 0812-3456-7890",
        "telp +62 (812) 345678",
        "sri@example.id",
        "sri＠example.id",
        "３３７４０１０１０１９０００１",
    ],
)
def test_an_object_never_looks_like_a_person(text: str) -> None:
    assert _refusal(replace(CLAIM, object=text)) == "OBJECT_PERSONAL"


@pytest.mark.parametrize("text", ["Pasar Johar, kios B-12", "Jl. Pemuda 148, RT 01/02", "H 1234 AB", "Lot 7, 120 m2"])
def test_a_stall_a_lot_a_number_plate_may_be_billed(text: str) -> None:
    assert _bill(replace(CLAIM, object=text)).object == text


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("day", "2026-11-24", ["2026-11", "24-11-2026", "2026-02-30", "", "1926-11-24"]),
        ("month", "2026-11", ["2026-13", "2026-11-24", "2026", "202611", ""]),
        ("year", "2026", ["26", "2026-01", "9999", ""]),
        ("once", "", ["2026"]),
    ],
)
def test_a_period_is_as_the_tariff_has_it(kind: str, good: str, bad: list[str]) -> None:
    assert model.check_period(kind, good, date(2026, 11, 24)) == good
    for text in bad:
        with pytest.raises(DomainError, match=r".+") as caught:
            model.check_period(kind, text, date(2026, 11, 24))
        assert (caught.value.reason, caught.value.metadata["field"]) == ("PERIOD_INVALID", "period")


@given(st.integers(1, 100_000))
def test_a_bill_grows_with_its_quantity(quantity: int) -> None:
    assert _bill(replace(CLAIM, quantity=quantity)).amount == 500 * quantity


@pytest.mark.parametrize(
    ("state", "reason"),
    [(State.PAID, "BILL_PAID"), (State.CANCELLED, "BILL_CANCELLED"), (State.REFUNDED, "BILL_REFUNDED")],
)
def test_only_an_unpaid_bill_can_be_paid_or_cancelled(state: State, reason: str) -> None:
    with pytest.raises(DomainError) as caught:
        model.cancelled(replace(_bill(), state=state), NOW)
    assert caught.value.reason == reason


def test_what_the_payer_reads_fits_a_payment() -> None:
    assert len(_bill().description("T" * 200)) == 140
    assert _bill().description("Retribusi pasar: kios") == "Retribusi pasar: kios, Pasar Johar, kios B-12, 2026-11"
    assert replace(_bill(), period="").description("Market levy") == "Market levy, Pasar Johar, kios B-12"
