"""What of a line's fares of a day was given up, so that its takings add up."""

from alembic import op

revision = "living_0026"
down_revision = "living_0025"
branch_labels = None
depends_on = None

_BEFORE = ("rides", "fares", "paid", "refused", "refunded")
_AFTER = (*_BEFORE, "written_off")
_FACTS = {
    "rides": "{sign}",
    "fares": "{sign} * fare",
    "paid": "{sign} * CASE state WHEN 'paid' THEN fare ELSE 0 END",
    "refused": "{sign} * CASE state WHEN 'refused' THEN fare ELSE 0 END",
    "refunded": "{sign} * refunded",
    "written_off": "{sign} * CASE state WHEN 'written_off' THEN fare ELSE 0 END",
}


def _counting(event: str, counters: tuple[str, ...], *rows: tuple[str, str]) -> str:
    """Counts what a statement did to rides: rows that came, and those that are gone."""
    facts = ", ".join(f"{_FACTS[each]} AS {each}" for each in counters)
    union = " UNION ALL ".join(
        f"SELECT day, route, {facts.format(sign=sign)} FROM {name}"  # noqa: S608 - names of ours
        for sign, name in rows
    )
    sums = ", ".join(f"sum({each})" for each in counters)
    some = " OR ".join(f"sum({each}) <> 0" for each in counters)
    return f"""
CREATE OR REPLACE FUNCTION count_ride_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO living.ride_tally (day, route, {", ".join(counters)})
    SELECT day, route, {sums} FROM ({union}) AS facts GROUP BY day, route HAVING {some} ORDER BY day, route;
    RETURN NULL;
END $$;
"""  # noqa: S608


def _count(counters: tuple[str, ...]) -> None:
    op.execute(_counting("added", counters, ("1", "came")))
    op.execute(_counting("changed", counters, ("1", "came"), ("-1", "gone")))


def upgrade() -> None:
    """Makes the column and counts it, from now on and of what was given up before; no ride moves meanwhile."""
    op.execute(
        """
        LOCK TABLE ride IN SHARE ROW EXCLUSIVE MODE;
        ALTER TABLE ride_tally ADD written_off bigint NOT NULL DEFAULT 0;
        INSERT INTO ride_tally (day, route, written_off)
        SELECT day, route, sum(fare) FROM ride WHERE state = 'written_off' GROUP BY day, route ORDER BY day, route;
        """
    )
    _count(_AFTER)


def downgrade() -> None:
    """Drops it."""
    _count(_BEFORE)
    op.execute("ALTER TABLE ride_tally DROP written_off")
