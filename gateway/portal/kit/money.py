"""Amounts as people read and write them: whole units, in the reader's language."""

from __future__ import annotations

import re

from babel.numbers import format_currency, format_percent

from gateway.portal.kit.texts import Texts
from smartcity.types.v1.money_pb2 import Money as MoneyMessage
from smartcity.types.v1.money_views import Money

_PATTERNS = {"id": "¤#,##0;\u2212¤#,##0", "en": "¤¤\u00a0#,##0;\u2212¤¤\u00a0#,##0"}
_PERCENT = "#,##0%"
_TYPED = re.compile(r"(?:rp|idr)?\.?\s*([0-9]{1,3}(?:[.,\u00a0 ][0-9]{3})+|[0-9]+)", re.IGNORECASE)
MOST = 10**12


def words(amount: Money | None, texts: Texts) -> str:
    """An amount with its currency; empty where there is none. Example: Rp4.000, in English IDR 4,000"""
    if amount is None:
        return ""
    return format_currency(
        amount.units, amount.currency, _PATTERNS[texts.language], locale=texts.language, currency_digits=False
    )


def share(part: float, texts: Texts) -> str:
    """A share from 0 to 1 in whole per cent. Example: 63%"""
    return format_percent(part, _PERCENT, locale=texts.language)


def typed(text: str) -> int | None:
    """The amount somebody typed, such as 15000, 15.000 or Rp 15.000; None when it is none that can be meant."""
    found = _TYPED.fullmatch(text.strip())
    if found is None:
        return None
    units = int(re.sub(r"\D", "", found[1]))
    return units if 0 < units <= MOST else None


def entered(text: str) -> int | None:
    """The same of an entry that may be nothing: 0 where it is empty or a zero."""
    return typed(text) if text.strip("0 ") else 0


def message(units: int, currency: str) -> MoneyMessage:
    """An amount for a call."""
    return MoneyMessage(currency=currency, units=units)
