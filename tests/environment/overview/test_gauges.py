"""What rooms tell of themselves, where nothing else tests it: what fell silent, and what waits or was not answered."""

from datetime import timedelta

from observability import semconv
from observability.semconv import Metric
from services.environment.air import gauges as air
from services.environment.air import timers as air_timers
from services.environment.observations import timers as observation_timers
from services.environment.overview import gauges, timers
from services.environment.pumps import delivering
from services.environment.pumps import gauges as pumps
from services.environment.rounds import gauges as rounds
from services.kit.gauges import Gauges
from smartcity.environment.v1 import datastreams_pb2, things_pb2
from tests.environment.pumps.switching import Pumping
from tests.environment.rounds.collecting import Collecting
from tests.environment.sensing import Sensing


async def told(sensing: Sensing, of: Gauges, metric: Metric) -> float:
    """The one value of a gauge."""
    ((value, attributes),) = (await of.read(sensing.served.runtime))[metric]
    assert attributes == {}
    return value


async def test_what_fell_silent_is_told_and_not_what_never_spoke(sensing: Sensing) -> None:
    async def heard() -> tuple[float, float]:
        await timers.count_silent(sensing.served.runtime)
        known = await told(sensing, gauges.GAUGES, semconv.DATASTREAMS)
        return known, await told(sensing, gauges.GAUGES, semconv.DATASTREAMS_SILENT)

    known, silent = await heard()
    thing = await sensing.thing()
    level = await sensing.datastream(thing)
    await sensing.datastream(thing, name="never")
    await sensing.upload(level, [(sensing.served.now, 1.0)])
    assert await heard() == (known + 1, silent)
    sensing.served.pass_time(minutes=6)
    assert (await heard())[1] > silent


async def test_a_station_that_did_not_answer_is_told_until_it_does_or_a_day_is_over(sensing: Sensing) -> None:
    before = await told(sensing, pumps.GAUGES, semconv.PUMPS_UNANSWERED)
    station = await Pumping.made(sensing)
    await station.measure(1.0, 0)
    await station.switch()
    sensing.served.pass_time(seconds=61)
    await delivering.deliver(sensing.served.runtime)
    assert await told(sensing, pumps.GAUGES, semconv.PUMPS_UNANSWERED) == before + 1
    await station.answer(await station.switch())
    assert await told(sensing, pumps.GAUGES, semconv.PUMPS_UNANSWERED) == before
    await station.switch()
    sensing.served.pass_time(seconds=61)
    await delivering.deliver(sensing.served.runtime)
    sensing.served.pass_time(hours=24)
    assert await told(sensing, pumps.GAUGES, semconv.PUMPS_UNANSWERED) == before


async def test_a_plan_that_waits_has_an_age_until_it_is_made(sensing: Sensing) -> None:
    collecting = Collecting(sensing.served)
    assert await told(sensing, rounds.GAUGES, semconv.PLANNING_AGE) == 0
    await collecting.asked()
    sensing.served.pass_time(seconds=90)
    assert await told(sensing, rounds.GAUGES, semconv.PLANNING_AGE) == 90
    await sensing.served.runtime.pool.execute("UPDATE round_plan SET state = 'failed'")
    assert await told(sensing, rounds.GAUGES, semconv.PLANNING_AGE) == 0


async def test_a_plan_that_failed_has_an_age_while_the_one_before_knows_of_other_floods(sensing: Sensing) -> None:
    collecting, pool = Collecting(sensing.served), sensing.served.runtime.pool
    await collecting.asked()
    await pool.execute("UPDATE round_plan SET state = 'planned', flooded = '{33.74.02.1008}'")
    assert await told(sensing, rounds.GAUGES, semconv.PLANNING_AGE) == 0, "it is being made anew, or is about to be"
    await collecting.asked()
    await pool.execute("UPDATE round_plan SET state = 'failed' WHERE state = 'planning'")
    sensing.served.pass_time(seconds=90)
    assert await told(sensing, rounds.GAUGES, semconv.PLANNING_AGE) == 90
    await pool.execute("UPDATE round_plan SET ticked = 1 WHERE state = 'planned'")
    assert await told(sensing, rounds.GAUGES, semconv.PLANNING_AGE) == 0, "its trucks are out"


async def test_air_has_the_age_of_the_oldest_index_that_a_station_shows(sensing: Sensing) -> None:
    thing = await sensing.thing(kind=things_pb2.THING_KIND_AIR_STATION, name="Stasiun udara")
    pm10 = datastreams_pb2.OBSERVED_PROPERTY_PM10
    stream = await sensing.datastream(thing, name="pm10", property=pm10, most=5000.0)
    now, runtime = sensing.served.now, sensing.served.runtime
    await sensing.upload(stream, [(now - timedelta(hours=hours), 40.0) for hours in range(1, 25)])
    await observation_timers.sum_up_hours(runtime)
    await air_timers.make_indices(runtime)
    fresh = await told(sensing, air.GAUGES, semconv.AIR_AGE)
    assert fresh <= 2 * 3600
    sensing.served.pass_time(hours=3)
    assert await told(sensing, air.GAUGES, semconv.AIR_AGE) == fresh + 3 * 3600
    await air_timers.make_indices(runtime)
    assert await told(sensing, air.GAUGES, semconv.AIR_AGE) == fresh
