"""Counters of clean-ups, as governance keeps its own, and an index for each of the officers' lists.

A counter is the sum of its rows: statements add rows, a timer folds them (``services/kit/database/counters.py``).
"""

from alembic import op

from services.kit.database import filling, indexes

revision = "environment_0002"
down_revision = "environment_0001"
branch_labels = None
depends_on = None

TABLES = """
DROP TABLE IF EXISTS completion, backlog; -- what an attempt that was broken off left
-- What was completed, by the day (UTC). Without an area (empty) is what must not be told by area, or has none.
CREATE TABLE completion (
    day date NOT NULL,
    area text NOT NULL,
    completed integer NOT NULL DEFAULT 0,
    fresh boolean NOT NULL DEFAULT true
) WITH (fillfactor = 70);
CREATE INDEX completion_day ON completion (day, area);
CREATE UNIQUE INDEX completion_folded ON completion (day, area) WHERE NOT fresh;
CREATE INDEX completion_fresh ON completion (day) WHERE fresh;
-- What waits or runs: all of it (at -infinity), and by the day and the hour (UTC) it is due in.
CREATE TABLE backlog (
    span text NOT NULL CHECK (span IN ('all', 'day', 'hour')),
    at timestamptz NOT NULL,
    live integer NOT NULL DEFAULT 0,
    fresh boolean NOT NULL DEFAULT true
) WITH (fillfactor = 50);
CREATE INDEX backlog_span ON backlog (span, at);
CREATE UNIQUE INDEX backlog_folded ON backlog (span, at) WHERE NOT fresh;
CREATE INDEX backlog_fresh ON backlog (at) WHERE fresh;
"""

# From clean-ups that came (sign 1) and went (-1), as `facts`: of a change both, as it was and as it is.
_COMPLETION = """
SELECT * FROM (
    SELECT (completed_at AT TIME ZONE 'UTC')::date AS day, CASE WHEN secret THEN '' ELSE area END AS area,
           sum(sign) AS completed
      FROM facts WHERE completed_at IS NOT NULL GROUP BY 1, 2) AS sums
 WHERE completed <> 0 ORDER BY day, area
"""
_BACKLOG = """
SELECT * FROM (
    SELECT span, at, sum(sign) AS live
      FROM facts, LATERAL (VALUES ('all', '-infinity'::timestamptz), ('day', date_trunc('day', due_at, 'UTC')),
                                  ('hour', date_trunc('hour', due_at, 'UTC'))) AS due (span, at)
     WHERE live AND at IS NOT NULL GROUP BY 1, 2) AS sums
 WHERE live <> 0 ORDER BY span, at
"""
_NAMES = ("live", "due_at", "completed_at", "secret", "area")
_FACTS = ", ".join(("exercise", *_NAMES))


def _counting(name: str, facts: str, unless: str = "") -> str:
    return f"""
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {unless}
    WITH facts AS ({facts}) INSERT INTO environment.backlog (span, at, live) {_BACKLOG};
    WITH facts AS ({facts}) INSERT INTO environment.completion (day, area, completed) {_COMPLETION};
    RETURN NULL;
END $$;
"""


_CAME = f"SELECT {_FACTS}, 1 AS sign FROM came WHERE NOT exercise"  # noqa: S608 - names of ours
_GONE = f"SELECT {_FACTS}, -1 AS sign FROM gone WHERE NOT exercise"  # noqa: S608
# Most statements change nothing that is counted.
_UNCHANGED = f"""
    IF NOT EXISTS (SELECT {_FACTS} FROM came EXCEPT ALL SELECT {_FACTS} FROM gone) THEN
        RETURN NULL;
    END IF;
"""  # noqa: S608
COUNT = f"""
{_counting("count_opened", _CAME)}
{_counting("count_changed", f"{_CAME} UNION ALL {_GONE}", _UNCHANGED)}
{_counting("count_gone", _GONE)}
CREATE OR REPLACE TRIGGER cleanup_opened AFTER INSERT ON cleanup REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION count_opened();
CREATE OR REPLACE TRIGGER cleanup_changed AFTER UPDATE ON cleanup REFERENCING OLD TABLE AS gone NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION count_changed();
CREATE OR REPLACE TRIGGER cleanup_gone AFTER DELETE ON cleanup REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION count_gone();
"""

FILL = "".join(
    f"WITH facts AS (SELECT *, 1 AS sign FROM cleanup WHERE NOT exercise) INSERT INTO {table} {sums};"  # noqa: S608
    for table, sums in (("backlog (span, at, live)", _BACKLOG), ("completion (day, area, completed)", _COMPLETION))
)
"""Counts what is there already, as it was when the triggers were made."""

INDEXES = {
    "cleanup_due": "cleanup (due_at) WHERE live AND NOT exercise",
    "cleanup_state": "cleanup (state, (coalesce(due_at, 'infinity'::timestamptz)), id)",
    "cleanup_agency_state": "cleanup (agency, state, (coalesce(due_at, 'infinity'::timestamptz)), id)",
}


def upgrade() -> None:
    """Makes the counters and counts what is there."""
    filling.count("cleanup", f"{TABLES}{COUNT}", FILL)
    indexes.build(INDEXES)
    indexes.drop("cleanup_queue", "cleanup_list", "cleanup_completed")


def downgrade() -> None:
    """Drops the counters."""
    op.execute(
        """
        DROP INDEX cleanup_state, cleanup_agency_state, cleanup_due;
        CREATE INDEX cleanup_queue ON cleanup (agency, (coalesce(due_at, 'infinity'::timestamptz)), id) WHERE live;
        CREATE INDEX cleanup_list ON cleanup ((coalesce(due_at, 'infinity'::timestamptz)), id);
        CREATE INDEX cleanup_completed ON cleanup (completed_at) INCLUDE (area, secret)
            WHERE NOT exercise AND completed_at IS NOT NULL;
        DROP TRIGGER cleanup_opened ON cleanup;
        DROP TRIGGER cleanup_changed ON cleanup;
        DROP TRIGGER cleanup_gone ON cleanup;
        DROP FUNCTION count_opened(), count_changed(), count_gone();
        DROP TABLE completion, backlog;
        """
    )
