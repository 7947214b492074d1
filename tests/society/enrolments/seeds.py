"""How each operation on enrolments is asked for."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from tests.fixtures.house import until
from tests.security.rest.api import Call
from tests.society.courses.seeds import OFFICE, published

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds

SOON = (2, 6, 20)
"""Seconds until the first session of a course that is short: time to enrol in it; the next where that was too short."""


def enrolling(seeds: Seeds, course: str, role: str = "citizen") -> Call:
    """Asks for a seat."""
    wanted = seeds.api.example("createEnrolment")
    return Call("createEnrolment", role, path={"course": course}, body=wanted, other={"name": "Budi Santoso"})


async def enrolled(seeds: Seeds, begins: float = 864_000) -> tuple[str, dict[str, Any]]:
    """A course, and somebody with a seat in it; they give it back where they have too many."""
    await _room(seeds)
    course = str((await published(seeds, begins))["id"])
    return course, await seeds.done(enrolling(seeds, course))


async def begun(seeds: Seeds) -> tuple[str, dict[str, Any]]:
    """The same once its session has begun: one of two, in turn."""
    if "begun" not in seeds.kept:
        seeds.kept["begun"] = list(await asyncio.gather(begun_anew(seeds), begun_anew(seeds)))
    seeds.kept["begun"].reverse()
    found: tuple[str, dict[str, Any]] = seeds.kept["begun"][0]
    return found


async def begun_anew(seeds: Seeds) -> tuple[str, dict[str, Any]]:
    """One that nobody else has."""
    course, one = await _in_time(seeds)

    async def over() -> Any:
        return not (await seeds.done(Call("getCourse", path={"id": course})))["open"]

    await until(over, 30, "the first session of a course")
    return course, one


async def _in_time(seeds: Seeds) -> tuple[str, dict[str, Any]]:
    for soon in SOON[:-1]:
        with contextlib.suppress(AssertionError):  # it began before somebody could enrol
            return await enrolled(seeds, soon)
    return await enrolled(seeds, SOON[-1])


async def _room(seeds: Seeds) -> None:
    """Nobody is in more than so many courses at a time."""
    found = await seeds.done(Call("listEnrolments", "citizen"))
    live = [one for one in found["enrolments"] if one["state"] in ("seated", "waiting")]
    for one in live if len(live) > 15 else []:
        if one["course"].get("open"):
            await seeds.done(Call("withdrawEnrolment", "citizen", path={"id": one["id"]}, body={}))


async def _create(seeds: Seeds) -> Call:
    await _room(seeds)
    return enrolling(seeds, (await published(seeds))["id"])


async def _get(seeds: Seeds) -> Call:
    return Call("getEnrolment", "citizen", path={"id": (await enrolled(seeds))[1]["id"]})


async def _list(_: Seeds) -> Call:
    return Call("listEnrolments", "citizen")


async def _withdraw(seeds: Seeds) -> Call:
    return Call("withdrawEnrolment", "citizen", path={"id": (await enrolled(seeds))[1]["id"]}, body={})


async def _name(seeds: Seeds) -> Call:
    one = (await enrolled(seeds))[1]
    return Call(
        "showEnrolmentName", "citizen", path={"id": one["id"]}, body={"name_shown": True}, other={"name_shown": False}
    )


async def _participants(seeds: Seeds) -> Call:
    return Call("listParticipants", OFFICE, path={"course": (await enrolled(seeds))[0]})


def marking(course: str, one: dict[str, Any]) -> Call:
    """Notes that somebody was there."""
    body = {"session": 1, "present": [one["id"]], "absent": [], "note": ""}
    return Call("markAttendance", OFFICE, path={"course": course}, body=body, other={"note": "Sudah tanda tangan."})


async def _mark(seeds: Seeds) -> Call:
    return marking(*await begun(seeds))


async def _marks(seeds: Seeds) -> Call:
    return Call("listAttendanceMarks", OFFICE, path={"id": (await enrolled(seeds))[1]["id"]})


SEEDS: dict[str, Seed] = {
    "createEnrolment": _create,
    "getEnrolment": _get,
    "listEnrolments": _list,
    "withdrawEnrolment": _withdraw,
    "showEnrolmentName": _name,
    "listParticipants": _participants,
    "markAttendance": _mark,
    "listAttendanceMarks": _marks,
}
