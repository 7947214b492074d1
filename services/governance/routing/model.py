"""Which category a matter has, which agency gets it and why, and what another set of rules would change. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from services.governance.cases.model import Assignment
from services.kit.city import Category, City, Route, Rule
from services.kit.errors import invalid

FALLBACK = "lainnya"


@dataclass(frozen=True, slots=True)
class Sample:
    """What routing needs to know of a complaint; `area` is a Kemendagri code, empty when not known."""

    code: str
    category: str
    area: str
    secret: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A complaint that the draft leads elsewhere."""

    sample: Sample
    before: Route
    after: Route


@dataclass(frozen=True)
class Comparison:
    """What a draft would change. `loads` holds complaints by agency id: with the rules in force, with the draft."""

    tried: int
    changed: int
    differences: Sequence[Difference]
    loads: Mapping[str, tuple[int, int]]


def compare(city: City, draft: tuple[Rule, ...], samples: Sequence[Sample]) -> Comparison:
    """Routes each complaint by the rules in force and by the draft; one whose category or area is gone is left out."""

    @cache  # complaints are many, kinds of them few
    def routes(category: str, area: str) -> tuple[Route, Route] | None:
        try:
            return city.route(category, area or None), city.route(category, area or None, draft)
        except ValueError:
            return None

    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    differences: list[Difference] = []
    for sample in samples:
        found = routes(sample.category, sample.area)
        if found is None:
            continue
        before[found[0].agency.id] += 1
        after[found[1].agency.id] += 1
        if found[0].agency.id != found[1].agency.id:
            differences.append(Difference(sample, *found))
    loads = {agency: (before[agency], after[agency]) for agency in sorted(before | after)}
    return Comparison(before.total(), len(differences), differences, loads)


def routed(city: City, category: str, area_code: str) -> Assignment:
    """The agency that the rules lead to, and why."""
    route = city.route(category, area_code or None)
    return Assignment(route.agency.id, route.rule.order, route.why_id, route.why_en)


def choose(city: City, category: str, text: str) -> Category:
    """The named category, else the likeliest of the text. Errors: INVALID CATEGORY_UNKNOWN."""
    if not category:
        likely = city.suggest(text, 1)
        found = likely[0][0] if likely else city.category(FALLBACK)
        if found is None:
            message = "The text does not tell what this is about; name a category in `category`."
            raise invalid("CATEGORY_UNKNOWN", message, field="category")
        return found
    found = city.category(category)
    if found is None:
        message = f"There is no category {category[:60]!r}; the list is at /v1/categories, or leave it empty."
        raise invalid("CATEGORY_UNKNOWN", message, field="category")
    return found
