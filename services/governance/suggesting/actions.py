"""Advice about an incident, from what is known now."""

from services.governance.floods import store as flood_store
from services.governance.incidents import actions as incidents
from services.governance.incidents import store as incident_store
from services.governance.incidents.model import Incident
from services.governance.protocol.model import protocol_of
from services.governance.suggesting import model
from services.governance.suggesting.model import Floods, Similar, Suggestion
from services.governance.units import store as units
from services.kit.database import Transaction


async def advise(tx: Transaction, id_: str) -> tuple[list[Suggestion], list[Similar]]:
    """Units and similar incidents. Errors: INCIDENT_NOT_FOUND, NO_EMERGENCY_NUMBER."""
    protocol = protocol_of(tx.runtime.city)
    one = await incidents.known(tx, id_)
    services = {clock.service for clock in await incident_store.clocks(tx, [one.id]) if clock.needed}
    known = await units.of_services(tx, services)
    codes = [unit.code for unit in known]
    at, drills = await units.positions(tx, codes), set() if one.exercise else await units.in_drills(tx, codes)
    goal, floods = model.goal(tx.runtime.city, one.site), await _floods(tx, one)
    suggested = model.suggested(goal, known, at, floods, protocol, tx.now, drills=drills)
    return suggested, model.similar(one, await incident_store.open_ones(tx, one.exercise), protocol)


async def _floods(tx: Transaction, one: Incident) -> Floods:
    flooded = [code for code in await flood_store.of(tx, exercise=one.exercise) if code != one.area]
    return Floods(tx.runtime.city.outlines(flooded) if flooded else {})
