"""What can be done with requests for own data: one function per use case."""

import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import exhausted, not_found, precondition
from services.kit.personal import MOST, Kind
from services.society.attendance import store as attendance
from services.society.consents import store as consents
from services.society.course_following import actions as course_following
from services.society.courses import store as courses
from services.society.enrolments import actions as enrolments
from services.society.own_data import model, store
from services.society.own_data.model import Answer, Asked, Own, Support, Told
from services.society.proposals import keys
from services.society.residents import actions as residents
from services.society.resources import resources
from services.society.seating import names
from services.society.seating import store as seating
from smartcity.society.v1 import events_pb2


async def create(tx: Transaction, *, erase: bool) -> Asked:
    """The caller asks all pillars. Errors: DATA_REQUEST_OPEN, DATA_REQUESTS_FULL."""
    await tx.one_at_a_time(f"data requests of {tx.caller.subject}")
    before = await store.latest(tx, tx.caller.subject)
    if before is not None and before.missing and tx.now - before.created_at < model.PATIENCE:
        raise precondition("DATA_REQUEST_OPEN", "Your last request is not answered by all yet. Look again in a moment.")
    wait = await store.wait(tx, model.MOST_A_DAY, subject=tx.caller.subject)
    if wait is not None:
        message = f"You have asked {model.MOST_A_DAY} times within a day; ask tomorrow."
        raise exhausted("DATA_REQUESTS_FULL", message, wait=wait)
    made = Asked(ids.uuid7(), tx.caller.subject, erase, len(model.PILLARS), tx.now)
    await store.save(tx, made)
    event = events_pb2.PersonalDataRequested(request=str(made.id), subject=made.subject, erase=erase)
    tx.emit(event, aggregate=str(made.id), version=1, correlation=str(made.id))
    return made


async def get(tx: Transaction, id_: str) -> Asked:
    """One of the caller's. Errors: DATA_REQUEST_NOT_FOUND."""
    known = ids.parse(id_)
    found = await store.get(tx, known) if known else None
    if found is None or found.subject != tx.caller.subject:
        raise not_found("DATA_REQUEST_NOT_FOUND", "There is no such request of yours.", field="id")
    return found


async def page(tx: Transaction, size: int, token: str) -> Page[Asked]:
    """Those of the caller's, the newest first. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    return await store.page(tx, tx.caller.subject, size, token)


async def answered(tx: Transaction, request: str, pillar: str, kinds: Sequence[Told]) -> None:
    """A pillar has answered. One that was not asked, or has answered before, changes nothing."""
    known = ids.parse(request)
    asked = await store.get(tx, known, lock=True) if known else None
    if asked is None or pillar not in model.PILLARS:
        return
    if await store.keep(tx, asked.id, Answer(pillar, tuple(kinds), tx.now)):
        await store.save(tx, replace(asked, missing=asked.missing - 1))


async def look(tx: Transaction, subject: str, *, erase: bool) -> list[Kind]:
    """What society keeps of somebody; erased if asked. The roll of who has voted is kept: nobody votes twice. It names
    nobody: whether somebody stands on it is told by the number on their card alone, which is erased here.
    """
    if erase and await residents.was_verified(tx, subject):
        await residents.alone_with_consents(tx, subject)
        for purpose in await consents.given(tx, subject):
            residents.tell(tx, subject, purpose, holds=False)
    declared = await store.residents(tx, subject, erase=erase)
    agreed = await store.consents(tx, subject, erase=erase)
    enrolled = await seating.of_person(tx, subject)
    if erase:
        await enrolments.erase(tx, enrolled)
    kinds = [
        Kind("residents", declared, declared if erase else 0),
        Kind("consents", agreed, agreed if erase else 0),
        Kind("enrolments", len(enrolled), len(enrolled) if erase else 0),
    ]
    return kinds if resources(tx.runtime).secret is None else kinds + await _taking_part(tx, subject, erase=erase)


async def export(tx: Transaction) -> Own:
    """What society keeps of the caller by their login."""
    subject = tx.caller.subject
    residences, agreed = await store.declared(tx, subject)
    if resources(tx.runtime).secret is None:
        return Own((), (), (), residences, agreed)
    proposed, commented = await store.written(tx, keys.digest(tx.runtime, "login", subject))
    supported = await store.supports(tx, keys.supporter(tx.runtime, subject), model.LAST, store.EXPORTED)
    async for found in _of_before(tx, subject, model.MOST_OF_BEFORE):
        supported += found
    newest = sorted(supported, key=lambda one: one.supporter, reverse=True)[: store.EXPORTED]
    return Own(proposed, commented, newest, residences, agreed)


async def enrolled(tx: Transaction) -> list[dict[str, object]]:
    """The caller's courses, with the name that they gave and where they are mailed."""
    found = await seating.of_person(tx, tx.caller.subject)
    about = await courses.several(tx, {one.course for one in found})
    mailed = await course_following.addresses_of(tx, [one.id for one in found])
    return [
        {
            "course": about[one.course].title, "state": one.state.value, "name": names.unseal(tx.runtime, one),
            "email": mailed.get(one.id, ""), "attended": one.attended, "certificate": one.certificate,
            "created_at": one.created_at,
        }
        for one in found
    ]  # fmt: skip


async def attended(tx: Transaction) -> list[dict[str, object]]:
    """What officers noted of the caller in courses, with why they corrected it; the newest."""
    found = {one.id: one for one in await seating.of_person(tx, tx.caller.subject)}
    about = await courses.several(tx, {one.course for one in found.values()})
    return [
        {
            "course": about[one.course].title, "session": one.session, "present": one.present, "note": one.note,
            "created_at": one.at,
        }
        for one in await attendance.newest(tx, list(found), MOST)
    ]  # fmt: skip


async def _taking_part(tx: Transaction, subject: str, *, erase: bool) -> list[Kind]:
    """What somebody proposed, said and supported. Published words stay, and how many they may yet propose."""
    author = keys.digest(tx.runtime, "login", subject)
    made = await store.proposed(tx, author)
    if erase:
        counted = await store.made(tx, author)
        await store.count(tx, counted, [keys.made(tx.runtime, subject, process) for process in counted])
        await store.leave(tx, author, {one: keys.left(tx.runtime, subject, one) for one in made})
    said = await store.comments(tx, author, erase=erase)
    person = keys.supporter(tx.runtime, subject)
    async for found in _of_before(tx, subject, sys.maxsize):
        await store.adopt(tx, [one.supporter for one in found], person)
    held, gone = await _supported(tx, person, erase=erase)
    if erase:
        await store.forget_seen(tx, person)
    return [
        Kind("proposals", len(made), len(made) if erase else 0),
        Kind("comments", said, said if erase else 0),
        Kind("supports", held, gone, "counted"),
    ]


async def _of_before(tx: Transaction, subject: str, most: int) -> AsyncIterator[list[Support]]:
    """What somebody supports since before they were found by who they are, or by a pod of the version before. They have
    another digest in each proposal there, so each that has such supports is looked at, in steps.
    """
    before, looked = model.LAST, 0
    while looked < most and (among := await store.proposals_of_before(tx, before)):
        logins = [keys.digest(tx.runtime, "login", subject, one) for one in among]
        if found := await store.supports_of_before(tx, among, logins):
            yield found
        before, looked = among[-1], looked + len(among)


async def _supported(tx: Transaction, person: bytes, *, erase: bool) -> tuple[int, int]:
    """How much somebody supports, and of how much it was forgotten: not where support is still taken."""
    held, gone, before = 0, 0, model.LAST
    while True:
        found = await store.supports(tx, person, before, store.SOME)
        over = [one.supporter for one in found if not one.taken] if erase else []
        if over:
            await store.forget_supports(tx, over)
        held, gone = held + len(found), gone + len(over)
        if len(found) < store.SOME:
            return held, gone
        before = found[-1].supporter
