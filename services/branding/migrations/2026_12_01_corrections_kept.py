"""An index of the corrections that are decided and of which more is to go than their words: whose they were, and what
was declined. The timer takes it, also of those whose words are taken away already.
"""

from alembic import op

from services.kit.database import indexes

revision = "branding_0031"
down_revision = "branding_0030"
branch_labels = None
depends_on = None

KEPT = "reason <> '' OR by <> '' OR state = 'declined' AND content <> '{}'"


def upgrade() -> None:
    """Adds it in place of that of the words alone, which it serves as well."""
    indexes.build({"destination_correction_kept": f"destination_correction (decided_at) WHERE {KEPT}"})
    indexes.drop("destination_correction_decided")


def downgrade() -> None:
    """The other way round."""
    indexes.build({"destination_correction_decided": "destination_correction (decided_at) WHERE reason <> ''"})
    op.execute("DROP INDEX destination_correction_kept")
