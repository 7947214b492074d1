"""The city's terms of payments, read from ``economy.toml`` of its profile."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from services.kit.city import City

FILE = "economy.toml"
Units = Annotated[int, Meta(ge=0)]
Identifier = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]


class Wallets(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether there are wallets, and the most that may be on one (whole units)."""

    on: bool
    most: Units


class Fee(Struct, frozen=True, forbid_unknown_fields=True):
    """The acquirer's fee for a size of business and amounts up to ``up_to`` (None: any)."""

    size: Literal["umi", "uke", "ume", "ube", "counter"]
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
    name: Annotated[str, Meta(min_length=3, max_length=25)]
    mcc: Annotated[str, Meta(pattern=r"^\d{4}$")]
    area: str
    nmid: str = ""
    pan: str = ""


class Terms(Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    payment_minutes: Annotated[int, Meta(ge=1, le=1440)]
    refund_days: Annotated[int, Meta(ge=0, le=365)]
    refund_alone: Units
    treasury_agency: Identifier
    business_agency: Identifier
    wallets: Wallets
    fees: tuple[Fee, ...]
    sectors: tuple[Sector, ...]
    counters: tuple[Counter, ...] = ()

    def fee(self, size: str, amount: int) -> int:
        """The acquirer's fee in whole units; ``size`` is that of a business, or "counter"."""
        for fee in self.fees:
            if fee.size == size and (fee.up_to is None or amount <= fee.up_to):
                return amount * fee.basis_points // 10_000
        return 0

    def sector(self, id: str) -> Sector | None:  # noqa: A002 - the field's own word
        """The sector with that id."""
        return next((each for each in self.sectors if each.id == id), None)


class TermsError(Exception):
    """The file cannot be used; the message says where and why."""


def terms_of(city: City) -> Terms:
    """The terms of a city. Raises TermsError that names file and mistake."""
    return _read(city.folder, frozenset(city.agencies), frozenset(city.areas))


@lru_cache
def _read(folder: Path, agencies: frozenset[str], areas: frozenset[str]) -> Terms:
    path = folder / FILE
    try:
        terms = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Terms)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise TermsError(f"{path.parent.name}/{FILE}: {error}; compare with cities/README.md") from error
    wrong = [each.agency for each in terms.counters if each.agency not in agencies]
    wrong += [each for each in (terms.treasury_agency, terms.business_agency) if each not in agencies]
    wrong += [each.area for each in terms.counters if each.area not in areas]
    if wrong:
        raise TermsError(f"{path.parent.name}/{FILE}: {', '.join(wrong)} is in neither agencies.csv nor areas.csv")
    return terms
