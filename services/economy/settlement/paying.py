"""Paying batches out: at once, or in spite of differences with the bank's report by two people.

Lock order: batch, then accounts, then differences.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from services.economy import access, approval
from services.economy.account_changes import store as account_changes
from services.economy.account_changes.model import former
from services.economy.acts import actions as acts
from services.economy.acts.model import What
from services.economy.ledger import actions as ledger
from services.economy.ledger.model import Transfer, city_account, derived
from services.economy.merchants import store as merchants
from services.economy.merchants.model import Merchant
from services.economy.settlement import actions, despite, doubts, model, store
from services.economy.settlement.despite import Doubt, Wish
from services.economy.settlement.model import PAYOUT, Batch, State
from services.economy.settlement.store import Named, Sight
from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import precondition
from services.kit.interest import require_disinterested
from services.kit.rpc import etag as etags

TOLD = 10
"""Batches that wait for a second person that are told at once."""
LOOKED = 100
"""Of how many it is looked whether they still do."""


class Standing(NamedTuple):
    """What keeps a batch from being paid out, and what was wished in spite of it as far as that stands, or was done."""

    doubt: Doubt | None = None
    wish: Wish | None = None


async def confirm_payout(
    tx: Transaction, id_: str, etag: str, *, to_former: bool = False, why: str = ""
) -> tuple[Named, Standing]:
    """Says that the bank paid a batch out, ``to_former``: before another account held, to the one that did until then.

    With ``why`` in spite of differences: the first who says so asks for it, and a second who says the same confirms it.

    Errors: TREASURY_ONLY, BATCH_NOT_FOUND, OWN_MATTER, ETAG_REQUIRED, STALE_ETAG, BANK_DIFFERS, NOTHING_DIFFERS,
    REASON_REQUIRED, NO_FORMER_ACCOUNT, BATCH_PAID, SECOND_PERSON_REQUIRED.
    """
    line = approval.one_line(why, field="despite")
    batch, merchant = await _locked(tx, id_)
    etags.require(etag, batch.version, mark=None)
    doubt = (await doubts.of(tx, [batch.id])).get(batch.id)
    if doubt and not line:
        message = (
            "The bank's report does not have all the money of this batch, or other amounts of it. Ask the bank; once"
            " its report is right, compare the day. Or two people pay it out in spite of that, for a reason: `despite`."
        )
        raise precondition("BANK_DIFFERS", message)
    # That of the merchant here is the one that was seen: who lets another hold makes the batch one of another version.
    bank, number = await _former(tx, batch, merchant) if to_former else (merchant.bank, merchant.bank_number)
    paid = model.paid_out(batch, bank, number, tx.now)
    wish = await _wish(tx, batch, doubt, etag, line, to_former=to_former) if line else None
    if wish is not None and not wish.is_approved:
        await store.save(tx, model.touched(batch))
        await acts.note(tx, What.PAYOUT_ASKED, str(batch.id), batch.net, merchant=batch.merchant)
        return await _named(tx, batch), Standing(doubt, wish)
    await _pay(tx, paid, wish)
    if doubt and wish:
        await doubts.paid(tx, paid.id, doubt.ids)
    return await _named(tx, paid), Standing(wish=wish)


async def standings(tx: Transaction, found: Iterable[Named]) -> Mapping[UUID, Standing]:
    """How some batches stand with the bank's report, by their ids; nothing is told to who is not of the treasury."""
    if not access.is_treasury(tx):
        return {}
    batches = {each.batch.id: each.batch for each in found}
    doubted = await doubts.of(tx, [each.id for each in batches.values() if each.state is State.CLOSED])
    wished = await doubts.wishes(tx, list(batches))
    return {each: _standing(one, doubted.get(each), wished.get(each)) for each, one in batches.items()}


async def asked(tx: Transaction) -> list[Named]:
    """Batches whose payout in spite of differences may wait for a second person, the first that was asked for first; of
    none for who is not of the treasury. Which of them do, their standings say.
    """
    if not access.is_treasury(tx):
        return []
    waiting = await doubts.waiting(tx, LOOKED)
    whole = {each.batch.id: each for each in await store.named_all(tx, waiting)} if waiting else {}
    return [whole[each] for each in waiting]


def to_confirm(found: Iterable[Named], standing: Mapping[UUID, Standing]) -> list[Named]:
    """Those of some batches that do wait for a second person, as many as are told."""
    return [each for each in found if each.batch.id in standing and standing[each.batch.id].wish][:TOLD]


async def _locked(tx: Transaction, id_: str) -> tuple[Batch, Merchant]:
    access.require_treasury(tx)
    known = ids.parse(id_)
    batch = await store.locked(tx, known) if known else None
    if batch is None:
        raise actions.unknown()
    merchant = await merchants.by_id(tx, batch.merchant)
    assert merchant is not None, "merchants are never deleted"
    require_disinterested(tx.caller, merchant.owner)
    return batch, merchant


async def _wish(tx: Transaction, batch: Batch, doubt: Doubt | None, etag: str, why: str, *, to_former: bool) -> Wish:
    """What the caller asks for, or confirms: of the differences that they saw."""
    wish = despite.ask(batch, doubt, why, tx.caller.subject, tx.now, to_former=to_former)
    etags.require(etag, batch.version, mark=wish.differing)
    decided = despite.decide(await doubts.wish(tx, batch.id), wish)
    await doubts.save(tx, decided)
    return decided


async def _pay(tx: Transaction, paid: Batch, wish: Wish | None) -> None:
    """The money is with the bank no more; what nobody confirmed was not needed."""
    if wish is None:
        await doubts.drop(tx, paid.id)
    await store.save(tx, paid)
    asker = wish.asked_by if wish else ""
    await acts.note(tx, What.PAYOUT_CONFIRMED, str(paid.id), paid.net, asker=asker, merchant=paid.merchant)
    await ledger.transfer(
        tx,
        Transfer(
            id=derived(paid.id, PAYOUT),
            kind=PAYOUT,
            debit=city_account("payouts", paid.currency),
            credit=city_account("clearing", paid.currency),
            amount=paid.net,
            currency=paid.currency,
            reference=str(paid.id),
        ),
    )


async def _former(tx: Transaction, batch: Batch, merchant: Merchant) -> tuple[str, str]:
    known = former(merchant, await account_changes.approved(tx, [merchant.id]), batch.created_at)
    if known is None:
        message = "No other account was let hold while this batch waited: it was paid to the one that it shows."
        raise precondition("NO_FORMER_ACCOUNT", message)
    return known


async def _named(tx: Transaction, batch: Batch) -> Named:
    found = await store.named(tx, batch.id, Sight(everybodys=True))
    assert found is not None, "it was saved a moment ago"
    return found


def _standing(batch: Batch, doubt: Doubt | None, wish: Wish | None) -> Standing:
    told = wish is not None and (wish.is_approved or wish.stands(batch.version, doubt))
    return Standing(doubt, wish if told else None)
