"""When cards were denied before; a validator's sequence is its login's own; what ends rides, cards and concessions."""

from alembic import op

revision = "living_0008"
down_revision = "living_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table and the indexes."""
    op.execute(
        """
        CREATE TABLE card_denial (
            card uuid NOT NULL REFERENCES travel_card,
            since timestamptz NOT NULL,
            until timestamptz NOT NULL
        );
        CREATE INDEX card_denial_card ON card_denial (card, until);
        CREATE INDEX card_denial_until ON card_denial (until);
        CREATE INDEX travel_card_lost ON travel_card (updated_at) WHERE blocked AND owner <> '';
        -- The last day that it held; else when it was declined, or asked for and not decided on.
        ALTER TABLE concession ADD ended date NOT NULL GENERATED ALWAYS AS (
            coalesce(last_day, (coalesce(decided_at, created_at) AT TIME ZONE 'UTC')::date)
        ) STORED;
        CREATE INDEX concession_ended ON concession (ended);
        CREATE INDEX ride_refused ON ride (created_at) WHERE state = 'refused';
        CREATE INDEX ride_card_due ON ride (card, asked_at) WHERE state = 'due';
        ALTER TABLE ride DROP CONSTRAINT ride_validator_sequence_key;
        ALTER TABLE ride ADD UNIQUE (validator, sequence, taken_by);
        """
    )


def downgrade() -> None:
    """Drops them."""
    op.execute(
        """
        ALTER TABLE ride DROP CONSTRAINT ride_validator_sequence_taken_by_key;
        ALTER TABLE ride ADD UNIQUE (validator, sequence);
        DROP INDEX ride_card_due, ride_refused, travel_card_lost;
        ALTER TABLE concession DROP ended;
        DROP TABLE card_denial;
        """
    )
