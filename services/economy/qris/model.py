"""A QRIS, taken apart: what a payment's QR code says, and the text it says it in (EMVCo merchant-presented mode).

Nothing of the text is kept: every field is a value of its own, and so are the order of the fields and the decimals an
amount is written with. Therefore a text that is read and written again is the same, and one in which a field was
changed is whole again, with the checksum that belongs to it.

We are narrower than EMVCo in two spellings that could not be written back: an amount with zeros it does not need in
front ("0500"), and one with a point and nothing behind it ("500.") are refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from services.economy.qris import rules, tlv
from services.economy.qris.currencies import LETTERS, NUMBERS
from services.kit.errors import invalid

NATIONAL, NATIONAL_GUID = "51", "ID.CO.QRIS.WWW"
GUID, PAN, MERCHANT_ID, CRITERIA = "00", "01", "02", "03"
"""Fields of a merchant account."""
REFERENCE, TERMINAL = "05", "07"
"""Fields of the additional data."""
NAME_MOST, CITY_MOST = 25, 15


class Initiation(StrEnum):
    """Whether the code is for many payments or for one."""

    STATIC = "11"
    DYNAMIC = "12"


class TipKind(StrEnum):
    """How a tip or convenience fee is decided: the payer is asked, a fixed sum, a share of the amount."""

    ASKED = "01"
    FIXED = "02"
    PERCENT = "03"


@dataclass(frozen=True, slots=True)
class Tip:
    """A tip or convenience fee; ``value`` is the sum or the per cent, and None when the payer is asked."""

    kind: TipKind
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A field that has fields of its own, in their order."""

    fields: tuple[tlv.Field, ...] = ()

    def get(self, tag: str) -> str:
        """The value of a field in it; empty when it is not there."""
        return dict(self.fields).get(tag, "")

    def put(self, tag: str, value: str) -> "Template":
        """A copy with that field, in its old place or else before the first with a larger tag; without it if empty."""
        tags = [known for known, _ in self.fields]
        fields = [each for each in self.fields if each[0] != tag]
        if value:
            larger = (place for place, (known, _) in enumerate(fields) if known > tag)
            place = tags.index(tag) if tag in tags else next(larger, len(fields))
            fields.insert(place, (tag, value))
        return Template(tuple(fields))


@dataclass(frozen=True, slots=True)
class Qris:
    """What a code says. Empty text, None and empty templates stand for what it does not say.

    ``accounts`` are the merchant's accounts by tag (26 to 51), ``unreserved`` the fields 80 to 99, ``others`` those
    that EMVCo reserves (02 to 25 for card networks, 65 to 79). ``order`` holds the tags as they follow each other; it
    need not be complete: a tag that it does not name goes where its number belongs.
    """

    initiation: Initiation
    accounts: Mapping[str, Template]
    mcc: str
    currency: str
    """ISO 4217 letters, such as IDR."""
    country: str
    name: str
    city: str
    amount: Decimal | None = None
    """In the currency's whole units, written with the decimals it has."""
    tip: Tip | None = None
    postal_code: str = ""
    additional: Template = Template()
    language: Template = Template()
    unreserved: Mapping[str, Template] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()

    @property
    def is_static(self) -> bool:
        """Whether the code is for many payments."""
        return self.initiation is Initiation.STATIC

    @property
    def nmid(self) -> str:
        """The national merchant id; empty when there is none."""
        return self.accounts.get(NATIONAL, Template()).get(MERCHANT_ID)

    @property
    def pan(self) -> str:
        """The first merchant PAN; empty when there is none."""
        return next((pan for account in self.accounts.values() if (pan := account.get(PAN))), "")

    @property
    def reference(self) -> str:
        """The reference label (62-05)."""
        return self.additional.get(REFERENCE)

    @property
    def terminal(self) -> str:
        """The terminal label (62-07)."""
        return self.additional.get(TERMINAL)


def decode(text: str) -> Qris:
    """Takes the text of a code apart; spaces and line ends around it do not count.

    Errors, each with the tag as ``field``: QRIS_TOO_SHORT, QRIS_TOO_LONG, QRIS_CHARACTER_WRONG, QRIS_CRC_WRONG,
    QRIS_TAG_WRONG, QRIS_TAG_REPEATED, QRIS_LENGTH_WRONG, QRIS_FIELD_MISSING, QRIS_FIELD_INVALID, QRIS_AMOUNT_INVALID,
    QRIS_CURRENCY_UNKNOWN.
    """
    text = text.strip()
    rules.check_characters(text)
    rules.check_crc(text)
    fields = tlv.split(text)
    rules.check_ends(fields)
    values = dict(fields[1:-1])
    nested = {tag: tuple(tlv.split(value, tag)) for tag, value in values.items() if rules.is_template(tag)}
    rules.check(values, nested)
    templates = {tag: Template(inner) for tag, inner in nested.items()}
    return Qris(
        initiation=Initiation(values["01"]),
        accounts={tag: inner for tag, inner in templates.items() if rules.is_account(tag)},
        mcc=values["52"],
        currency=LETTERS[values["53"]],
        country=values["58"],
        name=values["59"],
        city=values["60"],
        amount=Decimal(values["54"]) if "54" in values else None,
        tip=_tip(values),
        postal_code=values.get("61", ""),
        additional=templates.get("62", Template()),
        language=templates.get("64", Template()),
        unreserved={tag: inner for tag, inner in templates.items() if tag >= "80"},
        others={tag: value for tag, value in values.items() if rules.is_reserved(tag)},
        order=tuple(values),
    )


def encode(qris: Qris) -> str:
    """Writes a code's text. Errors: those of ``decode``, which reads it again before it is given away."""
    values = {tag: value for tag, value in _values(qris).items() if value}
    values.update({tag: tlv.join(inner.fields) for tag, inner in _templates(qris).items() if inner.fields})
    rules.check_lengths(values)
    body = f"{tlv.join([('00', '01'), *((tag, values[tag]) for tag in _order(qris.order, values))])}6304"
    rules.check_characters(body)
    text = body + tlv.crc(body)
    if replace(decode(text), order=()) != replace(qris, order=()):
        message = "A field is empty or stands where another belongs. Put each under the tag that EMVCo gives it."
        raise invalid("QRIS_FIELD_INVALID", message, field="00")
    return text


def plain(text: str, most: int) -> str:
    """A text as a code has names: printable ASCII in capitals, at most that long; accents fall away."""
    return rules.ascii_of(text).upper()[:most].strip()


def _tip(values: Mapping[str, str]) -> Tip | None:
    if "55" not in values:
        return None
    kind = TipKind(values["55"])
    value = values.get(rules.TIP_VALUES.get(kind, ""))
    return Tip(kind, Decimal(value) if value is not None else None)


def _values(qris: Qris) -> dict[str, str]:
    """The plain fields; empty ones are not there."""
    if qris.currency not in NUMBERS:
        message = f"The currency {qris.currency!r} is not known here. Known are: {', '.join(NUMBERS)}."
        raise invalid("QRIS_CURRENCY_UNKNOWN", message, field="53")
    tip = qris.tip
    return {
        "01": qris.initiation.value,
        "52": qris.mcc,
        "53": NUMBERS[qris.currency],
        "54": _written(qris.amount),
        "55": tip.kind.value if tip else "",
        "56": _written(tip.value) if tip and tip.kind is TipKind.FIXED else "",
        "57": _written(tip.value) if tip and tip.kind is TipKind.PERCENT else "",
        "58": qris.country,
        "59": qris.name,
        "60": qris.city,
        "61": qris.postal_code,
        **qris.others,
    }


def _written(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _templates(qris: Qris) -> dict[str, Template]:
    return {**qris.accounts, "62": qris.additional, "64": qris.language, **qris.unreserved}


def _order(wanted: tuple[str, ...], values: Mapping[str, str]) -> list[str]:
    """The tags that are there as they were ordered; new ones before the first that has a larger number."""
    tags = [tag for tag in wanted if tag in values]
    for tag in sorted(set(values).difference(tags)):
        place = next((place for place, known in enumerate(tags) if known > tag), len(tags))
        tags.insert(place, tag)
    return tags
