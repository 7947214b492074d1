"""Who a caller is to a case, and whether the case exists for them at all.

| who                                              | sees                                                           |
|--------------------------------------------------|----------------------------------------------------------------|
| anybody with the code                            | the public timeline, released words; a secret case: nothing    |
| reporter (link key, or the login that filed it)  | everything of the case                                         |
| officer of the agency that has it                | everything but who reports, when the reporter stays anonymous  |
| verifier, admin                                  | everything                                                     |
"""

from dataclasses import dataclass

from services.governance.complaints import link, store
from services.governance.complaints.model import Complaint, Party
from services.kit import codes
from services.kit.caller import Caller
from services.kit.database import Transaction
from services.kit.errors import DomainError, forbidden, not_found


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


def by(caller: Caller, wanted: frozenset[Party]) -> str:
    """How the history names somebody who acts as one of these parties: a role and agency, never a person."""
    if Party.VERIFIER in wanted:
        return "verifier" if caller.has("verifier") else "admin"
    if Party.AGENCY in wanted:
        return f"officer {caller.agency}"
    return "system" if Party.SYSTEM in wanted else "reporter"


async def find(tx: Transaction, code: str, link_key: str = "", *, lock: bool = False) -> Case:
    """The case of a code as far as it exists for the caller; unknown and secret answer alike.

    Errors: NOT_FOUND COMPLAINT_NOT_FOUND.
    """
    known = codes.parse(tx.runtime.city.code_prefix, code)
    complaint = await store.by_code(tx, known, lock=lock) if known else None
    if complaint is None:
        link.proves(link_key, None)  # costs the same as for a case that is there
        raise _unknown()
    case = Case(complaint, parties(tx.caller, complaint, link_key))
    if complaint.secret and not case.inside:
        raise _unknown()
    return case


def require_reporter(case: Case) -> None:
    """Refuses whoever is not the reporter. Errors: FORBIDDEN LINK_KEY_REQUIRED."""
    if Party.REPORTER not in case.parties:
        message = "Only the reporter can do this: give the link key of the case, or log in as whoever filed it."
        raise forbidden("LINK_KEY_REQUIRED", message, field="link_key")


def require_desk(case: Case) -> None:
    """Refuses officers of other agencies. Errors: FORBIDDEN NOT_YOUR_AGENCY."""
    if not case.parties & {Party.AGENCY, Party.VERIFIER, Party.SYSTEM}:
        raise forbidden("NOT_YOUR_AGENCY", f"This case is with {case.complaint.agency}; only that agency can move it.")


def _unknown() -> DomainError:
    message = (
        "There is no case with this code that you may see. Check the code for slips; a secret case needs its link key."
    )
    return not_found("COMPLAINT_NOT_FOUND", message, field="code")
