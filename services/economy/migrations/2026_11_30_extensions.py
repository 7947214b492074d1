"""An extension that was given up or revoked leaves room for another."""

from alembic import op

from services.kit.database import indexes

revision = "economy_0026"
down_revision = "economy_0025"
branch_labels = None
depends_on = None

NOW = {"permit_extension": "permit (extends) WHERE state NOT IN ('refused', 'revoked', 'ended', 'withdrawn', 'lapsed')"}
BEFORE = {"permit_extended": "permit (extends) WHERE state NOT IN ('refused', 'withdrawn', 'lapsed')"}
# Of several extensions of one, those that are over extend nothing as the index of before has it.
ALONE = """
UPDATE permit SET extends = NULL
 WHERE extends IS NOT NULL AND state IN ('revoked', 'ended') AND EXISTS (
    SELECT FROM permit other
     WHERE other.extends = permit.extends AND other.state NOT IN ('refused', 'withdrawn', 'lapsed')
       AND (other.state NOT IN ('revoked', 'ended') OR other.id > permit.id))
"""


def upgrade() -> None:
    """Makes the index that knows of fewer; pods of the version before look extensions up in the other for as long as
    there are any, and a later version takes it away.
    """
    indexes.build(NOW, unique=True)
    indexes.build(BEFORE)


def downgrade() -> None:
    """The other way round."""
    op.execute(ALONE)
    indexes.build(BEFORE, unique=True)
    indexes.drop("permit_extension")
