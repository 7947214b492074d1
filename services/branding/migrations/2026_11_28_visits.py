"""Visits: counts, and their sums by place, day and origin."""

from alembic import op

revision = "branding_0004"
down_revision = "branding_0003"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE visit (
    id uuid PRIMARY KEY,
    destination uuid NOT NULL REFERENCES destination,
    day date NOT NULL,
    origin text NOT NULL CHECK (origin IN ('city', 'country', 'abroad', 'unknown')),
    channel text NOT NULL CHECK (channel IN ('gate', 'counter')),
    visits integer NOT NULL CHECK (visits > 0),
    at timestamptz NOT NULL
);
CREATE INDEX visit_at ON visit (at);
-- A sum is the sum of its rows: the trigger adds some, a timer folds them.
CREATE TABLE visit_tally (
    destination uuid NOT NULL,
    day date NOT NULL,
    origin text NOT NULL,
    visits bigint NOT NULL DEFAULT 0,
    fresh boolean NOT NULL DEFAULT true
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX visit_tally_folded ON visit_tally (destination, day, origin) WHERE NOT fresh;
CREATE INDEX visit_tally_fresh ON visit_tally (destination, day, origin) WHERE fresh;
CREATE INDEX visit_tally_of ON visit_tally (destination, day);
CREATE INDEX visit_tally_day ON visit_tally (day);
CREATE FUNCTION count_visit_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO branding.visit_tally (destination, day, origin, visits)
    SELECT destination, day, origin, sum(visits) FROM came GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE TRIGGER visit_added AFTER INSERT ON visit REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION count_visit_added();
"""


def upgrade() -> None:
    """Makes the tables and the sums."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drops them."""
    op.execute("DROP TABLE visit, visit_tally; DROP FUNCTION count_visit_added()")
