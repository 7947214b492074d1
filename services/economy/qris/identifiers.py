"""The numbers by which QRIS knows a merchant."""

import re

from stdnum import luhn

_NMID = re.compile(r"ID[0-9]{13}")
_PAN = re.compile(r"[0-9]{16,19}")


def is_nmid(text: str) -> bool:
    """Whether this is a national merchant id: ``ID`` and 13 digits."""
    return _NMID.fullmatch(text) is not None


def is_pan(text: str) -> bool:
    """Whether this is a merchant PAN: 16 to 19 digits, the last of which checks them (Luhn)."""
    return _PAN.fullmatch(text) is not None and luhn.is_valid(text)
