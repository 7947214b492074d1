"""Rules are data: added, changed with who and why, and tried before they go live."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.environment.rules import model, trials
from smartcity.environment.v1 import rules_pb2 as pb
from tests.environment.conftest import DLH, DPU
from tests.environment.sensing import Sensing, stamp
from tests.environment.watching.watched import LEVEL, WHY, Watched, terms
from tests.governance.conftest import MONDAY, refused, request_id

NOON = MONDAY - timedelta(days=1)


@pytest.fixture
async def watched(sensing: Sensing) -> Watched:
    """A gauge without any rule yet."""
    return await Watched.made(sensing)


async def test_a_rule_says_what_it_was_told(watched: Watched) -> None:
    made = await watched.rule()
    found = (await watched.sensing.call(pb.GetRuleRequest(id=made.id))).rule
    assert found == made
    assert (found.name, found.terms.limit, found.unit, found.reason) == ("siaga", 1.7, "m", WHY)
    assert (found.thing, found.datastream_name) == (watched.datastream.thing, "level")


async def test_every_version_stays_with_who_and_why(watched: Watched) -> None:
    made = await watched.rule()
    await watched.change(made, limit=1.8)
    asked = pb.ListRuleVersionsRequest(id=made.id, page_size=1)
    first = await watched.sensing.call(asked)
    asked.page_token = first.next_page_token
    found = [*first.versions, *(await watched.sensing.call(asked)).versions]
    assert [(one.version, one.terms.limit, one.by, one.reason) for one in found] == [
        (2, 1.8, DPU.subject, WHY), (1, 1.7, DPU.subject, WHY),
    ]  # fmt: skip


async def test_who_did_not_see_the_newest_version_changes_nothing(watched: Watched) -> None:
    made = await watched.rule()
    await watched.change(made, limit=1.8)
    with refused("STALE_ETAG"):
        await watched.change(made, limit=1.9)


async def test_another_agency_changes_nothing(watched: Watched) -> None:
    made = await watched.rule()
    request = pb.ChangeRuleRequest(request_id=request_id(), id=made.id, etag=made.etag, terms=made.terms, reason=WHY)
    with refused("NOT_YOURS"):
        await watched.sensing.call(request, DLH)
    with refused("NOT_YOURS"):
        await watched.sensing.call(pb.ListRuleVersionsRequest(id=made.id), DLH)


async def test_a_name_is_taken_once_in_a_datastream(watched: Watched) -> None:
    await watched.rule()
    with refused("NAME_TAKEN"):
        await watched.rule()


async def test_a_datastream_is_held_to_so_many_rules(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "MOST_OF_A_DATASTREAM", 1)
    await watched.rule()
    with refused("TOO_MANY_RULES"):
        await watched.rule(name="awas")


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        ("rate", {"limit": 0.0, "window_seconds": 600}, "LIMIT_INVALID"),
        ("rate", {"limit": 0.5, "hysteresis": 0.5, "window_seconds": 600}, "HYSTERESIS_INVALID"),
        ("rate", {"limit": 0.5}, "WINDOW_INVALID"),
        ("stuck", {"limit": -1.0, "window_seconds": 600}, "LIMIT_INVALID"),
        ("stuck", {"window_seconds": 119}, "WINDOW_INVALID"),
        ("silence", {"window_seconds": 60}, "WINDOW_INVALID"),
        ("silence", {"window_seconds": 90_000}, "WINDOW_INVALID"),
        ("threshold", {"limit": 1.0, "clock": 0}, "CLOCK_UNKNOWN"),
        ("threshold", {"limit": 1.0, "hysteresis": -1.0}, "HYSTERESIS_INVALID"),
    ],
)
async def test_terms_that_make_no_sense_are_refused(
    watched: Watched, kind: str, fields: dict[str, Any], reason: str
) -> None:
    with refused(reason):
        await watched.rule(kind, **fields)


@pytest.mark.parametrize("limit", [-0.5, 10.1])
async def test_a_limit_that_the_sensor_never_measures_is_refused(watched: Watched, limit: float) -> None:
    with refused("LIMIT_OUT_OF_RANGE"):
        await watched.rule(limit=limit)
    made = await watched.rule()
    with refused("LIMIT_OUT_OF_RANGE"):
        await watched.change(made, limit=limit)
    assert (await watched.change(made, paused=True, limit=limit)).paused, "what is asleep warns nobody"


@pytest.mark.parametrize(
    "fields",
    [
        {"limit": 1.0, "hysteresis": 50.0},
        {"limit": 1.0, "hysteresis": 1.0},  # nothing is less than 0
        {"limit": 0.0},
        {"limit": 9.5, "hysteresis": 0.5, "below": True},
    ],
)
async def test_a_way_back_to_where_the_sensor_never_measures_is_refused(
    watched: Watched, fields: dict[str, Any]
) -> None:
    with refused("HYSTERESIS_INVALID"):
        await watched.rule(**fields)
    with refused("HYSTERESIS_INVALID"):
        await _tried(watched, **fields)
    made = await watched.rule()
    with refused("HYSTERESIS_INVALID"):
        await watched.change(made, **fields)
    assert (await watched.change(made, paused=True, **fields)).paused, "what is asleep has no alarm"


async def test_a_limit_below_nought_has_a_way_back(watched: Watched) -> None:
    tide = await Watched.made(watched.sensing, least=-2.0, most=5.0)
    assert (await tide.rule(limit=-0.5, hysteresis=1.4)).terms.hysteresis == 1.4


async def test_a_calibrated_sensor_measures_what_it_shows(watched: Watched) -> None:
    await watched.sensing.calibrated(watched.datastream, 2.0)
    assert (await watched.rule(limit=19.0)).terms.limit == 19


async def test_a_graver_level_of_a_warning_speaks_beyond_the_lesser_one(watched: Watched) -> None:
    gauge = watched
    lesser, graver = await gauge.rule(name="waspada", limit=1.5), await gauge.rule(name="awas", limit=2.5)
    for limit in (1.4, 1.5, 2.5, 2.6):
        with refused("LIMITS_OUT_OF_ORDER"):
            await gauge.rule(name="siaga", limit=limit)
    between = await gauge.rule(name="siaga", limit=2.0)
    with refused("LIMITS_OUT_OF_ORDER"):
        await gauge.change(lesser, limit=2.2)
    with refused("LIMITS_OUT_OF_ORDER"):
        await gauge.change(graver, limit=1.9)
    await gauge.change(graver, limit=3.5)
    between = await gauge.change(between, limit=3.0)
    lesser = await gauge.change(lesser, limit=2.5)
    asleep = await gauge.change(between, paused=True)
    assert (await gauge.change(lesser, limit=3.2)).terms.limit == 3.2, "what is asleep is in nobody's way"
    with refused("LIMITS_OUT_OF_ORDER"):
        await gauge.change(asleep)
    assert (await gauge.rule(name="kering", limit=0.1)).terms.limit == 0.1


async def test_rules_are_listed_by_thing_and_datastream(watched: Watched) -> None:
    siaga, awas = await watched.rule(), await watched.rule(name="awas", limit=1.8)
    other = await (await Watched.made(watched.sensing)).rule()

    async def names(**fields: Any) -> list[str]:
        return [one.id for one in (await watched.sensing.call(pb.ListRulesRequest(**fields))).rules]

    assert await names() == [awas.id, siaga.id, other.id]
    assert await names(thing=watched.datastream.thing) == [awas.id, siaga.id]
    assert await names(datastream=other.datastream) == [other.id]
    with refused("DATASTREAM_NOT_FOUND"):
        await names(datastream="nowhere")


async def _tried(watched: Watched, kind: Any = pb.RULE_KIND_THRESHOLD, **fields: Any) -> Any:
    said = terms(**(fields or LEVEL))
    request = pb.SimulateRuleRequest(
        datastream=watched.datastream.id,
        kind=kind,
        terms=said,
        start_time=stamp(NOON),
        end_time=stamp(MONDAY),
    )
    return await watched.sensing.call(request)


def _episodes(trial: Any) -> list[tuple[datetime, datetime | None]]:
    return [
        (
            one.open_time.ToDatetime(MONDAY.tzinfo),
            one.clear_time.ToDatetime(MONDAY.tzinfo) if one.HasField("clear_time") else None,
        )
        for one in trial.episodes
    ]


def _minute(count: int) -> datetime:
    return NOON + timedelta(minutes=count)


async def _history(watched: Watched, *values: float) -> None:
    readings = [(_minute(place), value) for place, value in enumerate(values)]
    await watched.sensing.upload(watched.datastream, readings)


async def test_a_trial_answers_the_alarms_that_would_have_been_and_writes_nothing(watched: Watched) -> None:
    await _history(watched, 1.5, 1.8, 11.0, 1.9, 1.5, 1.9)
    trial = await _tried(watched)
    assert _episodes(trial) == [(_minute(1), _minute(4)), (_minute(5), None)]
    assert (trial.readings, trial.unit, trial.episodes[0].value) == (5, "m", 1.8)
    silent = await _tried(watched, pb.RULE_KIND_SILENCE, window_seconds=120)
    assert _episodes(silent) == [(_minute(7), None)]
    assert await watched.alarms() == []
    assert (await watched.sensing.call(pb.ListRulesRequest())).rules == []


async def test_a_trial_by_arrival_leaves_out_what_came_in_bulk(watched: Watched) -> None:
    await _history(watched, 1.8, 1.9)
    assert (await _tried(watched, clock=pb.RULE_CLOCK_ARRIVAL, limit=1.7)).readings == 0


async def test_a_trial_sees_the_alarms_that_live_readings_opened(watched: Watched) -> None:
    await watched.rule()
    await watched.measure(1.6, 1.8, 1.9, 1.5, 1.8)
    request = pb.SimulateRuleRequest(
        datastream=watched.datastream.id, kind=pb.RULE_KIND_THRESHOLD, terms=terms(**LEVEL)
    )
    watched.sensing.served.pass_time(seconds=1)
    live = [(one.open_time.seconds, one.clear_time.seconds, one.value) for one in await watched.alarms()]
    for clock in (pb.RULE_CLOCK_PHENOMENON, pb.RULE_CLOCK_ARRIVAL):
        request.terms.clock = clock
        trial = await watched.sensing.call(request)
        found = [(one.open_time.seconds, one.clear_time.seconds, one.value) for one in trial.episodes]
        assert sorted(found) == sorted(live)


async def test_a_trial_takes_a_month_at_most_and_shows_calibrated_values(watched: Watched) -> None:
    await _history(watched, 1.0, 1.5)
    await watched.sensing.calibrated(watched.datastream, 1.2)
    assert _episodes(await _tried(watched)) == [(_minute(1), None)]
    request = pb.SimulateRuleRequest(
        datastream=watched.datastream.id,
        kind=pb.RULE_KIND_THRESHOLD,
        terms=terms(**LEVEL),
        start_time=stamp(MONDAY - timedelta(days=32)),
    )
    with refused("TIME_INVALID"):
        await watched.sensing.call(request)


@pytest.mark.parametrize("year", [1, 9999])
async def test_a_trial_of_the_first_or_the_last_of_all_days_is_refused(watched: Watched, year: int) -> None:
    request = pb.SimulateRuleRequest(
        datastream=watched.datastream.id, kind=pb.RULE_KIND_THRESHOLD, terms=terms(**LEVEL)
    )
    edge = request.end_time if year == 1 else request.start_time
    edge.FromDatetime(datetime(year, 1, 1, tzinfo=MONDAY.tzinfo))
    with refused("TIME_INVALID"):
        await watched.sensing.call(request)


async def test_a_trial_ends_where_there_are_too_many_readings_or_alarms(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _history(watched, *(1.5, 1.8) * 5)
    monkeypatch.setattr(trials, "_PAGE", 2)
    monkeypatch.setattr(trials, "READINGS", 4)
    trial = await _tried(watched)
    assert (trial.readings, trial.end_time) == (4, stamp(_minute(3)))
    monkeypatch.setattr(trials, "READINGS", 50)
    monkeypatch.setattr(trials, "OPENINGS", 2)
    trial = await _tried(watched)
    assert (len(trial.episodes), trial.end_time) == (2, stamp(_minute(4)))
