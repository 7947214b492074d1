"""Courses, who takes part in them, attendance, and certificates."""

from alembic import op

revision = "society_0010"
down_revision = "society_0009"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE course (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'published', 'finished', 'cancelled')),
    agency text NOT NULL,
    title text NOT NULL,
    title_en text NOT NULL,
    summary text NOT NULL,
    summary_en text NOT NULL,
    venue text NOT NULL,
    area text NOT NULL,
    lon double precision,
    lat double precision,
    session_starts timestamptz[] NOT NULL,
    session_ends timestamptz[] NOT NULL,
    least_sessions integer NOT NULL CHECK (least_sessions BETWEEN 1 AND cardinality(session_starts)),
    seats integer NOT NULL,
    closes_at timestamptz NOT NULL CHECK (closes_at <= starts_at),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    taken integer NOT NULL CHECK (taken BETWEEN 0 AND seats),
    waiting integer NOT NULL CHECK (waiting >= 0),
    asked bigint NOT NULL CHECK (asked >= taken + waiting),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (cardinality(session_starts) = cardinality(session_ends)),
    CHECK ((lon IS NULL) = (lat IS NULL))
) WITH (fillfactor = 70);
CREATE INDEX course_state ON course (state, starts_at, id);
CREATE INDEX course_agency ON course (agency, state, starts_at, id);
CREATE INDEX course_open ON course (closes_at) WHERE state = 'published';
CREATE INDEX course_over ON course (ends_at) WHERE state = 'published';
CREATE TABLE course_change (
    id uuid PRIMARY KEY,
    course uuid NOT NULL REFERENCES course,
    state text NOT NULL,
    reason text NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX course_change_of ON course_change (course, id);
-- Whose it is and the name (`sealed`) go together, when they are erased.
CREATE TABLE enrolment (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    course uuid NOT NULL REFERENCES course,
    subject text NOT NULL,
    place bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('seated', 'waiting', 'withdrawn', 'cancelled', 'missed')),
    sealed bytea NOT NULL CHECK ((sealed = '') = (subject = '')),
    name_shown boolean NOT NULL,
    attended integer NOT NULL CHECK (attended >= 0),
    certificate text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    seated_at timestamptz,
    forget_at timestamptz,
    UNIQUE (course, place)
);
CREATE UNIQUE INDEX enrolment_live ON enrolment (course, subject)
    WHERE state IN ('seated', 'waiting') AND subject <> '';
CREATE INDEX enrolment_live_of ON enrolment (subject) WHERE state IN ('seated', 'waiting') AND subject <> '';
CREATE INDEX enrolment_subject ON enrolment (subject, id);
CREATE INDEX enrolment_in_order ON enrolment (course, state, place);
CREATE INDEX enrolment_waiting ON enrolment (course, place) WHERE state = 'waiting';
CREATE INDEX enrolment_forgotten ON enrolment (forget_at) WHERE forget_at IS NOT NULL;
CREATE TABLE attendance_mark (
    id uuid PRIMARY KEY,
    course uuid NOT NULL REFERENCES course,
    enrolment uuid NOT NULL REFERENCES enrolment,
    session integer NOT NULL,
    present boolean NOT NULL,
    by text NOT NULL,
    note text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX attendance_mark_of ON attendance_mark (enrolment, session, id DESC);
CREATE INDEX attendance_mark_in_order ON attendance_mark (enrolment, id);
CREATE INDEX attendance_mark_session ON attendance_mark (course, session);
CREATE TABLE certificate (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    code text NOT NULL UNIQUE,
    course uuid NOT NULL REFERENCES course,
    enrolment uuid NOT NULL REFERENCES enrolment UNIQUE,
    state text NOT NULL CHECK (state IN ('valid', 'withdrawn')),
    issued_by text NOT NULL,
    issued_at timestamptz NOT NULL,
    reason text NOT NULL,
    withdrawn_by text NOT NULL,
    withdrawn_at timestamptz CHECK ((withdrawn_at IS NULL) = (state = 'valid'))
);
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Takes them away."""
    op.execute("DROP TABLE certificate, attendance_mark, enrolment, course_change, course")
