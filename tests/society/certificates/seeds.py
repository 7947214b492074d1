"""How each operation on certificates is asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.fixtures.house import until
from tests.security.rest.api import Call
from tests.society.courses.seeds import OFFICE
from tests.society.enrolments.seeds import begun, begun_anew, marking

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _over(seeds: Seeds, *, anew: bool = False) -> tuple[str, dict[str, Any]]:
    """A course that is over, and somebody who attended it."""
    course, one = await (begun_anew if anew else begun)(seeds)
    await seeds.done(marking(course, one))
    ends = (await seeds.done(Call("getCourse", path={"id": course})))["sessions"][0]["end_time"]

    async def ended() -> Any:
        return datetime.now(UTC) > datetime.fromisoformat(ends)

    await until(ended, 30, "the end of a course")
    return course, one


async def certified(seeds: Seeds) -> dict[str, Any]:
    """A certificate that holds: the last one, or another where that was withdrawn."""
    for code in seeds.kept.get("certificate", ()):
        found = await seeds.done(Call("getCertificate", path={"code": code}))
        if found["state"] == "valid":
            return found
    course, one = await _over(seeds, anew="certificate" in seeds.kept)
    await seeds.done(Call("issueCertificates", OFFICE, path={"course": course}, body={}))
    now = await seeds.done(Call("getEnrolment", "citizen", path={"id": one["id"]}))
    seeds.kept["certificate"] = [now["certificate"]]
    return await seeds.done(Call("getCertificate", path={"code": now["certificate"]}))


async def _get(seeds: Seeds) -> Call:
    return Call("getCertificate", path={"code": (await certified(seeds))["code"]})


async def _issue(seeds: Seeds) -> Call:
    return Call("issueCertificates", OFFICE, path={"course": (await _over(seeds))[0]}, body={})


async def _withdraw(seeds: Seeds) -> Call:
    one = await certified(seeds)
    body = seeds.api.example("withdrawCertificate")
    return Call("withdrawCertificate", OFFICE, path={"code": one["code"]}, body=body, version=one["etag"])


async def _reissue(seeds: Seeds) -> Call:
    gone = await seeds.done(await _withdraw(seeds))
    return Call("reissueCertificate", OFFICE, path={"code": gone["code"]}, body={})


SEEDS: dict[str, Seed] = {
    "getCertificate": _get,
    "issueCertificates": _issue,
    "withdrawCertificate": _withdraw,
    "reissueCertificate": _reissue,
}
