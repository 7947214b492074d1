"""An index of the corrections that a login has filed, and no login of those whose words are taken away already."""

from alembic import op

from services.kit.database import indexes

revision = "living_0023"
down_revision = "living_0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds it, and takes the logins away."""
    indexes.build({"facility_correction_filed": "facility_correction (by, id) WHERE by <> ''"})
    op.execute("UPDATE facility_correction SET by = '' WHERE by <> '' AND reason = ''")


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP INDEX facility_correction_filed")
