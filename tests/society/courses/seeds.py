"""How each operation on courses is asked for. Courses of a local platform may be short, so that some are over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds

OFFICE = "seller"
"""An officer of the tourism agency."""


def body(seeds: Seeds, operation: str = "createCourse", begins: float = 864_000) -> dict[str, Any]:
    """The example, of a course that begins in so many seconds and meets for one."""
    first = datetime.now(UTC) + timedelta(seconds=begins)
    session = {"start_time": first.isoformat(), "end_time": (first + timedelta(seconds=1)).isoformat()}
    kept = {name: value for name, value in seeds.api.example(operation).items() if name not in ("point", "area")}
    return {
        **kept, "area": "33.74.03.1004", "sessions": [session], "least_sessions": 1, "close_time": first.isoformat(),
    }  # fmt: skip


async def drafted(seeds: Seeds, begins: float = 864_000) -> dict[str, Any]:
    """A draft of the office."""
    return await seeds.done(Call("createCourse", OFFICE, body=body(seeds, begins=begins)))


async def published(seeds: Seeds, begins: float = 864_000) -> dict[str, Any]:
    """One that people can enrol in."""
    return await seeds.done(_publishing(await drafted(seeds, begins)))


def _publishing(made: dict[str, Any]) -> Call:
    return Call("publishCourse", OFFICE, path={"id": made["id"]}, body={}, version=made["etag"])


async def _create(seeds: Seeds) -> Call:
    return Call("createCourse", OFFICE, body=body(seeds))


async def _list(_: Seeds) -> Call:
    return Call("listCourses")


async def _get(seeds: Seeds) -> Call:
    return Call("getCourse", OFFICE, path={"id": (await drafted(seeds))["id"]})


async def _update(seeds: Seeds) -> Call:
    made = await drafted(seeds)
    wanted = body(seeds, "updateCourse")
    return Call("updateCourse", OFFICE, path={"id": made["id"]}, body=wanted, version=made["etag"])


async def _delete(seeds: Seeds) -> Call:
    made = await drafted(seeds)
    return Call("deleteCourse", OFFICE, path={"id": made["id"]}, version=made["etag"])


async def _publish(seeds: Seeds) -> Call:
    return _publishing(await drafted(seeds))


async def _cancel(seeds: Seeds) -> Call:
    made = await published(seeds)
    wanted = seeds.api.example("cancelCourse")
    return Call("cancelCourse", OFFICE, path={"id": made["id"]}, body=wanted, version=made["etag"])


SEEDS: dict[str, Seed] = {
    "createCourse": _create,
    "listCourses": _list,
    "getCourse": _get,
    "updateCourse": _update,
    "deleteCourse": _delete,
    "publishCourse": _publish,
    "cancelCourse": _cancel,
}
