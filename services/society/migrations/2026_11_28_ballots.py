"""Ballots, the roll of who voted, the box, booths and results."""

from alembic import op

revision = "society_0003"
down_revision = "society_0002"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE ballot (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('held', 'counting', 'counted')),
    agency text NOT NULL,
    process text NOT NULL,
    title text NOT NULL,
    title_en text NOT NULL,
    method text NOT NULL CHECK (method IN ('approval', 'equal_shares')),
    names text[] NOT NULL,
    names_en text[] NOT NULL,
    costs bigint[] NOT NULL,
    proposals text[] NOT NULL,
    budget bigint NOT NULL CHECK (budget >= 0),
    winners integer NOT NULL,
    most_choices integer NOT NULL,
    min_age integer NOT NULL,
    areas text[] NOT NULL,
    cut_off date NOT NULL,
    regulation text NOT NULL,
    opens_at timestamptz NOT NULL,
    closes_at timestamptz NOT NULL CHECK (closes_at > opens_at),
    public_key bytea NOT NULL,
    private_key bytea NOT NULL CHECK ((private_key = '') = (state = 'counted')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    counted_at timestamptz CHECK ((counted_at IS NULL) = (state <> 'counted')),
    CHECK (cardinality(names) BETWEEN 1 AND 40),
    CHECK (cardinality(names) = cardinality(names_en) AND cardinality(names) = cardinality(costs)
           AND cardinality(names) = cardinality(proposals))
);
CREATE INDEX ballot_process ON ballot (process, id);
CREATE INDEX ballot_counting ON ballot (updated_at) WHERE state = 'counting';
CREATE INDEX ballot_held ON ballot (closes_at) WHERE state = 'held';
-- Who has voted: a keyed digest of the person and the ballot, and of the request by which a repeat is known. No time.
CREATE TABLE ballot_roll (
    ballot uuid NOT NULL REFERENCES ballot,
    person bytea NOT NULL,
    booth text NOT NULL,
    key bytea NOT NULL,
    PRIMARY KEY (ballot, person)
);
CREATE TABLE ballot_turnout (
    ballot uuid NOT NULL REFERENCES ballot,
    booth text NOT NULL,
    slot smallint NOT NULL,
    voters integer NOT NULL,
    PRIMARY KEY (ballot, booth, slot)
) WITH (fillfactor = 50);
-- Votes, each sealed to its ballot's key and all of one length, until the ballot is counted.
CREATE TABLE ballot_envelope (
    id uuid PRIMARY KEY,
    ballot uuid NOT NULL REFERENCES ballot,
    sealed bytea NOT NULL CHECK (octet_length(sealed) = 88)
);
CREATE INDEX ballot_envelope_ballot ON ballot_envelope (ballot);
-- Votes that came out of the box, under ids and in an order that were drawn by lot; all of a ballot in one transaction.
CREATE TABLE ballot_vote (
    ballot uuid NOT NULL REFERENCES ballot,
    id uuid NOT NULL,
    choices bigint NOT NULL,
    PRIMARY KEY (ballot, id)
);
CREATE TABLE booth_count (
    id uuid PRIMARY KEY,
    ballot uuid NOT NULL REFERENCES ballot,
    booth text NOT NULL,
    counted_by text NOT NULL,
    papers integer NOT NULL CHECK (papers >= 0),
    digest bytea NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (ballot, booth, counted_by)
);
CREATE TABLE ballot_result (
    id uuid PRIMARY KEY REFERENCES ballot,
    votes bigint NOT NULL,
    withheld boolean NOT NULL,
    approvals bigint[] NOT NULL,
    chosen integer[] NOT NULL,
    spent bigint NOT NULL,
    digest text NOT NULL CHECK ((digest = '') = withheld),
    rule text NOT NULL,
    counted_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        "DROP TABLE ballot_result, booth_count, ballot_vote, ballot_envelope, ballot_turnout, ballot_roll, ballot"
    )
