"""How many heads are under the root of a seal is written down, so that a list of seals need not read all of them.

In a table beside it: code of the version before goes on reading all columns of seals, and a column more would break
what it has prepared. A seal that it makes meanwhile is counted when it is read.
"""

from alembic import op

revision = "governance_0033"
down_revision = "governance_0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table, and counts what was sealed."""
    op.execute(
        "CREATE TABLE seal_size (day date PRIMARY KEY REFERENCES seal ON DELETE CASCADE, heads integer NOT NULL)"
    )
    op.execute("INSERT INTO seal_size (day, heads) SELECT day, cardinality(leaves) FROM seal")


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP TABLE seal_size")
