"""The kinds of permits of a city, for pages and the search. The economy pillar checks ``permits.toml`` when it starts;
here it is only read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from services.kit.city import City

DISTRICT = "kecamatan"


@dataclass(frozen=True)
class Kind:
    """One kind, as far as pages tell of it."""

    id: str
    names: Mapping[str, str]
    abouts: Mapping[str, str]
    agency: str
    """Empty: the kecamatan of the place."""
    basis: str
    days: int
    months: int
    dated_days: int
    extendable: bool
    service: bool
    business: bool
    sector: str
    fee: int
    documents: tuple[str, ...]
    made_up: frozenset[str]
    checked: bool
    """Whether the kecamatan of the place checks it before who decides has it."""
    two: bool
    """Whether who checked does not decide."""
    retired: bool
    """Whether it is offered no more, and only named where it was applied for."""

    def name(self, language: str) -> str:
        """In a language."""
        return self.names["en" if language == "en" else "id"]

    def about(self, language: str) -> str:
        """What it is for, in a language."""
        return self.abouts["en" if language == "en" else "id"]


UNDECIDED = frozenset({"draft", "checking", "asked", "deciding", "objected"})
"""States in which nobody judges how it was decided: it is not, or may be decided otherwise."""


@dataclass(frozen=True)
class Permitting:
    """What a city grants; nothing where it has no such file."""

    kinds: Mapping[str, Kind]
    documents: Mapping[str, Mapping[str, str]]
    """Names by language."""
    agencies: frozenset[str]
    """Whose officers check or decide."""
    checkers: frozenset[str]
    """Whose check: those of a kecamatan. Other agencies only decide."""

    @property
    def offered(self) -> Mapping[str, Kind]:
        """Those that can be applied for."""
        return {one.id: one for one in self.kinds.values() if not one.retired}

    def document(self, name: str, language: str) -> str:
        """What a document is called; its id where nobody says."""
        found = self.documents.get(name)
        return found["en" if language == "en" else "id"] if found else name


@lru_cache(maxsize=4)
def permitting_of(city: City) -> Permitting:
    """What a city grants."""
    path = city.folder / "permits.toml"
    if not path.exists():
        return Permitting({}, {}, frozenset(), frozenset())
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    made_up = frozenset(name.removeprefix("kinds.") for name in said.get("made_up", ()) if name.startswith("kinds."))
    kinds = [_kind(one, made_up) for one in said["kinds"]]
    districts = [one.id for one in city.agencies.values() if one.level == DISTRICT]
    return Permitting(
        {one.id: one for one in kinds},
        {one["id"]: _named(one, "name") for one in said.get("documents", ())},
        frozenset([*districts, *(one.agency for one in kinds if one.agency)]),
        frozenset(districts),
    )


def _kind(one: Mapping[str, Any], made_up: frozenset[str]) -> Kind:
    retired = one.get("retired", False)
    return Kind(
        id=one["id"],
        names=_named(one, "name"),
        abouts=_named(one, "about"),
        agency="" if one["agency"] == DISTRICT else one["agency"],
        basis=one["basis"],
        days=one.get("days", 5),
        months=one.get("months", 0),
        dated_days=one.get("dated_days", 0),
        extendable=one.get("extendable", False) and not retired,
        service=one.get("service", False),
        business=one.get("business", False),
        sector=one.get("sector", ""),
        fee=one.get("fee", 0),
        documents=tuple(one.get("documents", ())),
        made_up=made_up,
        checked="check" in one.get("steps", ("check",)),
        two=one.get("two", False),
        retired=retired,
    )


def _named(one: Mapping[str, Any], what: str) -> dict[str, str]:
    return {"id": one[f"{what}_id"], "en": one[f"{what}_en"]}
