"""When the links of an address were last asked for, apart from the link of a case."""

from alembic import op

revision = "governance_0027"
down_revision = "governance_0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; the version before this one notes both in that of the link."""
    op.execute("ALTER TABLE contact ADD COLUMN links_time timestamptz")


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE contact DROP COLUMN links_time")
