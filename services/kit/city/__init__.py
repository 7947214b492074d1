"""The city as data: areas, agencies, categories and routing, calendar and clocks, from a folder below cities/."""

from services.kit.city.demo import Demo, Outcome, Topic
from services.kit.city.files import CityError, Problem, decided
from services.kit.city.model import (
    LANGUAGES,
    Agency,
    Area,
    Category,
    Channel,
    Clocks,
    EService,
    Group,
    Landmark,
    Named,
    Place,
    Route,
    Rule,
    Step,
)
from services.kit.city.partly import PartOfCity, part_of_city
from services.kit.city.profile import City, load_city
from services.kit.city.working_days import Calendar, Holiday

__all__ = [
    "LANGUAGES",
    "Agency",
    "Area",
    "Calendar",
    "Category",
    "Channel",
    "City",
    "CityError",
    "Clocks",
    "Demo",
    "EService",
    "Group",
    "Holiday",
    "Landmark",
    "Named",
    "Outcome",
    "PartOfCity",
    "Place",
    "Problem",
    "Route",
    "Rule",
    "Step",
    "Topic",
    "decided",
    "load_city",
    "part_of_city",
]
