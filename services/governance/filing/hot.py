"""Filing, many callers in one commit: complaints, first entries, events and kept answers in one statement.

What a caller can cause is an answer here and never an exception, so that nobody's mistake costs the others. A new case
begins a chain of its own, so no chain makes anybody wait. The same key in one batch is done once.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

import asyncpg
from google.protobuf.message import Message

from services.governance.cases import store as complaints
from services.governance.cases.model import Channel, Complaint
from services.governance.contacts.model import Contact
from services.governance.filing import actions
from services.governance.filing.model import Filing
from services.governance.records import views
from services.governance.records.model import CaseRecord
from services.governance.resources import Brought, FilingAnswer, Filings
from services.kit.database import Transaction
from services.kit.database.group_commit import GroupCommit
from services.kit.database.idempotency import first_alike, keep, recall, remember
from services.kit.errors import ConcurrentKeyError, DomainError
from services.kit.rpc import protos
from services.kit.runtime import Runtime
from smartcity.governance.v1 import complaints_pb2 as pb

_TOGETHER = 16
"""Filings of one commit: a long one takes two milliseconds of the event loop, which nobody may hold for fifty."""
_ALONE = 4
"""Commits at the same time of those that share none."""


class _Filed(NamedTuple):
    """What is to be written: whose place in the batch, and what is answered."""

    place: int
    filing: Filing
    record: CaseRecord
    answer: bytes


@asynccontextmanager
async def filing(runtime: Runtime, *, together: bool) -> AsyncIterator[Filings]:
    """The process' group commit of filings, until the block ends; what waits then is committed."""
    group = (
        GroupCommit(runtime, flush, most=_TOGETHER)
        if together
        else GroupCommit(runtime, flush, most=1, flushers=_ALONE)
    )
    group.start()
    try:
        yield group
    finally:
        await group.stop()


async def flush(tx: Transaction, items: Sequence[Brought]) -> list[FilingAnswer]:
    """Files what can be filed, and answers every item in order.

    Nothing is looked up first, since most is new: a key or a code that was taken is in the way of what is written, and
    the batch runs again, where both are looked up.
    """
    claims = [item.claim for item in items]
    again = any(claim.contested for claim in claims)
    known = await recall(tx, claims, kept=again)
    first = first_alike(claims)
    fresh = [place for place, answer in enumerate(known) if answer is None and first[place] == place]
    decided = await _file(tx, items, fresh, again=again) if fresh else {}
    answers = [decided[first[place]] if answer is None else answer for place, answer in enumerate(known)]
    return answers if again else await remember(tx, claims, answers)


async def _file(
    tx: Transaction, items: Sequence[Brought], fresh: Sequence[int], *, again: bool
) -> dict[int, FilingAnswer]:
    """Decides the items at the places ``fresh``, and writes what can be filed."""
    decided: dict[int, FilingAnswer] = {}
    made: list[tuple[int, Filing, Complaint]] = []
    for place in fresh:
        filing = _filing(items[place].asked)
        complaint = actions.judged(tx, items[place].caller, filing)
        if isinstance(complaint, DomainError):
            decided[place] = complaint
        else:
            made.append((place, filing, actions.coded(tx, complaint, 0)))
    if again:
        made = await _recoded(tx, made)
    filed = [_filed(tx, items[place], place, filing, complaint) for place, filing, complaint in made]
    kept = keep([items[each.place].claim for each in filed], [each.answer for each in filed], permanent=False)
    try:
        await actions.write(tx, [each.record for each in filed], kept)
    except (ConcurrentKeyError, asyncpg.SerializationError):
        for each in filed:
            items[each.place].claim.contested = True
        raise
    for each in filed:
        await actions.reach(tx, each.record.complaint, each.filing)
    return decided | {each.place: each.answer for each in filed}


async def _recoded(
    tx: Transaction, made: Sequence[tuple[int, Filing, Complaint]]
) -> list[tuple[int, Filing, Complaint]]:
    """The same with longer codes where those are taken."""
    taken = await complaints.taken(tx, [complaint.code for _, _, complaint in made])
    return [
        (place, filing, actions.coded(tx, complaint, 1) if complaint.code in taken else complaint)
        for place, filing, complaint in made
    ]


def _filed(tx: Transaction, item: Brought, place: int, filing: Filing, complaint: Complaint) -> _Filed:
    record = actions.filed(tx, item.caller, filing, complaint, item.traceparent)
    view = views.complaint(record, tx.runtime.city)
    return _Filed(place, filing, record, pb.CreateComplaintResponse(complaint=view).SerializeToString())


def _filing(request: Message) -> Filing:
    assert isinstance(request, pb.CreateComplaintRequest)
    return Filing(
        text=request.text,
        category=request.category,
        position=(request.location.lon, request.location.lat) if request.HasField("location") else None,
        area_code=request.area_code,
        landmark=request.landmark,
        contact=_contact(request.contact),
        anonymous=request.anonymous,
        secret=request.secret,
        channel=protos.member(pb.ChannelKind, request.channel or pb.CHANNEL_KIND_API, Channel),
        exercise=request.exercise,
        own_address=request.origin.own_address,
    )


def _contact(message: pb.Contact) -> Contact:
    return Contact(message.name, message.email, message.phone)
