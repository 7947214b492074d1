"""What is warned of chosen areas is found without looking at all warnings there ever were."""

from alembic import op

from services.kit.database import indexes

revision = "environment_0030"
down_revision = "environment_0029"
branch_labels = None
depends_on = None

INDEXES = {"warning_chosen": "warning (hazard, exercise) WHERE live AND zone = ''"}


def upgrade() -> None:
    """Makes the index."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes it away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
