"""Reports that are being written."""

from alembic import op

revision = "gateway_0004"
down_revision = "gateway_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A row for each report that a browser began and has not sent."""
    op.execute(
        """
        CREATE TABLE draft (
            owner bytea NOT NULL CHECK (octet_length(owner) = 32),
            id uuid NOT NULL,
            sealed text NOT NULL DEFAULT '',
            network text NOT NULL,
            bytes bigint NOT NULL DEFAULT 0,
            create_time timestamptz NOT NULL DEFAULT now(),
            expire_time timestamptz NOT NULL,
            PRIMARY KEY (owner, id)
        );
        CREATE INDEX draft_expire_time ON draft (expire_time);
        CREATE INDEX draft_network ON draft (network) WHERE bytes > 0;
        COMMENT ON TABLE draft IS 'Reports that are being written, until they are sent or expire.';
        COMMENT ON COLUMN draft.owner IS 'SHA-256 of the browser''s cookie.';
        COMMENT ON COLUMN draft.sealed IS 'What was entered, sealed with a key that the browser''s cookie completes.';
        COMMENT ON COLUMN draft.network IS 'Digest of the address and the day, by which photos are counted.';
        COMMENT ON COLUMN draft.bytes IS 'Size of its photos.';
        """
    )


def downgrade() -> None:
    """What was begun is lost."""
    op.execute("DROP TABLE draft")
