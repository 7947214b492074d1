"""Photos: who may add them, how many, and who sees them."""

from typing import Any
from uuid import uuid4

import pytest

from services.kit.caller import ANONYMOUS, Caller
from smartcity.governance.v1 import complaints_pb2
from tests.governance.calls import DLH, DPU, OTHER, Filed, Records
from tests.governance.conftest import ADMIN, CITIZEN, VERIFIER, refused, request_id


def picture(**fields: Any) -> complaints_pb2.Photo:
    given = {"id": str(uuid4()), "content_type": "image/jpeg", "width": 800, "height": 600, "size": 90_000, **fields}
    return complaints_pb2.Photo(**given)


async def add(records: Records, filed: Filed, caller: Caller = ANONYMOUS, **fields: Any) -> complaints_pb2.Photo:
    photo = fields.pop("photo", None) or picture()
    wanted: dict[str, Any] = {
        "code": filed.code,
        "request_id": request_id(),
        "path": f"p/{photo.id}.jpg",
        "sha256": "0" * 64,
        **fields,
    }
    answer = await records.photo("CreatePhoto", caller, photo=photo, **wanted)
    added: complaints_pb2.Photo = answer.photo
    return added


async def release(records: Records, filed: Filed, *photos: str) -> None:
    seen = await records.complaint("GetComplaint", VERIFIER, code=filed.code)
    await records.complaint(
        "ReleaseComplaint", VERIFIER, request_id=request_id(), code=filed.code, etag=seen.complaint.etag, photos=photos
    )


async def test_the_reporter_adds_three_photos_and_no_more(records: Records) -> None:
    filed = await records.file()
    assert (await records.photo("CheckPhoto", **filed.owner)).left == 3
    for _ in range(3):
        assert not (await add(records, filed, link_key=filed.link_key)).evidence
    assert (await records.photo("CheckPhoto", **filed.owner)).left == 0
    with refused("TOO_MANY_PHOTOS"):
        await add(records, filed, link_key=filed.link_key)


async def test_photos_that_are_there_already_need_no_room(records: Records) -> None:
    filed = await records.file()
    there = await add(records, filed, link_key=filed.link_key)
    others = await add(records, await records.file(), DPU)
    room = await records.photo("CheckPhoto", **filed.owner, ids=[there.id.upper(), str(uuid4()), others.id, "none"])
    assert (room.left, list(room.known)) == (2, [there.id.upper()])


async def test_the_file_store_learns_where_recorded_photos_lie_and_of_no_others(records: Records) -> None:
    filed = await records.file()
    there = await add(records, filed, link_key=filed.link_key)
    answer = await records.photo("ListPhotoPaths", ids=[there.id, str(uuid4()), "none"])
    assert list(answer.paths) == [f"p/{there.id}.jpg"]


async def test_officers_of_the_agency_add_five_photos_of_evidence_and_no_more(records: Records) -> None:
    filed = await records.file()
    for _ in range(5):
        assert (await add(records, filed, DPU)).evidence
    with refused("TOO_MANY_PHOTOS"):
        await add(records, filed, DPU)
    assert (await records.photo("CheckPhoto", **filed.owner)).left == 3


async def reopen(records: Records, filed: Filed) -> None:
    """Resolves a case for good reasons, which does not content its reporter."""
    await records.transition(filed, "resolve", DPU, note="Bukan jalan kota.", refusal=True)
    records.governance.pass_time(days=1)
    await records.complaint("ReopenComplaint", request_id=request_id(), **filed.owner, note="Masih berlubang.")


async def test_a_reopened_case_has_room_for_as_many_photos_again(records: Records) -> None:
    filed = await records.file()
    await records.transition(filed, "verify", VERIFIER)
    for _ in range(3):
        await add(records, filed, link_key=filed.link_key)
    for _ in range(5):
        await add(records, filed, DPU)
    await reopen(records, filed)
    assert (await records.photo("CheckPhoto", **filed.owner)).left == 3
    assert (await records.photo("CheckPhoto", DPU, code=filed.code)).left == 5


async def test_a_case_that_was_reopened_often_has_room_for_one_photo_of_evidence_alone(records: Records) -> None:
    filed = await records.file()
    await records.transition(filed, "verify", VERIFIER)
    for most in (5, 5, 2):
        for _ in range(most):
            await add(records, filed, DPU)
        with refused("TOO_MANY_PHOTOS"):
            await add(records, filed, DPU)
        await reopen(records, filed)
    assert (await records.photo("CheckPhoto", DPU, code=filed.code)).left == 1
    await add(records, filed, DPU)
    with refused("TOO_MANY_PHOTOS"):
        await add(records, filed, DPU)


async def test_a_reporter_adds_eight_photos_in_all(records: Records) -> None:
    filed = await records.file()
    await records.transition(filed, "verify", VERIFIER)
    for most in (3, 3, 2):
        for _ in range(most):
            await add(records, filed, link_key=filed.link_key)
        await reopen(records, filed)
    assert (await records.photo("CheckPhoto", **filed.owner)).left == 0


async def test_a_decision_names_all_photos_of_a_case_that_was_reopened_often(records: Records) -> None:
    filed = await records.file()
    await records.transition(filed, "verify", VERIFIER)
    photos = []
    for own, evidence in ((3, 5), (3, 5), (2, 2), (0, 1)):
        photos += [(await add(records, filed, link_key=filed.link_key)).id for _ in range(own)]
        photos += [(await add(records, filed, DPU)).id for _ in range(evidence)]
        await reopen(records, filed)
    assert len(photos) == 21
    await release(records, filed, *photos)
    seen = await records.complaint("GetComplaint", code=filed.code)
    assert len(seen.complaint.photos) == 21


@pytest.mark.parametrize("caller", [ANONYMOUS, OTHER, DLH], ids=lambda caller: caller.subject)
async def test_nobody_else_adds_photos(records: Records, caller: Caller) -> None:
    filed = await records.file(CITIZEN)
    with refused("PHOTO_NOT_YOURS"):
        await add(records, filed, caller)


async def test_a_closed_case_takes_no_photos(records: Records) -> None:
    filed = await records.file()
    await records.transition(filed, "reject", VERIFIER, note="Bukan kewenangan kota.")
    with refused("COMPLAINT_NOT_OPEN"):
        await add(records, filed, link_key=filed.link_key)


async def test_a_photo_is_seen_by_the_public_only_when_it_is_released(records: Records) -> None:
    filed = await records.file()
    photo = await add(records, filed, link_key=filed.link_key)
    wanted: dict[str, Any] = {"code": filed.code, "id": photo.id}
    with refused("PHOTO_UNKNOWN"):
        await records.photo("GetPhoto", **wanted)
    for caller in (DPU, VERIFIER, ADMIN):
        assert (await records.photo("GetPhoto", caller, **wanted)).path == f"p/{photo.id}.jpg"
    assert (await records.photo("GetPhoto", **wanted, link_key=filed.link_key)).path
    await release(records, filed, photo.id)
    assert (await records.photo("GetPhoto", **wanted)).photo.released
    await release(records, filed)
    with refused("PHOTO_UNKNOWN"):
        await records.photo("GetPhoto", **wanted)


async def test_the_photo_of_another_case_is_not_found(records: Records) -> None:
    one, other = await records.file(), await records.file()
    photo = await add(records, one, link_key=one.link_key)
    with refused("PHOTO_UNKNOWN"):
        await records.photo("GetPhoto", VERIFIER, code=other.code, id=photo.id)


async def test_a_photo_of_a_secret_case_answers_like_an_unknown_case(records: Records) -> None:
    filed = await records.file(secret=True)
    photo = await add(records, filed, link_key=filed.link_key)
    await release(records, filed, photo.id)
    with refused("COMPLAINT_NOT_FOUND"):
        await records.photo("GetPhoto", code=filed.code, id=photo.id)


async def test_the_reporters_photo_is_no_evidence(records: Records) -> None:
    filed = await records.file()
    photo = await add(records, filed, link_key=filed.link_key)
    await records.transition(filed, "verify", VERIFIER)
    with refused("PHOTO_UNKNOWN"):
        await records.transition(filed, "resolve", DPU, note="Sudah ditambal.", photos=[photo.id])


async def test_evidence_resolves_the_case_and_belongs_to_its_entry(records: Records) -> None:
    filed = await records.file()
    await records.transition(filed, "verify", VERIFIER)
    photo = await add(records, filed, DPU)
    await records.transition(filed, "resolve", DPU, note="Sudah ditambal.", photos=[photo.id])
    seen = (await records.complaint("GetComplaint", **filed.owner)).complaint
    assert list(seen.timeline[-1].photos) == [photo.id]


async def test_the_same_request_twice_adds_one_photo(records: Records) -> None:
    filed, photo, key = await records.file(), picture(), request_id()
    for _ in range(2):
        await add(records, filed, link_key=filed.link_key, photo=photo, request_id=key)
    assert (await records.photo("CheckPhoto", **filed.owner)).left == 2


async def test_a_taken_id_is_refused(records: Records) -> None:
    one, other, photo = await records.file(), await records.file(), picture()
    await add(records, one, link_key=one.link_key, photo=photo)
    with refused("PHOTO_EXISTS"):
        await add(records, other, link_key=other.link_key, photo=photo)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"photo": picture(id="7")}, "photo.id"),
        ({"photo": picture(content_type="image/svg+xml")}, "photo.content_type"),
        ({"photo": picture(size=11 * 1024 * 1024)}, "photo.size"),
        ({"photo": picture(size=0)}, "photo.size"),
        ({"photo": picture(width=0)}, "photo.width"),
        ({"photo": picture(height=-1)}, "photo.height"),
        ({"photo": picture(id="")}, "photo.id"),
        ({"photo": picture(content_type="")}, "photo.content_type"),
        ({"sha256": "ABC"}, "sha256"),
        ({"sha256": "A" * 64}, "sha256"),
        ({"sha256": ""}, "sha256"),
        ({"path": ""}, "path"),
        ({"path": "../secret"}, "path"),
        ({"path": "/etc/passwd"}, "path"),
    ],
)
async def test_what_cannot_be_a_photo_is_refused_with_its_field(
    records: Records, wrong: dict[str, Any], field: str
) -> None:
    filed = await records.file()
    with refused("PHOTO_INVALID") as caught:
        await add(records, filed, link_key=filed.link_key, **wrong)
    assert caught.value.metadata["field"] == field


async def test_a_recording_without_its_photo_is_refused(records: Records) -> None:
    filed = await records.file()
    with refused("PHOTO_INVALID") as caught:
        await records.photo("CreatePhoto", **filed.owner, request_id=request_id(), path="a", sha256="0" * 64)
    assert caught.value.metadata == {"field": "photo"}
