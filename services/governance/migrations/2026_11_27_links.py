"""Links in mails act for whoever got them, and an address gets the links of its cases again.

Contacts of before have no digest of their mailbox yet: it is filled in when their owner confirms, or asks for links.
"""

from alembic import op

from services.kit.database import indexes

revision = "governance_0006"
down_revision = "governance_0005"
branch_labels = None
depends_on = None


INDEXES = {
    "contact_mailbox": "contact (mailbox, subject DESC) WHERE mailbox IS NOT NULL",
    "complaint_reporter": "complaint (reporter, id DESC) WHERE reporter <> ''",
}


def upgrade() -> None:
    """Adds columns, the queue of those who asked, and what finds somebody's cases."""
    op.execute(
        """
        ALTER TABLE contact
            ADD COLUMN IF NOT EXISTS link_round integer NOT NULL DEFAULT 0, -- links mailed in earlier rounds are ended
            ADD COLUMN IF NOT EXISTS link_time timestamptz, -- when its reader last asked for another
            -- Keyed digest of the very address: what may be shown to who reads its mail.
            ADD COLUMN IF NOT EXISTS mailbox bytea;
        """
    )
    indexes.build(INDEXES)
    op.execute(
        """
        ALTER TABLE mail_address ADD COLUMN links integer NOT NULL DEFAULT 0; -- on its day
        -- Somebody asked for the links of an address, known or not.
        CREATE TABLE link_request (
            mailbox bytea PRIMARY KEY,
            address bytea NOT NULL,
            ask_time timestamptz NOT NULL
        );
        CREATE INDEX link_request_time ON link_request (ask_time);
        """
    )


def downgrade() -> None:
    """Takes them away; links in mails lead nowhere then."""
    op.execute(
        """
        DROP TABLE link_request;
        ALTER TABLE mail_address DROP COLUMN links;
        DROP INDEX complaint_reporter;
        ALTER TABLE contact DROP COLUMN link_round, DROP COLUMN link_time, DROP COLUMN mailbox;
        """
    )
