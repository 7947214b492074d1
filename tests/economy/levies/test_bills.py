"""Bills: issued, read, listed and cancelled."""

import asyncio
from typing import Any

import pytest

from services.kit import codes
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1 import levies_pb2 as pb
from tests.economy.conftest import ADMIN, ANONYMOUS, CITIZEN, MARKETS, TREASURER, officer, refused, request_id
from tests.economy.levies.cases import Office, state
from tests.economy.payments.cases import state as payment_state

WASTE = officer("dlh")


async def test_everybody_reads_the_tariffs(office: Office) -> None:
    answer = await office.call("ListTariffs", pb.ListTariffsRequest(), ANONYMOUS)
    (kiosk,) = [one for one in answer.tariffs if one.id == "pasar-kios"]
    assert (kiosk.agency, kiosk.amount.units, kiosk.unit, kiosk.period) == ("disdag", 500, "m2 per hari", "month")


async def test_an_officer_issues_a_bill_that_anybody_can_read(office: Office) -> None:
    made = await office.bill()
    assert codes.parse("SMGT", made.number) == made.number
    assert (made.amount.units, made.amount.currency, state(made), made.agency) == (3000, "IDR", "issued", "disdag")
    assert (made.area.name, made.payment, made.receipt, made.overdue) == ("Kauman", "", "", False)
    assert await office.get(f" {made.number.lower().replace('-', ' ')} ") == made
    (row,) = await office.economy.outbox()
    event = events_pb2.BillIssued.FromString(row["payload"])
    assert (event.number, event.amount.units, row["correlation"]) == (made.number, 3000, made.correlation)


async def test_the_same_request_issues_one_bill(office: Office) -> None:
    key = request_id()
    assert await office.bill(key=key) == await office.bill(key=key)
    with refused("IDEMPOTENCY_KEY_REUSED"):
        await office.bill(key=key, quantity=7)


async def test_one_live_bill_per_tariff_object_and_period(office: Office) -> None:
    made = await office.bill()
    with refused("BILL_EXISTS") as caught:
        await office.bill(object="PASAR JOHAR,  kios b-12")
    assert (caught.value.metadata["named"], caught.value.metadata["field"]) == (made.number, "object")
    await office.bill(period="2026-12")
    await office.cancel(made)
    again = await office.bill()
    assert again.number != made.number


@pytest.mark.parametrize("drill_first", [True, False])
async def test_a_bill_of_a_drill_and_the_real_one_leave_room_for_each_other(office: Office, drill_first: bool) -> None:
    bills = {drill: await office.bill(exercise=drill) for drill in (drill_first, not drill_first)}
    for drill, made in bills.items():
        with refused("BILL_EXISTS") as caught:
            await office.bill(exercise=drill)
        assert caught.value.metadata["named"] == made.number


async def test_of_officers_who_issue_the_same_at_once_one_does(office: Office) -> None:
    answers = await asyncio.gather(*(office.bill() for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(one, pb.Bill) for one in answers) == 1
    assert {getattr(one, "reason", "BILL_EXISTS") for one in answers} == {"BILL_EXISTS"}


async def test_what_is_levied_once_may_be_billed_again(office: Office) -> None:
    sports = officer("dispora")
    fields: dict[str, Any] = {"tariff": "gor-sewa", "object": "GOR Tri Lomba Juang", "period": "", "quantity": 2}
    first, second = await office.bill(sports, **fields), await office.bill(sports, **fields)
    assert first.number != second.number


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"tariff": "parkir"}, "TARIFF_UNKNOWN"),
        ({"tariff": "sampah-rumah"}, "TARIFF_OF_OTHER_AGENCY"),
        ({"area": "33.74"}, "AREA_UNKNOWN"),
        ({"area": "33.22.08.1006"}, "AREA_UNKNOWN"),
        ({"object": "3374010101900001"}, "OBJECT_PERSONAL"),
        ({"object": "B-\u200b"}, "OBJECT_INVALID"),
        ({"period": "2026"}, "PERIOD_INVALID"),
    ],
)
async def test_a_wrong_bill_is_refused_for_its_own_reason(office: Office, fields: dict[str, Any], reason: str) -> None:
    with refused(reason):
        await office.bill(**fields)
    assert await office.economy.outbox() == []


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("tariff", "", "TARIFF_UNKNOWN"),
        ("area", "", "AREA_UNKNOWN"),
        ("object", "", "OBJECT_INVALID"),
        ("object", " \u200b ", "OBJECT_INVALID"),
        ("object", " x\n", "OBJECT_INVALID"),
        ("object", "B1", "OBJECT_INVALID"),
        ("object", "x" * 101, "OBJECT_INVALID"),
        ("quantity", 0, "QUANTITY_INVALID"),
        ("quantity", -1, "QUANTITY_INVALID"),
        ("quantity", 100_001, "QUANTITY_INVALID"),
        ("quantity", 2**31 - 1, "QUANTITY_INVALID"),
    ],
)
async def test_what_the_contract_does_not_take_is_refused_with_its_field(
    office: Office, field: str, value: Any, reason: str
) -> None:
    with refused(reason) as caught:
        await office.bill(**{field: value})
    assert caught.value.metadata["field"] == field
    assert await office.economy.outbox() == []


async def test_the_least_and_the_most_that_can_be_billed(office: Office) -> None:
    assert (await office.bill(object=" B12\t", quantity=1)).object == "B12"
    assert (await office.bill(object="x" * 100, quantity=100_000)).amount.units == 50_000_000


async def test_citizens_issue_and_cancel_nothing(office: Office) -> None:
    made = await office.bill()
    with refused("ROLE_NOT_ALLOWED"):
        await office.bill(CITIZEN)
    with refused("ROLE_NOT_ALLOWED"):
        await office.cancel(made, CITIZEN)
    with refused("BILL_OF_OTHER_AGENCY"):
        await office.cancel(made, WASTE)


@pytest.mark.parametrize("number", ["", "SMGT-0000000-00", "SMGT-7K4P2M8-93", "SMGP-7K4P2M8-92", "x" * 500])
async def test_a_number_that_is_none_is_not_found(office: Office, number: str) -> None:
    with refused("BILL_NOT_FOUND"):
        await office.get(number)
    with refused("BILL_NOT_FOUND"):
        await office.ask(number)


async def test_cancelling_a_bill_takes_its_payment_along(office: Office) -> None:
    made = await office.bill()
    payment = await office.ask(made.number)
    gone = await office.cancel(made)
    assert (state(gone), (await office.get(made.number)).payment) == ("cancelled", "")
    assert payment_state(await office.city.get(payment.id)) == "cancelled"
    rows = await office.economy.outbox()
    event = events_pb2.BillCancelled.FromString(rows[-1]["payload"])
    assert (event.number, event.state) == (made.number, pb.BILL_STATE_CANCELLED)


async def test_a_bill_is_cancelled_as_it_was_seen(office: Office) -> None:
    made = await office.bill()
    made.etag = "7"
    with refused("STALE_ETAG"):
        await office.cancel(made)
    made.etag = ""
    with refused("ETAG_REQUIRED"):
        await office.cancel(made)


async def test_arrears_are_unpaid_and_past_due_the_oldest_first(office: Office) -> None:
    daily: dict[str, Any] = {"tariff": "pkl-harian", "quantity": 1}
    late = await office.bill(**daily, object="Lapak 7", period="2026-11-24")
    later = await office.bill(object="Kios B-13")
    office.economy.pass_time(days=2)
    assert await office.bills(overdue=True) == [late.number]
    assert (await office.get(late.number)).overdue
    assert await office.bills() == [late.number, later.number]
    office.economy.pass_time(days=20)
    assert await office.bills(overdue=True) == [late.number, later.number]


async def test_an_agency_sees_its_own_bills_and_the_treasury_all(office: Office) -> None:
    market = await office.bill()
    waste = await office.bill(WASTE, tariff="sampah-rumah", object="Rumah 12, blok C")
    assert await office.bills(caller=MARKETS) == [market.number]
    assert await office.bills(caller=WASTE) == [waste.number]
    for caller in (TREASURER, ADMIN):
        assert set(await office.bills(caller=caller)) == {market.number, waste.number}
    with refused("ROLE_NOT_ALLOWED"):
        await office.bills(caller=CITIZEN)


async def test_a_list_goes_on_from_page_to_page(office: Office) -> None:
    made = [(await office.bill(object=f"Kios B-{number}")).number for number in range(5)]
    found: list[str] = []
    token = ""
    while True:
        request = pb.ListBillsRequest(page_size=2, page_token=token)
        answer = await office.call("ListBills", request, MARKETS)
        found += [bill.number for bill in answer.bills]
        token = answer.next_page_token
        if not token:
            break
    assert sorted(found) == sorted(made)
    with refused("PAGE_TOKEN_INVALID"):
        await office.call("ListBills", pb.ListBillsRequest(page_token="zzz"), MARKETS)


async def test_bills_are_found_by_words_of_what_is_billed_however_they_are_written(office: Office) -> None:
    stall = await office.bill(object="Pasar Johar, kios A-18")
    next_to_it = await office.bill(object="Pasar Johar, kios A-180")
    share = await office.bill(object="Lapak 5%_besar")
    await office.bill(WASTE, tariff="sampah-rumah", object="Rumah kios A-18")
    assert await office.bills(object="KIOS   a-18") == [stall.number, next_to_it.number]
    assert await office.bills(object="5%_b") == [share.number]
    assert await office.bills(object="5%b") == []
    await office.cancel(stall)
    assert await office.bills(object="kios A-18") == [next_to_it.number]
    every = (pb.BILL_STATE_ISSUED, pb.BILL_STATE_CANCELLED, pb.BILL_STATE_PAID, pb.BILL_STATE_REFUNDED)
    assert set(await office.bills(*every, object="kios A-18")) == {stall.number, next_to_it.number}
    assert len(await office.bills(*every, object="kios A-18", caller=TREASURER)) == 3
    first = await office.call("ListBills", pb.ListBillsRequest(page_size=1, states=every, object="kios"), MARKETS)
    with refused("PAGE_TOKEN_INVALID"):
        await office.bills(*every, object="other", page_token=first.next_page_token)
    with refused("OBJECT_INVALID"):
        await office.bills(object="ki")


@pytest.mark.parametrize(("states", "field"), [([9], "state.0"), ([1, 0], "state.1"), ([1] * 5, "state")])
async def test_states_that_are_none_and_too_many_are_refused(office: Office, states: list[int], field: str) -> None:
    with refused("STATE_UNKNOWN") as caught:
        await office.bills(*states)
    assert caught.value.metadata["field"] == field
