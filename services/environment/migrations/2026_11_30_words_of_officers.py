"""What officers said against gauges is found by when they said it, without looking at all that was ever proposed."""

from alembic import op

from services.kit.database import indexes

revision = "environment_0025"
down_revision = "environment_0024"
branch_labels = None
depends_on = None

AGAINST = (
    "(fate = 'taken' AND step IN ('clear', 'cancel') AND by <> '')"
    " OR (fate = 'rejected' AND step IN ('raise', 'update'))"
)
INDEXES = {"warning_proposal_against": f"warning_proposal (decided_at) WHERE {AGAINST}"}


def upgrade() -> None:
    """Makes the index."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes it away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
