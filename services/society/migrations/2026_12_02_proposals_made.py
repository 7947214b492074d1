"""How many proposals somebody who was erased has made in a process that may yet take some."""

from alembic import op

revision = "society_0035"
down_revision = "society_0032"
branch_labels = None
depends_on = None

# Names none of them: joined by it they would be told to be of one person.
TABLE = """
CREATE TABLE proposal_made (
    process uuid NOT NULL REFERENCES process ON DELETE CASCADE,
    person bytea NOT NULL,
    made integer NOT NULL CHECK (made > 0),
    PRIMARY KEY (process, person)
)
"""


def upgrade() -> None:
    """Makes the table."""
    op.execute(TABLE)


def downgrade() -> None:
    """Whoever was erased begins anew."""
    op.execute("DROP TABLE proposal_made")
