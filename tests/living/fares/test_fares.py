"""What a ride costs: properties of the rule, and the profile's fares with their mistakes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.city import City, load_city
from services.kit.city.files import CityError
from services.living.fares import terms
from services.living.fares.model import Basis, Ridden, charge, cheapest, price
from services.living.fares.terms import Fare, Settings

MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
DAY = MONDAY.date()


@pytest.fixture(scope="module")
def city() -> City:
    """Semarang."""
    return load_city("semarang")


def settings(city: City, **fields: int) -> Settings:
    """Semarang's settings with some of them changed."""
    return msgspec.structs.replace(terms.required(city).settings, **fields)


def ridden(known: Settings, taps: Sequence[tuple[int, int]]) -> list[Ridden]:
    """Rides of one card: minutes after Monday, and the price; charged in this order."""
    rides: list[Ridden] = []
    for minutes, amount in taps:
        at = MONDAY + timedelta(minutes=minutes)
        made = charge(known, amount, "umum", at, at.date(), rides)
        rides.append(Ridden(at, at.date(), made.amount, made.basis))
    return rides


taps = st.lists(st.tuples(st.integers(0, 3 * 1440), st.sampled_from([0, 1000, 3500])), max_size=20)


@given(taps)
def test_with_changes_and_the_days_most_off_each_ride_costs_its_price(made: list[tuple[int, int]]) -> None:
    known = settings(load_city("semarang"))
    assert [one.amount for one in ridden(known, made)] == [amount for _, amount in made]


@given(taps, st.integers(1, 10_000))
def test_a_day_never_costs_more_than_its_most_in_whatever_order_its_rides_are_known(
    made: list[tuple[int, int]], most: int
) -> None:
    rides = ridden(settings(load_city("semarang"), day_most=most), made)
    for day in {one.day for one in rides}:
        full = sum(amount for (_, amount), one in zip(made, rides, strict=True) if one.day == day)
        assert sum(one.amount for one in rides if one.day == day) == min(most, full)


@given(taps, st.integers(1, 120))
def test_a_change_is_free_and_begins_no_time_of_its_own(made: list[tuple[int, int]], minutes: int) -> None:
    rides = ridden(settings(load_city("semarang"), transfer_minutes=minutes), sorted(made))
    begun: datetime | None = None
    for one, (_, amount) in zip(rides, sorted(made), strict=True):
        if begun is not None and one.at - begun <= timedelta(minutes=minutes):
            assert (one.basis, one.amount) == (Basis.TRANSFER, 0)
        else:
            assert (one.basis, one.amount) == (Basis.FULL, amount)
            begun = one.at


def test_a_second_passenger_on_the_same_line_or_bus_is_no_change(city: City) -> None:
    known = settings(city, transfer_minutes=60)
    others = [Ridden(MONDAY, DAY, 3500, Basis.FULL, "K1", "BUS-1")]
    later = MONDAY + timedelta(minutes=5)
    found = {
        place: charge(known, 3500, "umum", later, DAY, others, route=place[0], validator=place[1]).basis
        for place in (("K1", "BUS-1"), ("K1", "BUS-2"), ("K2", "BUS-1"), ("K2", "BUS-2"))
    }
    assert [place for place, basis in found.items() if basis is Basis.TRANSFER] == [("K2", "BUS-2")]


@given(
    st.lists(st.tuples(st.booleans(), st.integers(-9, 9), st.integers(0, 9), st.integers(0, 9_000)), max_size=8),
    st.integers(-12, 12),
)
def test_the_price_of_a_day_is_that_of_a_fare_in_force_and_the_mediums_own_goes_first(
    rows: list[tuple[bool, int, int, int]], offset: int
) -> None:
    fares = [
        Fare(
            rider="umum",
            name="Umum",
            medium="nontunai" if own else "",
            amount=amount,
            since=DAY + timedelta(days=since),
            until=DAY + timedelta(days=since + length),
        )
        for own, since, length, amount in rows
    ]
    day = DAY + timedelta(days=offset)
    found = price(fares, "nontunai", "umum", day)
    valid = [one for one in fares if one.holds(day)]
    own = [one.amount for one in valid if one.medium]
    assert (found is None) == (not valid)
    assert found is None or found in (own or [one.amount for one in valid])
    assert price(fares, "nontunai", "lansia", day) is None


def test_semarangs_classes_cost_what_its_table_says_and_a_card_does_not_pay_the_cash_fare(city: City) -> None:
    known = terms.required(city)
    costs = {rider: price(known.fares, "nontunai", rider, DAY) for rider in dict.fromkeys(f.rider for f in known.fares)}
    assert costs == {
        "umum": 3500, "lansia": 1000, "veteran": 1000, "disabilitas": 1000, "pelajar-mahasiswa": 1000,
        "kia-balita": 1000,
    }  # fmt: skip
    assert cheapest(known.fares, "nontunai", ("umum", "lansia"), DAY) == (1000, "lansia")
    assert (known.settings.transfer_minutes, known.settings.day_most) == (0, 0), "no source says so"
    assert (known.name("lansia", "en"), known.name("umum", "en"), known.name("umum", "id")) == (
        "Seniors", "General", "Umum",
    )  # fmt: skip


FARES = "rider,name,medium,amount,since,until\n"


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        (FARES + "umum,Umum,,1,2026-02-01,2026-01-01\n", ("", ""), "ends before it begins"),
        (FARES + "umum,Umum,,1,,2026-06-30\numum,Umum,,2,2026-06-30,\n", ("", ""), "holds on the same days"),
        (FARES + "umum,Umum,tunai,1,,\n", ("", ""), "has no fare for"),
        (FARES + "umum,Umum,,-1,,\n", ("", ""), "amount"),
        (FARES + "umum,Umum,,1,,\n", ('agency = "dishub"', 'agency = "nobody"'), '"nobody" is unknown'),
        (FARES + "umum,Umum,,1,,\n", ('rider = "lansia"', 'rider = "raja"'), '"raja" is no class'),
        (FARES + "umum,Umum,,1,,\n", ("most_owed = 20_000", "most_owed = 0"), "most_owed"),
    ],
)
def test_a_mistake_is_named_with_its_file(
    city: City, tmp_path: Path, table: str, change: tuple[str, str], message: str
) -> None:
    (tmp_path / terms.FARES).write_text(table)
    (tmp_path / terms.FILE).write_text((city.folder / terms.FILE).read_text().replace(*change))
    with pytest.raises(CityError, match=r"(rides[.]toml|transit_fares[.]csv):") as caught:
        terms._read(tmp_path, frozenset(city.agencies))
    assert message in str(caught.value)


def test_fares_follow_on_each_other_and_a_city_without_the_file_takes_no_taps(city: City, tmp_path: Path) -> None:
    rows = [
        Fare(rider="umum", name="Umum", amount=3000, until=date(2026, 12, 31)),
        Fare(rider="umum", name="Umum", amount=4000, since=date(2027, 1, 1)),
    ]
    assert [problem for one in rows for problem in terms.faults(one, rows)] == []
    assert price(rows, "nontunai", "umum", date(2026, 12, 31)) == 3000
    assert price(rows, "nontunai", "umum", date(2027, 1, 1)) == 4000
    assert terms._read(tmp_path, frozenset(city.agencies)) is None
