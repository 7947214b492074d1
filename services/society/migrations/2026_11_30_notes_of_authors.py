"""Why authors took proposals back is found once it is to be forgotten."""

from alembic import op

from services.kit.database import indexes

revision = "society_0023"
down_revision = "society_0022"
branch_labels = None
depends_on = None

INDEXES = {"proposal_step_withdrawn": "proposal_step (at) WHERE kind = 'withdrawn' AND note <> ''"}


def upgrade() -> None:
    """Makes the index."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes it away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
