"""The made-up history: plausible, valid by the same rules as real cases, marked, quick and silent."""

import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from msgspec import structs

from services.governance.demo import seed
from services.governance.demo.model import Author, Life
from services.governance.history.model import chain
from services.governance.seals import timers
from services.governance.states.model import OPEN, State
from services.kit import codes
from services.kit.city import City, load_city
from tests.governance.calls import Records
from tests.governance.conftest import MONDAY, VERIFIER


@pytest.fixture(scope="module")
def city() -> City:
    return load_city("semarang")


@pytest.fixture(scope="module")
def lives(city: City) -> list[Life]:
    demo = city.demo()
    assert demo is not None
    return Author(city, demo, Random(1), MONDAY).write()


def test_the_stories_have_the_shares_of_the_city(lives: list[Life]) -> None:
    assert len(lives) == 4793
    agencies = Counter(life.complaint.agency for life in lives)
    assert [agency for agency, _ in agencies.most_common(3)] == ["dpu", "disperkim", "dishub"]
    assert agencies["dpu"] == 1197


def test_a_city_whose_reporters_have_little_time_to_answer_has_a_made_up_history_too(city: City) -> None:
    demo = city.demo()
    assert demo is not None
    hasty = replace(city, clocks=structs.replace(city.clocks, waiting=1))
    told = Author(hasty, demo, Random(1), MONDAY).write()
    assert any("Pelapor belum menjawab" in entry.note for life in told for entry in life.entries)


def test_most_are_done_and_some_are_open_and_overdue(lives: list[Life]) -> None:
    states = Counter(life.complaint.state for life in lives)
    done = states[State.CLOSED] + states[State.RESOLVED]
    late = [life for life in lives if (due := life.complaint.deadlines.next_due) and due < MONDAY]
    assert 0.75 < done / len(lives) < 0.9
    assert 200 < sum(states[state] for state in OPEN) < 900
    assert 20 < len(late) < 400
    rated = Counter(life.complaint.rating for life in lives if life.complaint.rating)
    assert set(rated) == {1, 2, 3, 4, 5}
    on_time = [life.complaint.on_time for life in lives if life.complaint.resolved_at]
    assert 0.7 < sum(on_time) / len(on_time) < 0.9


def test_every_week_has_activity_and_nothing_happens_in_the_future(lives: list[Life]) -> None:
    weeks = Counter((MONDAY - life.complaint.created_at) // timedelta(days=7) for life in lives)
    assert min(weeks[week] for week in range(30)) > 50
    assert all(entry.at <= MONDAY for life in lives for entry in life.entries)
    assert all(a.at <= b.at for life in lives for a, b in pairwise(life.entries))


def test_every_history_is_a_valid_chain_that_ends_in_the_state_of_the_case(lives: list[Life]) -> None:
    for life in lives:
        previous = None
        for entry in life.entries:
            names = ("at", "type", "by", "state", "note", "salt", "public", "refuses")
            fields = {name: getattr(entry, name) for name in names}
            assert chain(previous, code=life.complaint.code, **fields) == entry
            previous = entry
        assert life.entries[-1].state == life.complaint.state


def test_codes_are_valid_and_all_different(lives: list[Life]) -> None:
    made = {life.complaint.code for life in lives}
    assert len(made) == len(lives)
    assert all(codes.parse("SMG", code) == code for code in made)


def test_positions_lie_where_the_area_says(city: City, lives: list[Life]) -> None:
    placed = [life.complaint.location for life in lives if life.complaint.location.lon is not None]
    right = 0
    for place in placed:
        assert place.lon is not None
        assert place.lat is not None
        found = city.locate(place.lon, place.lat)
        right += found is not None and found.code == place.area
    assert right / len(placed) > 0.97


def test_the_same_chance_tells_the_same_stories(city: City) -> None:
    demo = city.demo()
    assert demo is not None
    one, other = (Author(city, demo, Random(5), MONDAY).write(40) for _ in range(2))
    assert one == other


async def test_seeding_is_quick_silent_marked_and_done_once(records: Records) -> None:
    began = time.process_time()
    assert await seed(records.runtime) == 4793
    took = time.process_time() - began
    assert await seed(records.runtime) == 0
    (row,) = await records.sql(
        "SELECT count(*) AS cases, count(*) FILTER (WHERE channel = 'demo') AS demo,"
        " (SELECT count(*) FROM outbox) AS events FROM complaint"
    )
    assert (row["cases"], row["demo"], row["events"]) == (4793, 4793, 0)
    assert took < 20  # of this process; four seconds altogether on an idle machine, ten on a busy one


async def test_a_seeded_case_goes_on_like_any_other(records: Records) -> None:
    await seed(records.runtime, 60)
    (row,) = await records.sql("SELECT code FROM complaint WHERE state = 'filed' OR state = 'in_progress' LIMIT 1")
    seen = (await records.complaint("GetComplaint", VERIFIER, code=row["code"])).complaint
    assert seen.timeline
    assert seen.agency.name
    listed = await records.complaint("ListComplaints", VERIFIER, page_size=10)
    assert listed.complaints


async def test_the_seeded_history_is_sealed_day_by_day(records: Records) -> None:
    await seed(records.runtime, 50)
    await timers.seal_due_days(records.runtime)
    (row,) = await records.sql("SELECT count(*) AS seals, (SELECT min(at)::date FROM entry) AS first FROM seal")
    assert row["seals"] > 20


async def test_a_city_without_such_a_history_stays_empty(records: Records) -> None:
    records.runtime.city = load_city("kabupaten-semarang")
    assert await seed(records.runtime) == 0
