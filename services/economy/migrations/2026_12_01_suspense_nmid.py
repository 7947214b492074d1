"""Money in suspense keeps by whose QRIS it came, and says that a merchant is stopped."""

from alembic import op

revision = "economy_0051"
down_revision = "economy_0050"
branch_labels = None
depends_on = None

REASONS = ("unlinked", "late", "amount", "paid_before", "refused")


def _check(reasons: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{one}'" for one in reasons)
    return f"""
    ALTER TABLE suspense DROP CONSTRAINT suspense_reason_check;
    ALTER TABLE suspense ADD CONSTRAINT suspense_reason_check CHECK (reason IN ({listed})) NOT VALID;
    ALTER TABLE suspense VALIDATE CONSTRAINT suspense_reason_check;
    """


def upgrade() -> None:
    """Adds the column and the reason. By which QRIS the money of before came nobody knows."""
    op.execute("ALTER TABLE suspense ADD COLUMN nmid text NOT NULL DEFAULT ''")
    op.execute(_check((*REASONS, "stopped")))


def downgrade() -> None:
    """Takes them away."""
    op.execute("SET CONSTRAINTS suspense_counts IMMEDIATE")  # counted at once, or the table could not be altered
    op.execute("UPDATE suspense SET reason = 'refused' WHERE reason = 'stopped'")
    op.execute(_check(REASONS))
    op.execute("ALTER TABLE suspense DROP COLUMN nmid")
