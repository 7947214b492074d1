"""SQL of the gauges that speak: alarms that are open."""

from datetime import datetime

from services.environment.criteria.model import Level, Zone
from services.environment.warnings.store import BATCH
from services.kit.database import Transaction

_OPEN = """
SELECT t.code AS thing, d.name AS datastream, a.rule_name AS rule
  FROM thing AS t JOIN alarm AS a ON a.thing = t.id AND a.lasting = 1 JOIN datastream AS d ON d.id = a.datastream
 WHERE t.code = ANY($1)
"""
_ENDING = """
SELECT zone FROM warning
 WHERE state = 'in_force' AND expires_at <= $1 AND automatic AND NOT exercise ORDER BY expires_at LIMIT $2
"""


async def spoken(tx: Transaction, zone: Zone) -> list[Level]:
    """The levels that gauges speak of in a zone, by the alarms that are open."""
    levels = (zone.level_of(**row) for row in await tx.fetch(_OPEN, zone.things))
    return [level for level in levels if level is not None]


async def ending(tx: Transaction, before: datetime) -> list[str]:
    """Zones whose warning was raised by their gauges and ends soon."""
    return [row["zone"] for row in await tx.fetch(_ENDING, before, BATCH)]
