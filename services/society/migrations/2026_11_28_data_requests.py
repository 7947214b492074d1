"""Requests for own data, and what pillars answered."""

from alembic import op

revision = "society_0004"
down_revision = "society_0003"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE data_request (
    id uuid PRIMARY KEY,
    subject text NOT NULL,
    erase boolean NOT NULL,
    missing integer NOT NULL CHECK (missing >= 0),
    created_at timestamptz NOT NULL
);
CREATE INDEX data_request_subject ON data_request (subject, id);
CREATE INDEX data_request_created ON data_request (created_at);
CREATE TABLE data_answer (
    request uuid NOT NULL REFERENCES data_request ON DELETE CASCADE,
    pillar text NOT NULL,
    kinds text NOT NULL,
    answered_at timestamptz NOT NULL,
    PRIMARY KEY (request, pillar)
);
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Takes them away."""
    op.execute("DROP TABLE data_answer, data_request")
