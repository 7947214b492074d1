"""What of a ride's fare was given back, and of what a line took in on a day."""

from alembic import op

revision = "living_0019"
down_revision = "living_0018"
branch_labels = None
depends_on = None

_BEFORE = ("rides", "fares", "paid", "refused")
_AFTER = (*_BEFORE, "refunded")
_FACTS = {
    "rides": "{sign}",
    "fares": "{sign} * fare",
    "paid": "{sign} * CASE state WHEN 'paid' THEN fare ELSE 0 END",
    "refused": "{sign} * CASE state WHEN 'refused' THEN fare ELSE 0 END",
    "refunded": "{sign} * refunded",
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
    """Makes the columns, and counts them."""
    op.execute(
        """
        ALTER TABLE ride ADD refunded bigint NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND fare);
        ALTER TABLE ride_tally ADD refunded bigint NOT NULL DEFAULT 0;
        """
    )
    _count(_AFTER)


def downgrade() -> None:
    """Drops them."""
    _count(_BEFORE)
    op.execute("ALTER TABLE ride_tally DROP refunded; ALTER TABLE ride DROP refunded;")
