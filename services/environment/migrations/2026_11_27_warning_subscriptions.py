"""Who hears of warnings by mail, and each mail's way."""

from alembic import op

revision = "environment_0018"
down_revision = "environment_0017"
branch_labels = None
depends_on = None

TABLES = """
-- The address is sealed (`sealed`) and known by a keyed digest (`address`); both go when the subscription ends. What is
-- left then says that it did, so that a restore can be told (`smartcity erasures`). `joined` is the one that has its
-- kelurahan now.
CREATE TABLE warning_subscription (
    id uuid PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('waiting', 'confirmed', 'ended')),
    language text NOT NULL CHECK (language IN ('id', 'en')),
    areas text[] NOT NULL,
    address bytea CHECK ((address IS NULL) = (state = 'ended')),
    sealed bytea NOT NULL CHECK ((sealed = '') = (state = 'ended')),
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    ended_at timestamptz,
    why text NOT NULL DEFAULT '',
    joined uuid
);
CREATE UNIQUE INDEX warning_subscription_address ON warning_subscription (address) WHERE state = 'confirmed';
CREATE INDEX warning_subscription_waiting ON warning_subscription (created_at) WHERE state = 'waiting';
CREATE INDEX warning_subscription_ended ON warning_subscription (ended_at) WHERE state = 'ended';
-- Those that are confirmed, by kelurahan, in the order in which a warning is passed on to them.
CREATE TABLE warning_subscriber (
    area text NOT NULL,
    subscription uuid NOT NULL REFERENCES warning_subscription ON DELETE CASCADE,
    PRIMARY KEY (area, subscription)
);
CREATE INDEX warning_subscriber_subscription ON warning_subscriber (subscription);
-- Confirmations that an address was sent lately, by its digest.
CREATE TABLE warning_asked (
    address bytea PRIMARY KEY,
    asked timestamptz[] NOT NULL,
    stopped_at timestamptz,
    forget_at timestamptz NOT NULL
);
CREATE INDEX warning_asked_forget ON warning_asked (forget_at);
-- A message of a warning on its way to its subscribers: up to which of which kelurahan it has come.
CREATE TABLE warning_telling (
    warning uuid NOT NULL,
    number integer NOT NULL,
    areas text[] NOT NULL,
    place integer NOT NULL DEFAULT 0,
    after uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    created_at timestamptz NOT NULL,
    done_at timestamptz,
    PRIMARY KEY (warning, number)
);
CREATE INDEX warning_telling_due ON warning_telling (created_at) WHERE done_at IS NULL;
CREATE INDEX warning_telling_done ON warning_telling (done_at) WHERE done_at IS NOT NULL;
-- A mail: of a message of a warning, or the confirmation, which has no warning.
CREATE TABLE warning_mail (
    id uuid PRIMARY KEY,
    subscription uuid NOT NULL REFERENCES warning_subscription ON DELETE CASCADE,
    warning uuid,
    number integer NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sent', 'refused', 'given_up', 'overtaken', 'dropped')),
    reason text NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    next_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE UNIQUE INDEX warning_mail_once ON warning_mail (subscription, warning, number);
CREATE INDEX warning_mail_due ON warning_mail (next_at) WHERE state = 'waiting';
CREATE INDEX warning_mail_oldest ON warning_mail (created_at) WHERE state = 'waiting';
CREATE INDEX warning_mail_ended ON warning_mail (ended_at) WHERE state <> 'waiting';
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Takes them away."""
    op.execute("DROP TABLE warning_mail, warning_telling, warning_asked, warning_subscriber, warning_subscription")
