"""Counts of a booth are set aside where two differ and one of them is gone; that is found by who did it."""

from alembic import op

from services.kit.database import indexes

revision = "society_0027"
down_revision = "society_0026"
branch_labels = None
depends_on = None

INDEXES = indexes.of_logins(("booth_count", "aside_by", "aside_at"))


def upgrade() -> None:
    """Makes the columns and the index."""
    op.execute(
        """
        ALTER TABLE booth_count
            ADD IF NOT EXISTS aside boolean NOT NULL DEFAULT false,
            ADD IF NOT EXISTS aside_by text NOT NULL DEFAULT '',
            ADD IF NOT EXISTS aside_at timestamptz,
            ADD IF NOT EXISTS aside_reason text NOT NULL DEFAULT '';
        """
    )
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes them away."""
    op.execute("ALTER TABLE booth_count DROP aside, DROP aside_by, DROP aside_at, DROP aside_reason")
