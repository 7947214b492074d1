"""The city's counters follow its terms from one start to the next."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.economy.captures.model import Notice, Outcome
from services.economy.merchants import actions, counters, store
from services.economy.merchants.model import Merchant, State
from services.economy.terms import Counter, TermsError, terms_of
from smartcity.economy.v1 import merchants_pb2 as pb
from tests.economy.conftest import ADMIN, BUSINESS_OFFICE, MARKETS, TREASURER, Economy, refused
from tests.economy.merchants.cases import active, counter, move
from tests.economy.payments.cases import NMID, City, city

__all__ = ["city"]

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
WANTED = Counter("disdag", "PEMKOT RETRIBUSI PASAR", "9399", "33.74.01.1010", "ID0000000000101", "9360000000000001015")


async def _start(economy: Economy) -> None:
    async with economy.runtime.transaction() as tx:
        await actions.ensure_counters(tx)


async def _all(economy: Economy) -> dict[str, Merchant]:
    async with economy.runtime.transaction() as tx:
        return await store.counters(tx)


def _change(monkeypatch: pytest.MonkeyPatch, economy: Economy, counter_of: str, /, **fields: Any) -> None:
    """Lets the city's terms have a counter with other fields."""
    terms = terms_of(economy.runtime.city)
    changed = tuple(
        msgspec.structs.replace(each, **fields) if each.agency == counter_of else each for each in terms.counters
    )
    monkeypatch.setattr(actions, "terms_of", lambda _: msgspec.structs.replace(terms, counters=changed))


async def test_every_counter_of_the_terms_is_there_from_the_start(economy: Economy) -> None:
    found = await _all(economy)
    assert set(found) == {each.agency for each in terms_of(economy.runtime.city).counters}
    for agency, merchant in found.items():
        assert (merchant.is_payable, merchant.has_qris, merchant.fee_size) == (True, True, "counter")
        row = await economy.runtime.pool.fetchrow("SELECT kind, owner FROM account WHERE id = $1", merchant.account)
        assert tuple(row or ()) == ("merchant", agency)
        async with economy.runtime.transaction() as tx:
            assert await store.counter_of(tx, agency) == merchant
    assert len({merchant.account for merchant in found.values()}) == len(found)
    assert await economy.outbox() == []


async def test_starting_again_and_several_at_once_changes_nothing(economy: Economy) -> None:
    before = await _all(economy)
    economy.pass_time(days=1)
    await asyncio.gather(*(_start(economy) for _ in range(4)))
    assert await _all(economy) == before


async def test_several_processes_that_start_at_once_make_each_counter_once(economy: Economy) -> None:
    before = await _all(economy)
    await economy.served.admin.execute("DELETE FROM economy.merchant")
    await asyncio.gather(*(_start(economy) for _ in range(4)))
    assert await _all(economy) == before


async def test_a_counter_follows_its_terms_and_stays_suspended(
    economy: Economy, monkeypatch: pytest.MonkeyPatch
) -> None:
    await move(economy, "Suspend", await counter(economy, "disdag"), TREASURER)
    _change(monkeypatch, economy, "disdag", name="PEMKOT PASAR", nmid="", pan="")
    await _start(economy)
    changed = (await _all(economy))["disdag"]
    assert (changed.name, changed.has_qris, changed.state, changed.version) == (
        "PEMKOT PASAR", False, State.SUSPENDED, 3,
    )  # fmt: skip


async def test_a_counter_without_nmid_takes_money_but_has_no_qris(
    economy: Economy, monkeypatch: pytest.MonkeyPatch
) -> None:
    _change(monkeypatch, economy, "disdag", nmid="", pan="")
    await _start(economy)
    changed = (await _all(economy))["disdag"]
    assert (changed.is_payable, changed.has_qris) == (True, False)
    with refused("QRIS_NOT_AVAILABLE"):
        await economy.call("MerchantService.GetStaticQr", pb.GetStaticQrRequest(merchant=str(changed.id)), MARKETS)


async def test_a_start_with_the_nmid_of_a_business_is_refused_by_name(
    economy: Economy, monkeypatch: pytest.MonkeyPatch
) -> None:
    business = await active(economy)
    _change(monkeypatch, economy, "dlh", nmid=business.nmid)
    named = rf"semarang/economy\.toml: the nmid of counter dlh is that of a business, /v1/merchants/{business.id}; ask"
    with pytest.raises(TermsError, match=named):
        await _start(economy)


async def test_a_counter_whose_agency_gets_another_id_passes_its_nmid_on(
    economy: Economy, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (await _all(economy))["disdag"]
    _change(monkeypatch, economy, "disdag", agency="perdagangan")
    await _start(economy)
    found = await _all(economy)
    assert (found["perdagangan"].nmid, found["perdagangan"].pan) == (before.nmid, before.pan)
    assert (found["disdag"].has_qris, found["disdag"].is_payable) == (False, True)
    assert found["perdagangan"].account != found["disdag"].account == before.account


async def test_what_was_asked_for_under_an_nmid_goes_to_who_asked_and_printed_codes_to_who_has_it_now(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, asked = await city.shown(), await city.counter()
    _change(monkeypatch, city.economy, "disdag", agency="perdagangan")
    await _start(city.economy)
    now = str((await _all(city.economy))["perdagangan"].id)
    assert await city.notice(city.bank.pay(shown.code)) is Outcome.CAPTURED
    assert (await city.takings(asked), await city.takings(now)) == (50_000, 0)
    assert await city.notice(Notice("REF-1", "", 15_000, "IDR", NMID, static=True)) is Outcome.CAPTURED
    assert (await city.takings(asked), await city.takings(now)) == (50_000, 15_000)
    assert await city.adds_up()


async def test_the_nmid_comes_back_with_the_profile_of_before(
    economy: Economy, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (await _all(economy))["disdag"]
    _change(monkeypatch, economy, "disdag", agency="perdagangan")
    await _start(economy)
    monkeypatch.setattr(actions, "terms_of", terms_of)
    await _start(economy)
    found = await _all(economy)
    assert (found["disdag"].nmid, found["perdagangan"].has_qris) == (before.nmid, False)


async def test_counters_that_exchange_their_nmids_have_them_exchanged(
    economy: Economy, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await _all(economy)
    terms = terms_of(economy.runtime.city)
    other = {"disdag": before["dlh"].nmid, "dlh": before["disdag"].nmid}
    changed = tuple(msgspec.structs.replace(each, nmid=other.get(each.agency, each.nmid)) for each in terms.counters)
    monkeypatch.setattr(actions, "terms_of", lambda _: msgspec.structs.replace(terms, counters=changed))
    await _start(economy)
    assert {agency: (await _all(economy))[agency].nmid for agency in other} == other


async def test_the_treasury_stops_a_counter_and_opens_it_again(economy: Economy) -> None:
    market = await counter(economy, "disdag")
    assert not market.HasField("settlement_account")
    with refused("TREASURY_ONLY"):
        await move(economy, "Suspend", market, MARKETS)
    with refused("TREASURY_ONLY"):
        await move(economy, "Suspend", market, BUSINESS_OFFICE)
    stopped = await move(economy, "Suspend", market, TREASURER)
    with refused("COUNTER_FROM_TERMS"):
        await move(economy, "Activate", stopped, TREASURER, nmid="ID0000000000777")
    opened = await move(economy, "Activate", stopped, ADMIN)
    assert (opened.state, opened.nmid) == (pb.MERCHANT_STATE_ACTIVE, market.nmid)
    with refused("COUNTER_STAYS"):
        await move(economy, "Close", opened, ADMIN)


@given(st.sampled_from(list(State)), st.text("ABC", min_size=3, max_size=25), st.booleans())
def test_only_what_the_terms_say_changes(state: State, name: str, numbers: bool) -> None:
    made = counters.counter(None, WANTED, UUID(int=1), NOW)
    assert made is not None
    assert made.is_payable
    before = replace(made, state=state, reason="x")
    assert counters.counter(before, WANTED, UUID(int=1), NOW + timedelta(days=1)) is None
    wanted = msgspec.structs.replace(WANTED, name=name, **({} if numbers else {"nmid": "", "pan": ""}))
    after = counters.counter(before, wanted, UUID(int=1), NOW + timedelta(days=1))
    assert after is not None
    assert after == replace(
        before, name=name, nmid=wanted.nmid, pan=wanted.pan, version=2, updated_at=NOW + timedelta(days=1)
    )
