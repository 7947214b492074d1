"""Processes, what happened to them, and how many are in each phase."""

from alembic import op

revision = "society_0002"
down_revision = "society_0001"
branch_labels = None
depends_on = None

PROCESSES = """
CREATE TABLE process (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    kind text NOT NULL,
    agency text NOT NULL,
    area text NOT NULL,
    phase text NOT NULL CHECK (phase IN ('draft', 'collect', 'review', 'vote', 'carry_out', 'done')),
    title text NOT NULL,
    title_en text NOT NULL,
    summary text NOT NULL,
    summary_en text NOT NULL,
    rt text NOT NULL,
    regulation text NOT NULL,
    budget bigint NOT NULL CHECK (budget >= 0),
    votes boolean NOT NULL,
    min_age smallint NOT NULL,
    voter_areas text[] NOT NULL,
    cut_off date,
    collect_at timestamptz,
    review_at timestamptz,
    vote_at timestamptz,
    carry_out_at timestamptz,
    done_at timestamptz,
    due_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX process_list ON process (phase, id);
CREATE INDEX process_of_area ON process (area, phase, id);
CREATE INDEX process_of_agency ON process (agency, phase, id);
CREATE INDEX process_due ON process (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE process_step (
    id uuid PRIMARY KEY,
    process uuid NOT NULL REFERENCES process ON DELETE CASCADE,
    phase text NOT NULL,
    before text NOT NULL,
    automatic boolean NOT NULL,
    agency text NOT NULL,
    by text NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX process_step_of ON process_step (process, id);
CREATE TABLE process_tally (
    phase text NOT NULL,
    processes integer NOT NULL,
    fresh boolean NOT NULL DEFAULT true
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX process_tally_folded ON process_tally (phase) WHERE NOT fresh;
CREATE INDEX process_tally_fresh ON process_tally (phase) WHERE fresh;
"""

COUNTING = """
CREATE FUNCTION count_process_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO society.process_tally (phase, processes) SELECT phase, count(*) FROM came GROUP BY 1 ORDER BY 1;
    RETURN NULL;
END $$;
CREATE FUNCTION count_process_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO society.process_tally (phase, processes)
    SELECT phase, sum(sign) FROM (SELECT phase, 1 AS sign FROM came UNION ALL SELECT phase, -1 FROM gone) AS facts
    GROUP BY 1 HAVING sum(sign) <> 0 ORDER BY 1;
    RETURN NULL;
END $$;
CREATE TRIGGER process_added AFTER INSERT ON process REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION count_process_added();
CREATE TRIGGER process_changed AFTER UPDATE ON process REFERENCING OLD TABLE AS gone NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION count_process_changed();
"""


def upgrade() -> None:
    """Makes the tables and their counters."""
    op.execute(PROCESSES)
    op.execute(COUNTING)


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        """
        DROP TABLE process_step, process, process_tally;
        DROP FUNCTION count_process_added(), count_process_changed();
        """
    )
