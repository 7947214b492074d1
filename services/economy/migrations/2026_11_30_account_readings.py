"""Who read the account of a business is found by the business, and whether a payout of it waits."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0035"
down_revision = "economy_0034"
branch_labels = None
depends_on = None

INDEXES = {
    "act_account_read": "act (about, at) WHERE what = 'payout_account_read'",
    "batch_waiting": "batch (merchant) WHERE state = 'closed'",
}


def upgrade() -> None:
    """Makes the indexes."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes them away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
