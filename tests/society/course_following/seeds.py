"""How each operation on news of courses is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.rest.api import Call
from tests.society.enrolments.seeds import enrolled

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _create(seeds: Seeds) -> Call:
    body = seeds.api.example("createCourseFollower")
    _, one = await enrolled(seeds)
    return Call("createCourseFollower", "citizen", path={"enrolment": one["id"]}, body=body, other={"language": "en"})


SEEDS: dict[str, Seed] = {"createCourseFollower": _create}
