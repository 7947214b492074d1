"""How many datastreams have never measured anything: they are not there yet, and fell silent no more than that."""

from alembic import op

revision = "environment_0011"
down_revision = "environment_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the count, which a timer makes within seconds."""
    op.execute("ALTER TABLE hearing ADD COLUMN unheard integer NOT NULL DEFAULT 0")


def downgrade() -> None:
    """Takes it away."""
    op.execute("ALTER TABLE hearing DROP COLUMN unheard")
