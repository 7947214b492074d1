"""When the identity provider last spoke for a login, by which it is asked again, and which logins it ended."""

from alembic import op

revision = "gateway_0002"
down_revision = "gateway_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What a session needs to be renewed and to be ended from outside; logout tokens that were used."""
    op.execute(
        """
        ALTER TABLE session
            ADD COLUMN sid text NOT NULL DEFAULT '',
            ADD COLUMN refresh_token text NOT NULL DEFAULT '',
            ADD COLUMN confirm_time timestamptz NOT NULL DEFAULT now(),
            ADD COLUMN try_time timestamptz;
        UPDATE session SET confirm_time = create_time;
        CREATE INDEX session_subject ON session (subject);
        CREATE INDEX session_sid ON session (sid) WHERE sid <> '';
        COMMENT ON COLUMN session.sid IS 'The login''s name at the provider (claim sid); empty when it has none.';
        COMMENT ON COLUMN session.refresh_token IS 'Sealed with a key that only the browser''s cookie completes.';
        COMMENT ON COLUMN session.confirm_time IS 'When the provider last said who this is and what they may do.';
        COMMENT ON COLUMN session.try_time IS 'When it was last asked; one gateway asks at a time.';

        CREATE TABLE logout_token (
            jti bytea PRIMARY KEY CHECK (octet_length(jti) = 32),
            expire_time timestamptz NOT NULL
        );
        CREATE INDEX logout_token_expire_time ON logout_token (expire_time);
        COMMENT ON TABLE logout_token IS 'Logout tokens that were used (SHA-256 of jti), until they are too old.';
        """
    )


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
