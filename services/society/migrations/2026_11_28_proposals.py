"""Proposals, what happened to them, what they are linked to, and who supports them."""

from alembic import op

revision = "society_0005"
down_revision = "society_0004"
branch_labels = None
depends_on = None

PROPOSALS = """
CREATE TABLE proposal (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    code text NOT NULL UNIQUE,
    process uuid NOT NULL REFERENCES process,
    agency text NOT NULL,
    state text NOT NULL CHECK (state IN (
        'waiting', 'refused', 'open', 'accepted', 'declined', 'merged', 'withdrawn', 'in_progress', 'done')),
    title text NOT NULL,
    words text NOT NULL,
    area text NOT NULL,
    lon double precision,
    lat double precision,
    cost bigint NOT NULL CHECK (cost >= 0),
    author bytea,
    network bytea,
    supporters integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    due_at timestamptz,
    answer text NOT NULL,
    answered_at timestamptz,
    merged_into uuid REFERENCES proposal
) WITH (fillfactor = 80);
CREATE INDEX proposal_list ON proposal (state, id);
CREATE INDEX proposal_popular ON proposal (state, supporters, id);
CREATE INDEX proposal_of_process ON proposal (process, state, id);
CREATE INDEX proposal_popular_of_process ON proposal (process, state, supporters, id);
CREATE INDEX proposal_of_agency ON proposal (agency, state, id);
CREATE INDEX proposal_of_agency_process ON proposal (process, agency, state, id);
CREATE INDEX proposal_of_author ON proposal (process, author) WHERE author IS NOT NULL;
CREATE INDEX proposal_of_network ON proposal (process, network) WHERE network IS NOT NULL;
CREATE INDEX proposal_networks ON proposal (created_at) WHERE network IS NOT NULL;
CREATE INDEX proposal_due ON proposal (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX proposal_forgotten ON proposal (updated_at) WHERE state IN ('refused', 'withdrawn') AND words <> '';
CREATE TABLE proposal_step (
    id uuid PRIMARY KEY,
    proposal uuid NOT NULL REFERENCES proposal ON DELETE CASCADE,
    kind text NOT NULL,
    state text NOT NULL,
    agency text NOT NULL,
    by text NOT NULL,
    note text NOT NULL,
    reference text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX proposal_step_of ON proposal_step (proposal, id);
CREATE TABLE proposal_link (
    kind text NOT NULL,
    reference text NOT NULL,
    proposal uuid NOT NULL REFERENCES proposal ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (kind, reference, proposal)
);
CREATE INDEX proposal_link_of ON proposal_link (proposal);
CREATE TABLE proposal_supporter (
    id uuid PRIMARY KEY,
    proposal uuid NOT NULL REFERENCES proposal ON DELETE CASCADE,
    login bytea,
    session bytea,
    network bytea,
    counted boolean NOT NULL,
    joined_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX proposal_supporter_login ON proposal_supporter (proposal, login) WHERE login IS NOT NULL;
CREATE INDEX proposal_supporter_session ON proposal_supporter (proposal, session) WHERE session IS NOT NULL;
CREATE INDEX proposal_supporter_network ON proposal_supporter (proposal, network) WHERE network IS NOT NULL;
CREATE INDEX proposal_supporter_networks ON proposal_supporter (joined_at) WHERE network IS NOT NULL;
CREATE TABLE proposal_tally (
    state text NOT NULL,
    proposals integer NOT NULL,
    fresh boolean NOT NULL DEFAULT true
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX proposal_tally_folded ON proposal_tally (state) WHERE NOT fresh;
CREATE INDEX proposal_tally_fresh ON proposal_tally (state) WHERE fresh;
"""

COUNTING = """
CREATE FUNCTION count_proposal_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO society.proposal_tally (state, proposals) SELECT state, count(*) FROM came GROUP BY 1 ORDER BY 1;
    RETURN NULL;
END $$;
CREATE FUNCTION count_proposal_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO society.proposal_tally (state, proposals)
    SELECT state, sum(sign) FROM (SELECT state, 1 AS sign FROM came UNION ALL SELECT state, -1 FROM gone) AS facts
    GROUP BY 1 HAVING sum(sign) <> 0 ORDER BY 1;
    RETURN NULL;
END $$;
CREATE TRIGGER proposal_added AFTER INSERT ON proposal REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION count_proposal_added();
CREATE TRIGGER proposal_changed AFTER UPDATE ON proposal REFERENCING OLD TABLE AS gone NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION count_proposal_changed();
"""


def upgrade() -> None:
    """Makes the tables and their counters."""
    op.execute(PROPOSALS)
    op.execute(COUNTING)


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        """
        DROP TABLE proposal_supporter, proposal_link, proposal_step, proposal, proposal_tally;
        DROP FUNCTION count_proposal_added(), count_proposal_changed();
        """
    )
