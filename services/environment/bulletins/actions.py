"""What can be done with bulletins: publish one, and read what was published."""

from hashlib import sha256

from services.environment.bulletins import cap, model, store
from services.environment.bulletins.model import Kept, Published, Told
from services.environment.bulletins.outlines import rings_of
from services.environment.bulletins.wording import Words, words
from services.environment.criteria.model import Criteria
from services.environment.criteria.profile import criteria_of
from services.environment.resources import resources
from services.environment.signatures.signing import written
from services.kit import ids
from services.kit.city import LANGUAGES, City
from services.kit.database import Transaction
from services.kit.errors import not_found

EXERCISE = "LATIHAN. EXERCISE."


async def publish(tx: Transaction, told: Told) -> None:
    """Publishes a step of a warning as a CAP message, signed where the city has a key, and keeps its bytes."""
    city, criteria = tx.runtime.city, criteria_of(tx.runtime.city)
    earlier = await store.of_warning(tx, told.warning)
    sent = model.sent(told, earlier)
    said = in_words(city, told)
    message = cap.Message(
        identifier=f"{told.warning}.{told.number}",
        sender=criteria.sender,
        sent=sent,
        type=cap.TYPES[told.step],
        level=told.level.value,
        words=said,
        gravity=cap.gravity(told.level, told.step, observed=told.automatic),
        expires=told.expires_at,
        geocodes=told.areas,
        polygons=rings_of(city, told.areas),
        onset=sent,
        web=_web(tx, told),
        exercise=told.exercise,
        references=[cap.Reference(one.identifier, one.sent) for one in model.replaced(earlier, sent)],
        note=EXERCISE if told.exercise else "",
        sender_name=criteria.sender_name,
        contact=criteria.contact,
    )
    signer = resources(tx.runtime).warning_signer
    body = written(cap.document(message, city.timezone), signer)
    headline, headline_en = (one.headline for one in said)
    done = Kept(
        told.warning, told.number, message.identifier, message.type.value, told.level, told.step, sent,
        told.expires_at, signer is not None, headline, headline_en, body,
    )  # fmt: skip
    await store.publish(tx, done)


async def message(tx: Transaction, id_: str, number: int) -> Kept:
    """A message as it was published. Errors: MESSAGE_NOT_FOUND."""
    known = ids.parse(id_)
    found = await store.one(tx, known, number) if known else None
    if found is None:
        raise not_found("MESSAGE_NOT_FOUND", "No such message was published; the feed is at /v1/warnings.cap.")
    return found


async def feed(tx: Transaction) -> tuple[str, list[Published]]:
    """The newest messages and all that hold, and the edition that all that is told with them makes up."""
    found = await store.feed(tx)
    criteria = criteria_of(tx.runtime.city)
    said = [str(by_mail(tx)), str(criteria.warns), *criteria.agencies, *(one.path for one in found)]
    return sha256(" ".join(said).encode()).hexdigest()[:20], found


def by_mail(tx: Transaction) -> bool:
    """Whether people may have warnings by mail: the city sends mails, and can give warnings."""
    return bool(tx.runtime.settings.warnings_by_mail) and criteria_of(tx.runtime.city).warns


def in_words(city: City, told: Told) -> list[Words]:
    """What a step says, in each language."""
    criteria = criteria_of(city)
    full = model.areas_in_words(city, told.areas)
    return [
        words(
            language,
            hazard=told.hazard,
            level=told.level,
            step=told.step,
            area=_area(criteria, city, told, language),
            areas=full,
            note=(told.note_en or told.note) if language == "en" else told.note,
            contact=criteria.contact,
            automatic=told.automatic,
            approved=criteria.automatic.needs_officer(told.level),
            exercise=told.exercise,
        )
        for language in LANGUAGES
    ]


def _area(criteria: Criteria, city: City, told: Told, language: str) -> str:
    zone = criteria.zone(told.zone)
    if zone is None:
        return model.areas_in_words(city, told.areas, most=model.NAMED)
    return zone.name_en if language == "en" else zone.name_id


def _web(tx: Transaction, told: Told) -> str:
    base: str = tx.runtime.settings.public_url
    return f"{base.rstrip('/')}/lingkungan/peringatan/{told.warning}" if base else ""
