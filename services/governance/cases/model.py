"""A complaint, and what somebody is to it. Pure: no I/O, no clock of its own, no protobuf.

| who                                              | sees                                                           |
|--------------------------------------------------|----------------------------------------------------------------|
| anybody with the code                            | the public timeline, released words; a secret case: nothing    |
| reporter (link key, or the login that filed it)  | everything of the case                                         |
| reader of a link in the reporter's mail          | the same, but for the contact                                  |
| officer of the agency that has it                | everything but who reports, when the reporter stays anonymous  |
| verifier, admin                                  | everything                                                     |
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.governance.deadlines.model import Deadlines
from services.governance.keys import link
from services.governance.states.model import OPEN, Party, State
from services.kit.caller import Caller
from services.kit.errors import forbidden


class Class(StrEnum):
    """Which clocks run (SP4N-LAPOR)."""

    ORDINARY = "ordinary"
    SUPERVISORY = "supervisory"
    INFORMATION = "information"
    ASPIRATION = "aspiration"


class Channel(StrEnum):
    """How a complaint reached the city; demo is seeded data."""

    PORTAL = "portal"
    API = "api"
    DEMO = "demo"


@dataclass(frozen=True)
class Location:
    """Where it is. `area` is the Kemendagri code of a kelurahan or desa, empty when not known; WGS 84 degrees."""

    area: str = ""
    lon: float | None = None
    lat: float | None = None
    landmark: str = ""


@dataclass(frozen=True)
class Assignment:
    """Which agency has it and why. `rule` counts from 1 in the profile's order; 0 after a hand-made choice."""

    agency: str
    rule: int
    why_id: str
    why_en: str


@dataclass(frozen=True)
class Complaint:
    """One matter that a citizen brought to the city. Times are UTC."""

    id: UUID
    code: str
    version: int
    state: State
    kind: Class
    category: str
    location: Location
    text: str
    assignment: Assignment
    deadlines: Deadlines
    channel: Channel
    created_at: datetime
    updated_at: datetime
    link_hash: bytes
    reporter: str = ""
    """Subject of the login that filed it; empty without account."""
    secret: bool = False
    anonymous: bool = False
    exercise: bool = False
    public_text: str = ""
    escalation: int = 0
    supporters: int = 0
    rating: int = 0
    duplicate_of: str = ""
    """Code of the other complaint."""
    handed_by: str = ""
    """Agency that handed it over, while no other has taken it; it gets it back when the other declines."""
    resolved_at: datetime | None = None
    on_time: bool = False
    refusal: bool = False
    redacted_at: datetime | None = None
    """When its words were taken out for good."""

    @property
    def agency(self) -> str:
        """Id of the agency that has it."""
        return self.assignment.agency

    @property
    def released(self) -> bool:
        """Whether a verifier let the public read its words."""
        return bool(self.public_text)


def is_open(complaint: Complaint) -> bool:
    """Whether the city still owes something."""
    return complaint.state in OPEN


@dataclass(frozen=True)
class Case:
    """A complaint, and what the caller is to it."""

    complaint: Complaint
    parties: frozenset[Party]

    @property
    def inside(self) -> bool:
        """Whether the caller is more than the public."""
        return bool(self.parties)


def parties(caller: Caller, complaint: Complaint, link_key: str = "") -> frozenset[Party]:
    """What the caller is to the complaint; empty for the public."""
    proven = link.proves(link_key, complaint.link_hash)
    filed = complaint.reporter != "" and caller.subject == complaint.reporter and identified(caller)
    found = {
        Party.REPORTER: proven or filed,
        Party.AGENCY: caller.has("officer") and caller.agency != "" and caller.agency == complaint.agency,
        Party.VERIFIER: caller.has("verifier") or caller.has("admin"),
        Party.SYSTEM: caller.has("system"),
    }
    return frozenset(party for party, holds in found.items() if holds)


def identified(caller: Caller) -> bool:
    """Whether the caller has a login."""
    return bool(caller.roles - {"anonymous", "system"})


def acting_as(caller: Caller, wanted: frozenset[Party]) -> str:
    """How the history names somebody who acts as one of these parties: a role and agency, never a person."""
    if Party.VERIFIER in wanted:
        return "verifier" if caller.has("verifier") else "admin"
    if Party.AGENCY in wanted:
        return f"officer {caller.agency}"
    return "system" if Party.SYSTEM in wanted else "reporter"


def require_reporter(case: Case) -> None:
    """Refuses whoever is not the reporter. Errors: FORBIDDEN LINK_KEY_REQUIRED."""
    if Party.REPORTER not in case.parties:
        message = "Only the reporter can do this: give the link key (X-Link-Key), or log in as whoever filed it."
        raise forbidden("LINK_KEY_REQUIRED", message, field="link_key")


def require_desk(case: Case) -> None:
    """Refuses officers of other agencies. Errors: FORBIDDEN NOT_YOUR_AGENCY."""
    if not case.parties & {Party.AGENCY, Party.VERIFIER, Party.SYSTEM}:
        raise forbidden("NOT_YOUR_AGENCY", f"This case is with {case.complaint.agency}; only that agency can move it.")
