"""What governance keeps by a login, and that contacts of it can be erased at once."""

from types import SimpleNamespace
from typing import Any

from services.governance.personal import reactions
from tests.fixtures.personal import asked
from tests.governance.calls import Records
from tests.governance.conftest import CITIZEN, refused

GIVEN = {"name": "Siti Contoh", "email": "siti@contoh.id", "phone": "+62 812 0000 0000"}


async def test_contacts_of_a_login_are_erased_and_the_cases_stay(records: Records) -> None:
    filed = await records.file(CITIZEN, contact=GIVEN)
    other = await records.file(contact=GIVEN)
    served: Any = SimpleNamespace(runtime=records.runtime, now=records.runtime.clock(), admin=records.runtime.pool)
    held = await asked(served, reactions, CITIZEN.subject)
    assert held == {"contacts": (1, 0, ""), "complaints": (1, 0, "case")}
    records_ = (await records.own(CITIZEN)).records
    listed = {one.kind: {each.name: each.value for each in one.fields} for one in records_}
    assert listed["complaints"]["code"] == filed.code
    assert listed["contacts"] == {"complaint": filed.code, **GIVEN}
    gone = await asked(served, reactions, CITIZEN.subject, erase=True)
    assert gone == {"contacts": (1, 1, ""), "complaints": (1, 0, "case")}
    again = await asked(served, reactions, CITIZEN.subject, erase=True)
    assert again["contacts"] == (0, 0, "")
    assert {one.kind for one in (await records.own(CITIZEN)).records} == {"complaints"}
    with refused("CONTACT_MISSING"):
        await records.contact("GetContact", **filed.owner)
    assert (await records.contact("GetContact", **other.owner)).contact.name == "Siti Contoh"
