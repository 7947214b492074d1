"""SQL of what economy keeps by a login. Of money nothing is erased: it is the city's books. A business that never had
any is in none, and neither is a wallet in which nothing moved.

Pasal 28 (11) UU KUP has books and what they rest on kept for ten years; a wallet is an account in them. Payments by a
wallet stand in the books under the account; whose money was asked for in vain stands in none, and goes.
"""

from services.economy.merchants import store as merchants
from services.economy.merchants.model import State
from services.economy.payments import store as payments
from services.economy.permit_documents import store as documents
from services.economy.permit_mails import store as mails
from services.economy.permits import store as permits
from services.economy.permits.model import OVER
from services.economy.terms import terms_of
from services.economy.wallets import store as own
from services.kit.database import Transaction, rows
from services.kit.personal import By, Deed, Kept, Kind

# Each side of the books by its own index, as the statement of an account reads them.
_MOVED = """
SELECT entry.* FROM wallet, LATERAL (
    (SELECT debit_number AS number, kind, -amount AS amount, debit_balance AS balance, reference, posted_at
       FROM transfer WHERE debit = wallet.account ORDER BY debit_number DESC LIMIT $2)
    UNION ALL
    (SELECT credit_number, kind, amount, credit_balance, reference, posted_at
       FROM transfer WHERE credit = wallet.account ORDER BY credit_number DESC LIMIT $2)) AS entry
 WHERE wallet.subject = $1 ORDER BY number DESC LIMIT $2
"""
_PERMITS = """
SELECT id, sealed, code, state, kind, name, area, place, nib, first_day, last_day, created_at
  FROM permit WHERE owner = $1 ORDER BY id DESC LIMIT $2
"""
_OWN = "(SELECT id, code FROM permit WHERE owner = $1 ORDER BY id DESC LIMIT $2) AS own"
_DOCUMENTS = f"""
SELECT code AS permit, document, content_type, '/v1/permits/' || code || '/documents/' || one.id AS address, created_at
  FROM {_OWN}, LATERAL (
    SELECT id, document, content_type, created_at FROM permit_document WHERE permit = own.id LIMIT $2) AS one
 LIMIT $2
"""
# With who looked at the documents: as its holder reads it, by their agency.
_STEPS = f"""
SELECT code AS permit, move AS act, party, agency, note, at
  FROM {_OWN}, LATERAL (
    SELECT move, party, agency, note, at FROM permit_step WHERE permit = own.id ORDER BY id DESC LIMIT $2) AS one
 LIMIT $2
"""
_MERCHANTS = """
SELECT name, state, mcc, sector, size, area, nmid, pan, bank, bank_number, permit, created_at
  FROM merchant WHERE owner = $1 AND owner <> '' ORDER BY id DESC LIMIT $2
"""
_ACCOUNT_CHANGES = """
SELECT merchant.name, change.* FROM merchant, LATERAL (
    SELECT state, bank, bank_number, former_bank, former_number, refusal, created_at
      FROM account_change WHERE account_change.merchant = merchant.id ORDER BY created_at DESC LIMIT $2) AS change
 WHERE merchant.owner = $1 AND merchant.owner <> '' ORDER BY change.created_at DESC LIMIT $2
"""
_CHANGED = """
SELECT count(*) FROM merchant, LATERAL (
    SELECT FROM account_change WHERE account_change.merchant = merchant.id LIMIT $2) AS change
 WHERE merchant.owner = $1 AND merchant.owner <> ''
"""
_BILLS = """
SELECT code, bill, amount, state, created_at FROM payment
 WHERE creator = $1 AND creator <> '' AND bill <> '' ORDER BY id DESC LIMIT $2
"""
_BILLED = "SELECT count(*) FROM payment WHERE creator = $1 AND creator <> '' AND bill <> ''"
_FORGET_BILLS = """
UPDATE payment SET creator = '' WHERE id IN (
    SELECT id FROM payment WHERE creator = $1 AND creator <> '' AND bill <> '' ORDER BY id LIMIT $2 FOR NO KEY UPDATE)
"""
_ORDER = f"creator = $1 AND {payments.ORDERED} AND NOT ({payments.PERMIT_FEE})"
# Of permits that are erased: of others it is known who applied.
_PERMIT_FEE = f"creator = $1 AND {payments.ORDERED} AND {payments.PERMIT_FEE}"
# As many as are counted: what ended unpaid is of use to nobody else.
_FORGET_UNPAID = f"""
UPDATE payment SET payer = '' WHERE id IN (
    SELECT id FROM payment WHERE payer = $1 AND {payments.UNPAID} ORDER BY created_at LIMIT $2 FOR NO KEY UPDATE)
"""
_UNPAID = f"""
SELECT code, requester AS asked_by, request, amount, state, description, created_at
  FROM payment WHERE payer = $1 AND {payments.UNPAID} ORDER BY created_at DESC LIMIT $2
"""
# Neither of a bill nor of what a pillar asks the money for: asked for at a till, at a counter or for a wallet.
_ASKED = "creator = $1 AND creator <> '' AND requester = '' AND bill = ''"
# One merchant is looked up for each payment, however many merchants there are.
_AT_COUNTER = "(SELECT merchant.kind FROM merchant WHERE merchant.id = payment.merchant) = 'counter'"
_TOP_UP = f"{_ASKED} AND merchant IS NULL"
_SALE = f"{_ASKED} AND merchant IS NOT NULL AND NOT {_AT_COUNTER}"


def _list_ordered(which: str) -> str:
    return f"SELECT code, amount, state, created_at FROM payment WHERE {which} ORDER BY id DESC LIMIT $2"


def _list_asked(which: str) -> str:
    return f"""
SELECT code, amount, state, description, created_at FROM payment WHERE {which} ORDER BY created_at DESC LIMIT $2
"""


def _count_asked(which: str) -> str:
    return f"SELECT count(*) FROM (SELECT FROM payment WHERE {which} ORDER BY created_at DESC LIMIT $2) AS asked"


# What was paid stands in the books under its wallet or business; while a QRIS may yet bring money it is known whose.
def _forget_asked(which: str) -> str:
    return f"""
UPDATE payment SET creator = '' WHERE id IN (
    SELECT id FROM payment WHERE {which} AND (state = 'expired' OR state = 'cancelled' AND qr = '')
     ORDER BY created_at LIMIT $2 FOR NO KEY UPDATE)
"""


def _forget_ordered(which: str) -> str:
    return f"""
UPDATE payment SET creator = '' WHERE id IN (
    SELECT id FROM payment WHERE {which} AND {payments.ENDED} ORDER BY id LIMIT $2 FOR NO KEY UPDATE)
"""


_OWNED = "SELECT count(*) FROM merchant WHERE owner = $1 AND owner <> ''"
DEEDS = (
    Deed("money_acts", (By("act", "doer", "at"), By("act", "asker", "at"))),
    Deed(
        "counter_payments",
        (By("payment", "creator", "created_at", f"requester = '' AND bill = '' AND {_AT_COUNTER}"),),
    ),
    Deed("issued_bills", (By("bill", "issued_by", "created_at"),)),
    Deed("permit_steps", (By("permit_step", "by", "at", "party <> 'applicant'"),)),
)
"""What staff do here, by their login."""
KEPT = (
    Kept("wallets", "SELECT account, created_at FROM wallet WHERE subject = $1 LIMIT $2"),
    Kept("entries", _MOVED, 1_000),
    Kept("permits", _PERMITS),
    Kept("permit_documents", _DOCUMENTS),
    Kept("permit_history", _STEPS, 1_000),
    Kept("merchants", _MERCHANTS),
    Kept("account_changes", _ACCOUNT_CHANGES),
    Kept("bills", _BILLS),
    Kept("permit_fees", _list_ordered(_PERMIT_FEE)),
    Kept("orders", _list_ordered(_ORDER)),
    Kept("top_ups", _list_asked(_TOP_UP)),
    Kept("sales", _list_asked(_SALE)),
    Kept("unpaid", _UNPAID),
)
MOST = 1_000
"""Permits, and payments of a kind, that are erased at once; changes of an account that are counted."""
ASKED_MOST = 10_000
"""Payments into a wallet, and sales, that are counted; of more it is told that there are so many."""


async def look(tx: Transaction, subject: str, *, erase: bool) -> list[Kind]:
    """What there is. Whose a permit is is known until it is over, and whose its fee while that may go back."""
    wallets: int = await tx.fetchval("SELECT count(*) FROM wallet WHERE subject = $1", subject)
    businesses: int = await tx.fetchval(_OWNED, subject)
    changed: int = await tx.fetchval(_CHANGED, subject, MOST)
    billed: int = await tx.fetchval(_BILLED, subject)
    ended, unchanged = 0, 0
    if erase:
        untraded = await merchants.untraded(tx, subject, (State.CLOSED,), MOST)
        ended = len(untraded)
        unchanged = await merchants.forget(tx, [one.id for one in untraded]) if untraded else 0
        await tx.execute(_FORGET_BILLS, subject, MOST)
    ordered = await _ordered(tx, "orders", _ORDER, "ticket", subject, erase=erase)
    topped_up = await _asked(tx, "top_ups", _TOP_UP, subject, erase=erase)
    sold = await _asked(tx, "sales", _SALE, subject, erase=erase)
    unpaid: int = await tx.fetchval(_count_asked(f"payer = $1 AND {payments.UNPAID}"), subject, ASKED_MOST)
    held = await permits.owned(tx, subject) if subject else 0
    newest = await permits.newest_of(tx, subject, MOST) if subject else []
    mailed = len(await mails.live(tx, newest))
    if erase:
        await mails.end(tx, newest)
        await tx.execute(_FORGET_UNPAID, subject, ASKED_MOST)
    gone = await permits.over_of(tx, subject, OVER, MOST) if subject and erase else []
    if gone:
        await payments.know_applicant(tx, gone, subject, tx.now - terms_of(tx.runtime.city).buyers_kept)
        await documents.erase(tx, gone)
        await permits.forget(tx, gone)
    fees = await _ordered(tx, "permit_fees", _PERMIT_FEE, "refund", subject, erase=erase)
    # Last, as accounts are locked; while a payment into it can be made yet it stays.
    unused = await own.forget_unused(tx, subject) if erase and topped_up.held == topped_up.erased else 0
    return [
        Kind("wallets", wallets, unused, "ledger"),
        Kind("merchants", businesses, ended, "ledger"),
        Kind("account_changes", changed, min(unchanged, changed), "ledger"),
        Kind("permits", held, len(gone), "permit"),
        Kind("permit_mails", mailed, mailed if erase else 0),
        Kind("bills", billed, min(billed, MOST) if erase else 0),
        fees,
        ordered,
        topped_up,
        sold,
        Kind("unpaid", unpaid, unpaid if erase else 0),
    ]


async def _ordered(tx: Transaction, kind: str, which: str, reason: str, subject: str, *, erase: bool) -> Kind:
    """Of what a pillar asked the money for that is theirs no more of which no money comes or goes back."""
    held: int = await tx.fetchval(f"SELECT count(*) FROM payment WHERE {which}", subject)
    gone = rows(await tx.execute(_forget_ordered(which), subject, MOST)) if erase else 0
    return Kind(kind, held, gone, reason)


async def _asked(tx: Transaction, kind: str, which: str, subject: str, *, erase: bool) -> Kind:
    """Of payments that somebody asked for those that ended unpaid are theirs no more."""
    held: int = await tx.fetchval(_count_asked(which), subject, ASKED_MOST)
    gone = rows(await tx.execute(_forget_asked(which), subject, MOST)) if erase else 0
    return Kind(kind, held, gone, "ledger")
