"""Businesses that rest on a permit take payments while it holds."""

import pytest

from services.economy.merchants.reactions import on_permit_advanced
from services.economy.personal import reactions
from smartcity.economy.v1 import events_pb2, own_records_pb2
from smartcity.economy.v1 import merchants_pb2 as merchants
from smartcity.economy.v1 import permits_pb2 as pb
from smartcity.economy.v1 import permits_views as views
from smartcity.economy.v1.own_records_pb2_grpc import OwnRecordServiceStub
from tests.economy.merchants.cases import NMID, PAN
from tests.economy.permits.applying import BUDI, MARKETS, SEKAYU, SRI, Applying
from tests.fixtures.arriving import arrived
from tests.fixtures.edge import stand_before
from tests.fixtures.personal import asked, exported
from tests.governance.conftest import officer, refused
from tests.society.pages import reader, said

WANTED = merchants.CreateMerchantRequest(
    name="Warung Bu Sri", mcc="5814", sector="food", size=merchants.BUSINESS_SIZE_UMI, area=SEKAYU,
    settlement_account=merchants.SettlementAccount(bank="008", number="1360012345678"),
)  # fmt: skip
OFFICE = officer("dinkop-um")


async def test_a_business_that_rests_on_a_permit_takes_payments_as_long_as_it_holds(applying: Applying) -> None:
    one = await applying.granted()
    wanted = merchants.CreateMerchantRequest(permit=one.code)
    wanted.MergeFrom(WANTED)
    with refused("PERMIT_NOT_VALID"):
        await applying.call(wanted, BUDI)
    made = (await applying.call(wanted)).merchant
    taking = merchants.ActivateMerchantRequest(id=made.id, etag=made.etag, nmid=NMID, pan=PAN)
    active = (await applying.call(taking, OFFICE)).merchant

    async def told(state: str) -> merchants.Merchant:
        event = events_pb2.PermitAdvanced(code=one.code, state=views.PERMIT_STATE_NUMBERS[state])
        for _ in range(2):
            async with applying.served.runtime.transaction() as tx:
                await on_permit_advanced(tx, arrived(applying.served, event, "economy"))
        found: merchants.Merchant = (await applying.call(merchants.GetMerchantRequest(id=made.id))).merchant
        return found

    stopped = await told("suspended")
    assert (stopped.state, stopped.permit, stopped.permit_ended) == (merchants.MERCHANT_STATE_SUSPENDED, one.code, True)
    with refused("PERMIT_NOT_VALID"):
        await applying.call(merchants.ActivateMerchantRequest(id=made.id, etag=stopped.etag), OFFICE)
    assert (await told("granted")).state == active.state == merchants.MERCHANT_STATE_ACTIVE
    assert (await told("ended")).state == merchants.MERCHANT_STATE_SUSPENDED
    assert [name for name in await applying.told() if name.startswith("Merchant")] == [
        "MerchantApplied", "MerchantActivated", "MerchantSuspended", "MerchantActivated", "MerchantSuspended",
    ]  # fmt: skip


async def taken_on(applying: Applying, permit: pb.Permit, nmid: str = NMID) -> merchants.Merchant:
    """A business on a permit, with the numbers of the acquirer."""
    wanted = merchants.CreateMerchantRequest(permit=permit.code)
    wanted.MergeFrom(WANTED)
    made = (await applying.call(wanted)).merchant
    taking = merchants.ActivateMerchantRequest(id=made.id, etag=made.etag, nmid=nmid, pan=PAN)
    active: merchants.Merchant = (await applying.call(taking, OFFICE)).merchant
    return active


async def moved(applying: Applying, permit: pb.Permit, business: merchants.Merchant) -> merchants.Merchant:
    """A business after it has heard where a permit stands."""
    told = events_pb2.PermitAdvanced(code=permit.code, state=(await applying.get(permit)).state)
    async with applying.served.runtime.transaction() as tx:
        await on_permit_advanced(tx, arrived(applying.served, told, "economy"))
    found: merchants.Merchant = (await applying.call(merchants.GetMerchantRequest(id=business.id))).merchant
    return found


async def test_an_application_waits_for_its_permit_and_office_and_owner_are_told(applying: Applying) -> None:
    one = await applying.granted()
    wanted = merchants.CreateMerchantRequest(permit=one.code)
    wanted.MergeFrom(WANTED)
    made = (await applying.call(wanted)).merchant
    async with stand_before(applying.served) as stand:
        sri, office = await reader(stand, SRI), await reader(stand, OFFICE)
        async with sri.client, office.client:
            assert (await office.page(f"/petugas/usaha/{made.id}")).xpath("//form[@id='activate-form']")
            await applying.move(await applying.get(one), "withdraw", SRI, "")
            assert (await moved(applying, one, made)).permit_ended
            desk = await office.page(f"/petugas/usaha/{made.id}")
            assert "does not hold now" in said(desk, "permit-ended")
            assert one.code in said(desk, "permit-ended")
            assert not desk.xpath("//form[@id='activate-form']")
            assert "waits for the permit" in said(await sri.page(f"/usaha/{made.id}"), "applied")


@pytest.mark.parametrize(
    ("language", "words"),
    [("id", "Izin yang mendasarinya tidak berlaku"), ("en", "The permit that it rests on does not hold")],
)
async def test_owner_and_office_read_in_their_language_that_a_business_is_stopped_for_its_permit(
    applying: Applying, language: str, words: str
) -> None:
    one = await applying.granted()
    business = await taken_on(applying, one)
    await applying.move(await applying.get(one), "withdraw", SRI, "")
    await moved(applying, one, business)
    async with stand_before(applying.served) as stand:
        sri, office = await reader(stand, SRI, language), await reader(stand, OFFICE, language)
        async with sri.client, office.client:
            seen = said(await sri.page(f"/usaha/{business.id}"), "suspended")
            shown = said(await office.page(f"/petugas/usaha/{business.id}"), "reason")
    assert (seen.count(words), shown.count(words)) == (1, 1)
    assert ("Izin" in seen + shown) is (language == "id")


async def _ended_before_its_extension(applying: Applying) -> tuple[merchants.Merchant, pb.Permit]:
    """A business whose permit ended before the extension begins that was granted for it, and that extension."""
    one = await applying.granted()
    business = await taken_on(applying, one)
    await applying.due(days=700)
    await applying.due(days=2)
    longer = await applying.granted(extends=one.code)
    await applying.move(await applying.get(one), "withdraw", SRI, "")
    stopped = await moved(applying, one, business)
    assert (stopped.state, stopped.permit) == (merchants.MERCHANT_STATE_SUSPENDED, one.code)
    return stopped, longer


async def test_a_business_whose_permit_ended_rests_on_another_that_its_owner_names(applying: Applying) -> None:
    one, later = await applying.granted(), await applying.deciding()
    business = await taken_on(applying, one)
    await applying.move(await applying.get(one), "withdraw", SRI, "")
    stopped = await moved(applying, one, business)
    assert stopped.state == merchants.MERCHANT_STATE_SUSPENDED
    resting = merchants.UpdateMerchantPermitRequest(id=business.id, etag=stopped.etag, permit=later.code)
    with refused("PERMIT_NOT_VALID"):
        await applying.call(resting)
    await applying.move(later, "grant", MARKETS)
    with refused("MERCHANT_NOT_FOUND"):
        await applying.call(resting, BUDI)
    found = (await applying.call(resting)).merchant
    assert (found.state, found.permit) == (merchants.MERCHANT_STATE_ACTIVE, later.code)
    assert (await moved(applying, one, business)).state == merchants.MERCHANT_STATE_ACTIVE
    with refused("STALE_ETAG"):
        await applying.call(merchants.UpdateMerchantPermitRequest(id=business.id, etag=stopped.etag, permit=later.code))


async def test_an_owner_names_another_permit_at_the_desk_of_their_business(applying: Applying) -> None:
    one, other = await applying.granted(), await applying.granted()
    business = await taken_on(applying, one)
    async with stand_before(applying.served) as stand:
        sri = await reader(stand, SRI)
        async with sri.client:
            wrong = await sri.send(f"/usaha/{business.id}", "permit-form", permit="SMGZ-2222222-22")
            assert "does not hold" in said(wrong, "problem")
            done = await sri.send(f"/usaha/{business.id}", "permit-form", permit=other.code)
    assert "rests on that permit now" in said(done, "done")
    assert done.xpath(f"//form[@id='permit-form']//a[@href='/izin/cek/{other.code}']")


async def test_an_owner_is_told_whether_a_permit_that_holds_is_enough_or_the_agency_has_to_take_it_back(
    applying: Applying,
) -> None:
    one, other = await applying.granted(), await applying.granted()
    business, stopped = await taken_on(applying, one), await taken_on(applying, other, "ID1020304050608")
    stopping = merchants.SuspendMerchantRequest(id=stopped.id, etag=stopped.etag, reason="Alamat usaha tidak sesuai.")
    await applying.call(stopping, OFFICE)
    async with stand_before(applying.served) as stand:
        sri = await reader(stand, SRI)
        async with sri.client:
            for permit, merchant, resumes in ((one, business, True), (other, stopped, False)):
                await applying.move(await applying.get(permit), "withdraw", SRI, "")
                found = await moved(applying, permit, merchant)
                desk = await sri.page(f"/usaha/{merchant.id}")
                told = said(desk, "suspended")
                assert (found.permit_ended, found.resumes) == (True, resumes)
                assert ("paid again by itself" in told, "Ask the agency" in told) == (resumes, not resumes)
                assert desk.xpath(f"//a[@id='its-permit'][@href='/izin/saya/{permit.code}']")
    holding = await applying.granted()
    resting = merchants.UpdateMerchantPermitRequest(id=stopped.id, etag=found.etag, permit=holding.code)
    rested = (await applying.call(resting)).merchant
    assert (rested.state, rested.permit_ended, rested.resumes) == (merchants.MERCHANT_STATE_SUSPENDED, False, False)


async def test_a_business_rests_on_an_extension_from_its_first_day_on(applying: Applying) -> None:
    stopped, longer = await _ended_before_its_extension(applying)
    applying.served.pass_time(days=40)
    resting = merchants.UpdateMerchantPermitRequest(id=stopped.id, etag=stopped.etag, permit=longer.code)
    assert (await applying.call(resting)).merchant.state == merchants.MERCHANT_STATE_ACTIVE


async def test_a_business_whose_permit_ended_goes_on_by_itself_on_the_first_day_of_its_extension(
    applying: Applying,
) -> None:
    stopped, longer = await _ended_before_its_extension(applying)
    reading = merchants.GetMerchantRequest(id=stopped.id)
    while f"{applying.served.now:%Y-%m-%d}" < longer.first_day:
        assert (await applying.call(reading)).merchant.state == merchants.MERCHANT_STATE_SUSPENDED
        await applying.due(days=1)
    found = (await applying.call(reading)).merchant
    assert (found.state, found.permit) == (merchants.MERCHANT_STATE_ACTIVE, longer.code)
    assert "remind" not in {each.act for each in (await applying.get(longer)).steps}


async def test_the_numbers_of_a_business_that_ended_are_its_owners_to_take_over(applying: Applying) -> None:
    business = await taken_on(applying, await applying.granted())
    closing = merchants.CloseMerchantRequest(id=business.id, etag=business.etag)
    others = (await applying.call(WANTED, BUDI)).merchant
    again = merchants.ActivateMerchantRequest(id=others.id, etag=others.etag, nmid=NMID, pan=PAN)
    with refused("NMID_TAKEN"):
        await applying.call(again, OFFICE)
    await applying.call(closing)
    with refused("NMID_TAKEN"):
        await applying.call(again, OFFICE)
    next_ = await taken_on(applying, await applying.granted())
    assert (next_.state, next_.nmid) == (merchants.MERCHANT_STATE_ACTIVE, NMID)
    assert (await applying.call(merchants.GetMerchantRequest(id=business.id))).merchant.nmid == ""


async def test_a_business_goes_on_under_the_extension_of_its_permit(applying: Applying) -> None:
    one = await applying.granted()
    business = await taken_on(applying, one)
    await applying.due(days=700)
    await applying.due(days=2)  # it is reminded of first
    longer = await applying.move(await applying.deciding(extends=one.code), "ask", MARKETS)
    await applying.due(days=29)
    assert (await moved(applying, one, business)).state == merchants.MERCHANT_STATE_SUSPENDED
    last = await applying.move(await applying.move(longer, "submit", SRI, ""), "grant", MARKETS)
    for _ in range(2):
        found = await moved(applying, last, business)
        assert (found.state, found.permit) == (merchants.MERCHANT_STATE_ACTIVE, last.code)
    assert (await moved(applying, one, business)).permit == last.code
    listing = own_records_pb2.ListOwnRecordsRequest()
    (listed,) = (await exported(applying.served, OwnRecordServiceStub, listing, SRI))["merchants"]
    assert (listed["name"], listed["bank_number"], listed["permit"]) == ("Warung Bu Sri", "1360012345678", last.code)
    told = await asked(applying.served, reactions, SRI.subject, erase=False)
    assert told["merchants"] == (1, 0, "ledger")
