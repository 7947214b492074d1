"""Cases of private categories that everybody can read are found by their category: a timer hides them."""

from alembic import op

from services.kit.database import indexes

revision = "governance_0016"
down_revision = "governance_0015"
branch_labels = None
depends_on = None

INDEXES = {"complaint_exposed": "complaint (category, id) WHERE NOT secret"}


def upgrade() -> None:
    """Makes the index."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes it away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
