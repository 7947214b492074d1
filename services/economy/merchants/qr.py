"""What the QR code of a merchant says. Pure rules."""

from decimal import Decimal

from services.economy.merchants.model import Merchant
from services.economy.qris.model import (
    CITY_MOST,
    CRITERIA,
    GUID,
    MERCHANT_ID,
    NAME_MOST,
    NATIONAL,
    NATIONAL_GUID,
    PAN,
    REFERENCE,
    TERMINAL,
    Initiation,
    Qris,
    Template,
    plain,
)
from services.economy.qris.rules import COUNTRY
from services.kit.city import City
from services.kit.errors import precondition

ACQUIRER = "ID.CO.CONTOH.WWW"
"""Stands for the acquirer while there is none ("contoh": example); a code with it cannot be paid."""


def for_merchant(
    merchant: Merchant,
    terminal: str = "",
    amount: int | None = None,
    reference: str = "",
    *,
    city: City,
    acquirer: str = ACQUIRER,
) -> Qris:
    """The code of a merchant that has NMID and PAN: static without an amount (whole units), else dynamic.

    ``acquirer`` is the reverse domain by which the acquirer is known in field 26. Errors: QRIS_NOT_AVAILABLE.
    """
    if not merchant.has_qris:
        message = "The acquirer gave this merchant no NMID and PAN yet: it takes cash and wallets only."
        raise precondition("QRIS_NOT_AVAILABLE", message)
    criteria = merchant.size.value.upper()
    account = ((GUID, acquirer), (PAN, merchant.pan), (MERCHANT_ID, merchant.nmid), (CRITERIA, criteria))
    national = ((GUID, NATIONAL_GUID), (MERCHANT_ID, merchant.nmid), (CRITERIA, criteria))
    return Qris(
        initiation=Initiation.STATIC if amount is None else Initiation.DYNAMIC,
        accounts={"26": Template(account), NATIONAL: Template(national)},
        mcc=merchant.mcc,
        currency=city.currency,
        country=COUNTRY,
        name=plain(merchant.name, NAME_MOST),
        city=plain(city.name_id.removeprefix("Kota ").replace("Kabupaten ", "Kab. "), CITY_MOST),
        amount=None if amount is None else Decimal(amount),
        additional=Template().put(REFERENCE, reference).put(TERMINAL, terminal),
    )
