"""What governance does when somebody asks what the city keeps of them: it tells of their reports and of those they
joined, and erases contacts, and who it was that joined.

The file of a case stays: it is a record of what an agency did, and its words were read by their reporter before. So
does the number of those who joined it. Of who joined a mark stays, a digest of that joining alone: nobody counts twice,
nor decides on what they stand behind, by having it erased. Officers decide on what is taken out of a case when it is
over as well, so it stays as long as the case does.
"""

from services.governance.contacts import actions as contacts
from services.governance.keys import digests
from services.governance.personal import store
from services.governance.resources import resources
from services.kit import personal
from services.kit.database import Transaction
from services.kit.events import Event
from services.kit.personal import Kind
from smartcity.society.v1 import events_pb2


async def on_personal_data_requested(tx: Transaction, event: Event[events_pb2.PersonalDataRequested]) -> None:
    """Answers; where that was asked for, destroys the keys of contacts and takes the login off what it joined."""
    asked = event.message
    given, joined = await store.contacts(tx, asked.subject), await store.joined(tx, asked.subject)
    if asked.erase and given:
        await contacts.erase_all(tx, given)
    if asked.erase:
        secret = resources(tx.runtime).link_secret
        joinings = await store.joinings(tx, asked.subject)
        await store.unname(tx, {one: digests.mark(secret, one, asked.subject) for one in joinings})
    kinds = (
        Kind("contacts", len(given), len(given) if asked.erase else 0),
        Kind("complaints", await store.cases(tx, asked.subject), 0, "case"),
        Kind("joined", joined, joined if asked.erase else 0),
    )
    await personal.report(tx, event, kinds, store.DEEDS)
