"""What a city is made of: areas, agencies, categories, rules, clocks. Plain frozen values, no files and no I/O."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

AreaCode = Annotated[str, Meta(pattern=r"(?a)^\d\d\.\d\d(\.\d\d(\.\d{4})?)?$")]
Identifier = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
Text = Annotated[str, Meta(min_length=1)]
Days = Annotated[int, Meta(ge=1, le=365)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]

LANGUAGES = ("id", "en")
"""Languages that there are texts in; a city offers all or some of them."""
WASTE = "waste"
"""The group of categories by whose id clean-ups are opened, so that every city has it."""

AreaLevel = Literal["kabkota", "kecamatan", "kelurahan", "desa"]
AgencyLevel = Literal["opd", "kecamatan", "bumd", "blu"]
Audience = Literal["public", "residents", "business", "customers", "schools", "staff"]
ComplaintClass = Literal["ordinary", "supervisory", "information", "aspiration"]


class Named(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something with a name in Indonesian and in English."""

    name_id: Text
    name_en: Text

    def name(self, language: str = "id") -> str:
        """Return the English name for "en", the Indonesian one for anything else."""
        return self.name_en if language == "en" else self.name_id


class Area(Struct, frozen=True, kw_only=True):
    """One administrative area, by its Kemendagri code (Kepmendagri 300.2.2-2430/2025), with a point inside it."""

    code: str
    name: str
    level: AreaLevel
    parent: str
    """Code of the area above; empty for the city itself."""
    district: str
    """Name of the kecamatan that it lies in (its own name for a kecamatan); empty for the city itself."""
    lon: float
    lat: float

    @property
    def is_lowest(self) -> bool:
        """Say whether this is a kelurahan or a desa, where complaints happen."""
        return self.level in ("kelurahan", "desa")


class Agency(Named, frozen=True, kw_only=True):
    """One agency of the city (OPD, city company, service unit or kecamatan office)."""

    id: Identifier
    short: Text
    """The short name that people use, for tables."""
    level: AgencyLevel
    duties_id: Text
    duties_en: Text
    topics: tuple[str, ...] = ()
    """What citizens write to it about, in Indonesian."""
    area: AreaCode
    """The area it serves: the city, or one kecamatan."""
    status: Literal["verified", "partly", "memory"]
    """How well the row is sourced, see the city's SOURCES.md."""


class EService(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An e-service of the city (SPBE), whoever runs it: what it is for, and for whom."""

    id: Identifier
    name: Text
    """Its own name, the same in all languages."""
    agency: Identifier
    purpose_id: str = ""
    """Empty where nobody told what it is for."""
    purpose_en: str = ""
    audiences: tuple[Audience, ...] = ()
    """Empty where it is not known."""
    state: Literal["active", "replaced"]
    since: Annotated[int, Meta(ge=1990, le=2100)] | None = None
    """The year in which it began."""
    url: str = ""
    """Where it is had: an address, or a telephone number as ``tel:``."""
    status: Literal["verified", "partly", "listed"]
    """How well the row is sourced; listed: an address is known, its purpose was read from the name."""
    source: Text
    keywords: tuple[str, ...] = ()
    """Other words that people look for it by."""

    def purpose(self, language: str = "id") -> str:
        """What it is for."""
        return self.purpose_en if language == "en" else self.purpose_id


class Group(Named, frozen=True, kw_only=True):
    """A shelf of categories, such as waste: pages sort by it, and pillars decide by it what concerns them."""

    id: Identifier


class Category(Named, frozen=True, kw_only=True):
    """What a complaint is about."""

    id: Identifier
    group: Identifier
    class_: ComplaintClass = field(name="class")
    handling_days: Days | None = None
    """Working days to resolve; None where the class decides."""
    private: bool
    """A complaint of this category is secret unless its reporter says otherwise."""
    keywords: tuple[str, ...] = ()


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One routing rule: complaints of this category in this area go to this agency. "*" stands for any."""

    order: Annotated[int, Meta(ge=1)]
    category: Annotated[str, Meta(pattern=r"^(\*|[a-z][a-z0-9-]*)$")]
    area: Annotated[str, Meta(pattern=r"(?a)^(\*|\d\d\.\d\d(\.\d\d(\.\d{4})?)?)$")]
    """An area code, which stands for everything inside that area."""
    agency: Identifier
    why_id: Text
    why_en: Text

    def matches(self, category: str, area_code: str | None) -> bool:
        """Say whether a complaint of `category` in `area_code` (None: place not known) falls under this rule."""
        return self.category in ("*", category) and (
            self.area == "*" or area_code == self.area or (area_code or "").startswith(f"{self.area}.")
        )


class Route(Struct, frozen=True, kw_only=True):
    """Where a complaint goes, and which rule says so."""

    agency: Agency
    rule: Rule

    @property
    def why_id(self) -> str:
        """The reason, in Indonesian."""
        return self.rule.why_id

    @property
    def why_en(self) -> str:
        """The reason, in English."""
        return self.rule.why_en

    def why(self, language: str = "id") -> str:
        """Return the reason in English for "en", in Indonesian for anything else."""
        return self.rule.why_en if language == "en" else self.rule.why_id


class Channel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A channel that takes complaints, under the name it has from one day until another (both inclusive)."""

    kind: Literal["city", "national", "emergency"]
    name: Text
    from_: date = field(name="from")
    until: date | None = None
    website: str = ""
    phone: str = ""

    def is_open(self, on: date) -> bool:
        """Say whether the channel answers to this name on that day."""
        return self.from_ <= on and (self.until is None or on <= self.until)


class Step(Named, frozen=True, kw_only=True):
    """One step of an escalation ladder: whose matter a breach has become."""

    id: Identifier


class Clocks(Struct, frozen=True, kw_only=True):
    """How long a complaint may take: working days of the city's calendar, except `reopen_days` and `contact_days`."""

    verification: Days
    first_response: Days
    auto_close: Days
    evidence: Days
    """From adding evidence until a verifier has looked at it."""
    waiting: Days
    """From a question to the reporter until the work goes on without an answer."""
    resolution: dict[ComplaintClass, Days]
    """By class; a class that is missing has no deadline."""
    reopen_days: Days
    """Calendar days after resolution within which the reporter may reopen."""
    contact_days: Days
    """Calendar days after a case has ended for good until the contacts that people gave with it are erased."""
    waiting_suspends: bool
    """Whether waiting for the reporter stops the agency's clocks."""


class Landmark(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place that people name instead of an address."""

    id: Identifier
    name: Text
    aliases: tuple[str, ...] = ()
    kind: Text
    lon: Longitude
    lat: Latitude
    area: AreaCode
    approximate: bool
    """The point is a stand-in: right kelurahan, not the right door."""
    osm_id: str = ""


class Place(Struct, frozen=True, kw_only=True):
    """Where a text says that something is."""

    name: str
    lon: float
    lat: float
    area: Area
    approximate: bool
    """True for a stand-in point, and always when only the kelurahan is known."""
