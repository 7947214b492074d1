"""How many of the visits of a sum are made up: those of a local start's history."""

from alembic import op

revision = "branding_0011"
down_revision = "branding_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the sum; what was counted is not made up."""
    op.execute("ALTER TABLE visit_tally ADD COLUMN made_up bigint NOT NULL DEFAULT 0")


def downgrade() -> None:
    """Takes made-up visits away with it."""
    op.execute("UPDATE visit_tally SET visits = visits - made_up; ALTER TABLE visit_tally DROP COLUMN made_up")
