"""What was joined to a proposal is found from it: whose it was decides on neither."""

from alembic import op

from services.kit.database import indexes

revision = "society_0031"
down_revision = "society_0030"
branch_labels = None
depends_on = None

INDEXES = {"proposal_joined": "proposal (merged_into) WHERE merged_into IS NOT NULL"}


def upgrade() -> None:
    """Makes the index."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes it away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
