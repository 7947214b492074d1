"""Whose money was asked for in vain is found by their login, and once it is to be forgotten."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0057"
down_revision = "economy_0056"
branch_labels = None
depends_on = None

UNPAID = "payer <> '' AND paid_by = '' AND state IN ('cancelled', 'expired') AND qr = ''"
INDEXES = {
    "payment_unpaid_of": f"payment (payer, created_at) WHERE {UNPAID}",
    "payment_unpaid": f"payment (expires_at) WHERE {UNPAID}",
}


def upgrade() -> None:
    """Makes the indexes."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes them away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
