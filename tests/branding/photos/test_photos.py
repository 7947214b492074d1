"""Photos of destinations: who may add them and take them back, who is named, and what is left of them."""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from lxml import html
from PIL import Image

from gateway.photos.orphans import Orphans
from gateway.portal.branding.destination_photos import LICENCES as TAKEN
from services.branding.photos import licences, model
from smartcity.branding.v1 import destination_photos_pb2 as pb
from tests.branding.city_events.stage import DINKES, PUBLISHER, WRITER
from tests.branding.destinations.tour import Tour
from tests.branding.photos.album import WHY, Album
from tests.branding.photos.seeds import CREDIT
from tests.fixtures.edge import stand_before
from tests.gateway.photos.test_photos import picture
from tests.gateway.running import Stand
from tests.governance.conftest import refused, request_id
from tests.society.pages import Reader, reader, said


@pytest.fixture
def album(tour: Tour) -> Album:
    """Photos of the places of a tour."""
    return Album(tour.served)


def test_the_licences_of_the_contract_are_those_that_are_known_and_each_has_its_text() -> None:
    assert set(TAKEN) == set(licences.LICENCES)
    for name, one in licences.LICENCES.items():
        assert one.url.startswith("https://creativecommons.org/") or name == licences.PERMISSION
        if name.startswith("CC-"):
            words = name.removeprefix("CC-").rpartition("-")
            assert one.url.endswith(f"/licenses/{words[0].lower()}/{words[2]}/")


async def test_the_office_adds_photos_that_everybody_sees_and_takes_them_back_for_good(
    album: Album, tour: Tour
) -> None:  # fmt: skip
    with refused("EVENT_OFFICE_ONLY"):
        await album.add(caller=DINKES)
    missing: Any
    for missing, reason in (
        ("author", "PHOTO_AUTHOR_REQUIRED"),
        ("licence", "PHOTO_LICENCE_UNKNOWN"),
        ("source", "PHOTO_SOURCE_REQUIRED"),
        ("text", "PHOTO_TEXT_REQUIRED"),
        ("text_en", "PHOTO_TEXT_REQUIRED"),
    ):
        with refused(reason):
            await album.add(caller=WRITER, **{missing: ""})
    with refused("PHOTO_LICENCE_UNKNOWN"):
        await album.add(licence="CC-BY-NC-4.0")
    for path in ("complaints/x.jpg", "destinations/lawang-sewu/../x.jpg"):
        with refused("PHOTO_INVALID"):
            await album.add(path=path)
    made = await album.add()
    with refused("PHOTO_EXISTS"):
        await album.add(id=made.id)
    [shown] = (await tour.read("lawang-sewu")).photos
    assert (shown.id, shown.licence_name, shown.author) == (made.id, "CC BY 4.0", "Rina Wijaya")
    [listed] = [one for one in await tour.listed(page_size=100) if one.photos]
    assert listed.code == "lawang-sewu"
    with refused("PHOTO_UNKNOWN"):
        await album.call(pb.GetDestinationPhotoRequest(destination="tugu-muda", id=made.id))
    with refused("EVENT_OFFICE_ONLY"):
        await album.withdraw(made, DINKES)
    path = await album.withdraw(made, PUBLISHER)
    assert path.startswith("destinations/lawang-sewu/")
    with refused("PHOTO_UNKNOWN"):
        await album.call(pb.GetDestinationPhotoRequest(destination="lawang-sewu", id=made.id))
    made.etag = "2"
    with refused("PHOTO_WITHDRAWN"):
        await album.withdraw(made)
    rows = await tour.served.admin.fetch("SELECT author, source, path, reason FROM branding.destination_photo")
    assert [tuple(row) for row in rows] == [("", "", "", WHY)], "who need not be named any more is forgotten"


async def test_a_place_has_room_for_so_many(album: Album) -> None:
    for _ in range(model.MOST):
        last = await album.add()
    with refused("PLACE_PHOTOS_FULL"):
        await album.add()
    asked = pb.CheckDestinationPhotoRequest(destination="lawang-sewu", ids=[last.id])
    room = await album.call(asked, WRITER)
    assert (room.left, list(room.known), room.destination) == (0, [last.id], "lawang-sewu")
    await album.withdraw(last)
    await album.add()


async def _sent(office: Reader, path: str, data: bytes, **fields: str) -> Any:
    (form,) = (await office.page(path)).xpath("//form[@id='photo-form']")
    entries = {name: value for name, value in form.form_values() if name != "photo"} | fields
    files = {"photo": ("menara.jpg", data, "image/jpeg")} if data else {}
    answer = await office.client.post(form.action, data=entries, files=files or {"photo": ("", b"")})
    while answer.is_redirect:
        answer = await office.client.get(answer.headers["location"])
    return html.fromstring(answer.text)


async def test_a_photo_goes_over_the_desk_to_page_api_and_json_ld_without_what_else_was_in_the_file(
    tour: Tour,
) -> None:
    desk, page = "/petugas/wisata/foto/lawang-sewu", "/wisata/tempat/lawang-sewu"
    async with stand_before(tour.served) as stand:
        office = await reader(stand, WRITER)
        assert "no photo" in said(await office.page(desk), "nothing")
        assert (await office.client.get("/petugas/wisata/foto?tempat=lawang-sewu")).headers["location"] == desk
        wrong = await _sent(office, desk, b"", **CREDIT)
        assert "photo" in said(wrong, "photo-error").lower()
        assert "JPEG" in said(await _sent(office, desk, b"GIF89a", **CREDIT), "photo-error")
        unnamed = await _sent(office, desk, picture(), **{**CREDIT, "author": ""})
        assert "who made the photo" in said(unnamed, "author-error")
        added = await _sent(office, desk, picture(), **CREDIT, lang="en")
        assert "shown now" in said(added, "done"), html.tostring(added)[:3000]
        async with stand.client(headers={"accept-language": "en"}) as visitor:
            shown = html.fromstring((await visitor.get(page)).text)
            (image,) = shown.xpath("//ul[@id='photos']//img")
            assert image.get("alt") == "A building with many doors."
            credit = said(shown, "photos")
            assert "Photo: Rina Wijaya" in credit
            assert "made smaller" in credit
            assert shown.xpath("//a[@rel='license noopener']/@href") == ["https://creativecommons.org/licenses/by/4.0/"]
            [told] = (await visitor.get("/v1/destinations/lawang-sewu")).json()["photos"]
            small, whole = await visitor.get(image.get("src")), await visitor.get(told["href"])
            assert small.headers["content-type"] == "image/webp"
            for answer in (small, whole):
                assert re.fullmatch(r"public, max-age=\d+", answer.headers["cache-control"])
                tag = answer.headers["etag"]
                for _ in range(2):  # who unpacks is told a weak tag with the 304, and keeps that one
                    again = await visitor.get(answer.url, headers={"if-none-match": tag, "accept-encoding": "gzip"})
                    assert (again.status_code, again.content) == (304, b"")
                    tag = again.headers["etag"]
            for trace in (b"Secret Phone", b"Siti", b"Exif", b"GPS"):
                assert trace not in whole.content
            with Image.open(io.BytesIO(whole.content)) as opened:
                assert opened.size == (told["width"], told["height"]) == (40, 60), "the orientation is applied"
            [script] = shown.xpath("//script[@type='application/ld+json']/text()")
            [seen] = msgspec.json.decode(str(script))["image"]
            assert seen["license"] == "https://creativecommons.org/licenses/by/4.0/"
            assert "/v1/" not in seen["contentUrl"], "search engines leave the API alone"
            assert (await visitor.get(urlsplit(seen["contentUrl"]).path)).content == whole.content
            assert seen["creditText"] == "Rina Wijaya"
            mine = await office.page(desk)
            (form,) = mine.xpath("//ul[@id='photos']//form")
            assert "shown no more" in said(await office.submit(form, reason=WHY), "done")
            assert (await visitor.get(told["href"])).status_code == 404
            assert (await visitor.get(image.get("src"))).status_code == 404
            assert await _files(stand) == [], "the file and its small one are gone"
        await office.client.aclose()


async def test_a_photo_is_withdrawn_by_the_etag_that_its_bytes_were_read_with(tour: Tour, album: Album) -> None:
    """Before, the bytes had an ETag of their own, and to read them again, as the 412 said, gave the same one."""
    async with stand_before(tour.served) as stand:
        office = await reader(stand, WRITER)
        assert "shown now" in said(
            await _sent(office, "/petugas/wisata/foto/lawang-sewu", picture(), **CREDIT, lang="en"), "done"
        )
        [photo] = (await tour.read("lawang-sewu")).photos
        address = f"/v1/destinations/lawang-sewu/photos/{photo.id}"
        seen = (await office.client.get(address)).headers["etag"]
        own = (await office.client.get("/v1/me")).json()["csrf_token"]
        given = {"idempotency-key": request_id(), "x-csrf-token": own, "if-match": seen}
        done = await office.client.post(f"{address}/withdrawal", json={"reason": WHY}, headers=given)
        assert done.status_code == 204, done.text
        await office.client.aclose()


async def test_what_was_left_behind_of_places_goes_with_the_sweep(tour: Tour, album: Album) -> None:
    async with stand_before(tour.served) as stand:
        made = await album.add()
        kept = f"destinations/lawang-sewu/{made.id}-{'a' * 16}.jpg"
        stray = f"destinations/lawang-sewu/{made.id}-{'b' * 16}.jpg"
        files = stand.gateway.files
        for path in (kept, stray):
            await files.put(path, b"x")
        sweep = Orphans(files, stand.gateway.pillars, stand.gateway.pool)
        assert await sweep.sweep(datetime.now(UTC) + timedelta(days=1, minutes=1)) == 1
        assert await _files(stand) == [kept]


async def _files(stand: Stand) -> list[str]:
    return [each.path async for batch in stand.gateway.files.under("") for each in batch]
