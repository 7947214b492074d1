"""What fields a QRIS has, and what may be in them (EMVCo merchant-presented mode, and QRIS where the country is ID)."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.economy.qris import tlv
from services.economy.qris.currencies import LETTERS, NUMBERS
from services.kit.errors import DomainError, invalid

COUNTRY = "ID"
MOST = 512
"""Characters of the whole text (EMVCo)."""
TIP_VALUES = {"02": "56", "03": "57"}
"""Kind of tip -> the field with its value."""

_END = 8
"""Characters of the checksum's field: 6304 and four digits."""
_MANDATORY = {
    "01": "whether it is static or dynamic",
    "52": "the merchant's category",
    "53": "the currency",
    "58": "the country",
    "59": "the merchant's name",
    "60": "the merchant's city",
}
_SHAPES = {
    "01": (r"11|12", "11 (static) or 12 (dynamic)"),
    "52": (r"[0-9]{4}", "four digits"),
    "55": (r"0[123]", "01 (the payer is asked), 02 (a fixed sum) or 03 (a percentage)"),
    "58": (r"[A-Z]{2}", "two capital letters"),
    "59": (r".{1,25}", "at most 25 characters"),
    "60": (r".{1,15}", "at most 15 characters"),
    "61": (r".{1,10}", "at most 10 characters"),
}
_ADDITIONAL_SHAPES = {
    **{f"{tag:02}": (r".{1,25}", "at most 25 characters") for tag in range(1, 9)},
    "09": (r"[AME]{1,3}", "letters out of A, M and E"),
    "10": (r".{1,20}", "at most 20 characters"),
    "11": (r".{3}", "three characters"),
}
_LANGUAGE_SHAPES = {
    "00": (r"[A-Za-z]{2}", "two letters"),
    "01": (r".{1,25}", "at most 25 characters"),
    "02": (r".{1,15}", "at most 15 characters"),
}
_ACCOUNT_SHAPES = {"00": (r".{1,32}", "at most 32 characters")}
_QRIS_ACCOUNT_SHAPES = {
    **_ACCOUNT_SHAPES,
    "01": (r"[0-9]{1,19}", "at most 19 digits"),
    "02": (r".{1,15}", "at most 15 characters"),
    "03": (r"[A-Z]{3}", "three capital letters, such as UMI"),
}
_AMOUNT = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]{1,2})?")
_AMOUNT_MOST, _PERCENT_MOST = 13, 5
_REMEDY = "Ask for a new code."

Shapes = Mapping[str, tuple[str, str]]


def is_account(tag: str) -> bool:
    """Whether the field is a merchant account with fields of its own."""
    return "26" <= tag <= "51"


def is_template(tag: str) -> bool:
    """Whether the field has fields of its own."""
    return is_account(tag) or tag in ("62", "64") or "80" <= tag <= "99"


def is_reserved(tag: str) -> bool:
    """Whether the field is one that EMVCo keeps for card networks or for later; it is kept as it is."""
    return "02" <= tag <= "25" or "65" <= tag <= "79"


def ascii_of(text: str) -> str:
    """The printable ASCII of a text, letters without their accents."""
    return "".join(each for each in unicodedata.normalize("NFKD", text) if " " <= each <= "~")


def check_characters(text: str) -> None:
    """Checks the text as a whole. Errors: QRIS_TOO_SHORT, QRIS_TOO_LONG, QRIS_CHARACTER_WRONG."""
    if not text:
        raise invalid("QRIS_TOO_SHORT", "There is no text. Read the whole code again.", field="00")
    if len(text) > MOST:
        message = f"A QRIS has at most {MOST} characters, this has {len(text)}. Read the code again."
        raise invalid("QRIS_TOO_LONG", message, field="00")
    for place, each in enumerate(text, start=1):
        if unicodedata.category(each) in ("Cc", "Cs"):
            message = f"Character {place} is none that can be printed. Read the code again."
            raise invalid("QRIS_CHARACTER_WRONG", message, field="00")


def check_crc(text: str) -> None:
    """Checks the checksum, if there is one at the end: most damage shows here first. Errors: QRIS_CRC_WRONG."""
    body, given = text[:-4], text[-4:]
    if text[-_END:-4] == "6304" and given != (right := tlv.crc(body)):
        message = f"The checksum is {given!r} and should be {right}: a character is wrong. Read the code again."
        raise invalid("QRIS_CRC_WRONG", message, field="63", expected=right)


def check_lengths(values: Mapping[str, str]) -> None:
    """Checks that all fields can be written. Errors: QRIS_LENGTH_WRONG."""
    for tag, value in values.items():
        if len(value) > tlv.LONGEST:
            message = f"Field {tag} has {len(value)} characters and may have {tlv.LONGEST}. Shorten what is in it."
            raise invalid("QRIS_LENGTH_WRONG", message, field=tag)


def check_ends(fields: Sequence[tlv.Field]) -> None:
    """Checks the first field and the last. Errors: QRIS_FIELD_MISSING, QRIS_FIELD_INVALID, QRIS_LENGTH_WRONG."""
    tags = [tag for tag, _ in fields]
    if tags[0] != "00":
        raise _missing("00", "the format, 000201, which comes first")
    if fields[0][1] != "01":
        raise _wrong("00", "01, the only format there is")
    if "63" not in tags:
        raise _missing("63", "the checksum, which comes last")
    if tags[-1] != "63":
        raise invalid("QRIS_FIELD_INVALID", f"The checksum (63) has to be the last field. {_REMEDY}", field="63")
    if len(fields[-1][1]) != 4:
        raise invalid("QRIS_LENGTH_WRONG", f"The checksum (63) has four digits. {_REMEDY}", field="63")


def check(values: Mapping[str, str], nested: Mapping[str, Sequence[tlv.Field]]) -> None:
    """Checks all fields between the first and the last; ``nested`` are the fields of those that have their own.

    Errors: QRIS_FIELD_MISSING, QRIS_FIELD_INVALID, QRIS_AMOUNT_INVALID, QRIS_CURRENCY_UNKNOWN.
    """
    for tag, what in _MANDATORY.items():
        if tag not in values:
            raise _missing(tag, what)
    if not any("02" <= tag <= "51" for tag in values):
        raise _missing("26", "a merchant account (26 to 51)")
    _check_shapes(values, "", _SHAPES)
    if values["53"] not in LETTERS:
        message = f"The currency {values['53']!r} (ISO 4217 number) is not known here. Known are: {', '.join(NUMBERS)}."
        raise invalid("QRIS_CURRENCY_UNKNOWN", message, field="53")
    if "54" in values:
        _check_amount("54", values["54"], _AMOUNT_MOST)
    _check_tip(values)
    for tag, fields in nested.items():
        _check_template(tag, fields, is_qris=values["58"] == COUNTRY)


def _check_template(tag: str, fields: Sequence[tlv.Field], *, is_qris: bool) -> None:
    inner = dict(fields)
    if tag not in ("62", "64") and "00" not in inner:
        raise _missing(f"{tag}.00", "who defines what is in this field")
    if is_account(tag):
        _check_shapes(inner, tag, _QRIS_ACCOUNT_SHAPES if is_qris else _ACCOUNT_SHAPES)
    elif tag == "62":
        _check_shapes(inner, tag, _ADDITIONAL_SHAPES)
    elif tag == "64":
        _check_shapes(inner, tag, _LANGUAGE_SHAPES)


def _check_shapes(values: Mapping[str, str], parent: str, shapes: Shapes) -> None:
    for tag, (pattern, what) in shapes.items():
        if tag in values and not re.fullmatch(pattern, values[tag], re.DOTALL):
            raise _wrong(tlv.name(parent, tag), what)


def _check_amount(tag: str, text: str, most: int) -> None:
    if len(text) > most or not _AMOUNT.fullmatch(text) or not Decimal(text):
        message = (
            f"Field {tag} is no amount: it is above zero, in digits without zeros in front, perhaps with a point and"
            f" one or two decimals, at most {most} characters. {_REMEDY}"
        )
        raise invalid("QRIS_AMOUNT_INVALID", message, field=tag)


def _check_tip(values: Mapping[str, str]) -> None:
    wanted = TIP_VALUES.get(values.get("55", ""))
    for tag in TIP_VALUES.values():
        if (tag in values) != (tag == wanted):
            raise (
                _missing(tag, "the tip's value")
                if tag == wanted
                else _wrong(tag, "left out with this kind of tip (55)")
            )
    if "56" in values:
        _check_amount("56", values["56"], _AMOUNT_MOST)
    if "57" in values:
        _check_amount("57", values["57"], _PERCENT_MOST)
        if Decimal(values["57"]) >= 100:
            raise _wrong("57", "a percentage below 100")


def _missing(tag: str, what: str) -> DomainError:
    return invalid("QRIS_FIELD_MISSING", f"Field {tag} is missing: {what}. {_REMEDY}", field=tag)


def _wrong(tag: str, what: str) -> DomainError:
    return invalid("QRIS_FIELD_INVALID", f"Field {tag} should be {what}. {_REMEDY}", field=tag)
