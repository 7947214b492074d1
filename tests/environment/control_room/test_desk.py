"""The control room's desk: what stands on it, who may read it, and that it is told of what changes, once for all."""

import asyncio
import re
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import grpc.aio
import pytest
from starlette.requests import Request

from gateway.callers.bearers import Bearers
from gateway.callers.lasting import login_holds
from gateway.callers.tokens import TokenRefused
from gateway.streams import desks as streams
from services.kit.caller import Caller
from tests.environment.control_room.watching import Duty
from tests.environment.warnings.warning import AWAS, BPBD, OTHER, Warnings
from tests.governance.conftest import CITIZEN, VERIFIER


def _part(page: str, name: str) -> str:
    return page.split(f'data-part="{name}"')[1].split("</section>")[0]


async def test_without_javascript_the_page_has_all_of_it_and_loads_itself_anew(duty: Duty) -> None:
    await duty.watched.measure(1.9)
    thing = duty.watched.datastream.thing_code
    page = (await duty.page()).text
    alarms, gauges = _part(page, "alarms"), _part(page, "gauges")
    assert ("watch (siaga)" in alarms, "1.90" in alarms, thing in alarms) == (True, True, True)
    assert (f'data-thing="{thing}"' in gauges, "1.90" in gauges, 'class="level siaga"' in gauges) == (True, True, True)
    assert "just now" in gauges
    assert 'http-equiv="refresh" content="30"' in page
    assert "The city has no flood or tidal flood warning in force." in _part(page, "warnings")
    assert "style=" not in page


async def test_the_gravest_alarm_stands_first(duty: Duty) -> None:
    await duty.watched.rule(name="awas", limit=1.8, hysteresis=0.1)
    await duty.watched.rule(name="waspada", limit=1.5, hysteresis=0.1)
    await duty.watched.measure(1.9)
    alarms = _part((await duty.page(language="id")).text, "alarms")
    assert re.findall(r'class="level (\w+)"', alarms) == ["awas", "siaga", "waspada"]


@pytest.mark.parametrize(
    ("caller", "status"), [(None, 401), (CITIZEN, 403), (VERIFIER, 403), (Caller("x", frozenset({"officer"})), 403)]
)
async def test_only_officers_of_an_agency_read_it(duty: Duty, caller: Caller | None, status: int) -> None:
    assert (await duty.page(caller)).status_code == status
    headers = (await duty.login(caller))[0] if caller else {}
    async with duty.stand.client(headers=headers) as client:
        assert (await client.get("/petugas/ruang-kendali/events")).status_code == status


async def test_a_reading_comes_to_the_desk_within_about_two_seconds_and_its_alarm_with_it(duty: Duty) -> None:
    headers, _ = await duty.login()
    async with duty.following(headers) as told, asyncio.timeout(20):
        await told.part("pumps")
        begun = datetime.now(UTC)
        await duty.watched.measure(1.93)
        assert "watch (siaga)" in await told.part("alarms", "1.93")
        await told.part("gauges", "1.93")
        assert datetime.now(UTC) - begun < timedelta(seconds=3), "two seconds, and what a busy machine adds"


async def test_a_desk_that_has_it_all_is_told_no_more_than_when_it_was_read(duty: Duty) -> None:
    headers, _ = await duty.login()
    async with duty.following(headers) as told, asyncio.timeout(20):
        await told.part("pumps")
        seen = told.id
    async with duty.following(headers, seen) as told, asyncio.timeout(20):
        assert await told.until("at") == []
    async with duty.following({**headers, "last-event-id": seen}) as told, asyncio.timeout(20):
        assert await told.until("at") == []
    async with duty.following(headers, "gauges-0.nonsense.." + "x" * 300) as told, asyncio.timeout(20):
        assert await told.until("at") == ["warnings", "alarms", "gauges", "pumps"]


async def test_all_desks_share_one_reading(duty: Duty, monkeypatch: pytest.MonkeyPatch) -> None:
    desks, period = duty.stand.gateway.desks, streams.PERIOD_SECONDS
    headers, _ = await duty.login()
    async with duty.following(headers) as first, asyncio.timeout(20):
        await first.part("pumps")
        async with duty.following(headers) as second, duty.following(headers) as third:
            await second.part("pumps")
            await third.part("pumps")
            assert desks.open == 3
            monkeypatch.setattr(streams, "PERIOD_SECONDS", 60.0)  # what was not read on a busy machine is read by now
            await asyncio.sleep(period + streams.REST_SECONDS)
            before = desks.readings
            desks.nudge("economy")
            await asyncio.sleep(0)
            await duty.watched.measure(1.94)
            desks.nudge("environment")
            for one in (first, second, third):
                await one.part("alarms", "1.94")
            assert desks.readings == before + 1
    while desks.open:
        await asyncio.sleep(0.01)


async def test_proposals_are_shown_to_those_alone_who_decide_on_them(duty: Duty) -> None:
    gateway = duty.stand.gateway
    while not gateway.bulletins.agencies:
        await asyncio.sleep(0.05)
    warnings = Warnings(duty.watched.sensing.served)
    proposed = await warnings.propose(level=AWAS)
    assert proposed.id in _part((await duty.page(BPBD)).text, "warnings")
    assert proposed.id not in (await duty.page()).text
    theirs, _ = await duty.login(BPBD)
    ours, _ = await duty.login()
    async with duty.following(theirs) as one, duty.following(ours) as other, asyncio.timeout(20):
        assert proposed.id in await one.part("warnings")
        assert proposed.id not in await other.part("warnings")
        await warnings.act("Approve", proposed, OTHER)
        gateway.desks.nudge("environment")
        assert "warning-" in await other.part("warnings", proposed.id)


async def test_the_stream_ends_with_the_login(duty: Duty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "CHECK_SECONDS", 0.2)
    headers, session = await duty.login()
    async with duty.following(headers) as told, asyncio.timeout(20):
        await told.part("pumps")
        await duty.stand.gateway.sessions.end(session)
        await told.until("over")
        assert [block async for block in told.blocks] == []


async def test_while_the_pillar_does_not_answer_the_desk_hears_nothing_new(
    duty: Duty, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers, _ = await duty.login()
    async with duty.following(headers) as told, asyncio.timeout(20):
        await told.part("pumps")
        await told.until("at")

        async def away(*_: object, **__: object) -> None:
            raise grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata())

        with monkeypatch.context() as dead:
            dead.setattr(duty.stand.gateway.pillars, "look", away)
            await asyncio.sleep(1)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(2.5):
                    await told.until("nothing")
        assert (await duty.page()).status_code == 200


async def test_a_login_holds_so_many_streams_and_a_gateway_that_stops_ends_them(
    duty: Duty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duty.stand.gateway.desks.room.places, "most_each", 1)
    headers, _ = await duty.login()
    async with duty.following(headers) as told, asyncio.timeout(20):
        await told.part("pumps")
        async with duty.stand.client(headers=headers) as client:
            assert (await client.get("/petugas/ruang-kendali/events")).status_code == 429
        duty.stand.gateway.drain()
        with pytest.raises(AssertionError, match="ended"):
            await told.until("nothing")


async def test_the_token_of_a_program_that_listens_is_looked_at_again_and_goes_on_as_long_as_it_holds() -> None:
    """What was found out of a token is kept for a minute; a stream lasts longer."""
    now = time.time()
    claims: dict[str, object] = {"sub": "rudi", "groups": ["officer", "agency:bpbd"], "iat": now, "exp": now + 1_000}

    async def introspect(_: str) -> dict[str, object]:
        if "exp" not in claims:
            raise TokenRefused("it is over")
        return claims

    bearers = Bearers(SimpleNamespace(enabled=True, introspect=introspect), SimpleNamespace(staff_hours=12))  # type: ignore[arg-type]
    app = SimpleNamespace(state=SimpleNamespace(gateway=SimpleNamespace(bearers=bearers)))
    request = Request({"type": "http", "headers": [(b"authorization", b"Bearer opaque")], "app": app})
    caller = await bearers.caller("opaque")
    bearers._cache.clear()  # as after a minute
    assert await login_holds(request, caller)
    bearers._cache.clear()
    del claims["exp"]
    assert not await login_holds(request, caller)
