"""Businesses that rest on a permit take payments while it holds."""

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
from tests.fixtures.personal import asked, exported
from tests.governance.conftest import officer, refused


async def test_a_business_that_rests_on_a_permit_takes_payments_as_long_as_it_holds(applying: Applying) -> None:
    one = await applying.granted()
    wanted = merchants.CreateMerchantRequest(
        name="Warung Bu Sri", mcc="5814", sector="food", size=merchants.BUSINESS_SIZE_UMI, area=SEKAYU,
        settlement_account=merchants.SettlementAccount(bank="008", number="1360012345678"), permit=one.code,
    )  # fmt: skip
    with refused("PERMIT_NOT_VALID"):
        await applying.call(wanted, BUDI)
    made = (await applying.call(wanted)).merchant
    taking = merchants.ActivateMerchantRequest(id=made.id, etag=made.etag, nmid=NMID, pan=PAN)
    office = officer("dinkop-um")
    active = (await applying.call(taking, office)).merchant

    async def moved(state: str) -> merchants.Merchant:
        told = events_pb2.PermitAdvanced(code=one.code, state=views.PERMIT_STATE_NUMBERS[state])
        for _ in range(2):
            async with applying.served.runtime.transaction() as tx:
                await on_permit_advanced(tx, arrived(applying.served, told, "economy"))
        found: merchants.Merchant = (await applying.call(merchants.GetMerchantRequest(id=made.id))).merchant
        return found

    stopped = await moved("suspended")
    assert (stopped.state, stopped.permit) == (merchants.MERCHANT_STATE_SUSPENDED, one.code)
    with refused("PERMIT_NOT_VALID"):
        await applying.call(merchants.ActivateMerchantRequest(id=made.id, etag=stopped.etag), office)
    assert (await moved("granted")).state == active.state == merchants.MERCHANT_STATE_ACTIVE
    assert (await moved("ended")).state == merchants.MERCHANT_STATE_SUSPENDED
    assert [name for name in await applying.told() if name.startswith("Merchant")] == [
        "MerchantApplied", "MerchantActivated", "MerchantSuspended", "MerchantActivated", "MerchantSuspended",
    ]  # fmt: skip


async def test_a_business_goes_on_under_the_extension_of_its_permit(applying: Applying) -> None:
    one = await applying.granted()
    wanted = merchants.CreateMerchantRequest(
        name="Warung Bu Sri", mcc="5814", sector="food", size=merchants.BUSINESS_SIZE_UMI, area=SEKAYU,
        settlement_account=merchants.SettlementAccount(bank="008", number="1360012345678"), permit=one.code,
    )  # fmt: skip
    made = (await applying.call(wanted)).merchant
    taking = merchants.ActivateMerchantRequest(id=made.id, etag=made.etag, nmid=NMID, pan=PAN)
    await applying.call(taking, officer("dinkop-um"))

    async def moved(permit: pb.Permit) -> merchants.Merchant:
        told = events_pb2.PermitAdvanced(code=permit.code, state=(await applying.get(permit)).state)
        async with applying.served.runtime.transaction() as tx:
            await on_permit_advanced(tx, arrived(applying.served, told, "economy"))
        found: merchants.Merchant = (await applying.call(merchants.GetMerchantRequest(id=made.id))).merchant
        return found

    await applying.due(days=700)
    await applying.due(days=2)  # it is reminded of first
    longer = await applying.move(await applying.deciding(extends=one.code), "ask", MARKETS)
    await applying.due(days=29)
    assert (await moved(one)).state == merchants.MERCHANT_STATE_SUSPENDED
    last = await applying.move(await applying.move(longer, "submit", SRI, ""), "grant", MARKETS)
    for _ in range(2):
        found = await moved(last)
        assert (found.state, found.permit) == (merchants.MERCHANT_STATE_ACTIVE, last.code)
    assert (await moved(one)).permit == last.code
    listing = own_records_pb2.ListOwnRecordsRequest()
    (listed,) = (await exported(applying.served, OwnRecordServiceStub, listing, SRI))["merchants"]
    assert (listed["name"], listed["bank_number"], listed["permit"]) == ("Warung Bu Sri", "1360012345678", last.code)
    told = await asked(applying.served, reactions, SRI.subject, erase=False)
    assert told["merchants"] == (1, 0, "ledger")
