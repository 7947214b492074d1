"""What can be done with surveys: one function per use case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import forbidden, not_found
from services.kit.rpc import etag as etags
from services.society.questionnaires import model as questionnaires
from services.society.questionnaires.model import Question
from services.society.roster import store as roster
from services.society.satisfaction import model as satisfaction
from services.society.satisfaction.profile import required
from services.society.surveys import events, model, store
from services.society.surveys.model import Kind, State, Survey
from services.society.tallies import model as tallies
from services.society.tallies import store as counts
from services.society.tallies.model import LEAST, Outcome, Tally
from services.society.years import store as years

TITLE, TITLE_EN = "Survei kepuasan masyarakat", "Survey of public-service satisfaction"


@dataclass(frozen=True)
class Draft:
    """A survey as an officer writes it."""

    title: str
    title_en: str
    about: str
    about_en: str
    questions: tuple[Question, ...]


async def create(tx: Transaction, draft: Draft) -> Survey:
    """Writes a draft for the caller's agency. Errors: SURVEYS_OFF, NOT_YOURS, QUESTIONS_INVALID."""
    required(tx.runtime.city)
    if not tx.caller.agency:
        raise forbidden("NOT_YOURS", "Your login names no agency; ask an administrator to add it.")
    made = _new(tx, Kind.FREE, tx.caller.agency, draft)
    await store.add(tx, made)
    return made


async def rewrite(tx: Transaction, id_: str, etag: str, draft: Draft) -> Survey:
    """Writes a draft anew. Errors: as ``office``, ETAG_REQUIRED, STALE_ETAG, QUESTIONS_INVALID, INVALID_TRANSITION."""
    before = await _changeable(tx, id_, etag)
    done = model.rewritten(before, _new(tx, before.kind, before.agency, draft), tx.now)
    await store.save(tx, done)
    return done


async def discard(tx: Transaction, id_: str, etag: str) -> UUID:
    """Throws a draft away; its id. Errors: as ``office``, ETAG_REQUIRED, STALE_ETAG, INVALID_TRANSITION."""
    before = await _changeable(tx, id_, etag)
    model.require_draft(before)
    await store.remove(tx, before.id)
    return before.id


async def begin(tx: Transaction, id_: str, etag: str, closes_at: datetime) -> Survey:
    """A draft is asked from now on. Errors: as ``office``, ETAG_REQUIRED, STALE_ETAG and those of the model."""
    done = model.begun(await _changeable(tx, id_, etag), closes_at, tx.now)
    await store.save(tx, done)
    await counts.add(tx, tallies.new(done.id, questionnaires.width(done.asked)))
    return done


async def close(tx: Transaction, id_: str, etag: str) -> Survey:
    """An officer ends it before its time. Errors: as ``office``, ETAG_REQUIRED, STALE_ETAG, INVALID_TRANSITION."""
    before = await office(tx, id_)
    tally = await counts.get(tx, before.id, lock=True)
    current = await _changeable(tx, id_, etag)
    if current.kind is Kind.SATISFACTION or tally is None:
        model.closed(current, tx.now, 1)  # says what is wrong where it is not open
        raise forbidden("NOT_YOURS", "Surveys of satisfaction end with their period.")
    return await _close(tx, current, tally)


async def publish(tx: Transaction, id_: str, etag: str) -> Survey:
    """Everybody may see what came of it. Errors: as ``office``, ETAG_REQUIRED, STALE_ETAG, INVALID_TRANSITION,
    SURVEY_ANSWERS_TOO_FEW.
    """
    before = await _changeable(tx, id_, etag)
    outcome = await counts.outcome(tx, before.id)
    done = model.published(before, outcome.answers if outcome else 0, tx.now)
    assert outcome is not None
    await store.save(tx, done)
    _tell(tx, done, outcome)
    return done


async def get(tx: Transaction, id_: str, *, lock: bool = False) -> Survey:
    """One that the caller may see: drafts are their agency's. Errors: SURVEY_NOT_FOUND."""
    parsed = ids.parse(id_)
    found = await store.get(tx, parsed, lock=lock) if parsed else None
    if found is None or not (found.state is not State.DRAFT or is_office(tx, found)):
        raise not_found("SURVEY_NOT_FOUND", "There is no such survey; the list is at /v1/surveys.", field="id")
    return found


async def page(
    tx: Transaction, kind: Kind, states: Sequence[State], agency: str, size: int, token: str
) -> Page[Survey]:
    """Those of a kind in these states (none: all but drafts), of an agency or of all, the newest first. Drafts are told
    to their agency alone. Errors: NOT_YOURS, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    wanted = states or tuple(each for each in State if each is not State.DRAFT)
    if State.DRAFT in wanted and not _staff(tx, agency):
        raise forbidden("NOT_YOURS", "Drafts are their agency's; name yours.")
    return await store.page(tx, kind, wanted, agency, size, token)


async def words(tx: Transaction, id_: str, size: int, token: str) -> Page[tuple[int, str]]:
    """What was said in words, for its agency. Errors: as ``office``, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    return await store.words(tx, (await office(tx, id_)).id, size, token)


async def office(tx: Transaction, id_: str, *, lock: bool = False) -> Survey:
    """One of the caller's agency. Errors: SURVEY_NOT_FOUND, FORBIDDEN NOT_YOURS."""
    found = await get(tx, id_, lock=lock)
    if not tx.allows(found.agency):
        raise forbidden("NOT_YOURS", "Only the agency that holds the survey can do this.")
    return found


def is_office(tx: Transaction, one: Survey) -> bool:
    """Whether the caller acts for the agency that holds it, and so sees its drafts and what is not published."""
    return _staff(tx, one.agency)


def _staff(tx: Transaction, agency: str) -> bool:
    """Whether the caller acts for an agency (empty: for any): by their role, since reading is open to everybody."""
    return tx.caller.has("admin") or (tx.caller.has("officer") and tx.caller.agency == agency != "")


async def of_satisfaction(tx: Transaction, agency: str) -> Survey:
    """That of an agency which is open now; it is begun where there is none. Errors: SURVEYS_OFF."""
    terms, city = required(tx.runtime.city), tx.runtime.city
    found = await store.of_agency(tx, agency)
    if found is not None and not found.is_open(tx.now):  # its end has come, and its timer has not
        await fall_due(tx, found)
        found = await store.of_agency(tx, agency)
    if found is not None:
        return found
    period = model.period_of(tx.now.astimezone(city.timezone).date(), terms.months)
    draft = Draft(TITLE, TITLE_EN, "", "", questionnaires.of_elements(terms.elements))
    made = model.of_period(_new(tx, Kind.SATISFACTION, agency, draft), period, city.timezone)
    if await store.add(tx, made):
        await counts.add(tx, tallies.new(made.id, questionnaires.width(made.asked)))
        return made
    found = await store.of_agency(tx, agency)
    assert found is not None, "what stood in the way is there"
    return found


async def fall_due(tx: Transaction, found: Survey) -> None:
    """Closes a survey whose end has come, or lets it go on. The tally is locked first, as by who answers."""
    tally = await counts.get(tx, found.id, lock=True)
    one = await store.get(tx, found.id, lock=True)
    if one is None or tally is None or one.is_open(tx.now) or one.state is not State.OPEN:
        return
    if one.kind is Kind.SATISFACTION and tally.answers < LEAST:
        terms, zone = required(tx.runtime.city), tx.runtime.city.timezone
        period = model.period_of(tx.now.astimezone(zone).date(), terms.months)
        await store.save(tx, model.went_on(one, period, zone, tx.now))
        return
    await _close(tx, one, tally)


async def forget(tx: Transaction) -> bool:
    """Erases words that have been kept long enough, of one survey; whether there may be more."""
    found = await store.old_words(tx)
    if found is None:
        return False
    if not await store.forget_words(tx, found.id):
        await store.save(tx, model.silenced(found))
    return True


async def _close(tx: Transaction, before: Survey, tally: Tally) -> Survey:
    """Keeps what came of it, once and for all, and takes away what it was made of. The tally is locked."""
    terms = required(tx.runtime.city)
    done = model.closed(before, tx.now, terms.words_days)
    invited = (await counts.invited(tx, [done.id])).get(done.id, 0)
    outcome = _outcome(terms, done, tally, invited)
    await store.save(tx, done)
    await counts.conclude(tx, outcome)
    await counts.burn(tx, done.id)
    await roster.burn(tx, done.id)
    if outcome.counts:
        await store.move_words(tx, done.id, everything=True)
    else:
        await store.burn_words(tx, done.id)
    if done.kind is Kind.SATISFACTION:
        assert done.last_day is not None
        await years.add(tx, done.last_day.year, outcome)
        _tell(tx, done, outcome)
    return done


def _outcome(terms: satisfaction.Terms, one: Survey, tally: Tally, invited: int) -> Outcome:
    shown = tally.counts if tally.answers >= LEAST else ()
    if one.kind is not Kind.SATISFACTION or not shown:
        return Outcome(one.id, tally.answers, invited, 0, "", "", "", shown)
    index = terms.current.index(satisfaction.sums(shown), tally.answers)
    return Outcome(
        id=one.id,
        answers=tally.answers,
        invited=invited,
        needed=terms.samples.needed(max(invited, tally.answers)),
        index=str(index),
        grade=terms.grade(index).id,
        formula=terms.current.id,
        counts=shown,
    )


def _tell(tx: Transaction, one: Survey, outcome: Outcome) -> None:
    id_ = str(one.id)
    tx.emit(events.published(one, outcome), aggregate=id_, version=one.version * 2, correlation=id_)
    if one.kind is Kind.SATISFACTION:
        event = events.satisfaction(one, outcome)
        tx.emit(event, aggregate=id_, version=one.version * 2 + 1, correlation=id_)


def _new(tx: Transaction, kind: Kind, agency: str, draft: Draft) -> Survey:
    return model.drafted(
        ids.uuid7(), kind, agency, questionnaires.written(questionnaires.checked(draft.questions)), tx.now,
        title=draft.title, title_en=draft.title_en, about=draft.about, about_en=draft.about_en,
    )  # fmt: skip


async def _changeable(tx: Transaction, id_: str, etag: str) -> Survey:
    found = await office(tx, id_, lock=True)
    etags.require(etag, found.version)
    return found
