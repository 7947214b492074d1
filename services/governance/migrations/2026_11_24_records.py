"""Records beside the complaint: history, seals, contacts, photos and news."""

from alembic import op

revision = "governance_0002"
down_revision = "governance_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables and the guard of the history."""
    op.execute(
        """
        CREATE TABLE entry (
            complaint_id uuid NOT NULL REFERENCES complaint (id),
            number integer NOT NULL CHECK (number > 0),
            at timestamptz NOT NULL,
            type text NOT NULL,
            by text NOT NULL,
            state text NOT NULL,
            note text NOT NULL,
            salt bytea NOT NULL,
            note_digest bytea NOT NULL,
            previous_hash bytea NOT NULL,
            hash bytea NOT NULL,
            trace_id text NOT NULL,
            public boolean NOT NULL,
            photos uuid[] NOT NULL DEFAULT '{}',
            sealed_on date, -- day of the seal that first held this entry
            PRIMARY KEY (complaint_id, number)
        );
        CREATE INDEX entry_unsealed ON entry (at) WHERE sealed_on IS NULL;
        CREATE INDEX entry_at ON entry (at);

        -- A history only grows. What may change: a note may go (with its salt), an entry may be sealed once.
        CREATE FUNCTION entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE'
               AND (NEW.complaint_id, NEW.number, NEW.at, NEW.type, NEW."by", NEW.state, NEW.note_digest,
                    NEW.previous_hash, NEW.hash, NEW.trace_id, NEW.public, NEW.photos)
                   IS NOT DISTINCT FROM
                   (OLD.complaint_id, OLD.number, OLD.at, OLD.type, OLD."by", OLD.state, OLD.note_digest,
                    OLD.previous_hash, OLD.hash, OLD.trace_id, OLD.public, OLD.photos)
               AND ((NEW.note, NEW.salt) IS NOT DISTINCT FROM (OLD.note, OLD.salt)
                    OR (NEW.note = '' AND NEW.salt = ''::bytea))
               AND (OLD.sealed_on IS NULL OR NEW.sealed_on IS NOT DISTINCT FROM OLD.sealed_on)
            THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'the history of a complaint only grows' USING ERRCODE = 'restrict_violation';
        END $$;
        CREATE TRIGGER entry_guard BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION entry_guard();
        CREATE TRIGGER entry_truncate BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION entry_guard();

        CREATE TABLE seal (
            day date PRIMARY KEY, -- in the city's time zone
            leaves bytea[] NOT NULL,
            root bytea NOT NULL,
            previous bytea NOT NULL UNIQUE, -- no seal is followed twice
            hash bytea NOT NULL,
            at timestamptz NOT NULL,
            key_id text NOT NULL,
            signature text NOT NULL
        );
        CREATE TABLE seal_key (
            key_id text PRIMARY KEY,
            x text NOT NULL -- public Ed25519 key, base64url
        );

        CREATE TABLE contact (
            subject uuid PRIMARY KEY, -- the complaint for its reporter, the joining for a supporter
            complaint_id uuid NOT NULL REFERENCES complaint (id),
            supporter boolean NOT NULL,
            ciphertext bytea NOT NULL,
            has_email boolean NOT NULL,
            create_time timestamptz NOT NULL,
            erase_time timestamptz
        );
        CREATE INDEX contact_complaint ON contact (complaint_id);
        CREATE TABLE contact_read (
            id uuid PRIMARY KEY,
            complaint_id uuid NOT NULL REFERENCES complaint (id),
            at timestamptz NOT NULL,
            by text NOT NULL,
            reader text NOT NULL, -- subject of the caller: for the city's auditors, never in an answer
            purpose text NOT NULL
        );
        CREATE INDEX contact_read_complaint ON contact_read (complaint_id, id DESC);

        CREATE TABLE photo (
            id uuid PRIMARY KEY,
            complaint_id uuid NOT NULL REFERENCES complaint (id),
            content_type text NOT NULL,
            width integer NOT NULL,
            height integer NOT NULL,
            size bigint NOT NULL,
            path text NOT NULL,
            sha256 text NOT NULL,
            evidence boolean NOT NULL,
            agency text NOT NULL, -- of the officer who added it; empty for the reporter's
            released boolean NOT NULL,
            create_time timestamptz NOT NULL
        );
        CREATE INDEX photo_complaint ON photo (complaint_id, id);

        CREATE TABLE news (
            id uuid PRIMARY KEY,
            complaint_id uuid NOT NULL REFERENCES complaint (id),
            subject uuid NOT NULL REFERENCES contact (subject),
            kind text NOT NULL,
            facts jsonb NOT NULL,
            create_time timestamptz NOT NULL,
            state text NOT NULL CHECK (state IN ('queued', 'sent', 'dropped', 'given_up')),
            reason text NOT NULL DEFAULT '', -- why it was dropped or given up
            attempts integer NOT NULL DEFAULT 0,
            next_time timestamptz NOT NULL, -- of the next attempt while queued
            end_time timestamptz -- when it was sent, dropped or given up
        );
        CREATE INDEX news_due ON news (next_time) WHERE state = 'queued';
        CREATE INDEX news_complaint ON news (complaint_id);
        """
    )


def downgrade() -> None:
    """Drops the tables."""
    op.execute(
        """
        DROP TABLE news, photo, contact_read, contact, seal_key, seal, entry;
        DROP FUNCTION entry_guard();
        """
    )
