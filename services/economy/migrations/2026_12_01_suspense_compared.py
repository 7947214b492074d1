"""Money in suspense is compared with the bank's report, and so is what was sent back of it, by the bank's reference."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0041"
down_revision = "economy_0040"
branch_labels = None
depends_on = None

INDEXES = {
    "suspense_came": "suspense (created_at)",
    "suspense_returned": "suspense (return_reference) WHERE return_reference <> ''",
    "difference_open": "difference (provider_reference) WHERE NOT mended",
}


def upgrade() -> None:
    """Adds the column and makes the indexes. Of what the version before sent back nobody knows the reference."""
    op.execute("ALTER TABLE suspense ADD COLUMN IF NOT EXISTS return_reference text NOT NULL DEFAULT ''")
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes them away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
    op.execute("ALTER TABLE suspense DROP COLUMN return_reference")
