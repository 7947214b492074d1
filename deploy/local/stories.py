"""Which stories can be told of a city: each needs something of its profile, and says what where that is not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from deploy.local.demo import event_agencies, rows, terms

GAUGE, TARIFF, NEIGHBOURHOOD = "pasut-tanjung-emas", "pasar-kios", "anggaran-rt"
STALL_PERMIT, LOADING_PERMIT = "kios-pasar", "bongkar-muat"
AREA = "33.74.01.1007"
"""Where proposals are made and permits are asked for."""
COMPLETE = "semarang"
"""The city whose profile has all that stories need."""


@dataclass(frozen=True)
class Levy:
    """A market levy that is paid by QRIS: the agency that bills it, and the kelurahan of that counter."""

    agency: str
    area: str


def levy(city: str) -> Levy | None:
    """The market levy of a city; None where it bills none, or has no counter that an acquirer knows."""
    tariff = next((row for row in rows(city, "levies.csv") if row["id"] == TARIFF), None)
    counters = terms(city, "economy.toml").get("counters", [])
    found = (one for one in counters if tariff and one["agency"] == tariff["agency"] and one.get("pan"))
    counter = next(found, None)
    return Levy(counter["agency"], counter["area"]) if counter else None


def lacking(story: str, city: str) -> str:
    """What the profile of a city lacks for a story; empty where it is told."""
    what = _LACKING[story](city)
    return f"cities/{city} {what}: {_instead(city)}" if what else ""


def told(city: str) -> list[str]:
    """The stories that can be told of a city."""
    return [name for name, lacks in _LACKING.items() if not lacks(city)]


def _instead(city: str) -> str:
    others = " and ".join(f"`smartcity story {name}`" for name in told(city))
    complete = f"a platform with SMARTCITY_CITY={COMPLETE} tells all stories"
    return f"here {others} can be told, and {complete}" if others else complete


def _lacks_levy(city: str) -> str:
    return "" if levy(city) else f"bills no market levy ({TARIFF} in levies.csv) at a counter that takes QRIS"


def _lacks_ticket(city: str) -> str:
    sellers = set(terms(city, "tickets.toml").get("agencies", ()))
    if sellers & set(event_agencies(city)) & _paid_by_qris(city):
        return ""
    return (
        "publishes no events (events.toml), or who does sells no tickets (tickets.toml) at a counter that takes QRIS"
        " (economy.toml)"
    )


def _paid_by_qris(city: str) -> set[str]:
    """Agencies with a counter that an acquirer knows."""
    return {one["agency"] for one in terms(city, "economy.toml").get("counters", []) if one.get("pan")}


def _lacks_flood(city: str) -> str:
    gauged = any(row["code"] == GAUGE for row in rows(city, "things.csv"))
    warned = gauged and terms(city, "warnings.toml")
    return "" if warned else f"has no gauge {GAUGE} (things.csv), or no criteria of warnings (warnings.toml)"


def _lacks_proposal(city: str) -> str:
    lets = NEIGHBOURHOOD in _kinds(city, "participation.toml") and _has_area(city)
    return "" if lets else f"lets nobody decide on {NEIGHBOURHOOD} (participation.toml) in {AREA}"


def _lacks_permit(city: str) -> str:
    grants = {STALL_PERMIT, LOADING_PERMIT} <= _kinds(city, "permits.toml") and _has_area(city)
    return "" if grants else f"grants no {STALL_PERMIT} and {LOADING_PERMIT} (permits.toml) in {AREA}"


_LACKING: dict[str, Callable[[str], str]] = {
    "levy": _lacks_levy,
    "flood": _lacks_flood,
    "ticket": _lacks_ticket,
    "proposal": _lacks_proposal,
    "permit": _lacks_permit,
}


def _kinds(city: str, name: str) -> set[str]:
    return {one["id"] for one in terms(city, name).get("kinds", [])}


def _has_area(city: str) -> bool:
    return any(row["code"] == AREA for row in rows(city, "areas.csv"))
