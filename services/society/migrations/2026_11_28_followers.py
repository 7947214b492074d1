"""Who hears of proposals by mail, each mail's way, and which of what a proposal is linked to has come to its end."""

from alembic import op

revision = "society_0008"
down_revision = "society_0007"
branch_labels = None
depends_on = None

TABLES = """
-- The address is sealed (`sealed`) and known by a keyed digest (`address`); both go when it ends. `joined` is the one
-- by which the address followed before.
CREATE TABLE proposal_follower (
    id uuid PRIMARY KEY,
    proposal uuid NOT NULL REFERENCES proposal ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('waiting', 'confirmed', 'ended')),
    language text NOT NULL CHECK (language IN ('id', 'en')),
    address bytea CHECK ((address IS NULL) = (state = 'ended')),
    sealed bytea NOT NULL CHECK ((sealed = '') = (state = 'ended')),
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    ended_at timestamptz,
    why text NOT NULL DEFAULT '',
    joined uuid
);
CREATE UNIQUE INDEX proposal_follower_address ON proposal_follower (proposal, address) WHERE state = 'confirmed';
CREATE INDEX proposal_follower_told ON proposal_follower (proposal, id) WHERE state = 'confirmed';
CREATE INDEX proposal_follower_waiting ON proposal_follower (created_at) WHERE state = 'waiting';
CREATE INDEX proposal_follower_ended ON proposal_follower (ended_at) WHERE state = 'ended';
-- Confirmations that an address was sent lately, by its digest.
CREATE TABLE follower_asked (
    address bytea PRIMARY KEY,
    asked timestamptz[] NOT NULL,
    stopped_at timestamptz,
    forget_at timestamptz NOT NULL
);
CREATE INDEX follower_asked_forget ON follower_asked (forget_at);
-- A step of a proposal on its way to its followers: up to which of them it has come.
CREATE TABLE follower_telling (
    step uuid PRIMARY KEY,
    proposal uuid NOT NULL REFERENCES proposal ON DELETE CASCADE,
    after uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    created_at timestamptz NOT NULL,
    done_at timestamptz
);
CREATE INDEX follower_telling_proposal ON follower_telling (proposal);
CREATE INDEX follower_telling_due ON follower_telling (created_at, step) WHERE done_at IS NULL;
CREATE INDEX follower_telling_done ON follower_telling (done_at) WHERE done_at IS NOT NULL;
-- A mail: of a step, or the confirmation, which has none.
CREATE TABLE follower_mail (
    id uuid PRIMARY KEY,
    follower uuid NOT NULL REFERENCES proposal_follower ON DELETE CASCADE,
    step uuid,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sent', 'refused', 'given_up', 'overtaken', 'dropped')),
    reason text NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    next_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE UNIQUE INDEX follower_mail_once ON follower_mail (follower, step);
CREATE INDEX follower_mail_due ON follower_mail (next_at) WHERE state = 'waiting';
CREATE INDEX follower_mail_oldest ON follower_mail (created_at) WHERE state = 'waiting';
CREATE INDEX follower_mail_ended ON follower_mail (ended_at) WHERE state <> 'waiting';
ALTER TABLE proposal ADD COLUMN followed boolean NOT NULL DEFAULT false;
CREATE INDEX proposal_followed ON proposal (updated_at) WHERE followed;
ALTER TABLE proposal_link ADD COLUMN ended_at timestamptz;
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        """
        DROP TABLE follower_mail, follower_telling, follower_asked, proposal_follower;
        ALTER TABLE proposal DROP COLUMN followed;
        ALTER TABLE proposal_link DROP COLUMN ended_at;
        """
    )
