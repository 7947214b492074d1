"""Corrections over the real server: who files and decides, what becomes of the facility, what nobody else reads."""

from typing import Any

import pytest

from services.kit.caller import ANONYMOUS, Caller
from services.living.corrections import gauges, model, timers
from services.living.facilities import timers as facility_timers
from smartcity.living.v1 import facilities_pb2 as pb
from smartcity.living.v1 import overview_pb2, overview_pb2_grpc
from smartcity.types.v1 import place_pb2
from tests.governance.conftest import ADMIN, CITIZEN, VERIFIER, RefusedError, request_id
from tests.living.facilities.town import (
    ARPUS,
    COLLEAGUE,
    DINKES,
    GENUK,
    HOURS,
    LIBRARY,
    NOTE,
    PONCOL,
    REASON,
    Town,
)  # fmt: skip

DOOR = place_pb2.Point(lon=110.4146, lat=-6.9739)


async def refused(call: Any) -> str:
    """The reason why a call is refused."""
    with pytest.raises(RefusedError) as raised:
        await call
    return raised.value.reason


async def test_a_correction_waits_and_changes_nothing_until_an_officer_accepts_it(town: Town) -> None:
    before = await town.read(PONCOL)
    id_ = await town.correct(name="  Puskesmas   Poncol Lama ", location=DOOR, wheelchair=pb.FACILITY_ACCESS_NO)
    assert await town.read(PONCOL) == before
    found = await town.correction(id_)
    assert (found.name, found.hours.text, found.reason, found.own) == ("Puskesmas Poncol Lama", HOURS, REASON, False)
    done = await town.decide("Accept", id_)
    after = await town.read(PONCOL)
    assert (after.name, after.hours.text, after.location) == ("Puskesmas Poncol Lama", HOURS, DOOR)
    assert (after.wheelchair, after.checked_on) == (pb.FACILITY_ACCESS_NO, "2026-11-24")
    assert list(after.changes[0].fields) == [
        pb.FACILITY_FIELD_NAME, pb.FACILITY_FIELD_POINT, pb.FACILITY_FIELD_HOURS, pb.FACILITY_FIELD_ACCESS,
    ]  # fmt: skip
    assert [(one.field, one.text) for one in done.before] == [
        (pb.FACILITY_FIELD_NAME, "Puskesmas Poncol"), (pb.FACILITY_FIELD_POINT, "-6.973895, 110.414603"),
        (pb.FACILITY_FIELD_HOURS, ""), (pb.FACILITY_FIELD_ACCESS, ""),
    ]  # fmt: skip
    assert (await town.emitted()).count("FacilityChanged") == 72


async def test_what_is_so_already_when_it_is_accepted_is_no_change(town: Town) -> None:
    first, second = await town.correct(hours="24/7"), await town.correct(hours="24/7")
    named = await town.correct(hours="24/7", name="Puskesmas Poncol Lama")
    await town.decide("Accept", first)
    before, told = await town.read(PONCOL), await town.emitted()
    done = await town.decide("Accept", second)
    assert done.state == pb.FACILITY_CORRECTION_STATE_ACCEPTED
    assert (await town.read(PONCOL), await town.emitted()) == (before, told)
    await town.decide("Accept", named)
    assert list((await town.read(PONCOL)).changes[0].fields) == [pb.FACILITY_FIELD_NAME]


async def test_hours_of_before_are_told_by_the_day_as_well(town: Town) -> None:
    await town.decide("Accept", await town.correct())
    done = await town.decide("Accept", await town.correct(hours="24/7"))
    assert [(one.text, one.hours.text, len(one.hours.days)) for one in done.before] == [(HOURS, HOURS, 8)]


async def test_what_is_declined_changes_nothing_and_stays_so(town: Town) -> None:
    before, id_ = await town.read(PONCOL), await town.correct()
    done = await town.decide("Decline", id_, note="Jam yang lama masih berlaku.")
    assert (done.state, done.note) == (pb.FACILITY_CORRECTION_STATE_DECLINED, "Jam yang lama masih berlaku.")
    assert await town.read(PONCOL) == before
    for verb in ("Accept", "Decline"):
        assert await refused(town.decide(verb, id_, etag="2")) == "INVALID_TRANSITION"


async def test_what_is_closed_for_good_leaves_the_list_and_may_come_back(town: Town) -> None:
    await town.decide("Accept", await town.correct(GENUK, hours="", use=pb.FACILITY_USE_CLOSED))
    assert len(await town.listed()) == 70
    assert (await town.read(GENUK)).use == pb.FACILITY_USE_CLOSED
    await town.enter()
    assert len(await town.listed()) == 70, "the city's data does not open it again"
    await town.decide("Accept", await town.correct(GENUK, hours="", use=pb.FACILITY_USE_IN_USE))
    assert len(await town.listed()) == 71


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"hours": ""}, "FACILITY_CORRECTION_EMPTY"),
        ({"hours": "", "name": "Puskesmas Poncol"}, "CORRECTION_KNOWN"),
        ({"hours": "setiap hari"}, "OPENING_HOURS_INVALID"),
        ({"location": place_pb2.Point(lon=106.8, lat=-6.2)}, "OUTSIDE_THE_CITY"),
        ({"location": place_pb2.Point(lon=200.0, lat=-6.2)}, "LOCATION_INVALID"),
        ({"reason": "begitu"}, "REASON_REQUIRED"),
        ({"name": "P"}, "FACILITY_NAME_INVALID"),
        ({"wheelchair": pb.FACILITY_ACCESS_UNKNOWN}, "ACCESS_UNKNOWN"),
    ],
)
async def test_what_tells_nothing_or_is_wrong_is_refused(town: Town, fields: dict[str, Any], reason: str) -> None:
    assert await refused(town.correct(**fields)) == reason
    assert await refused(town.correct("puskesmas-atlantis")) == "FACILITY_NOT_FOUND"


async def test_nobody_decides_on_their_own(town: Town) -> None:
    id_ = await town.correct(caller=DINKES)
    assert (await town.correction(id_)).own
    for verb in ("Accept", "Decline"):
        assert await refused(town.decide(verb, id_)) == "OWN_CORRECTION"
    assert (await town.decide("Accept", id_, COLLEAGUE)).state == pb.FACILITY_CORRECTION_STATE_ACCEPTED


async def test_only_the_agency_that_answers_for_it_reads_and_decides(town: Town) -> None:
    id_, other = await town.correct(), await town.correct(LIBRARY)
    for caller in (CITIZEN, VERIFIER, ANONYMOUS):
        assert await refused(town.correction(id_, caller)) in ("ROLE_NOT_ALLOWED", "LOGIN_REQUIRED")
    assert await refused(town.correction(id_, ARPUS)) == "NOT_YOURS"
    assert await refused(town.decide("Accept", id_, ARPUS)) == "NOT_YOURS"
    assert [one.id for one in (await _page(town, DINKES)).corrections] == [id_]
    assert [one.id for one in (await _page(town, ADMIN)).corrections] == [id_, other]
    assert not (await _page(town, Caller("officer-x", frozenset({"officer"})))).corrections


async def _page(town: Town, caller: Caller, **fields: Any) -> Any:
    return await town.call(pb.ListFacilityCorrectionsRequest(**fields), caller)


async def test_those_that_wait_longest_come_first_and_what_was_decided_last(town: Town) -> None:
    ids = [await town.correct(hours=f"Mo {hour:02}:00-14:00") for hour in range(3)]
    page = await _page(town, DINKES, page_size=2)
    further = await _page(town, DINKES, page_size=2, page_token=page.next_page_token)
    assert [one.id for one in (*page.corrections, *further.corrections)] == ids
    for id_ in ids:
        await town.decide("Decline", id_)
    declined = await _page(town, DINKES, state=pb.FACILITY_CORRECTION_STATE_DECLINED)
    assert [one.id for one in declined.corrections] == ids[::-1]


async def test_a_stale_etag_decides_nothing(town: Town) -> None:
    id_ = await town.correct()
    assert await refused(town.decide("Accept", id_, etag="7")) == "STALE_ETAG"
    assert await refused(town.decide("Accept", id_, etag="")) == "ETAG_REQUIRED"
    assert await refused(town.decide("Accept", id_, note="ya")) == "NOTE_REQUIRED"


async def test_a_repeated_request_files_once_and_a_facility_takes_only_so_many(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = request_id()
    assert await town.correct(request_id=key) == await town.correct(request_id=key)
    monkeypatch.setattr(model, "MOST_WAITING", 2)
    monkeypatch.setattr("services.living.corrections.store.MOST_WAITING", 2)
    id_ = await town.correct()
    assert await refused(town.correct()) == "CORRECTIONS_FULL"
    await town.correct("puskesmas-miroto")
    await town.decide("Decline", id_)
    await town.correct()


async def test_of_one_login_only_so_many_wait(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "MOST_OF_ONE", 2)
    monkeypatch.setattr("services.living.corrections.store.MOST_OF_ONE", 2)
    first, _ = [await town.correct(code, CITIZEN) for code in (PONCOL, GENUK)]
    assert await refused(town.correct(LIBRARY, CITIZEN)) == "OWN_CORRECTIONS_FULL"
    for code in (LIBRARY, PONCOL, GENUK):
        await town.correct(code)
    await town.decide("Decline", first)
    await town.correct(LIBRARY, CITIZEN)


async def test_the_home_and_the_gauges_count_what_waits(town: Town) -> None:
    async def overview() -> tuple[int, int]:
        stub = overview_pb2_grpc.OverviewServiceStub
        found = await town.served.call(stub, "GetOverview", overview_pb2.GetOverviewRequest(), ANONYMOUS)
        return found.facilities, found.corrections_waiting

    assert await overview() == (71, 0)
    id_ = await town.correct(hours="", use=pb.FACILITY_USE_CLOSED)
    await town.correct()
    assert await overview() == (71, 2)
    town.served.pass_time(days=8)
    readings = await gauges.read(town.served.runtime)
    assert [value for values in readings.values() for value, _ in values] == [2, 8 * 86_400.0]
    await town.decide("Accept", id_)
    await facility_timers.fold_counters(town.served.runtime)
    assert await overview() == (70, 1)


async def test_words_are_erased_when_nobody_needs_them(town: Town) -> None:
    decided, open_ = await town.correct(), await town.correct(name="Puskesmas Lain")
    await town.decide("Accept", decided)
    town.served.pass_time(days=89)
    await timers.forget(town.served.runtime)
    assert (await town.correction(decided)).reason == REASON
    town.served.pass_time(days=2)
    await timers.forget(town.served.runtime)
    assert ((await town.correction(decided)).reason, (await town.correction(open_)).reason) == ("", REASON)


async def test_a_name_that_was_declined_is_erased_and_one_that_was_accepted_stays(town: Town) -> None:
    declined, accepted = await town.correct(name="Rumah Budi"), await town.correct(name="Puskesmas Lain")
    await town.decide("Decline", declined)
    await town.decide("Accept", accepted)
    town.served.pass_time(days=91)
    await timers.forget(town.served.runtime)
    assert (await town.correction(declined)).name == ""
    assert (await town.correction(accepted)).name == "Puskesmas Lain"


async def test_who_filed_a_correction_is_forgotten_with_their_words(town: Town) -> None:
    await town.decide("Decline", await town.correct(caller=CITIZEN))
    waiting = await town.correct(caller=CITIZEN)
    town.served.pass_time(days=91)
    await timers.forget(town.served.runtime)
    named = await town.served.admin.fetch("SELECT id::text FROM living.facility_correction WHERE by <> ''")
    assert [row["id"] for row in named] == [waiting]


async def test_who_filed_a_correction_is_forgotten_where_its_words_are_gone_already(town: Town) -> None:
    await town.decide("Accept", await town.correct(caller=CITIZEN))
    await town.served.admin.execute("UPDATE living.facility_correction SET reason = ''")  # as a pod of before does
    town.served.pass_time(days=91)
    await timers.forget(town.served.runtime)
    assert await town.served.admin.fetch("SELECT FROM living.facility_correction WHERE by <> ''") == []


async def test_no_words_of_a_visitor_leave_before_or_after(town: Town) -> None:
    secret = "Kata tetangga saya, Budi."
    id_ = await town.correct(name="Puskesmas Rahasia", reason=secret)
    public = f"{await town.read(PONCOL)}{await town.listed()}"
    assert "Rahasia" not in public
    await town.decide("Accept", id_, note=NOTE)
    told = "".join(str(row["payload"]) for row in await town.served.outbox())
    assert "Budi" not in f"{await town.read(PONCOL)}{told}"
    assert "Rahasia" not in told
