"""Surveys, their tallies and outcomes, invitations, who has answered, and what was said in words."""

from alembic import op

revision = "society_0011"
down_revision = "society_0010"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE survey (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('satisfaction', 'free')),
    state text NOT NULL CHECK (state IN ('draft', 'open', 'closed', 'published')),
    agency text NOT NULL,
    title text NOT NULL,
    title_en text NOT NULL,
    about text NOT NULL,
    about_en text NOT NULL,
    questions text NOT NULL,
    first_day date CHECK ((first_day IS NOT NULL) = (kind = 'satisfaction')),
    last_day date CHECK ((last_day IS NOT NULL) = (kind = 'satisfaction') AND last_day > first_day),
    opens_at timestamptz,
    closes_at timestamptz CHECK ((closes_at IS NULL) = (state = 'draft')),
    words_until timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    closed_at timestamptz CHECK ((closed_at IS NULL) = (state IN ('draft', 'open'))),
    published_at timestamptz CHECK ((published_at IS NULL) = (state <> 'published'))
);
CREATE INDEX survey_listed ON survey (kind, state, id);
CREATE INDEX survey_agency ON survey (agency, kind, state, id);
CREATE UNIQUE INDEX survey_of_satisfaction ON survey (agency) WHERE kind = 'satisfaction' AND state = 'open';
CREATE INDEX survey_due ON survey (closes_at) WHERE state = 'open';
CREATE INDEX survey_words_old ON survey (words_until) WHERE words_until IS NOT NULL;
-- Answers, as counts of each option; no answer is kept. A row is written anew in its page, so it leaves it room.
CREATE TABLE survey_tally (
    id uuid PRIMARY KEY REFERENCES survey,
    shown integer NOT NULL CHECK (shown % 5 = 0),
    shown_counts integer[] NOT NULL,
    waiting integer NOT NULL CHECK (waiting IN (0, 5)),
    waiting_counts integer[] NOT NULL,
    filling integer NOT NULL CHECK (filling BETWEEN 0 AND 4),
    filling_counts integer[] NOT NULL,
    CHECK (shown = 0 OR waiting = 5)
) WITH (fillfactor = 50);
-- How many could have answered: a row for each that is folded with the others, so that nobody waits for a counter.
CREATE TABLE survey_invited (
    survey uuid NOT NULL,
    invited integer NOT NULL,
    fresh boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX survey_invited_folded ON survey_invited (survey) WHERE NOT fresh;
CREATE INDEX survey_invited_fresh ON survey_invited (fresh) WHERE fresh;
CREATE INDEX survey_invited_survey ON survey_invited (survey);
CREATE TABLE survey_outcome (
    id uuid PRIMARY KEY REFERENCES survey,
    answers integer NOT NULL CHECK (answers >= 0),
    invited integer NOT NULL CHECK (invited >= 0),
    needed integer NOT NULL CHECK (needed >= 0),
    index text NOT NULL,
    grade text NOT NULL,
    formula text NOT NULL,
    counts integer[] NOT NULL,
    CHECK (answers >= 5 OR counts = '{}')
);
-- What is published of all agencies in a year; a sum of what is published of each.
CREATE TABLE satisfaction_year (
    year integer PRIMARY KEY,
    agencies integer NOT NULL,
    answers integer NOT NULL,
    invited integer NOT NULL,
    counts integer[] NOT NULL
);
-- Who was asked: a digest of a code that is derived from what has ended, and (once it was used) of the request by which
-- a repeat is known. No case, no person, no time but the day when it is forgotten.
CREATE TABLE survey_invitation (
    id bytea PRIMARY KEY,
    agency text NOT NULL,
    request bytea NOT NULL,
    until date NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX survey_invitation_until ON survey_invitation (until);
-- Who has answered an open survey, by a keyed digest that is another in each; forgotten when it closes. No time.
CREATE TABLE survey_person (
    survey uuid NOT NULL REFERENCES survey,
    person bytea NOT NULL,
    network bytea,
    request bytea NOT NULL,
    PRIMARY KEY (survey, person)
);
CREATE INDEX survey_person_network ON survey_person (survey, network) WHERE network IS NOT NULL;
-- What was said in words: 0 and 1 wait until answers of five people are together, 2 can be read by the agency.
CREATE TABLE survey_words (
    survey uuid NOT NULL REFERENCES survey,
    id uuid PRIMARY KEY,
    question smallint NOT NULL,
    words text NOT NULL,
    batch smallint NOT NULL CHECK (batch BETWEEN 0 AND 2)
);
CREATE INDEX survey_words_survey ON survey_words (survey, batch, id);
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        "DROP TABLE survey_words, survey_person, survey_invitation, satisfaction_year, survey_outcome, survey_invited,"
        " survey_tally, survey"
    )
