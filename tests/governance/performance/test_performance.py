"""Performance over the real server: counted once, closed, corrected, counted again, and the cases behind it."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import grpc
import httpx
import pytest

from services.governance.performance import actions as performance
from services.governance.performance import reactions
from services.governance.performance import timers as performance_timers
from services.governance.recounting import store, timers
from services.kit.database import Transaction
from services.kit.events import Event
from services.kit.ids import uuid7
from services.kit.rpc import protos
from smartcity.economy.v1 import events_pb2 as economy
from smartcity.economy.v1 import permits_pb2
from smartcity.governance.v1 import complaints_pb2, events_pb2
from smartcity.governance.v1 import performance_pb2 as pb
from smartcity.society.v1 import events_pb2 as society
from tests.governance.cases import file
from tests.governance.conftest import CITIZEN, Governance
from tests.governance.performance.hearing import Hearing, event

MARCH = date(2026, 3, 1)
KIND = pb.PERFORMANCE_KIND_ON_TIME


async def recount(hearing: Hearing, first: date = MARCH, last: date = MARCH) -> tuple[int, int, int, str]:
    """What counting again says: events, missing ones, changed figures, why not."""
    pool, request = hearing.served.runtime.pool, uuid7()
    sql = "INSERT INTO performance_recompute (id, first, last) VALUES ($1, $2, $3)"
    await pool.execute(sql, request, first, last)
    await timers.due(hearing.served.runtime)
    row = await pool.fetchrow(
        "SELECT events, missing, changed, refused FROM performance_recompute WHERE id = $1", request
    )
    assert row is not None
    return row["events"], row["missing"], row["changed"], row["refused"]


async def test_a_month_is_counted_once_closes_and_is_counted_again_to_the_same(
    governance: Governance, hearing: Hearing
) -> None:
    rated = await (await file(governance)).resolved()
    await rated.act("Rate", rating=4)
    governance.pass_time(hours=2)
    again = await (await file(governance)).resolved()
    await again.act("Reopen", note="Sampahnya masih ada")
    secret = await (await file(governance, secret=True)).resolved()
    await hearing.hear()
    await hearing.hear()  # whatever comes twice changes nothing
    found = await hearing.figures()
    assert found.pop("answer_minutes") == 0
    assert found == {
        "on_time": 3, "reopened": 1, "rated": 1, "prompt": 3, "on_time_share": 1.0, "stars": "4.00"
    }  # fmt: skip
    listed = await hearing.call(pb.ListPerformanceCasesRequest(agency="dlh", kind=KIND))
    assert [one.code for one in listed.cases] == [rated.code, again.code]
    assert secret.code not in str(listed)
    kept = len(await governance.runtime.pool.fetch("SELECT id FROM performance_event"))
    assert await recount(hearing) == (kept, 0, 0, "")
    # Somebody tampers with the figures: they are what the events say again.
    await governance.runtime.pool.execute("UPDATE performance_figure SET cases = 99 WHERE kind = 'on_time'")
    assert await recount(hearing) == (kept, 0, 1, "")
    assert (await hearing.figures())["on_time"] == 3
    governance.pass_time(days=40)
    march = await hearing.month("2026-03")
    assert march.closed
    late = event(
        events_pb2.ComplaintRated(code=rated.code, rating=1, agency="dlh"), governance.now - timedelta(days=39),
        aggregate=rated.last.correlation_id, version=99,
    )  # fmt: skip
    await hearing.hear([late])
    after = await hearing.month("2026-03")
    assert after.agencies == march.agencies
    (told,) = after.corrections
    assert (told.name, told.agency, told.kind, told.cases) == (
        "2026-03/2026-04-11",
        "dlh",
        pb.PERFORMANCE_KIND_RATED,
        1,
    )
    assert await recount(hearing) == (kept + 1, 0, 0, "")
    assert (await hearing.month("2026-03")) == after


async def test_what_was_never_heard_is_found_in_the_outbox(governance: Governance, hearing: Hearing) -> None:
    await (await file(governance)).resolved()
    told = await hearing.events()
    await hearing.hear([one for one in told if one.type.endswith("ComplaintAssigned")])
    events, missing, changed, refused = await recount(hearing)
    assert (missing, refused) == (events - 1, "")
    assert changed == 2
    assert (await hearing.figures())["on_time"] == 1
    await hearing.hear()  # what was on its way arrives
    assert (await hearing.figures())["on_time"] == 1
    assert (await recount(hearing, date(2026, 5, 1), date(2026, 5, 1)))[3].endswith("yet to come")


async def test_what_was_told_at_the_turn_of_a_month_is_found_behind_what_the_next_month_told(
    governance: Governance, hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await file(governance)).resolved()
    monkeypatch.setattr(store, "_RECORDED", store._RECORDED.replace(f"LIMIT {store.MOST}", "LIMIT 1"))
    await governance.admin.execute(
        "UPDATE governance.outbox SET recorded_at = '2026-04-01T00:00:01+07'"
        " WHERE position = (SELECT min(position) FROM governance.outbox)"
    )
    events, missing, *_ = await recount(hearing)
    assert events == missing > 1


async def test_months_are_counted_again_one_in_a_transaction_and_summed(
    governance: Governance, hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await file(governance)).resolved()
    await hearing.hear()
    kept = len(await governance.runtime.pool.fetch("SELECT id FROM performance_event"))
    await governance.runtime.pool.execute("UPDATE performance_figure SET cases = 99")
    changed = await governance.runtime.pool.fetchval("SELECT count(*) FROM performance_figure")
    count_again = performance.count_again

    async def until_april(tx: Transaction, month: date) -> performance.Again:
        if month > MARCH:
            raise ValueError("not yet")
        return await count_again(tx, month)

    governance.pass_time(days=40)
    monkeypatch.setattr(performance, "count_again", until_april)
    february, april = date(2026, 2, 1), date(2026, 4, 1)
    assert await recount(hearing, february, april) == (kept, 0, changed, "")
    left = "SELECT next FROM performance_recompute WHERE done_at IS NULL"
    assert await governance.runtime.pool.fetchval(left) == april, (
        "what is counted is committed, and what is not goes on"
    )
    assert (await hearing.figures("2026-03"))["on_time"] == 1
    monkeypatch.undo()
    await timers.due(governance.runtime)
    row = await governance.runtime.pool.fetchrow("SELECT events, changed, done_at FROM performance_recompute")
    assert row is not None
    assert (row["events"], row["changed"], row["done_at"] is None) == (kept, changed, False)


async def test_what_is_found_is_kept_with_its_month_and_not_before(
    governance: Governance, hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept and not counted, what happens to the case until its month's turn would be counted by the state of before."""
    await (await file(governance)).resolved()
    count_again = performance.count_again

    async def until_march(tx: Transaction, month: date) -> performance.Again:
        if month == MARCH:
            raise ValueError("not yet")
        return await count_again(tx, month)

    monkeypatch.setattr(performance, "count_again", until_march)
    assert (await recount(hearing, date(2026, 2, 1), MARCH))[1] == 0
    assert await governance.runtime.pool.fetchval("SELECT count(*) FROM performance_event") == 0
    monkeypatch.undo()
    await timers.due(governance.runtime)
    assert await governance.runtime.pool.fetchval("SELECT missing FROM performance_recompute") > 1
    assert (await hearing.figures())["on_time"] == 1


def decided(governance: Governance, state: Any, hours: int, *, deemed: bool = False) -> list[Event[Any]]:
    """What economy tells of a permit that is to be decided within forty hours, until it is."""
    permit, sent = str(uuid7()), governance.now
    told: dict[str, Any] = {"code": "SMGZ-1", "kind": "pkl", "agency": "disdag"}
    waits = economy.PermitAdvanced(
        **told, state=permits_pb2.PERMIT_STATE_DECIDING, from_state=permits_pb2.PERMIT_STATE_CHECKING,
        due_time=protos.timestamp(sent + timedelta(hours=40)),
    )  # fmt: skip
    done = economy.PermitAdvanced(**told, state=state, from_state=permits_pb2.PERMIT_STATE_DECIDING, deemed=deemed)
    at = sent + timedelta(hours=hours)
    events = [event(waits, sent, aggregate=permit, version=2), event(done, at, aggregate=permit, version=3)]
    if state in (permits_pb2.PERMIT_STATE_GRANTED, permits_pb2.PERMIT_STATE_DEEMED_GRANTED):
        holds = economy.PermitGranted(kind="pkl", agency="disdag", deemed=deemed)
        events.append(event(holds, at, aggregate=permit, version=3))
    return events


async def test_permits_are_counted_for_the_agency_that_decides_and_counted_again_to_the_same(
    governance: Governance, hearing: Hearing, visitor: httpx.AsyncClient
) -> None:
    told = [
        *decided(governance, permits_pb2.PERMIT_STATE_GRANTED, 30),
        *decided(governance, permits_pb2.PERMIT_STATE_REFUSED, 39),
        *decided(governance, permits_pb2.PERMIT_STATE_ENDED, 50),
        *decided(governance, permits_pb2.PERMIT_STATE_DEEMED_GRANTED, 40, deemed=True),
        *decided(governance, permits_pb2.PERMIT_STATE_WITHDRAWN, 20),
    ]
    await hearing.hear(told)
    await hearing.hear([*told, *(replace(one, id=uuid7(), exercise=True) for one in told)])
    assert await hearing.figures(agency="disdag") == {
        "permit_on_time": 2, "permit_overdue": 1, "permit_deemed": 1, "permit_granted": 2, "permit_share": 0.5
    }  # fmt: skip
    assert await recount(hearing) == (len(told), 0, 0, "")
    assert "SMGZ" not in str(await governance.runtime.pool.fetch("SELECT * FROM performance_event"))
    page = (await visitor.get("/kinerja?bulan=2026-03")).text
    assert "The city was silent" in page
    assert "The city was silent" in (await visitor.get("/kinerja/disdag?bulan=2026-03")).text
    counted = {one["id"]: one["values"] for one in (await visitor.get("/v1/city-indicators")).json()["counted"]}
    assert [counted[name][0]["value"] for name in ("izin-tepat-waktu", "izin-terbit")] == [50.0, 2.0]
    assert "Permits granted" in (await visitor.get("/kinerja/indikator")).text


@pytest.mark.parametrize("state", [permits_pb2.PERMIT_STATE_DEEMED_GRANTED, permits_pb2.PERMIT_STATE_LAPSED])
async def test_silence_while_a_kecamatan_checks_counts_for_it_and_not_for_who_decides(
    governance: Governance, hearing: Hearing, state: Any
) -> None:
    permit, sent = str(uuid7()), governance.now
    told: dict[str, Any] = {"code": "SMGZ-2", "kind": "pkl", "agency": "disdag", "checker": "kec-semarang-tengah"}
    checking = economy.PermitAdvanced(
        **told, state=permits_pb2.PERMIT_STATE_CHECKING, from_state=permits_pb2.PERMIT_STATE_DRAFT,
        due_time=protos.timestamp(sent + timedelta(hours=40)),
    )  # fmt: skip
    silent = economy.PermitAdvanced(
        **told, state=state, from_state=permits_pb2.PERMIT_STATE_CHECKING,
        deemed=state == permits_pb2.PERMIT_STATE_DEEMED_GRANTED,
    )  # fmt: skip
    await hearing.hear([
        event(checking, sent, aggregate=permit, version=2),
        event(silent, sent + timedelta(hours=41), aggregate=permit, version=3),
    ])  # fmt: skip
    assert await hearing.figures(agency="kec-semarang-tengah") == {"permit_deemed": 1, "permit_share": 0.0}
    assert "disdag" not in {one.agency.id for one in (await hearing.month()).agencies}


async def test_drills_say_nothing_and_other_deadlines_are_not_the_agencys(
    governance: Governance, hearing: Hearing
) -> None:
    resolved = events_pb2.ComplaintResolved(code="SMG-1", agency="dlh", on_time=True)
    verification = events_pb2.ComplaintEscalated(code="SMG-1", agency="dlh", clock="verification")
    released = events_pb2.ComplaintStatusChanged(
        code="SMG-1", agency="dlh", after=complaints_pb2.COMPLAINT_STATE_VERIFIED
    )
    await hearing.hear(
        [
            event(resolved, governance.now, exercise=True),
            *(event(one, governance.now) for one in (verification, released)),
        ]
    )
    assert list((await hearing.month()).agencies) == []


async def test_what_was_explained_stands_apart_on_the_page_from_the_first_month_of_that_formula(
    governance: Governance, hearing: Hearing, visitor: httpx.AsyncClient
) -> None:
    explained = events_pb2.ComplaintResolved(code="SMG-1", agency="dlh", on_time=True, refusal=True)
    december, january = (datetime(2026, 12, 31, hour, 59, tzinfo=UTC) for hour in (16, 17))
    await hearing.hear([event(explained, december), event(explained, january)])
    assert await hearing.figures("2026-12") == {"on_time": 1, "on_time_share": 1.0}
    assert await hearing.figures("2027-01") == {"explained": 1}
    page = (await visitor.get("/kinerja/dlh?bulan=2027-01")).text
    assert "Explained within the deadline, not done" in page
    assert "Explained within the deadline" not in (await visitor.get("/kinerja/dlh?bulan=2026-12")).text
    assert "counts apart" in (await visitor.get("/kinerja?bulan=2027-01")).text
    for month in (date(2026, 12, 1), date(2027, 1, 1)):
        async with governance.runtime.transaction() as tx:
            assert (await performance.count_again(tx, month)).changed == 0


async def test_a_missed_deadline_counts_for_whoever_has_the_case(governance: Governance, hearing: Hearing) -> None:
    case = await file(governance, CITIZEN)
    await case.transition("verify")
    missed = events_pb2.ComplaintEscalated(code=case.code, agency="dlh", clock="resolution")
    about = case.last.correlation_id
    await hearing.hear()
    await hearing.hear([event(missed, governance.now, aggregate=about, version=50)])
    await hearing.hear([event(missed, governance.now, aggregate=about, version=51)])
    assert await hearing.figures() == {"overdue": 1, "on_time_share": 0.0}


async def test_pages_show_the_league_the_months_and_the_cases(
    governance: Governance, hearing: Hearing, visitor: httpx.AsyncClient
) -> None:
    cases = [await (await file(governance)).resolved() for _ in range(11)]
    await hearing.hear()
    index = society.SatisfactionPublished(
        survey="s1", agency="dlh", first_day="2026-01-01", last_day="2026-03-31", index="88.10", answers=40
    )
    async with governance.runtime.transaction() as tx:
        await reactions.on_satisfaction_published(tx, event(index, governance.now))
    league = (await visitor.get("/kinerja?bulan=2026-03")).text
    for words in (
        "How agencies perform",
        'data-agency="dlh"',
        "100.00",
        "88.10",
        "2026-1",
        "hal=tepat-waktu",
        "hal=ditanggapi",
        "#behind",
    ):
        assert words in league
    shown = (await visitor.get("/kinerja/dlh?bulan=2026-03")).text
    assert '<svg class="chart"' in shown
    assert "88.10" in shown
    listed = (await visitor.get("/kinerja/dlh/kasus?bulan=2026-03&hal=tepat-waktu")).text
    assert f'href="/lapor/{cases[0].code}"' in listed
    before = (await visitor.get("/kinerja?bulan=2025-12")).text
    assert ("Nothing was counted for this month." in before, 'id="cut-off"' in before) == (True, False)
    assert "Nothing was counted for this month." in (await visitor.get("/kinerja/dlh?bulan=2025-12")).text
    assert "Nothing is counted for this month yet." in (await visitor.get("/kinerja/dpu?bulan=2026-03")).text
    assert (await visitor.get("/kinerja?bulan=heute")).status_code == 303
    assert (await visitor.get("/kinerja/dlh/kasus?hal=xx")).status_code == 303
    assert (await visitor.get("/kinerja/nobody")).status_code == 404
    sheet = (await visitor.get("/v1/performance.csv?month=2026-03")).text.splitlines()
    assert sheet[1].startswith("2026-03,dlh,")
    assert sheet[1].endswith("11,0,0,0,11,0,0,1.0,,0,88.10,2026-1,no,0,0,0,0,0,,no")
    formulas = (await visitor.get("/v1/performance-formulas")).json()["formulas"]
    assert [one["weights"]["on_time"] for one in formulas] == [40, 40, 50]


async def test_what_came_after_the_cut_off_is_told_on_the_agencys_page_and_in_the_sheet(
    governance: Governance, hearing: Hearing, visitor: httpx.AsyncClient
) -> None:
    rated = await (await file(governance)).resolved()
    governance.pass_time(days=40)
    message = events_pb2.ComplaintRated(code=rated.code, rating=1, agency="kec-genuk")
    at = governance.now - timedelta(days=39)
    await hearing.hear([event(message, at, aggregate=rated.last.correlation_id, version=99)])
    page = (await visitor.get("/kinerja/kec-genuk?bulan=2026-03")).text
    assert ('id="corrections"' in page, "2026-03/2026-04-11" in page) == (True, True)
    assert 'id="corrections"' not in (await visitor.get("/kinerja/dpu?bulan=2026-03")).text
    heads, *lines = csv.reader((await visitor.get("/v1/performance.csv?month=2026-03")).text.splitlines())
    late = [dict(zip(heads, line, strict=True)) for line in lines if line[heads.index("correction")]]
    assert [(one["agency"], one["correction"], one["rated"], one["on_time"]) for one in late] == [
        ("kec-genuk", "2026-03/2026-04-11", "1", "0")
    ]


async def test_made_up_reports_among_the_figures_are_told_wherever_these_are(
    governance: Governance, hearing: Hearing, visitor: httpx.AsyncClient
) -> None:
    case = await (await file(governance)).resolved()
    await hearing.hear()
    pages = ("/kinerja?bulan=2026-03", "/kinerja/dlh?bulan=2026-03", "/kinerja/dlh/kasus?bulan=2026-03",
             "/kinerja/indikator")  # fmt: skip
    for page in pages:
        assert 'id="demo"' not in (await visitor.get(page)).text
    await governance.runtime.pool.execute("UPDATE complaint SET channel = 'demo' WHERE code = $1", case.code)
    for page in pages:
        assert 'id="demo"' in (await visitor.get(page)).text, page
    for sheet in ("performance.csv?month=2026-03", "city-indicators.csv"):
        assert (await visitor.get(f"/v1/{sheet}")).text.splitlines()[-1].endswith(",yes")


async def test_what_nobody_knows_is_refused(hearing: Hearing) -> None:
    for request, code in (
        (pb.ListPerformanceRequest(month="2026-13"), grpc.StatusCode.INVALID_ARGUMENT),
        (pb.GetAgencyPerformanceRequest(agency="nobody"), grpc.StatusCode.NOT_FOUND),
        (pb.ListPerformanceCasesRequest(agency="dlh"), grpc.StatusCode.INVALID_ARGUMENT),
        (pb.ListPerformanceCasesRequest(agency="nobody", kind=KIND), grpc.StatusCode.NOT_FOUND),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await hearing.call(request)
        assert caught.value.code() is code


async def test_cases_are_forgotten_in_time_and_figures_stay(governance: Governance, hearing: Hearing) -> None:
    await (await file(governance)).resolved()
    await hearing.hear()
    governance.pass_time(days=37 * 31)
    await performance_timers.forget(governance.runtime)
    assert (await hearing.figures("2026-03"))["on_time"] == 1
    asked = pb.ListPerformanceCasesRequest(agency="dlh", month="2026-03", kind=KIND)
    assert list((await hearing.call(asked)).cases) == []
    for table in ("performance_event", "performance_case", "performance_fact"):
        assert await governance.runtime.pool.fetch(f"SELECT * FROM {table}") == []
