"""An index of the corrections that a login has filed; and the login goes with the words, also of those whose words are
taken away already, and of those of which a pod of the version before yet takes the words alone.
"""

from alembic import op

from services.kit.database import indexes

revision = "living_0023"
down_revision = "living_0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds them, and takes the logins away."""
    indexes.build(
        {
            "facility_correction_filed": "facility_correction (by, id) WHERE by <> ''",
            "facility_correction_kept": "facility_correction (decided_at) WHERE reason <> '' OR by <> ''",
        }
    )
    indexes.drop("facility_correction_words")
    op.execute("UPDATE facility_correction SET by = '' WHERE by <> '' AND reason = ''")


def downgrade() -> None:
    """The other way round."""
    indexes.build({"facility_correction_words": "facility_correction (decided_at) WHERE reason <> ''"})
    op.execute("DROP INDEX facility_correction_filed, facility_correction_kept")
