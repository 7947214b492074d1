"""Fields as EMVCo QR codes have them: a tag of two digits, a length of two digits, a value. Knows nothing of payments.

Lengths count characters; the checksum (CRC-16/CCITT-FALSE) is over the text in UTF-8: so has it EMVCo's own sample with
Chinese in it.
"""

import binascii
import re
from collections.abc import Iterable, Iterator

from services.kit.errors import DomainError, invalid

LONGEST = 99
"""Characters of a value."""

Field = tuple[str, str]
"""A tag and its value."""

_TWO_DIGITS = re.compile(r"[0-9]{2}")


def crc(text: str) -> str:
    """The checksum of a text, four capital hexadecimal digits."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def join(fields: Iterable[Field]) -> str:
    """Writes fields one after the other. Their lengths are the caller's to check."""
    return "".join(f"{tag}{len(value):02}{value}" for tag, value in fields)


def split(text: str, parent: str = "") -> list[Field]:
    """Takes fields apart, in their order; ``parent`` is the tag of the field that they are in.

    Errors: QRIS_TOO_SHORT (cut off), QRIS_TAG_WRONG, QRIS_LENGTH_WRONG, QRIS_TAG_REPEATED. Within a field, one that is
    cut off is QRIS_LENGTH_WRONG: the lengths inside do not go with the one outside.
    """
    fields: list[Field] = []
    seen: set[str] = set()
    for tag, value in _each(text, parent):
        if tag in seen:
            message = f"Field {name(parent, tag)} is there twice; each may be there once. Take the second one out."
            raise invalid("QRIS_TAG_REPEATED", message, field=name(parent, tag))
        seen.add(tag)
        fields.append((tag, value))
    return fields


def name(parent: str, tag: str) -> str:
    """How a field is named in messages: 62.05 for tag 05 in field 62."""
    return f"{parent}.{tag}" if parent else tag


def _each(text: str, parent: str) -> Iterator[Field]:
    at = 0
    while at < len(text):
        tag, length = text[at : at + 2], text[at + 2 : at + 4]
        if len(length) < 2:
            raise _cut_off(parent, parent or tag, f"a field begins at character {at + 1} and has no length")
        if not _TWO_DIGITS.fullmatch(tag):
            message = f"{_place(at, parent)} a tag of two digits is expected, not {tag!r}. {_REMEDY}"
            raise invalid("QRIS_TAG_WRONG", message, field=parent or tag)
        here = name(parent, tag)
        if not _TWO_DIGITS.fullmatch(length) or length == "00":
            message = f"{_place(at + 2, parent)} the length of field {here} is expected, 01 to 99, not {length!r}."
            raise invalid("QRIS_LENGTH_WRONG", f"{message} {_REMEDY}", field=here)
        value = text[at + 4 : at + 4 + int(length)]
        if len(value) < int(length):
            raise _cut_off(parent, here, f"field {here} should have {int(length)} characters and has {len(value)}")
        yield tag, value
        at += 4 + int(length)


_REMEDY = "Read the code again, or ask for a new one."


def _place(at: int, parent: str) -> str:
    return f"At character {at + 1}{f' of field {parent}' if parent else ''}"


def _cut_off(parent: str, field: str, what: str) -> DomainError:
    if parent:
        message = f"In field {parent} {what}: the lengths do not add up. {_REMEDY}"
        return invalid("QRIS_LENGTH_WRONG", message, field=field)
    return invalid("QRIS_TOO_SHORT", f"The text is cut off: {what}. Read the whole code again.", field=field)
