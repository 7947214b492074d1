"""Vehicles come in over MQTT by a credential; what they told there and was refused is counted."""

from alembic import op

revision = "living_0013"
down_revision = "living_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns and the tables, and what makes the edition grow."""
    op.execute(
        """
        -- How many passwords it has had; none yet: it does not come in.
        ALTER TABLE vehicle ADD generation integer NOT NULL DEFAULT 0, ADD revoked_at timestamptz;
        CREATE TABLE vehicle_edition (
            one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
            edition bigint NOT NULL
        );
        -- The row is locked to the commit, so it is touched last.
        CREATE FUNCTION vehicle_edition_grows() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO living.vehicle_edition AS e (edition) VALUES (1)
                ON CONFLICT (one_row) DO UPDATE SET edition = e.edition + 1;
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER vehicle_edition_grows AFTER UPDATE ON vehicle DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW WHEN ((OLD.generation, OLD.revoked_at, OLD.retired_at)
                               IS DISTINCT FROM (NEW.generation, NEW.revoked_at, NEW.retired_at))
            EXECUTE FUNCTION vehicle_edition_grows();
        CREATE TABLE vehicle_refusal (
            vehicle text PRIMARY KEY REFERENCES vehicle ON DELETE CASCADE,
            at timestamptz NOT NULL,
            refused bigint NOT NULL,
            refusal text NOT NULL
        );
        """
    )


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        """
        DROP TABLE vehicle_refusal;
        DROP TRIGGER vehicle_edition_grows ON vehicle;
        DROP FUNCTION vehicle_edition_grows();
        DROP TABLE vehicle_edition;
        ALTER TABLE vehicle DROP COLUMN generation, DROP COLUMN revoked_at;
        """
    )
