"""Travel cards, concessions and rides; the list of denied cards, and what each line takes in on a day."""

from alembic import op

revision = "living_0005"
down_revision = "living_0004"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE travel_card (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    number text NOT NULL UNIQUE,
    owner text NOT NULL,
    due bigint NOT NULL CHECK (due >= 0),
    refused bigint NOT NULL CHECK (refused >= 0),
    blocked boolean NOT NULL,
    denied boolean NOT NULL,
    denied_at timestamptz,
    change bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (denied = (denied_at IS NOT NULL)),
    CHECK (denied OR (NOT blocked AND refused = 0))
);
CREATE UNIQUE INDEX travel_card_usable ON travel_card (owner) WHERE NOT blocked;
CREATE INDEX travel_card_owner ON travel_card (owner, id);
CREATE INDEX travel_card_change ON travel_card (change) WHERE change > 0;
CREATE INDEX travel_card_denied ON travel_card (change) WHERE denied AND change > 0;
-- One row: who changes the list of denied cards holds it until the commit.
CREATE TABLE denied_cards (
    one boolean PRIMARY KEY CHECK (one),
    version bigint NOT NULL
);
CREATE TABLE concession (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'granted', 'declined')),
    owner text NOT NULL,
    rider text NOT NULL,
    proof text NOT NULL,
    first_day date,
    last_day date,
    note text NOT NULL,
    decided_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    decided_at timestamptz,
    CHECK ((first_day IS NULL) = (last_day IS NULL)),
    CHECK ((state = 'waiting') = (decided_at IS NULL)),
    CHECK (state <> 'granted' OR first_day IS NOT NULL),
    CHECK (owner <> decided_by)
);
CREATE UNIQUE INDEX concession_waiting ON concession (owner, rider) WHERE state = 'waiting';
CREATE INDEX concession_owner ON concession (owner, id);
CREATE INDEX concession_owner_state ON concession (owner, state, id);
CREATE INDEX concession_state ON concession (state, id);
CREATE INDEX concession_valid ON concession (owner, last_day) WHERE last_day IS NOT NULL;
CREATE TABLE ride (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    card uuid REFERENCES travel_card,
    owner text NOT NULL,
    validator text NOT NULL,
    sequence bigint NOT NULL,
    route text NOT NULL,
    stop text NOT NULL,
    tapped_at timestamptz NOT NULL,
    day date NOT NULL,
    offline boolean NOT NULL,
    rider text NOT NULL,
    fare bigint NOT NULL CHECK (fare >= 0),
    basis text NOT NULL CHECK (basis IN ('full', 'transfer', 'capped')),
    state text NOT NULL CHECK (state IN ('due', 'paid', 'refused', 'written_off')),
    attempt integer NOT NULL,
    reason text NOT NULL,
    payment text NOT NULL,
    taken_by text NOT NULL,
    note text NOT NULL,
    decided_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    asked_at timestamptz NOT NULL,
    settled_at timestamptz,
    UNIQUE (validator, sequence),
    CHECK ((card IS NULL) = (owner = '')),
    CHECK ((state IN ('paid', 'written_off')) = (settled_at IS NOT NULL)),
    CHECK (owner <> decided_by OR owner = '')
);
CREATE INDEX ride_card ON ride (card, day);
CREATE INDEX ride_card_refused ON ride (card, id) WHERE state = 'refused';
CREATE INDEX ride_owner ON ride (owner, tapped_at, id);
CREATE INDEX ride_state ON ride (state, id);
CREATE INDEX ride_due ON ride (asked_at) WHERE state = 'due';
CREATE INDEX ride_settled ON ride (settled_at) WHERE owner <> '';
-- Counters are the sums of their rows: triggers add some, a timer folds them.
CREATE TABLE ride_tally (
    day date NOT NULL,
    route text NOT NULL,
    rides integer NOT NULL DEFAULT 0,
    fares bigint NOT NULL DEFAULT 0,
    paid bigint NOT NULL DEFAULT 0,
    refused bigint NOT NULL DEFAULT 0,
    fresh boolean NOT NULL DEFAULT true
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX ride_tally_folded ON ride_tally (day, route) WHERE NOT fresh;
CREATE INDEX ride_tally_fresh ON ride_tally (day, route) WHERE fresh;
CREATE INDEX ride_tally_day ON ride_tally (day);
"""

_FACTS = """SELECT day, route, {sign} AS rides, {sign} * fare AS fares,
                  {sign} * CASE state WHEN 'paid' THEN fare ELSE 0 END AS paid,
                  {sign} * CASE state WHEN 'refused' THEN fare ELSE 0 END AS refused
             FROM {rows}"""


def _counting(event: str, facts: str) -> str:
    """Counts what a statement did to rides."""
    return f"""
CREATE FUNCTION count_ride_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO living.ride_tally (day, route, rides, fares, paid, refused)
    SELECT day, route, sum(rides), sum(fares), sum(paid), sum(refused) FROM ({facts}) AS facts GROUP BY day, route
    HAVING sum(rides) <> 0 OR sum(fares) <> 0 OR sum(paid) <> 0 OR sum(refused) <> 0 ORDER BY day, route;
    RETURN NULL;
END $$;
"""  # noqa: S608 - names of ours


def upgrade() -> None:
    """Makes the tables and their counters."""
    came, gone = _FACTS.format(sign="1", rows="came"), _FACTS.format(sign="-1", rows="gone")
    op.execute(TABLES)
    op.execute(_counting("added", came))
    op.execute(_counting("changed", f"{came} UNION ALL {gone}"))
    op.execute(
        """
        CREATE TRIGGER ride_added AFTER INSERT ON ride REFERENCING NEW TABLE AS came
            FOR EACH STATEMENT EXECUTE FUNCTION count_ride_added();
        CREATE TRIGGER ride_changed AFTER UPDATE ON ride REFERENCING OLD TABLE AS gone NEW TABLE AS came
            FOR EACH STATEMENT EXECUTE FUNCTION count_ride_changed();
        """
    )


def downgrade() -> None:
    """Drops them."""
    op.execute(
        """
        DROP TABLE ride, ride_tally, concession, denied_cards, travel_card;
        DROP FUNCTION count_ride_added(), count_ride_changed();
        """
    )
