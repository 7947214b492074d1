"""Who hears of their course by mail, and each mail's way."""

from alembic import op

revision = "society_0012"
down_revision = "society_0011"
branch_labels = None
depends_on = None

TABLES = """
-- The address is sealed (`sealed`) and known by a keyed digest (`address`); both go when it ends.
CREATE TABLE course_follower (
    id uuid PRIMARY KEY,
    enrolment uuid NOT NULL REFERENCES enrolment,
    course uuid NOT NULL REFERENCES course,
    state text NOT NULL CHECK (state IN ('waiting', 'confirmed', 'ended')),
    language text NOT NULL CHECK (language IN ('id', 'en')),
    address bytea CHECK ((address IS NULL) = (state = 'ended')),
    sealed bytea NOT NULL CHECK ((sealed = '') = (state = 'ended')),
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    ended_at timestamptz,
    why text NOT NULL DEFAULT '',
    forget_at timestamptz
);
CREATE INDEX course_follower_enrolment ON course_follower (enrolment);
CREATE UNIQUE INDEX course_follower_one ON course_follower (enrolment) WHERE state = 'confirmed';
CREATE INDEX course_follower_course ON course_follower (course) WHERE state <> 'ended';
CREATE INDEX course_follower_forget ON course_follower (forget_at) WHERE state <> 'ended';
CREATE INDEX course_follower_waiting ON course_follower (created_at) WHERE state = 'waiting';
CREATE INDEX course_follower_ended ON course_follower (ended_at) WHERE state = 'ended';
-- Confirmations that an address was sent lately, by its digest.
CREATE TABLE course_asked (
    address bytea PRIMARY KEY,
    asked timestamptz[] NOT NULL,
    stopped_at timestamptz,
    forget_at timestamptz NOT NULL
);
CREATE INDEX course_asked_forget ON course_asked (forget_at);
CREATE TABLE course_mail (
    id uuid PRIMARY KEY,
    follower uuid NOT NULL REFERENCES course_follower ON DELETE CASCADE,
    news text NOT NULL CHECK (news IN ('confirmation', 'moved_up', 'changed', 'cancelled', 'certified')),
    change uuid,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sent', 'refused', 'given_up', 'overtaken', 'dropped')),
    reason text NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    next_at timestamptz NOT NULL,
    ended_at timestamptz,
    UNIQUE NULLS NOT DISTINCT (follower, news, change)
);
CREATE INDEX course_mail_due ON course_mail (next_at) WHERE state = 'waiting';
CREATE INDEX course_mail_oldest ON course_mail (created_at) WHERE state = 'waiting';
CREATE INDEX course_mail_ended ON course_mail (ended_at) WHERE state <> 'waiting';
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Takes them away."""
    op.execute("DROP TABLE course_mail, course_asked, course_follower")
