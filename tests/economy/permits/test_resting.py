"""On which permits a business rests, and what another one does not free it from."""

import pytest

from services.kit.caller import Caller
from smartcity.economy.v1 import merchants_pb2 as merchants
from smartcity.economy.v1 import permits_pb2 as pb
from tests.economy.permits.applying import CAMAT, DISDAG_2, MARKETS, SRI, Applying
from tests.economy.permits.test_businesses import OFFICE, WANTED, moved, taken_on
from tests.fixtures.edge import stand_before
from tests.governance.conftest import refused
from tests.society.pages import reader, said


async def event_of_today(applying: Applying) -> pb.Permit:
    today = f"{applying.served.now:%Y-%m-%d}"
    return await applying.granted("acara", CAMAT, first_day=today, last_day=today)


async def stopped(applying: Applying, way: str = "suspended") -> tuple[pb.Permit, merchants.Merchant]:
    """A permit that was stopped, and the business that rested on it."""
    one = await applying.granted()
    business = await taken_on(applying, one)
    permit = await applying.move(await applying.get(one), "suspend", MARKETS)
    if way == "revoked":
        permit = await applying.move(permit, "revoke", DISDAG_2)
    elif way == "given back":
        permit = await applying.move(permit, "withdraw", SRI, "")
    return permit, await moved(applying, one, business)


async def rest(
    applying: Applying, business: merchants.Merchant, permit: pb.Permit, caller: Caller = SRI
) -> merchants.Merchant:
    request = merchants.UpdateMerchantPermitRequest(id=business.id, etag=business.etag, permit=permit.code)
    found: merchants.Merchant = (await applying.call(request, caller)).merchant
    return found


async def test_a_business_rests_on_no_permit_for_an_event(applying: Applying) -> None:
    business = await taken_on(applying, await applying.granted())
    with refused("PERMIT_NOT_VALID"):
        await rest(applying, business, await event_of_today(applying))


async def test_nobody_applies_as_a_merchant_with_a_permit_for_an_event(applying: Applying) -> None:
    wanted = merchants.CreateMerchantRequest(permit=(await event_of_today(applying)).code)
    wanted.MergeFrom(WANTED)
    with refused("PERMIT_NOT_VALID"):
        await applying.call(wanted)


@pytest.mark.parametrize("way", ["suspended", "revoked", "given back"])
async def test_another_permit_does_not_free_a_business_whose_permit_an_officer_stopped(
    applying: Applying, way: str
) -> None:
    _, business = await stopped(applying, way)
    found = await rest(applying, business, await applying.granted())
    assert (found.state, found.permit_ended) == (merchants.MERCHANT_STATE_SUSPENDED, False)


async def test_nor_does_a_third_one_that_it_is_rested_on_once_the_second_has_ended(applying: Applying) -> None:
    _, business = await stopped(applying)
    second = await applying.granted()
    await rest(applying, business, second)
    await applying.move(await applying.get(second), "withdraw", SRI, "")
    found = await rest(applying, await moved(applying, second, business), await applying.granted())
    assert found.state == merchants.MERCHANT_STATE_SUSPENDED


async def test_a_business_is_stopped_that_leaves_a_suspended_permit_before_it_has_heard_of_that(
    applying: Applying,
) -> None:
    one = await applying.granted()
    business = await taken_on(applying, one)
    await applying.move(await applying.get(one), "suspend", MARKETS)
    found = await rest(applying, business, await applying.granted())
    assert found.state == merchants.MERCHANT_STATE_SUSPENDED
    assert (await applying.told())[-1] == "MerchantSuspended"


async def test_the_office_takes_back_a_business_that_rests_on_another_permit_since_its_own_was_suspended(
    applying: Applying,
) -> None:
    _, business = await stopped(applying)
    found = await rest(applying, business, await applying.granted())
    async with stand_before(applying.served) as stand:
        sri, office = await reader(stand, SRI), await reader(stand, OFFICE)
        async with sri.client, office.client:
            told = said(await sri.page(f"/usaha/{business.id}"), "suspended")
            assert "rested on before was suspended or revoked. Ask the agency" in told
            page = await office.send(f"/petugas/usaha/{business.id}", "activate-form", nmid=found.nmid, pan=found.pan)
    assert page.xpath("//*[@id='state']/@data-state") == ["active"]


async def test_a_business_that_the_office_stops_after_its_permit_did_does_not_go_on_with_that(
    applying: Applying,
) -> None:
    permit, business = await stopped(applying)
    async with stand_before(applying.served) as stand:
        office = await reader(stand, OFFICE)
        async with office.client:
            page = await office.send(f"/petugas/usaha/{business.id}", "suspend-form", reason="Alamat tidak sesuai.")
    assert "Alamat tidak sesuai." in said(page, "reason")
    await applying.move(permit, "resume", MARKETS)
    found = await moved(applying, permit, business)
    assert (found.state, found.reason) == (merchants.MERCHANT_STATE_SUSPENDED, "Alamat tidak sesuai.")


async def test_the_office_stops_a_business_once_and_not_anew(applying: Applying) -> None:
    _, business = await stopped(applying)
    wanted = {"id": business.id, "reason": "Alamat tidak sesuai."}
    done = (await applying.call(merchants.SuspendMerchantRequest(etag=business.etag, **wanted), OFFICE)).merchant
    with refused("INVALID_TRANSITION"):
        await applying.call(merchants.SuspendMerchantRequest(etag=done.etag, **wanted), OFFICE)
