"""Counters of clean-ups, as governance keeps its own, and an index for each of the officers' lists.

Triggers write down what changes in a setting of the transaction, and add it up at its commit, all at once and in one
order: a counter is locked for that moment only, and transactions never wait for each other in a circle.
"""

from alembic import op

revision = "environment_0002"
down_revision = "environment_0001"
branch_labels = None
depends_on = None

TABLES = """
-- What was completed, by the day (UTC). Without an area (empty) is what must not be told by area, or has none.
CREATE TABLE completion (
    day date NOT NULL,
    area text NOT NULL,
    completed integer NOT NULL DEFAULT 0,
    PRIMARY KEY (day, area)
) WITH (fillfactor = 70);
-- What waits or runs: all of it (at -infinity), and by the day and the hour (UTC) it is due in.
CREATE TABLE backlog (
    span text NOT NULL CHECK (span IN ('all', 'day', 'hour')),
    at timestamptz NOT NULL,
    live integer NOT NULL DEFAULT 0,
    PRIMARY KEY (span, at)
) WITH (fillfactor = 50);
CREATE INDEX cleanup_due ON cleanup (due_at) WHERE live AND NOT exercise;
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


def _json(row: str, sign: int) -> str:
    facts = ", ".join(f"'{name}', {row}.{name}" for name in _NAMES)
    return f"json_build_object('sign', {sign}, {facts})"


def _all(row: str) -> str:
    return ", ".join(f"{row}.{name}" for name in ("exercise", *_NAMES))


COUNT = f"""
CREATE FUNCTION note_cleanup() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    noted text := coalesce(current_setting('environment.changes', true), '');
BEGIN
    IF TG_OP <> 'INSERT' AND NOT OLD.exercise THEN
        noted := noted || ',' || {_json("OLD", -1)};
    END IF;
    IF TG_OP <> 'DELETE' AND NOT NEW.exercise THEN
        noted := noted || ',' || {_json("NEW", 1)};
    END IF;
    PERFORM set_config('environment.changes', noted, true);
    RETURN NULL;
END $$;

CREATE FUNCTION count_cleanups() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    noted text := coalesce(current_setting('environment.changes', true), '');
    changes json;
BEGIN
    IF noted = '' THEN
        RETURN NULL; -- an earlier row's turn has counted all
    END IF;
    PERFORM set_config('environment.changes', '', true);
    changes := '[' || ltrim(noted, ',') || ']';
    WITH facts AS {{facts}}
    INSERT INTO environment.backlog AS known (span, at, live) {_BACKLOG}
    ON CONFLICT (span, at) DO UPDATE SET live = known.live + excluded.live;
    WITH facts AS {{facts}}
    INSERT INTO environment.completion AS known (day, area, completed) {_COMPLETION}
    ON CONFLICT (day, area) DO UPDATE SET completed = known.completed + excluded.completed;
    RETURN NULL;
END $$;

CREATE TRIGGER cleanup_comes AFTER INSERT OR DELETE ON cleanup FOR EACH ROW EXECUTE FUNCTION note_cleanup();
CREATE TRIGGER cleanup_changes AFTER UPDATE ON cleanup FOR EACH ROW
    WHEN (({_all("OLD")}) IS DISTINCT FROM ({_all("NEW")})) EXECUTE FUNCTION note_cleanup();
CREATE CONSTRAINT TRIGGER cleanup_counts AFTER INSERT OR UPDATE OR DELETE ON cleanup
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_cleanups();
""".format(  # noqa: S608 - names of ours
    facts="""
    (SELECT * FROM json_to_recordset(changes) AS one (
        sign integer, live boolean, due_at timestamptz, completed_at timestamptz, secret boolean, area text))"""
)

FILL = "".join(
    f"WITH facts AS (SELECT *, 1 AS sign FROM cleanup WHERE NOT exercise) INSERT INTO {table} {sums};"  # noqa: S608
    for table, sums in (("backlog (span, at, live)", _BACKLOG), ("completion (day, area, completed)", _COMPLETION))
)
"""Counts what is there already; the triggers, made before, keep everybody else from changing it until the commit."""

INDEXES = """
DROP INDEX cleanup_queue, cleanup_list, cleanup_completed;
CREATE INDEX cleanup_state ON cleanup (state, (coalesce(due_at, 'infinity'::timestamptz)), id);
CREATE INDEX cleanup_agency_state ON cleanup (agency, state, (coalesce(due_at, 'infinity'::timestamptz)), id);
"""


def upgrade() -> None:
    """Makes the counters and counts what is there."""
    op.execute(TABLES)
    op.execute(COUNT)
    op.execute(FILL)
    op.execute(INDEXES)


def downgrade() -> None:
    """Drops the counters."""
    op.execute(
        """
        DROP INDEX cleanup_state, cleanup_agency_state, cleanup_due;
        CREATE INDEX cleanup_queue ON cleanup (agency, (coalesce(due_at, 'infinity'::timestamptz)), id) WHERE live;
        CREATE INDEX cleanup_list ON cleanup ((coalesce(due_at, 'infinity'::timestamptz)), id);
        CREATE INDEX cleanup_completed ON cleanup (completed_at) INCLUDE (area, secret)
            WHERE NOT exercise AND completed_at IS NOT NULL;
        DROP TRIGGER cleanup_comes ON cleanup;
        DROP TRIGGER cleanup_changes ON cleanup;
        DROP TRIGGER cleanup_counts ON cleanup;
        DROP FUNCTION note_cleanup(), count_cleanups();
        DROP TABLE completion, backlog;
        """
    )
