"""Receipts of levies are numbered one after the other: who counts them up reads none of them."""

import httpx

from services.economy.receipts import model
from services.kit.caller import Caller
from smartcity.economy.v1 import levies_pb2 as pb
from tests.economy.conftest import ADMIN, CITIZEN, TREASURER, refused
from tests.economy.levies.cases import Office, office
from tests.economy.payments.cases import city
from tests.fixtures.house import House
from tests.security.rest.api import Api, Call
from tests.security.rest.conftest import api, seeds
from tests.security.rest.seeds import Seeds

__all__ = ["api", "city", "office", "seeds"]
OTHER = "7K4P-2M8Q-1RTB-93ZC"
"""A seal that is no receipt's."""


async def _read(office: Office, number: str, caller: Caller = CITIZEN, seal: str = "") -> pb.Receipt:
    found: pb.Receipt = (
        await office.call("GetReceipt", pb.GetReceiptRequest(number=number, seal=seal), caller)
    ).receipt
    return found


async def test_counting_up_the_numbers_of_a_year_reads_nothing(office: Office) -> None:
    issued = [await office.paid(period=f"2026-{month:02}") for month in range(1, 4)]
    counted = [model.number("SMG", 2026, count) for count in range(1, 6)]
    assert [bill.receipt for bill in issued] == counted[:3]
    for number in counted:
        for caller in (CITIZEN, TREASURER, ADMIN):
            with refused("RECEIPT_SEAL_MISSING") as caught:
                await _read(office, number, caller)
            assert caught.value.metadata["field"] == "seal"


async def test_a_guessed_seal_does_not_even_tell_which_numbers_are_there(office: Office) -> None:
    first = await office.paid()
    other = await _read(office, (await office.paid(period="2026-12")).number)
    for number in (first.receipt, model.number("SMG", 2026, 900)):
        for seal in (OTHER, other.seal, "-x", "é"):
            with refused("RECEIPT_NOT_FOUND"):
                await _read(office, number, seal=seal)


async def test_who_holds_the_paper_or_the_bill_reads_it_as_before(office: Office) -> None:
    bill = await office.paid()
    receipt = await _read(office, bill.number)
    for seal in (receipt.seal, receipt.seal.lower().replace("-", " ")):
        assert await _read(office, receipt.number, seal=seal) == receipt


async def test_checking_with_a_guessed_seal_tells_nothing_of_the_amount(office: Office) -> None:
    bill = await office.paid()
    verdicts = {(await office.check(bill.receipt, units, OTHER)).reason for units in (1, 3000, 30_000)}
    assert verdicts == {"SEAL_DIFFERS"}


async def test_the_pages_and_the_api_ask_for_the_seal_and_printed_codes_go_on_working(
    house: House, api: Api, seeds: Seeds
) -> None:
    bill = await seeds.money.receipted()
    found = await seeds.done(Call("getBillReceipt", path={"number": bill["number"]}))
    refused = await api.send(Call("getLevyReceipt", path={"number": found["number"]}))
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "seal")
    assert found["seal"] not in refused.text
    async with httpx.AsyncClient(base_url=house.url, timeout=20) as browser:
        counted = await browser.get(f"/bayar/kuitansi/{found['number']}")
        assert (counted.status_code, counted.headers["location"]) == (303, f"/bayar/kuitansi?nomor={found['number']}")
        asked = await browser.get(counted.headers["location"])
        assert found["seal"] not in asked.text
        sealed = await browser.get(f"/bayar/kuitansi/{found['number']}", params={"segel": found["seal"]})
        assert found["seal"] in sealed.text
        by_bill = await browser.get(f"/bayar/kuitansi/{bill['number']}")
        assert found["seal"] in by_bill.text
        units = str(found["amount"]["units"])
        printed = {"nomor": found["number"], "jumlah": units, "segel": found["seal"]}
        scanned = await browser.get("/bayar/kuitansi", params=printed)
        assert 'data-genuine="true"' in scanned.text
