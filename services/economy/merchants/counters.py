"""The merchants of the city's counters, made from its terms. Pure rules."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.economy.merchants.model import Kind, Merchant, Size, State
from services.economy.terms import GOVERNMENT, Counter


def counter(before: Merchant | None, wanted: Counter, account: UUID, now: datetime) -> Merchant | None:
    """A counter as the terms have it, new or changed; None when nothing has changed.

    It is active from the start: without NMID and PAN it takes cash and wallets, but has no QRIS. One that was suspended
    stays so. ``account`` is both its identifier and that of its ledger account.
    """
    if before is None:
        return _new(wanted, account, now)
    told = replace(
        before,
        name=wanted.name,
        mcc=wanted.mcc,
        size=Size(wanted.size),
        area=wanted.area,
        nmid=wanted.nmid,
        pan=wanted.pan,
    )
    return None if told == before else replace(told, version=before.version + 1, updated_at=now)


def _new(wanted: Counter, account: UUID, now: datetime) -> Merchant:
    return Merchant(
        id=account,
        version=1,
        kind=Kind.COUNTER,
        state=State.ACTIVE,
        owner="",
        agency=wanted.agency,
        name=wanted.name,
        mcc=wanted.mcc,
        sector=GOVERNMENT,
        size=Size(wanted.size),
        area=wanted.area,
        nmid=wanted.nmid,
        pan=wanted.pan,
        bank="",
        bank_number="",
        account=account,
        reason="",
        exercise=False,
        created_at=now,
        updated_at=now,
    )
