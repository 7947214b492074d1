"""Who reads the whole number of the account that a business' takings go to, and that it is written down."""

import pytest

from services.kit.caller import Caller
from smartcity.economy.v1 import merchants_pb2 as pb
from smartcity.economy.v1 import settlement_pb2
from tests.economy.account_changes.asking import NUMBER, Asking, with_takings
from tests.economy.conftest import ADMIN, BUSINESS_OFFICE, CITIZEN, MARKETS, OWNER, TREASURER, Economy, refused
from tests.economy.merchants.cases import counter
from tests.economy.settlement.cases import TODAY

WHOLE = "1234567890"
"""Of the business that the cases apply for."""


@pytest.fixture
def asking(economy: Economy) -> Asking:
    """The running pillar."""
    return Asking(economy.served)


async def read(asking: Asking, merchant: str, caller: Caller = OWNER) -> pb.ReadSettlementAccountResponse:
    """Whole numbers."""
    answer: pb.ReadSettlementAccountResponse = await asking.call(pb.ReadSettlementAccountRequest(id=merchant), caller)
    return answer


async def test_an_owner_reads_the_whole_number_and_that_of_the_account_that_waits(asking: Asking) -> None:
    business = await asking.applied()
    shown = await read(asking, business.id)
    assert (shown.settlement_account.number, shown.HasField("asked_for")) == (WHOLE, False)
    await asking.asked(business)
    shown = await read(asking, business.id)
    assert (shown.settlement_account.number, shown.asked_for.bank, shown.asked_for.number) == (WHOLE, "014", NUMBER)
    assert list(shown.reads) == [], "one's own reading is nobody's business"


async def test_the_treasury_reads_it_while_a_payout_waits_and_the_owner_sees_that_it_did(
    economy: Economy, asking: Asking
) -> None:
    treasury, business = await with_takings(economy, asking)
    assert (await read(asking, business.id, TREASURER)).settlement_account.number == WHOLE
    (seen,) = (await read(asking, business.id)).reads
    assert (seen.agency, seen.time.ToDatetime().date().isoformat()) == (TREASURER.agency, TODAY)
    acts = await asking.call(settlement_pb2.ListActsRequest(day=TODAY), TREASURER)
    noted = [(one.doer, one.about) for one in acts.acts if one.what == settlement_pb2.ACT_KIND_PAYOUT_ACCOUNT_READ]
    assert noted == [(TREASURER.subject, business.id)]
    (batch,) = await treasury.batches()
    await treasury.confirm(batch)
    with refused("ACCOUNT_NOT_NEEDED"):
        await read(asking, business.id, TREASURER)


async def test_the_office_reads_it_while_another_account_waits(asking: Asking) -> None:
    business = await asking.applied()
    with refused("ACCOUNT_NOT_NEEDED"):
        await read(asking, business.id, BUSINESS_OFFICE)
    change = await asking.asked(business)
    shown = await read(asking, business.id, BUSINESS_OFFICE)
    assert (shown.asked_for.number, list(shown.reads)) == (NUMBER, []), "who else read it is told its owner alone"
    with refused("ACCOUNT_NOT_NEEDED"):
        await read(asking, business.id, TREASURER)
    await asking.reject(change)
    for caller in (BUSINESS_OFFICE, ADMIN):
        with refused("ACCOUNT_NOT_NEEDED"):
            await read(asking, business.id, caller)


async def test_nobody_else_reads_it_and_a_counter_has_none(economy: Economy, asking: Asking) -> None:
    _, business = await with_takings(economy, asking)
    for caller in (CITIZEN, MARKETS):
        with refused("MERCHANT_NOT_FOUND"):
            await read(asking, business.id, caller)
    with refused("ACCOUNT_MISSING"):
        await read(asking, (await counter(economy, "disdag")).id, TREASURER)


async def test_events_tell_no_account_that_was_read(economy: Economy, asking: Asking) -> None:
    _, business = await with_takings(economy, asking)
    await read(asking, business.id, TREASURER)
    assert not any(WHOLE.encode() in row["payload"] for row in await economy.outbox())


async def test_the_treasury_is_told_no_account_that_waits_since_no_payout_goes_there(
    economy: Economy, asking: Asking
) -> None:
    _, business = await with_takings(economy, asking)
    await asking.asked(business)
    shown = await read(asking, business.id, TREASURER)
    assert (shown.settlement_account.number, shown.HasField("asked_for")) == (WHOLE, False)
