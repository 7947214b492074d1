"""A kind of process, as ``participation.toml`` of a city says. Pure."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from services.kit.city import Area
from services.kit.city.model import Identifier, Named, Text

Days = Annotated[int, Meta(ge=0, le=1_000)]
Level = Literal["lowest", "kecamatan", "kabkota", "any"]
"""Of the areas that have such a process; the lowest are kelurahan and desa."""


class PhaseDays(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how many days a phase usually lasts; 0: until an officer moves on."""

    collect: Days = 0
    review: Days = 0
    vote: Days = 0
    carry_out: Days = 0


class Kind(Named, frozen=True, kw_only=True):
    """A kind of process: a template, which officers may depart from."""

    id: Identifier
    about_id: Text
    about_en: Text
    level: Level
    basis: str
    """The regulation that such processes rest on; empty where none was found."""
    moves_on: str = ""
    """Kind of the process that accepted proposals are carried on to; empty for none."""
    votes: bool = False
    min_age: Annotated[int, Meta(ge=0, le=120)] = 0
    """In whole years on the cut-off date, to vote."""
    budget: Annotated[int, Meta(ge=0, le=1_000_000_000_000)] = 0
    """Usual budget in whole units of the city's currency; 0 for none."""
    winners: Annotated[int, Meta(ge=0, le=40)] = 0
    """How many proposals a vote without a budget chooses; 0: one."""
    most_choices: Annotated[int, Meta(ge=0, le=40)] = 0
    """How many proposals a voter may approve of at most; 0: as many as ballots usually allow."""
    per_rt: bool = False
    """Whether a process is of one RT (rukun tetangga), and the budget for that RT."""
    days: PhaseDays = PhaseDays()

    def fits(self, area: Area) -> bool:
        """Whether such a process may be of an area."""
        return self.level == "any" or self.level == ("lowest" if area.is_lowest else area.level)


class Participation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``participation.toml``."""

    sender_name: Text
    """Of mails."""
    answer_days: Annotated[int, Meta(ge=1, le=365)]
    """Working days until an officer has answered a proposal."""
    kinds: tuple[Kind, ...]
    made_up: tuple[str, ...] = ()
    """What of it nobody decided."""

    def kind(self, name: str) -> Kind | None:
        """The kind of that name."""
        return next((one for one in self.kinds if one.id == name), None)
