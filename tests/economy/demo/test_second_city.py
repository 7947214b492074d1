"""The made-up history of another city: of what that city has, and it starts with whatever it has."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from services.economy.demo import seed, seed_permits
from services.kit.city.profile import CITIES
from services.kit.runtime import Runtime
from tests.economy.conftest import OWNER, Economy
from tests.economy.second_city import CITY, DEMO, permits, second_city

ECONOMY = (CITIES / CITY / "economy.toml").read_text(encoding="utf-8")
KINDS = "SELECT kind, count(*) AS many FROM permit GROUP BY kind"


def moved(economy: Economy, tmp_path: Path, /, **files: str) -> Runtime:
    """The pillar in the other city, which has a made-up history and these files."""
    named = {f"{name}.toml": text for name, text in files.items()}
    return replace(economy.runtime, city=second_city(tmp_path, {"demo.toml": DEMO, **named}))


async def kinds(runtime: Runtime) -> dict[str, Any]:
    return {row["kind"]: row["many"] for row in await runtime.pool.fetch(KINDS)}


async def test_another_city_is_shown_permits_at_its_own_places(economy: Economy, tmp_path: Path) -> None:
    runtime = moved(economy, tmp_path, permits=permits())
    assert await seed_permits(runtime, OWNER.subject) == 8
    assert await seed_permits(runtime, OWNER.subject) == 0
    rows = await runtime.pool.fetch("SELECT area, place, name, checker FROM permit")
    assert {row["area"][:6] for row in rows} == {"33.22."}
    assert all(row["checker"] == f"kec-{row['area'].split('.')[2]}" for row in rows)
    told = " ".join(row["place"] + row["name"] for row in rows)
    assert not [word for word in ("Johar", "Pandanaran", "Pemuda", "Depok", "Ngaliyan", "Simpang") if word in told]


async def test_stories_of_permits_that_the_city_does_not_grant_so_are_left_out(
    economy: Economy, tmp_path: Path
) -> None:
    text = permits().replace('id = "kios-pasar"', 'id = "kios"').replace('id = "bantu-nib"', 'id = "bantuan"')
    runtime = moved(economy, tmp_path, permits=text)
    assert await seed_permits(runtime, OWNER.subject) == 4
    assert await seed_permits(runtime, OWNER.subject) == 0
    assert await kinds(runtime) == {"pkl": 4}


async def test_a_kind_that_nobody_checks_or_that_costs_a_fee_hinders_no_start(economy: Economy, tmp_path: Path) -> None:
    text = (
        permits().replace("two = true\n", "").replace("service = true", 'service = true\nsteps = ["check", "decide"]')
    )
    text = text.replace('steps = ["decide"]', "", 1).replace("months = 24", 'months = 24\nsteps = ["decide"]')
    runtime = moved(economy, tmp_path, permits=text)
    assert await seed_permits(runtime, OWNER.subject) == 2
    assert await kinds(runtime) == {"pkl": 2}


async def test_merchants_are_of_a_sector_that_the_city_has(economy: Economy, tmp_path: Path) -> None:
    text = ECONOMY.replace('id = "services"', 'id = "jasa"')
    runtime = moved(economy, tmp_path, economy=text)
    assert await seed(runtime, OWNER.subject) > 1000
    rows = await runtime.pool.fetch("SELECT DISTINCT sector FROM merchant WHERE kind = 'business'")
    assert {row["sector"] for row in rows} <= {"food", "retail", "jasa"}


async def test_a_city_that_counts_no_business_by_sector_has_no_made_up_one(economy: Economy, tmp_path: Path) -> None:
    head, *sectors = ECONOMY.partition("[[counters]]")[0].split("[[sectors]]")
    government = next(one for one in sectors if '"government"' in one)
    text = f"{head}[[sectors]]{government}[[counters]]{ECONOMY.partition('[[counters]]')[2]}"
    assert await seed(moved(economy, tmp_path, economy=text), OWNER.subject) == 0
