"""Economy, driven through all it does; then each statement it ran is planned as with a million of each row."""

from datetime import date

from services.economy.audit import store as audit_store
from services.economy.captures.model import Notice
from services.economy.indicators import store as indicators
from services.economy.merchants import store as merchant_rows
from services.economy.payments import reactions as payment_reactions
from services.economy.pillar import PILLAR
from services.economy.reconciliation import store as difference_store
from services.economy.reconciliation import timers as reconciliation
from services.economy.resources import resources
from services.economy.settlement import timers as settlement
from services.kit.caller import Caller
from smartcity.economy.v1 import indicators_pb2, ledger_pb2, levies_pb2, overview_pb2, settlement_pb2, wallets_pb2
from smartcity.economy.v1 import merchants_pb2 as merchants_pb2
from smartcity.economy.v1 import payments_pb2 as pb
from tests.economy.conftest import (
    ADMIN,
    ANONYMOUS,
    BUSINESS_OFFICE,
    CITIZEN,
    MARKETS,
    OWNER,
    TREASURER,
    TREASURER_2,
    refused,
    request_id,
)
from tests.economy.ledger.cases import opened, reserved
from tests.economy.ledger.test_reading import entries, frozen, get
from tests.economy.levies.cases import Office
from tests.economy.merchants import cases as merchants
from tests.economy.merchants.cases import NMID
from tests.economy.payments.cases import City
from tests.economy.payments.test_requested import asking, asks, created
from tests.economy.providers.cases import news, presented, tell
from tests.economy.providers.conftest import Town
from tests.economy.refunds.test_asked import gives_back
from tests.economy.settlement.cases import ReportingBank, Treasury
from tests.economy.suspense.test_suspense import put_aside
from tests.growth.judging import flat, nouns_live, tick
from tests.growth.recording import Recorder

SMALL = {
    "ledger_audit": "one row",
    "receipt_number": "a row for each series and year",
    "receipt_key": "a row for each key that ever signed",
    "closing": "a row for each day",
    "ledger_total": "two rows for each currency at most",
    "reconciliation": "a row for each day",
    "reconciling": "a row for each acquirer",
}
UNRUN: dict[str, str] = {}
ALLOWED = {
    "SELECT EXISTS (SELECT FROM merchant WHERE kind = 'business')": "stops at the first, and the demo asks once",
    "SELECT * FROM outbox ORDER BY position": "the test itself asks",
    "SELECT id FROM merchant WHERE agency = $1": "the test itself asks",
    "SELECT count(*) FROM transfer": "CheckLedger looks at everything, when an administrator asks",
    "SELECT currency, exercise, sum(balance)::text AS total FROM account": "CheckLedger, as above",
    "SELECT payment.code, payment.refunded, sum(refund.amount)::bigint AS written": "CheckLedger, as above",
}


async def test_no_statement_of_economy_grows_with_its_tables(town: Town, recorder: Recorder) -> None:
    made, qr = await presented(town)
    await tell(town, news(made, qr.provider_reference))
    await tell(town, news(made, qr.provider_reference))
    bank = ReportingBank()
    resources(town.runtime).provider = bank
    city = City(town, bank)
    await _merchants(city)
    await _payments(city)
    await _refunds(city)
    await _suspense(city)
    await _levies(city)
    await _ledger(city)
    await _settlement(Treasury(city, bank))
    await _read(city)
    await nouns_live(town.served)
    await tick(PILLAR, town.runtime)
    town.pass_time(days=2)
    await tick(PILLAR, town.runtime)
    for sql in (audit_store._FOUND, audit_store._MENDED, difference_store._MENDED):
        recorder.statements[sql] = None  # hard to come by
    async with town.served.runtime.statement() as tx:
        await merchant_rows.has_businesses(tx)
    async with town.served.runtime.transaction() as tx:
        await indicators.add_days(tx, {(tx.now.date(), "", "food"): (1, 1, 3500, 3500)})
    await flat(recorder, PILLAR, town.served.admin, small=SMALL, unrun=UNRUN, allowed=ALLOWED)


async def _merchants(city: City) -> None:
    economy = city.economy
    shop = await merchants.active(economy)
    await merchants.add_terminal(economy, shop.id, "T1")
    await merchants.applied(economy)
    closed = await merchants.move(economy, "Suspend", await merchants.active(economy, nmid="ID1020304050608"))
    await merchants.move(economy, "Close", closed)
    with refused("PERMIT_NOT_VALID"):
        await merchants.rested(economy, shop, "SMGZ-2222222-22")
    some = [merchants_pb2.MERCHANT_STATE_ACTIVE, merchants_pb2.MERCHANT_STATE_CLOSED]
    for caller in (OWNER, MARKETS, BUSINESS_OFFICE):
        for states, counters in (([], False), (some, False), ([], True)):
            request = merchants_pb2.ListMerchantsRequest(states=states, counters=counters, page_size=1)
            page = await economy.call("MerchantService.ListMerchants", request, caller)
            if page.next_page_token:
                request.page_token = page.next_page_token
                await economy.call("MerchantService.ListMerchants", request, caller)
    qr = merchants_pb2.GetStaticQrRequest(merchant=shop.id)
    await economy.call("MerchantService.GetStaticQr", qr, OWNER)
    await economy.call("MerchantService.ListTakings", merchants_pb2.ListTakingsRequest(merchant=shop.id), OWNER)


async def _payments(city: City) -> None:
    await city.wallet(500_000)
    wallet = wallets_pb2.GetWalletRequest()
    await city.economy.call("WalletService.GetWallet", wallet, CITIZEN)
    await city.pay((await city.ask()).id)
    await city.pay((await city.ask()).code)
    await city.cash((await city.ask()).id)
    await city.cancel(await city.ask())
    await city.cancel(await city.shown())
    await city.paid()
    await city.notice(Notice("REF-STATIC", "", 20_000, "IDR", "ID0000000000101"))
    await asks(city)
    await asks(city)
    await asks(city, request="PICKUP-2", agency="nobody")
    async with city.economy.runtime.transaction() as tx:
        fares = [asking(city, payer=CITIZEN.subject, from_wallet=True)]
        await payment_reactions.before_payments_requested(tx, fares)
    await city.ask()
    await city.shown()
    some = [pb.PAYMENT_STATE_CAPTURED, pb.PAYMENT_STATE_CANCELLED]
    for states in ([], some[:1], some):
        request = pb.ListPaymentsRequest(merchant=await city.counter(), states=states, page_size=1)
        page = await city.economy.call("PaymentService.ListPayments", request, MARKETS)
        if page.next_page_token:
            request.page_token = page.next_page_token
            await city.economy.call("PaymentService.ListPayments", request, MARKETS)
    await city.tick(minutes=2)
    await city.tick(days=1)


async def _refunds(city: City) -> None:
    for way in (city.reject, city.approve):
        paid = await city.paid(600_000)
        await city.check(paid.id, 1_000)
        await way(await city.refund(paid.id))
    city.bank.away.add("refund")
    await city.refund((await city.paid()).id, 10_000)
    await city.tick(minutes=10)
    city.bank.away.clear()
    await city.tick(minutes=10)
    city.bank.refuses_refunds = True
    await city.refund((await city.paid()).id, 10_000)
    city.bank.refuses_refunds = False
    ordered, _ = await created(city, request="PICKUP-3", agency="disdag")
    await city.cash(ordered.id)
    await gives_back(city, request="PICKUP-3", buyer=OWNER.subject)
    offered = pb.CheckRefundsRequest(payments=[(await city.paid()).id, (await city.paid()).id])
    await city.economy.call("PaymentService.CheckRefunds", offered, MARKETS)
    for states in ([], [pb.REFUND_STATE_DONE, pb.REFUND_STATE_FAILED]):
        await city.refunds(*states, page_size=1)
        await city.refunds(*states, caller=MARKETS, merchant=await city.counter())


async def _suspense(city: City) -> None:
    await city.release(await city.propose(await put_aside(city), await city.counter()), TREASURER_2)
    city.bank.away.add("refund")
    await city.release(await city.propose(await put_aside(city, reference="REF-2")), TREASURER_2)
    await city.tick(minutes=10)
    city.bank.away.clear()
    await city.tick(minutes=10)
    await put_aside(city, reference="REF-3")
    await city.suspense(pb.SUSPENSE_STATE_OPEN, pb.SUSPENSE_STATE_RELEASED)


async def _levies(city: City) -> None:
    office = Office(city)
    await office.call("ListTariffs", levies_pb2.ListTariffsRequest(), ANONYMOUS)
    paid = await office.paid()
    receipt = await office.receipt(paid.number)
    await office.receipt(receipt.number, receipt.seal)
    await office.check(receipt.number, receipt.amount.units, receipt.seal)
    await office.cancel(await office.bill(object="Pasar Johar, kios B-13"))
    await office.bill(object="Pasar Johar, kios B-14")
    with refused("BILL_EXISTS"):
        await office.bill(object="Pasar Johar, kios B-14")
    unpaid = await office.bill(object="Pasar Johar, kios B-15")
    with refused("RECEIPT_NOT_FOUND"):
        await office.receipt(unpaid.number)
    for caller in (CITIZEN, ANONYMOUS):
        await office.ask(unpaid.number, caller)
    some = [levies_pb2.BILL_STATE_PAID, levies_pb2.BILL_STATE_CANCELLED]
    for caller in (MARKETS, TREASURER):
        for states in ([], some[:1], some, [levies_pb2.BILL_STATE_REFUNDED]):
            await office.bills(*states, caller=caller, page_size=1)
            await office.bills(*states, caller=caller, object="kios B-1")
        await office.bills(caller=caller, overdue=True)
    await city.refund(paid.payment, caller=MARKETS)
    await city.economy.settle_events()


async def _ledger(city: City) -> None:
    economy = city.economy
    account = await opened(economy.runtime, 1_000)
    await reserved(economy.runtime, account, 300)
    await reserved(economy.runtime, account, 300, expires_at=economy.now)
    await frozen(economy, await get(economy, account))
    counter = (await merchants.counter(economy, "disdag")).account
    await get(economy, counter, MARKETS)
    await entries(economy, MARKETS, account=str(counter))
    for kinds in ([], [ledger_pb2.ACCOUNT_KIND_WALLET], [ledger_pb2.ACCOUNT_KIND_WALLET, ledger_pb2.ACCOUNT_KIND_CASH]):
        request = ledger_pb2.ListAccountsRequest(kinds=kinds, page_size=1)
        page = await economy.call("LedgerService.ListAccounts", request, TREASURER)
        if page.next_page_token:
            request.page_token = page.next_page_token
            await economy.call("LedgerService.ListAccounts", request, TREASURER)
    await entries(economy, account=str(account))
    await economy.call("LedgerService.CheckLedger", ledger_pb2.CheckLedgerRequest(), ADMIN)


async def _settlement(treasury: Treasury) -> None:
    for size in (0, 1):
        request = settlement_pb2.ListActsRequest(day=treasury.economy.now.date().isoformat(), page_size=size)
        page = await treasury.economy.call("SettlementService.ListActs", request, TREASURER)
        if page.next_page_token:
            request.page_token = page.next_page_token
            await treasury.economy.call("SettlementService.ListActs", request, TREASURER)
    paid = await treasury.city.paid()
    shop = await treasury.economy.served.admin.fetchval("SELECT id FROM economy.merchant WHERE nmid = $1", NMID)
    await treasury.city.paid(merchant=str(shop), caller=OWNER)
    day = treasury.economy.now.date().isoformat()
    treasury.economy.pass_time(days=1)
    lost = treasury.line(paid.code, 1_000, kind="refund", provider_reference="BACK-LOST")
    treasury.reports(treasury.line(paid.code), treasury.line("SMGP-XXXX-XX", 7_000, kind="refund"), lost, day=day)
    await treasury.close(day)
    batch = next(each for each in await treasury.batches() if each.state == settlement_pb2.BATCH_STATE_CLOSED)
    await treasury.get(batch.id)
    await entries(treasury.economy, account="payouts")
    await treasury.confirm(batch)
    await treasury.reconcile(day)
    (ghost,) = [each for each in await treasury.city.suspense() if each.provider_reference == "REF-3"]
    await treasury.city.release(await treasury.city.propose(ghost, never_came=True), TREASURER_2)
    for caller in (TREASURER, OWNER, MARKETS):
        await treasury.batches(caller, page_size=1)
        await treasury.batches(caller, merchant=batch.merchant, day=day)
        await treasury.batches(caller, state=settlement_pb2.BATCH_STATE_CLOSED, page_size=1)
        await treasury.batches(caller, state=settlement_pb2.BATCH_STATE_PAID, day=day)
    await treasury.differences(page_size=1)
    await treasury.differences(day=day)
    await _in_spite(treasury, str(shop))
    treasury.at(1, 0, day=29)
    await settlement.close(treasury.economy.runtime)
    treasury.bank.books[date(2026, 11, 28)] = []
    await reconciliation.compare(treasury.economy.runtime)


async def _in_spite(treasury: Treasury, shop: str) -> None:
    """A payout in spite of a difference, which is one no more, and another that two people confirm."""
    sold = [await treasury.city.paid(merchant=shop, caller=OWNER) for _ in range(2)]
    day = treasury.economy.now.date().isoformat()
    treasury.economy.pass_time(days=1)
    treasury.reports(day=day)
    await treasury.close(day)
    await treasury.reconcile(day)
    batch = next(each for each in await treasury.batches() if each.differences)
    asked = await treasury.confirm(batch, despite="Bank membenarkannya lewat surat.")
    await treasury.batches()
    await treasury.confirm(asked, TREASURER_2, despite="Bank membenarkannya lewat surat.")
    await treasury.differences(day=day)
    treasury.reports(*[treasury.line(each.code) for each in sold], day=day)
    await treasury.reconcile(day)


async def _read(city: City) -> None:
    economy = city.economy
    await economy.settle_events()
    everybody: Caller = ANONYMOUS
    await economy.call("OverviewService.GetOverview", overview_pb2.GetOverviewRequest(), everybody)
    for group in indicators_pb2.IndicatorGroup.values():
        request = indicators_pb2.ListIndicatorsRequest(group=group)
        await economy.call("IndicatorService.ListIndicators", request, everybody)
    assert request_id()
