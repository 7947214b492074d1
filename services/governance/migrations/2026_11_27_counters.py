"""Counters of complaints: what the overview and the gauges read, however many complaints there are.

A trigger keeps them in the transaction of the change, so they never differ from a recount. It runs at the commit, where
a counter that others want too is locked for a moment only, and locks in one order: by table, then by key.
"""

from alembic import op

revision = "governance_0003"
down_revision = "governance_0002"
branch_labels = None
depends_on = None

TABLES = """
-- By the day (UTC) it happened on. Without an area (empty) is what must not be told by area, or has none.
CREATE TABLE activity (
    day date NOT NULL,
    area text NOT NULL,
    filed integer NOT NULL DEFAULT 0,
    resolved integer NOT NULL DEFAULT 0,
    PRIMARY KEY (day, area)
) WITH (fillfactor = 70);
-- By the day (UTC) of the resolution.
CREATE TABLE punctuality (
    day date NOT NULL,
    agency text NOT NULL,
    resolved integer NOT NULL DEFAULT 0,
    on_time integer NOT NULL DEFAULT 0,
    rated integer NOT NULL DEFAULT 0,
    stars integer NOT NULL DEFAULT 0,
    PRIMARY KEY (day, agency)
) WITH (fillfactor = 70);
-- What is open now. Late are those whose first deadline has passed and been escalated (it lies before their wake_at);
-- those whose deadline has passed since are found by wake_at, where they stay until the timer comes to them.
CREATE TABLE workload (
    agency text PRIMARY KEY,
    open integer NOT NULL DEFAULT 0,
    late integer NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
"""

_ACTIVITY = "sum(filed) AS filed, sum(resolved) AS resolved"
_PUNCTUALITY = """
sum(sign) AS resolved, coalesce(sum(sign) FILTER (WHERE on_time), 0) AS on_time,
coalesce(sum(sign) FILTER (WHERE rating > 0), 0) AS rated, sum(sign * rating) AS stars
"""
_WORKLOAD = """
sum(sign) AS open, coalesce(sum(sign) FILTER (WHERE due_at < coalesce(wake_at, 'infinity')), 0) AS late
"""

COUNT = f"""
CREATE FUNCTION count_complaint() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before boolean := TG_OP <> 'INSERT' AND NOT OLD.exercise;
    after boolean := TG_OP <> 'DELETE' AND NOT NEW.exercise;
BEGIN
    IF TG_OP <> 'UPDATE' OR (before, OLD.secret, OLD.area, OLD.created_at, OLD.resolved_at)
           IS DISTINCT FROM (after, NEW.secret, NEW.area, NEW.created_at, NEW.resolved_at) THEN
        INSERT INTO governance.activity AS known (day, area, filed, resolved)
        SELECT * FROM (
            SELECT (at AT TIME ZONE 'UTC')::date AS day, CASE WHEN secret THEN '' ELSE place END AS area, {_ACTIVITY}
              FROM (VALUES (after, NEW.created_at, NEW.secret, NEW.area, 1, 0),
                           (after, NEW.resolved_at, NEW.secret, NEW.area, 0, 1),
                           (before, OLD.created_at, OLD.secret, OLD.area, -1, 0),
                           (before, OLD.resolved_at, OLD.secret, OLD.area, 0, -1))
                   AS change (counts, at, secret, place, filed, resolved)
             WHERE counts AND at IS NOT NULL GROUP BY 1, 2) AS changed
         WHERE (filed, resolved) <> (0, 0) ORDER BY day, area
        ON CONFLICT (day, area) DO UPDATE
           SET filed = known.filed + excluded.filed, resolved = known.resolved + excluded.resolved;
    END IF;
    IF before AND OLD.resolved_at IS NOT NULL OR after AND NEW.resolved_at IS NOT NULL THEN
        INSERT INTO governance.punctuality AS known (day, agency, resolved, on_time, rated, stars)
        SELECT * FROM (
            SELECT (at AT TIME ZONE 'UTC')::date AS day, agency, {_PUNCTUALITY}
              FROM (VALUES (after, NEW.resolved_at, NEW.agency, NEW.on_time, NEW.rating, 1),
                           (before, OLD.resolved_at, OLD.agency, OLD.on_time, OLD.rating, -1))
                   AS change (counts, at, agency, on_time, rating, sign)
             WHERE counts AND at IS NOT NULL GROUP BY 1, 2) AS changed
         WHERE (resolved, on_time, rated, stars) <> (0, 0, 0, 0) ORDER BY day, agency
        ON CONFLICT (day, agency) DO UPDATE
           SET resolved = known.resolved + excluded.resolved, on_time = known.on_time + excluded.on_time,
               rated = known.rated + excluded.rated, stars = known.stars + excluded.stars;
    END IF;
    IF before AND OLD.open OR after AND NEW.open THEN
        INSERT INTO governance.workload AS known (agency, open, late)
        SELECT * FROM (
            SELECT agency, {_WORKLOAD}
              FROM (VALUES (after AND NEW.open, NEW.agency, NEW.due_at, NEW.wake_at, 1),
                           (before AND OLD.open, OLD.agency, OLD.due_at, OLD.wake_at, -1))
                   AS change (counts, agency, due_at, wake_at, sign)
             WHERE counts GROUP BY agency) AS changed
         WHERE (open, late) <> (0, 0) ORDER BY agency
        ON CONFLICT (agency) DO UPDATE SET open = known.open + excluded.open, late = known.late + excluded.late;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER complaint_comes AFTER INSERT OR DELETE ON complaint
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_complaint();
CREATE CONSTRAINT TRIGGER complaint_changes AFTER UPDATE ON complaint
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.exercise, OLD.secret, OLD.area, OLD.agency, OLD.open, OLD.created_at, OLD.resolved_at, OLD.on_time,
           OLD.rating, OLD.due_at, OLD.wake_at)
          IS DISTINCT FROM
          (NEW.exercise, NEW.secret, NEW.area, NEW.agency, NEW.open, NEW.created_at, NEW.resolved_at, NEW.on_time,
           NEW.rating, NEW.due_at, NEW.wake_at))
    EXECUTE FUNCTION count_complaint();
"""  # noqa: S608 - sums of ours

FILL = f"""
INSERT INTO activity (day, area, filed, resolved)
SELECT (at AT TIME ZONE 'UTC')::date, CASE WHEN secret THEN '' ELSE area END, {_ACTIVITY}
  FROM (SELECT created_at AS at, secret, area, 1 AS filed, 0 AS resolved FROM complaint WHERE NOT exercise
        UNION ALL
        SELECT resolved_at, secret, area, 0, 1 FROM complaint WHERE NOT exercise AND resolved_at IS NOT NULL) AS done
 GROUP BY 1, 2;
INSERT INTO punctuality (day, agency, resolved, on_time, rated, stars)
SELECT (resolved_at AT TIME ZONE 'UTC')::date, agency, {_PUNCTUALITY}
  FROM (SELECT *, 1 AS sign FROM complaint WHERE NOT exercise AND resolved_at IS NOT NULL) AS resolved GROUP BY 1, 2;
INSERT INTO workload (agency, open, late)
SELECT agency, {_WORKLOAD} FROM (SELECT *, 1 AS sign FROM complaint WHERE NOT exercise AND open) AS waiting
 GROUP BY agency;
"""  # noqa: S608 - sums of ours
"""Counts what is there already; the trigger, made before, keeps everybody else from changing it until the commit."""


def upgrade() -> None:
    """Makes the counters and counts what is there."""
    op.execute(TABLES)
    op.execute(COUNT)
    op.execute(FILL)
    op.execute("DROP INDEX complaint_resolved")  # what was counted by it each time


def downgrade() -> None:
    """Drops the counters."""
    op.execute(
        """
        DROP TRIGGER complaint_comes ON complaint;
        DROP TRIGGER complaint_changes ON complaint;
        DROP FUNCTION count_complaint();
        DROP TABLE activity, punctuality, workload;
        CREATE INDEX complaint_resolved ON complaint (resolved_at) INCLUDE (area, secret, agency, on_time, rating)
            WHERE NOT exercise AND resolved_at IS NOT NULL;
        """
    )
