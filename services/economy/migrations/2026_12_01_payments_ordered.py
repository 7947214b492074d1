"""Who ordered what a pillar asked the money for is found by their login, and once it is to be forgotten."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0047"
down_revision = "economy_0046"
branch_labels = None
depends_on = None

ORDERED = "requester <> '' AND bill = '' AND creator <> ''"
INDEXES = {
    "payment_ordered_by": f"payment (creator, id) WHERE {ORDERED}",
    "payment_ordered": f"payment (expires_at) WHERE {ORDERED}",
}


def upgrade() -> None:
    """Makes the indexes."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes them away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
