"""Why authors took proposals back is found once it is to be forgotten, and whether a vote has decided on a process."""

from alembic import op

from services.kit.database import indexes

revision = "society_0023"
down_revision = "society_0022"
branch_labels = None
depends_on = None

INDEXES = {
    "proposal_step_withdrawn": "proposal_step (at) WHERE kind = 'withdrawn' AND note <> ''",
    "proposal_voted": "proposal (process) WHERE ballot IS NOT NULL",
}


def upgrade() -> None:
    """Makes the indexes."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes them away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
