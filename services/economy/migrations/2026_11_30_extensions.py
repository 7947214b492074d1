"""An extension that was given up or revoked leaves room for another."""

from collections.abc import Mapping

from alembic import op

revision = "economy_0026"
down_revision = "economy_0025"
branch_labels = None
depends_on = None

NOW = {"permit_extension": "state NOT IN ('refused', 'revoked', 'ended', 'withdrawn', 'lapsed')"}
BEFORE = {"permit_extended": "state NOT IN ('refused', 'withdrawn', 'lapsed')"}


def upgrade() -> None:
    """Makes the index that knows of fewer, and then takes the other away."""
    _replace(NOW, BEFORE)


def downgrade() -> None:
    """The other way round."""
    _replace(BEFORE, NOW)


def _replace(made: Mapping[str, str], gone: Mapping[str, str]) -> None:
    with op.get_context().autocommit_block():
        for name, where in made.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON permit (extends) WHERE {where}")
        for name in gone:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
