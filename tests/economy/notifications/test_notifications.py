"""What the bank sends us: each mistake has its own SNAP answer and changes nothing."""

import asyncio
import json
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.economy.notifications import tokens
from services.economy.resources import resources
from tests.economy.providers import cases
from tests.economy.providers.cases import NOTIFY, TOKEN, news, tell
from tests.economy.providers.conftest import Town
from tests.fixtures.bank import BANK, CITY

DONE = (200, {"responseCode": "2005200", "responseMessage": "Successful"})


async def test_a_notification_captures_its_payment(town: Town) -> None:
    made = await cases.payment(town)
    assert await tell(town, news(made)) == DONE
    assert await cases.state(town, made) == "captured"


async def test_the_same_notification_gets_the_first_answer_and_no_second_effect(town: Town) -> None:
    made = await cases.payment(town)
    first = await tell(town, news(made), x_external_id="7")
    before = await cases.everything(town)
    assert await tell(town, news(made), x_external_id="7") == first
    assert await cases.everything(town) == before


async def test_the_same_money_under_another_number_is_taken_note_of_once(town: Town) -> None:
    made = await cases.payment(town)
    answers = await asyncio.gather(*(tell(town, news(made), x_external_id=str(number)) for number in range(8)))
    assert answers == [DONE] * 8
    assert await cases.state(town, made) == "captured"
    assert await cases.suspended(town) == []


async def test_eight_at_once_under_one_number_are_one(town: Town) -> None:
    made = await cases.payment(town)
    answers = await asyncio.gather(*(tell(town, news(made), x_external_id="9") for _ in range(8)))
    assert answers == [DONE] * 8
    assert await town.runtime.pool.fetchval("SELECT count(*) FROM notification") == 1


async def test_another_body_under_the_same_number_is_a_conflict(town: Town) -> None:
    made, other = await cases.payment(town), await cases.payment(town)
    await tell(town, news(made), x_external_id="7")
    before = await cases.everything(town)
    status, answer = await tell(town, news(other, "2"), x_external_id="7")
    assert (status, answer["responseCode"]) == (409, "4095200")
    assert await cases.everything(town) == before


async def test_the_same_number_on_another_day_is_another_notification(town: Town) -> None:
    made, other = await cases.payment(town), await cases.payment(town)
    await tell(town, news(made), x_external_id="7")
    town.pass_time(days=1)
    assert await tell(town, news(other, "2"), x_external_id="7") == DONE


async def test_the_day_of_a_number_is_the_banks_own_where_its_zone_is_another(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources(town.runtime).provider, "zone", ZoneInfo("Asia/Jayapura"))
    evening = town.runtime.clock().astimezone(ZoneInfo("Asia/Jakarta")).replace(hour=21, minute=30)
    town.pass_time(days=1, seconds=(evening - town.runtime.clock()).total_seconds())
    first, second, third = [await cases.payment(town) for _ in range(3)]
    await tell(town, news(first), x_external_id="7")
    town.pass_time(hours=1)  # half past midnight there
    assert await tell(town, news(second, "2"), x_external_id="7") == DONE
    town.pass_time(hours=2)  # half past midnight here
    assert (await tell(town, news(third, "3"), x_external_id="7"))[0] == 409


async def test_a_payment_into_a_printed_code_is_captured_anew(town: Town) -> None:
    made = await cases.payment(town)
    assert await tell(town, news(made, originalPartnerReferenceNo=None)) == DONE
    assert await cases.state(town, made) == "created"
    (found,) = await town.runtime.pool.fetch("SELECT method, amount FROM payment WHERE state = 'captured'")
    assert tuple(found) == ("qris_static", cases.AMOUNT)


async def test_what_a_notice_may_leave_out_may_be_null(town: Town) -> None:
    made = await cases.payment(town)
    assert await tell(town, {**news(made), "additionalInfo": None}) == DONE
    assert await cases.state(town, made) == "captured"


async def test_news_of_no_money_is_acknowledged_and_changes_no_payment(town: Town) -> None:
    made = await cases.payment(town)
    assert await tell(town, news(made, latestTransactionStatus="06", amount=None)) == DONE
    assert await cases.state(town, made) == "created"


async def test_a_replay_after_its_time_is_stale(town: Town) -> None:
    made = await cases.payment(town)
    given, at = await cases.token(town), cases.moment(town.now)
    assert await tell(town, news(made), at=at, token=given) == DONE
    before = await cases.everything(town)
    town.pass_time(seconds=301)
    status, answer = await tell(town, news(made), at=at, token=given)
    assert (status, answer["responseCode"]) == (401, "4015200")
    assert "Stale" in answer["responseMessage"]
    assert await cases.everything(town) == before


BAD_HEADERS: dict[str, tuple[dict[str, str], int, str]] = {
    "no timestamp": ({"x_timestamp": ""}, 400, "4005202"),
    "no signature": ({"x_signature": ""}, 400, "4005202"),
    "no partner": ({"x_partner_id": ""}, 400, "4005202"),
    "no external id": ({"x_external_id": ""}, 400, "4005202"),
    "no token": ({"authorization": ""}, 400, "4005202"),
    "timestamp that is none": ({"x_timestamp": "yesterday"}, 400, "4005201"),
    "timestamp without zone": ({"x_timestamp": "2026-11-24T09:00:00"}, 400, "4005201"),
    "timestamp of no day": ({"x_timestamp": "2026-02-30T09:00:00+07:00"}, 400, "4005201"),
    "timestamp of last year": ({"x_timestamp": "2025-11-24T09:00:00+07:00"}, 401, "4015200"),
    "timestamp of next year": ({"x_timestamp": "2027-11-24T09:00:00+07:00"}, 401, "4015200"),
    "other timestamp than signed": ({"x_timestamp": "2026-11-24T09:00:01+07:00"}, 401, "4015200"),
    "external id in letters": ({"x_external_id": "abc"}, 400, "4005201"),
    "external id too long": ({"x_external_id": "1" * 37}, 400, "4005201"),
    "stranger": ({"x_partner_id": CITY}, 401, "4015200"),
    "made up token": ({"authorization": "Bearer e30.e30.e30"}, 401, "4015201"),
    "token that is no text": ({"authorization": "Bearer é"}, 401, "4015201"),
    "basic": ({"authorization": "Basic YTpi"}, 401, "4015201"),
    "forged signature": ({"x_signature": "c2lnbmF0dXJl"}, 401, "4015200"),
    "signature that is no base64": ({"x_signature": "%%%"}, 401, "4015200"),
}


async def test_a_notification_that_is_not_the_banks_changes_nothing(town: Town, subtests: pytest.Subtests) -> None:
    made = await cases.payment(town)
    before = await cases.everything(town)
    for case, (changes, status, code) in BAD_HEADERS.items():
        with subtests.test(case):
            found, answer = await tell(town, news(made), **changes)
            assert (found, answer["responseCode"]) == (status, code), answer
            assert await cases.everything(town) == before


async def test_another_body_than_was_signed_changes_nothing(town: Town) -> None:
    made = await cases.payment(town)
    given, at = await cases.token(town), cases.moment(town.now)
    signature = town.bank.keys.sign_call("POST", NOTIFY, given, json.dumps(news(made)).encode(), at)
    before = await cases.everything(town)
    richer = news(made, amount={"value": "9999999.00", "currency": "IDR"})
    status, answer = await tell(town, richer, at=at, token=given, signature=signature)
    assert (status, answer["responseCode"]) == (401, "4015200")
    assert await cases.everything(town) == before


async def test_a_token_holds_for_900_seconds_and_for_the_bank_only(town: Town) -> None:
    made, given = await cases.payment(town), await cases.token(town)
    acquirer = resources(town.runtime).acquirer
    assert acquirer is not None
    foreign = tokens.issue(replace(acquirer, secret=b"another"), town.now)
    status, answer = await tell(town, news(made), token=foreign)
    assert (status, answer["responseCode"]) == (401, "4015201")
    town.pass_time(seconds=901)
    status, answer = await tell(town, news(made), token=given)
    assert (status, answer["responseCode"]) == (401, "4015201")
    assert await cases.state(town, made) == "created"


BAD_BODIES: dict[str, tuple[dict[str, Any], str]] = {
    "no reference": ({"originalReferenceNo": None}, "4005202"),
    "empty reference": ({"originalReferenceNo": ""}, "4005202"),
    "reference with spaces": ({"originalReferenceNo": "a b"}, "4005201"),
    "reference that is a number": ({"originalReferenceNo": 1}, "4005201"),
    "long reference": ({"originalReferenceNo": "1" * 65}, "4005201"),
    "no status": ({"latestTransactionStatus": None}, "4005202"),
    "status in words": ({"latestTransactionStatus": "PAID"}, "4005201"),
    "no amount": ({"amount": None}, "4005202"),
    "amount that is a number": ({"amount": 4000}, "4005201"),
    "negative": ({"amount": {"value": "-4000.00", "currency": "IDR"}}, "4005201"),
    "zero": ({"amount": {"value": "0.00", "currency": "IDR"}}, "4005201"),
    "fraction": ({"amount": {"value": "4000.50", "currency": "IDR"}}, "4005201"),
    "exponent": ({"amount": {"value": "4e3", "currency": "IDR"}}, "4005201"),
    "huge": ({"amount": {"value": "9999999999999.00", "currency": "IDR"}}, "4005201"),
    "other currency": ({"amount": {"value": "4000.00", "currency": "USD"}}, "4005201"),
    "no currency": ({"amount": {"value": "4000.00"}}, "4005201"),
    "further information that is a list": ({"additionalInfo": []}, "4005201"),
}


async def test_a_notification_that_is_malformed_changes_nothing(town: Town, subtests: pytest.Subtests) -> None:
    made = await cases.payment(town)
    before = await cases.everything(town)
    for case, (changes, code) in BAD_BODIES.items():
        with subtests.test(case):
            status, answer = await tell(town, news(made, **changes))
            assert (status, answer["responseCode"]) == (400, code), answer
            assert await cases.everything(town) == before


async def test_a_body_that_is_no_object_or_too_large_is_refused(town: Town, subtests: pytest.Subtests) -> None:
    for body in (b"", b"{", b"[]", b"\xff", b"null", b"[" * 50_000):
        with subtests.test(str(body[:10])):
            status, answer = await tell(town, body)
            assert (status, answer["responseCode"]) == (400, "4005201")
    status, answer = await tell(town, b" " * 65_537)
    assert (status, answer["responseCode"]) == (400, "4005200")


async def test_what_we_do_not_serve_is_answered_in_snaps_form_too(town: Town) -> None:
    for method, path, status, code in (
        ("GET", NOTIFY, 405, "4055200"),
        ("POST", "/v1.0/transfer", 404, "4040000"),
        ("DELETE", TOKEN, 405, "4057300"),
    ):
        found, body = await town.snap(method, path, {}, b"")
        assert (found, json.loads(body)["responseCode"]) == (status, code)


async def test_only_the_bank_gets_a_token(town: Town) -> None:
    at, keys = cases.moment(town.now), town.bank.keys
    good = {"x-client-key": BANK, "x-timestamp": at, "x-signature": keys.sign_token_request(BANK, at)}
    stale = cases.moment(town.now, minutes=6)
    for changes, body, status, code in (
        ({"x-signature": "c2ln"}, b'{"grantType":"client_credentials"}', 401, "4017300"),
        ({"x-client-key": CITY}, b'{"grantType":"client_credentials"}', 401, "4017300"),
        ({"x-client-key": ""}, b'{"grantType":"client_credentials"}', 400, "4007302"),
        ({"x-timestamp": stale}, b'{"grantType":"client_credentials"}', 401, "4017300"),
        ({}, b"{}", 400, "4007302"),
        ({}, b'{"grantType":"password"}', 400, "4007301"),
    ):
        found, answer = await town.snap("POST", TOKEN, {**good, **changes}, body)
        assert (found, json.loads(answer)["responseCode"]) == (status, code)
