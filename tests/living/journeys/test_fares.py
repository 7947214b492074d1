"""What rides cost by the rules of a feed, as the reference of GTFS has them; and nothing where a rule is not read."""

import asyncio
from decimal import Decimal
from pathlib import Path
from runpy import run_path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import NullPool, create_engine, text

from services.living.journeys import store
from services.living.journeys.fares import NONE, Fares, FlatFare, LegRule, Product, prices
from services.living.journeys.model import Journey, Leg, Spot
from services.living.pillar import PILLAR
from tests.living.feeds.conftest import depot, depot_stand
from tests.living.feeds.depot import Depot

__all__ = ["depot", "depot_stand"]

_MIGRATION = PILLAR.migrations / "2026_11_30_fare_joins_read.py"
_FARES = {
    "networks.txt": "network_id,network_name\nN,Kota\n",
    "route_networks.txt": "network_id,route_id\nN,L\n",
    "fare_products.txt": "fare_product_id,amount,currency\nusual,4000.00,IDR\nexpress,10000.00,IDR\n",
    "fare_leg_rules.txt": "network_id,fare_product_id\n,usual\nN,express\n",
}
_MANY = """
INSERT INTO living.fare_rule (feed, number, fare, origin, destination, contains)
SELECT c.feed, number, 'F', 'z' || number, '', '' FROM living.feed_current c, generate_series(1, 5001) AS number
"""
_FLAT = {"fare_attributes.txt": "fare_id,price,currency_type,payment_method,transfers\nF,4000,IDR,0,\n"}


def _ride(route: str, origin: str = "a", target: str = "b") -> Leg:
    return Leg(0, 600, Spot(origin, "", 0, 0), Spot(target, "", 0, 0), route=route, trip="t")


def _paid(fares: Fares, *rides: Leg) -> list[int]:
    return [int(one.amount) for one in prices(fares, Journey(0, 600, rides))]


def _by_leg(rules: list[LegRule], **more: Any) -> Fares:
    products = [Product(name, "", "", Decimal(amount), "IDR") for name, amount in (("low", 4_000), ("high", 10_000))]
    networks = {"L": "local", "X": "express"}
    areas = {"a": frozenset({"inner"}), "b": frozenset({"inner", "port"}), "c": frozenset({"outer"})}
    return NONE._replace(products=products, rules=rules, networks=networks, areas=areas, **more)


@pytest.mark.parametrize(
    ("ranked", "route", "target", "paid"),
    [
        (False, "X", "b", [10_000]),
        (False, "L", "b", [4_000]),
        (False, "none", "b", [4_000]),
        (True, "X", "b", [4_000]),
    ],
)
def test_an_empty_network_fits_what_no_rule_names_unless_rules_have_priorities(
    ranked: bool, route: str, target: str, paid: list[int]
) -> None:
    """With priorities it does not matter, and of two rules that fit alike the cheaper counts."""
    rules = [LegRule("", "", "", "low", 0, ""), LegRule("express", "", "", "high", 0, "")]
    assert _paid(_by_leg(rules, ranked=ranked), _ride(route, target=target)) == paid


@pytest.mark.parametrize(("target", "paid"), [("a", [4_000]), ("b", [10_000]), ("c", [4_000]), ("nowhere", [4_000])])
def test_an_empty_area_fits_what_no_rule_names(target: str, paid: list[int]) -> None:
    rules = [LegRule("", "", "", "low", 0, ""), LegRule("", "", "port", "high", 0, "")]
    assert _paid(_by_leg(rules, ranked=False), _ride("L", target=target)) == paid


def test_where_legs_are_joined_to_one_only_a_single_ride_has_a_fare() -> None:
    fares = _by_leg([LegRule("", "", "", "low", 0, "")], joined=True)
    assert _paid(fares, _ride("L")) == [4_000]
    assert _paid(fares, _ride("L"), _ride("X")) == []


@pytest.mark.parametrize(
    ("rules", "paid"),
    [
        ([("A", "1", "2"), ("B", "3", "4")], [9_000]),
        ([("A", "1", "2"), ("A", "3", "4")], [3_000]),
        ([("A", "", ""), ("B", "1", "2")], [3_000]),
        ([("", "3", ""), ("B", "1", "2")], [3_000]),
        ([("", "", "4")], [3_000]),
        ([], [3_000]),
        ([("B", "", "")], [9_000]),
    ],
    ids=(
        "of two rules",
        "by one of them",
        "by its line alone",
        "by where it begins",
        "by its end",
        "no rule",
        "another",
    ),
)
def test_each_rule_of_a_flat_fare_is_one_condition(rules: list[tuple[str, str, str]], paid: list[int]) -> None:
    """A ride on A from zone 3 to zone 4."""
    first = FlatFare(Decimal(3_000), "IDR", None, None, frozenset(rules))
    other = FlatFare(Decimal(9_000), "IDR", None, None, frozenset({("A", "3", "4")}))
    fares = NONE._replace(flat=[first, other], zones={"a": "3", "b": "4"})
    assert _paid(fares, _ride("A")) == paid


async def _read(depot: Depot, path: Path, files: dict[str, Any]) -> Fares:
    report = await depot.enter(await depot.write(path / "kota.zip", files))
    assert report.outcome is not None, list(report.findings or ())
    async with depot.served.runtime.snapshot() as tx:
        return await store.fares(tx, report.outcome.number, ["L"], ["P1", "R"])


async def test_priorities_and_joins_are_read_as_the_feed_has_them(depot: Depot, tmp_path: Path) -> None:
    plain = await _read(depot, tmp_path, _FARES)
    assert (plain.ranked, plain.joined, plain.readable) == (False, False, True)
    rules = "network_id,fare_product_id,rule_priority\n,usual,\nN,express,\n"
    joins = "from_network_id,to_network_id\nN,N\n"
    more = await _read(depot, tmp_path, {**_FARES, "fare_leg_rules.txt": rules, "fare_leg_join_rules.txt": joins})
    assert (more.ranked, more.joined, more.readable) == (True, True, True)


async def test_joins_of_feeds_that_were_imported_before_are_read_from_their_archives(
    depot: Depot, tmp_path: Path, postgres: str
) -> None:
    joins = "\ufefffrom_network_id,to_network_id,from_stop_id,to_stop_id\nN,N,,\nN,N,P1,R\n"
    await _read(depot, tmp_path, {**_FARES, "fare_leg_join_rules.txt": joins})
    (number,) = await depot.numbers()
    admin = depot.served.admin
    wanted = await admin.fetch("SELECT * FROM living.fare_leg_join_rule ORDER BY number")
    assert [row["from_stop"] is None for row in wanted] == [True, False]
    await admin.execute(f"DROP TABLE living.fare_leg_join_rule_{number}")

    def again() -> None:
        owner = urlsplit(postgres)._replace(scheme="postgresql+psycopg", path=urlsplit(depot.url).path).geturl()
        with create_engine(owner, poolclass=NullPool).begin() as connection:
            connection.execute(text("SET LOCAL search_path = living, public"))
            run_path(str(_MIGRATION))["read"](connection)

    for _ in range(2):  # what is read is not read again
        await asyncio.to_thread(again)
    assert await admin.fetch("SELECT * FROM living.fare_leg_join_rule ORDER BY number") == wanted


async def test_of_more_rules_than_are_read_nothing_is_guessed(depot: Depot, tmp_path: Path) -> None:
    """A fare whose rules were left out would fit everywhere."""
    assert (await _read(depot, tmp_path, {**_FLAT})).readable
    await depot.served.admin.execute(_MANY)
    async with depot.served.runtime.snapshot() as tx:
        (number,) = await depot.numbers()
        assert not (await store.fares(tx, number, ["L"], ["P1", "R"])).readable
