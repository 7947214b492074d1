"""Codes that residents say at the counter."""

from alembic import op

revision = "society_0013"
down_revision = "society_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds them. What waits without one can be verified no longer, and is declared anew."""
    op.execute("DELETE FROM resident WHERE state = 'waiting'")
    op.execute(
        "ALTER TABLE resident ADD COLUMN code text NOT NULL DEFAULT '', ADD CHECK ((code <> '') = (state = 'waiting'))"
    )
    op.execute("CREATE UNIQUE INDEX resident_code ON resident (code) WHERE state = 'waiting'")
    op.execute("CREATE INDEX resident_person_waiting ON resident (person) WHERE state = 'waiting'")


def downgrade() -> None:
    """Takes them away."""
    op.execute("ALTER TABLE resident DROP COLUMN code")
    op.execute("DROP INDEX resident_person_waiting")
