"""The emergency number 112: calls, incidents, units, their clocks and the control room's journal."""

from alembic import op

revision = "governance_0010"
down_revision = "governance_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.execute(
        """
        CREATE TABLE emergency_number (name text PRIMARY KEY, last bigint NOT NULL);
        COMMENT ON TABLE emergency_number IS 'Numbers without gaps: a row is held until its number is committed.';

        CREATE TABLE incident (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            number bigint NOT NULL UNIQUE,
            state text NOT NULL
                CHECK (state IN ('waiting', 'dispatched', 'on_scene', 'cleared', 'closed', 'merged')),
            kind text NOT NULL,
            priority smallint NOT NULL,
            place text NOT NULL,
            area text NOT NULL,
            lon double precision,
            lat double precision,
            note text NOT NULL,
            exercise boolean NOT NULL,
            warning text NOT NULL,
            story text NOT NULL,
            merged_into uuid,
            outcome text NOT NULL,
            report text NOT NULL,
            hurt integer NOT NULL,
            dead integer NOT NULL,
            called_at timestamptz NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            closed_at timestamptz
        );
        CREATE INDEX incident_list ON incident (state, number);
        CREATE INDEX incident_open ON incident (number) WHERE state IN ('waiting', 'dispatched', 'on_scene', 'cleared');
        CREATE UNIQUE INDEX incident_of_warning ON incident (warning) WHERE warning <> '';
        CREATE INDEX incident_merged ON incident (merged_into, number) WHERE merged_into IS NOT NULL;

        CREATE TABLE incident_clock (
            id uuid PRIMARY KEY,
            incident uuid NOT NULL REFERENCES incident (id),
            service text NOT NULL,
            priority smallint NOT NULL,
            due_at timestamptz NOT NULL,
            assigned_at timestamptz,
            arrived_at timestamptz,
            late_told boolean NOT NULL,
            open boolean NOT NULL,
            UNIQUE (incident, service)
        );
        CREATE INDEX incident_clock_due ON incident_clock (due_at) WHERE open AND assigned_at IS NULL AND NOT late_told;
        CREATE INDEX incident_clock_late ON incident_clock (due_at) WHERE open AND assigned_at IS NULL;

        CREATE TABLE emergency_unit (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            code text NOT NULL UNIQUE,
            name text NOT NULL,
            service text NOT NULL,
            agency text NOT NULL,
            state text NOT NULL
                CHECK (state IN ('available', 'dispatched', 'en_route', 'on_scene', 'returning', 'out_of_service')),
            incident uuid,
            crew text NOT NULL,
            made_up boolean NOT NULL,
            moved_at timestamptz NOT NULL,
            heard_at timestamptz NOT NULL,
            asked_at timestamptz,
            escalated boolean NOT NULL,
            created_at timestamptz NOT NULL
        );
        CREATE UNIQUE INDEX emergency_unit_crew ON emergency_unit (crew) WHERE crew <> '';
        CREATE INDEX emergency_unit_agency ON emergency_unit (agency, code);

        CREATE TABLE unit_position (
            unit text PRIMARY KEY,
            at timestamptz NOT NULL,
            received timestamptz NOT NULL,
            lon double precision NOT NULL,
            lat double precision NOT NULL
        );
        COMMENT ON TABLE unit_position IS 'Where units are: the latest alone, so that nobody is followed.';

        CREATE TABLE unit_assignment (
            id uuid PRIMARY KEY,
            incident uuid NOT NULL REFERENCES incident (id),
            origin uuid NOT NULL REFERENCES incident (id),
            unit text NOT NULL,
            service text NOT NULL,
            assigned_at timestamptz NOT NULL,
            departed_at timestamptz,
            arrived_at timestamptz,
            ended_at timestamptz
        );
        CREATE INDEX unit_assignment_incident ON unit_assignment (incident, assigned_at);
        CREATE INDEX unit_assignment_origin ON unit_assignment (origin);
        CREATE UNIQUE INDEX unit_assignment_live ON unit_assignment (unit) WHERE ended_at IS NULL;

        CREATE TABLE hand_off (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            incident uuid NOT NULL REFERENCES incident (id),
            party text NOT NULL,
            state text NOT NULL CHECK (state IN ('asked', 'acknowledged')),
            created_at timestamptz NOT NULL,
            due_at timestamptz NOT NULL,
            next_at timestamptz NOT NULL,
            escalations integer NOT NULL,
            acknowledged_at timestamptz,
            reference text NOT NULL,
            exercise boolean NOT NULL
        );
        CREATE INDEX hand_off_incident ON hand_off (incident, created_at);
        CREATE INDEX hand_off_next ON hand_off (next_at) WHERE state = 'asked';

        CREATE TABLE dispatch_entry (
            number bigint PRIMARY KEY,
            incident uuid,
            unit text NOT NULL,
            what text NOT NULL,
            text text NOT NULL,
            by text NOT NULL,
            at timestamptz NOT NULL,
            exercise boolean NOT NULL
        );
        CREATE INDEX dispatch_entry_incident ON dispatch_entry (incident, number) WHERE incident IS NOT NULL;

        CREATE TABLE emergency_call (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            number bigint NOT NULL UNIQUE,
            state text NOT NULL CHECK (state IN ('waiting', 'incident', 'closed')),
            words text NOT NULL,
            place text NOT NULL,
            area text NOT NULL,
            lon double precision,
            lat double precision,
            closing text NOT NULL,
            incident uuid REFERENCES incident (id),
            complaint text NOT NULL,
            has_caller boolean NOT NULL,
            call_backs integer NOT NULL,
            reached boolean NOT NULL,
            paper boolean NOT NULL,
            exercise boolean NOT NULL,
            received_at timestamptz NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            closed_at timestamptz,
            erase_at timestamptz
        );
        COMMENT ON COLUMN emergency_call.words IS 'Personal: emptied when the caller is erased.';
        CREATE INDEX emergency_call_list ON emergency_call (state, number);
        CREATE INDEX emergency_call_incident ON emergency_call (incident) WHERE incident IS NOT NULL;
        CREATE INDEX emergency_call_erase ON emergency_call (erase_at) WHERE erase_at IS NOT NULL;

        CREATE TABLE emergency_caller (
            call uuid PRIMARY KEY REFERENCES emergency_call (id),
            ciphertext bytea NOT NULL,
            created_at timestamptz NOT NULL
        );
        COMMENT ON TABLE emergency_caller IS 'Who called, sealed with a key of its own; erased by destroying that.';

        CREATE TABLE emergency_caller_read (
            id uuid PRIMARY KEY,
            call uuid NOT NULL REFERENCES emergency_call (id),
            at timestamptz NOT NULL,
            role text NOT NULL,
            subject text NOT NULL,
            purpose text NOT NULL
        );
        CREATE INDEX emergency_caller_read_call ON emergency_caller_read (call, id);

        CREATE TABLE paper_number (
            number bigint PRIMARY KEY,
            reserved_at timestamptz NOT NULL,
            state text NOT NULL CHECK (state IN ('reserved', 'entered', 'void')),
            reason text NOT NULL
        );
        CREATE INDEX paper_number_reserved ON paper_number (number) WHERE state = 'reserved';

        CREATE TABLE flooded_area (
            warning text NOT NULL,
            area text NOT NULL,
            exercise boolean NOT NULL,
            expires_at timestamptz,
            PRIMARY KEY (warning, area)
        );
        COMMENT ON TABLE flooded_area IS 'Kelurahan under warnings of floods that are in force.';

        CREATE TABLE response_day (
            day date NOT NULL,
            service text NOT NULL,
            priority smallint NOT NULL,
            target_seconds integer NOT NULL,
            arrived integer NOT NULL,
            on_time integer NOT NULL,
            seconds bigint NOT NULL,
            PRIMARY KEY (day, service, priority)
        );

        CREATE TABLE shift_handover (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            note text NOT NULL,
            open_incidents integer NOT NULL,
            busy_units integer NOT NULL,
            unanswered integer NOT NULL,
            by text NOT NULL,
            created_at timestamptz NOT NULL,
            accepted_by text NOT NULL,
            accepted_at timestamptz
        );
        """
    )


def downgrade() -> None:
    """Takes the tables away."""
    op.execute(
        """
        DROP TABLE shift_handover, response_day, flooded_area, paper_number, emergency_caller_read, emergency_caller,
            emergency_call, dispatch_entry, hand_off, unit_assignment, unit_position, emergency_unit, incident_clock,
            incident, emergency_number
        """
    )
