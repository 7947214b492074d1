"""The city's terms of payments, read from ``economy.toml`` of its profile."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Annotated, Literal, get_args
from uuid import NAMESPACE_URL, UUID, uuid5

from msgspec import Meta, Struct

from services.economy.qris.identifiers import is_nmid, is_pan
from services.kit.city import City
from services.kit.city.files import Fault, read_required

FILE = "economy.toml"
GOVERNMENT = "government"
"""The sector of the city's counters; no business is in it."""
FeeSize = Literal["umi", "uke", "ume", "ube", "counter"]
Units = Annotated[int, Meta(ge=0)]
Identifier = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")]


class Wallets(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether there are wallets, and the most that may be on one (whole units)."""

    on: bool
    most: Units


class Fee(Struct, frozen=True, forbid_unknown_fields=True):
    """The acquirer's fee for a size of business and amounts up to ``up_to`` (None: any)."""

    size: FeeSize
    basis_points: Annotated[int, Meta(ge=0, le=1000)]
    up_to: Units | None = None


class Sector(Struct, frozen=True, forbid_unknown_fields=True):
    """A sector that payments are counted in."""

    id: Identifier
    name_id: str
    name_en: str

    def name(self, language: str) -> str:
        """The English name for "en", the Indonesian one for anything else."""
        return self.name_en if language == "en" else self.name_id


class Counter(Struct, frozen=True, forbid_unknown_fields=True):
    """A counter of the city: the merchant that an agency takes money with."""

    agency: Identifier
    name: Annotated[str, Meta(pattern=r"^[ -~]{3,25}\Z")]
    mcc: Annotated[str, Meta(pattern=r"^[0-9]{4}\Z")]
    area: str
    nmid: str = ""
    pan: str = ""
    size: Literal["umi", "uke", "ume", "ube"] = "ube"
    """The criterion that the acquirer registered; it stands in the QRIS. The fee is that of "counter"."""


class Terms(Struct, frozen=True, forbid_unknown_fields=True):
    """All that ``economy.toml`` says."""

    payment_minutes: Annotated[int, Meta(ge=1, le=1440)]
    refund_days: Annotated[int, Meta(ge=0, le=365)]
    refund_alone: Units
    refund_alone_day: Units
    treasury_agency: Identifier
    business_agency: Identifier
    wallets: Wallets
    fees: tuple[Fee, ...]
    sectors: tuple[Sector, ...]
    counters: tuple[Counter, ...] = ()

    @property
    def buyers_kept(self) -> timedelta:
        """For how long after it was to be paid who ordered something is known: then nobody gives its money back."""
        return timedelta(days=self.refund_days + 1)

    def fee(self, size: str, amount: int) -> int:
        """The acquirer's fee in whole units; ``size`` is that of a business, or "counter"."""
        for fee in self.fees:
            if fee.size == size and (fee.up_to is None or amount <= fee.up_to):
                return amount * fee.basis_points // 10_000
        return 0

    def sector(self, id: str) -> Sector | None:  # noqa: A002 - the field's own word
        """The sector with that id."""
        return next((each for each in self.sectors if each.id == id), None)


def counter_account(city: City, agency: str) -> UUID:
    """The ledger account of an agency's counter."""
    return uuid5(NAMESPACE_URL, f"smartcity:counter:{city.code}:{agency}")


@lru_cache(maxsize=8)
def agencies_paid(city: City) -> Mapping[UUID, str]:
    """Whose counter an account is, for all counters of a city."""
    return {counter_account(city, each.agency): each.agency for each in terms_of(city).counters}


class TermsError(Exception):
    """What the file says cannot be had; the message says where and why."""


@lru_cache(maxsize=8)
def terms_of(city: City) -> Terms:
    """The terms of a city, read once. Raises CityError that lists all that is wrong with them."""
    return read_required(city.folder, FILE, Terms, lambda given: _faults(given, city))


def _faults(terms: Terms, city: City) -> Iterator[Fault]:
    """All that the file's own types do not find."""
    yield from _unknown(terms, city)
    yield from _doubled(terms)
    yield from _fees(terms.fees)
    yield from _counters(terms.counters)


def _unknown(terms: Terms, city: City) -> Iterator[Fault]:
    """What the city's other files do not know."""
    offices = {"treasury_agency": terms.treasury_agency, "business_agency": terms.business_agency}
    agencies: list[tuple[tuple[str, ...], str, str]] = [((what,), what, agency) for what, agency in offices.items()]
    agencies += [((*_at(number), "agency"), "counter", each.agency) for number, each in enumerate(terms.counters)]
    for at, what, agency in agencies:
        if agency not in city.agencies:
            yield at, f'{what} "{agency}" is no agency', "use an id of agencies.csv"
    for number, each in enumerate(terms.counters):
        area = city.area(each.area)
        if area is None or not area.is_lowest:
            message = f'counter {each.agency}: area "{each.area}" is no kelurahan or desa'
            yield (*_at(number), "area"), message, "use a code of areas.csv"
    if terms.sector(GOVERNMENT) is None:
        yield ("sectors[0]",), f'there is no sector "{GOVERNMENT}"', "add it, since counters are in it"


def _at(number: int) -> tuple[str, ...]:
    """Where the counter of that number stands."""
    return (f"counters[{number}]",)


def _doubled(terms: Terms) -> Iterator[Fault]:
    """What is there twice; told where it is the second time."""
    for table, what, values in (
        ("sectors", "sector", [each.id for each in terms.sectors]),
        ("counters", "counter of agency", [each.agency for each in terms.counters]),
        ("counters", "nmid", [each.nmid for each in terms.counters]),
        ("counters", "pan", [each.pan for each in terms.counters]),
    ):
        for value in sorted({one for one in values if one and values.count(one) > 1}):
            second = values.index(value, values.index(value) + 1)
            yield (f"{table}[{second}]", value), f'{what} "{value}" is there twice', "remove or correct one"


def _fees(fees: Iterable[Fee]) -> Iterator[Fault]:
    """A size without a fee for some amount, and lines that can never count."""
    lines: dict[str, list[Fee]] = {size: [] for size in get_args(FeeSize)}
    for fee in fees:
        lines[fee.size].append(fee)
    for size, found in lines.items():
        at = ("fees[0]", size) if found else ("fees[0]",)
        if not found or found[-1].up_to is not None:
            yield at, f'fees of "{size}" end before the largest amount', "add a last line without up_to"
        limits = [fee.up_to for fee in found[:-1]]
        known = [limit for limit in limits if limit is not None]
        if known != limits or known != sorted(set(known)):
            yield at, f'fees of "{size}" are out of order', "write them by rising up_to, the one without it last"


def _counters(counters: Iterable[Counter]) -> Iterator[Fault]:
    """Numbers that no acquirer gives."""
    for number, each in enumerate(counters):
        at, name = _at(number), f"counter {each.agency}"
        if bool(each.nmid) != bool(each.pan):
            remedy = "give both, or neither while there is no QRIS"
            yield at, f"{name}: nmid and pan belong together", remedy
        if each.nmid and not is_nmid(each.nmid):
            yield (*at, "nmid"), f'{name}: nmid "{each.nmid}" is wrong', "it is ID and 13 digits"
        if each.pan and not is_pan(each.pan):
            remedy = "it has 16 to 19 digits, the last of which checks them (Luhn)"
            yield (*at, "pan"), f"{name}: pan is wrong", remedy
