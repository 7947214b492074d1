"""How many things there are, by kind, and an index for the list of an agency's own."""

from alembic import op

revision = "environment_0007"
down_revision = "environment_0006"
branch_labels = None
depends_on = None

TABLES = """
CREATE INDEX thing_agency ON thing (retired, agency, code);
-- Things in service: a counter is the sum of its rows, triggers add some, a timer folds them.
CREATE TABLE tally (
    kind text NOT NULL,
    things integer NOT NULL DEFAULT 0,
    fresh boolean NOT NULL DEFAULT true
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX tally_folded ON tally (kind) WHERE NOT fresh;
CREATE INDEX tally_fresh ON tally (kind) WHERE fresh;
-- One row: how many datastreams of things in service there are, and of how many of them readings should have come.
CREATE TABLE hearing (
    one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    datastreams integer NOT NULL,
    silent integer NOT NULL,
    counted_at timestamptz NOT NULL
);
"""

_SUMS = """
SELECT * FROM (SELECT kind, sum(sign)::integer AS things FROM facts WHERE NOT retired GROUP BY 1) AS sums
 WHERE things <> 0 ORDER BY kind
"""
_CAME, _GONE = "SELECT kind, retired, 1 AS sign FROM came", "SELECT kind, retired, -1 AS sign FROM gone"


def _counting(name: str, facts: str) -> str:
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH facts AS ({facts}) INSERT INTO environment.tally (kind, things) {_SUMS};
    RETURN NULL;
END $$;
"""


COUNT = f"""
{_counting("count_things_came", _CAME)}
{_counting("count_things_changed", f"{_CAME} UNION ALL {_GONE}")}
CREATE TRIGGER thing_came AFTER INSERT ON thing REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION count_things_came();
CREATE TRIGGER thing_counted AFTER UPDATE ON thing REFERENCING OLD TABLE AS gone NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION count_things_changed();
"""
FILL = f"WITH facts AS (SELECT kind, retired, 1 AS sign FROM thing) INSERT INTO tally (kind, things) {_SUMS};"  # noqa: S608


def upgrade() -> None:
    """Makes the counters and counts what is there."""
    op.execute(TABLES)
    op.execute(COUNT)
    op.execute(FILL)


def downgrade() -> None:
    """Drops them."""
    op.execute(
        """
        DROP TRIGGER thing_came ON thing;
        DROP TRIGGER thing_counted ON thing;
        DROP FUNCTION count_things_came(), count_things_changed();
        DROP TABLE tally, hearing;
        DROP INDEX thing_agency;
        """
    )
