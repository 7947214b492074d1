"""What a city's profile says of permits: ``permits.toml``. A mistake is named with its file and line.

In a city without the file nobody applies for any. A kind that is ``retired`` is offered to nobody, and what was applied
for goes on by it: its section stays for as long as there are permits of it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from services.economy.terms import terms_of
from services.kit.city import City, CityError
from services.kit.city.files import Fault, read_optional, wrong_beside
from services.kit.city.model import Days, Identifier, Text
from services.kit.errors import DomainError, not_found, precondition

FILE = "permits.toml"
DISTRICT = "kecamatan"
"""The agency of a kind that the kecamatan of the place decides on."""
SILENCE_DAYS = 5
"""Working days after which silence on a complete application is consent (UU 30/2014, Pasal 53 (3) as amended)."""


class Step(StrEnum):
    """What is done with an application that was sent, one after the other."""

    CHECK = "check"
    """Staff of the kecamatan of the place, its kelurahan's among them, see that it is complete."""
    DECIDE = "decide"


class Document(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to be shown."""

    id: Identifier
    name_id: Text
    name_en: Text


class Kind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of permit."""

    id: Identifier
    name_id: Text
    name_en: Text
    about_id: Text
    about_en: Text
    agency: Identifier
    """Who decides: an agency, or ``kecamatan``: that of the place."""
    basis: Text
    """Legal basis."""
    days: Days = SILENCE_DAYS
    """Working days until silence is consent."""
    months: Annotated[int, Meta(ge=1, le=120)] | None = None
    """For how long it holds from its grant."""
    dated_days: Annotated[int, Meta(ge=1, le=90)] | None = None
    """Instead: the most days that an applicant can ask for."""
    extendable: bool = False
    steps: tuple[Step, ...] = (Step.CHECK, Step.DECIDE)
    """Both, or the decision alone."""
    two: bool = False
    """Whether who checked it may not decide on it too."""
    service: bool = False
    """Whether it is help rather than a permit: no silence grants it, and it has no paper."""
    business: bool = False
    """Whether it is a business's, whose application as a merchant it fills in."""
    sector: Identifier | None = None
    fee: Annotated[int, Meta(ge=1, le=10**9)] | None = None
    """Whole units of the city's currency, paid before the permit holds; none where it costs nothing."""
    documents: Annotated[tuple[Identifier, ...], Meta(max_length=6)] = ()
    retired: bool = False
    """Whether it is offered no more."""

    @property
    def needs_district(self) -> bool:
        """Whether the kecamatan of the place checks it, or decides on it."""
        return Step.CHECK in self.steps or self.agency == DISTRICT

    @property
    def offers_extension(self) -> bool:
        """Whether a permit of it can be extended, so that its holder is reminded of its end."""
        return self.extendable and not self.retired


class Terms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``permits.toml``."""

    objection_days: Days
    objection_decided_days: Days
    draft_days: Days
    answer_days: Days
    pay_days: Days
    extend_days: Days
    remind_days: Days
    kept_days: Annotated[int, Meta(ge=1, le=3_650)]
    kinds: Annotated[tuple[Kind, ...], Meta(min_length=1, max_length=50)]
    documents: tuple[Document, ...] = ()
    made_up: tuple[str, ...] = ()
    """What of it nobody decided: names of the settings above, of kinds as ``kinds.fee``."""

    @property
    def by_id(self) -> Mapping[str, Kind]:
        """The kinds by their ids."""
        return {one.id: one for one in self.kinds}


def terms_of_permits(city: City) -> Terms | None:
    """The terms of a city; None where it grants none here. Raises CityError that lists all that is wrong."""
    agencies, without = frozenset(city.agencies), _without_office(city)
    try:
        terms = terms_of(city)
    except CityError as error:
        raise wrong_beside(error, lambda: _read(city.folder, agencies, None, None, without)) from error
    counters = frozenset(one.agency for one in terms.counters)
    return _read(city.folder, agencies, counters, frozenset(one.id for one in terms.sectors), without)


def required(city: City) -> Terms:
    """The terms of a city that grants permits. Errors: PERMITS_OFF."""
    found = terms_of_permits(city)
    if found is None:
        raise precondition("PERMITS_OFF", "This city grants no permits here.")
    return found


def kind_of(city: City, id_: str) -> Kind:
    """A kind, also one that is retired. Errors: PERMITS_OFF, PERMIT_KIND_NOT_FOUND."""
    found = required(city).by_id.get(id_)
    if found is None:
        raise unknown()
    return found


def offered(city: City, id_: str) -> Kind:
    """A kind that can be applied for. Errors: PERMITS_OFF, PERMIT_KIND_NOT_FOUND."""
    found = kind_of(city, id_)
    if found.retired:
        raise unknown()
    return found


def unknown() -> DomainError:
    """Nothing of that name can be applied for."""
    return not_found("PERMIT_KIND_NOT_FOUND", "No such kind is offered; the list is at /v1/permit-kinds.", field="id")


def district_agency(city: City, area: str) -> str:
    """The agency of the kecamatan that an area lies in, for which its kelurahan's staff work; empty where none is."""
    found = (one.id for one in city.agencies.values() if one.level == DISTRICT and area.startswith(f"{one.area}."))
    return next(found, "")


@lru_cache(maxsize=8)
def _without_office(city: City) -> tuple[str, ...]:
    """The kecamatan in which nobody would check what is applied for."""
    lowest = [area for area in city.areas.values() if area.is_lowest and not district_agency(city, area.code)]
    return tuple(dict.fromkeys(f"{area.district} ({area.parent})" for area in lowest))


@lru_cache
def _read(
    folder: Path, agencies: frozenset[str], counters: frozenset[str] | None, sectors: frozenset[str] | None,
    without: tuple[str, ...] = (),
) -> Terms | None:  # fmt: skip
    return read_optional(folder, FILE, Terms, lambda given: _faults(given, agencies, counters, sectors, without))


def _faults(
    given: Terms, agencies: frozenset[str], counters: frozenset[str] | None, sectors: frozenset[str] | None,
    without: tuple[str, ...],
) -> Iterator[Fault]:  # fmt: skip
    documents = [one.id for one in given.documents]
    for name in sorted({one for one in documents if documents.count(one) > 1}):
        yield (("documents",), f'"{name}" stands twice', "keep one of them")
    kinds = [one.id for one in given.kinds]
    for place, kind in enumerate(given.kinds):
        at = (f"kinds[{place}]",)
        if kinds.count(kind.id) > 1:
            yield (at, f'"{kind.id}" stands twice', "keep one of them")
        yield from _lasting(kind, at)
        yield from _stepping(kind, at)
        yield from _strange(kind, at, agencies, counters, sectors, documents)
    yield from _unplaced(given.kinds, without)
    for name in given.made_up:
        of, field = (Kind, name.removeprefix("kinds.")) if name.startswith("kinds.") else (Terms, name)
        if field not in of.__struct_fields__:
            yield (("made_up",), f'"{name}" is no setting', "name settings of this file")


def _unplaced(kinds: Sequence[Kind], without: tuple[str, ...]) -> Iterator[Fault]:
    """Kecamatan in which a kind is offered that nobody there would check or decide on; told where the first stands."""
    place = next((place for place, one in enumerate(kinds) if one.needs_district and not one.retired), None)
    if place is None:
        return
    for district in without:
        message = f'kecamatan {district} has no agency that could check or decide on "{kinds[place].id}"'
        yield ((f"kinds[{place}]",), message, "add one of level kecamatan with its area to agencies.csv")


def _lasting(kind: Kind, at: tuple[str, ...]) -> Iterator[Fault]:
    """A kind that holds for nothing, or in two ways."""
    lasts = [one for one in (kind.months, kind.dated_days) if one is not None]
    if len(lasts) != (0 if kind.service else 1):
        yield (at, "a permit holds for months or for dated_days, and help for neither", "say one of them")
    if kind.extendable and kind.months is None:
        yield (at, "only what holds for months can be extended", "leave extendable out")


def _stepping(kind: Kind, at: tuple[str, ...]) -> Iterator[Fault]:
    """Steps that lead to no decision, or two persons for one step."""
    if kind.steps not in ((Step.CHECK, Step.DECIDE), (Step.DECIDE,)):
        yield ((*at, "steps"), "these steps are no way to a decision", 'write ["check", "decide"] or ["decide"]')
    elif kind.two and Step.CHECK not in kind.steps:
        yield (
            (*at, "two"),
            "nobody checks it, so that nobody else could decide",
            "leave two out, or add the step check",
        )


def _strange(
    kind: Kind, at: tuple[str, ...], agencies: frozenset[str], counters: frozenset[str] | None,
    sectors: frozenset[str] | None, documents: Collection[str],
) -> Iterator[Fault]:  # fmt: skip
    """What the city's other files, or the list of documents, do not know; None where such a file is wrong itself."""
    if kind.agency != DISTRICT and kind.agency not in agencies:
        yield ((*at, "agency"), f'agency "{kind.agency}" is unknown', "name one of agencies.csv, or kecamatan")
    if counters is not None and kind.fee is not None and kind.agency not in counters:
        yield ((*at, "fee"), "its agency has no counter that could be paid", "add one to economy.toml")
    if sectors is not None and kind.sector is not None and kind.sector not in sectors:
        yield ((*at, "sector"), f'sector "{kind.sector}" is unknown', "name one of economy.toml")
    for name in kind.documents:
        if name not in documents:
            yield ((*at, "documents"), f'document "{name}" is unknown', "add a [[documents]] for it")
