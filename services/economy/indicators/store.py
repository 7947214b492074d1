"""SQL of indicators."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.economy.indicators.model import CELLS_MOST, Cell, Figures, Group, Wanted
from services.kit.database import Transaction

_ADD = """
INSERT INTO indicator (day, area, sector, payments, cashless, units, cashless_units, bills)
VALUES ($1, $2, $3, 1, $4, $5, $6, $7)
ON CONFLICT (day, area, sector) DO UPDATE
   SET payments = indicator.payments + 1, cashless = indicator.cashless + excluded.cashless,
       units = indicator.units + excluded.units, cashless_units = indicator.cashless_units + excluded.cashless_units,
       bills = indicator.bills + excluded.bills
"""
_ADD_DAYS = """
INSERT INTO indicator (day, area, sector, payments, cashless, units, cashless_units)
SELECT * FROM unnest($1::date[], $2::text[], $3::text[], $4::int[], $5::int[], $6::bigint[], $7::bigint[])
ON CONFLICT (day, area, sector) DO UPDATE
   SET payments = indicator.payments + excluded.payments, cashless = indicator.cashless + excluded.cashless,
       units = indicator.units + excluded.units, cashless_units = indicator.cashless_units + excluded.cashless_units
"""
_LESSEN = """
UPDATE indicator SET units = units - $4, cashless_units = cashless_units - $5
 WHERE day = $1 AND area = $2 AND sector = $3
"""
_SUMS = """
coalesce(sum(payments), 0)::bigint AS payments, coalesce(sum(cashless), 0)::bigint AS cashless,
coalesce(sum(units), 0)::bigint AS units, coalesce(sum(bills), 0)::bigint AS bills
"""
_KEYS = {Group.DAY: "day::text", Group.AREA: "area", Group.SECTOR: "sector"}


async def add(tx: Transaction, day: date, area: str, sector: str, units: int, *, cashless: bool, bill: bool) -> None:
    """Counts a payment of ``units``."""
    await tx.execute(_ADD, day, area, sector, int(cashless), units, units if cashless else 0, int(bill))


async def add_days(tx: Transaction, days: Mapping[tuple[date, str, str], Sequence[int]]) -> None:
    """Counts many: payments, cashless ones, units, cashless units by day, area and sector."""
    rows = [(*key, *figures) for key, figures in days.items()]
    if rows:
        await tx.execute(_ADD_DAYS, *map(list, zip(*rows, strict=True)))


async def lessen(tx: Transaction, day: date, area: str, sector: str, units: int, *, cashless: bool) -> None:
    """Takes ``units`` that were given back off the day on which they were captured."""
    await tx.execute(_LESSEN, day, area, sector, units, units if cashless else 0)


async def captured_day(tx: Transaction, payment: UUID, timezone: str) -> date | None:
    """The local day on which a payment was captured."""
    day: date | None = await tx.fetchval(
        "SELECT (captured_at AT TIME ZONE $2)::date FROM payment WHERE id = $1", payment, timezone
    )
    return day


async def cells(tx: Transaction, wanted: Wanted) -> list[Cell]:
    """The figures by group, in the order of its key."""
    key = _KEYS[wanted.group]
    sql = f"""
        SELECT {key} AS key, {_SUMS} FROM indicator
         WHERE day BETWEEN $1 AND $2 AND ($3 = '' OR area = $3) AND ($4 = '' OR sector = $4)
         GROUP BY 1 ORDER BY 1 LIMIT {CELLS_MOST}
    """
    rows = await tx.fetch(sql, wanted.first, wanted.last, wanted.area, wanted.sector)
    return [Cell(row["key"], _figures(row)) for row in rows]


async def total(tx: Transaction, first: date, last: date) -> Figures:
    """The figures of the whole city from a day to a day, both included."""
    return _figures(await tx.fetchrow(f"SELECT {_SUMS} FROM indicator WHERE day BETWEEN $1 AND $2", first, last))


def _figures(row: Any) -> Figures:
    return Figures(row["payments"], row["cashless"], row["units"], row["bills"])
