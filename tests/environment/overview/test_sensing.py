"""What measures, on the city home: how much there is, what is silent, and which level stands highest."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.environment.datastreams.actions import Shown
from services.environment.datastreams.model import Reading
from services.environment.overview import actions, timers
from services.environment.overview.levels import Limit, highest
from smartcity.environment.v1 import overview_pb2, rules_pb2, things_pb2
from tests.environment.sensing import REASON, Sensing
from tests.governance.conftest import MONDAY, request_id


async def _overview(sensing: Sensing) -> overview_pb2.GetOverviewResponse:
    await timers.count_silent(sensing.served.runtime)
    await timers.find_highest(sensing.served.runtime)
    found: overview_pb2.GetOverviewResponse = await sensing.call(overview_pb2.GetOverviewRequest())
    return found


async def _threshold(sensing: Sensing, datastream: str, name: str, limit: float, **fields: Any) -> None:
    terms = rules_pb2.RuleTerms(
        clock=rules_pb2.RULE_CLOCK_PHENOMENON, limit=limit, hysteresis=0.05, dwell_seconds=60, calm_seconds=600
    )
    request = rules_pb2.AddRuleRequest(
        request_id=request_id(),
        datastream=datastream,
        name=name,
        kind=rules_pb2.RULE_KIND_THRESHOLD,
        terms=terms,
        reason=REASON,
        **fields,
    )
    await sensing.call(request)


async def test_it_counts_things_in_service_as_they_come_and_go(sensing: Sensing) -> None:
    before = (await _overview(sensing)).things
    thing = await sensing.thing()
    await sensing.thing()
    assert (await _overview(sensing)).things == before + 2
    await timers.fold_counters(sensing.served.runtime)
    retire = things_pb2.RetireThingRequest(request_id=request_id(), id=thing.id, etag=thing.etag, reason=REASON)
    await sensing.call(retire)
    assert (await _overview(sensing)).things == before + 1
    await timers.fold_counters(sensing.served.runtime)
    assert (await _overview(sensing)).things == before + 1
    recount = await sensing.served.admin.fetchval("SELECT count(*) FROM environment.thing WHERE NOT retired")
    assert recount == before + 1


async def test_it_counts_the_silent_of_those_that_should_be_heard(sensing: Sensing) -> None:
    before = await _overview(sensing)
    thing, other = await sensing.thing(), await sensing.thing()
    level = await sensing.datastream(thing)
    await sensing.datastream(other)
    await sensing.upload(level, [(sensing.served.now, 1.0)])
    found = await _overview(sensing)
    assert (found.datastreams - before.datastreams, found.silent - before.silent) == (2, 1)
    sensing.served.pass_time(minutes=6)
    assert (await _overview(sensing)).silent - before.silent == 2
    retire = things_pb2.RetireThingRequest(request_id=request_id(), id=other.id, etag=other.etag, reason=REASON)
    await sensing.call(retire)
    found = await _overview(sensing)
    assert (found.datastreams - before.datastreams, found.silent - before.silent) == (1, 1)


async def test_it_names_the_level_that_stands_highest_against_its_thresholds(
    sensing: Sensing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "_AT_ONCE", 1)
    assert not (await _overview(sensing)).HasField("highest")
    low, high = await sensing.datastream(), await sensing.datastream()
    for datastream, value in ((low, 1.4), (high, 0.9)):
        await sensing.upload(datastream, [(sensing.served.now, value)])
        assert not (await _overview(sensing)).HasField("highest")
    for datastream, limits in ((low, (1.5, 1.7)), (high, (0.8, 2.0))):
        for name, limit in zip(("waspada", "siaga"), limits, strict=True):
            await _threshold(sensing, datastream.id, name, limit)
    found = (await _overview(sensing)).highest
    assert (found.thing_code, found.threshold, found.limit, found.reached) == (high.thing_code, "waspada", 0.8, True)
    sensing.served.pass_time(minutes=1)
    await sensing.upload(high, [(sensing.served.now, 0.2)])
    found = (await _overview(sensing)).highest
    assert (found.thing_code, found.threshold, found.limit, found.reached) == (low.thing_code, "waspada", 1.5, False)
    sensing.served.pass_time(minutes=10)
    assert not (await _overview(sensing)).HasField("highest"), "what is silent says nothing"


def _shown(value: float) -> Shown:
    return Shown(None, None, Reading(MONDAY, value, MONDAY, 0))  # type: ignore[arg-type]


LEVELS = st.lists(
    st.tuples(st.floats(-10, 10), st.lists(st.floats(-10, 10), max_size=3, unique=True)), max_size=6
)  # fmt: skip


@given(LEVELS)
def test_the_highest_has_reached_most_of_its_thresholds(levels: Sequence[tuple[float, Sequence[float]]]) -> None:
    given_ = [(_shown(value), [Limit(limit, str(limit)) for limit in limits]) for value, limits in levels]
    found = highest(given_)
    held = [(sum(value >= limit for limit in limits), value, sorted(limits)) for value, limits in levels if limits]
    assert (found is None) == (not held)
    if found is not None:
        most = max(reached for reached, *_ in held)
        assert found.reached == (most > 0)
        assert found.shown.latest is not None
        value = found.shown.latest.value
        assert (value >= found.limit.value) == found.reached
        if not most:
            assert min(limits[0] - each for _, each, limits in held) == found.limit.value - value
