"""Who is reminded by mail that their permit ends, and each mail's way."""

from alembic import op

revision = "economy_0018"
down_revision = "economy_0017"
branch_labels = None
depends_on = None

TABLES = """
-- The address is sealed (`sealed`) and known by a keyed digest (`address`); both go when it ends.
CREATE TABLE permit_follower (
    id uuid PRIMARY KEY,
    permit uuid NOT NULL REFERENCES permit,
    state text NOT NULL CHECK (state IN ('waiting', 'confirmed', 'ended')),
    language text NOT NULL CHECK (language IN ('id', 'en')),
    address bytea CHECK ((address IS NULL) = (state = 'ended')),
    sealed bytea NOT NULL CHECK ((sealed = '') = (state = 'ended')),
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    ended_at timestamptz,
    why text NOT NULL DEFAULT ''
);
CREATE INDEX permit_follower_permit ON permit_follower (permit);
CREATE UNIQUE INDEX permit_follower_one ON permit_follower (permit) WHERE state = 'confirmed';
CREATE INDEX permit_follower_waiting ON permit_follower (created_at) WHERE state = 'waiting';
CREATE INDEX permit_follower_ended ON permit_follower (ended_at) WHERE state = 'ended';
-- Confirmations that an address was sent lately, by its digest.
CREATE TABLE permit_asked (
    address bytea PRIMARY KEY,
    asked timestamptz[] NOT NULL,
    stopped_at timestamptz,
    forget_at timestamptz NOT NULL
);
CREATE INDEX permit_asked_forget ON permit_asked (forget_at);
CREATE TABLE permit_mail (
    id uuid PRIMARY KEY,
    follower uuid NOT NULL REFERENCES permit_follower ON DELETE CASCADE,
    news text NOT NULL CHECK (news IN ('confirmation', 'ending')),
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sent', 'refused', 'given_up', 'overtaken', 'dropped')),
    reason text NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    next_at timestamptz NOT NULL,
    ended_at timestamptz,
    UNIQUE (follower, news)
);
CREATE INDEX permit_mail_due ON permit_mail (next_at) WHERE state = 'waiting';
CREATE INDEX permit_mail_oldest ON permit_mail (created_at) WHERE state = 'waiting';
CREATE INDEX permit_mail_ended ON permit_mail (ended_at) WHERE state <> 'waiting';
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Takes them away."""
    op.execute("DROP TABLE permit_mail, permit_asked, permit_follower")
