"""A seal says how many heads are under its root, so that a list of seals need not read all of them.

The column is worked out by the database, for what code of the version before writes as well. The table is written anew
for it: a row for each day, some hundred megabytes after a year of a large city, whose seals nobody reads for a second.
"""

from alembic import op

revision = "governance_0033"
down_revision = "governance_0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column."""
    op.execute("ALTER TABLE seal ADD COLUMN heads integer NOT NULL GENERATED ALWAYS AS (cardinality(leaves)) STORED")


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE seal DROP COLUMN heads")
