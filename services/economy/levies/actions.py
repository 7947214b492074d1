"""What can be done with bills: one function per use case. Lock order: the bill, then its payment, then accounts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import structlog
from google.protobuf.message import Message

from observability import semconv
from observability.telemetry import current_span
from services.economy import access
from services.economy.acts import actions as acts
from services.economy.acts.model import What
from services.economy.levies import events, model, store
from services.economy.levies.model import Bill, Claim, State
from services.economy.levies.store import Filter, Seen
from services.economy.levies.tariffs import Tariff, tariffs_of
from services.economy.merchants import store as merchants
from services.economy.payments import actions as payments
from services.economy.payments import store as payment_store
from services.economy.payments.model import Payment
from services.economy.payments.model import State as PaymentState
from services.economy.receipts import actions as receipts
from services.economy.receipts.model import Facts
from services.economy.returns import actions as returns
from services.economy.returns.model import REQUESTER
from services.economy.terms import GOVERNMENT
from services.kit import codes
from services.kit.caller import Scope
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError, conflict, forbidden, invalid, not_found, precondition
from services.kit.ids import uuid7
from services.kit.rpc import etag as etags
from smartcity.economy.v1 import payments_pb2

_log = structlog.get_logger()
PURPOSE = "levy"
PAID_BEFORE = "Tagihan ini sudah dibayar atau sudah dibatalkan"
_NUMBER_LENGTH = 9
_TRIES = 5
"""Numbers tried for one bill; among 10^12 of them even the second is rare."""


def bill_prefix(tx: Transaction) -> str:
    """What the numbers of the city's bills begin with."""
    return f"{tx.runtime.city.code_prefix}T"


async def issue(tx: Transaction, tariff: str, claim: Claim) -> Seen:
    """Issues a bill.

    Errors: TARIFF_UNKNOWN, TARIFF_OF_OTHER_AGENCY, AREA_UNKNOWN, BILL_EXISTS (its metadata: the number, as `named`)
    and those of `model.issue`.
    """
    city = tx.runtime.city
    found = _tariff(tx, tariffs_of(city), tariff)
    area = city.area(claim.area)
    if area is None or not area.is_lowest:
        raise invalid("AREA_UNKNOWN", "Give the Kemendagri code of a kelurahan or desa of this city.", field="area")
    for _ in range(_TRIES):
        number = codes.new(bill_prefix(tx), _NUMBER_LENGTH)
        bill = model.issue(
            claim, found, number, uuid7(), by=tx.caller.subject, currency=city.currency, now=tx.now,
            timezone=city.timezone,
        )  # fmt: skip
        if await store.insert(tx, bill):
            _emit(tx, bill, events.issued(bill))
            return Seen(bill)
        if known := await store.live(tx, bill.tariff, bill.object, bill.period, exercise=bill.exercise):
            raise _exists(known)
    raise AssertionError("every number was taken")


async def get(tx: Transaction, number: str) -> Seen:
    """A bill by its number, as it was typed. Errors: BILL_NOT_FOUND."""
    found = await store.seen(tx, _number(tx, number))
    if found is None:
        raise _unknown()
    return found


async def page(tx: Transaction, wanted: Filter, object_: str, size: int, token: str) -> Page[Seen]:
    """One page, the soonest due first; with ``object_`` of bills that have these words in their object. An officer sees
    those of the own agency, treasury and administrators all.

    Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    words = model.plain(object_)
    if access.is_treasury(tx):
        return await store.page(tx, wanted, words, size, token)
    if not tx.caller.agency:
        return Page([])
    return await store.page(tx, replace(wanted, agency=tx.caller.agency), words, size, token)


async def pay(tx: Transaction, number: str) -> Payment:
    """The payment that a bill can be paid with: the one that is there, or a new one.

    Errors: BILL_NOT_FOUND, BILL_PAID, BILL_CANCELLED, BILL_REFUNDED, PAYMENT_IN_DOUBT, PAID_OTHERWISE, COUNTER_CLOSED
    and those of `payments.actions.create`.
    """
    bill = await _locked(tx, number)
    model.require_unpaid(bill)
    before = await _live_payment(tx, bill, anew=True)
    await payments.require_nothing_aside(tx, bill.number)
    if before is not None:
        return await _of_several(tx, before)
    counter = await merchants.counter_of(tx, bill.agency)
    if counter is None or not counter.is_payable:
        raise precondition("COUNTER_CLOSED", "The agency of this bill takes no payments now. Try again another day.")
    made = await payments.create(
        tx,
        merchant=counter,
        amount=bill.amount,
        purpose=PURPOSE,
        description=bill.description(bill.tariff_name_id),
        description_en=bill.description(bill.tariff_name_en),
        bill=bill.number,
        area=bill.area,
        sector=GOVERNMENT,
        requester=REQUESTER,
        request=f"{bill.number}/{uuid7()}",
        correlation=bill.correlation,
        exercise=bill.exercise,
        creator=tx.caller.subject if tx.caller.roles == {"citizen"} else "",
    )
    await store.save(tx, model.asked(bill, made.id, tx.now))
    return made


async def cancel(tx: Transaction, number: str, etag: str) -> Seen:
    """Cancels an unpaid bill, and its payment with it.

    Errors: BILL_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG, BILL_OF_OTHER_AGENCY, BILL_PAID, BILL_CANCELLED, BILL_REFUNDED,
    PAYMENT_IN_DOUBT.
    """
    bill = await _locked(tx, number)
    if tx.scope is not Scope.ANY and bill.agency != tx.caller.agency:
        raise forbidden("BILL_OF_OTHER_AGENCY", "Only the agency that levies may cancel this bill.")
    etags.require(etag, bill.version)
    made = model.cancelled(bill, tx.now)
    before = await _live_payment(tx, bill)
    if before is not None:
        await payments.withdraw(tx, before)
    await store.save(tx, made)
    await acts.note(tx, What.BILL_CANCELLED, made.number, made.amount, exercise=made.exercise)
    _emit(tx, made, events.cancelled(made))
    return Seen(made)


async def take(tx: Transaction, captured: payments_pb2.PaymentSummary, at: datetime) -> None:
    """The payment of a bill was captured at ``at``: the bill is paid, and its receipt issued with it, once. Another
    payment of it is withdrawn; what pays no bill any more is given back.
    """
    payment, number = UUID(captured.id), captured.bill
    bill = await store.locked(tx, number)
    if bill is None:
        raise LookupError(f"bill {number} was paid and does not exist")
    if bill.state in (State.PAID, State.REFUNDED) and bill.payment == payment:
        return
    if bill.state is not State.ISSUED:
        # Impossible while payments are made, withdrawn and expire under the bill's lock. It must not pass unseen.
        if not captured.request:  # made before bills said whose wish their payments are
            raise RuntimeError(f"bill {number} is {bill.state.value} and was paid")
        _log.error("a bill was paid that is paid or over; it is given back", bill=number, payment=captured.code)
        await returns.ask_back(tx, captured, PAID_BEFORE, bill.correlation, exercise=bill.exercise)
        return
    if bill.payment not in (None, payment):
        await _withdraw_other(tx, bill)
    made = model.paid(bill, payment, at, tx.now)
    await store.save(tx, made)
    word = payments_pb2.PaymentMethod.Name(captured.method).removeprefix("PAYMENT_METHOD_").lower()
    receipt = await receipts.issue(tx, _facts(made, captured.code, word, at, tx.now), payment)
    _emit(tx, made, events.paid(made, receipt.number, captured.method))


async def give_back(tx: Transaction, number: str, payment: UUID) -> None:
    """The payment of a bill was given back in full."""
    bill = await store.locked(tx, number)
    if bill is None or bill.payment != payment or bill.state is not State.PAID:
        return
    made = model.refunded(bill, tx.now)
    await store.save(tx, made)
    _emit(tx, made, events.cancelled(made))


async def _withdraw_other(tx: Transaction, bill: Bill) -> None:
    """Nobody pays the payment of a bill any more that another payment has paid."""
    await payments.call_off(tx, await payment_store.by_id(tx, bill.payment, lock=True) if bill.payment else None)


async def _of_several(tx: Transaction, one: Payment) -> Payment:
    """The payment, when somebody asks for it too: then nobody knows whose the money will be, and nobody judges for it.
    A bill's number proves nothing: its agency knows it.
    """
    if one.creator in ("", tx.caller.subject):
        return one
    await payment_store.forget_creator(tx, one.id)
    return one._replace(creator="")


async def _live_payment(tx: Transaction, bill: Bill, *, anew: bool = False) -> Payment | None:
    """The payment that can still be paid, locked. One that is over expires now: where the clock is behind, somebody
    could pay it yet. Where another is to be made ``anew``, the bank must have taken back the QRIS of one that was
    cancelled. Errors: BILL_PAID, BILL_REFUNDED, PAYMENT_IN_DOUBT.
    """
    found = await payment_store.by_id(tx, bill.payment, lock=True) if bill.payment else None
    if found is None or found.state in (PaymentState.EXPIRED, PaymentState.CANCELLED):
        if anew and found is not None and found.qr and not found.is_over(tx.now):
            raise _in_doubt("The bank is being asked to take back the last QRIS of this bill, which can still be paid.")
        return None
    if found.is_paid:  # its event is on the way
        refunded = found.state is PaymentState.REFUNDED
        paid = model.paid(bill, found.id, tx.now, tx.now)
        model.require_unpaid(model.refunded(paid, tx.now) if refunded else paid)
    if not found.is_over(tx.now):
        return found
    if found.state is PaymentState.PENDING:
        raise _in_doubt("The bank is being asked whether the last QRIS of this bill was paid.")
    await payments.expire(tx, found)
    return None


def _in_doubt(why: str) -> DomainError:
    return precondition("PAYMENT_IN_DOUBT", f"{why} Try again in a minute.")


async def _locked(tx: Transaction, number: str) -> Bill:
    found = await store.locked(tx, _number(tx, number))
    if found is None:
        raise _unknown()
    return found


def _tariff(tx: Transaction, tariffs: Mapping[str, Tariff], id_: str) -> Tariff:
    found = tariffs.get(id_)
    if found is None:
        raise invalid("TARIFF_UNKNOWN", "There is no such tariff; the table is at /v1/levies/tariffs.", field="tariff")
    if tx.scope is not Scope.ANY and found.agency != tx.caller.agency:
        raise forbidden("TARIFF_OF_OTHER_AGENCY", "Only the agency that levies by this tariff may issue its bills.")
    return found


def _facts(bill: Bill, code: str, method: str, paid_at: datetime, issued_at: datetime) -> Facts:
    return Facts(
        number="",
        bill=bill.number,
        tariff=bill.tariff,
        object=bill.object,
        period=bill.period,
        quantity=bill.quantity,
        currency=bill.currency,
        amount=bill.amount,
        method=method,
        payment_code=code,
        agency=bill.agency,
        area=bill.area,
        paid_at=paid_at,
        issued_at=issued_at,
        exercise=bill.exercise,
    )


def _emit(tx: Transaction, bill: Bill, message: Message) -> None:
    current_span().set(semconv.CASE_CODE, bill.number)
    tx.emit(
        message,
        aggregate=str(bill.id),
        version=bill.version,
        correlation=bill.correlation,
        exercise=bill.exercise,
    )


def _number(tx: Transaction, text: str) -> str:
    prefix = bill_prefix(tx)
    number = codes.parse(prefix, text)
    if number is None:
        message = f"That is no bill number: one looks like {prefix}-7K4P2M8-92. Look for a wrong or missing character."
        raise not_found("BILL_NOT_FOUND", message, field="number")
    return number


def _unknown() -> DomainError:
    return not_found("BILL_NOT_FOUND", "There is no bill with that number. Look at the paper again.", field="number")


def _exists(number: str) -> DomainError:
    message = f"Bill {number} is there for this tariff, object and period. Cancel it first, or bill another period."
    return conflict("BILL_EXISTS", message, field="object", named=number)
