"""Comments on proposals."""

from alembic import op

revision = "society_0006"
down_revision = "society_0005"
branch_labels = None
depends_on = None

COMMENTS = """
CREATE TABLE comment (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    proposal uuid NOT NULL REFERENCES proposal ON DELETE CASCADE,
    code text NOT NULL,
    agency text NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'shown', 'hidden')),
    words text NOT NULL,
    author bytea,
    network bytea,
    note text NOT NULL,
    decided_by text NOT NULL,
    created_at timestamptz NOT NULL,
    decided_at timestamptz
);
CREATE INDEX comment_of_proposal ON comment (proposal, state, id);
CREATE INDEX comment_list ON comment (state, id);
CREATE INDEX comment_of_agency ON comment (state, agency, id);
CREATE INDEX comment_of_author ON comment (proposal, author) WHERE author IS NOT NULL AND state = 'waiting';
CREATE INDEX comment_of_network ON comment (proposal, network) WHERE network IS NOT NULL AND state = 'waiting';
CREATE INDEX comment_waiting ON comment (created_at) WHERE state = 'waiting';
CREATE INDEX comment_hidden ON comment (decided_at) WHERE state = 'hidden' AND words <> '';
CREATE INDEX comment_networks ON comment (created_at) WHERE network IS NOT NULL;
"""


def upgrade() -> None:
    """Makes the table."""
    op.execute(COMMENTS)


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP TABLE comment")
