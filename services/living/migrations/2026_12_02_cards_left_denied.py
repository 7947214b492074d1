"""Cards that are denied although nothing is owed with them are found, to be judged again."""

from services.kit.database import indexes

revision = "living_0027"
down_revision = "living_0026"
branch_labels = None
depends_on = None

INDEXES = {"travel_card_left": "travel_card (id) WHERE denied AND NOT blocked AND due + refused = 0"}


def upgrade() -> None:
    """Makes the index."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes it away."""
    indexes.drop(*INDEXES)
