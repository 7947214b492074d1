"""QRIS texts (EMVCo merchant-presented mode) as the bank writes and reads them.

A text is a row of fields: two digits of tag, two of length in characters, the value. Tag 63 comes last and holds a
CRC-16/CCITT-FALSE of everything before its value, taken over UTF-8.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass

_MOST = 512
_QRIS = "ID.CO.QRIS.WWW"
_BANK = "COM.CONTOH.WWW"


class NoQrisError(ValueError):
    """The text is no QRIS that can be paid; the message says why."""


@dataclass(frozen=True)
class Qris:
    """What a payer is asked. ``amount`` is in whole rupiah, None when the payer says it."""

    merchant: str
    name: str
    terminal: str
    amount: int | None
    static: bool


def write(qris: Qris, pan: str, city: str, reference: str) -> str:
    """The text of a dynamic QRIS of this bank."""
    account = _fields({"00": _BANK, "01": pan, "02": reference[-15:], "03": "UMI"})
    shared = _fields({"00": _QRIS, "02": qris.merchant, "03": "UMI"})
    top = {
        "00": "01",
        "01": "11" if qris.static else "12",
        "26": account,
        "51": shared,
        "52": "9399",
        "53": "360",
        "54": "" if qris.amount is None else str(qris.amount),
        "58": "ID",
        "59": qris.name[:25],
        "60": city,
        "62": _fields({"05": reference, "07": qris.terminal}),
    }
    text = _fields(top) + "6304"
    return text + _crc(text)


def read(text: str) -> Qris:
    """The QRIS in a text. Raises NoQrisError."""
    text = text.strip()
    if len(text) > _MOST:
        raise NoQrisError("too long")
    if text[-8:-4] != "6304" or _crc(text[:-4]) != text[-4:].upper():
        raise NoQrisError("check sum")
    top = _parsed(text)
    if top.get("00") != "01" or top.get("53") != "360":
        raise NoQrisError("not a QRIS in rupiah")
    merchant = _parsed(top.get("51", "")).get("02") or _parsed(top.get("26", "")).get("02", "")
    if not merchant or not top.get("59"):
        raise NoQrisError("no merchant")
    whole, _, fraction = top.get("54", "").partition(".")
    if (whole and not whole.isdecimal()) or fraction.strip("0"):
        raise NoQrisError("amount")
    terminal = _parsed(top.get("62", "")).get("07", "")
    return Qris(merchant, top["59"], terminal, int(whole) if whole else None, top.get("01") != "12")


def _fields(values: dict[str, str]) -> str:
    return "".join(f"{tag}{len(value):02d}{value}" for tag, value in values.items() if value)


def _parsed(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        tag, length = text[at : at + 2], text[at + 2 : at + 4]
        if not (tag.isdecimal() and length.isdecimal()) or at + 4 + int(length) > len(text):
            raise NoQrisError("broken fields")
        found[tag] = text[at + 4 : at + 4 + int(length)]
        at += 4 + int(length)
    return found


def _crc(text: str) -> str:
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"
