"""QRIS read and written: the samples byte for byte, any code, and as the oracle has it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import qriskit
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from services.economy.qris import tlv
from services.economy.qris.model import TERMINAL, Initiation, Qris, Template, decode, encode
from services.kit.errors import DomainError
from tests.economy.qris import payloads
from tests.economy.qris.payloads import DYNAMIC, SAMPLES, VALID, codes

slow = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def _encoded(code: Qris) -> str:
    """The text of a code; those that are too long for a QRIS are left out."""
    try:
        return encode(code)
    except DomainError as error:
        assume(error.reason not in ("QRIS_TOO_LONG", "QRIS_LENGTH_WRONG"))
        raise


def test_the_checksum_has_its_published_check_value() -> None:
    assert tlv.crc("123456789") == "29B1"


@pytest.mark.parametrize("payload", VALID, ids=[each["name"][:20] for each in SAMPLES if each["crc_ok"]])
def test_every_valid_sample_is_written_back_byte_for_byte(payload: str) -> None:
    assert encode(decode(payload)).encode() == payload.encode()


def test_a_sample_with_a_wrong_checksum_is_refused_and_the_right_one_named() -> None:
    wrong = next(each["payload"] for each in SAMPLES if not each["crc_ok"])
    with pytest.raises(DomainError) as caught:
        decode(wrong)
    assert (caught.value.reason, caught.value.metadata) == ("QRIS_CRC_WRONG", {"field": "63", "expected": "C348"})


def test_the_sample_with_chinese_counts_its_lengths_in_characters() -> None:
    code = decode(VALID[0])
    assert (code.language.get("01"), code.language.get("02")) == ("最佳运输", "北京")
    assert (code.currency, code.amount, code.is_static) == ("CNY", Decimal("23.72"), False)
    assert code.order.index("64") < code.order.index("54"), "its fields are in no order"


def test_the_sample_of_a_dynamic_code_says_whom_it_pays_and_how_much() -> None:
    code = decode(DYNAMIC)
    assert (code.nmid, code.pan, code.reference) == ("ID0000000000001", "936000000000000001", "TSMG-0001")
    assert (code.name, code.mcc, code.amount) == ("UJI RETRIBUSI PASAR", "9399", Decimal(4000))


def test_spaces_and_line_ends_around_a_text_do_not_count() -> None:
    assert encode(decode(f"  {DYNAMIC}\r\n")) == DYNAMIC


@slow
@given(codes())
def test_any_code_is_read_as_it_was_written(code: Qris) -> None:
    text = _encoded(code)
    assert decode(text) == code
    assert encode(decode(text)) == text


@slow
@given(codes(), payloads.currencies)
def test_any_known_currency_is_written_back(code: Qris, currency: str) -> None:
    text = _encoded(replace(code, currency=currency))
    assert decode(text).currency == currency
    assert encode(decode(text)) == text


@slow
@given(codes())
def test_the_oracle_reads_the_same_and_finds_no_fault(code: Qris) -> None:
    text = _encoded(code)
    oracle = qriskit.parse(text)
    assert [each for each in qriskit.validate(text) if each.severity == "error"] == []
    assert oracle.dumps() == text
    assert (oracle.merchant_name, oracle.merchant_city, oracle.mcc) == (code.name, code.city, code.mcc)
    assert (oracle.is_static, oracle.amount) == (code.is_static, code.amount)
    assert (oracle.postal_code or "", oracle.nmid or "") == (code.postal_code, code.nmid)
    assert {each.tag: tuple((n.tag, n.value) for n in each.nodes) for each in oracle.merchant_accounts} == {
        tag: account.fields for tag, account in code.accounts.items()
    }
    assert tuple((n.tag, n.value) for n in oracle.additional_data.nodes) == code.additional.fields
    tip = oracle.tip
    assert (tip.value if tip else None) == (code.tip.value if code.tip else None)


@slow
@given(
    name=payloads.texts(25),
    city=payloads.texts(15),
    mcc=payloads.digits(4, 4),
    pan=payloads.digits(16, 19),
    nmid=payloads.digits(13, 13),
    amount=st.none() | st.integers(1, 10**12),
    tip=st.none() | st.integers(1, 10**6).map(qriskit.Tip.fixed) | st.just(qriskit.Tip.prompt()),
    additional=st.dictionaries(st.sampled_from(["01", "05", "07", "08"]), payloads.texts(25), max_size=3),
)
def test_what_the_oracle_makes_is_read_and_written_back(additional: dict[str, str], **parts: Any) -> None:
    assume(sum(len(value) + 4 for value in additional.values()) < 100)
    accounts = [
        qriskit.MerchantAccount.create(tag="26", guid="ID.CO.CONTOH.WWW", pan=parts["pan"], criteria="UKE"),
        qriskit.MerchantAccount.national(nmid=f"ID{parts['nmid']}", criteria="UKE"),
    ]
    made = qriskit.build(
        merchant_name=parts["name"],
        merchant_city=parts["city"],
        mcc=parts["mcc"],
        accounts=accounts,
        amount=parts["amount"],
        tip=parts["tip"],
        additional_data=additional,
    )
    code = decode(made.dumps())
    assert (code.pan, code.nmid, code.amount) == (parts["pan"], f"ID{parts['nmid']}", parts["amount"])
    assert encode(code) == made.dumps()


_CHANGES: dict[str, tuple[str, Any, Any]] = {
    "name": ("59", payloads.texts(25), lambda code, value: replace(code, name=value)),
    "city": ("60", payloads.texts(15), lambda code, value: replace(code, city=value)),
    "mcc": ("52", payloads.digits(4, 4), lambda code, value: replace(code, mcc=value)),
    "amount": ("54", st.integers(1, 10**12).map(str), lambda code, value: replace(code, amount=Decimal(value))),
    "postal code": ("61", payloads.digits(5, 5), lambda code, value: replace(code, postal_code=value)),
    "reference": (
        "62.05",
        payloads.texts(20),
        lambda code, value: replace(code, additional=code.additional.put("05", value)),
    ),
    "terminal": (
        "62.07",
        payloads.texts(16),
        lambda code, value: replace(code, additional=code.additional.put(TERMINAL, value)),
    ),
}


@pytest.mark.parametrize("what", _CHANGES)
@pytest.mark.parametrize("payload", VALID[1:])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_one_field_changed_is_as_the_oracle_changes_it(what: str, payload: str, data: st.DataObject) -> None:
    path, values, change = _CHANGES[what]
    value = data.draw(values)
    text = encode(change(decode(payload), value))
    assert text == qriskit.parse(payload).with_tag(path, value).dumps()
    assert qriskit.is_valid(text)
    assert change(decode(payload), value) == replace(decode(text), order=decode(payload).order)


@pytest.mark.parametrize("payload", VALID[1:])
def test_a_code_from_which_a_field_is_taken_is_as_the_oracle_takes_it(payload: str) -> None:
    code = decode(payload)
    fewer = encode(replace(code, postal_code="", additional=Template()))
    assert fewer == qriskit.parse(payload).without_tag("61").without_tag("62").dumps()
    static = replace(code, initiation=Initiation.STATIC, amount=None, tip=None)
    assert encode(static) == qriskit.parse(payload).to_static().dumps()
