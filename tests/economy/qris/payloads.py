"""Samples from elsewhere, and codes that hypothesis makes up."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from services.economy.qris import tlv
from services.economy.qris.currencies import NUMBERS
from services.economy.qris.model import Initiation, Qris, Template, Tip, TipKind

SAMPLES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("samples.json").read_text(encoding="utf-8"))
VALID = [each["payload"] for each in SAMPLES if each["crc_ok"]]
DYNAMIC = VALID[3]
"""A made-up code over Rp 4,000."""

_printable = st.characters(min_codepoint=32, max_codepoint=126)
_any = st.characters(codec="utf-8", exclude_categories=("C", "Z"))


def texts(most: int, characters: st.SearchStrategy[str] = _printable, least: int = 1) -> st.SearchStrategy[str]:
    """Texts of so many characters."""
    return st.text(characters, min_size=least, max_size=most)


def digits(least: int, most: int) -> st.SearchStrategy[str]:
    """Texts of so many digits."""
    return st.text("0123456789", min_size=least, max_size=most)


def _capitals(count: int) -> st.SearchStrategy[str]:
    return st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=count, max_size=count)


def templates(known: dict[str, st.SearchStrategy[str]], first: st.SearchStrategy[str] | None = None) -> Any:
    """Templates with some of the known fields, in any order; with ``first`` as field 00."""

    some = st.lists(st.sampled_from(sorted(known)), unique=True, max_size=3)

    @st.composite
    def make(draw: st.DrawFn) -> Template:
        tags = draw(some)
        fields = [] if first is None else [("00", draw(first))]
        fields += [(tag, draw(known[tag])) for tag in tags]
        return Template(tuple(draw(st.permutations(fields))))

    return make()


amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999999"), places=2) | st.integers(
    1, 9_999_999_999_999
).map(Decimal)
_tips = st.none() | st.one_of(
    st.just(Tip(TipKind.ASKED)),
    st.integers(1, 10**6).map(lambda value: Tip(TipKind.FIXED, Decimal(value))),
    st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99.99"), places=2).map(
        lambda value: Tip(TipKind.PERCENT, value)
    ),
)
_account = templates(
    {"01": digits(1, 19), "02": texts(15), "03": _capitals(3)}, st.just("ID.CO.CONTOH.WWW") | texts(32)
)
_additional = templates({f"{tag:02}": texts(25) for tag in range(1, 9)} | {"10": texts(20), "42": texts(10)})
_language = templates({"01": texts(12, _any), "02": texts(10, _any)}, _capitals(2))
_unreserved = templates({"01": texts(20, _any), "07": texts(8)}, texts(12))


_tags_of_accounts = st.lists(st.integers(26, 51), unique=True, min_size=1, max_size=2)
_parts = st.fixed_dictionaries(
    {
        "initiation": st.sampled_from(Initiation),
        "mcc": digits(4, 4),
        "name": texts(25),
        "city": texts(15),
        "amount": st.none() | amounts,
        "tip": _tips,
        "postal_code": st.just("") | texts(10),
        "additional": st.just(Template()) | _additional,
        "language": st.just(Template()) | _language,
        "unreserved": st.dictionaries(st.integers(80, 99).map(str), _unreserved, max_size=1),
        "others": st.dictionaries(st.integers(65, 79).map(str), texts(12), max_size=1),
    }
)  # made once: hypothesis looks into a strategy anew each time that it is made


@st.composite
def codes(draw: st.DrawFn) -> Qris:
    """Any code of Indonesia in rupiah that is sound, its fields in any order, of at most 512 characters."""
    accounts = {str(tag): draw(_account) for tag in draw(_tags_of_accounts)}
    made = Qris(accounts=accounts, currency="IDR", country="ID", **draw(_parts))
    return replace(made, order=tuple(draw(st.permutations(sorted(_tags(made))))))


currencies = st.sampled_from(sorted(NUMBERS))


def sealed(body: str) -> str:
    """A text without its checksum, with the right one."""
    return f"{body}6304{tlv.crc(f'{body}6304')}"


def put(payload: str, tag: str, value: str | None) -> str:
    """A sound text with another value in a field, or without it (None); sealed again, whatever is in it."""
    fields = {**dict(tlv.split(payload)[:-1]), tag: value}
    return sealed(tlv.join((known, new) for known, new in fields.items() if new is not None))


def _tags(code: Qris) -> list[str]:
    """The tags that the code will have between the first and the last field."""
    found = ["01", "52", "53", "58", "59", "60", *code.accounts, *code.unreserved, *code.others]
    found += ["54"] * (code.amount is not None) + ["61"] * bool(code.postal_code)
    found += ["62"] * bool(code.additional.fields) + ["64"] * bool(code.language.fields)
    if code.tip is not None:
        found += ["55", {TipKind.FIXED: "56", TipKind.PERCENT: "57"}.get(code.tip.kind, "55")]
    return sorted(set(found))
