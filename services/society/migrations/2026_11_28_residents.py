"""Residents, and what people agree to."""

from alembic import op

revision = "society_0001"
down_revision = None
branch_labels = ("society",)
depends_on = None

TABLES = """
-- The number and the date of birth are sealed (`sealed`) and the number is known by a keyed digest (`person`); both go
-- when the declaration ends.
CREATE TABLE resident (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'verified', 'ended')),
    subject text NOT NULL,
    sealed bytea NOT NULL CHECK ((sealed = '') = (state = 'ended')),
    person bytea CHECK ((person IS NULL) = (state = 'ended')),
    area text NOT NULL,
    elsewhere boolean NOT NULL,
    way text NOT NULL CHECK (way IN ('', 'officer', 'provider')),
    note text NOT NULL,
    decided_by text NOT NULL CHECK (decided_by = '' OR decided_by <> subject),
    created_at timestamptz NOT NULL,
    verified_at timestamptz CHECK (state <> 'verified' OR verified_at IS NOT NULL),
    ended_at timestamptz CHECK ((ended_at IS NULL) = (state <> 'ended'))
);
CREATE UNIQUE INDEX resident_waiting ON resident (subject) WHERE state = 'waiting';
CREATE UNIQUE INDEX resident_verified ON resident (subject) WHERE state = 'verified';
CREATE UNIQUE INDEX resident_person ON resident (person) WHERE state = 'verified';
CREATE INDEX resident_subject ON resident (subject, id);
CREATE INDEX resident_subject_state ON resident (subject, state, id);
CREATE INDEX resident_state ON resident (state, id);
CREATE INDEX resident_waiting_since ON resident (created_at) WHERE state = 'waiting';
CREATE INDEX resident_ended ON resident (ended_at) WHERE state = 'ended';
CREATE TABLE consent (
    id uuid PRIMARY KEY,
    subject text NOT NULL,
    purpose text NOT NULL,
    given_at timestamptz NOT NULL,
    withdrawn_at timestamptz
);
CREATE UNIQUE INDEX consent_given ON consent (subject, purpose) WHERE withdrawn_at IS NULL;
CREATE INDEX consent_subject ON consent (subject, purpose, id);
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Takes them away."""
    op.execute("DROP TABLE consent, resident")
