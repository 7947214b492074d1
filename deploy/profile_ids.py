"""The ids of a profile, which services keep with what they store: where they stand, and what one leaves that goes.

An id is a key for ever. Names change, ids stay: what was stored under one knows no other.
"""

from __future__ import annotations

from dataclasses import dataclass

KEEP = "keep the id and change the name"
DESKS = (
    "/petugas, /petugas/izin, /petugas/partisipasi, /petugas/usulan, /petugas/kursus, /petugas/tiket, /petugas/tagihan"
)
"""Where an administrator sees what every agency has open."""


@dataclass(frozen=True)
class Ids:
    """Ids of one sort: the ``files`` that have them (rows move between two), ``where`` in them, what one that goes
    leaves, and how to mend it. In a table ``where`` names columns, in settings what leads there: a table, then a key of
    it; without a key its own keys, or what it lists.
    """

    what: str
    files: tuple[str, ...]
    where: tuple[str, ...]
    leaves: str
    remedy: str


BARE = "what is stored with it shows the bare id, and goes on without its terms"
BESIDE = "it stays, beside one of another name"

SORTS = (
    Ids("city", ("profile.toml",), ("id",), "no service starts, as a database is of one city", "put it back"),
    Ids("code of the city", ("profile.toml",), ("code",), "its counters begin with new accounts", "put it back"),
    Ids("currency", ("profile.toml",), ("currency",), "all accounts are in the former one", "put it back"),
    Ids("group", ("profile.toml",), ("groups",), BARE, KEEP),
    Ids(
        "agency", ("agencies.csv",), ("id",),
        "what it has open stays its own, and nobody but an administrator can act on it: complaints, permits (granted "
        "on their day, as silence is consent), processes, proposals, courses, sales and gates, bills",
        f"{KEEP}, or first end, decide or hand over all that it has open, as an administrator sees at {DESKS}",
    ),
    Ids(
        "area", ("areas.csv",), ("code",), "what is stored there shows the bare code, and no rule routes it",
        "keep the code, or first end what is open there, as an administrator sees at /petugas and /petugas/izin",
    ),
    Ids("category", ("categories.csv",), ("id",), BARE, f"{KEEP}, or first end complaints of it at /petugas"),
    Ids(
        "counter of agency", ("economy.toml",), ("counters", "agency"),
        "its account, payments and open bills stay with it, and where its agency is gone only an administrator "
        "takes cash there or gives money back",
        "keep it, or first let bills be paid (/petugas/tagihan) and the treasury suspend it",
    ),
    Ids("sector", ("economy.toml",), ("sectors", "id"), BARE, KEEP),
    Ids(
        "levy", ("levies.csv",), ("id",), "its bills can be paid, and no new one is issued",
        f"{KEEP}, or see to its bills at /petugas/tagihan",
    ),
    Ids(
        "kind of permit", ("permits.toml",), ("kinds", "id"),
        "applications for it wait, and a fee that is paid for one is a dead letter",
        "keep it with retired = true for as long as there are permits of it (/petugas/izin)",
    ),
    Ids("document of permits", ("permits.toml",), ("documents", "id"), BARE, KEEP),
    Ids(
        "agency that sells tickets", ("tickets.toml",), ("agencies",), "its sales stay open",
        "keep it, or first end or call off its sales at /petugas/tiket",
    ),
    Ids(
        "agency that offers courses", ("courses.toml",), ("agencies",), "its courses stay open",
        "keep it, or first finish or call off its courses at /petugas/kursus",
    ),
    Ids(
        "kind of process", ("participation.toml",), ("kinds", "id"), BARE,
        f"{KEEP}, or first end processes of it at /petugas/partisipasi",
    ),
    Ids("purpose", ("residents.toml",), ("purposes", "id"), "consent that was given for it counts for nothing", KEEP),
    Ids(
        "kind of incident", ("emergency_protocol.toml",), ("kinds", "id"), BARE,
        f"{KEEP}, or first close incidents of it at /petugas/112",
    ),
    Ids(
        "priority", ("emergency_protocol.toml",), ("priorities", "level"), BARE,
        "keep the level, or first close incidents of it at /petugas/112",
    ),
    Ids(
        "emergency service", ("emergency_protocol.toml",), ("services", "id"), BARE,
        f"{KEEP} or agency, or first close incidents that ask for it at /petugas/112",
    ),
    Ids("party", ("emergency_protocol.toml",), ("parties", "id"), BARE, KEEP),
    Ids("operator", ("transit.toml",), ("operators",), "its vehicles stay", "see to them at /petugas/bus"),
    Ids("medium", ("transit.toml",), ("media", "id"), BARE, KEEP),
    Ids("rider", ("transit_fares.csv",), ("rider",), BARE, KEEP),
    Ids("concession", ("rides.toml",), ("concessions", "rider"), BARE, KEEP),
    Ids("stop", ("transit_stops.csv", "transit_stops_osm.csv"), ("stop",), BARE, KEEP),
    Ids("route", ("transit_routes.csv",), ("route",), BARE, KEEP),
    Ids("thing", ("things.csv",), ("code",), BESIDE, f"{KEEP}, or see to it at /petugas/alat"),
    Ids("datastream", ("datastreams.csv",), ("thing", "name"), BESIDE, "keep it, or see to it at /petugas/alat"),
    Ids("rule", ("rules.csv",), ("thing", "datastream", "name"), BESIDE, "keep it, or see to it at /petugas/alat"),
    Ids(
        "zone", ("warnings.toml",), ("zones", "id"), BARE, f"{KEEP}, or first end its warnings at /petugas/peringatan"
    ),
    Ids("depot", ("waste.toml",), ("depots", "id"), BARE, KEEP),
    Ids(
        "facility", ("facilities.csv", "facilities_osm.csv"), ("code",), BESIDE,
        f"{KEEP}, or see to it at /petugas/fasilitas",
    ),
    Ids(
        "destination", ("destinations.csv", "destinations_osm.csv"), ("code",), BESIDE,
        f"{KEEP}, or see to it at /petugas/wisata",
    ),
    Ids("event", ("events.csv",), ("code",), BESIDE, f"{KEEP}, or see to it at /petugas/acara"),
    Ids("day trip", ("day_trips.toml",), ("trips", "id"), "its address is gone", KEEP),
    Ids("e-service", ("services.csv",), ("id",), "its address is gone", f'{KEEP}, or its state to "replaced"'),
    Ids("landmark", ("landmarks.csv", "landmarks_osm.csv"), ("id",), "it is found no more", KEEP),
    Ids("indicator", ("indicators.toml",), ("indicators", "id"), BARE, KEEP),
    Ids("formula", ("performance.toml",), ("formulas", "id"), BARE, "keep it, and add one"),
    Ids("formula", ("surveys.toml",), ("formulas", "id"), BARE, "keep it, and add one"),
    Ids("grade", ("surveys.toml",), ("grades", "id"), BARE, KEEP),
)  # fmt: skip

WITHOUT = (
    *("areas.geojson", "map.geojson", "routing.csv", "holidays.csv", "clocks.toml", "emergency.toml", "demo.toml"),
    *("emergency_units.toml", "indicators.csv", "alerts.toml", "ispu.json", "pumps.csv", "events.toml"),
    "transit_route_stops.csv",
)
"""Files without ids that anything is kept by: they are read anew at each start, or for a local start alone."""

REMOVED = {
    "permits.toml": (
        "applications wait, and a fee that is paid for one is a dead letter",
        "keep it, each kind with retired = true, for as long as there are permits (/petugas/izin)",
    ),
    "tickets.toml": (
        "nobody sells tickets, while sales may be open and tickets hold, and settlements name no tax of what was sold",
        "first end or call off every sale at /petugas/tiket, keep the file with agencies = [] for its keep_days after "
        "the last day, and take the settlements with their tax at /petugas/uang-tiket before it goes",
    ),
    "courses.toml": (
        "nobody offers courses, while some may be open",
        "first finish or call off every course at /petugas/kursus, and keep the file until its names are erased",
    ),
    "participation.toml": (
        "processes, proposals and ballots that are under way have no terms",
        "first end them at /petugas/partisipasi, /petugas/usulan and /petugas/suara",
    ),
    "residents.toml": ("nobody is verified, and declarations wait", "first see to those at /petugas/warga"),
    "rides.toml": ("cards pay no rides, while some may be owed", "first see to those at /petugas/perjalanan"),
    "emergency_protocol.toml": ("calls and incidents are refused", "first close all incidents at /petugas/112"),
    "warnings.toml": ("nobody warns, while warnings may be in force", "first end those at /petugas/peringatan"),
    "alerts.toml": ("nobody writes alerts, while some may be in force", "first end those at /petugas/gangguan"),
    "waste.toml": ("nothing is planned, while routes may be under way", "first end those at /petugas/armada"),
    "events.toml": ("nobody publishes events, while some may wait", "first see to those at /petugas/acara"),
    "surveys.toml": ("nobody is asked, while questionnaires may be open", "first end those at /petugas/survei"),
}
"""What a file leaves that is taken away, and how to mend it, where the city may lack it."""
USUAL = ("what was entered from it stays, and nothing of it is read any more", "put it back, unless that is meant")
