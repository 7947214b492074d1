"""What can be done with receipts: issue, find, check."""

from dataclasses import dataclass, replace
from uuid import UUID

import structlog

from services.economy.receipts import model, store
from services.economy.receipts.model import Facts, Receipt
from services.economy.receipts.store import Issued
from services.economy.resources import resources
from services.kit import codes, signing
from services.kit.database import Transaction
from services.kit.errors import invalid, not_found

_log = structlog.get_logger()


@dataclass(frozen=True)
class Verdict:
    """What became of a check: genuine when ``reason`` is empty."""

    reason: str
    issued: Issued | None = None


async def issue(tx: Transaction, facts: Facts, payment: UUID) -> Receipt:
    """Issues the receipt of a bill that was paid, signed, under the year's next number."""
    city, signer = tx.runtime.city, resources(tx.runtime).signer
    year = facts.issued_at.astimezone(city.timezone).year
    series = model.series(city.code_prefix, exercise=facts.exercise)
    number = model.number(series, year, await store.next_number(tx, series, year))
    text = model.text(replace(facts, number=number))
    signature = signer.sign(text.encode())
    made = Receipt(
        number=number,
        bill=facts.bill,
        payment=payment,
        text=text,
        signature=signature,
        key_id=signer.key_id,
        seal=model.seal(text, signature),
        issued_at=facts.issued_at,
    )
    await store.insert(tx, made, signer.public_jwk()["x"])
    return made


async def find(tx: Transaction, number: str, seal: str) -> Issued:
    """A receipt by its bill's number, or by its own with its seal: numbers that can be counted up prove nothing.

    Errors: RECEIPT_SEAL_MISSING, RECEIPT_NOT_YET (paid a moment ago), RECEIPT_NOT_FOUND, also for another seal.
    """
    prefix = tx.runtime.city.code_prefix
    bill = codes.parse(f"{prefix}T", number)
    if bill is not None:
        return await _of_bill(tx, bill)
    known = model.parse_number(prefix, number)
    if known and not seal:
        message = "Send the seal that is printed on the receipt too, or ask by the number of the bill."
        raise invalid("RECEIPT_SEAL_MISSING", message, field="seal")
    found = await store.by_number(tx, known) if known else None
    if found is None or not model.seal_fits(found.receipt.seal, seal):
        message = "No receipt has that number and seal. Look at the paper again; the number of the bill does as well."
        raise not_found("RECEIPT_NOT_FOUND", message, field="number")
    return found


async def check(tx: Transaction, number: str, units: int, seal: str) -> Verdict:
    """Compares what somebody holds with what was issued, and what was issued with its signature.

    The seal comes first: who does not hold it learns nothing of the amount.
    """
    known = model.parse_number(tx.runtime.city.code_prefix, number)
    found = await store.by_number(tx, known) if known else None
    if found is None:
        return Verdict("RECEIPT_UNKNOWN")
    if not model.seal_fits(found.receipt.seal, seal):
        return Verdict("SEAL_DIFFERS")
    if units != found.facts.amount:
        return Verdict("AMOUNT_DIFFERS")
    if not _stands(found):
        # Somebody wrote past the application: what the table says is not what was signed.
        _log.error("receipt does not match its signature", number=found.receipt.number)
        return Verdict("SEAL_DIFFERS")
    return Verdict("", found)


def keys(issued: Issued) -> str:
    """The public key of a receipt as a JWK set."""
    return signing.key_set([issued.key])


async def _of_bill(tx: Transaction, bill: str) -> Issued:
    found = await store.of_bill(tx, bill)
    if found is not None:
        return found
    paid = await store.is_paid(tx, bill)
    if paid is None:
        message = "There is no bill with that number. Look at the paper again."
        raise not_found("RECEIPT_NOT_FOUND", message, field="number")
    if paid:
        message = "The bill is paid and its receipt is being written. Ask again in a moment."
        raise not_found("RECEIPT_NOT_YET", message, field="number")
    raise not_found("RECEIPT_NOT_FOUND", "This bill is not paid, so there is no receipt.", field="number")


def _stands(issued: Issued) -> bool:
    """Whether bill, payment and text still say what the key signed, and the seal is made of it."""
    made = issued.receipt
    if model.text(issued.facts) != made.text or model.seal(made.text, made.signature) != made.seal:
        return False
    key = signing.read_key_set({"keys": [issued.key]})[made.key_id]
    return signing.signed(key, made.signature, made.text.encode())
