"""A drill's bill leaves room for the real one of the same object and period, and the other way round."""

from services.kit.database import indexes

revision = "economy_0046"
down_revision = "economy_0045"
branch_labels = None
depends_on = None

NOW = {
    "bill_once_each": "bill (tariff, lower(object), period, exercise)"
    " WHERE state IN ('issued', 'paid') AND period <> ''"
}


def upgrade() -> None:
    """Builds the index that tells them apart, and only then takes away the one that does not; processes of the version
    before look bills up in either.
    """
    indexes.build(NOW, unique=True)
    indexes.drop("bill_once")


def downgrade() -> None:
    """It stays so: there may be both by now, and the version before works with this index."""
