"""What a process of the version before leaves while both run is found: of proposals and of counts of booths."""

from alembic import op

from services.kit.database import indexes

revision = "society_0022"
down_revision = "society_0021"
branch_labels = None
depends_on = None

INDEXES = {
    "proposal_over": "proposal (updated_at) WHERE state IN ('withdrawn', 'merged') AND NOT never_shown",
    "booth_count_left": "booth_count (ballot) WHERE sealed = '' AND digest <> ''",
}


def upgrade() -> None:
    """Makes the indexes."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes them away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
