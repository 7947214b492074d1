"""A certificate that was withdrawn by mistake is issued anew: of all of one person in a course one holds."""

from alembic import op

from services.kit.database import indexes

revision = "society_0030"
down_revision = "society_0029"
branch_labels = None
depends_on = None

INDEXES = {"certificate_holding": "certificate (enrolment) WHERE state = 'valid'"}


def upgrade() -> None:
    """Makes the index in the place of the one that let each have one certificate, ever."""
    indexes.build(INDEXES, unique=True)
    op.execute("ALTER TABLE certificate DROP CONSTRAINT IF EXISTS certificate_enrolment_key")


def downgrade() -> None:
    """Takes it away; who was given another by then keeps both."""
    op.execute("DROP INDEX certificate_holding")
