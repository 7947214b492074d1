"""The tide forecast of each tide gauge, and when it is made anew."""

from alembic import op

revision = "environment_0012"
down_revision = "environment_0011"
branch_labels = None
depends_on = None

TABLES = """
-- By the thing. The waves stand side by side in four columns, `heights` are ten minutes apart from `start_at` on.
CREATE TABLE tide (
    id uuid PRIMARY KEY REFERENCES thing,
    version integer NOT NULL DEFAULT 1,
    datastream integer NOT NULL REFERENCES datastream (number),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'too_short', 'forecast', 'failed')),
    due_at timestamptz NOT NULL,
    made_at timestamptz,
    hours integer NOT NULL DEFAULT 0,
    first_at timestamptz,
    last_at timestamptz,
    held_at timestamptz,
    rmse double precision NOT NULL DEFAULT 0,
    worst double precision NOT NULL DEFAULT 0,
    names text[] NOT NULL DEFAULT '{}',
    amplitudes double precision[] NOT NULL DEFAULT '{}',
    phases double precision[] NOT NULL DEFAULT '{}',
    speeds double precision[] NOT NULL DEFAULT '{}',
    start_at timestamptz,
    heights double precision[] NOT NULL DEFAULT '{}'
);
CREATE INDEX tide_due ON tide (due_at);
CREATE INDEX tide_datastream ON tide (datastream);
"""

# A gauge's tide is that of the first level that it measures; what corrects that makes it due.
MARKS = """
CREATE FUNCTION tide_measured() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO environment.tide (id, datastream, due_at)
    SELECT DISTINCT ON (thing.id) thing.id, fresh.number, fresh.created_at FROM fresh
      JOIN environment.thing ON thing.id = fresh.thing
     WHERE thing.kind = 'tide_gauge' AND fresh.property = 'water_level' ORDER BY thing.id, fresh.number
    ON CONFLICT (id) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER tide_measured AFTER INSERT ON datastream REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION tide_measured();
CREATE FUNCTION tide_corrected() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE environment.tide SET due_at = least(due_at, fresh.created_at), version = version + 1 FROM fresh
     WHERE tide.datastream = fresh.datastream AND tide.due_at < 'infinity';
    RETURN NULL;
END $$;
CREATE TRIGGER tide_corrected AFTER INSERT ON correction REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION tide_corrected();
"""


def upgrade() -> None:
    """Makes the table, and enters the gauges that are there."""
    op.execute(TABLES)
    op.execute(MARKS)
    op.execute(
        """
        INSERT INTO tide (id, datastream, due_at)
        SELECT DISTINCT ON (thing.id) thing.id, datastream.number, datastream.created_at FROM thing
          JOIN datastream ON datastream.thing = thing.id
         WHERE thing.kind = 'tide_gauge' AND datastream.property = 'water_level' ORDER BY thing.id, datastream.number
        """
    )


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        """
        DROP FUNCTION tide_measured(), tide_corrected() CASCADE;
        DROP TABLE tide;
        """
    )
