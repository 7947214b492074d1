"""Addresses are confirmed, people join once, and words and photos can be taken out.

Contacts that are there already count as waiting, like new ones: nobody ever proved that an address is theirs. Each gets
its confirmation when there is the next thing to tell, and until then nothing.
"""

from alembic import op

from services.kit.database import indexes

revision = "governance_0004"
down_revision = "governance_0003"
branch_labels = None
depends_on = None


# A check of a column that is added with it goes through all rows at once, while nobody can read one.
COLUMNS = """
ALTER TABLE contact
    ADD COLUMN IF NOT EXISTS mail text NOT NULL DEFAULT 'waiting',
    ADD COLUMN IF NOT EXISTS address bytea, -- keyed digest of the e-mail address
    ADD COLUMN IF NOT EXISTS link_hash bytea, -- of a supporter's own key
    ADD COLUMN IF NOT EXISTS ask_time timestamptz, -- of the last confirmation
    ADD COLUMN IF NOT EXISTS confirm_time timestamptz,
    DROP CONSTRAINT IF EXISTS contact_mail_check,
    ADD CONSTRAINT contact_mail_check
        CHECK (mail IN ('waiting', 'confirmed', 'unsubscribed', 'undeliverable')) NOT VALID;
ALTER TABLE supporter
    ADD COLUMN IF NOT EXISTS counted boolean NOT NULL DEFAULT true,
    ADD COLUMN IF NOT EXISTS session bytea, -- keyed digests, of this case alone
    ADD COLUMN IF NOT EXISTS network bytea;
ALTER TABLE complaint ADD COLUMN IF NOT EXISTS redact_time timestamptz;
ALTER TABLE photo ADD COLUMN IF NOT EXISTS redact_time timestamptz;
"""
INDEXES = {
    "contact_address": "contact (address) WHERE address IS NOT NULL",
    "contact_link": "contact (link_hash) WHERE link_hash IS NOT NULL",
    "supporter_session": "supporter (complaint_id, session) WHERE session IS NOT NULL",
    "supporter_network": "supporter (complaint_id, network) WHERE network IS NOT NULL",
    "supporter_joined": "supporter (joined_at) WHERE network IS NOT NULL",
}
TABLES = """
-- What goes to an address, whichever case it is about. The key is a digest under a secret of the city.
CREATE TABLE mail_address (
    address bytea PRIMARY KEY,
    day date NOT NULL, -- in the city's time zone, of the two counts
    confirmations integer NOT NULL,
    mails integer NOT NULL,
    ask_time timestamptz, -- of the last confirmation; of the last since the stop, once there was one
    stop text NOT NULL DEFAULT '' CHECK (stop IN ('', 'unsubscribed', 'undeliverable')),
    stop_time timestamptz
);
CREATE INDEX mail_address_idle ON mail_address (day) WHERE stop = '';

CREATE TABLE redaction (
    id uuid PRIMARY KEY,
    complaint_id uuid NOT NULL REFERENCES complaint (id),
    reason text NOT NULL,
    words boolean NOT NULL,
    photos uuid[] NOT NULL,
    entries integer[] NOT NULL,
    by text NOT NULL,
    asker text NOT NULL, -- subject of who asked: they do not approve it themselves
    approver text NOT NULL DEFAULT '',
    create_time timestamptz NOT NULL,
    done_time timestamptz
);
CREATE INDEX redaction_complaint ON redaction (complaint_id, id DESC);
-- Files of photos that are to go from the file store.
CREATE TABLE erased_file (
    path text PRIMARY KEY,
    since timestamptz NOT NULL
);
CREATE INDEX erased_file_since ON erased_file (since);
"""


def upgrade() -> None:
    """Adds columns and tables; code of the version before goes on working with what it knows.

    The tables come last: they are there when the revision is, and not before.
    """
    op.execute(COLUMNS)
    indexes.build(INDEXES)
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE contact VALIDATE CONSTRAINT contact_mail_check")
    op.execute(TABLES)


def downgrade() -> None:
    """Takes them away; what was taken out of cases stays out."""
    op.execute(
        """
        DROP TABLE erased_file, redaction, mail_address;
        ALTER TABLE photo DROP COLUMN redact_time;
        ALTER TABLE complaint DROP COLUMN redact_time;
        ALTER TABLE supporter DROP COLUMN counted, DROP COLUMN session, DROP COLUMN network;
        ALTER TABLE contact DROP COLUMN mail, DROP COLUMN address, DROP COLUMN link_hash, DROP COLUMN ask_time,
            DROP COLUMN confirm_time;
        """
    )
