"""Counters of complaints: what the overview and the gauges read, however many complaints there are.

Triggers keep them in the transaction of the change, so they never differ from a recount. What changes is written down
as it happens, in a setting of the transaction, and added up at its commit, all at once: a counter that others want too
is locked for that moment only, and whatever a transaction changes, it locks in one order, by table and then by key.
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


def _json(row: str, sign: int) -> str:
    facts = ", ".join(f"'{name}', {row}.{name}" for name in _NAMES)
    return f"json_build_object('sign', {sign}, {facts})"


def _all(row: str) -> str:
    return ", ".join(f"{row}.{name}" for name in ("exercise", *_NAMES))


COUNT = f"""
CREATE FUNCTION note_complaint() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    noted text := coalesce(current_setting('governance.changes', true), '');
BEGIN
    IF TG_OP <> 'INSERT' AND NOT OLD.exercise THEN
        noted := noted || ',' || {_json("OLD", -1)};
    END IF;
    IF TG_OP <> 'DELETE' AND NOT NEW.exercise THEN
        noted := noted || ',' || {_json("NEW", 1)};
    END IF;
    PERFORM set_config('governance.changes', noted, true);
    RETURN NULL;
END $$;

CREATE FUNCTION count_complaints() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    noted text := coalesce(current_setting('governance.changes', true), '');
    changes json;
BEGIN
    IF noted = '' THEN
        RETURN NULL; -- an earlier row's turn has counted all
    END IF;
    PERFORM set_config('governance.changes', '', true);
    changes := '[' || ltrim(noted, ',') || ']';
    WITH facts AS {{facts}}
    INSERT INTO governance.activity AS known (day, area, filed, resolved) {_ACTIVITY}
    ON CONFLICT (day, area) DO UPDATE
       SET filed = known.filed + excluded.filed, resolved = known.resolved + excluded.resolved;
    WITH facts AS {{facts}}
    INSERT INTO governance.punctuality AS known (day, agency, resolved, on_time, rated, stars) {_PUNCTUALITY}
    ON CONFLICT (day, agency) DO UPDATE
       SET resolved = known.resolved + excluded.resolved, on_time = known.on_time + excluded.on_time,
           rated = known.rated + excluded.rated, stars = known.stars + excluded.stars;
    WITH facts AS {{facts}}
    INSERT INTO governance.workload AS known (agency, open, late) {_WORKLOAD}
    ON CONFLICT (agency) DO UPDATE SET open = known.open + excluded.open, late = known.late + excluded.late;
    RETURN NULL;
END $$;

CREATE TRIGGER complaint_comes AFTER INSERT OR DELETE ON complaint FOR EACH ROW EXECUTE FUNCTION note_complaint();
CREATE TRIGGER complaint_changes AFTER UPDATE ON complaint FOR EACH ROW
    WHEN (({_all("OLD")}) IS DISTINCT FROM ({_all("NEW")})) EXECUTE FUNCTION note_complaint();
CREATE CONSTRAINT TRIGGER complaint_counts AFTER INSERT OR UPDATE OR DELETE ON complaint
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_complaints();
""".format(  # noqa: S608 - names of ours
    facts="""
    (SELECT * FROM json_to_recordset(changes) AS one (
        sign integer, created_at timestamptz, resolved_at timestamptz, secret boolean, area text, agency text,
        open boolean, on_time boolean, rating integer, due_at timestamptz, wake_at timestamptz))"""
)

FILL = "".join(
    f"WITH facts AS (SELECT *, 1 AS sign FROM complaint WHERE NOT exercise) INSERT INTO {table} {sums};"  # noqa: S608
    for table, sums in (
        ("activity (day, area, filed, resolved)", _ACTIVITY),
        ("punctuality (day, agency, resolved, on_time, rated, stars)", _PUNCTUALITY),
        ("workload (agency, open, late)", _WORKLOAD),
    )
)
"""Counts what is there already; the triggers, made before, keep everybody else from changing it until the commit."""


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
        DROP TRIGGER complaint_counts ON complaint;
        DROP FUNCTION note_complaint(), count_complaints();
        DROP TABLE activity, punctuality, workload;
        CREATE INDEX complaint_resolved ON complaint (resolved_at) INCLUDE (area, secret, agency, on_time, rating)
            WHERE NOT exercise AND resolved_at IS NOT NULL;
        """
    )
