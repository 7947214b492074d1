"""Facilities, what changed of them, and the corrections that people file; how many there are of each."""

from alembic import op

revision = "living_0002"
down_revision = "living_0001"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE facility (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    code text NOT NULL UNIQUE,
    kind text NOT NULL,
    name text NOT NULL,
    agency text NOT NULL,
    area text NOT NULL,
    lon double precision,
    lat double precision,
    approximate boolean NOT NULL,
    hours text NOT NULL,
    hours_planned boolean NOT NULL,
    access text NOT NULL CHECK (access IN ('yes', 'no', 'unknown')),
    status text NOT NULL CHECK (status IN ('verified', 'partly', 'memory')),
    checked_on date,
    note text NOT NULL,
    source text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    closed boolean NOT NULL,
    corrected text[] NOT NULL,
    timed boolean NOT NULL GENERATED ALWAYS AS (hours <> '' AND NOT hours_planned) STORED,
    CHECK ((lon IS NULL) = (lat IS NULL))
);
CREATE INDEX facility_near ON facility (lat, lon) WHERE NOT closed;
CREATE INDEX facility_name ON facility (name, id) WHERE NOT closed;
CREATE INDEX facility_pointless ON facility (name, id) WHERE NOT closed AND lat IS NULL;
CREATE TABLE facility_change (
    facility uuid NOT NULL REFERENCES facility,
    version integer NOT NULL,
    at timestamptz NOT NULL,
    fields text[] NOT NULL,
    correction uuid,
    PRIMARY KEY (facility, version)
);
CREATE TABLE facility_correction (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'accepted', 'declined')),
    facility uuid NOT NULL REFERENCES facility,
    agency text NOT NULL,
    name text NOT NULL,
    lon double precision,
    lat double precision,
    area text NOT NULL,
    hours text NOT NULL,
    access text NOT NULL,
    closed boolean,
    reason text NOT NULL,
    by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text NOT NULL,
    note text NOT NULL,
    before text[] NOT NULL,
    CHECK ((lon IS NULL) = (lat IS NULL)),
    CHECK ((state = 'waiting') = (decided_at IS NULL)),
    CHECK (by <> decided_by OR by = '')
);
CREATE INDEX facility_correction_state ON facility_correction (state, id);
CREATE INDEX facility_correction_agency ON facility_correction (agency, state, id);
CREATE INDEX facility_correction_waiting ON facility_correction (facility) WHERE state = 'waiting';
-- Counters are the sums of their rows: triggers add some, a timer folds them.
CREATE TABLE facility_tally (
    kind text NOT NULL,
    facilities integer NOT NULL DEFAULT 0,
    fresh boolean NOT NULL DEFAULT true
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX facility_tally_folded ON facility_tally (kind) WHERE NOT fresh;
CREATE INDEX facility_tally_fresh ON facility_tally (kind) WHERE fresh;
CREATE TABLE correction_tally (
    agency text NOT NULL,
    waiting integer NOT NULL DEFAULT 0,
    fresh boolean NOT NULL DEFAULT true
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX correction_tally_folded ON correction_tally (agency) WHERE NOT fresh;
CREATE INDEX correction_tally_fresh ON correction_tally (agency) WHERE fresh;
"""


def _counting(table: str, tally: str, key: str, counted: str, which: str) -> str:
    """Counts the rows of a table that are ``which`` by ``key``, as the column ``counted`` of ``tally``."""
    came, gone = (f"SELECT {key}, {sign} AS sign FROM {rows} WHERE {which}"  # noqa: S608 - names of ours
                  for rows, sign in (("came", 1), ("gone", -1)))  # fmt: skip
    made = ""
    for event, facts in (("added", came), ("changed", f"{came} UNION ALL {gone}")):
        made += f"""
CREATE FUNCTION count_{table}_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO living.{tally} ({key}, {counted})
    SELECT {key}, sum(sign) FROM ({facts}) AS facts GROUP BY 1 HAVING sum(sign) <> 0 ORDER BY 1;
    RETURN NULL;
END $$;
"""  # noqa: S608
    return (
        made
        + f"""
CREATE TRIGGER {table}_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION count_{table}_added();
CREATE TRIGGER {table}_changed AFTER UPDATE ON {table} REFERENCING OLD TABLE AS gone NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION count_{table}_changed();
"""
    )


def upgrade() -> None:
    """Makes the tables and their counters."""
    op.execute(TABLES)
    op.execute(_counting("facility", "facility_tally", "kind", "facilities", "NOT closed"))
    op.execute(_counting("facility_correction", "correction_tally", "agency", "waiting", "state = 'waiting'"))


def downgrade() -> None:
    """Drops them."""
    op.execute(
        """
        DROP TABLE facility_correction, facility_change, facility, facility_tally, correction_tally;
        DROP FUNCTION count_facility_added(), count_facility_changed(),
                      count_facility_correction_added(), count_facility_correction_changed();
        """
    )
