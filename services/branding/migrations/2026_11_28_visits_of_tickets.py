"""Visits by tickets, also of events, which are at no destination."""

from alembic import op

revision = "branding_0008"
down_revision = "branding_0007"
branch_labels = None
depends_on = None

PLACES = """
ALTER TABLE visit DROP CONSTRAINT visit_destination_fkey, DROP CONSTRAINT visit_channel_check;
ALTER TABLE visit ADD CONSTRAINT visit_channel_check CHECK (channel IN ('gate', 'counter', 'ticket')) NOT VALID;
ALTER TABLE visit VALIDATE CONSTRAINT visit_channel_check;
COMMENT ON COLUMN visit.destination IS 'A destination, or an event by its id';
COMMENT ON COLUMN visit_tally.destination IS 'A destination, or an event by its id';
"""


def upgrade() -> None:
    """Lets a visit be of an event."""
    op.execute(PLACES)


def downgrade() -> None:
    """Forgets those by tickets; their sums stay."""
    op.execute(
        "DELETE FROM visit WHERE channel = 'ticket'; ALTER TABLE visit DROP CONSTRAINT visit_channel_check,"
        " ADD CONSTRAINT visit_channel_check CHECK (channel IN ('gate', 'counter')),"
        " ADD CONSTRAINT visit_destination_fkey FOREIGN KEY (destination) REFERENCES destination"
    )
