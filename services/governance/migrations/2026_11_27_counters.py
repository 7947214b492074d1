"""Counters of complaints: what the overview and the gauges read, however many complaints there are.

Each statement that changes complaints adds what it changes as rows of its own, so nobody waits for anybody: a counter
is the sum of its rows. A timer folds those that have come into one row each (``services/kit/database/counters.py``).
"""

from alembic import op

from services.kit.database import filling, indexes

revision = "governance_0003"
down_revision = "governance_0002"
branch_labels = None
depends_on = None

TABLES = """
DROP TABLE IF EXISTS activity, punctuality, workload; -- what an attempt that was broken off left
-- By the day (UTC) it happened on. Without an area (empty) is what must not be told by area, or has none.
CREATE TABLE activity (
    day date NOT NULL,
    area text NOT NULL,
    filed integer NOT NULL DEFAULT 0,
    resolved integer NOT NULL DEFAULT 0,
    fresh boolean NOT NULL DEFAULT true
) WITH (fillfactor = 70);
CREATE INDEX activity_day ON activity (day, area);
CREATE UNIQUE INDEX activity_folded ON activity (day, area) WHERE NOT fresh;
CREATE INDEX activity_fresh ON activity (day) WHERE fresh;
-- By the day (UTC) of the resolution.
CREATE TABLE punctuality (
    day date NOT NULL,
    agency text NOT NULL,
    resolved integer NOT NULL DEFAULT 0,
    on_time integer NOT NULL DEFAULT 0,
    rated integer NOT NULL DEFAULT 0,
    stars integer NOT NULL DEFAULT 0,
    fresh boolean NOT NULL DEFAULT true
) WITH (fillfactor = 70);
CREATE INDEX punctuality_day ON punctuality (day, agency);
CREATE UNIQUE INDEX punctuality_folded ON punctuality (day, agency) WHERE NOT fresh;
CREATE INDEX punctuality_fresh ON punctuality (day) WHERE fresh;
-- What is open now. Late are those whose first deadline has passed and been escalated (it lies before their wake_at);
-- those whose deadline has passed since are found by wake_at, where they stay until the timer comes to them.
CREATE TABLE workload (
    agency text NOT NULL,
    open integer NOT NULL DEFAULT 0,
    late integer NOT NULL DEFAULT 0,
    fresh boolean NOT NULL DEFAULT true
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX workload_folded ON workload (agency) WHERE NOT fresh;
CREATE INDEX workload_fresh ON workload (agency) WHERE fresh;
"""

# From complaints that came (sign 1) and went (-1), as `facts`: of a change both, as it was and as it is.
_ACTIVITY = """
SELECT * FROM (
    SELECT (at AT TIME ZONE 'UTC')::date AS day, CASE WHEN secret THEN '' ELSE area END AS area,
           sum(sign * filed) AS filed, sum(sign * resolved) AS resolved
      FROM (SELECT sign, created_at AS at, secret, area, 1 AS filed, 0 AS resolved FROM facts
            UNION ALL
            SELECT sign, resolved_at, secret, area, 0, 1 FROM facts WHERE resolved_at IS NOT NULL) AS happened
     GROUP BY 1, 2) AS sums
 WHERE (filed, resolved) <> (0, 0) ORDER BY day, area
"""
_PUNCTUALITY = """
SELECT * FROM (
    SELECT (resolved_at AT TIME ZONE 'UTC')::date AS day, agency, sum(sign) AS resolved,
           coalesce(sum(sign) FILTER (WHERE on_time), 0) AS on_time,
           coalesce(sum(sign) FILTER (WHERE rating > 0), 0) AS rated, sum(sign * rating) AS stars
      FROM facts WHERE resolved_at IS NOT NULL GROUP BY 1, 2) AS sums
 WHERE (resolved, on_time, rated, stars) <> (0, 0, 0, 0) ORDER BY day, agency
"""
_WORKLOAD = """
SELECT * FROM (
    SELECT agency, sum(sign) AS open,
           coalesce(sum(sign) FILTER (WHERE due_at < coalesce(wake_at, 'infinity')), 0) AS late
      FROM facts WHERE open GROUP BY agency) AS sums
 WHERE (open, late) <> (0, 0) ORDER BY agency
"""
_NAMES = ("created_at", "resolved_at", "secret", "area", "agency", "open", "on_time", "rating", "due_at", "wake_at")
_FACTS = ", ".join(("exercise", *_NAMES))


def _counting(name: str, facts: str, unless: str = "") -> str:
    return f"""
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {unless}
    WITH facts AS ({facts}) INSERT INTO governance.activity (day, area, filed, resolved) {_ACTIVITY};
    WITH facts AS ({facts})
    INSERT INTO governance.punctuality (day, agency, resolved, on_time, rated, stars) {_PUNCTUALITY};
    WITH facts AS ({facts}) INSERT INTO governance.workload (agency, open, late) {_WORKLOAD};
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
{_counting("count_filed", _CAME)}
{_counting("count_changed", f"{_CAME} UNION ALL {_GONE}", _UNCHANGED)}
{_counting("count_gone", _GONE)}
CREATE OR REPLACE TRIGGER complaint_filed AFTER INSERT ON complaint REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION count_filed();
CREATE OR REPLACE TRIGGER complaint_changed AFTER UPDATE ON complaint REFERENCING OLD TABLE AS gone NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION count_changed();
CREATE OR REPLACE TRIGGER complaint_gone AFTER DELETE ON complaint REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION count_gone();
"""

FILL = "".join(
    f"WITH facts AS (SELECT *, 1 AS sign FROM complaint WHERE NOT exercise) INSERT INTO {table} {sums};"  # noqa: S608
    for table, sums in (
        ("activity (day, area, filed, resolved)", _ACTIVITY),
        ("punctuality (day, agency, resolved, on_time, rated, stars)", _PUNCTUALITY),
        ("workload (agency, open, late)", _WORKLOAD),
    )
)
"""Counts what is there already, as it was when the triggers were made."""


def upgrade() -> None:
    """Makes the counters and counts what is there."""
    filling.count("complaint", f"{TABLES}{COUNT}", FILL)
    indexes.drop("complaint_resolved")  # what was counted by it each time


def downgrade() -> None:
    """Drops the counters."""
    op.execute(
        """
        DROP TRIGGER complaint_filed ON complaint;
        DROP TRIGGER complaint_changed ON complaint;
        DROP TRIGGER complaint_gone ON complaint;
        DROP FUNCTION count_filed(), count_changed(), count_gone();
        DROP TABLE activity, punctuality, workload;
        CREATE INDEX complaint_resolved ON complaint (resolved_at) INCLUDE (area, secret, agency, on_time, rating)
            WHERE NOT exercise AND resolved_at IS NOT NULL;
        """
    )
