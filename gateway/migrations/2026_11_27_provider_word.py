"""When the identity provider last spoke for a login, by which it is asked again, and which logins it ended."""

from alembic import op

from services.kit.database import indexes

revision = "gateway_0002"
down_revision = "gateway_0001"
branch_labels = None
depends_on = None


COLUMNS = """
ALTER TABLE session
    ADD COLUMN IF NOT EXISTS sid text NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS refresh_token text NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS confirm_time timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN IF NOT EXISTS try_time timestamptz;
COMMENT ON COLUMN session.sid IS 'The login''s name at the provider (claim sid); empty when it has none.';
COMMENT ON COLUMN session.refresh_token IS 'Sealed with a key that only the browser''s cookie completes.';
COMMENT ON COLUMN session.confirm_time IS 'When the provider last said who this is and what they may do.';
COMMENT ON COLUMN session.try_time IS 'When it was last asked; one gateway asks at a time.';
"""
TOKENS = """
CREATE TABLE logout_token (
    jti bytea PRIMARY KEY CHECK (octet_length(jti) = 32),
    expire_time timestamptz NOT NULL
);
CREATE INDEX logout_token_expire_time ON logout_token (expire_time);
COMMENT ON TABLE logout_token IS 'Logout tokens that were used (SHA-256 of jti), until they are too old.';
"""


def upgrade() -> None:
    """What a session needs to be renewed and to be ended from outside, beside logins that go on; logout tokens that
    were used.
    """
    op.execute(COLUMNS)
    indexes.build({"session_subject": "session (subject)", "session_sid": "session (sid) WHERE sid <> ''"})
    op.execute("UPDATE session SET confirm_time = create_time")
    op.execute(TOKENS)


def downgrade() -> None:
    """Logins last as they did before."""
    op.execute(
        """
        DROP TABLE logout_token;
        DROP INDEX session_sid;
        DROP INDEX session_subject;
        ALTER TABLE session
            DROP COLUMN sid, DROP COLUMN refresh_token, DROP COLUMN confirm_time, DROP COLUMN try_time;
        """
    )
