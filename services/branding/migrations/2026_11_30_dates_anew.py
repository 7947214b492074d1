"""Tickets of a date are sold anew once its sale was called off, and a date says itself why it was called off."""

from alembic import op

from services.kit.database import indexes

revision = "branding_0023"
down_revision = "branding_0022"
branch_labels = None
depends_on = None

ONE = {"ticket_sale_of_occasion": "ticket_sale (occasion) WHERE state <> 'cancelled'"}
ALL = {"ticket_sale_occasion": "ticket_sale (occasion, id)"}
# Of which date it was is not known: all to come that were called off have it, as calendars were told so far.
REASONS = """
ALTER TABLE occasion ADD COLUMN IF NOT EXISTS reason text NOT NULL DEFAULT '';
UPDATE occasion SET reason = event.reason FROM city_event AS event
 WHERE event.id = occasion.event_id AND event.state = 'published' AND event.reason <> ''
   AND occasion.state = 'cancelled' AND occasion.ends_at > now();
"""


def upgrade() -> None:
    """Lets a date have several sales, of which one is not called off, and adds the reasons."""
    indexes.build(ONE, unique=True)
    indexes.build(ALL)
    op.execute("ALTER TABLE ticket_sale DROP CONSTRAINT IF EXISTS ticket_sale_occasion_key")
    op.execute(REASONS)


def downgrade() -> None:
    """Takes them away, where no date was sold anew: the version before knows of one sale of each."""
    op.execute(
        """
        ALTER TABLE occasion DROP COLUMN reason;
        DROP INDEX ticket_sale_occasion, ticket_sale_of_occasion;
        """
    )
    op.execute("ALTER TABLE ticket_sale ADD CONSTRAINT ticket_sale_occasion_key UNIQUE (occasion)")
